// SPDX-License-Identifier: GPL-2.0-only
/*
 * See ah.h.
 *
 * What the ICV covers is the packet as it is on arrival, with everything that may change
 * on the way set to 0 (RFC 4302 section 3.3.3.1 and appendix A). The headers up to and
 * with AH are copied and changed in the copy; the payload is read where it is.
 *
 * Of the routing headers, type 2 and 4 (RFC 6275, RFC 8754) are predicted. Type 0 is not
 * to be used (RFC 5095) and another type is not known here, so these have to be at their
 * last segment, where they do not change. A TLV of type 4 that changes on the way, a
 * Home Address option and headers of more than IPD_AH_HEADERS bytes are not supported:
 * the former do not verify, the latter are refused.
 */
#include <crypto/sha2.h>
#include <crypto/algapi.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/swab.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include <kunit/visibility.h>

#include "ah.h"
#include "request.h"
#include "sadb.h"

#define IPD_AH_HEADERS	1024
#define IPD_AH_ICV_MAX	SHA512_DIGEST_SIZE

/**
 * struct ipd_ah_scratch - behind the request and its context
 * @sg: headers, payload, @seqhi
 * @icv: as computed
 * @seqhi: upper half of the sequence number, covered but not sent
 * @headers: copy, up to and with AH
 */
struct ipd_ah_scratch {
	struct scatterlist sg[3];
	u8 icv[IPD_AH_ICV_MAX];
	__be32 seqhi;
	u8 headers[IPD_AH_HEADERS];
};

static unsigned int ipd_ah_scratch_offset(struct crypto_ahash *ahash)
{
	return ALIGN(sizeof(struct ahash_request) + crypto_ahash_reqsize(ahash),
		     __alignof__(struct ipd_ah_scratch));
}

unsigned int ipd_ah_request_size(struct crypto_ahash *ahash)
{
	return ipd_ah_scratch_offset(ahash) + sizeof(struct ipd_ah_scratch);
}

static struct ipd_ah_scratch *ipd_ah_scratch(struct ipd_request *req)
{
	return (void *)&req->ahash + ipd_ah_scratch_offset(req->sa->ahash);
}

static bool ipd_ah_option4_immutable(u8 type)
{
	switch (type) {
	case IPOPT_SEC:
	case IPOPT_CIPSO:
	case IPOPT_RA:
	case 0x85:	/* extended security, RFC 1108 */
	case 0x95:	/* selective directed broadcast, RFC 1770 */
		return true;
	default:
		return false;
	}
}

/* A source route that is not used up ends at its last address. */
static int ipd_ah_source_route(struct iphdr *ip, const u8 *opt, unsigned int len)
{
	if (len < 3 || opt[2] < 4)
		return -EINVAL;
	if (opt[2] > len)
		return 0;
	if (opt[2] + 3 > len)
		return -EINVAL;
	memcpy(&ip->daddr, opt + len - 4, 4);
	return 0;
}

static int ipd_ah_options4(struct iphdr *ip, u8 *opt, unsigned int left)
{
	unsigned int len;
	int err;

	for (; left; opt += len, left -= len) {
		if (*opt == IPOPT_END)
			return 0;
		if (*opt == IPOPT_NOOP) {
			len = 1;
			continue;
		}
		if (left < 2 || opt[1] < 2 || opt[1] > left)
			return -EINVAL;
		len = opt[1];
		if (ipd_ah_option4_immutable(*opt))
			continue;
		if (*opt == IPOPT_LSRR || *opt == IPOPT_SSRR) {
			err = ipd_ah_source_route(ip, opt, len);
			if (err)
				return err;
		}
		memset(opt, 0, len);
	}
	return 0;
}

/**
 * ipd_ah_mask4() - make an IPv4 header the one that the ICV covers
 * @headers: copy of the header
 * @len: its length, up to AH
 */
VISIBLE_IF_KUNIT int ipd_ah_mask4(u8 *headers, unsigned int len)
{
	struct iphdr *ip = (void *)headers;

	if (len < sizeof(*ip) || ip->version != 4 || ip->ihl * 4 != len ||
	    ip->protocol != IPPROTO_AH)
		return -EINVAL;

	ip->tos = 0;
	ip->frag_off = 0;
	ip->ttl = 0;
	ip->check = 0;
	return ipd_ah_options4(ip, headers + sizeof(*ip), len - sizeof(*ip));
}
EXPORT_SYMBOL_IF_KUNIT(ipd_ah_mask4);

/* Options of a hop-by-hop or destination header: the type says if they may change. */
static int ipd_ah_options6(u8 *opt, unsigned int left)
{
	unsigned int len;

	for (; left; opt += len, left -= len) {
		if (*opt == IPV6_TLV_PAD1) {
			len = 1;
			continue;
		}
		if (left < 2 || opt[1] + 2 > left)
			return -EINVAL;
		len = opt[1] + 2;
		if (*opt & 0x20)
			memset(opt + 2, 0, len - 2);
	}
	return 0;
}

static int ipd_ah_routing6(struct ipv6hdr *ip, struct ipv6_rt_hdr *rt, unsigned int len)
{
	struct in6_addr *addrs = (void *)rt + 8;
	unsigned int n = (len - 8) / sizeof(*addrs);

	if (!rt->segments_left)
		return 0;
	switch (rt->type) {
	case IPV6_SRCRT_TYPE_2:
		if (rt->segments_left != 1 || len != 8 + sizeof(*addrs))
			return -EINVAL;
		swap(ip->daddr, addrs[0]);
		break;
	case IPV6_SRCRT_TYPE_4:
		/* The list is backwards, and does not change. */
		if (rt->segments_left >= n)
			return -EINVAL;
		ip->daddr = addrs[0];
		break;
	default:
		return -EINVAL;
	}
	rt->segments_left = 0;
	return 0;
}

/**
 * ipd_ah_mask6() - make an IPv6 header and what follows it the ones that the ICV covers
 * @headers: copy of the headers
 * @len: their length, up to AH
 */
VISIBLE_IF_KUNIT int ipd_ah_mask6(u8 *headers, unsigned int len)
{
	struct ipv6hdr *ip = (void *)headers;
	unsigned int at = sizeof(*ip), ext_len;
	u8 nexthdr;
	int err;

	if (len < sizeof(*ip) || ip->version != 6)
		return -EINVAL;

	for (nexthdr = ip->nexthdr; at < len; at += ext_len) {
		u8 *ext = headers + at;

		if (len - at < 8)
			return -EINVAL;
		ext_len = (ext[1] + 1) * 8;
		if (ext_len > len - at)
			return -EINVAL;
		switch (nexthdr) {
		case NEXTHDR_HOP:
		case NEXTHDR_DEST:
			err = ipd_ah_options6(ext + 2, ext_len - 2);
			break;
		case NEXTHDR_ROUTING:
			err = ipd_ah_routing6(ip, (void *)ext, ext_len);
			break;
		default:
			err = -EINVAL;
		}
		if (err)
			return err;
		nexthdr = ext[0];
	}
	if (nexthdr != NEXTHDR_AUTH)
		return -EINVAL;

	*(__be32 *)ip = htonl(0x60000000);	/* traffic class and flow label */
	ip->hop_limit = 0;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_ah_mask6);

/* Compute the ICV of a packet that has its AH header, whatever ICV is in that. */
static int ipd_ah_digest(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u64 seq,
			 ipd_done_t done, int (*finish)(struct ipd_request *req, int err))
{
	int before = (int)off - skb_network_offset(skb);
	unsigned int payload = skb->len - off - sa->hdr_len;
	unsigned int n = 0, len = before + sa->hdr_len;
	struct ipd_ah_scratch *scratch;
	struct ipd_request *req;
	struct ip_auth_hdr *ah;
	int err;

	if (before < 0 || len > IPD_AH_HEADERS)
		return -EINVAL;

	req = ipd_request_get(sa, skb, off, done, finish);
	if (unlikely(!req))
		return -ENOMEM;
	scratch = ipd_ah_scratch(req);

	memcpy(scratch->headers, skb_network_header(skb), len);
	err = sa->spi.key.family == AF_INET6 ? ipd_ah_mask6(scratch->headers, before) :
					       ipd_ah_mask4(scratch->headers, before);
	if (err)
		return err;
	ah = (void *)scratch->headers + before;
	memset(ah->auth_data, 0, sa->icv_len);

	/* An entry of no bytes would end the walk of some implementations. */
	sg_init_table(scratch->sg, ARRAY_SIZE(scratch->sg));
	sg_set_buf(&scratch->sg[n++], scratch->headers, len);
	if (payload)
		sg_set_buf(&scratch->sg[n++], skb->data + off + sa->hdr_len, payload);
	len += payload;
	if (sa->esn) {
		scratch->seqhi = htonl(upper_32_bits(seq));
		sg_set_buf(&scratch->sg[n++], &scratch->seqhi, sizeof(scratch->seqhi));
		len += sizeof(scratch->seqhi);
	}
	sg_mark_end(&scratch->sg[n - 1]);

	ahash_request_set_tfm(&req->ahash, sa->ahash);
	ahash_request_set_callback(&req->ahash, 0, ipd_request_complete, req);
	ahash_request_set_crypt(&req->ahash, scratch->sg, scratch->icv, len);

	err = crypto_ahash_digest(&req->ahash);
	if (unlikely(err == -EINPROGRESS))
		return ipd_request_detach(sa);
	return finish(req, err);
}

static struct ip_auth_hdr *ipd_ah_hdr(const struct sk_buff *skb, unsigned int off)
{
	return (void *)(skb->data + off);
}

static int ipd_ah_sign_finish(struct ipd_request *req, int err)
{
	if (!err)
		memcpy(ipd_ah_hdr(req->skb, req->off)->auth_data,
		       ipd_ah_scratch(req)->icv, req->sa->icv_len);
	return err;
}

int ipd_ah_sign(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u8 nexthdr, u64 seq,
		ipd_done_t done)
{
	struct ip_auth_hdr *ah = ipd_ah_hdr(skb, off);

	memset(ah, 0, sa->hdr_len);
	ah->nexthdr = nexthdr;
	ah->hdrlen = sa->hdr_len / 4 - 2;
	ah->spi = sa->spi.key.spi;
	ah->seq_no = htonl(lower_32_bits(seq));

	return ipd_ah_digest(sa, skb, off, seq, done, ipd_ah_sign_finish);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_ah_sign);

static int ipd_ah_verify_finish(struct ipd_request *req, int err)
{
	if (!err && crypto_memneq(ipd_ah_hdr(req->skb, req->off)->auth_data,
				  ipd_ah_scratch(req)->icv, req->sa->icv_len))
		return -EBADMSG;
	return err;
}

int ipd_ah_verify(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u64 seq,
		  ipd_done_t done)
{
	const struct ip_auth_hdr *ah = ipd_ah_hdr(skb, off);

	if (off + sa->hdr_len > skb->len || ah->hdrlen != sa->hdr_len / 4 - 2 || ah->reserved)
		return -EINVAL;

	return ipd_ah_digest(sa, skb, off, seq, done, ipd_ah_verify_finish);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_ah_verify);
