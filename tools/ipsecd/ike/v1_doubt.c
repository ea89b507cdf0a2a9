// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages that do not prove what they should. Whoever is on the way can make
 * such a one of the peer's, whose own comes again: only when it does not, the
 * negotiation has failed, and the peer is told. To find out costs chains of
 * certificates and signatures for all rules, so only a few are looked at.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "v1.h"

#define DOUBT_MS 5000 /* a message is sent again after 1, 3 and 7 s */
#define DOUBTS_MAX 4

static void doubt_due(struct ike_timer *timer)
{
	struct ikev1 *v1 = ike_container(timer, struct ikev1, doubt.timer);
	struct ike_sa *sa = v1->sa;

	sa->engine->counters.authentication_failures++;
	ike_log_failure(sa, v1->doubt.cause, "%s", v1->doubt.why);
	/* The refusal follows on what it refuses, and goes where that came from. */
	memcpy(v1->wire.iv, v1->doubt.iv, sizeof(v1->wire.iv));
	if (!sa->initiator)
		sa->path = v1->doubt.from;
	ikev1_notify(sa, IKE_PROTO_IKE, v1->doubt.notify, NULL, 0, NULL, 0);
	ikev1_end(sa, IPSECDRV_REFUSE_REASON_AUTH_FAILED);
}

int ikev1_doubt(struct ike_sa *sa, uint16_t notify, enum ike_cause cause,
		const char *fmt, ...)
{
	struct ikev1_doubt *doubt = &ikev1_of(sa)->doubt;
	struct ike_engine *engine = sa->engine;
	bool first = !doubt->notify;
	va_list args;

	doubt->count++;
	doubt->notify = notify;
	doubt->cause = cause;
	memcpy(doubt->iv, ikev1_of(sa)->wire.iv, sizeof(doubt->iv));
	doubt->from = ikev1_of(sa)->from;
	va_start(args, fmt);
	vsnprintf(doubt->why, sizeof(doubt->why), fmt, args);
	va_end(args);
	if (!first)
		return -EKEYREJECTED;
	ike_log(sa, IKE_LOG_INFO, "a message is ignored: %s", doubt->why);
	doubt->timer.fn = doubt_due;
	ike_timer_set(&engine->timers, &doubt->timer,
		      ike_now(engine) + DOUBT_MS);
	return -EKEYREJECTED;
}

void ikev1_doubt_end(struct ike_sa *sa)
{
	struct ikev1_doubt *doubt = &ikev1_of(sa)->doubt;

	doubt->notify = 0;
	ike_timer_stop(&sa->engine->timers, &doubt->timer);
}

bool ikev1_doubt_enough(struct ike_sa *sa)
{
	bool enough = ikev1_of(sa)->doubt.count >= DOUBTS_MAX;

	sa->engine->counters.unexpected += enough;
	return enough;
}
