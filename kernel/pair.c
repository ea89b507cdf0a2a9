// SPDX-License-Identifier: GPL-2.0-only
/*
 * SA pairs: made complete, published, changed, ended.
 */

#include <linux/once.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <net/dst_metadata.h>

#include <kunit/visibility.h>

#include "cache.h"
#include "mode.h"
#include "net.h"
#include "netlink.h"
#include "offload.h"
#include "pair.h"
#include "slot.h"

/* An update may change these; the others are part of what was negotiated. */
#define IPD_PAIR_FLAGS_UPDATE	(IPSECDRV_SA_FLAGS_FLOAT | IPSECDRV_SA_FLAGS_NO_DSCP |	\
				 IPSECDRV_SA_FLAGS_NO_ECN | IPSECDRV_SA_FLAGS_COPY_DF |	\
				 IPSECDRV_SA_FLAGS_SET_DF)

static bool pair_is_counter_mode(u8 encr)
{
	switch (encr) {
	case IPSECDRV_ENCR_AES_GCM_8:
	case IPSECDRV_ENCR_AES_GCM_12:
	case IPSECDRV_ENCR_AES_GCM_16:
	case IPSECDRV_ENCR_CHACHA20_POLY1305:
	case IPSECDRV_ENCR_AES_CCM_8:
	case IPSECDRV_ENCR_AES_CCM_12:
	case IPSECDRV_ENCR_AES_CCM_16:
	case IPSECDRV_ENCR_AES_CTR:
	case IPSECDRV_ENCR_AES_GMAC:
		return true;
	default:
		return false;
	}
}

/* Says whether two SAs have the same key and salt, and nothing else about them: the
 * secret is made at random when it is first needed and leaves no one's hands.
 */
static u64 pair_fingerprint(const struct ipd_protection *prot, unsigned int dir)
{
	static siphash_aligned_key_t secret;

	if (prot->proto != IPSECDRV_PROTO_ESP || !pair_is_counter_mode(prot->encr))
		return 0;
	get_random_once(&secret, sizeof(secret));
	return siphash(prot->encr_key[dir], prot->encr_key_len, &secret) ?: 1;
}

static int pair_init_sa(struct ipd_pair *pair, const struct ipd_pair_spec *spec,
			unsigned int index, unsigned int dir, struct netlink_ext_ack *extack)
{
	const struct ipd_protection *prot = &spec->prot[index];
	bool inbound = dir == IPSECDRV_DIR_IN;
	struct ipd_sa *sa = inbound ? ipd_pair_in(pair, index) : ipd_pair_out(pair, index);
	int err;

	sa->pair = pair;
	sa->index = index;
	sa->dir = dir;
	sa->esn = spec->flags & IPSECDRV_SA_FLAGS_ESN;
	sa->fingerprint = pair_fingerprint(prot, dir);
	sa->spi.state = IPSECDRV_SA_STATE_MATURE;
	ipd_spi_key_init(&sa->spi.key, prot->proto, spec->family,
			 inbound ? &spec->local : &spec->remote, prot->spi[dir]);

	err = ipd_sa_crypto_init(sa, prot, dir, extack);
	if (err || !inbound)
		return err;
	return ipd_replay_init(&sa->replay, spec->replay_window, sa->esn);
}

static void pair_free_work(struct work_struct *work)
{
	ipd_pair_free(container_of(work, struct ipd_pair, free_work));
}

static void pair_free_rcu(struct rcu_head *rcu)
{
	ipd_pair_put(container_of(rcu, struct ipd_pair, rcu));
}

static void pair_end_rcu(struct rcu_head *rcu)
{
	struct ipd_pair *pair = container_of(rcu, struct ipd_pair, rcu);

	xa_erase_bh(&pair->net->sadb.proofs, pair->id);
	call_rcu(&pair->rcu, pair_free_rcu);
}

static void pair_init(struct ipd_pair *pair, struct ipd_net *in, const struct ipd_pair_spec *spec,
		      const struct ipd_selector *sel)
{
	unsigned int i;

	for (i = 0; i < spec->n; i++) {
		pair->confidential |= ipd_spec_encrypts(&spec->prot[i]);
		pair->authenticated |= spec->prot[i].proto == IPSECDRV_PROTO_AH;
	}
	pair->n = spec->n;
	pair->mode = spec->mode;
	pair->family = spec->family;
	pair->state = IPSECDRV_SA_STATE_MATURE;
	pair->flags = spec->flags;
	pair->net = in;
	pair->local = spec->local;
	pair->remote = spec->remote;
	pair->encap_local = spec->encap_local;
	pair->encap_remote = spec->encap_remote;
	pair->keepalive = spec->keepalive;
	pair->sel = *sel;
	pair->limits = spec->limits;
	pair->owner = spec->owner;
	pair->replaces = spec->replaces;
	pair->replay_window = spec->replay_window;
	spin_lock_init(&pair->lock);
	INIT_LIST_HEAD(&pair->list);
	INIT_LIST_HEAD(&pair->slot_list);
	refcount_set(&pair->ref, 1);
	INIT_WORK(&pair->free_work, pair_free_work);
	atomic_inc(&in->sadb.alive);
	atomic64_add(ipd_pair_windows(pair->n, pair->replay_window), &in->sadb.windows);
}

/* Whatever an outer route or a proof needs. */
static int pair_init_dsts(struct ipd_pair *pair)
{
	if (pair->mode == IPSECDRV_MODE_TUNNEL && dst_cache_init(&pair->dst_cache, GFP_KERNEL))
		return -ENOMEM;
	pair->proof = metadata_dst_alloc(0, METADATA_XFRM, GFP_KERNEL);
	if (!pair->proof)
		return -ENOMEM;
	pair->proof->u.xfrm_info.if_id = pair->id;
	return 0;
}

static enum ipd_cache pair_cache(unsigned int protos)
{
	return protos == 1 ? IPD_CACHE_PAIR : IPD_CACHE_PAIR2;
}

/**
 * ipd_pair_new() - a complete pair that nobody knows of yet
 * @in: namespace
 * @spec: that passed the checks of spec.c
 * @sel: its traffic selectors
 * @extack: says why not
 *
 * Sleeps. Return: the pair with one reference and its id reserved, or an error pointer.
 */
struct ipd_pair *ipd_pair_new(struct ipd_net *in, const struct ipd_pair_spec *spec,
			      const struct ipd_selector *sel, struct netlink_ext_ack *extack)
{
	struct ipd_pair *pair;
	int id, i, err;

	lockdep_assert_held(&in->mutex);

	/* A member more, and it takes another cache line, of each direction. */
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && SMP_CACHE_BYTES == 64 &&
		     sizeof(struct ipd_sa) != 192);

	pair = ipd_cache_zalloc(pair_cache(spec->n), GFP_KERNEL_ACCOUNT);
	if (!pair)
		return ERR_PTR(-ENOMEM);
	pair_init(pair, in, spec, sel);

	id = idr_alloc_cyclic(&in->sadb.ids, NULL, 1, 0, GFP_KERNEL);
	err = id < 0 ? id : 0;
	if (err)
		goto free;
	pair->id = id;
	for (i = 0; !err && i < 2 * spec->n; i++)
		err = pair_init_sa(pair, spec, i / 2, i % 2, extack);
	if (!err)
		err = pair_init_dsts(pair);
	if (err)
		goto free_id;
	ipd_pair_limits_init(pair);
	pair->headers = ipd_mode_headers(pair);
	pair->overhead = ipd_mode_overhead(pair);
	return pair;

free_id:
	idr_remove(&in->sadb.ids, pair->id);
free:
	ipd_pair_free(pair);
	return ERR_PTR(err);
}

/**
 * ipd_pair_free() - nobody has the pair any more
 * @pair: complete or not
 *
 * Sleeps: a cipher may still have to give packets back. The namespace may be gone when
 * this returns.
 */
void ipd_pair_free(struct ipd_pair *pair)
{
	atomic_t *alive = &pair->net->sadb.alive;
	unsigned int i;

	for (i = 0; i < 2 * pair->n; i++) {
		ipd_sa_crypto_free(&pair->sas[i]);
		ipd_replay_free(&pair->sas[i].replay);
	}
	atomic64_sub(ipd_pair_windows(pair->n, pair->replay_window), &pair->net->sadb.windows);
	ipd_offload_free(pair);
	kfree(pair->drops);
	dst_cache_destroy(&pair->dst_cache);
	if (pair->proof)
		dst_release(&pair->proof->dst);
	ipd_cache_free(pair_cache(pair->n), pair);
	if (atomic_dec_and_test(alive))
		wake_up_var(alive);
}

/**
 * ipd_pair_hold() - keep a pair beyond the RCU section or the mutex
 * @pair: the pair
 *
 * Return: false if it is being freed.
 */
bool ipd_pair_hold(struct ipd_pair *pair)
{
	return refcount_inc_not_zero(&pair->ref);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_pair_hold);

/** ipd_pair_put() - drop a reference; any context */
void ipd_pair_put(struct ipd_pair *pair)
{
	if (refcount_dec_and_test(&pair->ref))
		queue_work(ipd_wq, &pair->free_work);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_pair_put);

/**
 * ipd_sadb_remove() - the end of a pair
 * @pair: a living pair
 * @reason: enum ipsecdrv_expire_reason
 * @event: tell the listeners
 *
 * The order, here and nowhere else:
 *
 *  1. Dead: no limit acts on it any more, none can queue it for removal again.
 *  2. Out of its slot: new outbound packets take another pair or are held.
 *  3. Out of the tables: new inbound packets do not find it, its SPIs and keys are free.
 *  4. Timers end, and none can be armed again; the device forgets it.
 *  5. A grace period: packets that had found it by their SPI are verified.
 *  6. Another: those whose proof led to it are through.
 *  7. The last reference goes, from whoever kept it beyond that.
 *  8. A work item frees what may sleep: transforms, when the cipher has given the last
 *     packet back, route, proof, window, and tells the namespace that waits for it.
 */
void ipd_sadb_remove(struct ipd_pair *pair, u8 reason, bool event)
{
	lockdep_assert_held(&pair->net->mutex);

	ipd_pair_mark_dead(pair);
	ipd_slot_clear_pair(pair->slot, pair);
	ipd_sadb_unpublish(pair);
	timer_shutdown_sync(&pair->timer);
	timer_shutdown_sync(&pair->keepalive_timer);
	ipd_offload_del(pair);
	if (event)
		ipd_event_expire(pair, reason, true);
	ipd_event_sa_end(pair, reason);
	call_rcu(&pair->rcu, pair_end_rcu);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_remove);

/* Make and publish. A slot that was made for a pair that then fails is idle, and swept. */
static struct ipd_pair *pair_install(struct ipd_net *in, const struct ipd_pair_spec *spec,
				     struct ipd_filter *filter, const struct ipd_selector *sel,
				     struct netlink_ext_ack *extack)
{
	struct ipd_pair *pair;
	int err;

	pair = ipd_pair_new(in, spec, sel, extack);
	if (IS_ERR(pair))
		return pair;
	pair->filter_id = filter->spec.id;
	pair->slot = ipd_slot_get(in, filter, sel, extack);
	if (IS_ERR(pair->slot)) {
		err = PTR_ERR(pair->slot);
		goto free;
	}
	if (spec->flags & IPSECDRV_SA_FLAGS_RESPONDER &&
	    (ipd_sadb_find(in, spec->replaces) || ipd_slot_wait(pair->slot)))
		ipd_pair_listen(pair);
	err = ipd_sadb_publish(pair, extack);
	if (err)
		goto free;
	return pair;

free:
	idr_remove(&in->sadb.ids, pair->id);
	/* A packet may have found it for a moment. */
	call_rcu(&pair->rcu, pair_end_rcu);
	return ERR_PTR(err);
}

/**
 * ipd_sadb_add() - install an SA pair
 * @in: namespace
 * @spec: what is asked for
 * @extack: says why not
 *
 * Packets that wait for the pair go out through it, in the order in which they came. The
 * pair that @spec replaces goes on receiving for a while; if a limit has ended it in the
 * meantime, the new pair is as welcome. With IPSECDRV_SA_FLAGS_RESPONDER it goes on
 * sending too, until ipd_pair_take_over().
 *
 * Return: the pair; or an error pointer, and then nothing has changed: -EINVAL, -ENOENT,
 * -EEXIST, -ENOBUFS if there are too many, -ENOMEM, or the cipher's own.
 */
struct ipd_pair *ipd_sadb_add(struct ipd_net *in, struct ipd_pair_spec *spec,
			      struct netlink_ext_ack *extack)
{
	struct ipd_pair *pair;
	struct ipd_selector sel;
	struct ipd_filter *filter;
	struct ipd_slot *asked;
	int err;

	lockdep_assert_held(&in->mutex);

	err = ipd_spec_check(in, spec, extack);
	if (!err)
		err = ipd_spec_resolve(in, spec, &filter, &sel, extack);
	if (!err)
		err = ipd_sadb_check_room(in, spec, extack);
	if (err)
		return ERR_PTR(err);

	pair = pair_install(in, spec, filter, &sel, extack);
	if (IS_ERR(pair))
		return pair;

	ipd_pair_start(pair);
	ipd_event_sa(pair);
	if (spec->flags & IPSECDRV_SA_FLAGS_OFFLOAD) {
		ipd_offload_add(pair, spec);
		ipd_event_offload(pair);
	}
	ipd_slot_set_pair(pair->slot, pair);

	/* Only now, so that the slot is not without a pair for a moment. */
	if (!test_bit(IPD_PAIR_LISTENING, &pair->bits))
		ipd_pair_supersede(pair);
	asked = spec->slot ? ipd_slot_find(in, spec->slot) : NULL;
	if (asked && asked != pair->slot)
		ipd_slot_rehold(asked);
	return pair;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_add);

static const char *update_check(const struct ipd_pair *pair, const struct ipd_pair_update *update)
{
	u32 df = IPSECDRV_SA_FLAGS_COPY_DF | IPSECDRV_SA_FLAGS_SET_DF;
	u32 changed = update->flags ^ pair->flags;
	const char *why;

	if (update->set & BIT(IPSECDRV_A_SA_FLAGS)) {
		if (update->flags & changed & IPSECDRV_SA_FLAGS_RESPONDER)
			return "responder can only be taken off";
		if (pair->flags & changed & IPSECDRV_SA_FLAGS_DRAIN)
			return "drain can only be put on";
		if (changed & ~(IPD_PAIR_FLAGS_UPDATE | IPSECDRV_SA_FLAGS_RESPONDER |
				IPSECDRV_SA_FLAGS_DRAIN))
			return "only float, no-dscp, no-ecn, *-df, responder, drain change";
		if ((update->flags & df) == df)
			return "copy-df and set-df exclude each other";
		if (update->flags & IPSECDRV_SA_FLAGS_FLOAT && !pair->encap_local)
			return "float goes with UDP encapsulation";
	}
	if (update->set & BIT(IPSECDRV_A_SA_REMOTE)) {
		if (update->family != pair->family)
			return "remote is of the other family";
		why = ipd_spec_check_remote(update->family, &update->remote);
		if (why)
			return why;
		if (pair->mode == IPSECDRV_MODE_TRANSPORT &&
		    ipd_addr_cmp(&update->remote, &pair->remote))
			return "an SA in transport mode cannot follow its peer to another address";
	}
	if (update->set & BIT(IPSECDRV_A_SA_ENCAP_REMOTE) &&
	    (!pair->encap_local || !update->encap_remote))
		return "UDP encapsulation cannot be switched on or off";
	if (update->set & BIT(IPSECDRV_A_SA_KEEPALIVE) && update->keepalive && !pair->encap_local)
		return "keepalive goes with UDP encapsulation";
	if (update->set & BIT(IPSECDRV_A_SA_LIFETIME))
		return ipd_limits_check(&update->limits);
	return NULL;
}

/**
 * ipd_sadb_update() - change what may change of a living pair
 * @in: namespace
 * @id: of the pair
 * @update: what to change
 * @extack: says why not
 *
 * Keys, sequence numbers, IVs and windows are out of reach.
 *
 * Return: 0; or -ENOENT, -EINVAL or -EEXIST, and then nothing has changed.
 */
int ipd_sadb_update(struct ipd_net *in, u32 id, const struct ipd_pair_update *update,
		    struct netlink_ext_ack *extack)
{
	struct ipd_pair *pair = ipd_sadb_find(in, id);
	const char *why;
	int err;

	lockdep_assert_held(&in->mutex);

	if (!pair || test_bit(IPD_PAIR_HARD_DONE, &pair->bits))
		return ipd_sadb_refuse(extack, -ENOENT, "no such SA pair");
	why = update_check(pair, update);
	if (why)
		return ipd_sadb_refuse(extack, -EINVAL, why);

	if (update->set & (BIT(IPSECDRV_A_SA_REMOTE) | BIT(IPSECDRV_A_SA_ENCAP_REMOTE))) {
		err = ipd_sadb_move(pair, update->set & BIT(IPSECDRV_A_SA_REMOTE) ?
				    &update->remote : &pair->remote,
				    update->set & BIT(IPSECDRV_A_SA_ENCAP_REMOTE) ?
				    update->encap_remote : pair->encap_remote, extack);
		if (err)
			return err;
		ipd_offload_del(pair);
	}
	if (update->set & BIT(IPSECDRV_A_SA_FLAGS)) {
		WRITE_ONCE(pair->flags, update->flags);
		if (update->flags & IPSECDRV_SA_FLAGS_DRAIN)
			ipd_pair_drain(pair);
		else if (!(update->flags & IPSECDRV_SA_FLAGS_RESPONDER))
			ipd_pair_take_over(pair);
	}
	if (update->set & BIT(IPSECDRV_A_SA_KEEPALIVE))
		ipd_pair_set_keepalive(pair, update->keepalive);
	if (update->set & BIT(IPSECDRV_A_SA_LIFETIME))
		ipd_pair_set_limits(pair, &update->limits);
	if (update->set & BIT(IPSECDRV_A_SA_OWNER))
		pair->owner = update->owner;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_update);
