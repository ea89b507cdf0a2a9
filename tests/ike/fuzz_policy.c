// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of a policy: it is refused with a text, or it can be used. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bodies.h"
#include "policy.h"
#include "policy_text.h"
#include "ts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keys and certificates, made once; and what is a bad secret. */
static bool pki_file(const char *name, bool secret, struct ike_blob *blob)
{
	static const char *const names[] = { "key",	"other-key", "peer",
					     "ca",	"crl",	     "cert",
					     "bad-hex", "empty" };
	static struct ike_blob kept[sizeof(names) / sizeof(names[0])];
	struct ipsec_err err;
	size_t i = 0;

	while (i < sizeof(names) / sizeof(names[0]) && strcmp(name, names[i]))
		i++;
	if (i == sizeof(names) / sizeof(names[0]))
		return false;
	if (!kept[i].data)
		bodies_check(
			!policy_text_file(NULL, name, secret, &kept[i], &err));
	*blob = kept[i];
	return true;
}

static int file(void *ctx, const char *name, bool secret, struct ike_blob *blob,
		struct ipsec_err *err)
{
	static const char bindings[] = "me 10.0.0.1 fd00::1\n"
				       "name:a.example 10.0.0.2\n"
				       "name:b.example! 10.0.0.3\n";

	(void)ctx;
	if (!strcmp(name, POLICY_BINDINGS)) {
		*blob = (struct ike_blob){ (const uint8_t *)bindings,
					   sizeof(bindings) - 1 };
		return 0;
	}
	if (pki_file(name, secret, blob))
		return 0;
	*blob = (struct ike_blob){ (const uint8_t *)"open sesame\n", 12 };
	return strcmp(name, "nowhere") ?
		       0 :
		       ipsec_err_code(err, ENOENT, "there is no such file");
}

static void use(const struct policy *p)
{
	const struct ipsec_addr a = { 4, { 10, 0, 0, 1 } };
	const struct ipsec_addr b = { 4, { 10, 0, 0, 2 } };
	const struct ike_ts_list all = {
		1,
		{ { .port = { 0, 65535 },
		    .addr = { { 4, { 0 } }, { 4, { 255, 255, 255, 255 } } } } }
	};
	const struct policy_rule *r = NULL;
	struct ike_ts local, remote;
	unsigned int i;

	for (i = 0; i < p->rules; i++) {
		bodies_check(policy_rule_by_id(p, p->rule[i].id) ==
			     &p->rule[i]);
		policy_rule_narrow(&p->rule[i], &all, &all, &local, &remote);
	}
	while ((r = policy_rule_next(p, r, &a, &b, 2)))
		bodies_check(r->auths && r->methods && r->ike.count);
}

static int item(void *ctx, const char *section, const struct ipsec_node *node,
		struct ipsec_err *err)
{
	struct ipsec_config config = { 0 };
	struct ipsec_filter filter;
	struct ipsec_sa sa;
	struct ipsec_err why = { .text = "" };

	(void)ctx;
	(void)section;
	(void)err;
	bodies_check(!ipsec_filter_parse(node, &filter, &why) || *why.text);
	why.text[0] = '\0';
	bodies_check(!ipsec_sa_parse(node, &sa, &why) || *why.text);
	why.text[0] = '\0';
	bodies_check(!ipsec_parse(node, ipsec_config_fields, &config, &why) ||
		     *why.text);
	return 0;
}

/*
 * Item by item, as the command reads filters, SAs and settings: what it takes
 * is a document.
 */
static void items(const char *text, size_t size)
{
	struct ipsec_err err = { .text = "" }, why = { .text = "" };
	struct ipsec_arena arena = { 0 };
	struct ipsec_node *root;
	int rc = ipsec_doc_read(text, size, "rules", item, NULL, &err);

	bodies_check(!rc || *err.text);
	if (!rc)
		bodies_check(!ipsec_doc_tree(text, size, "rules", &arena, &root,
					     &why));
	ipsec_arena_reset(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipsec_err err = { .text = "" };
	struct policy *policy;
	char *text = malloc(size + 1);
	int rc;

	memcpy(text, data, size);
	items(text, size);
	rc = policy_parse(text, size, file, NULL, &policy, &err);
	bodies_check(!rc || *err.text);
	if (!rc) {
		use(policy);
		policy_put(policy);
	}
	free(text);
	return 0;
}
