// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of the SADB: SAs and reserved SPIs by what a packet carries, pairs by id.
 *
 * Readers run under RCU and take no lock; writers hold the namespace's mutex.
 */

#include <linux/module.h>
#include <linux/rhashtable.h>
#include <linux/wait_bit.h>

#include <kunit/visibility.h>

#include "net.h"
#include "pair.h"

struct workqueue_struct *ipd_wq;
atomic_t ipd_sadb_erased = ATOMIC_INIT(0);

/* The largest takes 128 KiB, more than a hundred times what is around it. */
static unsigned int ipd_windows_max = 4096;
module_param_named(windows, ipd_windows_max, uint, 0644);
MODULE_PARM_DESC(windows, "MiB that the replay windows of a namespace may take (default 4096)");

/* A look-up for each packet: written so that the compiler inlines all of it. @seed is
 * the table's own and random, so a peer that chooses SPIs cannot aim at a bucket.
 */
static u32 spi_hash(const void *data, u32 len, u32 seed)
{
	const struct ipd_spi_key *key = data;
	const __be32 *daddr = key->daddr.s6_addr32;

	return jhash_3words((__force u32)key->spi,
			    (__force u32)(daddr[0] ^ daddr[1] ^ daddr[2] ^ daddr[3]),
			    key->proto, seed);
}

static u32 spi_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct ipd_spi *spi = data;

	return spi_hash(&spi->key, len, seed);
}

static int spi_obj_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct ipd_spi_key *key = arg->key;
	const struct ipd_spi *spi = obj;

	return spi->key.spi != key->spi || spi->key.proto != key->proto ||
	       spi->key.family != key->family || !ipv6_addr_equal(&spi->key.daddr, &key->daddr);
}

static const struct rhashtable_params spi_params = {
	.key_len = sizeof(struct ipd_spi_key),
	.head_offset = offsetof(struct ipd_spi, node),
	.hashfn = spi_hash,
	.obj_hashfn = spi_obj_hash,
	.obj_cmpfn = spi_obj_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params keys_params = {
	.key_len = sizeof(u64),
	.key_offset = offsetof(struct ipd_sa, fingerprint),
	.head_offset = offsetof(struct ipd_sa, keys_node),
	.automatic_shrinking = true,
};

/** ipd_spi_key_init() - @spi in host order, @daddr the outer destination */
void ipd_spi_key_init(struct ipd_spi_key *key, u8 proto, u8 family,
		      const struct in6_addr *daddr, u32 spi)
{
	*key = (struct ipd_spi_key){
		.daddr = *daddr,
		.spi = cpu_to_be32(spi),
		.proto = proto,
		.family = family,
	};
}

/**
 * ipd_sadb_find_in() - the inbound SA or reserved SPI that a packet names
 * @in: namespace
 * @key: from the packet
 *
 * RCU. Return: an SA's first member unless the state is larval, or
 * NULL.
 */
struct ipd_spi *ipd_sadb_find_in(struct ipd_net *in, const struct ipd_spi_key *key)
{
	return rhashtable_lookup(&in->sadb.in, key, spi_params);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_find_in);

/**
 * ipd_sadb_find_out() - the outbound SA that a packet quoted by an ICMP error names
 * @in: namespace
 * @key: from the packet
 *
 * RCU. Return: the SA or NULL.
 */
struct ipd_sa *ipd_sadb_find_out(struct ipd_net *in, const struct ipd_spi_key *key)
{
	struct ipd_spi *spi = rhashtable_lookup(&in->sadb.out, key, spi_params);

	return spi ? container_of(spi, struct ipd_sa, spi) : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_find_out);

/** ipd_sadb_find() - a living pair by its id, or NULL; under RCU or the mutex */
struct ipd_pair *ipd_sadb_find(struct ipd_net *in, u32 id)
{
	return idr_find(&in->sadb.ids, id);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_find);

/** ipd_sadb_reserve() - the SPI of @larval is taken; 0, -EEXIST or -ENOMEM */
int ipd_sadb_reserve(struct ipd_net *in, struct ipd_larval *larval)
{
	return rhashtable_lookup_insert_key(&in->sadb.in, &larval->spi.key, &larval->spi.node,
					    spi_params);
}

/** ipd_sadb_unreserve() - the SPI of @larval is free again */
void ipd_sadb_unreserve(struct ipd_net *in, struct ipd_larval *larval)
{
	rhashtable_remove_fast(&in->sadb.in, &larval->spi.node, spi_params);
}

static void sadb_erase(struct ipd_sadb *sadb, struct ipd_sa *sa)
{
	rhashtable_remove_fast(sa->dir == IPSECDRV_DIR_IN ? &sadb->in : &sadb->out,
			       &sa->spi.node, spi_params);
	/* Pairs with ipd_input_sa(). */
	atomic_inc_return_release(&ipd_sadb_erased);
	if (sa->fingerprint)
		rhashtable_remove_fast(&sadb->keys, &sa->keys_node, keys_params);
}

static int sadb_insert_spi(struct ipd_sadb *sadb, struct ipd_sa *sa,
			   struct ipd_larval **larval, struct netlink_ext_ack *extack)
{
	bool inbound = sa->dir == IPSECDRV_DIR_IN;
	struct rhashtable *table = inbound ? &sadb->in : &sadb->out;
	struct ipd_spi *old;
	int err;

	old = rhashtable_lookup_fast(table, &sa->spi.key, spi_params);
	if (old && old->state == IPSECDRV_SA_STATE_LARVAL) {
		*larval = container_of(old, struct ipd_larval, spi);
		return rhashtable_replace_fast(table, &old->node, &sa->spi.node, spi_params);
	}
	err = rhashtable_lookup_insert_key(table, &sa->spi.key, &sa->spi.node, spi_params);
	if (err == -EEXIST && inbound)
		NL_SET_ERR_MSG(extack, "inbound SPI is in use");
	else if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "outbound SPI is in use for this peer");
	return err;
}

/*
 * A counter mode is broken by one key and salt that encrypts from sequence number 1 on
 * twice, so the SAs of a namespace that live at one time must differ in it: both
 * directions, all pairs, a rekey's old and new. The key itself is not kept for that.
 */
static int sadb_insert(struct ipd_sadb *sadb, struct ipd_sa *sa, struct ipd_larval **larval,
		       struct netlink_ext_ack *extack)
{
	int err;

	if (sa->fingerprint) {
		err = rhashtable_lookup_insert_fast(&sadb->keys, &sa->keys_node, keys_params);
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack, "counter mode key is in use by another SA");
		if (err)
			return err;
	}
	err = sadb_insert_spi(sadb, sa, larval, extack);
	if (err && sa->fingerprint)
		rhashtable_remove_fast(&sadb->keys, &sa->keys_node, keys_params);
	return err;
}

/**
 * ipd_sadb_check_room() - is there room for one pair more?
 * @in: namespace
 * @spec: of the pair; SPIs that were reserved for it have their place already
 * @extack: says that there is not
 *
 * Return: 0 or -ENOBUFS.
 */
int ipd_sadb_check_room(struct ipd_net *in, const struct ipd_pair_spec *spec,
			struct netlink_ext_ack *extack)
{
	u64 windows = atomic64_read(&in->sadb.windows) +
		      ipd_pair_windows(spec->n, spec->replay_window);
	unsigned int max = READ_ONCE(ipd_windows_max), i;
	u32 count = in->sadb.count + 1;

	lockdep_assert_held(&in->mutex);

	for (i = 0; i < spec->n; i++) {
		const struct ipd_protection *prot = &spec->prot[i];
		struct ipd_spi_key key;
		struct ipd_spi *spi;

		ipd_spi_key_init(&key, prot->proto, spec->family, &spec->local,
				 prot->spi[IPSECDRV_DIR_IN]);
		spi = rhashtable_lookup_fast(&in->sadb.in, &key, spi_params);
		if (spi && spi->state == IPSECDRV_SA_STATE_LARVAL)
			count--;
	}
	if (count > in->config.sas_max)
		return ipd_sadb_refuse(extack, -ENOBUFS, "limit of SAs is reached (sas-max)");
	if (windows > (u64)max << 20) {
		NL_SET_ERR_MSG_FMT(extack,
				   "replay windows take %u MiB (windows=): use smaller ones or raise it",
				   max);
		return -ENOBUFS;
	}
	return 0;
}

static void sadb_count(const struct ipd_pair *pair)
{
	struct ipd_net *in = pair->net;

	IPD_STAT_INC(in, qm_active);
	IPD_STAT_INC(in, qm_key_additions);
	if (pair->mode == IPSECDRV_MODE_TUNNEL)
		IPD_STAT_INC(in, qm_tunnels);
	if (ipd_sadb_find(in, pair->replaces))
		IPD_STAT_INC(in, qm_rekeys);
}

static void sadb_uncount(const struct ipd_pair *pair)
{
	struct ipd_net *in = pair->net;

	IPD_STAT_DEC(in, qm_active);
	IPD_STAT_INC(in, qm_key_deletions);
	if (pair->mode == IPSECDRV_MODE_TUNNEL)
		IPD_STAT_DEC(in, qm_tunnels);
}

/**
 * ipd_sadb_publish() - let packets find a pair that is complete
 * @pair: with its id reserved
 * @extack: says why not
 *
 * An SPI that was reserved passes to the SA without a moment in which it is nobody's.
 *
 * Return: 0, -EEXIST if an SPI or a counter mode's key is in use, or -ENOMEM; then
 * nothing has changed, but the id and the proof are the caller's to give back.
 */
int ipd_sadb_publish(struct ipd_pair *pair, struct netlink_ext_ack *extack)
{
	struct ipd_larval *larvals[2 * IPSECDRV_PROTOS_MAX] = {};
	struct ipd_sadb *sadb = &pair->net->sadb;
	int i, err;

	lockdep_assert_held(&pair->net->mutex);

	/* First: the proof of a packet that finds an SA leads here. */
	err = xa_err(xa_store_bh(&sadb->proofs, pair->id, pair, GFP_KERNEL_ACCOUNT));
	if (err)
		return err;
	for (i = 0; i < 2 * pair->n; i++) {
		err = sadb_insert(sadb, &pair->sas[i], &larvals[i], extack);
		if (err)
			goto undo;
	}
	idr_replace(&sadb->ids, pair, pair->id);
	list_add_tail(&pair->list, &sadb->pairs);
	sadb->count++;
	sadb_count(pair);
	for (i = 0; i < 2 * pair->n; i++)
		if (larvals[i])
			ipd_larval_mature(pair->net, larvals[i]);
	return 0;

undo:
	while (--i >= 0) {
		if (larvals[i])
			rhashtable_replace_fast(&sadb->in, &pair->sas[i].spi.node,
						&larvals[i]->spi.node, spi_params);
		/* What was replaced is not found; its key still has to go. */
		sadb_erase(sadb, &pair->sas[i]);
	}
	return err;
}

/** ipd_sadb_unpublish() - packets do not find the pair any more, save those that have it */
void ipd_sadb_unpublish(struct ipd_pair *pair)
{
	struct ipd_sadb *sadb = &pair->net->sadb;
	int i;

	lockdep_assert_held(&pair->net->mutex);

	for (i = 0; i < 2 * pair->n; i++)
		sadb_erase(sadb, &pair->sas[i]);
	idr_remove(&sadb->ids, pair->id);
	list_del(&pair->list);
	sadb->count--;
	sadb_uncount(pair);
}

/* A reader that walks past the SA meanwhile ends in the wrong chain, sees that and starts
 * anew; what it may miss is an ICMP error.
 */
static void sadb_rekey_out(struct ipd_sadb *sadb, struct ipd_sa *sa,
			   const struct in6_addr *remote)
{
	rhashtable_remove_fast(&sadb->out, &sa->spi.node, spi_params);
	sa->spi.key.daddr = *remote;
	/* Without memory the SA is not found by ICMP errors, that is all. */
	if (rhashtable_lookup_insert_key(&sadb->out, &sa->spi.key, &sa->spi.node,
					 spi_params))
		pr_debug("outbound SPI of pair %u has no entry\n", sa->pair->id);
}

/**
 * ipd_sadb_move() - the peer has another address or UDP port
 * @pair: the pair
 * @remote: the peer's address, the old one or a new one
 * @encap_remote: its port
 * @extack: says why not
 *
 * Return: 0, or -EEXIST if an outbound SPI is in use at that address.
 */
int ipd_sadb_move(struct ipd_pair *pair, const struct in6_addr *remote, u16 encap_remote,
		  struct netlink_ext_ack *extack)
{
	struct ipd_sadb *sadb = &pair->net->sadb;
	bool elsewhere = ipd_addr_cmp(&pair->remote, remote);
	struct ipd_spi_key key;
	unsigned int i;

	lockdep_assert_held(&pair->net->mutex);

	for (i = 0; elsewhere && i < pair->n; i++) {
		key = ipd_pair_out(pair, i)->spi.key;
		key.daddr = *remote;
		if (rhashtable_lookup_fast(&sadb->out, &key, spi_params)) {
			NL_SET_ERR_MSG(extack, "outbound SPI is in use at the new address");
			return -EEXIST;
		}
	}
	spin_lock_bh(&pair->lock);
	pair->remote = *remote;
	WRITE_ONCE(pair->encap_remote, encap_remote);
	spin_unlock_bh(&pair->lock);
	if (!elsewhere)
		return 0;
	for (i = 0; i < pair->n; i++)
		sadb_rekey_out(sadb, ipd_pair_out(pair, i), remote);
	WRITE_ONCE(pair->path_mtu, 0);
	dst_cache_reset(&pair->dst_cache);
	return 0;
}

/**
 * ipd_sadb_flush() - end every pair, or those that match all that is given
 * @in: namespace
 * @filter_id: of the filter, or NULL
 * @owner: the daemon's cookie, or NULL
 * @remote: outer address of the peer, or NULL
 * @family: of @remote
 *
 * Listeners are told. Reserved SPIs stay: they are part of negotiations that go on.
 */
void ipd_sadb_flush(struct ipd_net *in, const u32 *filter_id, const u64 *owner,
		    const struct in6_addr *remote, u8 family)
{
	struct ipd_pair *pair, *next;

	lockdep_assert_held(&in->mutex);

	list_for_each_entry_safe(pair, next, &in->sadb.pairs, list) {
		if (filter_id && *filter_id != pair->filter_id)
			continue;
		if (owner && *owner != pair->owner)
			continue;
		if (remote && (family != pair->family || ipd_addr_cmp(remote, &pair->remote)))
			continue;
		ipd_sadb_remove(pair, IPSECDRV_EXPIRE_REASON_POLICY, true);
	}
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_flush);

/** ipd_sadb_net_init() - 0 or -ENOMEM */
int ipd_sadb_net_init(struct ipd_net *in)
{
	struct ipd_sadb *sadb = &in->sadb;
	int err;

	INIT_LIST_HEAD(&sadb->pairs);
	INIT_LIST_HEAD(&sadb->larvals);
	INIT_LIST_HEAD(&sadb->due);
	idr_init_base(&sadb->ids, 1);
	xa_init_flags(&sadb->proofs, XA_FLAGS_LOCK_BH);
	spin_lock_init(&sadb->due_lock);
	INIT_WORK(&sadb->due_work, ipd_due_work);
	INIT_DELAYED_WORK(&sadb->larval_work, ipd_larval_work);

	err = rhashtable_init(&sadb->in, &spi_params);
	if (err)
		return err;
	err = rhashtable_init(&sadb->out, &spi_params);
	if (err)
		goto err_out;
	err = rhashtable_init(&sadb->keys, &keys_params);
	if (err)
		goto err_keys;
	return 0;

err_keys:
	rhashtable_destroy(&sadb->out);
err_out:
	rhashtable_destroy(&sadb->in);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_net_init);

/**
 * ipd_sadb_net_exit() - end everything, quietly
 * @in: namespace; no packet and no request comes any more
 *
 * Sleeps until the memory of every pair is freed, also of those that an asynchronous
 * cipher still works for.
 */
void ipd_sadb_net_exit(struct ipd_net *in)
{
	struct ipd_sadb *sadb = &in->sadb;
	struct ipd_pair *pair, *next;

	mutex_lock(&in->mutex);
	list_for_each_entry_safe(pair, next, &sadb->pairs, list)
		ipd_sadb_remove(pair, IPSECDRV_EXPIRE_REASON_POLICY, false);
	ipd_larvals_free(in);
	mutex_unlock(&in->mutex);

	/* Nothing is left that could queue them again. */
	cancel_work_sync(&sadb->due_work);
	cancel_delayed_work_sync(&sadb->larval_work);
	wait_var_event(&sadb->alive, !atomic_read(&sadb->alive));

	rhashtable_destroy(&sadb->keys);
	rhashtable_destroy(&sadb->out);
	rhashtable_destroy(&sadb->in);
	idr_destroy(&sadb->ids);
	xa_destroy(&sadb->proofs);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_net_exit);

/** ipd_sadb_init() - of the module, before any namespace; 0 or -ENOMEM */
int ipd_sadb_init(void)
{
	ipd_wq = alloc_workqueue("ipsecdrv", 0, 0);
	return ipd_wq ? 0 : -ENOMEM;
}

/** ipd_sadb_exit() - of the module, after the last namespace */
void ipd_sadb_exit(void)
{
	/* The last pairs are freed, their callbacks and work items may still be returning. */
	rcu_barrier();
	destroy_workqueue(ipd_wq);
}
