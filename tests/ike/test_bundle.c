// SPDX-License-Identifier: GPL-2.0-or-later
/* One policy of several texts; policies kept as bytes; what another one changes. */
#include <stdlib.h>

#include "bundle.h"
#include "crypto.h"
#include "diff.h"
#include "pack.h"
#include "pki.h"
#include "policy_text.h"
#include "rnd.h"
#include "store.h"
#include "tap.h"

#define RULE(name, to)                                                      \
	"  - {name: " name ", action: block, filters: [{from: any, to: " to \
	"}]}\n"
#define PAIR(more)                                                  \
	"  - {name: pair, psk: sesame, filters: [{from: 10.0.0.1, " \
	"to: 10.0.0.2}]" more "}\n"

static struct ipsec_err err;

static void put(struct ipsecd_bundle *b, unsigned int layer, const char *text)
{
	ipsecd_files_append(&b->layer[layer], "", text, strlen(text));
}

static struct policy *parse(const char *policy, const char *persistent,
			    const char *dynamic, const char *hidden)
{
	const char *text[] = { policy, persistent, dynamic, hidden };
	struct policy *p = NULL;
	struct ipsecd_bundle b;
	unsigned int i;

	memset(&err, 0, sizeof(err));
	ipsecd_bundle_init(&b);
	for (i = 0; i < IPSECD_LAYERS; i++)
		if (text[i])
			put(&b, i, text[i]);
	if (ipsecd_bundle_parse(&b, &p, &err))
		p = NULL;
	ipsecd_bundle_free(&b);
	return p;
}

/* The names in their order; each rule is the policy's, whose text it was of. */
static void has(struct policy *p, const char *want, const char *what)
{
	char got[256] = "";
	unsigned int i;

	for (i = 0; p && i < p->rules; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s%s",
			 i ? " " : "", p->rule[i].name,
			 p->rule[i].policy == p ? "" : " of another policy");
	is(p ? got : err.text, want, "%s", what);
	policy_put(p);
}

static void layers(void)
{
	const char *a = "rules:\n" RULE("a", "10.0.0.1") RULE("b", "10.0.0.2");

	has(parse(a, NULL, NULL, NULL), "a b", "one text");
	has(parse(a, "rules:\n" RULE("p", "10.0.0.3"), NULL, NULL), "a b p",
	    "persistent rules come last");
	has(parse(a, NULL, "rules:\n" RULE("d", "10.0.0.4"), NULL), "d a b",
	    "dynamic ones first");
	has(parse(a, NULL, "rules:\n" RULE("b", "10.0.0.4"), NULL), "b a",
	    "in the place of one of the same name");
	has(parse(a, NULL, NULL, "a\nnobody\n"), "b", "one is taken away");
	has(parse(a, NULL, "rules: []\n", "b"), "a", "without a final newline");
	has(parse(a, "rules:\n" RULE("a", "10.0.0.3"), NULL, NULL),
	    "the name 'a' is taken by a rule of the policy, line 2 there; give "
	    "each its own",
	    "a persistent rule with a name of the policy's");
	ok(!parse("rules: [", NULL, NULL, NULL), "a text in error");
	ok(!parse("rules: []\n", "rules: [", NULL, NULL), "in a later one");
	has(parse("rules: []\n", "rules:\n" PAIR(", weak: yes"), NULL, NULL),
	    "pair", "what a rule needs of the driver comes along");
}

static void ids(void)
{
	const char *text = "rules:\n" RULE("a", "10.0.0.1");
	const char *other = "rules:\n" RULE("x", "10.0.0.1");
	struct policy *p = parse(other, text, NULL, NULL);
	struct policy *q = parse(text, NULL, NULL, NULL);

	ok(p->rule[1].id >> POLICY_ID_BITS == IPSECD_LAYER_PERSISTENT &&
		   p->rule[1].filter[0].id.v >> POLICY_ID_BITS ==
			   IPSECD_LAYER_PERSISTENT &&
		   p->rule[1].filter[0].cookie.v == p->rule[1].id,
	   "ids say which text");
	ok((p->rule[1].id & ((1U << POLICY_ID_BITS) - 1)) == q->rule[0].id,
	   "and are else the same");
	policy_put(p);
	policy_put(q);
}

/* What is said of revocation lists while the daemon runs beats each method. */
static void crl_check(void)
{
	static const char text[] =
		"rules:\n  - {name: a, auth: {key: key, cert: cert, ca: ca, "
		"crl-check: off}, filters: [{from: 10.0.0.1, to: "
		"10.0.0.2}]}\n";
	static const char *const files[] = { "key", "cert", "ca" };
	struct ipsecd_bundle b;
	struct policy *p = NULL;
	struct ike_blob blob;
	char word[16];
	size_t i;

	ipsecd_bundle_init(&b);
	put(&b, IPSECD_LAYER_POLICY, text);
	for (i = 0; i < 3; i++)
		if (!policy_text_file(NULL, files[i], false, &blob, &err))
			ipsecd_files_append(&b.layer[IPSECD_LAYER_POLICY],
					    files[i], blob.data, blob.len);
	ok(!ipsecd_bundle_parse(&b, &p, &err) &&
		   p->rule[0].auth[0].trust->level == IKE_CRL_OFF,
	   "a method says how revocation lists are looked at: %s", err.text);
	policy_put(p);
	p = NULL;
	ok(!ipsecd_bundle_set_crl_check(&b, "revoked") &&
		   !ipsecd_bundle_set_crl_check(&b, "strict") &&
		   !ipsecd_bundle_parse(&b, &p, &err) &&
		   p->rule[0].auth[0].trust->level == IKE_CRL_STRICT,
	   "unless that was said of all, last");
	ipsecd_bundle_crl_check(&b, word);
	is(word, "strict", "which can be asked for");
	policy_put(p);
	ipsecd_bundle_free(&b);
}

static void differs(const char *old, const char *new, const char *want,
		    const char *what)
{
	struct policy *a = old ? parse(old, NULL, NULL, NULL) : NULL;
	struct policy *b = parse(new, NULL, NULL, NULL);
	json_t *json = ipsecd_diff_json(a, b, SIZE_MAX);
	char *text;

	json_object_del(json, "version");
	text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	is(text, want, "%s", what);
	free(text);
	json_decref(json);
	policy_put(a);
	policy_put(b);
}

#define FILTER(rule, to)                                                      \
	"{\"action\":\"block\",\"filter\":\"any -> " to "\",\"rule\":\"" rule \
	"\"}"
#define DIFF(fa, fr, ra, rc, rr, set)                       \
	"{\"filters\":{\"added\":[" fa "],\"removed\":[" fr \
	"]},\"rules\":{\"added\":[" ra "],\"changed\":[" rc \
	"],\"removed\":[" rr "]},\"settings\":{" set "}}"

static void diffs(void)
{
	const char *a = "rules:\n" RULE("a", "10.0.0.1");
	const char *ab = "rules:\n" RULE("b", "10.0.0.2") RULE("a", "10.0.0.1");

	differs(NULL, a, DIFF(FILTER("a", "10.0.0.1"), "", "\"a\"", "", "", ""),
		"from nothing");
	differs(a, a, DIFF("", "", "", "", "", ""), "the same");
	differs(a, ab, DIFF(FILTER("b", "10.0.0.2"), "", "\"b\"", "", "", ""),
		"one more, above");
	differs(ab, a, DIFF("", FILTER("b", "10.0.0.2"), "", "", "\"b\"", ""),
		"one less");
	differs(a, "rules:\n" RULE("a", "10.0.0.3"),
		DIFF(FILTER("a", "10.0.0.3"), FILTER("a", "10.0.0.1"), "",
		     "\"a\"", "", ""),
		"another filter");
	differs("rules:\n" PAIR(""), "rules:\n" PAIR(", liveness: 7"),
		DIFF("", "", "", "\"pair\"", "", ""), "another word");
	differs(a, "default-action: block\nrules:\n" RULE("a", "10.0.0.1"),
		DIFF("", "", "", "", "", "\"default-action\":\"block\""),
		"a setting of the driver");
}

/* Of long lists only the first are told, and how many are not. */
static void limited(void)
{
	struct policy *p = parse("rules:\n" RULE("a", "10.0.0.1")
					 RULE("b", "10.0.0.2")
						 RULE("c", "10.0.0.3"),
				 NULL, NULL, NULL);
	json_t *json = ipsecd_diff_json(NULL, p, 1);
	const json_t *rules = json_object_get(json, "rules");
	const json_t *filters = json_object_get(json, "filters");

	ok(json_array_size(json_object_get(rules, "added")) == 1 &&
		   json_integer_value(json_object_get(rules, "more")) == 2 &&
		   json_array_size(json_object_get(filters, "added")) == 1 &&
		   json_integer_value(json_object_get(filters, "more")) == 2,
	   "a limit of the lists");
	json_decref(json);
	policy_put(p);
}

static void copied(void)
{
	struct ipsecd_bundle b, copy;

	ipsecd_bundle_init(&b);
	ipsecd_bundle_init(&copy);
	put(&b, IPSECD_LAYER_POLICY, "rules: []\n");
	put(&b, IPSECD_LAYER_HIDDEN, "a\n");
	ok(!ipsecd_bundle_copy(&copy, &b) &&
		   ipsecd_files_same(&copy.layer[IPSECD_LAYER_HIDDEN],
				     &b.layer[IPSECD_LAYER_HIDDEN]) &&
		   !copy.layer[IPSECD_LAYER_DYNAMIC].first,
	   "a copy of all");
	ipsecd_bundle_set_crl_check(&copy, "strict");
	ok(!ipsecd_files_same(&copy.layer[IPSECD_LAYER_HIDDEN],
			      &b.layer[IPSECD_LAYER_HIDDEN]),
	   "is one of its own");
	ipsecd_bundle_free(&copy);
	ipsecd_bundle_free(&b);
}

static void kept(void)
{
	const struct policy_rule *rule;
	struct policy *a = parse("rules:\n" PAIR("") RULE("a", "10.0.0.1"),
				 NULL, NULL, NULL);
	struct policy *b = parse("rules:\n" PAIR(""), NULL, NULL, NULL);
	struct policy *c =
		parse("rules:\n" PAIR(", liveness: 7"), NULL, NULL, NULL);
	uint64_t id = a->rule[0].filter[0].id.v;
	struct ipsecd_kept *k = ipsecd_kept_new(a, b);

	ok(ipsecd_kept_has(k, id, &rule) && rule == &a->rule[0],
	   "the SAs of a rule that stays stay");
	ok(!ipsecd_kept_has(k, a->rule[1].filter[0].id.v, &rule) && rule,
	   "those of one that goes go");
	ok(!ipsecd_kept_has(k, 12345, &rule) && !rule,
	   "others are of no filter");
	ipsecd_kept_free(k);
	k = ipsecd_kept_new(a, c);
	ok(!ipsecd_kept_has(k, id, &rule), "so do those of one that changes");
	ipsecd_kept_free(k);
	policy_put(a);
	policy_put(b);
	policy_put(c);
}

/* A file with nothing in it, one with bytes of all values. */
static void fill(struct ipsecd_files *files)
{
	uint8_t all[256];
	unsigned int i;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	ipsecd_files_init(files);
	ipsecd_files_append(files, "", "rules: []\n", 10);
	ipsecd_files_append(files, "empty", NULL, 0);
	ipsecd_files_append(files, "/all", all, sizeof(all));
	ipsecd_files_find(files, "/all")->exposed = true;
}

static void packed(void)
{
	struct ipsecd_files a, b, copy;
	char path[IPSECD_PATH_SIZE];
	size_t len, i, bad = 0;
	uint8_t *data;

	fill(&a);
	ipsecd_files_init(&b);
	data = ipsecd_pack(&a, "/etc/p.yaml", &len);
	ok(!ipsecd_unpack(&b, path, data, len, &err) &&
		   !strcmp(path, "/etc/p.yaml") && ipsecd_files_same(&a, &b) &&
		   ipsecd_files_find(&b, "/all")->exposed &&
		   !ipsecd_files_find(&b, "empty")->exposed,
	   "packed and unpacked");
	ipsecd_files_init(&copy);
	ok(!ipsecd_files_copy(&copy, &b) && ipsecd_files_same(&copy, &a),
	   "a copy is the same");
	ipsecd_files_append(&copy, "empty", "x", 1);
	ok(!ipsecd_files_same(&copy, &a), "and then is not");
	ipsecd_files_free(&copy);
	ipsecd_files_free(&b);
	for (i = 0; i < len; i++)
		bad += !ipsecd_unpack(&b, path, data, i, &err) || b.first;
	ok(!bad && strstr(err.text, "torn"), "none of %zu torn ones is taken",
	   len);
	for (i = 0; i < len; i++) {
		uint8_t bit = (uint8_t)(1U << rnd(8));

		data[i] ^= bit;
		bad += !ipsecd_unpack(&b, path, data, len, &err) || b.first;
		data[i] ^= bit;
	}
	ok(!bad, "nor one with a bit that is not right");
	free(data);
	ipsecd_files_free(&a);
}

static void pending(void)
{
	struct ipsecd_pending p = { "0123-abcd", 5000 }, q;
	char text[128], copy[160];
	int len = ipsecd_pending_text(&p, text, sizeof(text)), i, bad = 0;

	ok(!ipsecd_pending_read(&q, text, (size_t)len, &err) &&
		   !strcmp(q.boot, p.boot) && q.deadline == 5000,
	   "a record, written and read");
	for (i = 0; i < len; i++)
		bad += !ipsecd_pending_read(&q, text, (size_t)i, &err);
	ok(!bad, "none of %d torn ones is taken", len);
	snprintf(copy, sizeof(copy), "%s.", text);
	ok(ipsecd_pending_read(&q, copy, (size_t)len + 1, &err),
	   "nor one with more behind it");
	ok(ipsecd_pending_read(&q, text, (size_t)len + 1, &err),
	   "not even a zero");
	ok(ipsecd_pending_left(&p, "0123-abcd", 4999) == 1 &&
		   !ipsecd_pending_left(&p, "0123-abcd", 5000) &&
		   !ipsecd_pending_left(&p, "0123-abcd", 5001),
	   "its time");
	ok(!ipsecd_pending_left(&p, "0123-abce", 1), "is up after a boot");
}

/* As the kernel has it; a boot later it is another. */
static void boot(void)
{
	char id[40], again[40];
	uint64_t before = ipsecd_boottime();
	struct ipsecd_pending p = { .deadline = 1 }, q;
	char text[128];
	int len;

	ok(!ipsecd_boot_id(id) && strlen(id) == 36 && !ipsecd_boot_id(again) &&
		   !strcmp(id, again),
	   "which boot it is");
	strcpy(p.boot, id);
	len = ipsecd_pending_text(&p, text, sizeof(text));
	ok(!ipsecd_pending_read(&q, text, (size_t)len, &err) &&
		   !strcmp(q.boot, id),
	   "a record has room for it");
	ok(before && ipsecd_boottime() >= before, "the time goes on");
}

int main(void)
{
	if (ike_crypto_init())
		return 1;
	rnd_seed();
	layers();
	ids();
	diffs();
	limited();
	crl_check();
	copied();
	kept();
	packed();
	pending();
	boot();
	return tap_done();
}
