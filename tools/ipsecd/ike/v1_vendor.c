// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "v1.h"

struct vendor {
	const char *name;
	uint8_t len;
	uint8_t id[20];
	unsigned int bit;
	bool prefix; /* what follows is a version */
};

/* MD5 of the names; windows.md section 4.1 and the RFCs have the bytes. */
static const struct vendor vendors[] = {
	{ "RFC 3947",
	  16,
	  { 0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45, 0x5c, 0x57, 0x28,
	    0xf2, 0x0e, 0x95, 0x45, 0x2f },
	  IKEV1_VENDOR_NATT_RFC,
	  false },
	{ "draft-ietf-ipsec-nat-t-ike-02\\n",
	  16,
	  { 0x90, 0xcb, 0x80, 0x91, 0x3e, 0xbb, 0x69, 0x6e, 0x08, 0x63, 0x81,
	    0xb5, 0xec, 0x42, 0x7b, 0x1f },
	  IKEV1_VENDOR_NATT_DRAFT,
	  false },
	{ "Dead Peer Detection",
	  16,
	  { 0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9, 0x6b, 0x86, 0x96,
	    0xfc, 0x77, 0x57, 0x01, 0x00 },
	  IKEV1_VENDOR_DPD,
	  false },
	{ "FRAGMENTATION",
	  16,
	  { 0x40, 0x48, 0xb7, 0xd5, 0x6e, 0xbc, 0xe8, 0x85, 0x25, 0xe7, 0xde,
	    0x7f, 0x00, 0xd6, 0xc2, 0xd3 },
	  IKEV1_VENDOR_FRAGMENTATION,
	  true },
	{ "Vid-Initial-Contact",
	  16,
	  { 0x26, 0x24, 0x4d, 0x38, 0xed, 0xdb, 0x61, 0xb3, 0x17, 0x2a, 0x36,
	    0xe3, 0xd0, 0xcf, 0xb8, 0x19 },
	  IKEV1_VENDOR_INITIAL_CONTACT,
	  false },
	{ "NLBS_PRESENT",
	  16,
	  { 0x72, 0x87, 0x2b, 0x95, 0xfc, 0xda, 0x2e, 0xb7, 0x08, 0xef, 0xe3,
	    0x22, 0x11, 0x9b, 0x49, 0x71 },
	  IKEV1_VENDOR_CLUSTER,
	  false },
	{ "MS NT5 ISAKMPOAKLEY",
	  16,
	  { 0x1e, 0x2b, 0x51, 0x69, 0x05, 0x99, 0x1c, 0x7d, 0x7c, 0x96, 0xfc,
	    0xbf, 0xb5, 0x87, 0xe4, 0x61 },
	  IKEV1_VENDOR_MICROSOFT,
	  true },
};

#define VENDORS (sizeof(vendors) / sizeof(vendors[0]))
#define MICROSOFT_LEN 20 /* with its version */

/*
 * A responder says no more than it was told, so that its answer is no longer
 * than what anyone may have sent under a peer's address; in aggressive mode it
 * is nevertheless, for the proof that is in it.
 */
static bool is_echo(const struct ike_sa *sa, const struct vendor *v)
{
	unsigned int theirs = ikev1_of(sa)->vendor;

	/* Windows' own is not sent back, which leaves room for it. */
	if (v->bit == IKEV1_VENDOR_INITIAL_CONTACT)
		theirs |= theirs & IKEV1_VENDOR_MICROSOFT ? v->bit : 0;
	return sa->initiator || theirs & v->bit;
}

static bool announce(const struct ike_sa *sa, const struct vendor *v)
{
	switch (v->bit) {
	case IKEV1_VENDOR_NATT_RFC:
		return !sa->rule || sa->rule->encap != POLICY_NO;
	case IKEV1_VENDOR_NATT_DRAFT:
		/* Windows', which has no NAT traversal over IPv6 (MS-IKEE). */
		return sa->path.remote.len == 4 &&
		       (!sa->rule || sa->rule->encap != POLICY_NO);
	case IKEV1_VENDOR_DPD:
		return true;
	case IKEV1_VENDOR_FRAGMENTATION:
		return !sa->rule || sa->rule->fragmentation != POLICY_NO;
	case IKEV1_VENDOR_INITIAL_CONTACT:
		return !ike_engine_knows_peer(sa->engine, sa);
	default:
		return false;
	}
}

void ikev1_vendor_write(struct ikev1_out *out, const struct ike_sa *sa)
{
	unsigned int i;

	for (i = 0; i < VENDORS; i++)
		if (is_echo(sa, &vendors[i]) && announce(sa, &vendors[i]))
			ike_bytes_write(&out->b, IKEV1_VENDOR, vendors[i].id,
					vendors[i].len);
}

static const struct vendor *find(const struct ike_payload *p)
{
	unsigned int i;

	for (i = 0; i < VENDORS; i++) {
		const struct vendor *v = &vendors[i];

		if ((v->prefix ? p->len >= v->len : p->len == v->len) &&
		    !memcmp(p->data, v->id, v->len))
			return v;
	}
	return NULL;
}

bool ikev1_vendor_says(const struct ike_message *m, enum ikev1_vendor bit)
{
	const struct ike_payload *p = NULL;
	const struct vendor *v;

	while ((p = ike_payload_next(m, IKEV1_VENDOR, p))) {
		v = find(p);
		if (v && v->bit == bit)
			return true;
	}
	return false;
}

void ikev1_vendor_read(struct ike_sa *sa, const struct ike_message *m)
{
	struct ikev1 *v1 = ikev1_of(sa);
	const struct ike_payload *p = NULL;

	while ((p = ike_payload_next(m, IKEV1_VENDOR, p))) {
		const struct vendor *v = find(p);

		if (!v)
			continue;
		ike_log(sa, IKE_LOG_DEBUG, "vendor ID %s", v->name);
		v1->vendor |= v->bit;
		if (v->bit == IKEV1_VENDOR_MICROSOFT && p->len == MICROSOFT_LEN)
			v1->ms_version = p->data[MICROSOFT_LEN - 1];
	}
}
