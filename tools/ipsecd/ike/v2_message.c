// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Protected messages in and out: the encrypted payload, or the encrypted
 * fragments of RFC 7383 when a message is longer than the path surely takes.
 */
#include "v2_message.h"
#include "v2_util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_HEADER 8
#define IPV4_SIZE 576 /* of a fragment's packet, unless a rule says else */
#define IPV6_SIZE 1280
#define FRAGMENTS_MAX 250

void ikev2_chain_start(struct ikev2_chain *c)
{
	ike_build_chain(&c->b, c->buf, sizeof(c->buf));
}

void ikev2_packets_free(struct ikev2_packets *p)
{
	unsigned int i;

	for (i = 0; i < p->count; i++)
		free(p->packet[i].data);
	free(p->packet);
	memset(p, 0, sizeof(*p));
}

/* Unpredictable for CBC; AEADs and counter mode must never use one twice. */
static int make_iv(struct ike_sa *sa, uint8_t *iv)
{
	struct ikev2 *v = ikev2_of(sa);
	size_t len = ikev2_iv_len(&v->keys);
	struct ipsec_writer w;

	if (!ike_encr_aead(v->keys.encr) && v->keys.encr != IKE_ENCR_AES_CTR)
		return ikev2_random(sa->engine, iv, len);
	ipsec_writer_init(&w, iv, len);
	ipsec_write_u64(&w, v->iv++);
	return w.failed ? -EIO : 0;
}

/* Bytes of a message that go into one packet of the path. */
static size_t packet_room(const struct ike_sa *sa)
{
	bool v6 = sa->path.remote.len == 16;
	size_t size = sa->rule ? sa->rule->fragment_size : 0;

	if (!size)
		size = v6 ? IPV6_SIZE : IPV4_SIZE;
	return size - (v6 ? IPV6_HEADER : IPV4_HEADER) - UDP_HEADER -
	       IKE_MARKER_LEN;
}

static int seal_one(struct ike_sa *sa, const struct ike_header *h,
		    uint8_t first, unsigned int total, const uint8_t *data,
		    size_t len, struct ikev2_packets *out)
{
	struct ikev2 *v = ikev2_of(sa);
	size_t size = len + ikev2_seal_overhead(&v->keys);
	struct ikev2_bytes *p = &out->packet[out->count];
	uint8_t iv[IKE_BLOCK_MAX];
	int rc = make_iv(sa, iv);

	if (rc)
		return rc;
	p->data = malloc(size);
	if (!p->data)
		return -ENOMEM;
	out->count++;
	p->len = ikev2_seal(&v->keys, h, first, total ? out->count : 0, total,
			    iv, data, len, p->data, size);
	return p->len ? 0 : -EMSGSIZE;
}

static int seal_fragments(struct ike_sa *sa, const struct ike_header *h,
			  uint8_t first, const uint8_t *data, size_t len,
			  size_t chunk, struct ikev2_packets *out)
{
	unsigned int total = (unsigned int)((len + chunk - 1) / chunk);
	int rc = 0;

	while (!rc && len) {
		size_t n = len < chunk ? len : chunk;

		/* Only the first says what the message begins with. */
		rc = seal_one(sa, h, out->count ? IKE_NONE : first, total, data,
			      n, out);
		data += n;
		len -= n;
	}
	return rc;
}

/* The chain as one packet, or as fragments if it must be. */
static int seal(struct ike_sa *sa, const struct ike_header *h,
		struct ikev2_chain *c, struct ikev2_packets *out)
{
	struct ikev2 *v = ikev2_of(sa);
	size_t room = packet_room(sa);
	size_t over = ikev2_seal_overhead(&v->keys);
	size_t len = ike_build_finish(&c->b);
	uint8_t first = ike_build_first(&c->b);
	unsigned int n = 1;
	int rc;

	if (c->b.w.failed)
		return -EMSGSIZE;
	if (v->fragmentation && len + over > room && room > over)
		n = (unsigned int)((len + room - over - 1) / (room - over));
	if (n > FRAGMENTS_MAX)
		return -EMSGSIZE;
	out->packet = calloc(n, sizeof(*out->packet));
	if (!out->packet)
		return -ENOMEM;
	if (n == 1)
		rc = seal_one(sa, h, first, 0, c->buf, len, out);
	else
		rc = seal_fragments(sa, h, first, c->buf, len, room - over,
				    out);
	if (rc)
		ikev2_packets_free(out);
	return rc;
}

static void header(const struct ike_sa *sa, struct ike_header *h,
		   uint8_t exchange, uint32_t id, bool response)
{
	memset(h, 0, sizeof(*h));
	memcpy(h->spi_i, ike_sa_spi_i(sa), IKE_SPI_LEN);
	memcpy(h->spi_r, ike_sa_spi_r(sa), IKE_SPI_LEN);
	h->version = IKE_V2;
	h->exchange = exchange;
	h->flags = (sa->initiator ? IKEV2_FLAG_INITIATOR : 0) |
		   (response ? IKEV2_FLAG_RESPONSE : 0);
	h->id = id;
}

int ikev2_request_send(struct ike_sa *sa, struct ikev2_chain *c,
		       uint8_t exchange)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_header h;
	int rc;

	header(sa, &h, exchange, v->next_id, false);
	rc = seal(sa, &h, c, &v->request.packets);
	if (rc)
		return rc;
	v->request.exchange = exchange;
	v->request.id = v->next_id++;
	ikev2_retry_start(sa);
	return 0;
}

int ikev2_answer_send(struct ike_sa *sa, const struct ike_message *m,
		      const struct ike_path *to, struct ikev2_chain *c)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_header h;
	unsigned int i;
	int rc;

	ikev2_packets_free(&v->answered.packets);
	header(sa, &h, m->hdr.exchange, m->hdr.id, true);
	rc = seal(sa, &h, c, &v->answered.packets);
	if (rc) {
		ike_log(sa, IKE_LOG_ERROR, "the answer cannot be sent: %s",
			strerror(-rc));
		return rc;
	}
	for (i = 0; i < v->answered.packets.count; i++)
		ike_send(sa->engine, to, v->answered.packets.packet[i].data,
			 v->answered.packets.packet[i].len);
	return 0;
}

void ikev2_answer_notify(struct ike_sa *sa, const struct ike_message *m,
			 const struct ike_path *to, uint16_t type,
			 const void *data, size_t len)
{
	struct ikev2_chain c;

	ikev2_chain_start(&c);
	if (type)
		ikev2_notify_put(&c.b, type, data, len);
	ikev2_answer_send(sa, m, to, &c);
}

static int open_chain(struct ike_message *m, uint8_t first, const uint8_t *data,
		      size_t len)
{
	size_t rest;

	/* What stood before the protected payload counts for nothing. */
	m->payloads = 0;
	if (ike_chain_parse(m, first, data, len, &rest))
		return -EINVAL;
	return 0;
}

static int add_fragment(struct ike_sa *sa, struct ike_message *m,
			const struct ike_skf *skf, uint8_t first,
			uint8_t *plain, size_t len)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_frag **set = m->hdr.flags & IKEV2_FLAG_RESPONSE ?
					&v->frag_response :
					&v->frag_request;
	struct ike_counters *counters = &sa->engine->counters;
	const uint8_t *data;

	counters->fragments++;
	switch (ike_frag_add(set, m->hdr.id, skf->number, skf->total,
			     skf->number == skf->total, first, plain, len)) {
	case IKE_FRAG_DONE:
		/* The set may end before the message has been dealt with. */
		data = ike_frag_data(*set, &len, &first);
		memcpy(plain, data, len);
		ike_frag_free(set);
		return open_chain(m, first, plain, len);
	case IKE_FRAG_MORE:
		return -EAGAIN;
	default:
		counters->fragments_dropped++;
		return -EAGAIN;
	}
}

int ikev2_message_open(struct ike_sa *sa, struct ike_message *m, uint8_t *plain)
{
	struct ikev2 *v = ikev2_of(sa);
	const struct ike_payload *sk;
	struct ike_skf skf;
	uint8_t first;
	size_t len;

	sk = m->payloads ? &m->payload[m->payloads - 1] : NULL;
	if (!sk || (sk->type != IKEV2_SK && sk->type != IKEV2_SKF))
		return -EBADMSG;
	first = sk->next;
	if (sk->type == IKEV2_SKF &&
	    (!v->fragmentation || ikev2_skf_read(sk, &skf)))
		return -EBADMSG;
	if (ikev2_open(&v->keys, m, sk, plain, &len))
		return -EBADMSG;
	if (sk->type == IKEV2_SKF)
		return add_fragment(sa, m, &skf, first, plain, len);
	return open_chain(m, first, plain, len);
}
