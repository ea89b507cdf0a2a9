// SPDX-License-Identifier: GPL-2.0-or-later
/* What is allowed in a policy, and yet not wise or not meant. */
#include "findings.h"

#include <errno.h>
#include <openssl/x509.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

#define SOON (14 * 24 * 3600) /* seconds */

int ipsecd_findings_add(struct ipsecd_findings *to,
			enum ipsecd_severity severity,
			const struct policy_rule *rule, unsigned int line,
			const char *fmt, ...)
{
	static const char *const names[] = { "error", "warning", "note" };
	const char *file = to->compiled->path;
	char path[IPSECD_PATH_SIZE], text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (rule)
		file = ipsecd_rule_file(to->compiled, to->store, rule, path);
	return json_array_append_new(
		to->list, json_pack("{s:s, s:i, s:s, s:s*, s:s}", "file",
				    file ? file : "dynamic", "line",
				    (int)(line || !rule ? line : rule->line),
				    "severity", names[severity], "rule",
				    rule ? rule->name : NULL, "text", text));
}

/* A weak algorithm that the rule proposes, NULL: none. */
static const char *find_weak(const struct policy_rule *rule)
{
	const char *weak = NULL;
	unsigned int i, j;

	for (i = 0; i < rule->ike.count && !weak; i++)
		weak = ike_proposal_weak(&rule->ike.p[i]);
	for (i = 0; i < rule->methods && !weak; i++)
		for (j = 0; j < rule->method[i].protos && !weak; j++)
			weak = ike_proposal_weak(&rule->method[i].proto[j]);
	return weak;
}

static int check_weak(struct ipsecd_findings *to,
		      const struct policy_rule *rule)
{
	const char *weak = find_weak(rule);

	if (weak)
		return ipsecd_findings_add(
			to, IPSECD_WARNING, rule, 0,
			"rule '%s' proposes %s, which is weak; use AES, SHA-2 "
			"and stronger groups where the peer can",
			rule->name, weak);
	if (!rule->weak)
		return 0;
	return ipsecd_findings_add(
		to, IPSECD_NOTE, rule, 0,
		"rule '%s' has 'weak: yes', but proposes nothing weak; remove "
		"it unless certificates of peers need it",
		rule->name);
}

static int check_soft(struct ipsecd_findings *to,
		      const struct policy_rule *rule)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; i < rule->filters && !rc; i++) {
		uint64_t reasons = rule->filter[i].soft_reasons.v;

		if (!(reasons & 1U << IPSECDRV_REFUSE_REASON_AUTH_FAILED))
			continue;
		rc = ipsecd_findings_add(
			to, IPSECD_WARNING, rule, 0,
			"rule '%s' falls back to clear text when "
			"authentication fails, so whoever is in between can "
			"have it fail; remove auth-failed from the reasons",
			rule->name);
		break;
	}
	return rc;
}

static int check_time(struct ipsecd_findings *to,
		      const struct policy_rule *rule, const X509 *cert)
{
	time_t soon = time(NULL) + SOON;

	if (X509_cmp_current_time(X509_get0_notBefore(cert)) > 0)
		return ipsecd_findings_add(to, IPSECD_ERROR, rule, 0,
					   "rule '%s': a certificate of this "
					   "host is not valid yet; see whether "
					   "the clock is right",
					   rule->name);
	if (X509_cmp_current_time(X509_get0_notAfter(cert)) < 0)
		return ipsecd_findings_add(to, IPSECD_ERROR, rule, 0,
					   "rule '%s': a certificate of this "
					   "host has expired; renew it",
					   rule->name);
	if (X509_cmp_time(X509_get0_notAfter(cert), &soon) < 0)
		return ipsecd_findings_add(to, IPSECD_WARNING, rule, 0,
					   "rule '%s': a certificate of this "
					   "host expires within 14 days; renew "
					   "it",
					   rule->name);
	return 0;
}

static int check_certs(struct ipsecd_findings *to,
		       const struct policy_rule *rule,
		       const struct ike_credential *credential)
{
	const uint8_t *der;
	unsigned int i;
	size_t len;
	X509 *cert;
	int rc = 0;

	for (i = 0; !rc; i++) {
		der = ike_credential_cert(credential, i, &len);
		if (!der)
			break;
		cert = d2i_X509(NULL, &der, (long)len);
		if (cert)
			rc = check_time(to, rule, cert);
		X509_free(cert);
	}
	return rc;
}

static int check_rule(struct ipsecd_findings *to,
		      const struct policy_rule *rule)
{
	unsigned int i;
	int rc = check_weak(to, rule) ?: check_soft(to, rule);

	if (!rc && rule->aggressive)
		rc = ipsecd_findings_add(
			to, IPSECD_WARNING, rule, 0,
			"rule '%s' accepts aggressive mode, which shows a hash "
			"of the secret to anyone who asks; remove aggressive",
			rule->name);
	for (i = 0; i < rule->auths && !rc; i++)
		if (rule->auth[i].credential)
			rc = check_certs(to, rule, rule->auth[i].credential);
	return rc;
}

static int check_policy(struct ipsecd_findings *to)
{
	const struct policy *p = to->compiled->policy;
	const struct policy_unused *u;
	int rc = 0;

	if (p->exposed)
		rc = ipsecd_findings_add(
			to, IPSECD_WARNING, NULL, p->exposed,
			"a secret is written in the policy, which is often "
			"copied and shown; use psk-file");
	if (!rc && p->keylog[0])
		rc = ipsecd_findings_add(to, IPSECD_WARNING, NULL, 0,
					 "all keys are written to %s; remove "
					 "keylog unless this is a test",
					 p->keylog);
	for (u = p->unused; u && !rc; u = u->next)
		rc = ipsecd_findings_add(to, IPSECD_NOTE, NULL, u->line,
					 "no rule names the %s '%s'; remove it "
					 "if none is to",
					 u->what, u->name);
	return rc;
}

static int by_place(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int order = strcmp(json_string_value(json_object_get(x, "file")),
			   json_string_value(json_object_get(y, "file")));
	json_int_t i = json_integer_value(json_object_get(x, "line"));
	json_int_t j = json_integer_value(json_object_get(y, "line"));

	return order ? order : i < j ? -1 : i > j;
}

/* A list in the order of the text; uses up the other. NULL: no memory. */
static json_t *sort(json_t *list)
{
	size_t i, count = json_array_size(list);
	json_t **item = calloc(count + 1, sizeof(json_t *));
	json_t *sorted = item ? json_array() : NULL;

	for (i = 0; sorted && i < count; i++)
		item[i] = json_array_get(list, i);
	if (sorted)
		qsort(item, count, sizeof(json_t *), by_place);
	for (i = 0; sorted && i < count; i++)
		if (json_array_append(sorted, item[i])) {
			json_decref(sorted);
			sorted = NULL;
		}
	free(item);
	json_decref(list);
	return sorted;
}

json_t *ipsecd_findings_json(const struct ipsecd_compiled *c,
			     const struct ipsecd_store *store,
			     struct ipsec_err *err)
{
	struct ipsecd_findings to = { c, store, json_array() };
	unsigned int i;
	int rc = check_policy(&to);

	for (i = 0; i < c->policy->rules && !rc; i++)
		rc = check_rule(&to, &c->policy->rule[i]);
	if (!rc)
		rc = ipsecd_overlap_find(&to);
	to.list = sort(to.list);
	if (rc || !to.list) {
		json_decref(to.list);
		ipsec_err_code(err, ENOMEM, "out of memory");
		return NULL;
	}
	return json_pack("{s:i, s:s, s:i, s:i, s:o}", "version", 1, "path",
			 c->path, "rules", (int)c->policy->rules, "filters",
			 (int)ipsecd_force_filters(c->policy), "findings",
			 to.list);
}
