// SPDX-License-Identifier: GPL-2.0-or-later
/* A rule, as a diagnosis needs to know it. */
#include "describe.h"

#include <errno.h>
#include <string.h>

#include "explain.h"

static void add_validity(json_t *list, const char *kind,
			 const struct ike_validity *v)
{
	json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I, s:b}",
					      "kind", kind, "name", v->name,
					      "from", (json_int_t)v->from,
					      "until", (json_int_t)v->until,
					      "revoked", v->revoked));
}

static void add_papers(json_t *list, const struct policy_auth *auth)
{
	struct ike_validity v;
	unsigned int i;

	for (i = 0;
	     auth->credential &&
	     ike_credential_validity(auth->credential, auth->trust, i, &v);
	     i++)
		add_validity(list, "certificate", &v);
	for (i = 0; auth->trust && ike_trust_ca_validity(auth->trust, i, &v);
	     i++)
		add_validity(list, "ca", &v);
	for (i = 0; auth->trust && ike_trust_crl_validity(auth->trust, i, &v);
	     i++)
		add_validity(list, "crl", &v);
}

static void add_word(json_t *list, const char *word)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		if (!strcmp(json_string_value(one), word))
			return;
	}
	json_array_append_new(list, json_string(word));
}

static void add_algorithms(json_t *list, const struct ike_proposal *p)
{
	unsigned int i;

	for (i = 0; i < p->transforms; i++) {
		const struct ike_transform *t = &p->transform[i];

		if (t->id && (t->type == IKE_TRANSFORM_ENCR ||
			      t->type == IKE_TRANSFORM_INTEG))
			add_word(list, ike_transform_name(t->type, t->id));
	}
}

static void add_methods(const struct policy_rule *rule, json_t *protocols,
			json_t *algorithms)
{
	unsigned int i, j;

	for (i = 0; i < rule->methods; i++)
		for (j = 0; j < rule->method[i].protos; j++) {
			const struct ike_proposal *p =
				&rule->method[i].proto[j];

			add_word(protocols,
				 p->proto == IKE_PROTO_AH ? "ah" : "esp");
			add_algorithms(algorithms, p);
		}
}

json_t *ipsecd_describe(const struct ipsecd_force *force, const json_t *request,
			struct ipsec_err *err)
{
	static const char *const encap[] = { "no", "auto", "yes" };
	const struct policy *policy = force->now.policy;
	const char *name = json_string_value(json_object_get(request, "rule"));
	const struct policy_rule *rule =
		name ? policy_rule_by_name(policy, name) : NULL;
	json_t *auths, *papers, *protocols, *algorithms;
	char path[IPSECD_PATH_SIZE];
	unsigned int i;

	if (!rule) {
		ipsec_err_code(err, ENOENT, "there is no such rule");
		return NULL;
	}
	auths = json_array();
	papers = json_array();
	protocols = json_array();
	algorithms = json_array();
	for (i = 0; i < rule->auths; i++) {
		add_word(auths, rule->auth[i].method == IKE_AUTH_PSK ?
					"psk" :
					"certificate");
		add_papers(papers, &rule->auth[i]);
	}
	add_methods(rule, protocols, algorithms);
	return json_pack(
		"{s:i, s:s, s:I, s:s*, s:i, s:i, s:s, s:s, s:i, s:i, s:o, s:o, "
		"s:o, s:o}",
		"version", 1, "rule", rule->name, "cookie",
		(json_int_t)rule->id, "file",
		ipsecd_rule_file(&force->now, force->store, rule, path), "line",
		(int)rule->line, "ike", (int)rule->version, "mode",
		rule->mode == IPSECDRV_MODE_TUNNEL ? "tunnel" : "transport",
		"encap", encap[rule->encap], "port", (int)policy->port,
		"natt_port", (int)policy->natt_port, "auth", auths, "protocols",
		protocols, "algorithms", algorithms, "papers", papers);
}
