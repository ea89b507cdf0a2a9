// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cipher.h"
#include "sk.h"

#define PAYLOAD_HEADER 4
#define FRAGMENT_HEADER 4 /* number and total */

static const struct ike_direction_keys *keys_of(const struct ikev2_keys *k,
						const struct ike_header *h)
{
	return h->flags & IKEV2_FLAG_INITIATOR ? &k->i : &k->r;
}

static const struct ike_encr_info *info_of(const struct ikev2_keys *k)
{
	const struct ike_cipher *c = ike_cipher_find(k->encr, k->e_len);

	return c ? &c->info : NULL;
}

static size_t icv_len(const struct ikev2_keys *k,
		      const struct ike_encr_info *info)
{
	return info->icv ? info->icv : ike_integ_icv_len(k->integ);
}

size_t ikev2_iv_len(const struct ikev2_keys *k)
{
	const struct ike_encr_info *info = info_of(k);

	return info ? info->iv : 0;
}

/**
 * ikev2_seal_overhead() - what sealing adds to a chain at most
 * @k: keys of the IKE SA
 *
 * Return: bytes, those of a fragment's number included; 0 without keys.
 */
size_t ikev2_seal_overhead(const struct ikev2_keys *k)
{
	const struct ike_encr_info *info = info_of(k);

	if (!info)
		return 0;
	return IKE_HEADER_LEN + PAYLOAD_HEADER + FRAGMENT_HEADER + info->iv +
	       info->block + icv_len(k, info);
}

/* A message whose parts lie one behind the other. */
struct parts {
	uint8_t *msg;
	uint8_t *iv; /* what is before is authenticated only */
	uint8_t *body;
	size_t body_len;
	uint8_t *icv;
};

static int protect(const struct ikev2_keys *k, const struct ike_header *h,
		   const struct ike_encr_info *info, const struct parts *p)
{
	const struct ike_direction_keys *d = keys_of(k, h);
	const struct iovec iov = { p->msg, (size_t)(p->icv - p->msg) };
	int err;

	if (info->icv)
		return ike_aead_seal(k->encr, d->e, k->e_len, p->iv, p->msg,
				     (size_t)(p->iv - p->msg), p->body,
				     p->body_len, p->icv);
	err = ike_encrypt(k->encr, d->e, k->e_len, p->iv, p->body, p->body_len);
	if (!err)
		err = ike_integ(k->integ, d->a, &iov, 1, p->icv);
	return err;
}

/* The payload's body in clear, padded with zeros to the block. */
static void write_body(struct ipsec_writer *w, struct parts *p,
		       const struct ike_encr_info *info, const uint8_t *iv,
		       const void *plain, size_t len, size_t icv)
{
	size_t pad = (info->block - (len + 1) % info->block) % info->block;
	size_t at = w->len;

	ipsec_write(w, iv, info->iv);
	ipsec_write(w, plain, len);
	ipsec_write_room(w, pad);
	ipsec_write_u8(w, (uint8_t)pad);
	ipsec_write_room(w, icv);
	if (w->failed)
		return;
	p->msg = w->buf;
	p->iv = w->buf + at;
	p->body = p->iv + info->iv;
	p->body_len = len + pad + 1;
	p->icv = p->body + p->body_len;
}

/**
 * ikev2_seal() - a whole message of one encrypted payload
 * @k: keys of the IKE SA
 * @h: the header, but for next payload and length; its flags say whose the
 *     message is
 * @first: type of the chain's first payload
 * @number: of the fragment, from 1
 * @total: of fragments; 0: the message is whole, an SK payload
 * @iv: of ikev2_iv_len() bytes
 * @plain: the chain, or this fragment of it
 * @len: of it
 * @out: for the message
 * @size: of that room
 *
 * Only the first fragment says what the chain starts with (RFC 7383, 2.5).
 * Return: length of the message, or 0, with nothing of the chain left in out.
 */
size_t ikev2_seal(const struct ikev2_keys *k, const struct ike_header *h,
		  uint8_t first, unsigned int number, unsigned int total,
		  const uint8_t *iv, const void *plain, size_t len, void *out,
		  size_t size)
{
	const struct ike_encr_info *info = info_of(k);
	struct ipsec_writer *w;
	struct parts p = { 0 };
	struct ike_builder b;
	size_t done;

	if (!info)
		return 0;
	ike_build(&b, out, size, h);
	w = ike_build_payload(&b, total ? IKEV2_SKF : IKEV2_SK);
	if (total) {
		ipsec_write_u16(w, (uint16_t)number);
		ipsec_write_u16(w, (uint16_t)total);
	}
	write_body(w, &p, info, iv, plain, len, icv_len(k, info));
	done = ike_build_finish(&b);
	if (done)
		p.msg[IKE_HEADER_LEN] = total && number > 1 ? IKE_NONE : first;
	if (done && !protect(k, h, info, &p))
		return done;
	ike_wipe(out, b.w.len);
	return 0;
}

/* Finds the parts of the body, of which none may be missing. */
static bool find_parts(const struct ikev2_keys *k, const struct ike_message *m,
		       const struct ike_payload *sk,
		       const struct ike_encr_info *info, struct parts *p)
{
	size_t head = info->iv, icv = icv_len(k, info);

	if (sk->type == IKEV2_SKF)
		head += FRAGMENT_HEADER;
	if (sk->data + sk->len != m->raw + m->raw_len ||
	    sk->len < head + info->block + icv)
		return false;
	p->msg = (uint8_t *)m->raw;
	p->body = (uint8_t *)sk->data + head;
	p->iv = p->body - info->iv;
	p->body_len = sk->len - head - icv;
	p->icv = p->body + p->body_len;
	return !(p->body_len % info->block);
}

static int verify_integ(const struct ikev2_keys *k,
			const struct ike_direction_keys *d,
			const struct parts *p)
{
	const struct iovec iov = { p->msg, (size_t)(p->icv - p->msg) };
	uint8_t icv[IKE_ICV_MAX];
	int err = ike_integ(k->integ, d->a, &iov, 1, icv);

	if (!err && !ike_equal(icv, p->icv, ike_integ_icv_len(k->integ)))
		err = -EBADMSG;
	ike_wipe(icv, sizeof(icv));
	return err;
}

static int unprotect(const struct ikev2_keys *k, const struct ike_header *h,
		     const struct ike_encr_info *info, const struct parts *p,
		     uint8_t *out)
{
	const struct ike_direction_keys *d = keys_of(k, h);
	int err;

	if (info->icv) {
		memcpy(out, p->body, p->body_len);
		return ike_aead_open(k->encr, d->e, k->e_len, p->iv, p->msg,
				     (size_t)(p->iv - p->msg), out, p->body_len,
				     p->icv);
	}
	err = verify_integ(k, d, p);
	if (err)
		return err;
	memcpy(out, p->body, p->body_len);
	err = ike_decrypt(k->encr, d->e, k->e_len, p->iv, out, p->body_len);
	if (err)
		ike_wipe(out, p->body_len);
	return err;
}

/**
 * ikev2_open() - verify and decrypt the encrypted payload of a message
 * @k: keys of the IKE SA
 * @m: the message; its flags say whose it is
 * @sk: its SK or SKF payload, which is the last one
 * @out: for the chain, as long as the message
 * @len: set to the length of the chain, without padding
 *
 * Nothing is decrypted that does not verify. The padding may have any
 * content (RFC 7296 section 3.14).
 * Return: 0 or -EBADMSG, which does not tell what was wrong.
 */
int ikev2_open(const struct ikev2_keys *k, const struct ike_message *m,
	       const struct ike_payload *sk, uint8_t *out, size_t *len)
{
	const struct ike_encr_info *info = info_of(k);
	struct parts p;
	size_t pad;

	*len = 0;
	if (!info || !find_parts(k, m, sk, info, &p) ||
	    unprotect(k, &m->hdr, info, &p, out))
		return -EBADMSG;
	pad = (size_t)out[p.body_len - 1] + 1;
	if (pad > p.body_len) {
		ike_wipe(out, p.body_len);
		return -EBADMSG;
	}
	*len = p.body_len - pad;
	return 0;
}
