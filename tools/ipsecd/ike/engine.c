// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

uint64_t ike_now(const struct ike_engine *engine)
{
	return engine->env->now(engine->env->ctx);
}

void ike_send(struct ike_engine *engine, const struct ike_path *path,
	      const void *msg, size_t len)
{
	engine->counters.sent++;
	engine->env->send(engine->env->ctx, path, msg, len);
}

struct ike_engine *ike_engine_new(const struct ike_env *env,
				  struct policy *policy)
{
	struct ike_engine *engine = calloc(1, sizeof(*engine));
	uint32_t start;

	if (!engine)
		return NULL;
	if (env->random(env->ctx, &start, sizeof(start))) {
		free(engine);
		return NULL;
	}
	engine->env = env;
	engine->policy = policy_get(policy);
	engine->next_owner = IKE_OWNER_MAGIC | (uint64_t)start << 16;
	TAILQ_INIT(&engine->list);
	TAILQ_INIT(&engine->adopted);
	return engine;
}

void ike_engine_free(struct ike_engine *engine)
{
	struct ike_child *child;
	struct ike_sa *sa;

	engine->stopping = true;
	while ((sa = TAILQ_FIRST(&engine->list)))
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
	while ((child = TAILQ_FIRST(&engine->adopted)))
		ike_child_free(child);
	ike_limits_free(engine);
	ike_cookies_free(engine);
	ike_responses_free(engine);
	policy_put(engine->policy);
	free(engine);
}

struct ike_sa *ike_engine_find(struct ike_engine *engine, const uint8_t *spi)
{
	struct ike_sa *sa;

	HASH_FIND(hh, engine->sas, spi, IKE_SPI_LEN, sa);
	return sa;
}

struct ike_sa *ike_engine_find_first(struct ike_engine *engine,
				     const struct ike_path *path,
				     const uint8_t *spi)
{
	struct ike_first_key key;
	struct ike_sa *sa;

	memset(&key, 0, sizeof(key));
	memcpy(key.spi, spi, IKE_SPI_LEN);
	memcpy(key.addr, path->remote.b, path->remote.len);
	key.port = path->remote_port;
	HASH_FIND(hh_peer, engine->first, &key, sizeof(key), sa);
	return sa;
}

static bool same_peer(const struct ike_sa *sa, const struct ike_path *path)
{
	return ipsec_addr_equal(&sa->path.remote, &path->remote) ||
	       (sa->redirected &&
		ipsec_addr_equal(&sa->first_path.remote, &path->remote));
}

bool ike_same_rule(const struct policy_rule *a, const struct policy_rule *b)
{
	return a && b && !strcmp(a->name, b->name);
}

const struct policy_rule *ike_rule_in(const struct policy *policy,
				      const struct policy_rule *rule)
{
	const struct policy_rule *now = policy_rule_by_name(policy, rule->name);

	return now && !memcmp(now->digest, rule->digest, sizeof(now->digest)) ?
		       now :
		       NULL;
}

const struct policy_rule *ike_rule_now(const struct ike_engine *engine,
				       const struct policy_rule *rule)
{
	return ike_rule_in(engine->policy, rule) ?: rule;
}

bool ike_sa_ends(const struct ike_sa *sa)
{
	return sa->ended || sa->state == IKE_SA_DELETING ||
	       sa->task[IKE_TASK_DELETE].queued;
}

/*
 * Hosts behind one NAT differ by the ports of the ways that are open. Of this
 * one each address has SAs of its own: a pair in transport mode is for both ends
 * of its IKE SA (RFC 7296 section 1.3.1), and in a tunnel they are its ends.
 */
static bool same_way(const struct ike_sa *sa, const struct ike_path *path)
{
	return same_peer(sa, path) &&
	       ipsec_addr_equal(&sa->path.local, &path->local) &&
	       (path->local_port != sa->engine->policy->natt_port ||
		path->remote_port == sa->path.remote_port);
}

struct ike_sa *ike_engine_find_peer(struct ike_engine *engine,
				    const struct policy_rule *rule,
				    const struct ike_path *path)
{
	struct ike_sa *sa, *spare = NULL;

	if (rule->master_pfs)
		return NULL;
	TAILQ_FOREACH(sa, &engine->list, link) {
		if (!ike_same_rule(sa->rule, rule) || !same_way(sa, path) ||
		    ike_sa_ends(sa))
			continue;
		if (ike_limit_used_up(sa))
			continue;
		if (sa->state != IKE_SA_ESTABLISHED &&
		    (sa->state != IKE_SA_CONNECTING || !sa->initiator))
			continue;
		if (!sa->spare)
			return sa;
		spare = sa;
	}
	return spare;
}

bool ike_engine_knows_peer(struct ike_engine *engine, const struct ike_sa *sa)
{
	const struct ike_child *child;
	const struct ike_sa *other;

	TAILQ_FOREACH(other, &engine->list, link)
		if (other != sa && other->state != IKE_SA_CONNECTING &&
		    same_peer(other, &sa->path))
			return true;
	TAILQ_FOREACH(child, &engine->adopted, link)
		if (ipsec_addr_equal(&child->peer, &sa->path.remote))
			return true;
	return false;
}

/*
 * Only the same authenticated identity under the same rule may end an SA this
 * way (RFC 7296 section 2.4). One that was established while the new one was
 * negotiated the peer did not know of when it began: both sides may begin at
 * once.
 */
void ike_engine_initial_contact(struct ike_engine *engine, struct ike_sa *sa)
{
	struct ike_sa *other, *next;

	for (other = TAILQ_FIRST(&engine->list); other; other = next) {
		next = TAILQ_NEXT(other, link);
		if (other == sa || other->state == IKE_SA_CONNECTING ||
		    other->established >= sa->created ||
		    other->version != sa->version ||
		    !ike_same_rule(other->rule, sa->rule) ||
		    !ike_id_equal(&other->remote_id, &sa->remote_id))
			continue;
		ike_sa_hand_on(other, sa);
		ike_log_end(other, "the peer has started anew");
		ike_sa_free(other, IPSECDRV_REFUSE_REASON_NO_ANSWER);
	}
}

/* Version 2 says who sent it; in version 1 either cookie may be ours. */
static struct ike_sa *find_sa(struct ike_engine *engine,
			      const struct ike_header *h,
			      const struct ike_path *path)
{
	struct ike_sa *sa;

	if (h->version >> 4 == 2) {
		sa = ike_engine_find(engine, h->flags & IKEV2_FLAG_INITIATOR ?
						     h->spi_r :
						     h->spi_i);
		if (sa && sa->initiator == !(h->flags & IKEV2_FLAG_INITIATOR))
			return sa->version == 2 ? sa : NULL;
	} else {
		sa = ike_engine_find(engine, h->spi_r);
		if (!sa || sa->initiator)
			sa = ike_engine_find(engine, h->spi_i);
		if (sa)
			return sa->version == 1 ? sa : NULL;
	}
	sa = ike_engine_find_first(engine, path, h->spi_i);
	return sa && sa->version == h->version >> 4 ? sa : NULL;
}

/* A Windows that got a cookie sends it back in the responder's place. */
static bool is_first(const struct ike_message *m)
{
	static const uint8_t zero[IKE_SPI_LEN];
	const struct ike_header *h = &m->hdr;
	bool alone = !memcmp(h->spi_r, zero, IKE_SPI_LEN);

	if (!memcmp(h->spi_i, zero, IKE_SPI_LEN) || h->id)
		return false;
	return alone || (h->version >> 4 == 1 && ike_payload_get(m, IKEV1_SA));
}

/* Nothing is said of a message that has to do with an SA of ours. */
static void unknown(struct ike_engine *engine, const struct ike_path *path,
		    const struct ike_message *m)
{
	if (ike_engine_find(engine, m->hdr.spi_i) ||
	    ike_engine_find(engine, m->hdr.spi_r))
		return;
	if (m->hdr.version >> 4 == 2)
		ikev2_unknown(engine, path, m);
	else
		ikev1_unknown(engine, path, m);
}

static void dispatch(struct ike_engine *engine, const struct ike_path *path,
		     struct ike_message *m)
{
	const struct ike_header *h = &m->hdr;
	struct ike_sa *sa = find_sa(engine, h, path);
	unsigned int version = h->version >> 4;

	if (sa && (h->exchange != IKEV2_SA_INIT ||
		   !(h->flags & IKEV2_FLAG_RESPONSE) || sa->initiator)) {
		sa->answered |= sa->initiator;
		sa->ops->message(sa, path, m);
	} else if (!is_first(m)) {
		engine->counters.invalid_cookies++;
		if (!sa)
			unknown(engine, path, m);
	} else if (engine->ending) {
		ike_log_engine(
			engine, IKE_LOG_DEBUG,
			"a negotiation that a peer begins has to wait for "
			"the next ipsecd");
	} else if (version == 2 && h->exchange == IKEV2_SA_INIT &&
		   !(h->flags & IKEV2_FLAG_RESPONSE)) {
		ikev2_respond(engine, path, m);
	} else if (version == 1 && (h->exchange == IKEV1_MAIN_MODE ||
				    h->exchange == IKEV1_AGGRESSIVE)) {
		ikev1_respond(engine, path, m);
	} else {
		engine->counters.invalid_cookies++;
	}
}

void ike_engine_datagram(struct ike_engine *engine, const struct ike_path *path,
			 const void *data, size_t len)
{
	struct ike_message m;
	unsigned int version;

	engine->counters.received++;
	if (ike_header_parse(&m.hdr, data, len)) {
		engine->counters.invalid_packets++;
		return;
	}
	version = m.hdr.version >> 4;
	if (version != 1 && version != 2) {
		engine->counters.wrong_version++;
		return;
	}
	if (ike_message_parse(&m, data, len)) {
		engine->counters.invalid_packets++;
		return;
	}
	dispatch(engine, path, &m);
}

uint64_t ike_engine_next(const struct ike_engine *engine)
{
	return ike_timers_next(&engine->timers);
}

void ike_engine_tick(struct ike_engine *engine)
{
	ike_timers_run(&engine->timers, ike_now(engine));
}
