// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Half-open IKE SAs of which one side has lost its memory: INVALID_IKE_SPI
 * (RFC 7296 section 2.21.4). It proves nothing, so that it ends no IKE SA that
 * was authenticated, and only so many attempts at one.
 */
#include "v2.h"

#include <string.h>

#define EVERY_MS 20 /* one answer at most */
#define AGAIN_MAX 2

/**
 * ikev2_unknown() - a message for an IKE SA that is not there
 *
 * Whoever waits for an answer to IKE_AUTH is told, with fewer bytes than it
 * sent, and not often.
 */
void ikev2_unknown(struct ike_engine *engine, const struct ike_path *path,
		   const struct ike_message *m)
{
	uint64_t now = ike_now(engine);
	struct ike_header h = m->hdr;
	struct ike_builder b;
	uint8_t buf[64];

	if (h.exchange != IKEV2_AUTH || h.id != 1 ||
	    h.flags != IKEV2_FLAG_INITIATOR || now < engine->quiet_until ||
	    ike_engine_find(engine, h.spi_i) ||
	    ike_engine_find(engine, h.spi_r))
		return;
	engine->quiet_until = now + EVERY_MS;
	h.version = IKE_V2;
	h.flags = IKEV2_FLAG_RESPONSE;
	ike_build(&b, buf, sizeof(buf), &h);
	ikev2_notify_put(&b, IKEV2_INVALID_IKE_SPI, NULL, 0);
	ike_send(engine, path, buf, ike_build_finish(&b));
}

struct ike_sa *ikev2_begin_again(struct ike_sa *sa, unsigned int auth)
{
	struct ike_path path = sa->path;
	struct ike_child *child;
	struct ike_sa *next;

	path.local_port = sa->policy->port;
	path.remote_port = sa->rule->remote_port;
	next = ikev2_initiate(sa->engine, sa->rule, &path);
	if (!next)
		return NULL;
	policy_put(next->policy);
	next->policy = policy_get(sa->policy);
	next->story = sa->story;
	ikev2_of(next)->auth_next = auth;
	ikev2_of(next)->again = ikev2_of(sa)->again;
	ike_sa_move_children(sa, next);
	TAILQ_FOREACH(child, &next->children, link)
	ike_sa_queue(next, IKE_TASK_CHILD, child);
	next->ops->kick(next);
	return next;
}

/**
 * ikev2_lost() - an answer to IKE_AUTH in clear
 *
 * May free the SA.
 */
void ikev2_lost(struct ike_sa *sa, const struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_notify n;

	if (v->state != IKEV2_AUTHENTICATING || v->again >= AGAIN_MAX ||
	    !ikev2_notify_find(m, IKEV2_INVALID_IKE_SPI, &n)) {
		sa->engine->counters.unexpected++;
		return;
	}
	v->again++;
	ike_log(sa, IKE_LOG_INFO,
		"the peer seems to have lost its memory: once more");
	if (ikev2_begin_again(sa, v->auth_next))
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}
