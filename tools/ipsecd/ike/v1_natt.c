// SPDX-License-Identifier: GPL-2.0-or-later
/* NAT traversal: RFC 3947, and the draft that Windows Server 2003 speaks. */
#include <string.h>

#include "v1.h"

static bool by_rfc(const struct ike_sa *sa)
{
	return ikev1_of(sa)->vendor & IKEV1_VENDOR_NATT_RFC;
}

static bool spoken(const struct ike_sa *sa)
{
	unsigned int any = IKEV1_VENDOR_NATT_RFC;

	if (sa->path.remote.len == 4)
		any |= IKEV1_VENDOR_NATT_DRAFT;
	return ikev1_of(sa)->vendor & any &&
	       (!sa->rule || sa->rule->encap != POLICY_NO);
}

static uint8_t natd_type(const struct ike_sa *sa)
{
	return by_rfc(sa) ? IKEV1_NATD : IKEV1_NATD_DRAFT;
}

static uint16_t hash_of(const struct ike_sa *sa)
{
	const struct ike_transform *prf =
		ike_proposal_get(&sa->chosen, IKE_TRANSFORM_PRF);

	switch (prf ? prf->id : 0) {
	case IKE_PRF_HMAC_MD5:
		return IKE_HASH_MD5;
	case IKE_PRF_HMAC_SHA2_256:
		return IKE_HASH_SHA2_256;
	case IKE_PRF_HMAC_SHA2_384:
		return IKE_HASH_SHA2_384;
	case IKE_PRF_HMAC_SHA2_512:
		return IKE_HASH_SHA2_512;
	default:
		return IKE_HASH_SHA1;
	}
}

/* HASH(CKY-I | CKY-R | IP | Port), RFC 3947 section 3.2 */
static size_t natd(const struct ike_sa *sa, const struct ipsec_addr *addr,
		   uint16_t port, uint8_t *out)
{
	uint8_t be[2] = { port >> 8, port & 0xff };
	struct iovec iov[] = {
		{ (void *)ike_sa_spi_i(sa), IKE_SPI_LEN },
		{ (void *)ike_sa_spi_r(sa), IKE_SPI_LEN },
		{ (void *)addr->b, addr->len },
		{ be, sizeof(be) },
	};
	uint16_t hash = hash_of(sa);

	return ike_hash(hash, iov, 4, out) ? 0 : ike_hash_len(hash);
}

void ikev1_natd_write(struct ikev1_out *out, const struct ike_sa *sa)
{
	const struct ike_path *path = &sa->path;
	uint8_t hash[IKE_PRF_MAX];
	size_t len;

	if (!spoken(sa))
		return;
	len = natd(sa, &path->remote, path->remote_port, hash);
	ike_bytes_write(&out->b, natd_type(sa), hash, len);
	len = natd(sa, &path->local, path->local_port, hash);
	/* Forced encapsulation: claim a NAT that is not there. */
	if (sa->rule && sa->rule->encap == POLICY_YES)
		hash[0] ^= 0xff;
	ike_bytes_write(&out->b, natd_type(sa), hash, len);
}

void ikev1_natd_read(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_path *path = &sa->path;
	const struct ike_payload *p = ike_payload_get(m, natd_type(sa));
	uint8_t ours[IKE_PRF_MAX], theirs[IKE_PRF_MAX];
	bool seen = false;
	size_t len;

	if (!spoken(sa) || !p)
		return;
	len = natd(sa, &path->local, path->local_port, ours);
	natd(sa, &path->remote, path->remote_port, theirs);
	/* The first is of whom it was sent to, each other of a source. */
	sa->nat_local = p->len != len || memcmp(p->data, ours, len) != 0;
	while ((p = ike_payload_next(m, natd_type(sa), p)))
		seen |= p->len == len && !memcmp(p->data, theirs, len);
	sa->nat_remote = !seen;
	sa->encap = sa->nat_local || sa->nat_remote ||
		    (sa->rule && sa->rule->encap == POLICY_YES);
	if (sa->encap)
		ike_log(sa, IKE_LOG_INFO, "NAT found: %s",
			sa->nat_local && sa->nat_remote ? "on both sides" :
			sa->nat_local			? "we are behind it" :
					"the peer is behind it");
}

void ikev1_natt_float(struct ike_sa *sa)
{
	/* One that began there has the port of the peer's NAT. */
	if (!sa->encap || !sa->initiator ||
	    sa->path.local_port == sa->policy->natt_port)
		return;
	sa->path.local_port = sa->policy->natt_port;
	sa->path.remote_port = IKE_NATT_PORT;
}

void ikev1_natt_floated(struct ike_sa *sa)
{
	if (sa->encap)
		sa->path = ikev1_of(sa)->from;
}

uint16_t ikev1_encap_mode(const struct ike_sa *sa, enum ipsecdrv_mode mode)
{
	bool tunnel = mode == IPSECDRV_MODE_TUNNEL;

	if (!sa->encap)
		return tunnel ? DOI_ENCAP_TUNNEL : DOI_ENCAP_TRANSPORT;
	if (by_rfc(sa))
		return tunnel ? DOI_ENCAP_UDP_TUNNEL : DOI_ENCAP_UDP_TRANSPORT;
	return tunnel ? DOI_ENCAP_UDP_TUNNEL_DRAFT :
			DOI_ENCAP_UDP_TRANSPORT_DRAFT;
}

static void natoa(struct ikev1_out *out, uint8_t type,
		  const struct ipsec_addr *addr)
{
	struct ipsec_writer *w = ike_build_payload(&out->b, type);

	ipsec_write_u32(w,
			(uint32_t)(addr->len == 16 ? IKE_ID_IPV6 : IKE_ID_IPV4)
				<< 24);
	ipsec_write(w, addr->b, addr->len);
}

/*
 * What each side believes the addresses are, for checksums: RFC 3947 section
 * 5.2 wants both, the draft only the sender's.
 */
void ikev1_natoa_write(struct ikev1_out *out, const struct ike_sa *sa,
		       const struct ike_child *child)
{
	const struct ipsec_addr *i = &sa->path.local, *r = &sa->path.remote;

	if (!sa->encap || child->mode == IPSECDRV_MODE_TUNNEL)
		return;
	if (!by_rfc(sa)) {
		if (sa->nat_local)
			natoa(out, IKEV1_NATOA_DRAFT, &sa->path.local);
		return;
	}
	natoa(out, IKEV1_NATOA, child->initiator ? i : r);
	natoa(out, IKEV1_NATOA, child->initiator ? r : i);
}
