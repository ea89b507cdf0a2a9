// SPDX-License-Identifier: GPL-2.0-or-later
/* Filters: of a file and of a command line, and what is refused. */
#include <stdlib.h>

#include "model.h"
#include "tap.h"

static struct ipsec_filter last;

static int keep(void *ctx, const char *section, const struct ipsec_node *n,
		struct ipsec_err *err)
{
	(void)ctx;
	if (strcmp(section, "filters"))
		return 0;
	return ipsec_filter_parse(n, &last, err);
}

static int read_file(const char *text, struct ipsec_err *err)
{
	memset(err, 0, sizeof(*err));
	return ipsec_doc_read(text, strlen(text), "filters", keep, NULL, err);
}

/* As a file that is read again, in JSON. */
static const char *printed(void)
{
	static char buf[1024];
	json_t *map = ipsec_json(ipsec_filter_fields, &last, IPSEC_PRINT_FILE);
	char *text = json_dumps(map, JSON_COMPACT | JSON_PRESERVE_ORDER);

	snprintf(buf, sizeof(buf), "%s", text);
	free(text);
	json_decref(map);
	return buf;
}

static void good_files(void)
{
	static const char *const t[][2] = {
		{ "filters: [{from: 10.0.0.0/8, to: any, action: block}]",
		  "{\"family\":\"4\",\"from\":\"10.0.0.0/8\","
		  "\"action\":\"block\"}" },
		{ "- from: 10.0.0.1\n  action: permit\r\n  mirrored: no\r\n",
		  "{\"family\":\"4\",\"from\":\"10.0.0.1\","
		  "\"action\":\"permit\",\"mirrored\":false}" },
		{ "{\"filters\": [{\"id\": 7, \"from\": \"::/0\", \"proto\": "
		  "\"udp\", \"port\": 53, \"action\": \"permit\"}]}",
		  "{\"id\":7,\"family\":\"6\",\"from\":\"::/0\",\"proto\":"
		  "\"udp\",\"dport\":\"53\",\"action\":\"permit\"}" },
		{ "filters:\n- family: 6\n  proto: icmpv6\n  icmp-type: 0\n"
		  "  icmp-code: 0\n  action: permit\n",
		  "{\"family\":\"6\",\"proto\":\"icmpv6\",\"icmp-type\":\"0\","
		  "\"icmp-code\":\"0\",\"action\":\"permit\"}" },
		{ "filters:\n- {family: 4, action: negotiate, tunnel: {local: "
		  "1.2.3.4, remote: 1.2.3.5}, soft: {reasons: [no-answer, "
		  "policy], delay: 3, lifetime: 4}, require: [esp], "
		  "narrow: pair, cookie: 0x10, inpass: yes, "
		  "fast-path: yes}\n",
		  "{\"family\":\"4\",\"action\":\"negotiate\",\"mode\":"
		  "\"tunnel\",\"tunnel\":{\"remote\":\"1.2.3.5\",\"local\":"
		  "\"1.2.3.4\"},\"narrow\":\"pair\",\"require\":[\"esp\"],"
		  "\"inpass\":true,\"fast-path\":true,"
		  "\"soft\":{\"reasons\":[\"no-answer\","
		  "\"policy\"],\"delay\":3,\"lifetime\":4},\"cookie\":"
		  "\"0x00000010\"}" },
		{ "\xef\xbb\xbf"
		  "filters: [{family: 4, action: block, proto: 47}]",
		  "{\"family\":\"4\",\"proto\":\"gre\",\"action\":\"block\"}" },
	};
	struct ipsec_err err;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int rc = read_file(t[i][0], &err);

		is(rc ? err.text : printed(), t[i][1], "file %zu is read", i);
	}
}

/* What is printed is read again to the same. */
static void fixpoint(void)
{
	static const char text[] =
		"filters:\n- {id: 9, name: \"a: b\", dir: in, from: "
		"10.0.0.5-10.0.0.20, to: 10.1.0.0/16, proto: tcp, sport: "
		"1000-2000, dport: 443, class: lan, action: negotiate, "
		"tunnel: {local: 1.2.3.4, remote: 1.2.3.5}, mirrored: no, "
		"narrow: flow, require: [encryption, ah, esp], soft: "
		"no-answer, cookie: 18446744073709551615}\n";
	struct ipsec_err err;
	char first[1024], again[1200];

	ok(!read_file(text, &err), "a filter of many words is read %s",
	   err.text);
	snprintf(first, sizeof(first), "%s", printed());
	snprintf(again, sizeof(again), "filters: [%s]", first);
	ok(!read_file(again, &err), "its print is read %s", err.text);
	is(printed(), first, "and printed the same");
}

static void bad_files(void)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *part; /* of the error */
	} t[] = {
		{ "", 0, "empty" },
		{ "\n\n# nothing\n", 0, "empty" },
		{ "filters", 1, "expected" },
		{ "filters:\n", 1, "must be a list" },
		{ "version: 1\n", 0, "no 'filters:' list" },
		{ "filters: []\nfilters: []\n", 2, "twice" },
		{ "filters: []\n---\nfilters: []\n", 2, "second document" },
		{ "filters:\n- {family: 4, action: block", 3, "not valid" },
		{ "filters:\n- {family: 4, action: block, colour: red}", 2,
		  "unknown word 'colour'" },
		{ "filters:\n- family: 4\n  action: block\n  family: 4\n", 4,
		  "twice" },
		{ "filters:\n- family: 4\n  action: block\n  proto: tcp\n"
		  "  port: 4\n  dport: 5\n",
		  6, "mean the same" },
		{ "filters:\n- {from: 10.0.0.1/24, action: block}", 2,
		  "bits are set" },
		{ "filters:\n\n- {from: 10.0.0.9-10.0.0.1, action: block}", 3,
		  "reversed" },
		{ "filters:\n- {action: block}", 2, "add 'family'" },
		{ "filters:\n- {from: 10.0.0.1, to: \"::1\", action: block}", 2,
		  "one family" },
		{ "filters:\n- {family: 6, to: 10.0.0.1, action: block}", 2,
		  "one family" },
		{ "filters:\n- {family: 4, action: drop}", 2,
		  "permit, negotiate or block" },
		{ "filters:\n- {family: 4}", 2, "action is missing" },
		{ "filters:\n- {family: 4, action: block, port: 80}", 2,
		  "ports need a protocol" },
		{ "filters:\n- {family: 4, action: block, proto: icmp, "
		  "sport: 80}",
		  2, "ports need a protocol" },
		{ "filters:\n- {family: 4, action: block, proto: tcp, "
		  "port: 2000-1000}",
		  2, "reversed" },
		{ "filters:\n- {family: 4, action: block, proto: tcp, "
		  "port: 65536}",
		  2, "1 to 65535" },
		{ "filters:\n- {family: 4, action: block, proto: tcp, "
		  "port: 0}",
		  2, "or any" },
		{ "filters:\n- {family: 4, action: block, proto: 0}", 2,
		  "number from 1" },
		{ "filters:\n- {family: 4, action: block, proto: 256}", 2,
		  "proto" },
		{ "filters:\n- {family: 4, action: block, icmp-type: 8}", 2,
		  "need 'proto icmp'" },
		{ "filters:\n- {family: 4, action: block, proto: icmpv6}", 2,
		  "icmpv6 for IPv6" },
		{ "filters:\n- {family: 4, action: block, proto: icmp, "
		  "icmp-code: 8}",
		  2, "needs icmp-type" },
		{ "filters:\n- {family: 4, action: block, weight: 8}", 2,
		  "reported by the driver" },
		{ "filters:\n- {id: 0, family: 4, action: block}", 2, "id" },
		{ "filters:\n- {id: 1e9, family: 4, action: block}", 2, "id" },
		{ "filters:\n- {id: 4294967296, family: 4, action: block}", 2,
		  "id" },
		{ "filters:\n- {family: 4, action: block, name: ''}", 2,
		  "name" },
		{ "filters:\n- {family: 4, action: block, name: \"a\\nb\"}", 2,
		  "control character" },
		{ "filters:\n- {family: 4, action: block, name: \"a\\0b\"}", 2,
		  "NUL" },
		{ "filters:\n- {family: 4, action: block, name: "
		  "0123456789012345678901234567890123456789012345678901234567"
		  "890123}",
		  2, "63 characters" },
		{ "filters:\n- {family: 4, action: block, iface: "
		  "0123456789abcdef}",
		  2, "15 characters" },
		{ "filters:\n- {family: 4, action: block, iface: eth0, "
		  "class: lan}",
		  2, "exclude each other" },
		{ "filters:\n- {family: 4, action: block, mirrored: maybe}", 2,
		  "yes or no" },
		{ "filters:\n- {family: 4, action: block, inpass: yes}", 2,
		  "negotiate' only" },
		{ "filters:\n- {family: 4, action: block, tunnel: {local: "
		  "1.2.3.4, remote: 1.2.3.5}, fast-path: yes}",
		  2, "negotiate' only" },
		{ "filters:\n- {family: 4, action: negotiate, fast-path: yes}",
		  2, "fast-path is for tunnels" },
		{ "filters:\n- {family: 4, action: negotiate, mode: tunnel}", 2,
		  "endpoints" },
		{ "filters:\n- {family: 4, action: negotiate, mode: transport, "
		  "tunnel: {local: 1.2.3.4, remote: 1.2.3.5}}",
		  2, "no tunnel endpoints" },
		{ "filters:\n- {family: 4, action: negotiate, "
		  "tunnel: {local: 1.2.3.4, remote: \"::1\"}}",
		  2, "one family" },
		{ "filters:\n- {family: 4, action: negotiate, tunnel: {remote: "
		  "1.2.3.4}, remote: 1.2.3.5}",
		  2, "mean the same" },
		{ "filters:\n- {family: 4, action: negotiate, soft: {delay: "
		  "3}}",
		  2, "needs reasons" },
		{ "filters:\n- {family: 4, action: negotiate, soft: rain}", 2,
		  "unknown word 'rain'" },
		{ "filters:\n- {family: 4, action: [block]}", 2,
		  "one value, not a list" },
		{ "filters:\n- {to: ::1, action: block}", 2, "needs quotes" },
		{ "filters:\n- {family: 4, action: block, proto: icmp, "
		  "icmp-type: 250-256}",
		  2, "0 to 255" },
		{ "filters:\n- [block]", 2, "expected" },
		{ "filters:\n- {? [a] : b}", 2, "word was expected" },
		{ "filters:\n- &a {family: 4, action: block}\n- *a\n", 2,
		  "anchors" },
		{ "filters:\n- !!map {family: 4, action: block}\n", 2, "tags" },
		{ "filters: &a\n- {family: 4, action: block}\n", 1, "anchors" },
		{ "--- &a\nfilters: []\n", 1, "anchors" },
		{ "!x [{family: 4, action: block}]\n", 1, "tags" },
		{ "filters:\n- {family: 4, action: block, cookie: "
		  "18446744073709551616}",
		  2, "cookie" },
		{ "\xff\xff\xff\xff", 1, "UTF-8" },
		{ "filters:\n- {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: "
		  "{a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}}}}}}}}}}}",
		  2, "nested too deeply" },
	};
	struct ipsec_err err;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int rc = read_file(t[i].text, &err);

		ok(rc && err.line == t[i].line && strstr(err.text, t[i].part),
		   "refused: %s", t[i].part);
		if (!rc || err.line != t[i].line ||
		    !strstr(err.text, t[i].part))
			printf("# line %u: %s\n", err.line, err.text);
	}
	ok(ipsec_doc_read("a\0b", 3, "filters", keep, NULL, &err) &&
		   strstr(err.text, "NUL"),
	   "refused: a NUL byte");
}

static int read_words(char *text, struct ipsec_err *err)
{
	struct ipsec_arena a = { 0 };
	struct ipsec_node *map;
	char *argv[64], *save;
	int argc = 0, rc;

	memset(err, 0, sizeof(*err));
	for (text = strtok_r(text, " ", &save); text;
	     text = strtok_r(NULL, " ", &save))
		argv[argc++] = text;
	rc = ipsec_words(&a, argc, argv, ipsec_filter_fields, &map, err);
	if (!rc)
		rc = ipsec_filter_parse(map, &last, err);
	ipsec_arena_reset(&a);
	return rc;
}

static void words(void)
{
	static const char *const t[][2] = {
		{ "id 7 name web out from 10.0.0.0/24 to 10.1.0.5 proto tcp "
		  "port 443 action negotiate mirrored mode tunnel local "
		  "1.1.1.1 remote 2.2.2.2 narrow pair require encryption,esp "
		  "inpass fast-path soft no-answer iface eth0",
		  "{\"id\":7,\"name\":\"web\",\"family\":\"4\",\"from\":"
		  "\"10.0.0.0/24\",\"to\":\"10.1.0.5\",\"proto\":\"tcp\","
		  "\"dport\":\"443\",\"iface\":\"eth0\",\"action\":"
		  "\"negotiate\",\"mode\":\"tunnel\",\"tunnel\":{\"remote\":"
		  "\"2.2.2.2\",\"local\":\"1.1.1.1\"},\"narrow\":\"pair\","
		  "\"require\":[\"encryption\",\"esp\"],\"inpass\":true,"
		  "\"fast-path\":true,\"soft\":{\"reasons\":[\"no-answer\"]}}" },
		{ "id=3 srcaddr=10.0.0.1 dstaddr=any protocol=udp dstport=53 "
		  "mirrored=no in permit",
		  "{\"id\":3,\"dir\":\"in\",\"family\":\"4\",\"from\":"
		  "\"10.0.0.1\",\"proto\":\"udp\",\"dport\":\"53\","
		  "\"action\":\"permit\",\"mirrored\":false}" },
	};
	static const char *const bad[][2] = {
		{ "id 7 id 8", "twice" },
		{ "id", "missing after 'id'" },
		{ "id 7 colour red", "unknown word 'colour'" },
		{ "id 7 block permit", "twice" },
		{ "from 10.0.0.1 srcaddr 10.0.0.2 block", "mean the same" },
		{ "from= block", "from ''" },
		{ "nonsense", "unknown word" },
	};
	struct ipsec_err err;
	char buf[512];
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		snprintf(buf, sizeof(buf), "%s", t[i][0]);
		is(read_words(buf, &err) ? err.text : printed(), t[i][1],
		   "words %zu", i);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(buf, sizeof(buf), "%s", bad[i][0]);
		ok(read_words(buf, &err) && strstr(err.text, bad[i][1]) &&
			   !err.line,
		   "words refused: %s", bad[i][1]);
		printf("# %s\n", err.text);
	}
}

int main(void)
{
	good_files();
	fixpoint();
	bad_files();
	words();
	return tap_done();
}
