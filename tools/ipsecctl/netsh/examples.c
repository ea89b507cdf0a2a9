// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static restorepolicyexamples */
#include <string.h>

#include "auth.h"
#include "static.h"

/*
 * The policies that Windows Server 2003 came with. Theirs use Kerberos; here
 * the command says how peers prove who they are.
 */
static const char examples[] =
	"{"
	"'filter-lists': ["
	" {'name': 'All IP Traffic',"
	"  'description': 'Matches all IP packets from this computer to any',"
	"  'filters': [{'from': 'me', 'to': 'any'}]},"
	" {'name': 'All ICMP Traffic',"
	"  'description': 'Matches all ICMP packets from this computer to any',"
	"  'filters': [{'from': 'me', 'to': 'any', 'proto': 'icmp'},"
	"              {'from': 'me', 'to': 'any', 'proto': 'icmpv6'}]}],"
	"'filter-actions': ["
	" {'name': 'Permit', 'description': 'Permit unsecured IP packets',"
	"  'action': 'permit'},"
	" {'name': 'Request Security (Optional)',"
	"  'description': 'Accepts unsecured communication, asks for security,"
	" falls back to clear text',"
	"  'action': 'negotiate', 'inpass': 'yes', 'soft': 'yes'},"
	" {'name': 'Require Security',"
	"  'description': 'Accepts unsecured communication, but answers only"
	" secured',"
	"  'action': 'negotiate', 'inpass': 'yes'}],"
	"'policies': ["
	" {'name': 'Client (Respond Only)',"
	"  'description': 'Unsecured, unless a server asks for security',"
	"  'default-response': {}, 'rules': []},"
	" {'name': 'Server (Request Security)',"
	"  'description': 'Always asks for security, does without it where it"
	" must',"
	"  'default-response': {}, 'rules': ["
	"   {'name': 'Request', 'filter-list': 'All IP Traffic',"
	"    'filter-action': 'Request Security (Optional)', 'auth': []},"
	"   {'name': 'ICMP', 'filter-list': 'All ICMP Traffic',"
	"    'filter-action': 'Permit'}]},"
	" {'name': 'Secure Server (Require Security)',"
	"  'description': 'Requires security of everybody',"
	"  'default-response': {}, 'rules': ["
	"   {'name': 'Require', 'filter-list': 'All IP Traffic',"
	"    'filter-action': 'Require Security', 'auth': []},"
	"   {'name': 'ICMP', 'filter-list': 'All ICMP Traffic',"
	"    'filter-action': 'Permit'}]}]}";

static json_t *parse_examples(void)
{
	char text[sizeof(examples)];
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = examples[i] == '\'' ? '"' : examples[i];
	return json_loads(text, 0, NULL);
}

/* Rules whose list auth is there to be filled, and the default response. */
static void fill_auth(json_t *policies, json_t *auth)
{
	json_t *policy, *rule;
	size_t i, j;

	json_array_foreach(policies, i, policy) {
		const json_t *rules = json_object_get(policy, "rules");

		json_object_set(json_object_get(policy, "default-response"),
				"auth", auth);
		json_array_foreach(rules, j, rule) {
			if (json_object_get(rule, "auth"))
				json_object_set(rule, "auth", auth);
		}
	}
}

static int restore(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	struct ipsec_err err = { 0 };
	json_t *from, *auth;
	const char *key;
	json_t *list;

	if (!netsh_has_auth(v))
		return ctl_usage(args, "the examples use Kerberos, which is "
				       "not there yet; say psk= or rootca=");
	auth = netsh_auth(v, &err);
	if (!auth)
		return netsh_wrong(args, &err);
	from = parse_examples();
	fill_auth(json_object_get(from, "policies"), auth);
	json_object_foreach(from, key, list) {
		netsh_merge(tree_list(root, key), list);
	}
	json_decref(from);
	json_decref(auth);
	return CTL_OK;
}

int netsh_restore(struct ctl_args *args)
{
	return netsh_change(args, restore);
}
