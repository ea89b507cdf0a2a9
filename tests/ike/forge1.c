// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of version 1 as only a peer that holds the keys could send them. */
#include "forge1.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "sk.h"

static void must(bool good)
{
	if (!good)
		abort();
}

struct ikev1_out *forge1_begin(const struct forge1 *f)
{
	struct ikev1_out *out = ikev1_out_new(f->sa, f->exchange, f->id);

	must(out);
	if (f->hash != FORGE1_NO_HASH)
		ikev1_hash_reserve(out, f->sa);
	return out;
}

static struct iovec blob_iov(struct ike_blob blob)
{
	return (struct iovec){ (void *)blob.data, blob.len };
}

/* MS-IKEE 3.8: HASH(2) of an acknowledgement is not of what follows it. */
static void fill_ack(const struct forge1 *f, struct ikev1_out *out,
		     struct iovec id)
{
	const struct ikev1_keys *k = &ikev1_of(f->sa)->keys;
	struct iovec iov[] = { blob_iov(f->ni), id, blob_iov(f->nr),
			       blob_iov(f->body) };

	must(!ike_prf(k->prf, k->a, k->len, iov, 4,
		      out->buf + IKE_HEADER_LEN + 4));
}

/* RFC 2409 section 5: whoever sends it is the first in all of it. */
static void fill_auth(const struct forge1 *f, struct ikev1_out *out)
{
	const struct ikev1 *v1 = ikev1_of(f->sa);
	const struct ikev1_bytes *ke[] = { &v1->ke_i, &v1->ke_r };
	const uint8_t *cky[] = { ike_sa_spi_i(f->sa), ike_sa_spi_r(f->sa) };
	int r = !f->initiator;
	struct iovec iov[] = {
		blob_iov(ikev1_blob(ke[r])),
		blob_iov(ikev1_blob(ke[!r])),
		{ (void *)cky[r], IKE_SPI_LEN },
		{ (void *)cky[!r], IKE_SPI_LEN },
		blob_iov(ikev1_blob(&v1->sa_body)),
		blob_iov(f->body),
	};

	must(!ike_prf(v1->keys.prf, v1->keys.skeyid, v1->keys.len, iov, 6,
		      out->buf + IKE_HEADER_LEN + 4));
}

/* What is hashed before the payloads behind the HASH. */
static void fill_hash(const struct forge1 *f, struct ikev1_out *out)
{
	static const uint8_t zero;
	uint32_t be = htonl(f->id);
	struct iovec id = { &be, sizeof(be) };
	struct iovec ni = blob_iov(f->ni), nr = blob_iov(f->nr);
	struct iovec head[4];
	unsigned int n = 0;

	switch (f->hash) {
	case FORGE1_NO_HASH:
		return;
	case FORGE1_ACK:
		fill_ack(f, out, id);
		return;
	case FORGE1_AUTH:
		fill_auth(f, out);
		return;
	case FORGE1_HASH1:
		head[n++] = id;
		break;
	case FORGE1_HASH2:
		head[n++] = id;
		head[n++] = ni;
		break;
	case FORGE1_HASH3:
		head[n++] = (struct iovec){ (void *)&zero, 1 };
		head[n++] = id;
		head[n++] = ni;
		head[n++] = nr;
		break;
	}
	must(!ikev1_hash_fill(out, f->sa, head, n));
}

static size_t encrypt(const struct forge1 *f, uint8_t *buf, size_t len)
{
	const struct ikev1_keys *k = &ikev1_of(f->sa)->keys;
	size_t block = k->block, body = len - IKE_HEADER_LEN;
	size_t padded = (body + block - 1) / block * block;
	uint8_t iv[IKE_BLOCK_MAX];
	uint32_t be;

	memcpy(iv, f->iv, sizeof(iv));
	memset(buf + len, 0, padded - body);
	len = IKE_HEADER_LEN + padded;
	be = htonl((uint32_t)len);
	memcpy(buf + FORGE1_LENGTH, &be, sizeof(be));
	buf[FORGE1_FLAGS] |= IKEV1_FLAG_ENCRYPTED;
	must(!ikev1_encrypt(k, iv, buf + IKE_HEADER_LEN, padded));
	return len;
}

size_t forge1_end(const struct forge1 *f, struct ikev1_out *out, uint8_t *buf)
{
	size_t len = ike_build_finish(&out->b);

	must(len);
	fill_hash(f, out);
	memcpy(buf, out->buf, len);
	ikev1_out_free(out);
	return f->clear ? len : encrypt(f, buf, len);
}

void forge1_tell_as(const struct ike_sa *sa, const uint8_t *last,
		    struct net_host *from, struct net_host *to,
		    void (*write)(struct ikev1_out *out))
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	struct ike_path path = { to->addr, from->addr, IKE_PORT, IKE_PORT };
	uint8_t iv[IKE_BLOCK_MAX];
	struct forge1 f = {
		.sa = sa,
		.exchange = IKEV1_INFORMATIONAL,
		.id = 7,
		.hash = FORGE1_HASH1,
		.iv = iv,
	};
	struct ikev1_out *out = forge1_begin(&f);

	must(!ikev1_iv_quick(&ikev1_of(sa)->keys, last, f.id, iv));
	write(out);
	net_inject(to, &path, buf, forge1_end(&f, out, buf));
}

void forge1_tell(struct net_host *from, struct net_host *to,
		 void (*write)(struct ikev1_out *out))
{
	const struct ike_sa *sa = net_sa(from);

	forge1_tell_as(sa, ikev1_of(sa)->last_main, from, to, write);
}
