/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_CHILD_H
#define IKE_CHILD_H

#include "sa.h"
#include "ts.h"

enum ike_child_state {
	IKE_CHILD_NEW, /* waits for its exchange, or is in it */
	IKE_CHILD_INSTALLED,
	IKE_CHILD_REKEYING, /* our rekey of it is queued or on its way */
	IKE_CHILD_REPLACED, /* a newer one carries the traffic */
	IKE_CHILD_DELETING, /* our Delete is on its way */
	IKE_CHILD_STATES,
};

struct ike_child_proto {
	enum ipsecdrv_proto proto;
	uint32_t spi_in; /* host order, 0: none yet */
	uint32_t spi_out;
	uint16_t encr; /* IKEv2 numbers; 0 with AH */
	uint16_t key_bits;
	uint16_t integ;
};

/*
 * A Child SA (version 2) or quick-mode SA (version 1): one SA pair of the
 * driver, which carries owner as its cookie. Owned by its IKE SA; one that was
 * found in the driver at start (adopted) has none.
 */
struct ike_child {
	UT_hash_handle hh; /* of the engine, by owner */
	TAILQ_ENTRY(ike_child)
	link; /* of the IKE SA, or the engine's adopted */
	struct ike_engine *engine;
	struct ike_sa *sa; /* NULL: adopted */
	uint64_t owner;
	enum ike_child_state state;
	bool initiator; /* we made it: keys are taken in that order */
	struct policy *policy; /* the rule's, held; NULL without one */
	const struct policy_rule *rule; /* set by ike_child_set_rule() alone */
	uint32_t filter; /* of the driver */
	uint32_t slot; /* of the acquire that waits for it, 0: none */
	bool soft; /* the slot has fallen back to clear text meanwhile */
	struct ike_timer fallback; /* when it will, for want of an answer */

	/* what is asked for, then what was agreed */
	struct ike_ts local;
	struct ike_ts remote;
	/* The hosts as the peer calls them, where a NAT made others of them. */
	struct ipsec_addr wire_local;
	struct ipsec_addr wire_remote;
	bool has_packet; /* the packet that asked, offered first */
	struct ike_ts packet_local;
	struct ike_ts packet_remote;

	enum ipsecdrv_mode mode;
	bool esn;
	uint16_t group; /* of its key exchange, 0: none */
	unsigned int protos; /* innermost first: ESP before AH */
	struct ike_child_proto proto[IPSECDRV_PROTOS_MAX];
	uint32_t spi_esp; /* reserved inbound SPIs, before a method is chosen */
	uint32_t spi_ah;
	struct policy_lifetime lifetime;
	uint32_t idle_seconds; /* 0: the rule's (60 s with a cluster member) */

	uint32_t id; /* of the driver's pair, 0: not installed */
	bool drains; /* it sends no more, the driver ends it */
	bool used; /* it has ended, and the peer had sent on it */
	bool left_before; /* its successor had ended, and it was renewed */
	bool idle_over; /* it ended for want of traffic */
	bool spare; /* of two that crossed the one that ends: v2_cross.c */
	bool hurried; /* its volume is used up soon, at the rate of its traffic */
	bool begun; /* its negotiation was told of, and no end of that */
	bool up; /* it was told of, and not its end */
	struct ike_child *rekeys; /* the one this will replace, or has */
	unsigned int rekeyers; /* how many name this one there */
	uint64_t order; /* when it was asked for, among all of the engine's */
	uint64_t made; /* and when it was installed */
	uint64_t installed; /* ms */
	uint64_t replaced; /* ms, 0: not yet */
	uint64_t in_packets; /* when liveness last looked */
	struct ipsec_addr peer; /* of an adopted one: the outer addresses */
	struct ipsec_addr ours;
	struct ike_id *peer_id; /* of an orphan: malloc; NULL: not known */
	struct ike_timer renew; /* by renew.c; or its end */
	struct ike_task task[IKE_TASKS_CHILD]; /* by kind */
};

/* NULL: no memory. Takes its place in the children of the SA. filter may be 0 until it is known. */
struct ike_child *ike_child_new(struct ike_sa *sa,
				const struct policy_rule *rule, bool initiator);
/* The same to take over from old, by the rule as it is now. */
struct ike_child *ike_child_again(struct ike_sa *sa, struct ike_child *old);
/* Holds the rule's policy, which need not be its SA's. */
void ike_child_set_rule(struct ike_child *child,
			const struct policy_rule *rule);
/* Forgets it; the pair of the driver is deleted, or drains if it was replaced. */
void ike_child_free(struct ike_child *child);

/* To an IKE SA that goes on where its own ends; its tasks go along. */
void ike_child_move(struct ike_child *child, struct ike_sa *to);
/* This one is to take over from old; NULL: from none. */
void ike_child_set_rekeys(struct ike_child *child, struct ike_child *old);

/*
 * The inbound SPI for a protocol, asked of the driver the first time. 0 or the
 * driver's errno; logged.
 */
int ike_child_spi(struct ike_child *child, uint8_t ike_proto, uint32_t *spi);

/* Of version 1, which has no words for more than 4 TiB; 0: no limit. */
uint32_t ike_child_kbytes(const struct policy_lifetime *life);
/*
 * The proposals of its rule's methods with the SPIs of this side, ready to be
 * written: ke says whether groups are in. 0, -ENOMEM, or the driver's errno.
 */
int ike_child_offer(struct ike_child *child, bool ke,
		    struct ike_proposals *out);
/*
 * Takes what was chosen: one proposal, or in version 1 a bundle of two. their
 * SPIs are in the proposals; a responder's own are reserved. 0, -ENOENT when
 * the rule does not allow it, or the driver's errno.
 */
int ike_child_choose(struct ike_child *child, const struct ike_proposal *chosen,
		     unsigned int protos);

/* The driver's names, and their lengths of keys; -EOPNOTSUPP: it has none. */
struct ipsec_protection;
int ike_child_driver_alg(const struct ike_child_proto *proto,
			 struct ipsec_protection *prot);
/* Bytes of key for one direction of one protocol: encryption, integrity. */
size_t ike_child_encr_len(const struct ike_child_proto *proto);
size_t ike_child_integ_len(const struct ike_child_proto *proto);

/*
 * Keys of protocol n of the child: for each direction encryption, then
 * integrity key, one after the other.
 */
struct ike_child_keys {
	const uint8_t *in;
	const uint8_t *out;
};

/*
 * Installs the pair in one operation. One that it rekeys goes on sending until
 * the peer uses the new one (RFC 7296 section 2.8), or until the hand-over.
 * 0 or the driver's errno; logged.
 */
int ike_child_install(struct ike_child *child,
		      const struct ike_child_keys keys[IPSECDRV_PROTOS_MAX]);
/* The peer has let go of the pair that this one replaced: send on this one. */
void ike_child_activate(struct ike_child *child);
/*
 * The same for all that replace @child, which is about to be deleted; if none
 * does, it sends no more.
 */
void ike_child_hand_over(struct ike_child *child);
/* Has one that was replaced deleted after @ms milliseconds. */
void ike_child_retire(struct ike_child *old, uint64_t ms);
/* Send no more, and have the driver end the pair after a while. */
void ike_child_drain(struct ike_child *child);
/* The peer's address or our view of it changed. */
void ike_child_update_path(struct ike_child *child);
/* fallback.c: of an acquire, from the moment when it is asked for. */
void ike_fallback_plan(struct ike_child *child);
/* A pair is there for the acquire that waits for it: it does no more. */
void ike_child_served(struct ike_child *child);
/* Refuses the acquire that waits for it, if one does. */
void ike_child_refuse(struct ike_child *child,
		      enum ipsecdrv_refuse_reason reason);

/* By the SPI the peer sends to, and by the one we send to (of an IKE SA). */
struct ike_child *ike_child_by_spi_in(struct ike_sa *sa, uint8_t ike_proto,
				      uint32_t spi);
struct ike_child *ike_child_by_spi_out(struct ike_sa *sa, uint8_t ike_proto,
				       uint32_t spi);
/* Is other another one that carries the same traffic by the same rule, and on? */
bool ike_child_carries(const struct ike_child *other,
		       const struct ike_child *child);
/* Both sides see the same: by it they agree on one of two. */
uint32_t ike_child_lowest_spi(const struct ike_child *child);
const char *ike_child_state_name(enum ike_child_state state);

#endif
