// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests that are sent again until they are answered, and answers that are
 * sent again when their request is (RFC 7296 section 2.1). Only the side that
 * asks has a timer.
 */
#include "v2_message.h"
#include "v2_util.h"

#include <stdlib.h>
#include <string.h>

static void send_all(struct ike_sa *sa, const struct ikev2_packets *p)
{
	unsigned int i;

	for (i = 0; i < p->count; i++)
		ike_sa_send(sa, p->packet[i].data, p->packet[i].len);
}

static uint64_t wait_for(unsigned int tries)
{
	uint64_t wait = IKEV2_RETRY_FIRST;

	while (tries-- && wait < IKEV2_RETRY_MAX)
		wait *= 2;
	return wait < IKEV2_RETRY_MAX ? wait : IKEV2_RETRY_MAX;
}

static void arm(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);

	ike_timer_set(&sa->engine->timers, &v->retry,
		      ike_now(sa->engine) + wait_for(v->request.tries));
}

void ikev2_retry_start(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);

	v->request.tries = 0;
	v->request.retries = IKEV2_RETRIES;
	send_all(sa, &v->request.packets);
	arm(sa);
}

void ikev2_retry_last(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);

	v->request.tries = 0;
	v->request.retries = 1;
	sa->engine->counters.retransmitted++;
	send_all(sa, &v->request.packets);
	arm(sa);
}

/* What the peer's silence is called in the log, and told to the driver. */
static enum ipsecdrv_refuse_reason give_up_reason(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	char path[IKE_PATH_STRLEN];

	ike_path_text(&sa->path, path, sizeof(path));
	if (v->refused) {
		ike_log_failure(sa, ike_cause_of_notify(2, v->refused, false),
				"%s refuses: %s; compare the rule's proposals "
				"with the peer's",
				path, ike_notify_name(2, v->refused));
		return ikev2_refuse_reason(v->refused);
	}
	ike_log_failure(sa, IKE_CAUSE_NO_ANSWER,
			"%s: no answer after %u tries; is the peer up, does it "
			"run IKE, and do UDP 500 and 4500 get through?",
			path, v->request.tries + 1);
	return IPSECDRV_REFUSE_REASON_NO_ANSWER;
}

static void give_up(struct ike_sa *sa)
{
	enum ipsecdrv_refuse_reason reason;

	if (sa->lost && sa->state != IKE_SA_DELETING) {
		ike_sa_restart(sa);
		return;
	}
	/* Nobody waits for the end of what is ending anyway. */
	if (sa->state == IKE_SA_DELETING || sa->state == IKE_SA_REPLACED) {
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
		return;
	}
	if (sa->state == IKE_SA_ESTABLISHED)
		sa->engine->counters.dead_peers++;
	reason = give_up_reason(sa);
	ike_sa_free(sa, reason);
}

void ikev2_retry_fire(struct ike_timer *timer)
{
	struct ikev2 *v = ike_container(timer, struct ikev2, retry);
	struct ike_sa *sa = v->sa;

	if (++v->request.tries >= v->request.retries) {
		give_up(sa);
		return;
	}
	sa->engine->counters.retransmitted++;
	ike_log(sa, IKE_LOG_INFO, "no answer to %s, sends it again (%u)",
		ike_exchange_name(v->request.exchange), v->request.tries);
	send_all(sa, &v->request.packets);
	arm(sa);
}

struct ikev2_request ikev2_request_take(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_request r = v->request;

	ike_timer_stop(&sa->engine->timers, &v->retry);
	ike_frag_free(&v->frag_response);
	memset(&v->request, 0, sizeof(v->request));
	return r;
}

void ikev2_request_free(struct ikev2_request *r)
{
	ikev2_packets_free(&r->packets);
	ike_dh_free(r->dh);
	ike_proposals_free(&r->offer);
	ike_wipe(r, sizeof(*r));
}

static void digest(const struct ike_message *m, uint8_t *out)
{
	struct iovec iov = { (void *)m->raw, m->raw_len };

	if (ike_hash(IKE_HASH_SHA2_256, &iov, 1, out))
		memset(out, 0, 32);
}

/* The first fragment, or a message that is none. */
static bool is_first(const struct ike_message *m, bool *fragmented)
{
	const struct ike_payload *p =
		m->payloads ? &m->payload[m->payloads - 1] : NULL;
	struct ike_skf skf;

	*fragmented = p && p->type == IKEV2_SKF;
	if (!*fragmented)
		return true;
	return !ikev2_skf_read(p, &skf) && skf.number == 1;
}

/**
 * ikev2_print_make() - what a repetition of a request is known by
 *
 * Of a fragmented message the first fragment stands for all (RFC 7383 section
 * 2.6.1). Called before the message is opened.
 */
bool ikev2_print_make(const struct ike_message *m, struct ikev2_print *print)
{
	if (!is_first(m, &print->fragmented))
		return false;
	digest(m, print->digest);
	return true;
}

/* The peer may begin to use fragments, or cease to, when it repeats. */
static bool same_request(struct ike_sa *sa, const struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);
	uint8_t plain[IKE_MESSAGE_MAX];
	struct ikev2_print now;
	size_t len;

	if (!ikev2_print_make(m, &now))
		return false;
	if (now.fragmented == v->answered.print.fragmented)
		return !memcmp(now.digest, v->answered.print.digest,
			       sizeof(now.digest));
	return v->keyed && m->payloads &&
	       !ikev2_open(&v->keys, m, &m->payload[m->payloads - 1], plain,
			   &len);
}

void ikev2_repeat(struct ike_sa *sa, const struct ike_path *from,
		  const struct ike_message *m)
{
	struct ikev2_answered *a = &ikev2_of(sa)->answered;
	unsigned int i;

	if (!a->packets.count || !same_request(sa, m)) {
		sa->engine->counters.wrong_id++;
		return;
	}
	sa->engine->counters.answered_again++;
	for (i = 0; i < a->packets.count; i++)
		ike_send(sa->engine, from, a->packets.packet[i].data,
			 a->packets.packet[i].len);
}
