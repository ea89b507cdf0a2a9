// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Filters that the default response has made: each is there before its first
 * SA pair, and goes when the last one has gone and no traffic was for a while.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

struct ike_response {
	UT_hash_handle hh;
	struct ike_engine *engine;
	uint32_t id;
	struct ipsec_filter filter;
	struct ike_timer idle;
};

static struct ike_response *find(const struct ike_engine *engine, uint32_t id)
{
	struct ike_response *r;

	HASH_FIND(hh, engine->responses, &id, sizeof(id), r);
	return r;
}

static void forget(struct ike_response *r)
{
	ike_timer_stop(&r->engine->timers, &r->idle);
	HASH_DEL(r->engine->responses, r);
	free(r);
}

static bool is_used(const struct ike_response *r)
{
	const struct ike_child *child, *next;

	HASH_ITER(hh, r->engine->children, child, next)
		if (child->filter == r->id)
			return true;
	return false;
}

static void log_filter(const struct ike_response *r, const char *what)
{
	char text[IPSEC_SELECTOR_STRLEN];

	ike_log_engine(r->engine, IKE_LOG_NOTICE,
		       "default response: filter %u %s: %s",
		       (unsigned int)r->id, what,
		       ipsec_selector_text(&r->filter.sel, text, sizeof(text)));
}

static void idle_over(struct ike_timer *timer)
{
	struct ike_response *r =
		ike_container(timer, struct ike_response, idle);
	const struct ike_env *env = r->engine->env;
	struct ipsec_err err = { 0 };

	if (is_used(r))
		return;
	log_filter(r, "is no longer used and goes");
	if (env->driver.filter_del(env->ctx, r->id, &err))
		ike_log_engine(r->engine, IKE_LOG_INFO, "it is not deleted: %s",
			       err.text);
	forget(r);
}

static struct ike_response *add(struct ike_engine *engine,
				const struct ipsec_filter *filter)
{
	struct ike_response *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->engine = engine;
	r->id = (uint32_t)filter->id.v;
	r->filter = *filter;
	r->idle.fn = idle_over;
	HASH_ADD(hh, engine->responses, id, sizeof(r->id), r);
	if (r->hh.tbl)
		return r;
	free(r);
	return NULL;
}

/* All between two hosts, whatever the protocol. */
static void host_filter(const struct ike_path *path, struct ipsec_filter *f)
{
	uint8_t plen = (uint8_t)(8 * path->local.len);

	ipsec_filter_init(f);
	f->action = (struct ipsec_num){ IPSECDRV_ACTION_NEGOTIATE, true };
	f->sel.family.v = (uint64_t)ipsec_addr_family(&path->local);
	f->sel.family.set = true;
	f->sel.src = (struct ipsec_net){ .first = path->local, .plen = plen };
	f->sel.dst = (struct ipsec_net){ .first = path->remote, .plen = plen };
}

/**
 * ike_response_narrow() - what of a peer's traffic selectors the response takes
 *
 * The part between the two hosts themselves, unless a rule is for it. Return:
 * the filter, good until the next call, which is not made yet; or NULL.
 */
const struct ipsec_filter *ike_response_narrow(struct ike_sa *sa,
					       const struct ike_ts_list *local,
					       const struct ike_ts_list *remote,
					       struct ike_ts *local_out,
					       struct ike_ts *remote_out)
{
	struct ike_engine *engine = sa->engine;
	struct ipsec_filter hosts;
	const struct policy_rule rule = { .filters = 1, .filter = &hosts };
	const struct policy_rule *by;

	host_filter(&sa->path, &hosts);
	if (!policy_rule_narrow(&rule, local, remote, local_out, remote_out))
		return NULL;
	if (!policy_response_filter(engine->policy, local_out, remote_out,
				    &engine->response, &by))
		return &engine->response;
	if (by)
		ike_log(sa, IKE_LOG_INFO,
			"default response: rule '%s' (line %u) is for this "
			"traffic, or for a part of it that cannot be told from "
			"the rest; nothing is left to be given",
			by->name, by->line);
	return NULL;
}

/**
 * ike_response_hold() - the filter of a child that is about to be installed
 *
 * Return: 0, -ENOMEM, or what the driver or the parent says; told in err.
 */
int ike_response_hold(const struct ike_child *child, struct ipsec_err *err)
{
	struct ike_engine *engine = child->engine;
	const struct ike_env *env = engine->env;
	struct ike_response *r;
	struct ipsec_filter f;
	int rc;

	if (!child->rule->response || find(engine, child->filter))
		return 0;
	rc = policy_response_filter(engine->policy, &child->local,
				    &child->remote, &f, NULL);
	if (rc || f.id.v != child->filter)
		return ipsec_err_code(err, ENOENT,
				      "the policy has no default response for "
				      "this traffic any more");
	r = add(engine, &f);
	if (!r)
		return -ENOMEM;
	rc = env->driver.filter_add(env->ctx, &r->filter, err);
	if (rc)
		forget(r);
	else
		log_filter(r, "is made");
	return rc;
}

/* A child of the response has ended: its filter goes when it is idle. */
void ike_response_release(const struct ike_child *child)
{
	struct ike_engine *engine = child->engine;
	struct ike_response *r = find(engine, child->filter);
	uint64_t wait = 1000ULL * child->rule->idle_seconds;

	if (!r || engine->stopping || is_used(r))
		return;
	ike_timer_set(&engine->timers, &r->idle,
		      ike_now(engine) + (child->idle_over ? 0 : wait));
}

/* One that a worker before this one has made. */
int ike_response_known(struct ike_engine *engine,
		       const struct ipsec_filter *filter)
{
	const struct policy_rule *rule = policy_response(engine->policy);
	struct ike_response *r;

	if (!rule || find(engine, (uint32_t)filter->id.v))
		return 0;
	r = add(engine, filter);
	if (!r)
		return -ENOMEM;
	ike_timer_set(&engine->timers, &r->idle,
		      ike_now(engine) + 1000ULL * rule->idle_seconds);
	return 0;
}

bool ike_response_has(const struct ike_engine *engine, uint32_t filter)
{
	return find(engine, filter);
}

/* Another policy: its table has only those that it makes, too. */
void ike_responses_review(struct ike_engine *engine)
{
	struct ike_response *r, *next;
	struct ipsec_filter now;

	HASH_ITER(hh, engine->responses, r, next)
		if (policy_response_again(engine->policy, &r->filter, &now))
			forget(r);
}

void ike_responses_free(struct ike_engine *engine)
{
	struct ike_response *r, *next;

	HASH_ITER(hh, engine->responses, r, next)
		forget(r);
}
