// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages as only a peer that holds the keys could send them. */
#include "forge.h"

#include <stdlib.h>
#include <string.h>

#include "rnd.h"
#include "v1.h"

static struct ike_sa *sender(const struct net_packet *p,
			     const struct ike_header *h)
{
	return ike_engine_find(p->from->engine,
			       h->flags & IKEV2_FLAG_INITIATOR ? h->spi_i :
								 h->spi_r);
}

bool forge_open(const struct net_packet *p, struct forge_chain *c)
{
	const struct ike_payload *sk;
	struct ike_message m;
	struct ike_sa *sa;

	if (ike_message_parse(&m, p->data, p->len) || !m.payloads)
		return false;
	sk = &m.payload[m.payloads - 1];
	sa = sender(p, &m.hdr);
	if (!sa || sk->type != IKEV2_SK)
		return false;
	c->first = sk->next;
	return !ikev2_open(&ikev2_of(sa)->keys, &m, sk, c->data, &c->len);
}

void forge_begin(struct forge_chain *c, struct ike_builder *b)
{
	ike_build_chain(b, c->data, sizeof(c->data));
}

void forge_end(struct forge_chain *c, struct ike_builder *b)
{
	c->len = ike_build_finish(b);
	c->first = ike_build_first(b);
}

void forge_append(struct ike_builder *b, uint8_t first, const void *data,
		  size_t len)
{
	/* The header is one of the bytes', and so is its length. */
	ike_build_payload(b, first);
	b->opened = false;
	b->w.len = b->open;
	if (len)
		ipsec_write(&b->w, data, len);
}

struct ike_header forge_header(const struct ike_sa *sa, uint8_t exchange,
			       bool response, uint32_t id)
{
	struct ike_header h = {
		.version = IKE_V2,
		.exchange = exchange,
		.flags = (sa->initiator ? IKEV2_FLAG_INITIATOR : 0) |
			 (response ? IKEV2_FLAG_RESPONSE : 0),
		.id = id,
	};

	memcpy(h.spi_i, ike_sa_spi_i(sa), IKE_SPI_LEN);
	memcpy(h.spi_r, ike_sa_spi_r(sa), IKE_SPI_LEN);
	return h;
}

size_t forge_fragment(const struct ike_sa *sa, const struct ike_header *h,
		      unsigned int number, unsigned int total, uint8_t first,
		      const void *data, size_t len, uint8_t *out, size_t size)
{
	uint8_t iv[IKE_BLOCK_MAX];

	rnd_bytes(iv, sizeof(iv));
	return ikev2_seal(&ikev2_of(sa)->keys, h, first, number, total, iv,
			  data, len, out, size);
}

size_t forge_seal(const struct ike_sa *sa, const struct ike_header *h,
		  const struct forge_chain *c, uint8_t *out, size_t size)
{
	return forge_fragment(sa, h, 0, 0, c->first, c->data, c->len, out,
			      size);
}

struct ike_path forge_path(const struct ike_sa *sa)
{
	return (struct ike_path){
		.local = sa->path.remote,
		.remote = sa->path.local,
		.local_port = sa->path.remote_port,
		.remote_port = sa->path.local_port,
	};
}

void forge_send(struct net_host *to, const struct ike_sa *sa,
		const struct ike_header *h, const struct forge_chain *c)
{
	struct ike_path path = forge_path(sa);
	uint8_t *out = malloc(IKE_MESSAGE_MAX + 256);
	size_t len = forge_seal(sa, h, c, out, IKE_MESSAGE_MAX);

	if (len)
		net_inject(to, &path, out, len);
	free(out);
}

static size_t put_v2(const struct ike_sa *sa, char *buf, size_t size)
{
	const struct ikev2 *v = ikev2_of(sa);

	return (size_t)snprintf(buf, size, " %d %u %u %d %u/%u refused %u%s",
				v->state, v->next_id, v->expected,
				v->request.kind, v->request.id,
				v->request.retries, v->refused,
				v->request.rival ? " rival" : "");
}

static size_t put_v1(const struct ike_sa *sa, char *buf, size_t size)
{
	const struct ikev1 *v = ikev1_of(sa);
	const struct ikev1_notice *notice;
	const struct ikev1_quick *q;
	size_t n = (size_t)snprintf(buf, size,
				    " expect %u tries %u dpd %u refused %u",
				    v->expect, v->wire.tries, v->dpd_tries,
				    v->refused);

	TAILQ_FOREACH(q, &v->quicks, link)
		n += (size_t)snprintf(buf + n, size - n, " quick:%d%d%d%u",
				      q->initiator, q->done, q->wait_connected,
				      q->wire.tries);
	TAILQ_FOREACH(notice, &v->notices, link)
		n += (size_t)snprintf(buf + n, size - n, " delete:%d%u",
				      notice->last, notice->wire.tries);
	return n;
}

static size_t put_sa(const struct ike_sa *sa, char *buf, size_t size)
{
	const struct ike_child *child;
	size_t n;

	n = (size_t)snprintf(buf, size, "[%s%s%s%s",
			     ike_sa_state_name(sa->state),
			     sa->lost ? " lost" : "", sa->fetch ? " fetch" : "",
			     sa->spare ? " spare" : "");
	n += sa->version == 2 ? put_v2(sa, buf + n, size - n) :
				put_v1(sa, buf + n, size - n);
	TAILQ_FOREACH(child, &sa->children, link)
		n += (size_t)snprintf(buf + n, size - n, " %s:%u",
				      ike_child_state_name(child->state),
				      child->id);
	return n + (size_t)snprintf(buf + n, size - n, "]");
}

const char *forge_state(const struct net_host *host, char *buf, size_t size)
{
	const struct ike_sa *sa;
	size_t n = (size_t)snprintf(buf, size, "sent %u pairs %u half %u ",
				    host->sent, host->driver.count,
				    host->engine->half_open);

	TAILQ_FOREACH(sa, &host->engine->list, link)
		n += put_sa(sa, buf + n, size - n);
	return buf;
}
