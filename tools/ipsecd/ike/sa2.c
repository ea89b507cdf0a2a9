// SPDX-License-Identifier: GPL-2.0-or-later
/* The SA payload of version 2, RFC 7296 section 3.3. */
#include <errno.h>
#include <string.h>

#include "proposal.h"

#define MORE_PROPOSALS 2
#define MORE_TRANSFORMS 3
#define PROPOSAL_HEADER 8
#define TRANSFORM_HEADER 8
#define ATTRIBUTE_TV 0x8000
#define SPI_LEN 4 /* of AH and ESP */

/* A transform with an attribute that is not known cannot be accepted. */
static int read_attributes(struct ipsec_reader *r, struct ike_transform *t)
{
	uint16_t type, value;

	while (r->left) {
		type = ipsec_read_u16(r);
		value = ipsec_read_u16(r);
		if (!(type & ATTRIBUTE_TV))
			ipsec_read(r, value);
		if (r->failed)
			return -EBADMSG;
		if (type != (ATTRIBUTE_TV | IKEV2_ATTR_KEY_LENGTH) || !value ||
		    t->key_bits)
			t->id = IKE_TRANSFORM_UNKNOWN;
		else
			t->key_bits = value;
	}
	return 0;
}

/*
 * When there is no room, alternatives of a type that is there are not missed;
 * a type that were lost would change what the proposal says.
 */
static void add_transform(struct ike_proposal *p, const struct ike_transform *t)
{
	if (ike_proposal_add(p, t->type, t->id, t->key_bits) &&
	    !ike_proposal_get(p, t->type))
		p->proto = 0;
}

static int read_transform(struct ipsec_reader *r, struct ike_proposal *p,
			  bool last)
{
	struct ike_transform t = { 0 };
	struct ipsec_reader body;
	uint16_t len;

	if (ipsec_read_u8(r) != (last ? 0 : MORE_TRANSFORMS))
		return -EBADMSG;
	ipsec_read_u8(r);
	len = ipsec_read_u16(r);
	if (r->failed || len < TRANSFORM_HEADER)
		return -EBADMSG;
	body = ipsec_read_sub(r, len - 4U);
	t.type = ipsec_read_u8(&body);
	ipsec_read_u8(&body);
	t.id = ipsec_read_u16(&body);
	if (body.failed || read_attributes(&body, &t))
		return -EBADMSG;
	add_transform(p, &t);
	return 0;
}

static void read_spi(struct ipsec_reader *r, struct ike_proposal *p,
		     uint8_t len)
{
	bool ike = p->proto == IKE_PROTO_IKE;

	if (ike ? len && len != IKE_SPI_LEN : len != SPI_LEN) {
		p->proto = 0;
		ipsec_read(r, len);
		return;
	}
	p->spi_len = len;
	ipsec_read_copy(r, p->spi, len);
}

static int read_body(struct ipsec_reader *r, struct ike_proposal *p)
{
	uint8_t spi_len, transforms;

	memset(p, 0, sizeof(*p));
	p->number = ipsec_read_u8(r);
	p->proto = ipsec_read_u8(r);
	spi_len = ipsec_read_u8(r);
	transforms = ipsec_read_u8(r);
	read_spi(r, p, spi_len);
	if (r->failed)
		return -EBADMSG;
	while (transforms--)
		if (read_transform(r, p, !transforms))
			return -EBADMSG;
	return r->left ? -EBADMSG : 0;
}

/* Proposals are numbered one after the other, from any number in an answer. */
static int read_proposal(struct ipsec_reader *r, struct ike_proposals *list)
{
	struct ike_proposal p;
	struct ipsec_reader body;
	uint8_t more;
	uint16_t len;

	more = ipsec_read_u8(r);
	ipsec_read_u8(r);
	len = ipsec_read_u16(r);
	if (r->failed || len < PROPOSAL_HEADER)
		return -EBADMSG;
	body = ipsec_read_sub(r, len - 4U);
	if (body.failed || more != (r->left ? MORE_PROPOSALS : 0) ||
	    read_body(&body, &p))
		return -EBADMSG;
	if (list->count && p.number != list->p[list->count - 1].number + 1)
		return -EBADMSG;
	return ike_proposals_add(list, &p);
}

int ikev2_sa_read(const struct ike_payload *p, struct ike_proposals *list)
{
	struct ipsec_reader r;
	int rc = 0;

	memset(list, 0, sizeof(*list));
	ipsec_reader_init(&r, p->data, p->len);
	while (!rc && r.left && list->count < IKE_PROPOSALS_MAX)
		rc = read_proposal(&r, list);
	if (rc)
		ike_proposals_free(list);
	return rc;
}

static void write_transform(struct ipsec_writer *w,
			    const struct ike_transform *t, bool last)
{
	ipsec_write_u8(w, last ? 0 : MORE_TRANSFORMS);
	ipsec_write_u8(w, 0);
	ipsec_write_u16(w,
			t->key_bits ? TRANSFORM_HEADER + 4 : TRANSFORM_HEADER);
	ipsec_write_u8(w, t->type);
	ipsec_write_u8(w, 0);
	ipsec_write_u16(w, t->id);
	if (!t->key_bits)
		return;
	ipsec_write_u16(w, ATTRIBUTE_TV | IKEV2_ATTR_KEY_LENGTH);
	ipsec_write_u16(w, t->key_bits);
}

static void write_proposal(struct ipsec_writer *w, const struct ike_proposal *p,
			   unsigned int place, bool last)
{
	size_t start = w->len;
	unsigned int i;

	ipsec_write_u8(w, last ? 0 : MORE_PROPOSALS);
	ipsec_write_u8(w, 0);
	ipsec_write_u16(w, 0);
	ipsec_write_u8(w, p->number ? p->number : (uint8_t)place);
	ipsec_write_u8(w, p->proto);
	ipsec_write_u8(w, p->spi_len);
	ipsec_write_u8(w, (uint8_t)p->transforms);
	ipsec_write(w, p->spi, p->spi_len);
	for (i = 0; i < p->transforms; i++)
		write_transform(w, &p->transform[i], i + 1 == p->transforms);
	ipsec_write_u16_at(w, start + 2, (uint16_t)(w->len - start));
}

void ikev2_sa_write(struct ike_builder *b, const struct ike_proposals *list)
{
	struct ipsec_writer *w = ike_build_payload(b, IKEV2_SA);
	unsigned int i;

	if (list->count > UINT8_MAX)
		w->failed = true;
	for (i = 0; i < list->count; i++)
		write_proposal(w, &list->p[i], i + 1, i + 1 == list->count);
}
