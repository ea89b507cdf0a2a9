// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities of quick mode: which traffic the SA is for. */
#include <errno.h>
#include <string.h>

#include "v1.h"

void ikev1_ids_write(struct ikev1_out *out, const struct ike_child *child)
{
	const struct ike_ts *i = &child->local, *r = &child->remote;

	/* IDci is the initiator's side, whoever writes it. */
	ikev1_ts_write(&out->b, child->initiator ? i : r);
	ikev1_ts_write(&out->b, child->initiator ? r : i);
}

static void host(const struct ipsec_addr *addr, struct ike_ts *ts)
{
	*ts = (struct ike_ts){
		.port = { 0, UINT16_MAX },
		.addr = { *addr, *addr },
	};
}

/* Without identities the SA is between the two hosts (RFC 2409 section 5.5). */
int ikev1_ids_read(const struct ike_sa *sa, const struct ike_message *m,
		   struct ike_ts *ours, struct ike_ts *theirs)
{
	const struct ike_payload *ci = ike_payload_get(m, IKEV1_ID), *cr;
	int err;

	if (!ci) {
		host(&sa->path.local, ours);
		host(&sa->path.remote, theirs);
		return 0;
	}
	cr = ike_payload_next(m, IKEV1_ID, ci);
	if (!cr || ike_payload_next(m, IKEV1_ID, cr))
		return -EBADMSG;
	err = ikev1_ts_read(ci, theirs);
	return err ?: ikev1_ts_read(cr, ours);
}

/*
 * In transport mode through a NAT each side knows other addresses. What the
 * packets will have here is what the path has (RFC 3948 section 3.1.2).
 */
void ikev1_ids_through_nat(const struct ike_sa *sa, enum ipsecdrv_mode mode,
			   struct ike_ts *ours, struct ike_ts *theirs)
{
	if (mode != IPSECDRV_MODE_TRANSPORT || !sa->encap)
		return;
	if (sa->nat_local)
		ours->addr[0] = ours->addr[1] = sa->path.local;
	if (sa->nat_remote)
		theirs->addr[0] = theirs->addr[1] = sa->path.remote;
}
