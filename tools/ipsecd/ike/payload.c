// SPDX-License-Identifier: GPL-2.0-or-later
/* Bodies of the small payloads, of both versions. */
#include "payload.h"

#include <errno.h>

#define SPI_LEN 4 /* of AH and ESP */
#define FRAGMENT_LAST 0x01

static void start(struct ipsec_reader *r, const struct ike_payload *p)
{
	ipsec_reader_init(r, p->data, p->len);
}

/* All that is left; never NULL for a body that was read so far. */
static int finish(struct ipsec_reader *r, const uint8_t **data, size_t *len)
{
	*len = r->left;
	*data = ipsec_read(r, r->left);
	return r->failed ? -EBADMSG : 0;
}

int ikev2_ke_read(const struct ike_payload *p, struct ike_ke *ke)
{
	struct ipsec_reader r;

	start(&r, p);
	ke->group = ipsec_read_u16(&r);
	ipsec_read_u16(&r);
	return finish(&r, &ke->data, &ke->len);
}

static int read_notify(struct ipsec_reader *r, struct ike_notify *n)
{
	n->proto = ipsec_read_u8(r);
	n->spi_len = ipsec_read_u8(r);
	n->type = ipsec_read_u16(r);
	n->spi = ipsec_read(r, n->spi_len);
	return finish(r, &n->data, &n->len);
}

int ikev2_notify_read(const struct ike_payload *p, struct ike_notify *n)
{
	struct ipsec_reader r;

	start(&r, p);
	return read_notify(&r, n);
}

/* The DOI of notify and delete payloads: IPsec, or ISAKMP itself. */
static bool read_doi(struct ipsec_reader *r)
{
	return ipsec_read_u32(r) <= IKEV1_DOI_IPSEC;
}

int ikev1_notify_read(const struct ike_payload *p, struct ike_notify *n)
{
	struct ipsec_reader r;

	start(&r, p);
	if (!read_doi(&r))
		return -EBADMSG;
	return read_notify(&r, n);
}

/*
 * The SPIs are all that follows, each as long as the protocol has them, so
 * that neither count nor length can lie. Nothing names an IKE SA in version 2:
 * it is the one of the message.
 */
static int read_delete(struct ipsec_reader *r, struct ike_delete *d,
		       size_t ike_spi)
{
	size_t len;

	d->proto = ipsec_read_u8(r);
	d->spi_len = ipsec_read_u8(r);
	d->count = ipsec_read_u16(r);
	switch (d->proto) {
	case IKE_PROTO_IKE:
		if (d->spi_len != ike_spi)
			return -EBADMSG;
		if (!ike_spi)
			d->count = 0;
		break;
	case IKE_PROTO_AH:
	case IKE_PROTO_ESP:
		if (d->spi_len != SPI_LEN)
			return -EBADMSG;
		break;
	default:
		return -EBADMSG;
	}
	if (finish(r, &d->spis, &len))
		return -EBADMSG;
	return len == d->count * d->spi_len ? 0 : -EBADMSG;
}

int ikev2_delete_read(const struct ike_payload *p, struct ike_delete *d)
{
	struct ipsec_reader r;

	start(&r, p);
	return read_delete(&r, d, 0);
}

int ikev1_delete_read(const struct ike_payload *p, struct ike_delete *d)
{
	struct ipsec_reader r;

	start(&r, p);
	if (!read_doi(&r))
		return -EBADMSG;
	return read_delete(&r, d, 2 * IKE_SPI_LEN);
}

int ikev2_auth_read(const struct ike_payload *p, struct ike_auth_body *a)
{
	struct ipsec_reader r;

	start(&r, p);
	a->method = ipsec_read_u8(&r);
	ipsec_read(&r, 3);
	return finish(&r, &a->data, &a->len);
}

int ike_cert_read(const struct ike_payload *p, struct ike_cert_body *c)
{
	struct ipsec_reader r;

	start(&r, p);
	c->encoding = ipsec_read_u8(&r);
	return finish(&r, &c->data, &c->len);
}

int ikev2_skf_read(const struct ike_payload *p, struct ike_skf *f)
{
	struct ipsec_reader r;

	start(&r, p);
	f->number = ipsec_read_u16(&r);
	f->total = ipsec_read_u16(&r);
	if (finish(&r, &f->data, &f->len))
		return -EBADMSG;
	return f->number && f->number <= f->total ? 0 : -EBADMSG;
}

int ikev1_fragment_read(const struct ike_payload *p, struct ikev1_fragment *f)
{
	struct ipsec_reader r;

	start(&r, p);
	f->id = ipsec_read_u16(&r);
	f->number = ipsec_read_u8(&r);
	f->last = ipsec_read_u8(&r) & FRAGMENT_LAST;
	if (finish(&r, &f->data, &f->len))
		return -EBADMSG;
	return f->number && f->len ? 0 : -EBADMSG;
}

void ikev2_ke_write(struct ike_builder *b, uint16_t group, const void *data,
		    size_t len)
{
	struct ipsec_writer *w = ike_build_payload(b, IKEV2_KE);

	ipsec_write_u16(w, group);
	ipsec_write_u16(w, 0);
	ipsec_write(w, data, len);
}

static void write_notify(struct ipsec_writer *w, const struct ike_notify *n)
{
	if (n->spi_len > UINT8_MAX)
		w->failed = true;
	ipsec_write_u8(w, n->proto);
	ipsec_write_u8(w, (uint8_t)n->spi_len);
	ipsec_write_u16(w, n->type);
	ipsec_write(w, n->spi, n->spi_len);
	ipsec_write(w, n->data, n->len);
}

void ikev2_notify_write(struct ike_builder *b, uint8_t proto, uint16_t type,
			const void *spi, size_t spi_len, const void *data,
			size_t len)
{
	struct ike_notify n = { proto, type, spi, spi_len, data, len };

	write_notify(ike_build_payload(b, IKEV2_NOTIFY), &n);
}

void ikev1_notify_write(struct ike_builder *b, uint8_t proto, uint16_t type,
			const void *spi, size_t spi_len, const void *data,
			size_t len)
{
	struct ipsec_writer *w = ike_build_payload(b, IKEV1_NOTIFY);
	struct ike_notify n = { proto, type, spi, spi_len, data, len };

	ipsec_write_u32(w, IKEV1_DOI_IPSEC);
	write_notify(w, &n);
}

static void write_delete(struct ipsec_writer *w, const struct ike_delete *d)
{
	if (d->spi_len > UINT8_MAX || d->count > UINT16_MAX)
		w->failed = true;
	ipsec_write_u8(w, d->proto);
	ipsec_write_u8(w, (uint8_t)d->spi_len);
	ipsec_write_u16(w, (uint16_t)d->count);
	ipsec_write(w, d->spis, d->spi_len * d->count);
}

void ikev2_delete_write(struct ike_builder *b, uint8_t proto, size_t spi_len,
			unsigned int count, const void *spis)
{
	struct ike_delete d = { proto, spi_len, count, spis };

	write_delete(ike_build_payload(b, IKEV2_DELETE), &d);
}

void ikev1_delete_write(struct ike_builder *b, uint8_t proto, size_t spi_len,
			unsigned int count, const void *spis)
{
	struct ipsec_writer *w = ike_build_payload(b, IKEV1_DELETE);
	struct ike_delete d = { proto, spi_len, count, spis };

	ipsec_write_u32(w, IKEV1_DOI_IPSEC);
	write_delete(w, &d);
}

void ikev2_auth_write(struct ike_builder *b, uint8_t method, const void *data,
		      size_t len)
{
	struct ipsec_writer *w = ike_build_payload(b, IKEV2_AUTH_PAYLOAD);

	ipsec_write_u8(w, method);
	ipsec_write_room(w, 3);
	ipsec_write(w, data, len);
}

void ike_cert_write(struct ike_builder *b, uint8_t type, uint8_t encoding,
		    const void *data, size_t len)
{
	struct ipsec_writer *w = ike_build_payload(b, type);

	ipsec_write_u8(w, encoding);
	ipsec_write(w, data, len);
}

void ike_bytes_write(struct ike_builder *b, uint8_t type, const void *data,
		     size_t len)
{
	ipsec_write(ike_build_payload(b, type), data, len);
}
