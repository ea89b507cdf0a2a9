// SPDX-License-Identifier: GPL-2.0-only
/*
 * The classifier against the model of naive.c, and what its parts promise.
 */
#include <linux/ipsecdrv.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/socket.h>

#include <kunit/test.h>

#include "cut.h"
#include "naive.h"
#include "seed.h"
#include "weight.h"

struct set {
	struct naive_rule *rules;
	unsigned int n;
	struct ipd_cls *cls;
	bool addrs;
	u32 mismatches;
};

static void set_random_rule(struct rnd_state *rnd, struct naive_rule *r, unsigned int i,
			    bool odd_weights)
{
	u8 action = ipd_test_below(rnd, 3);

	naive_random_selector(rnd, &r->sel);
	r->rule = (struct ipd_rule){
		.sel = &r->sel,
		.scope = ipd_test_below(rnd, 4) == 0,
		.dir = ipd_test_below(rnd, 2),
		.group = action != IPSECDRV_ACTION_NEGOTIATE,
	};
	r->rule.rank = ipd_rank(odd_weights ? ipd_test_below(rnd, 3) :
				ipd_weight(&r->sel, false, ipd_test_below(rnd, 2)), action, i);
	r->present = false;
}

static void set_add(struct kunit *test, struct set *set, struct naive_rule *r)
{
	KUNIT_ASSERT_EQ(test, ipd_cls_insert(set->cls, &r->rule), 0);
	r->present = true;
}

static void set_del(struct set *set, struct naive_rule *r)
{
	ipd_cls_remove(set->cls, &r->rule);
	r->present = false;
}

static void set_compare(struct kunit *test, struct set *set, struct rnd_state *rnd,
			unsigned int packets)
{
	while (packets--) {
		const struct ipd_iface *iface = naive_random_iface(rnd);
		u32 scope = !set->addrs && ipd_test_below(rnd, 4) == 0;
		struct ipd_rule *got, *want;
		struct ipd_key key;

		if (ipd_test_below(rnd, 8) == 0)
			iface = NULL;
		naive_random_key(rnd, &key);
		want = naive_lookup(set->rules, set->n, &key, scope, iface, set->addrs);
		rcu_read_lock();
		if (set->addrs)
			got = ipd_cls_lookup_addrs(set->cls, &key, iface);
		else
			got = ipd_cls_lookup(set->cls, &key, scope, iface);
		rcu_read_unlock();
		if (got == want || set->mismatches++)
			continue;
		kunit_err(test, "got rank %llx, want %llx; %pI6c.%u -> %pI6c.%u proto %u dir %u flags %x scope %u\n",
			  got ? got->rank : 0, want ? want->rank : 0, &key.src, key.sport,
			  &key.dst, key.dport, key.proto, key.dir, key.flags, scope);
	}
}

/* One life of a classifier: filled in some order, thinned out, refilled, emptied. */
static void set_run(struct kunit *test, struct set *set, struct rnd_state *rnd,
		    unsigned int packets)
{
	bool odd_weights = ipd_test_below(rnd, 4) == 0;
	unsigned int i;

	set->addrs = ipd_test_below(rnd, 4) == 0;
	set->cls = set->addrs ? ipd_cls_create_addrs() : ipd_cls_create();
	KUNIT_ASSERT_NOT_NULL(test, set->cls);
	for (i = 0; i < set->n; i++) {
		set_random_rule(rnd, &set->rules[i], i, odd_weights);
		set_add(test, set, &set->rules[i]);
	}
	set_compare(test, set, rnd, packets);
	for (i = 0; i < set->n; i++) {
		if (ipd_test_below(rnd, 2))
			set_del(set, &set->rules[i]);
	}
	set_compare(test, set, rnd, packets);
	for (i = set->n; i-- > 0;) {
		if (!set->rules[i].present && ipd_test_below(rnd, 4))
			set_add(test, set, &set->rules[i]);
	}
	set_compare(test, set, rnd, packets);
	for (i = 0; i < set->n; i++) {
		if (set->rules[i].present)
			set_del(set, &set->rules[i]);
	}
	if (ipd_cls_tuples(set->cls) || ipd_cls_uses_iface(set->cls))
		set->mismatches++;
	ipd_cls_destroy(set->cls);
	cond_resched();
}

static void classifier_small_sets(struct kunit *test)
{
	struct set set = { 0 };
	struct rnd_state rnd;
	unsigned int i;

	ipd_test_seed(test, &rnd);
	set.rules = kunit_kcalloc(test, 12, sizeof(*set.rules), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set.rules);
	for (i = 0; i < (IS_ENABLED(CONFIG_KASAN) ? 2000 : 100000); i++) {
		set.n = 1 + ipd_test_below(&rnd, 12);
		set_run(test, &set, &rnd, 5);
	}
	KUNIT_EXPECT_EQ(test, set.mismatches, 0);
}

/* The hash table grows, chains are long, tuples are many. */
static void classifier_large_sets(struct kunit *test)
{
	struct set set = { 0 };
	struct rnd_state rnd;
	unsigned int i;

	ipd_test_seed(test, &rnd);
	set.rules = kunit_kcalloc(test, 3000, sizeof(*set.rules), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set.rules);
	for (i = 0; i < 4; i++) {
		set.n = 1 + ipd_test_below(&rnd, 3000);
		set_run(test, &set, &rnd, 2000);
	}
	KUNIT_EXPECT_EQ(test, set.mismatches, 0);
}

/* Rules that came by prepare, sync and publish, some of them not published. */
static void classifier_steps(struct kunit *test)
{
	struct set set = { .n = 40 };
	struct rnd_state rnd;
	unsigned int i, round;

	ipd_test_seed(test, &rnd);
	set.rules = kunit_kcalloc(test, set.n, sizeof(*set.rules), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set.rules);
	for (round = 0; round < 200; round++) {
		set.cls = ipd_cls_create();
		KUNIT_ASSERT_NOT_NULL(test, set.cls);
		for (i = 0; i < set.n; i++) {
			set_random_rule(&rnd, &set.rules[i], i, false);
			KUNIT_ASSERT_EQ(test, ipd_cls_prepare(set.cls, &set.rules[i].rule), 0);
		}
		KUNIT_ASSERT_EQ(test, ipd_cls_sync(set.cls), 0);
		for (i = 0; i < set.n; i++) {
			set.rules[i].present = ipd_test_below(&rnd, 2);
			if (set.rules[i].present)
				ipd_cls_publish(set.cls, &set.rules[i].rule);
		}
		set_compare(test, &set, &rnd, 100);
		for (i = 0; i < set.n; i += 2) {
			ipd_cls_release(set.cls, &set.rules[i].rule);
			set.rules[i].present = false;
		}
		set_compare(test, &set, &rnd, 100);
		ipd_cls_destroy(set.cls);
		for (i = 0; i < set.n; i++)
			ipd_cls_forget(&set.rules[i].rule);
	}
	KUNIT_EXPECT_EQ(test, set.mismatches, 0);
}

/* A shape of its own for each rule: more tuples than anybody has. */
static void classifier_many_tuples(struct kunit *test)
{
	struct set set = { .n = 33 * 33 };
	struct rnd_state rnd;
	unsigned int i;

	ipd_test_seed(test, &rnd);
	set.rules = kunit_kcalloc(test, set.n, sizeof(*set.rules), GFP_KERNEL);
	set.cls = ipd_cls_create();
	KUNIT_ASSERT_NOT_NULL(test, set.rules);
	KUNIT_ASSERT_NOT_NULL(test, set.cls);
	for (i = 0; i < set.n; i++) {
		struct naive_rule *r = &set.rules[i];
		struct in6_addr addr = { .s6_addr = { 10, 0, 0, i & 15 } };

		set_random_rule(&rnd, r, i, false);
		memset(&r->sel, 0, sizeof(r->sel));
		r->sel.family = AF_INET;
		r->sel.src_plen = i / 33;
		r->sel.dst_plen = i % 33;
		r->sel.sport_last = U16_MAX;
		r->sel.dport_last = U16_MAX;
		ipd_selector_prefix(&r->sel.src, &r->sel.src_last, AF_INET, &addr, i / 33);
		ipd_selector_prefix(&r->sel.dst, &r->sel.dst_last, AF_INET, &addr, i % 33);
		r->rule.dir = IPSECDRV_DIR_OUT;
		r->rule.scope = 0;
		r->rule.rank = ipd_rank(ipd_weight(&r->sel, false, false), 0, i);
		set_add(test, &set, r);
	}
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(set.cls), set.n);
	set_compare(test, &set, &rnd, 5000);
	KUNIT_EXPECT_EQ(test, set.mismatches, 0);
	for (i = 0; i < set.n; i++)
		set_del(&set, &set.rules[i]);
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(set.cls), 0);
	ipd_cls_destroy(set.cls);
}

static u64 distance(const struct ipd_u128 *a, const struct ipd_u128 *b)
{
	return a->lo - b->lo;
}

/* Prefixes of a range follow each other without a gap and end where it does. */
static bool cut_is_right(struct ipd_span span)
{
	struct ipd_span rest = span, whole = span;
	struct ipd_prefix prefix;
	unsigned int n = 0, host;
	bool more, right = true;
	u64 done = 0;

	do {
		more = ipd_span_cut(&rest, &prefix);
		host = span.width - prefix.plen;
		right &= distance(&prefix.first, &span.first) == done;
		if (host < 64) {
			right &= !(prefix.first.lo & (BIT_ULL(host) - 1));
			done += BIT_ULL(host);
		}
		n++;
	} while (more);
	if (host < 64)
		right &= done - 1 == distance(&span.last, &span.first);
	right &= ipd_span_count(span) == n;

	ipd_span_enclose(&whole);
	right &= ipd_span_count(whole) == 1;
	right &= whole.first.hi < span.first.hi ||
		 (whole.first.hi == span.first.hi && whole.first.lo <= span.first.lo);
	right &= whole.last.hi > span.last.hi ||
		 (whole.last.hi == span.last.hi && whole.last.lo >= span.last.lo);
	return right;
}

static void prefix_cut(struct kunit *test)
{
	struct ipd_span all = { .last = { U64_MAX, U64_MAX }, .width = 128 };
	struct rnd_state rnd;
	unsigned int i, wrong = 0;

	ipd_test_seed(test, &rnd);
	KUNIT_EXPECT_TRUE(test, cut_is_right(ipd_span_ports(0, U16_MAX)));
	KUNIT_EXPECT_EQ(test, ipd_span_count(ipd_span_ports(0, U16_MAX)), 1);
	KUNIT_EXPECT_EQ(test, ipd_span_count(ipd_span_ports(1, U16_MAX - 1)), 30);
	KUNIT_EXPECT_TRUE(test, cut_is_right(all));
	KUNIT_EXPECT_EQ(test, ipd_span_count(all), 1);
	all.first.lo = 1;
	all.last.lo = U64_MAX - 1;
	KUNIT_EXPECT_EQ(test, ipd_span_count(all), 254);
	for (i = 0; i < 20000; i++) {
		u16 a = prandom_u32_state(&rnd), b = prandom_u32_state(&rnd);
		u64 x = ipd_test_u64(&rnd), y = ipd_test_u64(&rnd) >> ipd_test_below(&rnd, 63);
		struct ipd_span span = {
			.first = { .hi = x, .lo = x }, .last = { .hi = x, .lo = x + y },
			.width = 128,
		};

		wrong += !cut_is_right(ipd_span_ports(min(a, b), max(a, b)));
		/* Over the middle of the address, but not around its end. */
		if (x + y < x)
			span.last.hi++;
		if (span.last.hi)
			wrong += !cut_is_right(span);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* As many combinations as promised, and never too many. */
static void cut_covers(struct kunit *test)
{
	unsigned int i, n, seen, wrong = 0;
	struct rnd_state rnd;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 20000; i++) {
		struct ipd_selector sel;
		struct ipd_cut cut;

		naive_random_selector(&rnd, &sel);
		n = ipd_cut_start(&cut, &sel, true);
		seen = 1;
		while (ipd_cut_next(&cut))
			seen++;
		wrong += seen != n || n > IPD_CUT_MAX;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static struct kunit_case classifier_cases[] = {
	KUNIT_CASE(prefix_cut),
	KUNIT_CASE(cut_covers),
	KUNIT_CASE(classifier_steps),
	KUNIT_CASE_SLOW(classifier_many_tuples),
	KUNIT_CASE_SLOW(classifier_large_sets),
	KUNIT_CASE_SLOW(classifier_small_sets),
	{}
};

static struct kunit_suite classifier_suite = {
	.name = "ipsecdrv_classifier",
	.test_cases = classifier_cases,
};

kunit_test_suite(classifier_suite);
