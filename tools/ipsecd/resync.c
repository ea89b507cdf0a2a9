// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of the driver that came faster than they were read. */
#include "resync.h"

#include <stdlib.h>

/* What is needed of a pair; whole ones of a large table would be much. */
struct pair {
	uint64_t owner;
	uint32_t id;
	uint8_t reason;
	bool dying;
	bool gone;
};

struct pairs {
	struct pair *list;
	size_t count;
	size_t size;
};

static void add(struct pairs *p, const struct pair *pair)
{
	size_t size = p->size ? 2 * p->size : 64;
	struct pair *grown;

	if (p->count == p->size) {
		grown = realloc(p->list, size * sizeof(*grown));
		if (!grown)
			return;
		p->list = grown;
		p->size = size;
	}
	p->list[p->count++] = *pair;
}

/* Nothing of the engine may be called while a dump is read. */
static void keep(void *arg, const struct ipsec_sa *sa)
{
	const struct pair pair = {
		.owner = sa->owner.v,
		.id = (uint32_t)sa->id.v,
		.reason = (uint8_t)sa->reason.v,
		.dying = sa->state.v == IPSECDRV_SA_STATE_DYING,
	};

	add(arg, &pair);
}

static int by_id(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static bool has(const struct pairs *p, size_t count, uint32_t id)
{
	const struct pair key = { .id = id };

	return count && bsearch(&key, p->list, count, sizeof(key), by_id);
}

/* Pairs that the engine has and the driver has no more. */
static void add_gone(const struct ike_engine *engine, struct pairs *p)
{
	const struct ike_child *child;
	size_t there = p->count;

	if (there)
		qsort(p->list, there, sizeof(*p->list), by_id);
	for (child = engine->children; child; child = child->hh.next) {
		const struct pair pair = {
			.owner = child->owner,
			.id = child->id,
			.reason = IPSECDRV_EXPIRE_REASON_TIME,
			.gone = true,
		};

		if (child->id && !has(p, there, child->id))
			add(p, &pair);
	}
}

static void expire(struct ike_engine *engine, const struct pair *pair)
{
	const struct ipsec_sa sa = {
		.id = { pair->id, true },
		.owner = { pair->owner, true },
		.reason = { pair->reason, true },
		.hard = { pair->gone, pair->gone },
	};

	if (pair->dying || pair->gone)
		ike_engine_expire(engine, &sa);
}

void ipsecd_resync(struct ike_engine *engine)
{
	const struct ike_env *env = engine->env;
	struct ipsec_err err = { 0 };
	struct pairs p = { 0 };
	size_t i;

	if (!env->driver.sa_dump(env->ctx, keep, &p, &err)) {
		add_gone(engine, &p);
		for (i = 0; i < p.count; i++)
			expire(engine, &p.list[i]);
	}
	free(p.list);
	/* Adopts what is not known, and answers acquires that wait. */
	ike_engine_adopt(engine);
}
