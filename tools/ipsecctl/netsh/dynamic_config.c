// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl dynamic set config, show config */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text.h"
#include "../ike_client.h"
#include "dynamic.h"
#include "show.h"
#include "store.h"

/*
 * What the driver has a word for is set there at once and kept in the static
 * store, under config; what the daemon has one for is kept there, too, and
 * taken with the policy. What nothing here does is refused.
 */
#define VALUE_MAX 2048

static int set_driver(struct ctl_args *args, const char *key, const char *value)
{
	char word[VALUE_MAX + 64];
	char *argv[] = { word, NULL };
	struct ctl_args set = {
		.argc = 1,
		.argv = argv,
		.command = args->command,
	};

	/* The converter changes no driver. */
	if (netsh_store_detached())
		return CTL_OK;
	snprintf(word, sizeof(word), "%s=%s", key, value);
	return ctl_config_set(&set);
}

/* "a,b" as a list; "none" is an empty one. */
static json_t *to_list(const char *value)
{
	json_t *list = json_array();
	char copy[VALUE_MAX], *word, *rest = copy;

	snprintf(copy, sizeof(copy), "%s", value);
	while ((word = strsep(&rest, ",")))
		if (*word && strcmp(word, "none"))
			json_array_append_new(list, json_string(word));
	return list;
}

static json_t *section(json_t *root, const char *name)
{
	json_t *map = json_object_get(root, name);

	if (json_is_object(map))
		return map;
	map = json_object();
	json_object_set_new(root, name, map);
	return map;
}

static int keep(const char *name, const char *key, json_t *value)
{
	json_t *root = netsh_store_open();
	int rc;

	if (!root) {
		json_decref(value);
		return CTL_FAILED;
	}
	json_object_set_new(section(root, name), key, value);
	rc = netsh_store_save();
	if (rc)
		netsh_store_drop();
	return rc;
}

static int set_bootmode(struct ctl_args *args, const char *value)
{
	int rc = set_driver(args, "boot-mode", value);

	return rc ? rc : keep("config", "boot-mode", json_string(value));
}

/* netsh separates by spaces. */
static int set_bootexemptions(struct ctl_args *args, const char *value)
{
	char list[VALUE_MAX], *p;
	int rc;

	if (strlen(value) >= sizeof(list))
		return ctl_usage(args, "the list is too long");
	strcpy(list, value);
	for (p = list; *p; p++)
		if (isspace((unsigned char)*p))
			*p = ',';
	rc = set_driver(args, "boot-exemptions", list);
	return rc ? rc : keep("config", "boot-exemptions", to_list(list));
}

/* Windows' bits: 1 ends RSVP and Kerberos, 2 multicast and broadcast. */
static int set_ipsecexempt(struct ctl_args *args, const char *value)
{
	static const char *const lists[] = {
		"ike,nd,dhcp,loopback,multicast,rsvp,kerberos",
		"ike,nd,dhcp,loopback,multicast",
		"ike,nd,dhcp,loopback,rsvp,kerberos",
		"ike,nd,dhcp,loopback",
	};
	const char *list = lists[*value - '0'];
	int rc = set_driver(args, "exemptions", list);

	return rc ? rc : keep("config", "exemptions", to_list(list));
}

static int set_ikelogging(struct ctl_args *args, const char *value)
{
	(void)args;
	return keep("ike", "log",
		    json_string(*value == '1' ? "debug" : "info"));
}

/* Of every method with certificates in the store. How many there are. */
static size_t set_crl_check(json_t *value, const char *word)
{
	const char *key;
	json_t *one;
	size_t i, found = 0;

	if (json_object_get(value, "ca")) {
		tree_set(value, "crl-check", word);
		return 1;
	}
	json_object_foreach(value, key, one) {
		found += set_crl_check(one, word);
	}
	json_array_foreach(value, i, one) {
		found += set_crl_check(one, word);
	}
	return found;
}

/* The daemon, for all policies until it ends. false: it does not take it. */
static bool tell_crl_check(const char *word)
{
	json_t *answer = ctl_ike_send(json_pack(
		"{s:s, s:s}", "command", "dynamic-set", "crl_check", word));

	json_decref(answer);
	return answer;
}

/* At once; and in the store, for the rules that it has. */
static int set_strongcrlcheck(struct ctl_args *args, const char *value)
{
	static const char *const words[] = { "off", "revoked", "strict" };
	const char *word = words[*value - '0'];
	bool runs = !netsh_store_detached() && ctl_ike_runs();
	json_t *root;

	if (runs && !tell_crl_check(word))
		return CTL_FAILED;
	root = netsh_store_open();
	if (!root)
		return CTL_FAILED;
	if (set_crl_check(json_object_get(root, "policies"), word))
		return netsh_store_save();
	netsh_store_drop();
	return runs ? CTL_OK :
		      ctl_usage(args, "no rule of the store has rootca=, so "
				      "there is nothing that would look at a "
				      "CRL, and ipsecd does not run");
}

/* Windows' bits are the driver's. */
static int set_ipsecdiagnostics(struct ctl_args *args, const char *value)
{
	static const char *const lists[] = {
		"none",
		"bad",
		"inbound",
		"bad,inbound",
		"outbound",
		"bad,outbound",
		"inbound,outbound",
		"bad,inbound,outbound",
	};
	const char *list = lists[*value - '0'];
	int rc = set_driver(args, "log-level", list);

	return rc ? rc : keep("config", "log-level", to_list(list));
}

static int set_ipsecloginterval(struct ctl_args *args, const char *value)
{
	int rc = set_driver(args, "log-interval", value);

	return rc ? rc :
		    keep("config", "log-interval", json_integer(atoi(value)));
}

struct property {
	const char *name;
	int (*set)(struct ctl_args *args, const char *value);
	uint64_t min; /* no number where both are 0 */
	uint64_t max;
};

static const struct property properties[] = {
	{ "ipsecdiagnostics", set_ipsecdiagnostics, 0, 7 },
	{ "ikelogging", set_ikelogging, 0, 1 },
	{ "strongcrlcheck", set_strongcrlcheck, 0, 2 },
	{ "ipsecloginterval", set_ipsecloginterval, 60, 86400 },
	{ "ipsecexempt", set_ipsecexempt, 0, 3 },
	{ "bootmode", set_bootmode, 0, 0 },
	{ "bootexemptions", set_bootexemptions, 0, 0 },
};

static const struct property *find_property(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		if (!strcmp(properties[i].name, name))
			return &properties[i];
	return NULL;
}

static int set_property(struct ctl_args *args, const struct netsh_values *v)
{
	const struct property *p = find_property(netsh_text(v, "property"));
	const char *value = netsh_text(v, "value");
	uint64_t number;

	if (p->max && !ipsec_uint(value, p->min, p->max, &number))
		return ctl_usage(args,
				 "%s '%.40s' is no number from %llu to "
				 "%llu",
				 p->name, value, (unsigned long long)p->min,
				 (unsigned long long)p->max);
	return p->set(args, value);
}

int netsh_set_config(struct ctl_args *args)
{
	struct netsh_values v;
	int rc = netsh_parse(args, &v);

	if (!rc)
		rc = set_property(args, &v);
	netsh_free(&v);
	return rc;
}

static const char *crl_level(const json_t *value)
{
	const char *key, *found = tree_text(value, "crl-check");
	const json_t *one;
	size_t i;

	if (found)
		return found;
	json_object_foreach((json_t *)value, key, one) {
		if (!found)
			found = crl_level(one);
	}
	json_array_foreach(value, i, one) {
		if (!found)
			found = crl_level(one);
	}
	return found;
}

static json_t *driver_config(void)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_config config = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return NULL;
	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_GET, 0);
	if (!ipsec_ask(c, &m, ipsec_config_fields, &config, &err))
		return ipsec_json(ipsec_config_fields, &config,
				  IPSEC_PRINT_ALL);
	ctl_fail(&err);
	return NULL;
}

static bool listed(const json_t *list, const char *word)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		if (!strcmp(json_string_value(one), word))
			return true;
	}
	return false;
}

/* What the daemon was told since its start; NULL: nothing. */
static json_t *running_crl_check(void)
{
	json_t *answer = ctl_ike_runs() ? ctl_ike_ask("dynamic-show", NULL) :
					  NULL;
	json_t *word = json_incref(json_object_get(answer, "crl_check"));

	json_decref(answer);
	return word;
}

static json_t *config_json(const json_t *driver, const json_t *root)
{
	const json_t *exempt = json_object_get(driver, "exemptions");
	json_t *running = running_crl_check();
	const char *crl = running ?
				  json_string_value(running) :
				  crl_level(json_object_get(root, "policies"));
	const json_t *level = json_object_get(driver, "log-level");
	json_t *o = json_object(), *value;

	json_object_set_new(o, "ipsecdiagnostics",
			    json_integer(listed(level, "bad") +
					 2 * listed(level, "inbound") +
					 4 * listed(level, "outbound")));
	json_object_set_new(o, "ikelogging",
			    json_integer(tree_is(json_object_get(root, "ike"),
						 "log", "debug")));
	json_object_set_new(o, "strongcrlcheck",
			    json_integer(!crl			? 1 :
					 !strcmp(crl, "off")	? 0 :
					 !strcmp(crl, "strict") ? 2 :
								  1));
	json_decref(running);
	value = json_object_get(driver, "log-interval");
	json_object_set(o, "ipsecloginterval", value ? value : json_null());
	json_object_set_new(o, "ipsecexempt",
			    json_integer(!listed(exempt, "kerberos") +
					 2 * !listed(exempt, "multicast")));
	value = json_object_get(driver, "boot-mode");
	json_object_set(o, "bootmode", value ? value : json_null());
	value = json_object_get(driver, "boot-exemptions");
	json_object_set(o, "bootexemptions", value ? value : json_null());
	return o;
}

static void show_number(const char *title, const json_t *o, const char *key)
{
	show_field(title, "%d",
		   (int)json_integer_value(json_object_get(o, key)));
}

static void print_config(const json_t *o)
{
	const json_t *list = json_object_get(o, "bootexemptions"), *one;
	const char *mode = tree_text(o, "bootmode");
	size_t i;

	show_title("IPsec Configuration Parameters");
	show_number("IPsecDiagnostics", o, "ipsecdiagnostics");
	show_number("IKElogging", o, "ikelogging");
	show_number("StrongCRLCheck", o, "strongcrlcheck");
	show_number("IPsecloginterval", o, "ipsecloginterval");
	show_number("IPsecexempt", o, "ipsecexempt");
	show_field("Boot Mode", "%s", mode ? mode : "-");
	if (!json_array_size(list))
		show_field("Boot Mode Exemptions", "none");
	json_array_foreach(list, i, one) {
		show_field(i ? "" : "Boot Mode Exemptions", "%s",
			   json_string_value(one));
	}
}

int netsh_show_config(struct ctl_args *args)
{
	struct netsh_values v;
	json_t *driver, *root, *o;
	int rc = netsh_parse(args, &v);

	netsh_free(&v);
	if (rc)
		return rc;
	driver = driver_config();
	root = driver ? netsh_store_open() : NULL;
	if (!root) {
		json_decref(driver);
		return CTL_FAILED;
	}
	o = config_json(driver, root);
	json_decref(driver);
	netsh_store_drop();
	if (args->json) {
		ctl_json(o);
		return CTL_OK;
	}
	print_config(o);
	json_decref(o);
	return CTL_OK;
}
