/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SA database of a namespace: SA pairs, their inbound and outbound SAs by SPI,
 * reserved SPIs, and life from larval to dead.
 *
 * A pair is what one quick mode or Child SA negotiation gives: for each direction one SA,
 * or two where AH goes over ESP. It is one object with one lifetime: made complete under
 * the namespace's mutex, found under RCU, taken out of every table under the mutex, freed
 * by the last reference after a grace period. The packet path takes no reference; only
 * an asynchronous cipher and control paths that sleep do.
 *
 * States: larval (an SPI without keys) -> mature -> dying (a soft limit was reached; all
 * goes on) -> dead (out of the tables). A rekeyed pair is replaced in its slot at once
 * and goes on receiving for drain_seconds.
 */
#ifndef IPD_SADB_H
#define IPD_SADB_H

#include <linux/idr.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/dst_cache.h>

#include "crypto.h"
#include "lifetime.h"
#include "replay.h"
#include "selector.h"

struct ipd_drops;
struct ipd_net;
struct ipd_pair;
struct ipd_slot;
struct metadata_dst;

/** struct ipd_spi_key - how a packet names its SA; no holes */
struct ipd_spi_key {
	struct in6_addr daddr;
	__be32 spi;
	u8 proto;
	u8 family;
	u16 zero;
};

/**
 * struct ipd_spi - an entry of one of the SPI tables, embedded in an SA, or alone while
 * the SPI is only reserved
 * @node: in net->sadb.in or .out
 * @key: constant
 * @state: enum ipsecdrv_sa_state; written under the mutex or by the limit checks
 */
struct ipd_spi {
	struct rhash_head node;
	struct ipd_spi_key key;
	u8 state;
};

/**
 * struct ipd_larval - a reserved SPI that waits for its keys
 * @spi: first, its state is larval
 * @list: in net->sadb.larvals
 * @expires: jiffies when it is given back
 * @slot: id of the slot it was reserved for, or 0
 * @lock: @over, @held, @until; bottom halves off
 * @over: the keys came, or it was given back: nothing is held any more
 * @held: packets that came before the keys, in order; each has a reference on its device
 * @until: jiffies when these are dropped
 */
struct ipd_larval {
	struct ipd_spi spi;
	struct list_head list;
	unsigned long expires;
	u32 slot;
	spinlock_t lock;	/* over, held, until */
	bool over;
	struct sk_buff_head held;
	unsigned long until;
	struct rcu_head rcu;
};

/**
 * struct ipd_sa - one SA: one direction, one protocol
 * @spi: first, so that an ipd_spi that is not larval is one of these
 * @pair: it belongs to, constant
 * @aead: ESP's transform, or
 * @gcm: its key, where the driver itself encrypts
 * @ahash: AH's transform
 * @hdr_len: ESP header and IV, or the whole AH header
 * @iv_len: bytes of IV on the wire
 * @icv_len: bytes of ICV on the wire
 * @align: plaintext and trailer are padded to a multiple of this, 4 or more
 * @iv_random: the IV must be unpredictable (CBC), else it is the sequence number
 * @index: in the pair's protocols, innermost first
 * @dir: enum ipsecdrv_dir
 * @esn: 64-bit sequence numbers
 * @own_gcm: there is @gcm, not @aead
 * @encr: enum ipsecdrv_encr
 * @integ: enum ipsecdrv_integ
 * @encr_bits: key length without salt, for dumps
 * @integ_bits: key length, for dumps
 * @soft_seq: sequence number at which an outbound SA asks for a rekey
 * @max_seq: last sequence number that may be used
 * @bytes_mark: from this many bytes on the limits are looked at
 * @packets_mark: the same for packets
 * @fingerprint: keyed hash of a counter mode's key, 0 for other ciphers
 * @keys_node: in net->sadb.keys if @fingerprint is not 0
 * @bytes: payload bytes protected or verified
 * @seq: last number sent by an outbound SA, which is its number of packets
 * @packets: verified by an inbound SA
 * @last_used: jiffies, coarse
 * @replay: inbound
 * @inflight: operations that an asynchronous cipher has to complete, see request.h
 */
struct ipd_sa {
	struct ipd_spi spi;
	struct ipd_pair *pair;
	union {
		struct crypto_aead *aead;
		struct ipd_gcm_key *gcm;
	};
	struct crypto_ahash *ahash;
	u16 hdr_len;
	u8 iv_len;
	u8 icv_len;
	u8 align;
	u8 index;
	u8 dir;
	u8 encr;
	u8 integ;
	bool iv_random;
	bool esn;
	bool own_gcm;
	u16 encr_bits;
	u16 integ_bits;
	u64 soft_seq;
	u64 max_seq;
	u64 bytes_mark;
	u64 packets_mark;
	u64 fingerprint;
	struct rhash_head keys_node;

	/* Written per packet or batch, and one cache line. */
	atomic64_t bytes ____cacheline_aligned;
	union {
		atomic64_t seq;
		atomic64_t packets;
	};
	unsigned long last_used;
	struct ipd_replay replay;
	atomic_t errors_replay;
	atomic_t errors_integrity;
	atomic_t errors_other;
	atomic_t inflight;
};

/** enum ipd_pair_bits - bits of ipd_pair.bits */
enum ipd_pair_bits {
	IPD_PAIR_SOFT_DONE,	/* the soft expiry was told */
	IPD_PAIR_HARD_DONE,	/* the hard expiry was queued */
	IPD_PAIR_REPLACED,	/* rekeyed, receives until drained */
	IPD_PAIR_LISTENING,	/* not used for sending before the peer uses it */
	IPD_PAIR_FLOATING,	/* a change of the peer's address is being made */
};

/**
 * struct ipd_pair - an SA pair
 * @n: protocols, 1 or 2
 * @state: enum ipsecdrv_sa_state, of the pair and of its SAs; mature and dying under
 *	@lock, dead under the mutex and @lock
 * @slot: that it serves; NULL once it is dead
 * @sel: traffic selectors in the outbound sense
 * @local: our outer address
 * @remote: the peer's outer address; with @encap_remote it changes only by
 *	ipd_sadb_update(), under the mutex and @lock
 * @family: of the outer addresses
 * @headers: bytes of all headers that protection puts in front, of an outer IP header, too: at
 *	most 120, of IPv6, UDP, ESP and AH
 * @overhead: most bytes that protection adds to a packet
 * @proof: dst attached to decrypted packets until PRE_ROUTING, so that the filters know
 *	which pair a packet came through
 * @dst_cache: outer route in tunnel mode
 * @path_mtu: of the outer packets, learned from ICMP, 0 if nothing was; until
 *	@path_mtu_expires, jiffies
 * @limits: read and written under @lock
 * @lock: see the members; bottom halves off. Inside slot->lock, outside due_lock.
 * @installed: boottime seconds
 * @replaces: id of the pair that this one took over from, for dumps
 * @expire_reason: enum ipsecdrv_expire_reason, under sadb.due_lock
 * @last_sent: jiffies of the last NAT keepalive
 * @drops: packets that were not let through, NULL before the first
 * @confidential: a protocol encrypts
 * @authenticated: a protocol is AH
 * @slot_list: in slot->pairs
 * @list: in net->sadb.pairs
 * @due: in net->sadb.due, under sadb.due_lock
 * @sas: the outbound SAs, innermost first, then the inbound ones
 *
 * With one protocol 896 bytes on 64 bit. What is read for each packet and what is written, by
 * cache line: Documentation/layout.rst.
 */
struct ipd_pair {
	u32 id;
	u8 n;
	u8 mode;
	u8 family;
	u8 state;
	u32 flags;
	bool confidential;
	bool authenticated;
	u8 expire_reason;
	u8 headers;
	unsigned long bits;
	struct ipd_net *net;
	struct ipd_slot *slot;
	struct in6_addr local;
	struct in6_addr remote;
	u16 encap_local;
	u16 encap_remote;
	u16 overhead;
	u16 keepalive;
	struct metadata_dst *proof;
	struct dst_cache dst_cache;
	u32 path_mtu;
	u32 filter_id;
	struct ipd_offload *offload;
	struct ipd_drops *drops;

	/* Up to here what a packet needs on its way out; next, what one needs that came. */
	struct ipd_selector sel ____cacheline_aligned;

	struct ipd_limits limits;
	spinlock_t lock;	/* limits, remote, state */
	refcount_t ref;
	u64 installed;
	u64 owner;
	u32 replaces;
	u32 replay_window;
	unsigned long last_sent;
	unsigned long path_mtu_expires;
	struct timer_list timer;
	struct timer_list keepalive_timer;
	struct list_head slot_list;
	struct list_head list;
	struct list_head due;
	struct rcu_head rcu;
	struct work_struct free_work;
	struct ipd_sa sas[];
};

static inline struct ipd_sa *ipd_pair_out(struct ipd_pair *pair, unsigned int i)
{
	return &pair->sas[i];
}

static inline struct ipd_sa *ipd_pair_in(struct ipd_pair *pair, unsigned int i)
{
	return &pair->sas[pair->n + i];
}

/** struct ipd_pair_spec - a pair as user space asks for it; the caller wipes it */
struct ipd_pair_spec {
	u32 slot;
	u32 filter_id;
	bool has_sel;
	struct ipd_selector sel;
	u8 mode;
	u8 family;
	struct in6_addr local;
	struct in6_addr remote;
	u16 encap_local;
	u16 encap_remote;
	u16 keepalive;
	u32 flags;
	u32 replay_window;
	struct ipd_limits limits;
	u64 owner;
	u32 replaces;
	u8 n;
	struct ipd_protection prot[IPSECDRV_PROTOS_MAX];
};

/** struct ipd_pair_update - what may change; a field counts if its bit is in @set */
struct ipd_pair_update {
	u32 set;	/* bits by IPSECDRV_A_SA_* */
	u32 flags;
	struct in6_addr remote;
	u8 family;
	u16 encap_remote;
	u16 keepalive;
	struct ipd_limits limits;
	u64 owner;
};

/**
 * struct ipd_sadb - of one namespace
 * @in: inbound SAs and reserved SPIs by SPI
 * @out: outbound SAs by SPI
 * @keys: SAs of counter mode ciphers by fingerprint of the key: one key, one living SA
 * @pairs: all that are not dead, oldest first
 * @larvals: reserved SPIs
 * @held: packets that wait for the keys of one, at most config.hold_total
 * @ids: pairs by id
 * @proofs: the same for packets that were verified, RCU: an entry outlives that of @ids by a
 *	grace period, in which what was under way to PRE_ROUTING gets there
 * @count: of @pairs and @larvals, at most config.sas_max
 * @alive: pairs whose memory is not freed yet
 * @windows: bytes of their replay windows, bounded by a parameter of the module
 * @due_lock: @due; innermost
 * @due: pairs at a hard limit, or that are to take over, for @due_work
 * @larval_work: gives SPIs back, and drops what waited for too long
 */
struct ipd_sadb {
	struct rhashtable in;
	struct rhashtable out;
	struct rhashtable keys;
	struct list_head pairs;
	struct list_head larvals;
	atomic_t held;
	struct idr ids;
	struct xarray proofs;
	u32 count;
	atomic_t alive;
	atomic64_t windows;
	spinlock_t due_lock;	/* due, and who may join it */
	struct list_head due;
	struct work_struct due_work;
	struct delayed_work larval_work;
};

/* What needs process context: ends of pairs, and of what is inside, acquires. */
extern struct workqueue_struct *ipd_wq;
/* How often an SA has left the tables of any namespace; moves before RCU is given the SA. */
extern atomic_t ipd_sadb_erased;

/* The packet path, RCU. State is not looked at. */
struct ipd_spi *ipd_sadb_find_in(struct ipd_net *net, const struct ipd_spi_key *key);
struct ipd_sa *ipd_sadb_find_out(struct ipd_net *net, const struct ipd_spi_key *key);
/* Take @n consecutive sequence numbers; the first goes to *@seq. -EOVERFLOW at the end. */
int ipd_sa_take_seq(struct ipd_sa *sa, unsigned int n, u64 *seq);
/* Count a protected or verified packet or batch and look at the limits. -EKEYEXPIRED if
 * the pair is at its end.
 */
int ipd_sa_account(struct ipd_sa *sa, unsigned int packets, unsigned int bytes);
/* Keep a packet until the keys of the SPI that it names are there. */
int ipd_larval_hold(struct ipd_net *net, struct ipd_larval *larval, struct sk_buff *skb);
bool ipd_pair_hold(struct ipd_pair *pair);
void ipd_pair_put(struct ipd_pair *pair);

/* The control path, the namespace's mutex. */
int ipd_sadb_get_spi(struct ipd_net *net, u8 proto, u8 family, const struct in6_addr *local,
		     u32 min, u32 max, u32 lifetime, u32 slot, u32 *spi,
		     struct netlink_ext_ack *extack);
struct ipd_pair *ipd_sadb_add(struct ipd_net *net, struct ipd_pair_spec *spec,
			      struct netlink_ext_ack *extack);
int ipd_sadb_update(struct ipd_net *net, u32 id, const struct ipd_pair_update *update,
		    struct netlink_ext_ack *extack);
/* RCU or the mutex. */
struct ipd_pair *ipd_sadb_find(struct ipd_net *net, u32 id);
/* @reason: enum ipsecdrv_expire_reason; @event: tell the listeners. */
void ipd_sadb_remove(struct ipd_pair *pair, u8 reason, bool event);
void ipd_sadb_flush(struct ipd_net *net, const u32 *filter_id, const u64 *owner,
		    const struct in6_addr *remote, u8 family);

void ipd_larvals_flush_dev(struct ipd_net *net, const struct net_device *dev);

int ipd_sadb_net_init(struct ipd_net *net);
/* Before ipd_acquire_net_exit(), when no packet comes any more. Waits for all pairs. */
void ipd_sadb_net_exit(struct ipd_net *net);

int ipd_sadb_init(void);
void ipd_sadb_exit(void);

#endif /* IPD_SADB_H */
