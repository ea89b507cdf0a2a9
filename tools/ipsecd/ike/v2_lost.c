// SPDX-License-Identifier: GPL-2.0-or-later
/* INVALID_IKE_SPI in clear, RFC 7296 sections 2.4 and 2.21.4. */
#include "v2_util.h"
#include "v2_auth.h"
#include "v2_init.h"
#include "v2_message.h"

#define AGAIN_MAX 2 /* of one that is half open */
#define HINT_LEN (IKE_HEADER_LEN + 8)

void ikev2_unknown(struct ike_engine *engine, const struct ike_path *path,
		   const struct ike_message *m)
{
	struct ike_header h = m->hdr;
	uint8_t buf[HINT_LEN];
	struct ike_builder b;
	size_t len;

	/* Never an answer to an answer, nor to what is not protected. */
	if (h.flags & IKEV2_FLAG_RESPONSE || !m->payloads ||
	    (m->payload[m->payloads - 1].type != IKEV2_SK &&
	     m->payload[m->payloads - 1].type != IKEV2_SKF) ||
	    !ike_hint_allowed(engine, m->raw_len, sizeof(buf)))
		return;
	h.flags ^= IKEV2_FLAG_INITIATOR;
	h.flags |= IKEV2_FLAG_RESPONSE;
	ike_build(&b, buf, sizeof(buf), &h);
	ikev2_notify_put(&b, IKEV2_INVALID_IKE_SPI, NULL, 0);
	len = ike_build_finish(&b);
	if (len)
		ike_send(engine, path, buf, len);
}

/* Is it such an answer to our outstanding request? */
static bool is_hint(const struct ikev2 *v, const struct ike_message *m)
{
	struct ike_notify n;

	return v->request.kind && m->hdr.id == v->request.id &&
	       m->hdr.exchange == v->request.exchange && m->payloads == 1 &&
	       m->payload[0].type == IKEV2_NOTIFY &&
	       !ikev2_notify_read(&m->payload[0], &n) &&
	       n.type == IKEV2_INVALID_IKE_SPI;
}

struct ike_sa *ikev2_begin_again(struct ike_sa *sa, unsigned int auth)
{
	struct ike_path path = sa->path;
	struct ike_child *child;
	struct ike_sa *next;

	path.local_port = sa->first_path.local_port;
	path.remote_port = sa->first_path.remote_port;
	next = ikev2_initiate(sa->engine, sa->rule, &path);
	if (!next)
		return NULL;
	ikev2_redirect_inherit(sa, next);
	next->story = sa->story;
	next->restarts = sa->restarts;
	ikev2_of(next)->auth_next = auth;
	ikev2_of(next)->again = ikev2_of(sa)->again;
	ike_sa_move_children(sa, next);
	TAILQ_FOREACH(child, &next->children, link)
		ike_sa_queue(next, IKE_TASK_CHILD, child);
	next->ops->kick(next);
	return next;
}

/*
 * The peer may have put the SPIs that it was offered in force before it forgot
 * us, and does not take them for another SA then.
 */
static void drop_offered_spis(struct ike_sa *sa)
{
	struct ike_child *child;

	TAILQ_FOREACH(child, &sa->children, link) {
		child->spi_esp = 0;
		child->spi_ah = 0;
	}
}

bool ikev2_lost_hint(struct ike_sa *sa, const struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);

	if (!is_hint(v, m))
		return false;
	sa->engine->counters.hints++;
	if (v->state == IKEV2_FAILED || sa->lost)
		return true;
	if (sa->state == IKE_SA_CONNECTING) {
		/* Then it waits for the true answer, for there may be one. */
		if (v->again == AGAIN_MAX)
			return true;
		v->again++;
		ike_log(sa, IKE_LOG_INFO,
			"the peer seems to have lost its memory: once more");
		drop_offered_spis(sa);
		if (ikev2_begin_again(sa, v->auth_next))
			ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
		return true;
	}
	ike_log(sa, IKE_LOG_INFO,
		"somebody says in clear that the peer does not know this IKE SA; it is asked once more");
	sa->lost = true;
	/* The peer would answer at once if it could. */
	ikev2_retry_last(sa);
	return true;
}
