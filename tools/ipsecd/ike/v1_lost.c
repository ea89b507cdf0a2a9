// SPDX-License-Identifier: GPL-2.0-or-later
/* INVALID-COOKIE in clear, RFC 2408 section 5.2. */
#include <string.h>

#include "v1.h"

#define HINT_LEN (IKE_HEADER_LEN + 12)
#define PROBE_MS 500

void ikev1_unknown(struct ike_engine *engine, const struct ike_path *path,
		   const struct ike_message *m)
{
	struct ike_header h = m->hdr;
	uint8_t buf[HINT_LEN];
	struct ike_builder b;
	size_t len;

	/* Not to what may be such an answer itself. */
	if ((h.exchange == IKEV1_INFORMATIONAL &&
	     !(h.flags & IKEV1_FLAG_ENCRYPTED)) ||
	    !ike_hint_allowed(engine, m->raw_len, sizeof(buf)))
		return;
	h.exchange = IKEV1_INFORMATIONAL;
	h.flags = 0;
	ike_build(&b, buf, sizeof(buf), &h);
	ikev1_notify_write(&b, IKE_PROTO_IKE, IKEV1_INVALID_COOKIE, NULL, 0,
			   NULL, 0);
	len = ike_build_finish(&b);
	if (len)
		ike_send(engine, path, buf, len);
}

static void lost_due(struct ike_timer *timer)
{
	struct ikev1 *v1 = ike_container(timer, struct ikev1, lost);
	struct ike_sa *sa = v1->sa;

	if (sa->heard > v1->lost_since || v1->expect != v1->lost_expect) {
		sa->lost = false;
		return;
	}
	ike_sa_restart(sa);
}

/*
 * The peer is asked whether it lives, if it can be: a real one would answer,
 * and one that cannot (Windows) is negotiated with anew.
 */
void ikev1_lost_hint(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_engine *engine = sa->engine;

	engine->counters.hints++;
	if (sa->lost || sa->state == IKE_SA_DELETING || !sa->initiator)
		return;
	sa->lost = true;
	v1->lost_since = ike_now(engine);
	v1->lost_expect = v1->expect;
	v1->lost.fn = lost_due;
	if (sa->established)
		ikev1_dpd(sa);
	ike_timer_set(&engine->timers, &v1->lost, v1->lost_since + PROBE_MS);
}
