// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl export, import and restore: the static store as one file. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/input.h"
#include "../lib/replace.h"
#include "netsh/store.h"

#define STORE_MAX (64U << 20)

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
	char store[NETSH_PATH_SIZE];
	int rc = take_file(args);

	if (rc)
		return rc;
	netsh_state_path("static.yaml", store);
	return copy(store, args->argv[0]);
}

/* The one that was there is kept, for who did not mean it. */
static int replace_with(const char *from, const char *text, size_t len)
{
	char dir[NETSH_PATH_SIZE], store[NETSH_PATH_SIZE], old[NETSH_PATH_SIZE];
	struct ipsec_err err = { 0 };
	int rc = netsh_state_make(dir);

	if (rc)
		return rc;
	netsh_state_path("static.yaml", store);
	netsh_state_path("static.yaml.old", old);
	rc = netsh_store_check(store, text, len);
	if (rc)
		fprintf(stderr, "ipsecctl: %s is refused\n", from);
	else if (!access(store, F_OK))
		rc = copy(store, old);
	if (rc)
		return rc;
	return ipsec_file_replace(store, text, len, &err) ? ctl_fail(&err) :
							    CTL_OK;
}

static int replace_store(const char *from)
{
	struct ipsec_err err = { 0 };
	struct ipsec_input in;
	int rc;

	if (ipsec_input_read(&in, from, STORE_MAX, &err))
		return ctl_fail(&err);
	rc = replace_with(from, in.text ? in.text : "", in.len);
	ipsec_input_free(&in);
	return rc;
}

int ctl_import(struct ctl_args *args)
{
	int rc = take_file(args);

	return rc ? rc : replace_store(args->argv[0]);
}

/* They were installed with this program, wherever that is. */
static void example_path(char path[PATH_MAX], const char *name)
{
	const char *set = getenv("IPSECD_EXAMPLES");
	char folder[PATH_MAX];

	ctl_program_folder(folder);
	if (set && *set)
		snprintf(path, PATH_MAX, "%s/%s.yaml", set, name);
	else
		snprintf(path, PATH_MAX,
			 "%.3000s/../share/ipsecdrv/examples/%.255s.yaml",
			 folder, name);
}

int ctl_restore(struct ctl_args *args)
{
	char path[PATH_MAX];
	int rc = take_file(args);

	if (rc)
		return rc;
	if (strchr(args->argv[0], '/'))
		return ctl_usage(args, "'%.40s' is no name of an example",
				 args->argv[0]);
	example_path(path, args->argv[0]);
	return replace_store(path);
}
