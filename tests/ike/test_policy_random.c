// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random policies: what acts on a packet by the compiled filters and by a naive
 * model of ipsecctl-driver(8), which knows nothing of the parser. POLICIES says how
 * many (500); SEED repeats a run.
 */
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>

#include "box.h"
#include "crypto.h"
#include "mint.h"
#include "policy_text.h"
#include "rnd.h"
#include "tap.h"

#define ENTRIES 128
#define PACKETS 40
#define TEXT 32768

typedef unsigned __int128 u128;

struct span {
	u128 first;
	u128 last;
};

/* A filter as its words mean it; of a packet first and last are the same. */
struct entry {
	unsigned int rule;
	bool in;
	bool mirrored;
	bool six;
	unsigned int action; /* 0 permit, 1 negotiate, 2 block */
	struct span addr[2];
	unsigned int proto; /* 0: any */
	struct span port[2]; /* or type and code */
	unsigned int class; /* 0: any */
};

static struct entry model[ENTRIES];
static unsigned int entries;
static char text[TEXT];

static const char *const actions[] = { "permit", "negotiate", "block" };
static const char *const classes[] = { "all", "lan", "dialup" };

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, sizeof(text) - len, fmt, ap);
	va_end(ap);
}

/* 10.0.{0,1}.0-15 and 2001:db8:0:{0,1}::0-15 */
static u128 random_addr(bool six)
{
	u128 a = rnd(16) | (u128)(!rnd(6)) << (six ? 64 : 8);

	return a | (six ? (u128)0x20010db8 << 96 : (u128)10 << 24);
}

static void say_addr(u128 a, bool six)
{
	if (six)
		say("2001:db8:0:%x::%x", (unsigned int)(a >> 64 & 0xff),
		    (unsigned int)(a & 0xff));
	else
		say("10.0.%u.%u", (unsigned int)(a >> 8 & 0xff),
		    (unsigned int)(a & 0xff));
}

static u128 all_of(bool six)
{
	return six ? ~(u128)0 : UINT32_MAX;
}

/* Returns whether it is any. */
static bool say_net(const char *word, struct entry *e, unsigned int i)
{
	u128 a = random_addr(e->six), b = random_addr(e->six);
	struct span *s = &e->addr[i];
	unsigned int bits;

	switch (rnd(5)) {
	case 0:
		*s = (struct span){ 0, all_of(e->six) };
		say(", %s: any", word);
		return true;
	case 1:
		*s = (struct span){ a < b ? a : b, a < b ? b : a };
		say(", %s: \"", word);
		say_addr(s->first, e->six);
		say("-");
		say_addr(s->last, e->six);
		say("\"");
		return false;
	case 2:
	case 3:
		bits = rnd(6);
		s->first = a >> bits << bits;
		s->last = s->first + (((u128)1 << bits) - 1);
		say(", %s: \"", word);
		say_addr(s->first, e->six);
		say("/%u\"", (e->six ? 128 : 32) - bits);
		return false;
	}
	*s = (struct span){ a, a };
	say(", %s: \"", word);
	say_addr(a, e->six);
	say("\"");
	return false;
}

static bool say_range(const char *word, struct span *s, unsigned int least,
		      unsigned int limit)
{
	unsigned int a = least + rnd(limit), b = least + rnd(limit);

	*s = (struct span){ 0, UINT16_MAX };
	switch (rnd(3)) {
	case 0:
		return false;
	case 1:
		*s = (struct span){ a, a };
		say(", %s: %u", word, a);
		return true;
	}
	*s = (struct span){ a < b ? a : b, a < b ? b : a };
	say(", %s: %u-%u", word, a < b ? a : b, a < b ? b : a);
	return true;
}

static void say_ports(struct entry *e)
{
	static const unsigned int protos[] = { 0, IPPROTO_TCP, IPPROTO_UDP,
					       IPPROTO_ICMP, IPPROTO_GRE };

	e->proto = protos[rnd(5)];
	e->port[0] = e->port[1] = (struct span){ 0, UINT16_MAX };
	if (e->proto == IPPROTO_ICMP && e->six)
		e->proto = IPPROTO_ICMPV6;
	if (!e->proto)
		return;
	say(", proto: %u", e->proto);
	if (e->proto == IPPROTO_TCP || e->proto == IPPROTO_UDP) {
		say_range("sport", &e->port[0], 1, 11);
		say_range("dport", &e->port[1], 1, 11);
	} else if (e->proto != IPPROTO_GRE) {
		if (say_range("icmp-type", &e->port[0], 0, 6))
			say_range("icmp-code", &e->port[1], 0, 4);
	}
}

/* "me" is two addresses, for each of which there is a filter. */
static void say_me(struct entry *e)
{
	say("{from: me, to: 10.0.0.0/28");
	e->six = false;
	e->addr[0] = (struct span){ 10 << 24 | 1, 10 << 24 | 1 };
	e->addr[1] = (struct span){ 10 << 24, 10 << 24 | 15 };
}

/* own: it may have an action of its own. */
static void say_filter(struct entry *e, bool own)
{
	bool any, me = !rnd(6);

	if (me) {
		say_me(e);
	} else {
		say("{name: x");
		e->six = !rnd(3);
		any = say_net("from", e, 0);
		any &= say_net("to", e, 1);
		if (any)
			say(", family: %d", e->six ? 6 : 4);
	}
	say_ports(e);
	e->in = !rnd(5);
	e->mirrored = rnd(3);
	if (e->in)
		say(", dir: in");
	if (!e->mirrored)
		say(", mirrored: no");
	if (own && !rnd(4)) {
		e->action = rnd(2) ? 0 : 2;
		say(", action: %s", actions[e->action]);
	}
	say("}");
	model[entries++] = *e;
	if (!me)
		return;
	e->addr[0] = (struct span){ 10 << 24 | 5, 10 << 24 | 5 };
	model[entries++] = *e;
}

static void say_rule(unsigned int rule)
{
	struct entry base = { .rule = rule, .action = rnd(3) };
	unsigned int i, filters = 1 + rnd(4);

	base.class = rnd(4) ? 0 : 1 + rnd(2);
	say("  - {name: r%u, action: %s, connection: %s", rule,
	    actions[base.action], classes[base.class]);
	if (base.action == 1)
		say(", psk-file: secret");
	say(", filters: [");
	for (i = 0; i < filters; i++) {
		struct entry e = base;

		say(i ? ", " : "");
		/* One that negotiates is to be there, for the secret. */
		say_filter(&e, i > 0);
	}
	say("]}\n");
}

static void say_policy(void)
{
	unsigned int i, rules = 1 + rnd(8);

	entries = 0;
	strcpy(text, "rules:\n");
	for (i = 0; i < rules; i++)
		say_rule(i);
}

/* Bits that a prefix with room for so many values would leave open. */
static unsigned int open_bits(const struct span *s)
{
	u128 rest = s->last - s->first;
	unsigned int bits = 0;

	for (; rest; rest >>= 1)
		bits++;
	return bits;
}

/* The table of weights in ipsecctl-driver(8). */
static uint64_t weight(const struct entry *e, bool mirror)
{
	unsigned int width = e->six ? 128 : 32;
	uint64_t w =
		2 * width - open_bits(&e->addr[0]) - open_bits(&e->addr[1]);

	w = w * 2 + (e->proto != 0);
	w = w * 64 + (16 - open_bits(&e->port[0])) +
	    (16 - open_bits(&e->port[1]));
	w = w * 4 + (e->class != 0);
	return w * 2 + !mirror;
}

static bool within(const struct span *s, const struct span *one)
{
	return one->first >= s->first && one->last <= s->last;
}

static bool matches(const struct entry *e, const struct entry *p, bool mirror)
{
	bool swap = mirror && e->proto != IPPROTO_ICMP &&
		    e->proto != IPPROTO_ICMPV6;

	return p->in == (e->in != mirror) && p->six == e->six &&
	       (!e->proto || e->proto == p->proto) &&
	       (!e->class || e->class == p->class) &&
	       within(&e->addr[mirror], &p->addr[0]) &&
	       within(&e->addr[!mirror], &p->addr[1]) &&
	       within(&e->port[swap], &p->port[0]) &&
	       within(&e->port[!swap], &p->port[1]);
}

/* The one that acts by the model, NULL: none. */
static const struct entry *decide(const struct entry *p)
{
	const struct entry *best = NULL;
	uint64_t best_weight = 0, w;
	unsigned int i, mirror;

	for (i = 0; i < entries; i++)
		for (mirror = 0; mirror < 1U + model[i].mirrored; mirror++) {
			if (!matches(&model[i], p, mirror))
				continue;
			w = weight(&model[i], mirror);
			if (best && (w < best_weight ||
				     (w == best_weight &&
				      model[i].action <= best->action)))
				continue;
			best = &model[i];
			best_weight = w;
		}
	return best;
}

static void random_packet(struct entry *p)
{
	static const unsigned int protos[] = { IPPROTO_TCP, IPPROTO_UDP,
					       IPPROTO_ICMP, IPPROTO_GRE };
	unsigned int i;

	*p = (struct entry){ .in = rnd(2), .six = !rnd(3) };
	p->proto = protos[rnd(4)];
	if (p->six && p->proto == IPPROTO_ICMP)
		p->proto = IPPROTO_ICMPV6;
	p->class = 1 + rnd(2);
	for (i = 0; i < 2; i++) {
		p->addr[i].first = p->addr[i].last = random_addr(p->six);
		p->port[i].first = p->port[i].last = rnd(12);
		/* A later fragment has none. */
		if (p->proto == IPPROTO_GRE)
			p->port[i] = (struct span){ 0, UINT16_MAX };
	}
}

static void put_addr(struct ipsec_net *net, u128 a, bool six)
{
	unsigned int i;

	net->first.len = six ? 16 : 4;
	net->plen = six ? 128 : 32;
	for (i = net->first.len; i--; a >>= 8)
		net->first.b[i] = (uint8_t)a;
}

/* The same packet as the filters are compared with. */
static struct ipsec_box packet_box(const struct entry *p)
{
	bool icmp = p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6;
	struct ipsec_selector s = {
		.family = { p->six ? AF_INET6 : AF_INET, true },
		.proto = { p->proto, true },
		.iface_class = { p->class == 1 ? IPSECDRV_IFACE_CLASS_LAN :
						 IPSECDRV_IFACE_CLASS_DIALUP,
				 true },
	};
	struct ipsec_box box;

	put_addr(&s.src, p->addr[0].first, p->six);
	put_addr(&s.dst, p->addr[1].first, p->six);
	if (p->proto != IPPROTO_GRE) {
		*(icmp ? s.icmp_type : s.sport) =
			(struct ipsec_num){ (uint64_t)p->port[0].first, true };
		*(icmp ? s.icmp_code : s.dport) =
			(struct ipsec_num){ (uint64_t)p->port[1].first, true };
	}
	ipsec_box_init(&box, &s, p->in ? IPSECDRV_DIR_IN : IPSECDRV_DIR_OUT);
	return box;
}

struct found {
	const struct policy_rule *rule;
	uint64_t action;
	uint32_t weight;
};

static void consider(struct found *best, const struct policy_rule *rule,
		     const struct ipsec_filter *f,
		     const struct ipsec_box *packet, bool mirror)
{
	struct ipsec_box box;
	uint32_t w;

	ipsec_box_init(&box, &f->sel, (uint8_t)f->dir.v);
	if (!ipsec_box_has(&box, packet))
		return;
	w = ipsec_box_weight(&box, mirror);

	if (best->rule && (w < best->weight ||
			   (w == best->weight && f->action.v <= best->action)))
		return;
	*best = (struct found){ rule, f->action.v, w };
}

static struct found look_up(const struct policy *policy,
			    const struct ipsec_box *packet)
{
	struct found best = { NULL, 0, 0 };
	unsigned int i, j;

	for (i = 0; i < policy->rules; i++)
		for (j = 0; j < policy->rule[i].filters; j++) {
			const struct policy_rule *rule = &policy->rule[i];
			const struct ipsec_filter *f = &rule->filter[j];
			struct ipsec_filter mirror;

			consider(&best, rule, f, packet, false);
			if (!(f->flags.v & IPSECDRV_FILTER_FLAGS_MIRRORED))
				continue;
			ipsec_filter_mirror(&mirror, f);
			consider(&best, rule, &mirror, packet, true);
		}
	return best;
}

/* Rules are numbered by their names. */
static bool agree(const struct policy *policy, unsigned int *matched)
{
	const struct entry *want;
	struct ipsec_box box;
	struct found got;
	struct entry p;

	random_packet(&p);
	want = decide(&p);
	box = packet_box(&p);
	got = look_up(policy, &box);
	*matched += want != NULL;
	if (!want || !got.rule)
		return !want && !got.rule;
	return (unsigned int)atoi(got.rule->name + 1) == want->rule &&
	       !strcmp(ipsec_name(ipsec_names_action, got.action),
		       actions[want->action]);
}

int main(void)
{
	const char *number = getenv("POLICIES");
	unsigned int i, j, wrong = 0, matched = 0;
	unsigned int policies = number ? (unsigned int)atoi(number) : 500;
	struct policy *policy;
	char why[1024];

	ike_crypto_init();
	rnd_seed();
	policy_text_bindings = "me 10.0.0.1 10.0.0.5\n";
	for (i = 0; i < policies && wrong < 5; i++) {
		say_policy();
		policy = policy_text(text, why, sizeof(why));
		if (!policy) {
			printf("# policy %u: %s\n", i, why);
			wrong++;
			continue;
		}
		for (j = 0; j < PACKETS; j++)
			if (!agree(policy, &matched)) {
				printf("# policy %u, packet %u\n", i, j);
				wrong++;
				break;
			}
		policy_put(policy);
	}
	if (wrong)
		printf("# the last one:\n%s", text);
	ok(!wrong, "%u policies with %d packets each agree with the model",
	   policies, PACKETS);
	ok(matched > policies * PACKETS / 8, "a filter acts on %u packets",
	   matched);
	mint_end();
	return tap_done();
}
