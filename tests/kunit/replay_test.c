// SPDX-License-Identifier: GPL-2.0-only
/*
 * The window against a model that remembers every number it has seen, and the inference
 * of the upper half against appendix A2.2 of RFC 4303 as it is printed.
 */
#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/ipsecdrv.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include <kunit/test.h>

#include "replay.h"
#include "seed.h"

#define MODEL_BITS	BIT(22)
/* A debug kernel looks at each access, which is not what this is about. */
#define STEPS		(IS_ENABLED(CONFIG_KASAN) ? 100000U : 1000000U)

/** struct model - @seen has a bit for each number from @base on */
struct model {
	u64 base;
	u64 top;
	u32 window;
	unsigned long *seen;
};

static const u32 windows[] = { 1, 32, 33, 63, 64, 65, 1024, 4096, 131072 };

static bool model_new(const struct model *model, u64 seq)
{
	if (!seq)
		return false;
	if (seq > model->top)
		return true;
	if (model->top - seq >= model->window)
		return false;
	return !test_bit(seq - model->base, model->seen);
}

static void model_take(struct model *model, u64 seq)
{
	__set_bit(seq - model->base, model->seen);
	model->top = max(model->top, seq);
}

/* RFC 4303 appendix A2.2, halves and all. */
static u64 model_seq(const struct model *model, u32 seql)
{
	u32 tl = model->top, th = model->top >> 32, w = model->window, seqh;

	if (tl >= w - 1)
		seqh = seql >= tl - w + 1 ? th : th + 1;
	else
		seqh = seql >= tl - w + 1 ? th - 1 : th;
	/* Where it says -1 or 2^32, there is no such number. */
	if ((!th && seqh == U32_MAX) || (th == U32_MAX && !seqh))
		return 0;
	return (u64)seqh << 32 | seql;
}

/* As if all numbers up to @base had been lost. */
static void start_at(struct ipd_replay *replay, struct model *model, u64 base)
{
	u64 past = base ? (base >> 4) - 1 - replay->mask : 0;
	unsigned int i;

	for (i = 0; i <= replay->mask; i++)
		atomic64_set(&replay->slots[i], past << 16);
	atomic64_set(&replay->top, base);
	bitmap_zero(model->seen, MODEL_BITS);
	model->base = base - min_t(u64, base, model->window);
	model->top = base;
}

static u64 random_base(struct rnd_state *rnd, bool esn)
{
	static const u64 bases[] = {
		0, 1ULL << 32, 2ULL << 32, 1ULL << 47, 1ULL << 52, 1ULL << 63,
		(u64)U32_MAX << 32,
	};
	u64 base;

	switch (ipd_test_below(rnd, 4)) {
	case 0:
		return 0;
	case 1:
		base = ipd_test_u64(rnd);
		break;
	default:
		base = bases[ipd_test_below(rnd, ARRAY_SIZE(bases))];
		base -= ipd_test_below(rnd, MODEL_BITS);
	}
	if (!esn)
		return (u32)base > U32_MAX - 2 * MODEL_BITS ? 0 : (u32)base;
	return base > U64_MAX - 2 * MODEL_BITS ? U64_MAX - 2 * MODEL_BITS : base;
}

static u64 random_seq(struct rnd_state *rnd, const struct model *model)
{
	u32 w = model->window, small = ipd_test_below(rnd, 20);

	switch (ipd_test_below(rnd, 16)) {
	case 0 ... 4:	/* in order */
		return model->top + 1;
	case 5 ... 6:	/* a bit lost */
		return model->top + 1 + small;
	case 7 ... 8:	/* a bit late, or again */
		return model->top - small;
	case 9 ... 10:	/* the edge of the window */
		return model->top - w + small - 10;
	case 11:	/* as late as may be */
		return model->top - w + 1;
	case 12:	/* too late by one */
		return model->top - w;
	case 13 ... 14:	/* any in or before it */
		return model->top - ipd_test_below(rnd, 2 * w);
	default:	/* a jump, seldom long */
		return model->top + ipd_test_below(rnd, small ? 3 * 16 : 3 * w);
	}
}

/* Number of wrong answers in @steps steps. */
static unsigned int walk(struct rnd_state *rnd, struct ipd_replay *replay, struct model *model,
			 unsigned int steps)
{
	unsigned int wrong = 0, i;
	u64 seq, low;
	bool new;

	for (i = 0; i < steps; i++) {
		if (!i || model->top - model->base + 4 * model->window + 64 > MODEL_BITS ||
		    !ipd_test_below(rnd, 100000))
			start_at(replay, model, random_base(rnd, replay->esn));

		seq = random_seq(rnd, model);
		if ((s64)(seq - model->top) < 0 && seq > model->top)
			continue;	/* below 0 */
		new = model_new(model, seq);
		wrong += ipd_replay_check(replay, seq) != new;
		if (replay->esn) {
			wrong += ipd_replay_seq(replay, seq) != model_seq(model, seq);
			low = prandom_u32_state(rnd);
			wrong += ipd_replay_seq(replay, low) != model_seq(model, low);
			wrong += new && ipd_replay_seq(replay, seq) != seq;
		} else {
			wrong += ipd_replay_seq(replay, seq) != (u32)seq;
		}
		/* Half of them turn out not to be authentic. */
		if (ipd_test_below(rnd, 2))
			continue;
		wrong += ipd_replay_commit(replay, seq) != new;
		if (new)
			model_take(model, seq);
		wrong += atomic64_read(&replay->top) != model->top;
		wrong += ipd_replay_commit(replay, seq);
	}
	return wrong;
}

static void replay_walk(struct kunit *test, bool esn)
{
	struct model model = { .window = *(const u32 *)test->param_value };
	struct ipd_replay replay;
	struct rnd_state rnd;

	ipd_test_seed(test, &rnd);
	model.seen = kvcalloc(BITS_TO_LONGS(MODEL_BITS), sizeof(long), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model.seen);
	KUNIT_EXPECT_EQ(test, ipd_replay_init(&replay, model.window, esn), 0);
	KUNIT_EXPECT_EQ(test, walk(&rnd, &replay, &model, STEPS), 0);
	ipd_replay_free(&replay);
	kvfree(model.seen);
}

static void window_name(const u32 *window, char *name)
{
	sprintf(name, "window %u", *window);
}

KUNIT_ARRAY_PARAM(window, windows, window_name);

static void replay_model(struct kunit *test)
{
	replay_walk(test, false);
}

static void replay_model_esn(struct kunit *test)
{
	replay_walk(test, true);
}

/* RFC 4303 appendix A, P-31: edges of each window, one by one. */
static void replay_edges(struct kunit *test)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		u64 w = windows[i], top = 3 * w + 5;
		struct ipd_replay r;

		KUNIT_ASSERT_EQ(test, ipd_replay_init(&r, w, false), 0);
		KUNIT_EXPECT_FALSE(test, ipd_replay_check(&r, 0));
		KUNIT_EXPECT_FALSE(test, ipd_replay_commit(&r, 0));
		KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, top));
		for (n = 0; n < 17; n++)
			KUNIT_EXPECT_FALSE(test, ipd_replay_commit(&r, top));
		KUNIT_EXPECT_FALSE(test, ipd_replay_check(&r, top - w - 1));
		KUNIT_EXPECT_FALSE(test, ipd_replay_check(&r, top - w));
		KUNIT_EXPECT_FALSE(test, ipd_replay_commit(&r, top - w));
		KUNIT_EXPECT_EQ(test, ipd_replay_check(&r, top - w + 1), w > 1);
		KUNIT_EXPECT_EQ(test, ipd_replay_commit(&r, top - w + 1), w > 1);
		KUNIT_EXPECT_FALSE(test, ipd_replay_commit(&r, top - w + 1));
		KUNIT_EXPECT_EQ(test, (u64)atomic64_read(&r.top), top);
		ipd_replay_free(&r);
	}
}

/* All of a window in reverse, then none of it again. */
static void replay_reverse(struct kunit *test)
{
	unsigned int i, wrong;
	struct ipd_replay r;
	u64 seq;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		KUNIT_ASSERT_EQ(test, ipd_replay_init(&r, windows[i], false), 0);
		wrong = 0;
		for (seq = windows[i]; seq; seq--)
			wrong += !ipd_replay_commit(&r, seq);
		for (seq = windows[i]; seq; seq--)
			wrong += ipd_replay_check(&r, seq) || ipd_replay_commit(&r, seq);
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "window %u", windows[i]);
		ipd_replay_free(&r);
	}
}

static void replay_none(struct kunit *test)
{
	struct ipd_replay r;

	KUNIT_ASSERT_EQ(test, ipd_replay_init(&r, 0, false), 0);
	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, 7));
	KUNIT_EXPECT_TRUE(test, ipd_replay_check(&r, 7));
	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, 7));
	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, 1));
	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, U32_MAX));
	KUNIT_EXPECT_EQ(test, (u64)atomic64_read(&r.top), U32_MAX);
	ipd_replay_free(&r);

	KUNIT_EXPECT_EQ(test, ipd_replay_init(&r, 0, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, ipd_replay_init(&r, IPSECDRV_REPLAY_WINDOW_MAX + 1, true), -EINVAL);
}

/* P-34, P-35, P-37. */
static void replay_esn(struct kunit *test)
{
	const u64 high = 1ULL << 32;
	struct ipd_replay r;

	KUNIT_ASSERT_EQ(test, ipd_replay_init(&r, 64, true), 0);
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 1), 1);
	/* Before the first one there is nothing. */
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 0xfffffff0), 0);

	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, 0xfffffffd));
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 5), high + 5);
	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, high + 5));
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 0xfffffffe), 0xfffffffeULL);
	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, 0xfffffffe));
	KUNIT_EXPECT_FALSE(test, ipd_replay_commit(&r, 0xfffffffe));
	KUNIT_EXPECT_FALSE(test, ipd_replay_commit(&r, 0xfffffffd));
	KUNIT_EXPECT_FALSE(test, ipd_replay_commit(&r, high + 5));
	/* 0 of the new subspace is a number like any other. */
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 0), high);
	KUNIT_EXPECT_TRUE(test, ipd_replay_commit(&r, high));

	/* The longest jumps that can be inferred. */
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 5 - 63), high + 5 - 63);
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 5 - 64), 2 * high + 5 - 64);
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 5 + (1U << 31)), high + 5 + (1U << 31));

	/* The end of all numbers. */
	atomic64_set(&r.top, U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, U32_MAX), U64_MAX);
	KUNIT_EXPECT_EQ(test, ipd_replay_seq(&r, 0), 0);
	ipd_replay_free(&r);
}

/* 64 packets are the default. */
static void replay_size(struct kunit *test)
{
	struct ipd_replay r;

	KUNIT_ASSERT_EQ(test, ipd_replay_init(&r, 64, true), 0);
	KUNIT_EXPECT_LE(test, (r.mask + 1) * sizeof(*r.slots), 128);
	ipd_replay_free(&r);
}

#define RACE_THREADS	4
#define RACE_NUMBERS	200000

struct race {
	struct ipd_replay replay;
	atomic_t turn;
	struct completion done;
	u8 *accepted[RACE_THREADS];
};

/* All threads offer all numbers, in nearly the same order. */
static int race_thread(void *data)
{
	struct race *race = data;
	unsigned int me = atomic_inc_return(&race->turn) - 1, i;
	u64 seq;

	for (i = 0; i < RACE_NUMBERS; i++) {
		seq = (i ^ me) + 1;
		if (ipd_replay_check(&race->replay, seq) && ipd_replay_commit(&race->replay, seq))
			race->accepted[me][i ^ me] = 1;
		if (!(i % 1000))
			cond_resched();
	}
	complete(&race->done);
	return 0;
}

/* P-38. Says more with several CPUs. */
static void replay_race(struct kunit *test)
{
	struct race *race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);
	unsigned int i, n, t, twice = 0, never = 0;
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, race);
	KUNIT_ASSERT_EQ(test, ipd_replay_init(&race->replay, IPSECDRV_REPLAY_WINDOW_MAX, false), 0);
	init_completion(&race->done);
	for (i = 0; i < RACE_THREADS; i++) {
		race->accepted[i] = vzalloc(RACE_NUMBERS + RACE_THREADS);
		KUNIT_ASSERT_NOT_NULL(test, race->accepted[i]);
	}
	for (i = 0; i < RACE_THREADS; i++) {
		task = kthread_run(race_thread, race, "ipd_race/%u", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(task));
		if (IS_ERR(task))
			complete(&race->done);
	}
	for (i = 0; i < RACE_THREADS; i++)
		wait_for_completion(&race->done);

	for (i = 0; i < RACE_NUMBERS; i++) {
		for (n = 0, t = 0; t < RACE_THREADS; t++)
			n += race->accepted[t][i];
		twice += n > 1;
		never += !n;
	}
	KUNIT_EXPECT_EQ(test, twice, 0);
	kunit_info(test, "%u CPUs, %u of %u numbers taken by none", num_online_cpus(), never,
		   RACE_NUMBERS);
	for (i = 0; i < RACE_THREADS; i++)
		vfree(race->accepted[i]);
	ipd_replay_free(&race->replay);
}

static struct kunit_case replay_cases[] = {
	KUNIT_CASE(replay_size),
	KUNIT_CASE(replay_none),
	KUNIT_CASE(replay_edges),
	KUNIT_CASE(replay_reverse),
	KUNIT_CASE(replay_esn),
	KUNIT_CASE_PARAM(replay_model, window_gen_params),
	KUNIT_CASE_PARAM(replay_model_esn, window_gen_params),
	KUNIT_CASE_SLOW(replay_race),
	{}
};

static struct kunit_suite replay_suite = {
	.name = "ipsecdrv_replay",
	.test_cases = replay_cases,
};

kunit_test_suite(replay_suite);
