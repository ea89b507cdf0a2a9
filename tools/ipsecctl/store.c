// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl export, import and restore: the static store as one file. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/input.h"
#include "../lib/replace.h"
#include "ipsecd_run.h"

#ifndef IPSEC_EXAMPLES
#define IPSEC_EXAMPLES "/usr/local/share/ipsecdrv/examples"
#endif
#define STATE "/var/lib/ipsecd"
#define STORE_MAX (64U << 20)

static const char *folder(void)
{
	const char *set = getenv("IPSECD_STATE");

	return set && *set ? set : STATE;
}

static int take_file(const struct ctl_args *args)
{
	return args->argc == 1 ? CTL_OK : ctl_usage(args, "a name is needed");
}

static int copy(const char *from, const char *to)
{
	struct ipsec_err err = { 0 };
	struct ipsec_input in;

	if (ipsec_input_read(&in, from, STORE_MAX, &err))
		return ctl_fail(&err);
	err.file = NULL;
	if (ipsec_file_replace(to, in.text ? in.text : "", in.len, &err)) {
		ipsec_input_free(&in);
		return ctl_fail(&err);
	}
	ipsec_input_free(&in);
	return CTL_OK;
}

int ctl_export(struct ctl_args *args)
{
	char store[PATH_MAX];
	int rc = take_file(args);

	if (rc)
		return rc;
	snprintf(store, sizeof(store), "%s/static.yaml", folder());
	return copy(store, args->argv[0]);
}

/* The one that was there is kept, for who did not mean it. */
static int replace_store(const char *from)
{
	char store[PATH_MAX], old[PATH_MAX];
	json_t *good = ctl_ipsecd_check(from);
	int rc;

	if (!good)
		return CTL_FAILED;
	json_decref(good);
	snprintf(store, sizeof(store), "%s/static.yaml", folder());
	snprintf(old, sizeof(old), "%s/static.yaml.old", folder());
	if (mkdir(folder(), 0700) && errno != EEXIST) {
		fprintf(stderr, "ipsecctl: cannot make %s: %s\n", folder(),
			strerror(errno));
		return CTL_FAILED;
	}
	if (!access(store, F_OK)) {
		rc = copy(store, old);
		if (rc)
			return rc;
	}
	return copy(from, store);
}

int ctl_import(struct ctl_args *args)
{
	int rc = take_file(args);

	return rc ? rc : replace_store(args->argv[0]);
}

int ctl_restore(struct ctl_args *args)
{
	const char *set = getenv("IPSECD_EXAMPLES");
	char path[PATH_MAX];
	int rc = take_file(args);

	if (rc)
		return rc;
	if (strchr(args->argv[0], '/'))
		return ctl_usage(args, "'%.40s' is no name of an example",
				 args->argv[0]);
	snprintf(path, sizeof(path), "%s/%s.yaml",
		 set && *set ? set : IPSEC_EXAMPLES, args->argv[0]);
	return replace_store(path);
}
