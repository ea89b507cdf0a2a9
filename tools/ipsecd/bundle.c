// SPDX-License-Identifier: GPL-2.0-or-later
/* The texts of a policy, put together. */
#include "bundle.h"

#include <errno.h>
#include <string.h>

void ipsecd_bundle_init(struct ipsecd_bundle *b)
{
	unsigned int i;

	for (i = 0; i < IPSECD_LAYERS; i++)
		ipsecd_files_init(&b->layer[i]);
}

void ipsecd_bundle_free(struct ipsecd_bundle *b)
{
	unsigned int i;

	for (i = 0; i < IPSECD_LAYERS; i++)
		ipsecd_files_free(&b->layer[i]);
}

int ipsecd_bundle_copy(struct ipsecd_bundle *b,
		       const struct ipsecd_bundle *from)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; i < IPSECD_LAYERS && !rc; i++)
		rc = ipsecd_files_copy(&b->layer[i], &from->layer[i]);
	if (rc)
		ipsecd_bundle_free(b);
	return rc;
}

/* The names of rules of the policy that are not to be in force. */
static void hide_names(const struct ipsecd_bundle *b, struct policy *p)
{
	const struct ipsecd_file *f =
		ipsecd_files_find(&b->layer[IPSECD_LAYER_HIDDEN], "");
	char name[POLICY_NAME_MAX + 1];
	size_t at, len;

	for (at = 0; f && at < f->len; at += len + 1) {
		const uint8_t *end = memchr(f->data + at, '\n', f->len - at);

		len = end ? (size_t)(end - f->data) - at : f->len - at;
		if (len >= sizeof(name))
			continue;
		memcpy(name, f->data + at, len);
		name[len] = '\0';
		policy_hide(p, name);
	}
}

void ipsecd_bundle_crl_check(const struct ipsecd_bundle *b, char word[16])
{
	const struct ipsecd_file *f = ipsecd_files_find(
		&b->layer[IPSECD_LAYER_HIDDEN], IPSECD_CRL_CHECK);
	size_t len = f && f->len < 16 ? f->len : 0;

	if (len)
		memcpy(word, f->data, len);
	word[len] = '\0';
}

int ipsecd_bundle_set_crl_check(struct ipsecd_bundle *b, const char *word)
{
	struct ipsecd_files *files = &b->layer[IPSECD_LAYER_HIDDEN];
	struct ipsecd_file *f = ipsecd_files_find(files, IPSECD_CRL_CHECK);

	if (f)
		f->len = 0;
	return ipsecd_files_append(files, IPSECD_CRL_CHECK, word, strlen(word));
}

/* What was said of revocation lists while the daemon runs. */
static void set_crl_check(const struct ipsecd_bundle *b, struct policy *p)
{
	char word[16];
	uint32_t level;

	ipsecd_bundle_crl_check(b, word);
	if (ipsec_name_value(policy_crl_names, word, &level))
		policy_set_crl_check(p, (enum ike_crl_level)level);
}

static int merge(const struct ipsecd_bundle *b, struct policy *part[],
		 struct ipsec_err *err)
{
	struct policy *p = part[IPSECD_LAYER_POLICY];
	struct policy *persistent = part[IPSECD_LAYER_PERSISTENT];
	struct policy *dynamic = part[IPSECD_LAYER_DYNAMIC];
	unsigned int i;
	int rc = 0;

	hide_names(b, p);
	/* One of the same name is in force in its place. */
	for (i = 0; dynamic && i < dynamic->rules; i++)
		policy_hide(p, dynamic->rule[i].name);
	if (persistent) {
		rc = policy_merge(p, persistent, IPSECD_LAYER_PERSISTENT, false,
				  err);
		part[IPSECD_LAYER_PERSISTENT] = NULL;
	}
	if (!rc && dynamic) {
		rc = policy_merge(p, dynamic, IPSECD_LAYER_DYNAMIC, true, err);
		part[IPSECD_LAYER_DYNAMIC] = NULL;
	}
	return rc;
}

int ipsecd_bundle_merge(const struct ipsecd_bundle *b, struct policy *part[],
			struct policy **policy, struct ipsec_err *err)
{
	int rc = merge(b, part, err);
	unsigned int i;

	if (!rc) {
		set_crl_check(b, part[IPSECD_LAYER_POLICY]);
		*policy = part[IPSECD_LAYER_POLICY];
		part[IPSECD_LAYER_POLICY] = NULL;
	}
	for (i = 0; i < IPSECD_LAYERS; i++)
		policy_put(part[i]);
	return rc;
}

int ipsecd_bundle_parse(const struct ipsecd_bundle *b, struct policy **policy,
			struct ipsec_err *err)
{
	struct policy *part[IPSECD_LAYERS] = { NULL };
	unsigned int i;
	int rc;

	for (i = 0; i < IPSECD_LAYER_HIDDEN; i++) {
		if (i && !b->layer[i].first)
			continue;
		rc = ipsecd_files_parse(&b->layer[i], &part[i], err);
		if (rc)
			goto fail;
	}
	return ipsecd_bundle_merge(b, part, policy, err);
fail:
	while (i)
		policy_put(part[--i]);
	return rc;
}
