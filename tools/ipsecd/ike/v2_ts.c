// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Traffic selectors of a Child SA (RFC 7296 section 2.9), and what a NAT does
 * to those of transport mode (section 2.23.1).
 */
#include "v2_util.h"
#include "v2_child.h"

#include <errno.h>
#include <string.h>

static bool is_host(const struct ike_ts *ts)
{
	return ts->addr[0].len == ts->addr[1].len &&
	       !memcmp(ts->addr[0].b, ts->addr[1].b, ts->addr[0].len);
}

static void put_host(struct ike_ts_list *list, const struct ipsec_addr *addr)
{
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!is_host(&list->ts[i]) ||
		    list->ts[i].addr[0].len != addr->len)
			continue;
		list->ts[i].addr[0] = *addr;
		list->ts[i].addr[1] = *addr;
	}
}

/*
 * Selectors, and first the packet that asks, for the peer to keep it in. A
 * rekey asks in the words of the peer that asked first: not every peer
 * translates what a NAT has changed.
 */
void ikev2_ts_offer(const struct ike_child *child, struct ike_ts_list *local,
		    struct ike_ts_list *remote)
{
	local->count = 0;
	remote->count = 0;
	if (child->has_packet &&
	    !(ike_ts_equal(&child->packet_local, &child->local) &&
	      ike_ts_equal(&child->packet_remote, &child->remote))) {
		local->ts[local->count++] = child->packet_local;
		remote->ts[remote->count++] = child->packet_remote;
	}
	local->ts[local->count++] = child->local;
	remote->ts[remote->count++] = child->remote;
	put_host(local, &child->wire_local);
	put_host(remote, &child->wire_remote);
}

static int read_both(const struct ike_message *m, struct ike_ts_list *i,
		     struct ike_ts_list *r)
{
	const struct ike_payload *tsi = ikev2_payload_one(m, IKEV2_TSI);
	const struct ike_payload *tsr = ikev2_payload_one(m, IKEV2_TSR);

	if (!tsi || !tsr || ikev2_ts_read(tsi, i) || ikev2_ts_read(tsr, r))
		return -EBADMSG;
	return 0;
}

static bool through_nat(const struct ike_sa *sa, bool transport)
{
	return transport && (sa->nat_local || sa->nat_remote);
}

int ikev2_ts_asked(const struct ike_sa *sa, const struct ike_message *m,
		   bool transport, struct ike_ts_list *local,
		   struct ike_ts_list *remote)
{
	int rc = read_both(m, remote, local);

	if (rc || !through_nat(sa, transport))
		return rc;
	put_host(local, &sa->path.local);
	put_host(remote, &sa->path.remote);
	return 0;
}

/* The address that the peer used, where a NAT made another of it. */
static struct ike_ts as_asked(const struct ike_ts *ts,
			      const struct ike_ts_list *asked, bool nat)
{
	struct ike_ts out = *ts;

	if (!nat || !is_host(ts) || !asked->count || !is_host(&asked->ts[0]))
		return out;
	out.addr[0] = asked->ts[0].addr[0];
	out.addr[1] = asked->ts[0].addr[1];
	return out;
}

static bool covers(const struct ike_ts *ts, const struct ike_ts_list *asked)
{
	unsigned int i;

	for (i = 0; i < asked->count; i++)
		if (!ike_ts_contains(ts, &asked->ts[i]))
			return false;
	return true;
}

void ikev2_ts_answer(const struct ike_sa *sa, struct ike_child *child,
		     const struct ike_message *m, struct ike_builder *b)
{
	bool nat = through_nat(sa, child->mode == IPSECDRV_MODE_TRANSPORT);
	struct ike_ts_list i, r, out = { .count = 1 };
	struct ike_ts local, remote;

	if (read_both(m, &i, &r))
		return;
	remote = as_asked(&child->remote, &i, nat);
	local = as_asked(&child->local, &r, nat);
	if (nat && is_host(&local) && is_host(&remote)) {
		child->wire_local = local.addr[0];
		child->wire_remote = remote.addr[0];
	}
	out.ts[0] = remote;
	ikev2_ts_write(b, IKEV2_TSI, &out);
	out.ts[0] = local;
	ikev2_ts_write(b, IKEV2_TSR, &out);
	if (!covers(&remote, &i) || !covers(&local, &r))
		ikev2_notify_put(b, IKEV2_ADDITIONAL_TS_POSSIBLE, NULL, 0);
}

/* The widest that was asked for; peers may send the packet's own beside it. */
static const struct ike_ts *widest(const struct ike_ts_list *list,
				   const struct ike_ts *asked)
{
	const struct ike_ts *best = NULL;
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!ike_ts_contains(asked, &list->ts[i]))
			return NULL;
		if (!best || ike_ts_contains(&list->ts[i], best))
			best = &list->ts[i];
	}
	return best;
}

/**
 * ikev2_ts_take() - the selectors of an answer
 *
 * Return: false if they are not a part of what was asked for.
 */
bool ikev2_ts_take(struct ike_sa *sa, struct ike_child *child,
		   const struct ike_message *m)
{
	const struct ike_ts *local, *remote;
	struct ike_ts_list i, r;

	if (read_both(m, &i, &r))
		return false;
	if (through_nat(sa, child->mode == IPSECDRV_MODE_TRANSPORT)) {
		put_host(&i, &sa->path.local);
		put_host(&r, &sa->path.remote);
	}
	local = widest(&i, &child->local);
	remote = widest(&r, &child->remote);
	if (!local || !remote)
		return false;
	child->local = *local;
	child->remote = *remote;
	return true;
}
