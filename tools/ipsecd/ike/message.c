// SPDX-License-Identifier: GPL-2.0-or-later
/* The header and the chain of payloads, of both versions. */
#include "message.h"

#include <errno.h>
#include <string.h>

#define PAYLOAD_HEADER 4
#define CRITICAL 0x80
#define NEXT_AT 16 /* of the header */
#define LEN_AT 24
#define V1_PADDING_MAX 3 /* behind a chain in clear */

static bool is_v1(const struct ike_header *h)
{
	return (h->version & 0xf0) == IKE_V1;
}

int ike_header_parse(struct ike_header *h, const void *data, size_t len)
{
	struct ipsec_reader r;

	memset(h, 0, sizeof(*h));
	if (len < IKE_HEADER_LEN)
		return -EMSGSIZE;
	ipsec_reader_init(&r, data, len);
	ipsec_read_copy(&r, h->spi_i, sizeof(h->spi_i));
	ipsec_read_copy(&r, h->spi_r, sizeof(h->spi_r));
	h->next = ipsec_read_u8(&r);
	h->version = ipsec_read_u8(&r);
	h->exchange = ipsec_read_u8(&r);
	h->flags = ipsec_read_u8(&r);
	h->id = ipsec_read_u32(&r);
	h->len = ipsec_read_u32(&r);
	return h->len == len ? 0 : -EMSGSIZE;
}

/* One payload off r; its type is known from what was before it. */
static int read_payload(struct ike_message *m, uint8_t type,
			struct ipsec_reader *r)
{
	struct ike_payload *p = &m->payload[m->payloads];
	uint16_t len;

	if (m->payloads == IKE_PAYLOADS_MAX)
		return -E2BIG;
	p->type = type;
	p->next = ipsec_read_u8(r);
	p->critical = ipsec_read_u8(r) & CRITICAL && !is_v1(&m->hdr);
	len = ipsec_read_u16(r);
	if (r->failed || len < PAYLOAD_HEADER)
		return -EBADMSG;
	p->len = len - PAYLOAD_HEADER;
	p->data = ipsec_read(r, p->len);
	if (!p->data)
		return -EBADMSG;
	m->payloads++;
	return 0;
}

/*
 * Every payload takes four bytes off r at least, and they are counted, so
 * that no chain goes on for long. An SK or SKF says what is inside of it, not
 * what follows: nothing does.
 */
static int read_chain(struct ike_message *m, uint8_t type,
		      struct ipsec_reader *r, bool inner)
{
	bool last = type == IKE_NONE;
	int rc;

	while (!last) {
		bool sk = !is_v1(&m->hdr) &&
			  (type == IKEV2_SK || type == IKEV2_SKF);

		if (sk && inner)
			return -EBADMSG;
		rc = read_payload(m, type, r);
		if (rc)
			return rc;
		type = m->payload[m->payloads - 1].next;
		last = sk || type == IKE_NONE;
	}
	return r->left && !is_v1(&m->hdr) ? -EBADMSG : 0;
}

int ike_message_parse(struct ike_message *m, const void *data, size_t len)
{
	struct ipsec_reader r;
	int rc;

	m->raw = data;
	m->raw_len = len;
	m->payloads = 0;
	rc = ike_header_parse(&m->hdr, data, len);
	if (rc)
		return rc;
	if (is_v1(&m->hdr) && m->hdr.flags & IKEV1_FLAG_ENCRYPTED)
		return 0;
	ipsec_reader_init(&r, m->raw + IKE_HEADER_LEN, len - IKE_HEADER_LEN);
	rc = read_chain(m, m->hdr.next, &r, false);
	if (!rc && r.left > V1_PADDING_MAX)
		return -EBADMSG;
	return rc;
}

int ike_chain_parse(struct ike_message *m, uint8_t first, const void *data,
		    size_t len, size_t *rest)
{
	struct ipsec_reader r;
	int rc;

	ipsec_reader_init(&r, data, len);
	rc = read_chain(m, first, &r, true);
	*rest = rc ? 0 : r.left;
	return rc;
}

const struct ike_payload *ike_payload_next(const struct ike_message *m,
					   uint8_t type,
					   const struct ike_payload *prev)
{
	const struct ike_payload *p = prev ? prev + 1 : m->payload;

	for (; p < m->payload + m->payloads; p++)
		if (p->type == type)
			return p;
	return NULL;
}

const struct ike_payload *ike_payload_get(const struct ike_message *m,
					  uint8_t type)
{
	return ike_payload_next(m, type, NULL);
}

unsigned int ike_payload_count(const struct ike_message *m, uint8_t type)
{
	const struct ike_payload *p = NULL;
	unsigned int n = 0;

	while ((p = ike_payload_next(m, type, p)))
		n++;
	return n;
}

void ike_build(struct ike_builder *b, void *buf, size_t size,
	       const struct ike_header *h)
{
	ike_build_chain(b, buf, size);
	b->header = true;
	ipsec_write(&b->w, h->spi_i, sizeof(h->spi_i));
	ipsec_write(&b->w, h->spi_r, sizeof(h->spi_r));
	ipsec_write_u8(&b->w, IKE_NONE);
	ipsec_write_u8(&b->w, h->version);
	ipsec_write_u8(&b->w, h->exchange);
	ipsec_write_u8(&b->w, h->flags);
	ipsec_write_u32(&b->w, h->id);
	ipsec_write_u32(&b->w, 0);
}

void ike_build_chain(struct ike_builder *b, void *buf, size_t size)
{
	memset(b, 0, sizeof(*b));
	ipsec_writer_init(&b->w, buf, size);
}

static void close_payload(struct ike_builder *b)
{
	size_t len = b->w.len - b->open;

	if (!b->opened)
		return;
	if (len > UINT16_MAX)
		b->w.failed = true;
	ipsec_write_u16_at(&b->w, b->open + 2, (uint16_t)len);
	b->opened = false;
}

struct ipsec_writer *ike_build_payload(struct ike_builder *b, uint8_t type)
{
	/* The type goes into what is before: a payload, the header, or aside. */
	if (b->first)
		ipsec_write_u8_at(&b->w, b->open, type);
	else if (b->header)
		ipsec_write_u8_at(&b->w, NEXT_AT, type);
	close_payload(b);
	if (!b->first)
		b->first = type;
	b->open = b->w.len;
	b->opened = true;
	ipsec_write_u32(&b->w, 0);
	return &b->w;
}

size_t ike_build_finish(struct ike_builder *b)
{
	close_payload(b);
	if (b->header)
		ipsec_write_u32_at(&b->w, LEN_AT, (uint32_t)b->w.len);
	if (b->w.len > IKE_MESSAGE_MAX)
		b->w.failed = true;
	return b->w.failed ? 0 : b->w.len;
}

uint8_t ike_build_first(const struct ike_builder *b)
{
	return b->first;
}
