// SPDX-License-Identifier: GPL-2.0-only
/*
 * See esp.h.
 *
 * The AAD is SPI and sequence number as they are on the wire; with ESN the upper half of
 * the sequence number goes between them. To give the crypto API one contiguous buffer in that
 * case too, the SPI moves 4 bytes down, over the end of the header before it, and both
 * are put back when the cipher is done. authencesn() for its part moves the upper half
 * into the place of the ICV for a while, which is ours as well.
 */
#include <crypto/algapi.h>
#include <linux/ip.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/unaligned.h>

#include <kunit/visibility.h>

#include "esp.h"
#include "gcm.h"
#include "request.h"
#include "sadb.h"

#define IPD_ESP_TRAILER	2	/* padding length and next header */

static unsigned int ipd_esp_padded(const struct ipd_sa *sa, unsigned int payload)
{
	return ALIGN(payload + IPD_ESP_TRAILER, sa->align);
}

unsigned int ipd_esp_size(const struct ipd_sa *sa, unsigned int payload)
{
	return sa->hdr_len + ipd_esp_padded(sa, payload) + sa->icv_len;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_esp_size);

unsigned int ipd_esp_payload(const struct ipd_sa *sa, unsigned int size)
{
	unsigned int fixed = sa->hdr_len + sa->icv_len;

	if (size < fixed + sa->align)
		return 0;
	return ALIGN_DOWN(size - fixed, sa->align) - IPD_ESP_TRAILER;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_esp_payload);

int ipd_esp_check(const struct ipd_sa *sa, unsigned int len)
{
	unsigned int fixed = sa->hdr_len + sa->icv_len;

	if (len < fixed + sa->align)
		return -EMSGSIZE;
	return IS_ALIGNED(len - fixed, sa->align) ? 0 : -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_esp_check);

int ipd_esp_trailer(const struct ipd_sa *sa, const struct sk_buff *skb, unsigned int off,
		    bool check, unsigned int *payload, u8 *nexthdr)
{
	unsigned int len = skb->len - off - sa->hdr_len - sa->icv_len;
	const u8 *end = skb->data + skb->len - sa->icv_len;
	unsigned int pad = end[-2], i;

	if (pad + IPD_ESP_TRAILER > len)
		return -EINVAL;
	if (check) {
		const u8 *padding = end - IPD_ESP_TRAILER - pad;

		for (i = 0; i < pad; i++)
			if (padding[i] != i + 1)
				return -EINVAL;
	}
	*nexthdr = end[-1];
	*payload = len - IPD_ESP_TRAILER - pad;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_esp_trailer);

static void ipd_esp_insert_seqhi(struct ipd_request *req, u8 *esp, u32 seqhi)
{
	memcpy(&req->saved, esp - 4, 4);
	memcpy(esp - 4, esp, 4);
	put_unaligned_be32(seqhi, esp);
}

static void ipd_esp_remove_seqhi(struct ipd_request *req, u8 *esp)
{
	memcpy(esp, esp - 4, 4);
	memcpy(esp - 4, &req->saved, 4);
}

static int ipd_esp_finish(struct ipd_request *req, int err)
{
	if (req->sa->esn)
		ipd_esp_remove_seqhi(req, req->skb->data + req->off);
	return err;
}

/* What follows the IV goes to the end of the packet. */
static int ipd_esp_gcm(const struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u64 seq)
{
	struct ip_esp_hdr *esp = (void *)(skb->data + off);
	u8 *icv = skb_tail_pointer(skb) - sa->icv_len, tag[16];
	struct ipd_gcm_op op = {
		.aad = { esp->spi, esp->seq_no },
		.aad_len = sizeof(*esp),
		.iv = esp->enc_data,
		.data = esp->enc_data + sa->iv_len,
		.len = skb->len - off - sa->hdr_len - sa->icv_len,
	};

	if (sa->esn) {
		op.aad[1] = htonl(upper_32_bits(seq));
		op.aad[2] = esp->seq_no;
		op.aad_len += sizeof(u32);
	}
	if (sa->dir == IPSECDRV_DIR_IN) {
		ipd_gcm_crypt(sa->gcm, &op, true, tag);
		return crypto_memneq(tag, icv, sa->icv_len) ? -EBADMSG : 0;
	}
	ipd_gcm_crypt(sa->gcm, &op, false, tag);
	memcpy(icv, tag, sa->icv_len);
	return 0;
}

static int ipd_esp_gcm_finish(struct ipd_request *req, int err)
{
	return ipd_esp_gcm(req->sa, req->skb, req->off, req->seq);
}

static noinline int ipd_esp_gcm_defer(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
				      u64 seq, ipd_done_t done)
{
	struct ipd_request *req = ipd_request_get(sa, skb, off, done, ipd_esp_gcm_finish);

	if (!req)
		return -ENOMEM;
	req->seq = seq;
	return ipd_request_defer(req);
}

/* By the driver's own code: at once, but where the vector registers are taken, and behind
 * what had to wait for them, or packets would overtake each other.
 */
static int ipd_esp_own_gcm(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u64 seq,
			   ipd_done_t done)
{
	if (likely(ipd_gcm_usable(sa->gcm) && !ipd_requests_waiting()))
		return ipd_esp_gcm(sa, skb, off, seq);
	return ipd_esp_gcm_defer(sa, skb, off, seq, done);
}

/* @len is what follows the IV, @cryptlen what of it the cipher counts as input. */
static __always_inline int ipd_esp_crypt(struct ipd_sa *sa, struct sk_buff *skb,
					 unsigned int off, unsigned int len,
					 unsigned int cryptlen, u64 seq, ipd_done_t done,
					 int (*crypt)(struct aead_request *))
{
	unsigned int assoclen = sa->hdr_len;
	u8 *esp = skb->data + off, *start = esp;
	struct ipd_request *req;
	int err;

	if (IPD_VECTORS && sa->own_gcm)
		return ipd_esp_own_gcm(sa, skb, off, seq, done);

	req = ipd_request_get(sa, skb, off, done, ipd_esp_finish);
	if (unlikely(!req))
		return -ENOMEM;

	/* More than most IVs have, but less than the shortest packet. */
	memcpy(req->iv, esp + sizeof(struct ip_esp_hdr), sizeof(req->iv));
	if (sa->esn) {
		ipd_esp_insert_seqhi(req, esp, seq >> 32);
		start -= 4;
		assoclen += 4;
	}
	sg_set_buf(&req->sg, start, assoclen + len);

	aead_request_set_tfm(&req->aead, sa->aead);
	aead_request_set_callback(&req->aead, 0, ipd_request_complete, req);
	aead_request_set_crypt(&req->aead, &req->sg, &req->sg, cryptlen, req->iv);
	aead_request_set_ad(&req->aead, assoclen);

	err = crypt(&req->aead);
	if (unlikely(err == -EINPROGRESS))
		return ipd_request_detach(sa);
	return ipd_esp_finish(req, err);
}

/* Header and trailer. Returns the length of what is encrypted. */
static unsigned int ipd_esp_enclose(const struct ipd_sa *sa, struct sk_buff *skb,
				    unsigned int off, unsigned int payload, u8 nexthdr, u64 seq)
{
	unsigned int len = ipd_esp_padded(sa, payload);
	unsigned int pad = len - payload - IPD_ESP_TRAILER, i;
	struct ip_esp_hdr *esp = (void *)(skb->data + off);
	u8 *trailer = skb->data + off + sa->hdr_len + payload;

	esp->spi = sa->spi.key.spi;
	esp->seq_no = htonl(lower_32_bits(seq));
	for (i = 0; i < pad; i++)
		*trailer++ = i + 1;
	*trailer++ = pad;
	*trailer = nexthdr;
	return len;
}

/* The IV is in place. */
VISIBLE_IF_KUNIT int ipd_esp_seal(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
				  unsigned int payload, u8 nexthdr, u64 seq, ipd_done_t done)
{
	unsigned int len = ipd_esp_enclose(sa, skb, off, payload, nexthdr, seq);

	return ipd_esp_crypt(sa, skb, off, len + sa->icv_len, len, seq, done,
			     crypto_aead_encrypt);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_esp_seal);

/*
 * Counter modes need an IV that does not come twice, which the sequence number gives.
 * CBC needs one that nobody can predict: get_random_u64() is the kernel's generator with
 * its output in per-CPU batches, so it costs a load and a store most of the time, and
 * get_random_bytes() a whole block of ChaCha20 each time.
 */
static void ipd_esp_write_iv(const struct ipd_sa *sa, u8 *iv, u64 seq)
{
	unsigned int i;

	if (!sa->iv_random) {
		if (sa->iv_len)
			put_unaligned_be64(seq, iv);
		return;
	}
	for (i = 0; i < sa->iv_len; i += sizeof(u64))
		put_unaligned(get_random_u64(), (u64 *)(iv + i));
}

void ipd_esp_prepare(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
		     unsigned int payload, u8 nexthdr, u64 seq)
{
	ipd_esp_write_iv(sa, skb->data + off + sizeof(struct ip_esp_hdr), seq);
	ipd_esp_enclose(sa, skb, off, payload, nexthdr, seq);
}

int ipd_esp_encrypt(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
		    unsigned int payload, u8 nexthdr, u64 seq, ipd_done_t done)
{
	ipd_esp_write_iv(sa, skb->data + off + sizeof(struct ip_esp_hdr), seq);
	return ipd_esp_seal(sa, skb, off, payload, nexthdr, seq, done);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_esp_encrypt);

int ipd_esp_decrypt(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u64 seq,
		    ipd_done_t done)
{
	unsigned int len = skb->len - off - sa->hdr_len;

	return ipd_esp_crypt(sa, skb, off, len, len, seq, done, crypto_aead_decrypt);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_esp_decrypt);
