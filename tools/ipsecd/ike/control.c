// SPDX-License-Identifier: GPL-2.0-or-later
/* What an administrator asks for, and the change of the policy. */
#include <errno.h>
#include <string.h>

#include "engine.h"

static const struct ipsec_filter *outbound(const struct policy_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->filters; i++)
		if (rule->filter[i].action.v == IPSECDRV_ACTION_NEGOTIATE &&
		    rule->filter[i].dir.v == IPSECDRV_DIR_OUT)
			return &rule->filter[i];
	return NULL;
}

static void pick(struct ipsec_addr *to, const struct ipsec_addr *said,
		 const struct ipsec_net *net)
{
	if (said->len)
		*to = *said;
	else if (ipsec_net_is_host(net))
		*to = net->first;
}

static int path_of(const struct policy *policy, const struct policy_rule *rule,
		   const struct ipsec_filter *filter, struct ike_path *path)
{
	*path = (struct ike_path){
		.local_port = policy->port,
		.remote_port = rule->remote_port,
	};
	pick(&path->local, &rule->local, &filter->sel.src);
	if (filter->tunnel_local.len)
		path->local = filter->tunnel_local;
	if (ipsec_net_is_host(&rule->remote))
		path->remote = rule->remote.first;
	else
		pick(&path->remote, &filter->tunnel_remote, &filter->sel.dst);
	return path->local.len && path->remote.len ? 0 : -EDESTADDRREQ;
}

/* A Child SA for this much of a filter's traffic; sa NULL: no memory. */
static int begin(struct ike_sa *sa, const struct policy_rule *rule,
		 const struct ipsec_filter *filter,
		 const struct ipsec_selector *sel)
{
	struct ike_child *child = sa ? ike_child_new(sa, rule, true) : NULL;

	if (!child)
		return -ENOMEM;
	child->filter = filter->id.v;
	ike_ts_from_selector(sel, ipsec_addr_family(&sa->path.local),
			     &child->local, &child->remote);
	ike_engine_ask(sa, child);
	return 0;
}

int ike_engine_up(struct ike_engine *engine, const char *name)
{
	const struct policy_rule *rule =
		policy_rule_by_name(engine->policy, name);
	const struct ipsec_filter *filter = rule ? outbound(rule) : NULL;
	struct ike_path path;

	if (!filter || !rule->auths)
		return -ENOENT;
	if (path_of(engine->policy, rule, filter, &path))
		return -EDESTADDRREQ;
	return begin(ike_engine_get_sa(engine, rule, &path), rule, filter,
		     &filter->sel);
}

int ike_engine_trial(struct ike_engine *engine, const struct ike_trial *trial,
		     uint64_t *story)
{
	const struct policy_rule *rule =
		policy_rule_by_name(engine->policy, trial->rule);
	const struct ipsec_filter *filter =
		rule ? policy_rule_filter(rule, trial->filter) : NULL;
	struct ipsec_selector sel;
	struct ike_path path;
	struct ike_sa *sa;

	if (!filter || !rule->auths)
		return -ENOENT;
	sel = filter->sel;
	if (filter->narrow.v != IPSECDRV_NARROW_FILTER) {
		sel.src = ipsec_net_host(&trial->from);
		sel.dst = ipsec_net_host(&trial->to);
	}
	path_of(engine->policy, rule, filter, &path);
	if (!path.local.len)
		path.local = trial->from;
	if (!path.remote.len)
		path.remote = trial->to;
	if (trial->natt) {
		path.local_port = engine->policy->natt_port;
		path.remote_port = IKE_NATT_PORT;
	}
	sa = ike_engine_initiate(engine, rule, &path);
	if (sa)
		*story = sa->story;
	return begin(sa, rule, filter, &sel);
}

static struct ike_sa *sa_of_story(const struct ike_engine *engine,
				  uint64_t story)
{
	struct ike_sa *sa;

	TAILQ_FOREACH_REVERSE(sa, &engine->list, ike_sa_list, link)
	if (sa->story == story)
		return sa;
	return NULL;
}

static uint32_t pair_of(const struct ike_sa *sa)
{
	const struct ike_child *child;

	TAILQ_FOREACH(child, &sa->children, link)
		if (child->id)
			return child->id;
	return 0;
}

json_t *ike_engine_trial_json(const struct ike_engine *engine, uint64_t story)
{
	const struct ike_failure *failure = ike_failure_find(engine, story);
	const struct ike_sa *sa = sa_of_story(engine, story);
	json_t *o = json_pack("{s:i, s:I, s:s}", "version", 1, "story",
			      (json_int_t)story, "state",
			      sa ? ike_sa_state_name(sa->state) : "ended");

	if (sa)
		json_object_update_new(
			o, json_pack("{s:b, s:i, s:b, s:b, s:i}", "answered",
				     sa->answered, "remote_port",
				     sa->path.remote_port, "nat_local",
				     sa->nat_local, "nat_remote",
				     sa->nat_remote, "pair", (int)pair_of(sa)));
	if (failure)
		json_object_set_new(o, "failure",
				    ike_failure_json(engine, failure));
	return o;
}

static bool is_same(const struct ike_sa *a, const struct ike_sa *b)
{
	return a != b && a->state == IKE_SA_ESTABLISHED &&
	       ike_same_rule(a->rule, b->rule) &&
	       ipsec_addr_equal(&a->path.remote, &b->path.remote);
}

static void delete_one(struct ike_sa *sa)
{
	ike_sa_queue(sa, IKE_TASK_DELETE, NULL);
	sa->ops->kick(sa);
}

/* The one that carries nothing ends: the trial, or what it took over from. */
void ike_engine_trial_end(struct ike_engine *engine, uint64_t story)
{
	struct ike_sa *sa = sa_of_story(engine, story), *other;

	if (!sa)
		return;
	if (sa->state == IKE_SA_CONNECTING) {
		sa->ended = true;
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
		return;
	}
	TAILQ_FOREACH(other, &engine->list, link)
		if (is_same(other, sa) && pair_of(other)) {
			delete_one(sa);
			return;
		}
	TAILQ_FOREACH(other, &engine->list, link)
		if (is_same(other, sa))
			delete_one(other);
}

static bool is_of(const struct ike_sa *sa, const char *name)
{
	return sa->rule && !strcmp(sa->rule->name, name);
}

/* The peer has one that was replaced until somebody deletes it. */
static bool takes(const struct ike_sa *sa, enum ike_task_kind kind)
{
	return sa->state == IKE_SA_ESTABLISHED ||
	       (sa->state == IKE_SA_REPLACED && kind == IKE_TASK_DELETE);
}

static int queue_all(struct ike_engine *engine, const char *name,
		     enum ike_task_kind kind)
{
	int err = -ENOENT;
	struct ike_sa *sa;

	TAILQ_FOREACH(sa, &engine->list, link) {
		if (!is_of(sa, name) || !takes(sa, kind))
			continue;
		ike_sa_queue(sa, kind, NULL);
		sa->ops->kick(sa);
		err = 0;
	}
	return err;
}

/* One that has not answered yet ends at once. */
static int end_connecting(struct ike_engine *engine, const char *name)
{
	struct ike_sa *sa, *next;
	int err = -ENOENT;

	for (sa = TAILQ_FIRST(&engine->list); sa; sa = next) {
		next = TAILQ_NEXT(sa, link);
		if (sa->state != IKE_SA_CONNECTING || !is_of(sa, name))
			continue;
		sa->ended = true;
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
		err = 0;
	}
	return err;
}

/* Nobody can tell the peer of those that have no IKE SA. */
static int end_adopted(struct ike_engine *engine, const char *name)
{
	struct ike_child *child, *next;
	int err = -ENOENT;

	for (child = TAILQ_FIRST(&engine->adopted); child; child = next) {
		next = TAILQ_NEXT(child, link);
		if (!child->rule || strcmp(child->rule->name, name))
			continue;
		ike_child_free(child);
		err = 0;
	}
	return err;
}

int ike_engine_down(struct ike_engine *engine, const char *rule)
{
	int connecting = end_connecting(engine, rule);
	int adopted = end_adopted(engine, rule);
	int err = queue_all(engine, rule, IKE_TASK_DELETE);

	if (err == -ENOENT)
		err = connecting ? adopted : 0;
	return err;
}

int ike_engine_rekey_ike(struct ike_engine *engine, const char *rule)
{
	return queue_all(engine, rule, IKE_TASK_REKEY);
}

int ike_engine_check(struct ike_engine *engine, const char *rule)
{
	return queue_all(engine, rule, IKE_TASK_LIVENESS);
}

static int rekey_children(struct ike_sa *sa)
{
	struct ike_child *child;
	int err = -ENOENT;

	TAILQ_FOREACH(child, &sa->children, link) {
		if (child->state != IKE_CHILD_INSTALLED)
			continue;
		ike_sa_queue(sa, IKE_TASK_REKEY_CHILD, child);
		child->state = IKE_CHILD_REKEYING;
		err = 0;
	}
	sa->ops->kick(sa);
	return err;
}

int ike_engine_rekey_child(struct ike_engine *engine, const char *name)
{
	int err = -ENOENT, one;
	struct ike_sa *sa;

	TAILQ_FOREACH(sa, &engine->list, link) {
		if (!is_of(sa, name) || sa->state != IKE_SA_ESTABLISHED)
			continue;
		one = rekey_children(sa);
		if (err)
			err = one;
	}
	return err;
}

static void delete_all(struct ike_engine *engine, const struct policy *keep)
{
	struct ike_sa *sa, *next;

	for (sa = TAILQ_FIRST(&engine->list); sa; sa = next) {
		next = TAILQ_NEXT(sa, link);
		if (keep && sa->rule && ike_rule_in(keep, sa->rule))
			continue;
		sa->ended = true;
		if (sa->state == IKE_SA_CONNECTING) {
			ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
			continue;
		}
		delete_one(sa);
	}
}

void ike_engine_reload(struct ike_engine *engine, struct policy *policy)
{
	struct policy *old = engine->policy;

	engine->policy = policy_get(policy);
	ike_responses_review(engine);
	ike_adopted_review(engine);
	delete_all(engine, policy);
	policy_put(old);
}

void ike_engine_shutdown(struct ike_engine *engine)
{
	struct ike_child *child, *next;

	engine->ending = true;
	/* Before any peer is told that its end is there no more. */
	HASH_ITER(hh, engine->children, child, next)
		ike_child_drain(child);
	delete_all(engine, NULL);
	while ((child = TAILQ_FIRST(&engine->adopted)))
		ike_child_free(child);
}

bool ike_engine_idle(const struct ike_engine *engine)
{
	return TAILQ_EMPTY(&engine->list);
}
