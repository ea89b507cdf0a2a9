// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl dynamic show mmsas|qmsas|stats|all */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "../ike_client.h"
#include "dynamic.h"
#include "show.h"

#define TEXT_MAX 512

static const char *text(const json_t *map, const char *key)
{
	const char *value = tree_text(map, key);

	return value ? value : "-";
}

static long long number(const json_t *map, const char *key)
{
	return (long long)json_integer_value(json_object_get(map, key));
}

/* all, me (this end is always us), any, or the address of one end. */
static bool end_is(const struct netsh_values *v, const char *name,
		   const char *addr)
{
	const char *asked = netsh_text(v, name);

	return !asked || !strcasecmp(asked, "any") ||
	       !strcasecmp(asked, "me") || !strcmp(asked, addr);
}

static bool wanted(const struct netsh_values *v, const json_t *sa)
{
	if (netsh_text(v, "all"))
		return true;
	return end_is(v, "srcaddr", text(sa, "local")) &&
	       end_is(v, "dstaddr", text(sa, "remote"));
}

/* "aes256gcm16-prfsha256-x25519" and so on, cut where the column ends. */
static void print_mm(const json_t *sa, bool resolve)
{
	char local[TEXT_MAX], remote[TEXT_MAX], created[32];
	time_t at = time(NULL) - (time_t)number(sa, "age");
	struct tm tm;

	localtime_r(&at, &tm);
	strftime(created, sizeof(created), "%Y-%m-%d %H:%M:%S", &tm);
	show_field("Cookie Pair", "%s:%s", text(sa, "spi_i"),
		   text(sa, "spi_r"));
	show_field("Created", "%s", created);
	show_field("Source Address", "%s, port %lld",
		   show_resolve(text(sa, "local"), resolve, local,
				sizeof(local)),
		   number(sa, "local_port"));
	show_field("Source ID", "%s", text(sa, "local_id"));
	show_field("Destination Address", "%s, port %lld",
		   show_resolve(text(sa, "remote"), resolve, remote,
				sizeof(remote)),
		   number(sa, "remote_port"));
	show_field("Destination ID", "%s", text(sa, "remote_id"));
	show_field("Rule", "%s", text(sa, "rule"));
	show_field("IKE Version", "%lld, %s, %s", number(sa, "version"),
		   json_is_true(json_object_get(sa, "initiator")) ?
			   "initiator" :
			   "responder",
		   text(sa, "state"));
	show_field("Security Methods", "%s", text(sa, "proposal"));
	putchar('\n');
}

static const struct show_column mm_columns[] = {
	{ "Source", 22 },  { "Destination", 22 }, { "Ver", 3 },
	{ "Methods", 28 }, { NULL, 0 },
};

static void mm_line(const json_t *sa, bool resolve)
{
	char local[TEXT_MAX], remote[TEXT_MAX], version[24];
	const char *cells[] = {
		show_resolve(text(sa, "local"), resolve, local, sizeof(local)),
		show_resolve(text(sa, "remote"), resolve, remote,
			     sizeof(remote)),
		version,
		text(sa, "proposal"),
	};

	snprintf(version, sizeof(version), "%lld", number(sa, "version"));
	show_row(mm_columns, cells);
}

static void show_mmsas(const json_t *sas, const struct netsh_values *v)
{
	bool table = !strcmp(netsh_or(v, "format", "list"), "table");
	bool resolve = netsh_yes(v, "resolvedns", false);
	const json_t *sa;
	size_t i, shown = 0;

	show_title("IKE Main Mode SAs");
	if (table)
		show_head(mm_columns);
	json_array_foreach(sas, i, sa) {
		if (!wanted(v, sa))
			continue;
		shown++;
		if (table)
			mm_line(sa, resolve);
		else
			print_mm(sa, resolve);
	}
	if (!shown)
		puts("No SAs.");
}

static void protection_text(const json_t *p, char *buf, size_t size)
{
	const char *encr = tree_text(p, "encryption");
	const char *integ = tree_text(p, "integrity");
	long long bits = number(p, "key_bits");
	char key[24] = "";

	if (bits)
		snprintf(key, sizeof(key), "-%lld", bits);
	snprintf(buf, size, "%s %s%s%s%s, SPI in %s out %s",
		 text(p, "protocol"), encr ? encr : "", encr ? key : "",
		 encr && integ ? ", " : "", integ ? integ : "",
		 text(p, "spi_in"), text(p, "spi_out"));
}

static void print_qm(const json_t *sa, const json_t *child, bool resolve)
{
	const json_t *list = json_object_get(child, "protections"), *p;
	char local[TEXT_MAX], remote[TEXT_MAX], line[TEXT_MAX];
	size_t i;

	if (sa) {
		show_field("Source Address", "%s",
			   show_resolve(text(sa, "local"), resolve, local,
					sizeof(local)));
		show_field("Destination Address", "%s",
			   show_resolve(text(sa, "remote"), resolve, remote,
					sizeof(remote)));
	}
	show_field("Source Traffic", "%s", text(child, "local"));
	show_field("Destination Traffic", "%s", text(child, "remote"));
	show_field("Encapsulation", "%s", text(child, "mode"));
	show_field("Rule", "%s", text(child, "rule"));
	json_array_foreach(list, i, p) {
		protection_text(p, line, sizeof(line));
		show_field(i ? "" : "Offer", "%s", line);
	}
	show_field("Age", "%lld secs, %s", number(child, "age"),
		   text(child, "state"));
	putchar('\n');
}

static size_t show_children(const json_t *sa, const json_t *list,
			    const struct netsh_values *v)
{
	const json_t *child;
	size_t i;

	json_array_foreach(list, i, child) {
		print_qm(sa, child, netsh_yes(v, "resolvedns", false));
	}
	return json_array_size(list);
}

static bool adopted_wanted(const struct netsh_values *v)
{
	return netsh_text(v, "all") ||
	       (!netsh_text(v, "srcaddr") && !netsh_text(v, "dstaddr"));
}

static void show_qmsas(const json_t *answer, const struct netsh_values *v)
{
	const json_t *sas = json_object_get(answer, "sas"), *sa;
	size_t i, shown = 0;

	show_title("Quick Mode SAs");
	json_array_foreach(sas, i, sa) {
		if (wanted(v, sa))
			shown += show_children(
				sa, json_object_get(sa, "children"), v);
	}
	if (adopted_wanted(v))
		shown += show_children(NULL, json_object_get(answer, "adopted"),
				       v);
	if (!shown)
		puts("No SAs.");
}

/* With the name of an address beside it, if one is asked for and known. */
static void add_name(json_t *to, const char *key, const char *addr,
		     bool resolve)
{
	char buf[TEXT_MAX];
	const char *name = show_resolve(addr, resolve, buf, sizeof(buf));

	if (name != addr)
		json_object_set_new(to, key, json_string(name));
}

static void add_names(json_t *to, const json_t *sa,
		      const struct netsh_values *v)
{
	bool resolve = netsh_yes(v, "resolvedns", false);

	add_name(to, "local_name", text(sa, "local"), resolve);
	add_name(to, "remote_name", text(sa, "remote"), resolve);
}

static json_t *mmsas_json(const json_t *sas, const struct netsh_values *v)
{
	json_t *list = json_array(), *one;
	const json_t *sa;
	size_t i;

	json_array_foreach(sas, i, sa) {
		if (!wanted(v, sa))
			continue;
		one = json_copy((json_t *)sa);
		json_object_del(one, "children");
		add_names(one, sa, v);
		json_array_append_new(list, one);
	}
	return json_pack("{s:o}", "mmsas", list);
}

/* sa: whose children they are, NULL for adopted ones. */
static void add_children(json_t *to, const json_t *list, const json_t *sa,
			 const struct netsh_values *v)
{
	const json_t *child;
	json_t *one;
	size_t i;

	json_array_foreach(list, i, child) {
		one = json_copy((json_t *)child);
		if (sa) {
			json_object_set(one, "local_address",
					json_object_get(sa, "local"));
			json_object_set(one, "remote_address",
					json_object_get(sa, "remote"));
			add_names(one, sa, v);
		}
		json_array_append_new(to, one);
	}
}

static json_t *qmsas_json(const json_t *answer, const struct netsh_values *v)
{
	json_t *list = json_array();
	const json_t *sa;
	size_t i;

	json_array_foreach(json_object_get(answer, "sas"), i, sa) {
		if (wanted(v, sa))
			add_children(list, json_object_get(sa, "children"), sa,
				     v);
	}
	if (adopted_wanted(v))
		add_children(list, json_object_get(answer, "adopted"), NULL, v);
	return json_pack("{s:o}", "qmsas", list);
}

struct counter {
	const char *title; /* of Windows' monitor */
	const char *name; /* see Documentation/counters.rst */
};

static const struct counter ike_counters[] = {
	{ "Main Modes", "main_modes" },
	{ "Quick Modes", "quick_modes" },
	{ "Soft SAs", "soft_associations" },
	{ "Authentication Failures", "authentication_failures" },
	{ "Active Acquire", "active_acquires" },
	{ "Active Receive", "active_receives" },
	{ "Acquire Fail", "acquire_failures" },
	{ "Receive Fail", "receive_failures" },
	{ "Send Fail", "send_failures" },
	{ "Acquire Heap Size", "acquire_heap_size" },
	{ "Receive Heap Size", "receive_heap_size" },
	{ "Negotiation Failures", "negotiation_failures" },
	{ "Invalid Cookies Rcvd", "invalid_cookies" },
	{ "Total Acquire", "total_acquires" },
	{ "TotalGetSpi", "total_get_spi" },
	{ "TotalKeyAdd", "key_additions" },
	{ "TotalKeyUpdate", "key_updates" },
	{ "GetSpiFail", "get_spi_failures" },
	{ "KeyAddFail", "key_addition_failures" },
	{ "KeyUpdateFail", "key_update_failures" },
	{ "IsadbListSize", "isadb_list_size" },
	{ "ConnListSize", "connection_list_size" },
	{ "Invalid Packets Rcvd", "invalid_packets" },
	{ NULL, NULL },
};

static const struct counter driver_counters[] = {
	{ "Active Assoc", "qm_active" },
	{ "Offload SAs", "qm_offloaded" },
	{ "Pending Key", "qm_pending" },
	{ "Key Adds", "qm_key_additions" },
	{ "Key Deletes", "qm_key_deletions" },
	{ "ReKeys", "qm_rekeys" },
	{ "Active Tunnels", "qm_tunnels" },
	{ "Bad SPI Pkts", "qm_bad_spi" },
	{ "Pkts not Decrypted", "qm_not_decrypted" },
	{ "Pkts not Authenticated", "qm_not_authenticated" },
	{ "Pkts with Replay Detection", "qm_replay_detection" },
	{ "Confidential Bytes Sent", "qm_confidential_bytes_sent" },
	{ "Confidential Bytes Received", "qm_confidential_bytes_received" },
	{ "Authenticated Bytes Sent", "qm_authenticated_bytes_sent" },
	{ "Authenticated Bytes Received", "qm_authenticated_bytes_received" },
	{ "Transport Bytes Sent", "qm_transport_bytes_sent" },
	{ "Transport Bytes Received", "qm_transport_bytes_received" },
	{ "Offloaded Bytes Sent", "qm_offloaded_bytes_sent" },
	{ "Offloaded Bytes Received", "qm_offloaded_bytes_received" },
	{ "Bytes Sent In Tunnels", "qm_tunnel_bytes_sent" },
	{ "Bytes Received In Tunnels", "qm_tunnel_bytes_received" },
	{ NULL, NULL },
};

static void print_counters(const char *title, const struct counter *list,
			   const json_t *map)
{
	show_title(title);
	for (; list->title; list++)
		printf("%-28s: %lld\n", list->title, number(map, list->name));
}

static json_t *read_driver(void)
{
	const struct ctl_stats *stats = ctl_stats_read();

	return stats ? ctl_stats_json(stats) : NULL;
}

static int show_stats(struct ctl_args *args, const struct netsh_values *v)
{
	const char *type = netsh_or(v, "type", "all");
	bool want_ike = strcmp(type, "ipsec"),
	     want_driver = strcmp(type, "ike");
	json_t *ike = want_ike ? ctl_ike_ask("counters", NULL) : NULL;
	json_t *driver = want_driver ? read_driver() : NULL;
	const json_t *counters = json_object_get(ike, "counters");
	bool ok = (ike || !want_ike) && (driver || !want_driver);

	if (ok && args->json)
		ctl_json(json_pack("{s:O*, s:O*}", "ike", counters, "ipsec",
				   driver));
	if (ok && ike && !args->json)
		print_counters("IKE Statistics", ike_counters, counters);
	if (ok && driver && !args->json)
		print_counters("IPsec Statistics", driver_counters, driver);
	json_decref(ike);
	json_decref(driver);
	return ok ? CTL_OK : CTL_FAILED;
}

static int sas(struct ctl_args *args, bool main_mode)
{
	struct netsh_values v;
	json_t *answer;
	int rc = netsh_parse(args, &v);

	answer = rc ? NULL : ctl_ike_ask("sas", NULL);
	if (!rc && !answer)
		rc = CTL_FAILED;
	if (answer && args->json) {
		ctl_json(main_mode ? mmsas_json(json_object_get(answer, "sas"),
						&v) :
				     qmsas_json(answer, &v));
	} else if (answer && main_mode) {
		show_mmsas(json_object_get(answer, "sas"), &v);
	} else if (answer) {
		show_qmsas(answer, &v);
	}
	json_decref(answer);
	netsh_free(&v);
	return rc;
}

int netsh_show_mmsas(struct ctl_args *args)
{
	return sas(args, true);
}

int netsh_show_qmsas(struct ctl_args *args)
{
	return sas(args, false);
}

int netsh_show_stats(struct ctl_args *args)
{
	struct netsh_values v;
	int rc = netsh_parse(args, &v);

	if (!rc)
		rc = show_stats(args, &v);
	netsh_free(&v);
	return rc;
}

/* One after the other, each with the words that it takes. */
int netsh_show_dynamic_all(struct ctl_args *args)
{
	static const struct {
		int (*show)(struct ctl_args *args);
		const char *key; /* in JSON; NULL: it names itself */
	} parts[] = {
		{ netsh_show_config, "config" },
		{ netsh_show_mmpolicy, NULL },
		{ netsh_show_qmpolicy, NULL },
		{ netsh_show_dynamic_rule, NULL },
		{ netsh_show_mmsas, NULL },
		{ netsh_show_qmsas, NULL },
		{ netsh_show_stats, "stats" },
	};
	json_t *all = args->json ? json_object() : NULL;
	struct ctl_args one = *args;
	struct netsh_values v;
	size_t i;
	int rc = netsh_parse(args, &v);

	netsh_free(&v);
	for (i = 0; !rc && i < sizeof(parts) / sizeof(parts[0]); i++) {
		one.argc = args->argc;
		ctl_json_gather(all, parts[i].key);
		rc = parts[i].show(&one);
	}
	ctl_json_gather(NULL, NULL);
	if (!rc && all)
		ctl_json(json_incref(all));
	json_decref(all);
	return rc;
}
