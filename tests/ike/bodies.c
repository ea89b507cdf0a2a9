// SPDX-License-Identifier: GPL-2.0-or-later
/* Every reader for every payload, for the fuzz targets. */
#include "bodies.h"

#include <stdlib.h>
#include <string.h>

#include "payload.h"
#include "proposal.h"
#include "ts.h"

void bodies_check(bool good)
{
	if (!good)
		abort();
}

void bodies_inside(const struct ike_payload *p, const uint8_t *data, size_t len)
{
	bodies_check(data >= p->data && len <= p->len &&
		     data + len <= p->data + p->len);
}

static uint8_t buf[IKE_MESSAGE_MAX + 1];

/* The payload that was built, as the other side reads it; NULL: too long. */
static const struct ike_payload *reread(struct ike_builder *b,
					struct ike_message *m)
{
	size_t len = ike_build_finish(b), rest;

	m->hdr.version = IKE_V2;
	m->payloads = 0;
	if (!len)
		return NULL;
	bodies_check(!ike_chain_parse(m, ike_build_first(b), buf, len, &rest) &&
		     m->payloads == 1);
	return m->payload;
}

static bool same(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	return a_len == b_len && !memcmp(a, b, a_len);
}

static void notify_again(const struct ike_notify *n, bool v2)
{
	struct ike_message m;
	struct ike_notify again;
	struct ike_builder b;
	const struct ike_payload *p;

	ike_build_chain(&b, buf, sizeof(buf));
	(v2 ? ikev2_notify_write : ikev1_notify_write)(
		&b, n->proto, n->type, n->spi, n->spi_len, n->data, n->len);
	p = reread(&b, &m);
	bodies_check(
		!p ||
		(!(v2 ? ikev2_notify_read : ikev1_notify_read)(p, &again) &&
		 again.proto == n->proto && again.type == n->type &&
		 same(again.spi, again.spi_len, n->spi, n->spi_len) &&
		 same(again.data, again.len, n->data, n->len)));
}

static void notify(const struct ike_payload *p)
{
	struct ike_notify n;

	if (!ikev2_notify_read(p, &n)) {
		bodies_inside(p, n.spi, n.spi_len);
		bodies_inside(p, n.data, n.len);
		notify_again(&n, true);
	}
	if (!ikev1_notify_read(p, &n)) {
		bodies_inside(p, n.spi, n.spi_len);
		bodies_inside(p, n.data, n.len);
		notify_again(&n, false);
	}
}

static void delete_again(const struct ike_delete *d, bool v2)
{
	struct ike_message m;
	struct ike_delete again;
	struct ike_builder b;
	const struct ike_payload *p;

	ike_build_chain(&b, buf, sizeof(buf));
	(v2 ? ikev2_delete_write : ikev1_delete_write)(&b, d->proto, d->spi_len,
						       d->count, d->spis);
	p = reread(&b, &m);
	bodies_check(
		!p ||
		(!(v2 ? ikev2_delete_read : ikev1_delete_read)(p, &again) &&
		 again.proto == d->proto && again.count == d->count &&
		 same(again.spis, again.count * again.spi_len, d->spis,
		      d->count * d->spi_len)));
}

static void delete (const struct ike_payload *p)
{
	struct ike_delete d;

	if (!ikev2_delete_read(p, &d)) {
		bodies_inside(p, d.spis, d.count * d.spi_len);
		delete_again(&d, true);
	}
	if (!ikev1_delete_read(p, &d)) {
		bodies_inside(p, d.spis, d.count * d.spi_len);
		delete_again(&d, false);
	}
}

static void ke_again(const struct ike_ke *ke)
{
	struct ike_message m;
	struct ike_ke again;
	struct ike_builder b;
	const struct ike_payload *p;

	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_ke_write(&b, ke->group, ke->data, ke->len);
	p = reread(&b, &m);
	bodies_check(!p ||
		     (!ikev2_ke_read(p, &again) && again.group == ke->group &&
		      same(again.data, again.len, ke->data, ke->len)));
}

/* AUTH and CERT have one form. */
static void method_again(uint8_t method, const uint8_t *data, size_t len)
{
	struct ike_message m;
	struct ike_auth_body a;
	struct ike_cert_body c;
	struct ike_builder b;
	const struct ike_payload *p;

	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_auth_write(&b, method, data, len);
	p = reread(&b, &m);
	bodies_check(!p || (!ikev2_auth_read(p, &a) && a.method == method &&
			    same(a.data, a.len, data, len)));
	ike_build_chain(&b, buf, sizeof(buf));
	ike_cert_write(&b, IKEV2_CERT, method, data, len);
	p = reread(&b, &m);
	bodies_check(!p || (!ike_cert_read(p, &c) && c.encoding == method &&
			    same(c.data, c.len, data, len)));
}

static void others(const struct ike_payload *p)
{
	struct ike_ke ke;
	struct ike_auth_body a;
	struct ike_cert_body c;
	struct ike_skf f;
	struct ikev1_fragment one;

	if (!ikev2_ke_read(p, &ke)) {
		bodies_inside(p, ke.data, ke.len);
		ke_again(&ke);
	}
	if (!ikev2_auth_read(p, &a)) {
		bodies_inside(p, a.data, a.len);
		method_again(a.method, a.data, a.len);
	}
	if (!ike_cert_read(p, &c))
		bodies_inside(p, c.data, c.len);
	if (!ikev2_skf_read(p, &f)) {
		bodies_inside(p, f.data, f.len);
		bodies_check(f.number && f.number <= f.total);
	}
	if (!ikev1_fragment_read(p, &one)) {
		bodies_inside(p, one.data, one.len);
		bodies_check(one.number && one.len);
	}
}

static void sa(const struct ike_payload *p)
{
	struct ike_proposals list;

	bodies_check(!ikev2_sa_read(p, &list) || !list.count);
	ike_proposals_free(&list);
	bodies_check(!ikev1_sa_read(p, true, &list) || !list.count);
	ike_proposals_free(&list);
	bodies_check(!ikev1_sa_read(p, false, &list) || !list.count);
	ike_proposals_free(&list);
}

static void selectors(const struct ike_payload *p)
{
	struct ike_ts_list list;
	struct ike_ts ts;

	if (!ikev2_ts_read(p, &list))
		bodies_check(list.count <= IKE_TS_MAX);
	ikev1_ts_read(p, &ts);
}

static void identity(const struct ike_payload *p)
{
	struct ike_id id;
	char text[IKE_ID_STRLEN];

	if (p->len >= 4 &&
	    !ike_id_read(&id, p->data[0], p->data + 4, p->len - 4))
		ike_id_text(&id, text, sizeof(text));
}

void bodies_read(const struct ike_message *m)
{
	unsigned int i;

	for (i = 0; i < m->payloads; i++) {
		const struct ike_payload *p = &m->payload[i];

		switch (p->type) {
		case IKEV1_SA:
		case IKEV2_SA:
			sa(p);
			break;
		case IKEV1_NOTIFY:
		case IKEV2_NOTIFY:
			notify(p);
			break;
		case IKEV1_DELETE:
		case IKEV2_DELETE:
			delete (p);
			break;
		case IKEV2_TSI:
		case IKEV2_TSR:
			selectors(p);
			break;
		case IKEV1_ID:
			selectors(p);
			/* fall through */
		case IKEV2_IDI:
		case IKEV2_IDR:
			identity(p);
			break;
		default:
			others(p);
		}
	}
}
