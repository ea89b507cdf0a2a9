/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_MESSAGE_H
#define IKE_V2_MESSAGE_H

#include "v2.h"

/* A chain of payloads to be sealed. */
struct ikev2_chain {
	struct ike_builder b;
	uint8_t buf[IKE_MESSAGE_MAX];
};

/* v2_message.c */
void ikev2_chain_start(struct ikev2_chain *c);
/*
 * Seals and sends a request; v->request has what it is about. -ENOMEM,
 * -EMSGSIZE: nothing was sent.
 */
int ikev2_request_send(struct ike_sa *sa, struct ikev2_chain *c,
		       uint8_t exchange);
/* Seals, sends and keeps the answer to the request m. */
int ikev2_answer_send(struct ike_sa *sa, const struct ike_message *m,
		      const struct ike_path *to, struct ikev2_chain *c);
/* An answer of one notify. */
void ikev2_answer_notify(struct ike_sa *sa, const struct ike_message *m,
			 const struct ike_path *to, uint16_t type,
			 const void *data, size_t len);
/*
 * Checks and decrypts m; its payloads are then the inner ones, which live in
 * plain (IKE_MESSAGE_MAX bytes). 0; -EAGAIN: a fragment of more; -EBADMSG: not
 * authentic; -EINVAL: authentic, but its payloads are no chain.
 */
int ikev2_message_open(struct ike_sa *sa, struct ike_message *m,
		       uint8_t *plain);
void ikev2_packets_free(struct ikev2_packets *p);

/* v2_retry.c */
/* Sends v->request, and starts to wait for its answer. */
void ikev2_retry_start(struct ike_sa *sa);
/* Sends it once more, at once, and gives up when there is no answer soon. */
void ikev2_retry_last(struct ike_sa *sa);
void ikev2_retry_fire(struct ike_timer *timer);
/* Ends the outstanding request, whose parts the caller has then. */
struct ikev2_request ikev2_request_take(struct ike_sa *sa);
void ikev2_request_free(struct ikev2_request *r);
/* Is it a repetition of the request answered last? Then answers again. */
void ikev2_repeat(struct ike_sa *sa, const struct ike_path *from,
		  const struct ike_message *m);
/* Of a message as it came; false: of a fragment that is not the first. */
bool ikev2_print_make(const struct ike_message *m, struct ikev2_print *print);

/* v2_nat.c */
/* NAT_DETECTION_* of a message of ours; lie: so that the peer sees a NAT. */
int ikev2_nat_write(const struct ike_sa *sa, struct ike_builder *b, bool lie);
void ikev2_nat_read(struct ike_sa *sa, const struct ike_message *m,
		    const struct ike_path *path);
/* An authentic message came by another way than the last. */
void ikev2_nat_moved(struct ike_sa *sa, const struct ike_path *from);

#endif
