// SPDX-License-Identifier: GPL-2.0-only
#include "answers.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ipsecdrv.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <kunit/visibility.h>

#include "selector.h"
#include "verdict.h"

/**
 * struct flow - what an answer looks like; compared as a block of memory: no holes
 * @peer: who answers
 * @local_port: ours, or the ICMP type of the answer
 * @peer_port: the peer's
 * @proto: IP protocol
 * @family: AF_INET or AF_INET6
 * @zero: for there is no hole
 */
struct flow {
	struct in6_addr peer;
	u16 local_port;
	u16 peer_port;
	u8 proto;
	u8 family;
	u16 zero;
};

/**
 * struct entry - a flow that is waited for
 * @flow: the answers
 * @until: second in which they come too late; 0 is an empty entry
 */
struct entry {
	struct flow flow;
	u32 until;
};

/**
 * struct ipd_answers - all that are waited for
 * @lock: readers do not write, so that explain can be one
 * @secret: of the hash
 * @rcu: packets may still read it
 * @sets: entries
 */
struct ipd_answers {
	seqlock_t lock;
	siphash_key_t secret;
	struct rcu_head rcu;
	struct entry sets[IPD_ANSWERS_SETS][IPD_ANSWERS_WAYS];
};

/* The type of the answer to an ICMP request, or -1. */
static int icmp_answer(u8 family, u8 type)
{
	if (family == AF_INET6)
		return type == ICMPV6_ECHO_REQUEST ? ICMPV6_ECHO_REPLY : -1;
	switch (type) {
	case ICMP_ECHO:
		return ICMP_ECHOREPLY;
	case ICMP_TIMESTAMP:
		return ICMP_TIMESTAMPREPLY;
	case ICMP_INFO_REQUEST:
		return ICMP_INFO_REPLY;
	case ICMP_ADDRESS:
		return ICMP_ADDRESSREPLY;
	default:
		return -1;
	}
}

/* The flow of a packet of either direction. False if it has no answers, or is none. */
static bool flow_of(const struct ipd_key *key, struct flow *flow)
{
	struct ipd_key out;
	int type;

	if (key->flags & (IPD_KEY_NO_PORTS | IPD_KEY_GROUP))
		return false;
	ipd_key_outbound(&out, key);
	*flow = (struct flow){
		.peer = out.dst,
		.local_port = out.sport,
		.peer_port = out.dport,
		.proto = out.proto,
		.family = out.family,
	};
	if (!ipd_selector_proto_is_icmp(out.proto))
		return true;
	type = key->dir == IPSECDRV_DIR_OUT ? icmp_answer(out.family, out.sport) : out.sport;
	flow->local_port = type;
	flow->peer_port = 0;
	return type >= 0;
}

static unsigned int set_of(const struct ipd_answers *answers, const struct flow *flow)
{
	return siphash(flow, sizeof(*flow), &answers->secret) % IPD_ANSWERS_SETS;
}

/* Until when a flow is waited for, 0 if it is not. */
static u32 flow_until(const struct ipd_answers *answers, const struct flow *flow)
{
	const struct entry *set = answers->sets[set_of(answers, flow)];
	unsigned int seq, i;
	u32 until;

	do {
		seq = read_seqbegin(&answers->lock);
		until = 0;
		for (i = 0; i < IPD_ANSWERS_WAYS && !until; i++) {
			if (!memcmp(&set[i].flow, flow, sizeof(*flow)))
				until = set[i].until;
		}
	} while (read_seqretry(&answers->lock, seq));
	return until;
}

/* The entry of a flow, or the one that ends first: an empty or aged one if there is any. */
static struct entry *place_of(struct ipd_answers *answers, const struct flow *flow)
{
	struct entry *set = answers->sets[set_of(answers, flow)], *place = set;
	unsigned int i;

	for (i = 0; i < IPD_ANSWERS_WAYS; i++) {
		if (!memcmp(&set[i].flow, flow, sizeof(*flow)))
			return &set[i];
		if (set[i].until < place->until)
			place = &set[i];
	}
	return place;
}

/**
 * ipd_answers_note() - a packet goes out: let in what answers it
 * @answers: table
 * @key: of the outbound packet
 * @now: second, never 0
 *
 * Return: whether the flow took the place of another that was still waited for.
 */
bool ipd_answers_note(struct ipd_answers *answers, const struct ipd_key *key, u32 now)
{
	u32 until = now + (key->proto == IPPROTO_TCP ? IPD_ANSWERS_TCP : IPD_ANSWERS_OTHER);
	struct entry *place;
	struct flow flow;
	bool evicted;

	BUILD_BUG_ON(sizeof(flow) != 24);

	if (!flow_of(key, &flow) || flow_until(answers, &flow) == until)
		return false;
	write_seqlock_bh(&answers->lock);
	place = place_of(answers, &flow);
	evicted = place->until > now && memcmp(&place->flow, &flow, sizeof(flow));
	place->flow = flow;
	place->until = until;
	write_sequnlock_bh(&answers->lock);
	return evicted;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_answers_note);

/**
 * ipd_answers_find() - does a packet answer one that went out?
 * @answers: table
 * @key: of the inbound packet; an outbound one asks for what would answer it
 * @now: second
 */
bool ipd_answers_find(const struct ipd_answers *answers, const struct ipd_key *key, u32 now)
{
	struct flow flow;

	return flow_of(key, &flow) && flow_until(answers, &flow) > now;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_answers_find);

/** ipd_answers_clear() - nothing went out so far */
void ipd_answers_clear(struct ipd_answers *answers)
{
	write_seqlock_bh(&answers->lock);
	memset(answers->sets, 0, sizeof(answers->sets));
	write_sequnlock_bh(&answers->lock);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_answers_clear);

/** ipd_answers_create() - an empty table, or NULL */
struct ipd_answers *ipd_answers_create(void)
{
	struct ipd_answers *answers = kvzalloc(sizeof(*answers), GFP_KERNEL_ACCOUNT);

	if (!answers)
		return NULL;
	seqlock_init(&answers->lock);
	get_random_bytes(&answers->secret, sizeof(answers->secret));
	return answers;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_answers_create);

/** ipd_answers_free() - @answers, which may be NULL; packets may still read it */
void ipd_answers_free(struct ipd_answers *answers)
{
	kvfree_rcu(answers, rcu);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_answers_free);
