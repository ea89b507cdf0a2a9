// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules in force before the daemon is up, and after it died. */
#include "persistent.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/text.h"
#include "addresses.h"
#include "bundle.h"
#include "crypto.h"
#include "log.h"
#include "store.h"
#include "table.h"

static bool is_known(const char *section)
{
	static const char *const known[] = {
		"version",	  "rules",    "filter-lists",
		"filter-actions", "policies", "assign",
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(section, known[i]))
			return true;
	return false;
}

int ipsecd_only_rules(const char *text, size_t len, struct ipsec_err *err)
{
	const struct ipsec_node *c = NULL;
	struct ipsec_arena arena = { 0 };
	struct ipsec_node *root;
	int rc = ipsec_doc_tree(text, len, "rules", &arena, &root, err);

	for (c = rc ? NULL : root->child; c && is_known(c->key); c = c->next)
		;
	if (c)
		rc = ipsec_err_at(err, c->line,
				  "'%.40s' is for the policy that is assigned; "
				  "here are rules and what they share only",
				  c->key);
	ipsec_arena_reset(&arena);
	return rc;
}

int ipsecd_persistent_read(struct ipsecd_files *files, const char *path,
			   struct policy **policy, struct ipsec_err *err)
{
	const struct ipsecd_file *f;
	struct stat st;
	int rc;

	*policy = NULL;
	if (lstat(path, &st) && errno == ENOENT)
		return 0;
	rc = ipsecd_files_read(files, path, policy, err);
	if (rc)
		return rc;
	f = ipsecd_files_find(files, "");
	err->file = path;
	rc = ipsecd_only_rules((const char *)f->data, f->len, err);
	if (!rc) {
		err->file = NULL;
		return 0;
	}
	policy_put(*policy);
	*policy = NULL;
	ipsecd_files_free(files);
	return rc;
}

/* Filters that the driver has, but for its own exemptions. */
static int count_filters(struct ipsec_client *driver, unsigned int *count,
			 struct ipsec_err *err)
{
	const struct nlmsghdr *nlh;
	struct ipsec_dump d = { 0 };
	size_t pos = 0;
	int rc = ipsec_dump(driver, IPSECDRV_CMD_FILTER_DUMP, &d, err);

	*count = 0;
	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_filter f = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, err);
		*count += !(f.flags.v & IPSECDRV_FILTER_FLAGS_EXEMPT);
	}
	ipsec_dump_free(&d);
	return rc;
}

/* What a daemon has loaded has the persistent rules, and more. */
static int load(const struct policy *policy, const char *path,
		struct ipsec_err *err)
{
	static const struct ipsecd_responses none;
	static struct ipsec_client driver;
	unsigned int count;
	int rc = ipsec_open(&driver, err);

	if (!rc)
		rc = count_filters(&driver, &count, err);
	if (rc)
		return rc;
	if (count)
		ipsecd_log_line(IKE_LOG_NOTICE,
				"the driver has %u filter%s already; they stay",
				count, ipsec_plural(count));
	else
		rc = ipsecd_table_load(&driver, policy, &none, path, false,
				       err);
	ipsec_close(&driver);
	return rc;
}

/* The same ids as when the daemon loads them: what they protect goes on. */
int ipsecd_persistent_alone(struct ipsecd_bundle *b, const char *path,
			    struct policy **policy, struct ipsec_err *err)
{
	struct policy *part[IPSECD_LAYERS] = { NULL };
	struct ipsecd_files *files = &b->layer[IPSECD_LAYER_POLICY];
	int rc;

	*policy = NULL;
	rc = ipsecd_persistent_read(&b->layer[IPSECD_LAYER_PERSISTENT], path,
				    &part[IPSECD_LAYER_PERSISTENT], err);
	if (rc || !part[IPSECD_LAYER_PERSISTENT])
		return rc;
	rc = ipsecd_files_take(files, "rules: []\n", "/",
			       &part[IPSECD_LAYER_POLICY], err);
	if (rc) {
		policy_put(part[IPSECD_LAYER_PERSISTENT]);
		return rc;
	}
	return ipsecd_bundle_merge(b, part, policy, err);
}

int ipsecd_persistent(const struct ipsecd_options *options)
{
	/* As they are now; the daemon follows them. */
	struct ipsecd_addresses addresses = { .base = NULL };
	struct ipsec_err err = { 0 };
	char path[IPSECD_PATH_SIZE];
	struct ipsecd_store store;
	struct ipsecd_bundle b;
	struct policy *policy;
	int rc = ipsecd_store_init(&store, options->state, &err);

	ipsecd_files_bind(&addresses);
	ipsecd_bundle_init(&b);
	if (!rc && ike_crypto_init())
		rc = ipsec_err_code(&err, EIO, "libcrypto cannot be used");
	if (!rc) {
		ipsecd_store_path(&store, "persistent.yaml", path);
		rc = ipsecd_persistent_alone(&b, path, &policy, &err);
	}
	if (!rc && policy) {
		rc = load(policy, path, &err);
		policy_put(policy);
	}
	ipsecd_bundle_free(&b);
	if (rc)
		ipsecd_log_error(&err);
	return rc ? 1 : 0;
}
