/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of a packet, and why: the one place that knows. The packet path acts on
 * it and counts, the explain command prints it, so the two cannot disagree.
 *
 * In two steps. ipd_match() asks the classifiers; its answer may be kept in the flow
 * cache. The ipd_verdict_*() functions look at what changes under a cached answer: the
 * slot's pair and state. All run under RCU, take no lock and change nothing.
 */
#ifndef IPD_VERDICT_H
#define IPD_VERDICT_H

#include <linux/types.h>

struct ipd_filter;
struct ipd_forward;
struct ipd_iface;
struct ipd_key;
struct ipd_net;
struct ipd_pair;
struct ipd_slot;

/**
 * enum ipd_decision - what to do with a packet
 * @IPD_PASS: in clear, or on to the stack
 * @IPD_DROP: for good
 * @IPD_HOLD: give it to ipd_slot_hold(), which may still have to drop it
 * @IPD_PROTECT: through the pair; a new packet asks ipd_slot_draining() first
 */
enum ipd_decision {
	IPD_PASS,
	IPD_DROP,
	IPD_HOLD,
	IPD_PROTECT,
};

/* Why, and the sentence that explain gives. */
#define IPD_REASONS(X)									\
	X(DEFAULT_PERMIT, "no filter matches and the default action is permit")		\
	X(DEFAULT_BLOCK, "no filter matches and the default action is block")		\
	X(BOOT_EXEMPT, "no filter matches, there is no agent, and it is exempt from boot mode")	\
	X(BOOT_BLOCK, "no filter matches, there is no agent, and boot mode is block")	\
	X(BOOT_OUT, "no filter matches, there is no agent, and stateful boot mode lets it out")	\
	X(BOOT_ANSWER, "no filter matches, there is no agent, and it answers what was sent")	\
	X(BOOT_STATEFUL, "no filter matches, there is no agent, and it answers nothing sent")	\
	X(FRAGMENT, "a fragment without ports that a filter with ports could mean")	\
	X(PERMIT, "the filter permits it")						\
	X(BLOCK, "the filter blocks it")						\
	X(PAIR, "the filter negotiates and an SA pair is there")			\
	X(SOFT, "the filter negotiates and a soft SA is in force: clear text")		\
	X(NO_PAIR, "the filter negotiates and there is no SA pair yet")			\
	X(LARVAL, "the filter negotiates and the key daemon was asked for an SA pair")	\
	X(REFUSED, "negotiation failed a moment ago and no soft SA was allowed")	\
	X(INPASS, "the filter accepts inbound clear text (inpass)")			\
	X(UNPROTECTED, "the filter asks for protection and the packet has none")	\
	X(RIGHT_SA, "it came through an SA pair of the filter that matches")		\
	X(SELECTOR, "it is not in the traffic selectors of the SA it came through")	\
	X(WRONG_SA, "it came through an SA of another filter than the one that matches")

enum ipd_reason {
#define IPD_REASON_ENUM(name, text) IPD_REASON_##name,
	IPD_REASONS(IPD_REASON_ENUM)
#undef IPD_REASON_ENUM
	IPD_REASON_MAX
};

/**
 * struct ipd_match - what the classifiers say of a key
 * @filter: that decides, NULL if none matches
 * @slot: of a negotiate filter, in either direction, NULL if there is none
 * @forward: where the flow's packets go past the stack, NULL if that is not known
 * @ambiguous: see ipd_table_lookup(); such an answer has no place in the flow cache
 */
struct ipd_match {
	struct ipd_filter *filter;
	struct ipd_slot *slot;
	struct ipd_forward *forward;
	bool ambiguous;
};

/**
 * struct ipd_verdict - what to do
 * @pair: for IPD_PROTECT, the pair to use; for IPD_HOLD, the pair to use when those held
 *	before are out
 * @decision: enum ipd_decision
 * @reason: enum ipd_reason
 */
struct ipd_verdict {
	struct ipd_pair *pair;
	u8 decision;
	u8 reason;
};

void ipd_match(struct ipd_net *in, const struct ipd_key *key, const struct ipd_iface *iface,
	       struct ipd_match *match);
/* Outbound, local or forwarded. */
struct ipd_verdict ipd_verdict_out(const struct ipd_net *in, const struct ipd_match *match,
				   const struct ipd_key *key);
/* Inbound, in clear. */
struct ipd_verdict ipd_verdict_in(const struct ipd_net *in, const struct ipd_match *match,
				  const struct ipd_key *key);
/* Inbound, verified with the keys of @pair. */
struct ipd_verdict ipd_verdict_in_pair(const struct ipd_match *match,
				       const struct ipd_pair *pair, const struct ipd_key *key,
				       const struct ipd_iface *iface);

void ipd_key_outbound(struct ipd_key *to, const struct ipd_key *key);
const char *ipd_decision_name(u8 decision);
const char *ipd_reason_text(u8 reason);

#endif /* IPD_VERDICT_H */
