// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How many negotiations a peer may have begun and not finished: 35 per address
 * with no established IKE SA and 5 per address and port with one by default,
 * as Windows Server 2003 had it, and a limit for all together (RFC 8019).
 * Of these only what peers begin is counted.
 *
 * And how many Child SAs an IKE SA may have, and may make in its life, whoever
 * began them.
 */
#include <stdlib.h>
#include <string.h>

#include "engine.h"

struct source_key {
	uint8_t addr[16];
	uint16_t port; /* 0: of the address, whatever the port */
};

struct ike_source {
	UT_hash_handle hh;
	struct source_key key;
	unsigned int pending;
	unsigned int established;
};

static struct ike_source *find(struct ike_engine *engine,
			       const struct ike_path *path, uint16_t port,
			       bool make)
{
	struct source_key key;
	struct ike_source *source;

	memset(&key, 0, sizeof(key));
	memcpy(key.addr, path->remote.b, path->remote.len);
	key.port = port;
	HASH_FIND(hh, engine->sources, &key, sizeof(key), source);
	if (source || !make)
		return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	source->key = key;
	HASH_ADD(hh, engine->sources, key, sizeof(key), source);
	if (source->hh.tbl)
		return source;
	free(source);
	return NULL;
}

static void drop_if_unused(struct ike_engine *engine, struct ike_source *source)
{
	if (source->pending || source->established)
		return;
	HASH_DEL(engine->sources, source);
	free(source);
}

static bool allows(struct ike_engine *engine, const struct ike_source *addr,
		   const struct ike_source *port)
{
	const struct policy_limits *limits = &engine->policy->limits;

	if (engine->half_open >= limits->half_open)
		return false;
	if (addr->established)
		return port->pending < limits->per_port;
	return addr->pending < limits->per_address;
}

bool ike_limit_take(struct ike_sa *sa)
{
	struct ike_engine *engine = sa->engine;
	struct ike_source *addr = find(engine, &sa->first_path, 0, true);
	struct ike_source *port = addr ? find(engine, &sa->first_path,
					      sa->first_path.remote_port,
					      true) :
					 NULL;
	bool good = port && allows(engine, addr, port);

	if (good) {
		addr->pending++;
		port->pending++;
		sa->limited = true;
		return true;
	}
	engine->counters.limited++;
	if (port)
		drop_if_unused(engine, port);
	if (addr)
		drop_if_unused(engine, addr);
	return false;
}

void ike_limit_give(struct ike_sa *sa, bool established)
{
	struct ike_engine *engine = sa->engine;
	struct ike_source *source;

	if (sa->limited) {
		source = find(engine, &sa->first_path,
			      sa->first_path.remote_port, false);
		source->pending--;
		drop_if_unused(engine, source);
	}
	source = find(engine, &sa->first_path, 0, established);
	if (!source)
		return;
	source->pending -= sa->limited;
	source->established += established;
	sa->counted |= established;
	sa->limited = false;
	drop_if_unused(engine, source);
}

void ike_limit_end(struct ike_sa *sa)
{
	struct ike_source *source;

	if (!sa->counted)
		return;
	sa->counted = false;
	source = find(sa->engine, &sa->first_path, 0, false);
	source->established--;
	drop_if_unused(sa->engine, source);
}

/* By what its rule says of quick modes; 0: no limit. */
static unsigned int quick_modes_max(const struct policy_rule *rule)
{
	return rule->master_pfs ? 1 : rule->qm_limit;
}

bool ike_limit_child(const struct ike_sa *sa)
{
	unsigned int max = quick_modes_max(sa->rule), count = 0;
	uint32_t limit = sa->policy->limits.children;
	const struct ike_child *child;

	TAILQ_FOREACH(child, &sa->children, link)
		count += child->id && child->state != IKE_CHILD_REPLACED;
	if ((!max || sa->quick_modes < max) && (!limit || count < limit))
		return true;
	sa->engine->counters.limited++;
	return false;
}

/*
 * Who made the newer one is to delete it. The driver ends it soon if nobody
 * does, without a word, so what was replaced first is nothing but remembered.
 */
void ike_limit_replaced(const struct ike_child *last)
{
	uint32_t limit = last->sa->policy->limits.children, count = 0;
	struct ike_child *child, *first = NULL;

	TAILQ_FOREACH(child, &last->sa->children, link) {
		if (child == last || child->state != IKE_CHILD_REPLACED)
			continue;
		if (!first || child->replaced < first->replaced)
			first = child;
		count++;
	}
	if (first && count >= limit)
		ike_child_free(first);
}

bool ike_limit_used_up(const struct ike_sa *sa)
{
	unsigned int max = quick_modes_max(sa->rule), count = sa->quick_modes;
	const struct ike_child *child;

	TAILQ_FOREACH(child, &sa->children, link)
		count += child->state == IKE_CHILD_NEW;
	return max && count >= max;
}

void ike_limits_free(struct ike_engine *engine)
{
	struct ike_source *source, *next;

	HASH_ITER(hh, engine->sources, source, next) {
		HASH_DEL(engine->sources, source);
		free(source);
	}
}
