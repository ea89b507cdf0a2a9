/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_ID_H
#define IKE_ID_H

#include "addr.h"
#include "err.h"
#include "wire.h"

#define IKE_ID_MAX 1024 /* longer ones are refused */
#define IKE_ID_STRLEN 512

/* An identity; data as on the wire, without the reserved bytes. */
struct ike_id {
	uint8_t type; /* enum ike_id_type; 0: any */
	uint16_t len;
	uint8_t data[IKE_ID_MAX];
};

/*
 * "10.0.0.1", "host.example.org", "user@example.org", "C=DE, O=x, CN=y",
 * "keyid:text" or "keyid:0x…", and "any". A type can be forced with
 * "fqdn:", "email:", "dn:", "ip:".
 */
int ike_id_parse(struct ike_id *id, const char *text, struct ipsec_err *err);
/*
 * From the body of ID payloads: 0, or -EBADMSG for an unknown type or a bad
 * length or content. Names have no control characters, so no NUL.
 */
int ike_id_read(struct ike_id *id, uint8_t type, const uint8_t *data,
		size_t len);
void ike_id_addr(struct ike_id *id, const struct ipsec_addr *addr);
/* Control characters escaped, so that it can be logged. */
const char *ike_id_text(const struct ike_id *id, char *buf, size_t size);
/* Names are compared without regard to case, DNs as X.509 does. */
bool ike_id_equal(const struct ike_id *a, const struct ike_id *b);
/*
 * Does the identity meet the pattern of a rule? "*.example.org" takes one
 * label, "*@example.org" any mailbox, and in a DN "CN=*" any value.
 */
bool ike_id_match(const struct ike_id *pattern, const struct ike_id *id);

#endif
