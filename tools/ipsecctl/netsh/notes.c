// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What netsh says of the dynamic policy, as long as the daemon runs: it removes
 * the file when it starts, and when it ends.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/replace.h"
#include "../ike_client.h"
#include "dynamic.h"

#define RUN "/run/ipsecd"
#define PATH_SIZE 512

static void run_path(const char *name, char path[PATH_SIZE])
{
	const char *run = getenv("IPSECD_RUN");

	snprintf(path, PATH_SIZE, "%s/%s", run && *run ? run : RUN, name);
}

json_t *netsh_notes_open(void)
{
	char path[PATH_SIZE];
	json_t *notes;

	if (!ctl_ike_runs()) {
		/* The one who tells why. */
		json_decref(ctl_ike_ask("status", NULL));
		return NULL;
	}
	run_path("dynamic.json", path);
	notes = json_load_file(path, 0, NULL);
	if (!json_is_object(notes)) {
		json_decref(notes);
		notes = json_object();
	}
	tree_list(notes, "mmpolicies");
	tree_list(notes, "qmpolicies");
	tree_list(notes, "rules");
	return notes;
}

int netsh_notes_save(const json_t *notes)
{
	char *text = json_dumps(notes, JSON_INDENT(1));
	struct ipsec_err err = { 0 };
	char path[PATH_SIZE];
	int rc;

	if (!text)
		return CTL_FAILED;
	run_path("dynamic.json", path);
	rc = ipsec_file_replace(path, text, strlen(text), &err) ?
		     ctl_fail(&err) :
		     CTL_OK;
	explicit_bzero(text, strlen(text));
	free(text);
	return rc;
}
