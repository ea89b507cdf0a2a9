// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that hold keys: how they are kept in, and how they get out. */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../wipe.h"

/* Best effort: a limit on locked memory must not stop the work. */
void ctl_secret_begin(void)
{
	struct rlimit none = { 0, 0 };

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	ipsec_wipe_begin();
}

FILE *ctl_new_file(const char *path)
{
	/* A file that exists keeps its mode, so it is never taken over. */
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		      0600);
	FILE *to = fd < 0 ? NULL : fdopen(fd, "w");

	if (!to)
		fprintf(stderr, "ipsecctl: cannot create %s: %s\n", path,
			strerror(errno));
	return to;
}

static FILE *open_output(const struct ctl_args *args)
{
	if (!args->output) {
		if (!isatty(STDOUT_FILENO))
			return stdout;
		ctl_usage(args, "the keys would show on the terminal; "
				"write them to a file with '-o FILE'");
		return NULL;
	}
	return ctl_new_file(args->output);
}

int ctl_secret_write(const struct ctl_args *args, const struct ipsec_sa *sa,
		     size_t count)
{
	static char buffer[BUFSIZ];
	FILE *to = open_output(args);
	size_t i;
	bool bad;

	if (!to)
		return CTL_FAILED;
	setvbuf(to, buffer, _IOFBF, sizeof(buffer));
	fputs("sas:\n", to);
	for (i = 0; i < count; i++) {
		json_t *map =
			ipsec_json(ipsec_sa_fields, &sa[i], IPSEC_PRINT_FILE);

		ctl_yaml_block(to, map, 2);
		json_decref(map);
	}
	bad = fflush(to) || ferror(to);
	if (to != stdout && fclose(to))
		bad = true;
	explicit_bzero(buffer, sizeof(buffer));
	if (bad)
		fprintf(stderr, "ipsecctl: cannot write: %s\n",
			strerror(errno));
	return bad ? CTL_FAILED : CTL_OK;
}
