// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecd -n, for commands that need no daemon. */
#include "ipsecd_run.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beside this program, else wherever the shell would find it. */
static void find_program(char path[PATH_MAX])
{
	const char *set = getenv("IPSECD");
	char folder[PATH_MAX];

	if (set && *set) {
		snprintf(path, PATH_MAX, "%s", set);
		return;
	}
	ctl_program_folder(folder);
	snprintf(path, PATH_MAX, "%.4000s/ipsecd", folder);
	if (access(path, X_OK))
		strcpy(path, "ipsecd");
}

static void become_ipsecd(const char *policy, const char *what, int out)
{
	const char *state = getenv("IPSECD_STATE");
	char program[PATH_MAX];
	const char *argv[] = { "ipsecd", "-n", what,  "-p",
			       policy,	 "-S", state, NULL };

	if (!state || !*state)
		argv[5] = NULL;
	find_program(program);
	dup2(out, STDOUT_FILENO);
	execvp(program, (char *const *)argv);
	fprintf(stderr, "ipsecctl: cannot run %s: %s\n", program,
		strerror(errno));
	_exit(127);
}

static json_t *read_json(int fd)
{
	FILE *from = fdopen(fd, "r");
	json_t *json = from ? json_loadf(from, 0, NULL) : NULL;

	if (from)
		fclose(from);
	else
		close(fd);
	return json;
}

static json_t *run(const char *path, const char *what)
{
	int fds[2], status = -1;
	json_t *json;
	pid_t pid;

	if (pipe(fds)) {
		perror("ipsecctl: pipe");
		return NULL;
	}
	fflush(stdout);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		become_ipsecd(path, what, fds[1]);
	}
	close(fds[1]);
	json = read_json(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		json_decref(json);
		return NULL;
	}
	return json;
}

json_t *ctl_ipsecd_check(const char *path)
{
	return run(path, "-j");
}

json_t *ctl_ipsecd_findings(const char *path)
{
	return run(path, "--findings");
}
