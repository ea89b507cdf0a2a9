// SPDX-License-Identifier: GPL-2.0-only
#include "verdict.h"

#include <linux/jiffies.h>
#include <linux/rcupdate.h>

#include "net.h"

static const char *const decision_names[] = {
	[IPD_PASS] = "pass",
	[IPD_DROP] = "drop",
	[IPD_HOLD] = "hold",
	[IPD_PROTECT] = "protect",
};

static const char *const reason_texts[] = {
#define REASON_TEXT(name, text) [IPD_REASON_##name] = text,
	IPD_REASONS(REASON_TEXT)
#undef REASON_TEXT
};

/** ipd_decision_name() - the word for @decision in the explain command's answer */
const char *ipd_decision_name(u8 decision)
{
	return decision < ARRAY_SIZE(decision_names) ? decision_names[decision] : "unknown";
}

/** ipd_reason_text() - the sentence for @reason in the explain command's answer */
const char *ipd_reason_text(u8 reason)
{
	return reason < ARRAY_SIZE(reason_texts) ? reason_texts[reason] : "unknown";
}

static struct ipd_verdict verdict(enum ipd_decision decision, enum ipd_reason reason)
{
	return (struct ipd_verdict){ .decision = decision, .reason = reason };
}

/**
 * ipd_key_outbound() - the key of a packet in the outbound sense
 * @to: may be @key
 * @key: of the packet
 *
 * Slots and pairs have their selectors in that sense. An ICMP type stays one.
 */
void ipd_key_outbound(struct ipd_key *to, const struct ipd_key *key)
{
	const struct ipd_key from = *key;

	*to = from;
	if (from.dir == IPSECDRV_DIR_OUT)
		return;
	to->dir = IPSECDRV_DIR_OUT;
	to->src = from.dst;
	to->dst = from.src;
	if (!ipd_selector_proto_is_icmp(from.proto)) {
		to->sport = from.dport;
		to->dport = from.sport;
	}
}

/**
 * ipd_match() - ask the filter table, and for a negotiate filter the slots
 * @in: namespace
 * @key: of the packet
 * @iface: the device it leaves or entered through
 * @match: the answer
 */
void ipd_match(struct ipd_net *in, const struct ipd_key *key, const struct ipd_iface *iface,
	       struct ipd_match *match)
{
	const struct ipd_table *table = rcu_dereference(in->table);
	struct ipd_key out;

	match->slot = NULL;
	match->forward = NULL;
	match->ambiguous = false;
	match->filter = ipd_table_lookup(table, key, iface, &match->ambiguous);
	if (!match->filter || match->filter->spec.action != IPSECDRV_ACTION_NEGOTIATE)
		return;
	ipd_key_outbound(&out, key);
	match->slot = ipd_slot_lookup(in, match->filter, &out);
}

static struct ipd_verdict verdict_boot(const struct ipd_net *in, u8 mode,
				       const struct ipd_key *key)
{
	u8 reason = ipd_boot_reason(in, mode, key);

	if (reason == IPD_REASON_BOOT_BLOCK || reason == IPD_REASON_BOOT_STATEFUL)
		return verdict(IPD_DROP, reason);
	return verdict(IPD_PASS, reason);
}

/* No filter matches. Boot mode never lets pass what the default action does not. */
static struct ipd_verdict verdict_default(const struct ipd_net *in, const struct ipd_key *key)
{
	u8 mode = READ_ONCE(in->boot_mode);

	if (READ_ONCE(in->config.default_action) != IPSECDRV_ACTION_PERMIT)
		return verdict(IPD_DROP, IPD_REASON_DEFAULT_BLOCK);
	if (unlikely(mode != IPSECDRV_BOOT_MODE_PERMIT))
		return verdict_boot(in, mode, key);
	return verdict(IPD_PASS, IPD_REASON_DEFAULT_PERMIT);
}

/* What does not depend on SAs. False for a negotiate filter. */
static bool verdict_plain(const struct ipd_net *in, const struct ipd_match *match,
			  const struct ipd_key *key, struct ipd_verdict *v)
{
	if (match->ambiguous) {
		*v = verdict(IPD_DROP, IPD_REASON_FRAGMENT);
		return true;
	}
	if (!match->filter) {
		*v = verdict_default(in, key);
		return true;
	}
	switch (match->filter->spec.action) {
	case IPSECDRV_ACTION_PERMIT:
		*v = verdict(IPD_PASS, IPD_REASON_PERMIT);
		return true;
	case IPSECDRV_ACTION_NEGOTIATE:
		return false;
	default:
		*v = verdict(IPD_DROP, IPD_REASON_BLOCK);
		return true;
	}
}

/* A slot without a pair. Its lock is not taken: ipd_slot_hold() looks again under it. */
static struct ipd_verdict verdict_waiting(const struct ipd_slot *slot)
{
	u8 state = READ_ONCE(slot->state);

	if (ipd_slot_soft(slot))
		return verdict(IPD_PASS, IPD_REASON_SOFT);
	if (state == IPD_SLOT_LARVAL)
		return verdict(IPD_HOLD, IPD_REASON_LARVAL);
	if (state == IPD_SLOT_REFUSED && time_before(jiffies, READ_ONCE(slot->until)))
		return verdict(IPD_DROP, IPD_REASON_REFUSED);
	return verdict(IPD_HOLD, IPD_REASON_NO_PAIR);
}

/** ipd_verdict_out() - an outbound packet, local or forwarded, under RCU */
struct ipd_verdict ipd_verdict_out(const struct ipd_net *in, const struct ipd_match *match,
				   const struct ipd_key *key)
{
	struct ipd_verdict v;

	if (verdict_plain(in, match, key, &v))
		return v;
	if (!match->slot)
		return verdict(IPD_HOLD, IPD_REASON_NO_PAIR);
	v = verdict(IPD_PROTECT, IPD_REASON_PAIR);
	v.pair = rcu_dereference(match->slot->pair);
	if (unlikely(!v.pair))
		v = verdict_waiting(match->slot);
	/* Behind the packets that were held before. */
	if (unlikely(ipd_slot_draining(match->slot)) && v.decision != IPD_DROP)
		v.decision = IPD_HOLD;
	return v;
}

/** ipd_verdict_in() - an inbound packet in clear, under RCU */
struct ipd_verdict ipd_verdict_in(const struct ipd_net *in, const struct ipd_match *match,
				  const struct ipd_key *key)
{
	struct ipd_verdict v;

	if (verdict_plain(in, match, key, &v))
		return v;
	if (match->filter->spec.flags & IPSECDRV_FILTER_FLAGS_INPASS)
		return verdict(IPD_PASS, IPD_REASON_INPASS);
	if (match->slot && ipd_slot_soft(match->slot))
		return verdict(IPD_PASS, IPD_REASON_SOFT);
	return verdict(IPD_DROP, IPD_REASON_UNPROTECTED);
}

/**
 * ipd_verdict_in_pair() - an inbound packet that came through an SA (RFC 4301 section 5.2)
 * @match: what the table says of the inner packet
 * @pair: whose keys verified it
 * @key: of the inner packet
 * @iface: the device it entered through
 */
struct ipd_verdict ipd_verdict_in_pair(const struct ipd_match *match,
				       const struct ipd_pair *pair, const struct ipd_key *key,
				       const struct ipd_iface *iface)
{
	struct ipd_key out;

	ipd_key_outbound(&out, key);
	if (!ipd_selector_match(&pair->sel, &out, iface))
		return verdict(IPD_DROP, IPD_REASON_SELECTOR);
	if (match->ambiguous)
		return verdict(IPD_DROP, IPD_REASON_FRAGMENT);
	if (!match->filter || match->filter->spec.id != pair->filter_id)
		return verdict(IPD_DROP, IPD_REASON_WRONG_SA);
	return verdict(IPD_PASS, IPD_REASON_RIGHT_SA);
}
