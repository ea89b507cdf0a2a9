// SPDX-License-Identifier: GPL-2.0-or-later
/* An IKE_AUTH that waits for an OCSP answer, in either role. */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_auth.h"

#include <errno.h>
#include <string.h>

/**
 * ikev2_wait_start() - keeps the decrypted message until the answer is there
 * @sa: IKE SA; ike_sa_fetch() has begun
 * @from: how a request came; NULL for an answer
 * @r: our request, for an answer: taken over
 * @m: the message
 *
 * Return: 0, -ENOMEM or -EMSGSIZE.
 */
int ikev2_wait_start(struct ike_sa *sa, const struct ike_path *from,
		     struct ikev2_request *r, const struct ike_message *m)
{
	struct ikev2_wait *w = &ikev2_of(sa)->wait;
	uint8_t buf[IKE_MESSAGE_MAX];
	struct ike_builder b;
	unsigned int i;
	size_t len;
	int rc;

	ike_build_chain(&b, buf, sizeof(buf));
	for (i = 0; i < m->payloads; i++)
		ike_bytes_write(&b, m->payload[i].type, m->payload[i].data,
				m->payload[i].len);
	len = ike_build_finish(&b);
	if (!len)
		return -EMSGSIZE;
	rc = ikev2_bytes_set(&w->chain, buf, len);
	if (rc)
		return rc;
	w->hdr = m->hdr;
	w->first = ike_build_first(&b);
	if (from)
		w->from = *from;
	if (r) {
		w->request = *r;
		memset(r, 0, sizeof(*r));
	}
	ikev2_of(sa)->state = IKEV2_OCSP;
	return 0;
}

/**
 * ikev2_wait_resume() - the OCSP answer is there: the message is looked at anew
 *
 * May free the SA.
 */
void ikev2_wait_resume(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_request r = v->wait.request;
	struct ikev2_bytes chain = v->wait.chain;
	struct ike_message m = { .hdr = v->wait.hdr };
	struct ike_path from = v->wait.from;
	size_t rest;

	if (v->state != IKEV2_OCSP)
		return;
	memset(&v->wait.request, 0, sizeof(v->wait.request));
	memset(&v->wait.chain, 0, sizeof(v->wait.chain));
	v->state = IKEV2_AUTHENTICATING;
	if (!ike_chain_parse(&m, v->wait.first, chain.data, chain.len, &rest)) {
		if (sa->initiator)
			ikev2_auth_response(sa, &r, &m);
		else
			ikev2_auth_request(sa, &from, &m);
	}
	ikev2_request_free(&r);
	ikev2_bytes_free(&chain);
}
