// SPDX-License-Identifier: GPL-2.0-or-later
/* The SA payload of version 1, RFC 2408 sections 3.4 to 3.6, both phases. */
#include "sa1.h"

#include <errno.h>
#include <string.h>

#define PROPOSAL_HEADER 8
#define TRANSFORM_HEADER 8
#define SPI_LEN 4 /* of AH and ESP */
#define NUMBER_AT 4 /* of a proposal */

/* One transform off r, as a proposal of its own. */
static int read_transform(struct ipsec_reader *r, bool main, bool last,
			  const struct ike_proposal *base,
			  struct ike_proposals *list)
{
	struct ike_proposal p = *base;
	struct ikev1_attributes a;
	struct ipsec_reader body;
	uint8_t id;
	uint16_t len;

	if (ipsec_read_u8(r) != (last ? IKE_NONE : IKEV1_TRANSFORM))
		return -EBADMSG;
	ipsec_read_u8(r);
	len = ipsec_read_u16(r);
	if (r->failed || len < TRANSFORM_HEADER)
		return -EBADMSG;
	body = ipsec_read_sub(r, len - 4U);
	p.transform_number = ipsec_read_u8(&body);
	id = ipsec_read_u8(&body);
	ipsec_read_u16(&body);
	if (body.failed || ikev1_attributes_read(&body, main, &a))
		return -EBADMSG;
	if (list->count == IKE_PROPOSALS_MAX)
		return 0;
	ikev1_attributes_to(&a, main, id, &p);
	return ike_proposals_add(list, &p);
}

/* Of phase 1 it says nothing that the cookies do not. */
static void read_spi(struct ipsec_reader *r, bool main, uint8_t len,
		     struct ike_proposal *p)
{
	if (!main && len == SPI_LEN) {
		p->spi_len = len;
		ipsec_read_copy(r, p->spi, len);
		return;
	}
	ipsec_read(r, len);
	if (!main)
		p->proto = 0;
}

static int read_body(struct ipsec_reader *r, bool main,
		     struct ike_proposals *list)
{
	struct ike_proposal p = { 0 };
	uint8_t spi_len, transforms;
	int rc = 0;

	p.number = ipsec_read_u8(r);
	p.proto = ipsec_read_u8(r);
	spi_len = ipsec_read_u8(r);
	transforms = ipsec_read_u8(r);
	read_spi(r, main, spi_len, &p);
	if (main != (p.proto == IKE_PROTO_IKE))
		p.proto = 0;
	if (r->failed || !transforms ||
	    (list->count && p.number < list->p[list->count - 1].number))
		return -EBADMSG;
	while (!rc && transforms--)
		rc = read_transform(r, main, !transforms, &p, list);
	return rc ? rc : r->left ? -EBADMSG : 0;
}

static int read_proposal(struct ipsec_reader *r, bool main,
			 struct ike_proposals *list)
{
	struct ipsec_reader body;
	uint8_t next;
	uint16_t len;

	next = ipsec_read_u8(r);
	ipsec_read_u8(r);
	len = ipsec_read_u16(r);
	if (r->failed || len < PROPOSAL_HEADER)
		return -EBADMSG;
	body = ipsec_read_sub(r, len - 4U);
	if (body.failed || next != (r->left ? IKEV1_PROPOSAL : IKE_NONE))
		return -EBADMSG;
	return read_body(&body, main, list);
}

/* A bundle of which a part was not looked at is none. */
static void drop_part(struct ike_proposals *list, const struct ipsec_reader *r)
{
	uint8_t number;

	if (r->left <= NUMBER_AT)
		return;
	number = r->p[NUMBER_AT];
	while (list->count && list->p[list->count - 1].number == number)
		list->count--;
}

int ikev1_sa_read(const struct ike_payload *p, bool main,
		  struct ike_proposals *list)
{
	struct ipsec_reader r;
	int rc = 0;

	memset(list, 0, sizeof(*list));
	ipsec_reader_init(&r, p->data, p->len);
	if (ipsec_read_u32(&r) != IKEV1_DOI_IPSEC ||
	    ipsec_read_u32(&r) != IKEV1_SIT_IDENTITY_ONLY)
		return -EBADMSG;
	while (!rc && r.left && list->count < IKE_PROPOSALS_MAX)
		rc = read_proposal(&r, main, list);
	if (rc)
		ike_proposals_free(list);
	else
		drop_part(list, &r);
	return rc;
}

static bool same_proposal(const struct ike_proposal *a,
			  const struct ike_proposal *b)
{
	return a->number == b->number && a->proto == b->proto;
}

static void write_transform(struct ipsec_writer *w, bool main, bool last,
			    unsigned int place, const struct ike_proposal *p)
{
	size_t start = w->len;
	struct ikev1_attributes a;
	uint8_t id;

	ikev1_attributes_from(p, main, &id, &a);
	if (!id)
		w->failed = true;
	ipsec_write_u8(w, last ? IKE_NONE : IKEV1_TRANSFORM);
	ipsec_write_u8(w, 0);
	ipsec_write_u16(w, 0);
	ipsec_write_u8(w, p->transform_number ? p->transform_number :
						(uint8_t)place);
	ipsec_write_u8(w, id);
	ipsec_write_u16(w, 0);
	ikev1_attributes_write(w, main, &a);
	ipsec_write_u16_at(w, start + 2, (uint16_t)(w->len - start));
}

/* n transforms of one proposal. */
static void write_proposal(struct ipsec_writer *w, bool main, bool last,
			   const struct ike_proposal *p, unsigned int n)
{
	size_t start = w->len;
	unsigned int i;

	if (n > UINT8_MAX)
		w->failed = true;
	ipsec_write_u8(w, last ? IKE_NONE : IKEV1_PROPOSAL);
	ipsec_write_u8(w, 0);
	ipsec_write_u16(w, 0);
	ipsec_write_u8(w, p->number);
	ipsec_write_u8(w, p->proto);
	ipsec_write_u8(w, p->spi_len);
	ipsec_write_u8(w, (uint8_t)n);
	ipsec_write(w, p->spi, p->spi_len);
	for (i = 0; i < n; i++)
		write_transform(w, main, i + 1 == n, i + 1, &p[i]);
	ipsec_write_u16_at(w, start + 2, (uint16_t)(w->len - start));
}

void ikev1_sa_write(struct ike_builder *b, bool main,
		    const struct ike_proposals *list)
{
	struct ipsec_writer *w = ike_build_payload(b, IKEV1_SA);
	const struct ike_proposal *p = list->p;
	unsigned int i, n;

	ipsec_write_u32(w, IKEV1_DOI_IPSEC);
	ipsec_write_u32(w, IKEV1_SIT_IDENTITY_ONLY);
	for (i = 0; i < list->count; i += n) {
		n = 1;
		while (i + n < list->count && same_proposal(&p[i], &p[i + n]))
			n++;
		write_proposal(w, main, i + n == list->count, &p[i], n);
	}
}
