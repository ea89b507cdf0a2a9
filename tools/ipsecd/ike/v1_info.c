// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Informational exchanges: notifies, deletes as RFC 2409 has them and as
 * Windows acknowledges them (MS-IKEE 3.8), dead peer detection (RFC 3706).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "v1.h"

#define DELETE_TRIES 5 /* MS-IKEE 3.8: sent once and four times again */
#define DPD_TRIES 5
#define DPD_INTERVAL_MS 2000

static struct iovec id_iov(uint32_t *be, uint32_t id)
{
	*be = htonl(id);
	return (struct iovec){ be, sizeof(*be) };
}

/* Phase 2 hangs on main mode's last block, of the moment while it lasts. */
static int first_iv(const struct ike_sa *sa, uint32_t id, uint8_t *iv)
{
	const struct ikev1 *v1 = ikev1_of(sa);

	return ikev1_iv_quick(&v1->keys,
			      sa->established ? v1->last_main : v1->wire.iv, id,
			      iv);
}

/* A message that nobody answers: iv is of its exchange. */
static void send_once(struct ike_sa *sa, struct ikev1_out *out,
		      const uint8_t *iv)
{
	struct ikev1_wire wire;

	ikev1_wire_init(&wire, sa, NULL);
	if (iv)
		memcpy(wire.iv, iv, sizeof(wire.iv));
	ikev1_out_send(out, &wire, iv != NULL, 0);
	ikev1_wire_free(&wire);
}

void ikev1_notify(struct ike_sa *sa, uint8_t proto, uint16_t type,
		  const void *spi, size_t spi_len, const void *data, size_t len)
{
	bool protect = ikev1_of(sa)->has_keys;
	uint32_t id = ikev1_fresh_id(sa), be;
	struct iovec head = id_iov(&be, id);
	uint8_t iv[IKE_BLOCK_MAX];
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_INFORMATIONAL, id);
	int err = out ? 0 : -ENOMEM;

	if (err)
		return;
	if (protect)
		ikev1_hash_reserve(out, sa);
	ikev1_notify_write(&out->b, proto, type, spi, spi_len, data, len);
	if (protect)
		err = first_iv(sa, id, iv) ?:
					     ikev1_hash_fill(out, sa, &head, 1);
	if (err)
		ikev1_out_free(out);
	else
		send_once(sa, out, protect ? iv : NULL);
}

/* Deletes. */

static void add_delete(struct ikev1_out *out, const struct ike_child_proto *p)
{
	uint32_t spi = htonl(p->spi_in);

	ikev1_delete_write(&out->b,
			   p->proto == IPSECDRV_PROTO_AH ? IKE_PROTO_AH :
							   IKE_PROTO_ESP,
			   sizeof(spi), 1, &spi);
}

void ikev1_notice_free(struct ike_sa *sa, struct ikev1_notice *notice)
{
	TAILQ_REMOVE(&ikev1_of(sa)->notices, notice, link);
	ikev1_wire_free(&notice->wire);
	ikev1_bytes_free(&notice->ni);
	free(notice);
}

static void notice_over(struct ike_sa *sa, struct ikev1_notice *notice)
{
	bool last = notice->last;

	ikev1_notice_free(sa, notice);
	if (last)
		ikev1_end(sa, IPSECDRV_REFUSE_REASON_POLICY);
}

static void notice_given_up(struct ikev1_wire *wire)
{
	notice_over(wire->sa, ike_container(wire, struct ikev1_notice, wire));
}

static struct ikev1_notice *notice_new(struct ike_sa *sa, uint32_t id)
{
	struct ikev1_notice *notice = calloc(1, sizeof(*notice));
	const struct ike_env *env = sa->engine->env;
	uint8_t nonce[IKEV1_NONCE_LEN];

	if (!notice)
		return NULL;
	notice->id = id;
	ikev1_wire_init(&notice->wire, sa, notice_given_up);
	TAILQ_INSERT_TAIL(&ikev1_of(sa)->notices, notice, link);
	if (!first_iv(sa, id, notice->wire.iv) &&
	    !env->random(env->ctx, nonce, sizeof(nonce)) &&
	    !ikev1_bytes_set(&notice->ni, nonce, sizeof(nonce)))
		return notice;
	ikev1_notice_free(sa, notice);
	return NULL;
}

/*
 * One protocol of a child, or the IKE SA itself. Only Windows acknowledges,
 * and its exchange has room for one Delete payload. True: that is awaited.
 */
static bool send_delete(struct ike_sa *sa, const struct ike_child_proto *proto)
{
	bool reliable = ikev1_of(sa)->vendor & IKEV1_VENDOR_MICROSOFT;
	uint32_t id = ikev1_fresh_id(sa), be;
	struct iovec head = id_iov(&be, id);
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_INFORMATIONAL, id);
	struct ikev1_notice *notice = out ? notice_new(sa, id) : NULL;

	if (!notice) {
		ikev1_out_free(out);
		return false;
	}
	ikev1_hash_reserve(out, sa);
	if (reliable)
		ike_bytes_write(&out->b, IKEV1_NONCE, notice->ni.data,
				notice->ni.len);
	if (proto)
		add_delete(out, proto);
	else
		ikev1_delete_write(&out->b, IKE_PROTO_IKE, 2 * IKE_SPI_LEN, 1,
				   out->buf);
	notice->last = !proto;
	if (ikev1_hash_fill(out, sa, &head, 1)) {
		ikev1_out_free(out);
		ikev1_notice_free(sa, notice);
		return false;
	}
	if (!ikev1_out_send(out, &notice->wire, true,
			    reliable ? DELETE_TRIES : 0) &&
	    reliable)
		return true;
	ikev1_notice_free(sa, notice);
	return false;
}

void ikev1_delete_tell(struct ike_sa *sa, const struct ike_child *child)
{
	unsigned int i;

	for (i = 0; i < child->protos; i++)
		send_delete(sa, &child->proto[i]);
}

void ikev1_delete_child(struct ike_sa *sa, struct ike_child *child)
{
	ikev1_delete_tell(sa, child);
	ike_child_free(child);
}

void ikev1_delete_sa(struct ike_sa *sa)
{
	struct ike_child *child;

	ike_sa_deleting(sa);
	TAILQ_FOREACH(child, &sa->children, link)
		if (child->id)
			ikev1_delete_tell(sa, child);
	ike_log_end(sa, NULL);
	ike_timer_stop(&sa->engine->timers, &ikev1_of(sa)->retire);
	if (!send_delete(sa, NULL))
		ikev1_end(sa, IPSECDRV_REFUSE_REASON_POLICY);
}

/* MS-IKEE 3.8: Windows ends them by deletes of their own, or lets them be. */
static void orphan_children(struct ike_sa *sa)
{
	struct ike_child *child, *next;

	for (child = TAILQ_FIRST(&sa->children); child; child = next) {
		next = TAILQ_NEXT(child, link);
		if (child->id && !ikev1_quick_of(sa, child) &&
		    child->state != IKE_CHILD_REPLACED &&
		    child->state != IKE_CHILD_DELETING)
			ike_child_orphan(child);
	}
}

/* Its quick-mode SAs go to another SA with the peer, if there is one. */
static void sa_deleted(struct ike_sa *sa)
{
	struct ike_sa *next = ikev1_successor(sa);

	if (next) {
		ikev1_move_children(sa, next);
		next->ops->kick(next);
	}
	if (ikev1_of(sa)->vendor & IKEV1_VENDOR_MICROSOFT)
		orphan_children(sa);
	ike_log_end(sa, "the peer has ended it");
	ikev1_end(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

/*
 * May who speaks on sa speak for other's peer, too? The identity alone does not
 * say so: another rule's CA may give the same one to somebody else.
 */
static bool is_same_peer(const struct ike_sa *sa, const struct ike_sa *other,
			 const struct ike_child *child)
{
	return ike_id_equal(&other->remote_id, &sa->remote_id) &&
	       (ike_same_rule(other->rule, sa->rule) ||
		ikev1_rule_allows(sa, child->rule));
}

/* One SA of any main mode with the peer: main modes come and go before them. */
static struct ike_child *find_child(struct ike_sa *sa, uint8_t proto,
				    uint32_t spi)
{
	struct ike_child *child = ike_child_by_spi_out(sa, proto, spi);
	struct ike_sa *other;

	if (child)
		return child;
	TAILQ_FOREACH(other, &sa->engine->list, link) {
		if (other->version != 1)
			continue;
		child = ike_child_by_spi_out(other, proto, spi);
		if (child && is_same_peer(sa, other, child))
			return child;
	}
	return NULL;
}

static void child_deleted(struct ike_sa *sa, const struct ike_delete *d)
{
	unsigned int i;

	for (i = 0; i < d->count; i++) {
		struct ike_child *child;
		uint32_t spi;

		memcpy(&spi, d->spis + i * sizeof(spi), sizeof(spi));
		child = find_child(sa, d->proto, ntohl(spi));
		if (!child)
			continue;
		ike_log_child_end(child, "the peer has deleted it");
		ike_child_free(child);
	}
}

/* True: the SA itself, all that who has not proven its identity may speak of. */
static bool take_delete(struct ike_sa *sa, const struct ike_payload *p)
{
	struct ike_delete d;

	if (ikev1_delete_read(p, &d))
		return false;
	if (d.proto == IKE_PROTO_IKE)
		return d.count == 1 && d.spi_len == 2 * IKE_SPI_LEN &&
		       !memcmp(d.spis, ike_sa_spi_i(sa), IKE_SPI_LEN) &&
		       !memcmp(d.spis + IKE_SPI_LEN, ike_sa_spi_r(sa),
			       IKE_SPI_LEN);
	if (d.spi_len == sizeof(uint32_t) && sa->established)
		child_deleted(sa, &d);
	return false;
}

/* HASH(2) = prf(SKEYID_a, Ni | M-ID | Nr | D); the payloads are HASH, D, Nr. */
static void acknowledge(struct ike_sa *sa, const struct ike_message *m,
			const struct ike_payload *ni, uint8_t *iv)
{
	const struct ike_payload *d = ike_payload_get(m, IKEV1_DELETE);
	const struct ike_env *env = sa->engine->env;
	struct ikev1 *v1 = ikev1_of(sa);
	uint8_t nonce[IKEV1_NONCE_LEN], hash[IKE_PRF_MAX];
	struct ikev1_out *out;
	struct iovec iov[4];
	uint32_t be;

	if (!d || env->random(env->ctx, nonce, sizeof(nonce)))
		return;
	out = ikev1_out_new(sa, IKEV1_INFORMATIONAL, m->hdr.id);
	if (!out)
		return;
	iov[0] = (struct iovec){ (void *)ni->data, ni->len };
	iov[1] = id_iov(&be, m->hdr.id);
	iov[2] = (struct iovec){ nonce, sizeof(nonce) };
	iov[3] = (struct iovec){ (void *)d->data, d->len };
	if (ike_prf(v1->keys.prf, v1->keys.a, v1->keys.len, iov, 4, hash)) {
		ikev1_out_free(out);
		return;
	}
	ike_bytes_write(&out->b, IKEV1_HASH, hash, v1->keys.len);
	ike_bytes_write(&out->b, IKEV1_DELETE, d->data, d->len);
	ike_bytes_write(&out->b, IKEV1_NONCE, nonce, sizeof(nonce));
	send_once(sa, out, iv);
}

static bool is_acknowledged(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_payload *hash = ike_payload_get(m, IKEV1_HASH);
	const struct ike_payload *d = ike_payload_get(m, IKEV1_DELETE);
	const struct ike_payload *nr = ike_payload_get(m, IKEV1_NONCE);
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_notice *notice;
	uint8_t want[IKE_PRF_MAX];
	struct iovec iov[4];
	uint32_t be;

	TAILQ_FOREACH(notice, &v1->notices, link)
		if (notice->id == m->hdr.id)
			break;
	if (!notice || !hash || !d || !nr || hash->len != v1->keys.len)
		return notice;
	iov[0] = (struct iovec){ notice->ni.data, notice->ni.len };
	iov[1] = id_iov(&be, m->hdr.id);
	iov[2] = (struct iovec){ (void *)nr->data, nr->len };
	iov[3] = (struct iovec){ (void *)d->data, d->len };
	if (!ike_prf(v1->keys.prf, v1->keys.a, v1->keys.len, iov, 4, want) &&
	    ike_equal(want, hash->data, hash->len))
		notice_over(sa, notice);
	return true;
}

/* Dead peer detection. */

static void send_dpd(struct ike_sa *sa, uint16_t type, uint32_t number)
{
	uint8_t spi[2 * IKE_SPI_LEN];
	uint32_t be = htonl(number);

	memcpy(spi, ike_sa_spi_i(sa), IKE_SPI_LEN);
	memcpy(spi + IKE_SPI_LEN, ike_sa_spi_r(sa), IKE_SPI_LEN);
	ikev1_notify(sa, IKE_PROTO_IKE, type, spi, sizeof(spi), &be,
		     sizeof(be));
}

static void dpd_send_next(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);

	v1->dpd_tries++;
	send_dpd(sa, IKEV1_R_U_THERE, v1->dpd_out);
	ike_timer_set(&sa->engine->timers, &v1->dpd,
		      ike_now(sa->engine) + DPD_INTERVAL_MS);
}

void ikev1_dpd(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	const struct ike_env *env = sa->engine->env;

	/* Windows Server 2003 has none. */
	if (!(v1->vendor & IKEV1_VENDOR_DPD) || v1->dpd_tries)
		return;
	if (!v1->dpd_out) {
		env->random(env->ctx, &v1->dpd_out, sizeof(v1->dpd_out));
		v1->dpd_out >>= 1; /* RFC 3706 section 6: the high bit is 0 */
	}
	v1->dpd_out++;
	dpd_send_next(sa);
}

void ikev1_dpd_due(struct ike_timer *timer)
{
	struct ikev1 *v1 = ike_container(timer, struct ikev1, dpd);
	struct ike_sa *sa = v1->sa;

	if (v1->dpd_tries < DPD_TRIES) {
		dpd_send_next(sa);
		return;
	}
	sa->engine->counters.dead_peers++;
	ike_log_end(sa, "the peer is dead: no answer to its probes");
	ikev1_end(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

static void take_dpd(struct ike_sa *sa, const struct ike_notify *n)
{
	struct ikev1 *v1 = ikev1_of(sa);
	uint32_t number;

	if (n->len != sizeof(number))
		return;
	memcpy(&number, n->data, sizeof(number));
	number = ntohl(number);
	if (n->type == IKEV1_R_U_THERE) {
		/* Each answer takes an ID of ours, which are not without end. */
		if (!v1->again)
			send_dpd(sa, IKEV1_R_U_THERE_ACK, number);
	} else if (v1->dpd_tries && number == v1->dpd_out) {
		v1->dpd_tries = 0;
		ike_timer_stop(&sa->engine->timers, &v1->dpd);
		ike_log(sa, IKE_LOG_DEBUG, "the peer is alive");
	}
}

/* Notifies under the SA. */

static void take_notify(struct ike_sa *sa, const struct ike_message *m,
			const struct ike_payload *p)
{
	struct ike_notify n;

	if (ikev1_notify_read(p, &n))
		return;
	switch (n.type) {
	case IKEV1_R_U_THERE:
	case IKEV1_R_U_THERE_ACK:
		take_dpd(sa, &n);
		return;
	case IKEV1_CONNECTED:
		ikev1_quick_connected(sa, m->hdr.id);
		return;
	case IKEV1_INITIAL_CONTACT:
		return;
	}
	ike_log(sa, IKE_LOG_INFO, "the peer says %s",
		ike_notify_name(1, n.type));
	if (n.type >= IKEV1_CONNECTED)
		return;
	if (sa->state == IKE_SA_CONNECTING)
		ikev1_main_refused(sa, n.type);
	else
		ikev1_quick_failed(sa, n.data, n.len, n.type);
}

/* Deletes last: nothing of the message may act on what they end. */
static void take_payloads(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_payload *p = NULL;
	bool ends = false;

	if (sa->established)
		ikev1_contact_read(sa, m);
	while ((p = ike_payload_next(m, IKEV1_NOTIFY, p)))
		take_notify(sa, m, p);
	while ((p = ike_payload_next(m, IKEV1_DELETE, p)))
		ends |= take_delete(sa, p);
	if (ends)
		sa_deleted(sa);
}

static void take_protected(struct ike_sa *sa, struct ike_message *m)
{
	uint8_t plain[IKE_MESSAGE_MAX], iv[IKE_BLOCK_MAX];
	const struct ike_payload *ni;
	struct ikev1_notice *notice;
	uint32_t be;
	struct iovec head = id_iov(&be, m->hdr.id);

	if (first_iv(sa, m->hdr.id, iv))
		return;
	/* The answer to a delete of ours goes on with its IV. */
	TAILQ_FOREACH(notice, &ikev1_of(sa)->notices, link)
		if (notice->id == m->hdr.id)
			memcpy(iv, notice->wire.iv, sizeof(iv));
	if (ikev1_decrypt_message(sa, m, iv, plain))
		return;
	if (is_acknowledged(sa, m) || ikev1_hash_check(sa, m, &head, 1))
		return;
	ikev1_heard_first(sa, m->hdr.id);
	ni = ike_payload_get(m, IKEV1_NONCE);
	if (ni)
		acknowledge(sa, m, ni, iv);
	take_payloads(sa, m);
	ike_wipe(plain, m->raw_len);
}

/*
 * In clear, before there are keys: nothing that could not be anybody's. The
 * log keeps it, and a Windows under load gets its cookie back.
 */
static void take_clear(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_NOTIFY);
	struct ikev1 *v1 = ikev1_of(sa);
	static const uint8_t none[IKE_SPI_LEN];
	struct ike_notify n;

	if (!p || ikev1_notify_read(p, &n)) {
		sa->engine->counters.unexpected++;
		return;
	}
	if (n.type == IKEV1_INVALID_COOKIE) {
		ikev1_lost_hint(sa);
		return;
	}
	if (sa->established) {
		sa->engine->counters.unexpected++;
		return;
	}
	ike_log(sa, IKE_LOG_INFO,
		"an unprotected notify says %s; it is not acted upon",
		ike_notify_name(1, n.type));
	if (n.type < IKEV1_CONNECTED)
		ikev1_refused(sa, n.type);
	if (n.type != IKEV1_MS_DOS_COOKIE || n.len != IKE_SPI_LEN ||
	    !sa->initiator || v1->expect != 2 ||
	    memcmp(v1->dos_cookie, none, IKE_SPI_LEN))
		return;
	memcpy(v1->dos_cookie, n.data, IKE_SPI_LEN);
	ikev1_main_start(sa);
}

void ikev1_info_message(struct ike_sa *sa, struct ike_message *m)
{
	if (!(m->hdr.flags & IKEV1_FLAG_ENCRYPTED))
		take_clear(sa, m);
	else if (ikev1_of(sa)->has_keys)
		take_protected(sa, m);
	else
		sa->engine->counters.unexpected++;
}
