// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static set store|batch, exportpolicy, importpolicy, delete all */
#include <stdlib.h>
#include <string.h>

#include "../../lib/input.h"
#include "../../lib/replace.h"
#include "static.h"

#define FILE_MAX (64U << 20)

static int delete_all(struct ctl_args *args, struct netsh_values *v,
		      json_t *root)
{
	static const char *const sections[] = { "policies", "filter-lists",
						"filter-actions" };
	size_t i;

	(void)args;
	(void)v;
	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		json_array_clear(tree_list(root, sections[i]));
	tree_set(root, "assign", NULL);
	return CTL_OK;
}

int netsh_delete_all(struct ctl_args *args)
{
	return netsh_change(args, delete_all);
}

int netsh_set_store(struct ctl_args *args)
{
	struct netsh_values v;
	int rc = netsh_parse(args, &v);
	const char *where = rc ? NULL : netsh_text(&v, "location");

	if (!rc && (netsh_text(&v, "domain") || !strcmp(where, "domain")))
		rc = ctl_usage(args, "policies of a directory are not there "
				     "yet; location is local or persistent");
	else if (!rc)
		rc = netsh_store_locate(!strcmp(where, "local") ?
						NETSH_LOCAL :
						NETSH_PERSISTENT);
	netsh_free(&v);
	return rc;
}

int netsh_set_batch(struct ctl_args *args)
{
	struct netsh_values v;
	int rc = netsh_parse(args, &v);

	if (!rc)
		rc = netsh_store_batch(
			!strcmp(netsh_text(&v, "mode"), "enable"));
	netsh_free(&v);
	return rc;
}

static int write_file(const char *path, json_t *root)
{
	struct ipsec_err err = { 0 };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	int rc;

	if (!to)
		return CTL_FAILED;
	tree_write(to, root);
	fclose(to);
	rc = ipsec_file_replace(path, text, len, &err) ? ctl_fail(&err) :
							 CTL_OK;
	explicit_bzero(text, len);
	free(text);
	return rc;
}

int netsh_export(struct ctl_args *args)
{
	struct netsh_values v;
	json_t *root;
	int rc = netsh_parse(args, &v);

	if (!rc) {
		root = netsh_store_open();
		rc = root ? write_file(netsh_text(&v, "file"), root) :
			    CTL_FAILED;
		netsh_store_drop();
	}
	netsh_free(&v);
	return rc;
}

static int import_tree(struct ctl_args *args, json_t *root, json_t *more)
{
	static const char *const sections[] = { "filter-lists",
						"filter-actions", "policies" };
	size_t i;

	if (json_object_get(more, "rules"))
		return ctl_usage(args, "the file has the short form, rules: "
				       "without a policy; 'ipsecctl apply' "
				       "takes it");
	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		netsh_merge(tree_list(root, sections[i]),
			    json_object_get(more, sections[i]));
	return CTL_OK;
}

/* What is assigned stays so; Windows does not assign on import either. */
static int import(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	const char *path = netsh_text(v, "file");
	struct ipsec_input in = { 0 };
	struct ipsec_err err = { 0 };
	json_t *more = NULL;
	int rc;

	if (!ipsec_input_read(&in, path, FILE_MAX, &err))
		more = tree_read(in.text, in.len, &err);
	ipsec_input_free(&in);
	if (!more) {
		err.file = path;
		return ctl_fail(&err);
	}
	rc = import_tree(args, root, more);
	json_decref(more);
	return rc;
}

int netsh_import(struct ctl_args *args)
{
	return netsh_change(args, import);
}
