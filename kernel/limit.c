// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ends a pair: sequence numbers, bytes, packets, time, idleness. lifetime.c does the
 * arithmetic; here are the clocks, the marks that keep it off the packet path, and the
 * two steps: soft, told at once and once, and hard, left to a work item that removes the
 * pair.
 */

#include <linux/ktime.h>

#include <kunit/visibility.h>

#include "natt.h"
#include "net.h"
#include "netlink.h"
#include "pair.h"
#include "slot.h"

/* The clock of limits goes on while the system sleeps, timers do not: look this often. */
#define IPD_LIMIT_LOOK_SECONDS	3600

/* As many pairs may have replaced each other before one of them was used. */
#define IPD_LIMIT_OLDER		64

/* last_used is no finer than this, so that a busy SA's cache line stays clean. */
#define IPD_LIMIT_STAMP		(HZ / 4)

static u64 limit_mark(u64 soft, u64 hard, bool soft_done)
{
	u64 mark = soft && !soft_done ? soft : hard;

	return mark ?: U64_MAX;
}

/* Where the packet path has to look at the limits again. Of two protocols only the
 * innermost counts, so that a packet counts once. pair->lock.
 */
static void limit_set_marks(struct ipd_pair *pair)
{
	bool soft_done = test_bit(IPD_PAIR_SOFT_DONE, &pair->bits);
	const struct ipd_limits *limits = &pair->limits;
	unsigned int i;

	for (i = 0; i < 2 * pair->n; i++) {
		struct ipd_sa *sa = &pair->sas[i];
		bool counts = !sa->index;

		WRITE_ONCE(sa->bytes_mark, !counts ? U64_MAX :
			   limit_mark(limits->soft_bytes, limits->hard_bytes, soft_done));
		WRITE_ONCE(sa->packets_mark, !counts ? U64_MAX :
			   limit_mark(limits->soft_packets, limits->hard_packets, soft_done));
	}
	/* The first packet counts for a pair that waits for it. */
	if (test_bit(IPD_PAIR_LISTENING, &pair->bits))
		WRITE_ONCE(ipd_pair_in(pair, 0)->packets_mark, 1);
}

static u64 limit_packets(const struct ipd_sa *sa)
{
	return atomic64_read(sa->dir == IPSECDRV_DIR_OUT ? &sa->seq : &sa->packets);
}

static u64 limit_age(const struct ipd_pair *pair)
{
	return ktime_get_boottime_seconds() - pair->installed;
}

static u32 limit_idle(const struct ipd_pair *pair)
{
	unsigned long now = jiffies, idle = ULONG_MAX;
	unsigned int i;

	for (i = 0; i < 2 * pair->n; i++)
		idle = min(idle, now - READ_ONCE(pair->sas[i].last_used));
	return idle / HZ;
}

/* @coming: the packets of @of are that many with those that are being counted. */
static enum ipd_limit_hit limit_look(struct ipd_pair *pair, const struct ipd_sa *of, u64 coming,
				     u8 *reason)
{
	enum ipd_limit_hit hit = IPD_LIMIT_NONE;
	struct ipd_usage usage = {
		.age = limit_age(pair),
		.idle = limit_idle(pair),
	};
	unsigned int i;

	spin_lock_bh(&pair->lock);
	for (i = 0; i < 2 && hit != IPD_LIMIT_HARD; i++) {
		const struct ipd_sa *sa = i ? ipd_pair_in(pair, 0) : ipd_pair_out(pair, 0);
		enum ipd_limit_hit one;
		u8 why;

		usage.bytes = atomic64_read(&sa->bytes);
		usage.packets = sa == of ? coming : limit_packets(sa);
		one = ipd_limits_hit(&pair->limits, &usage, &why);
		if (one > hit) {
			hit = one;
			*reason = why;
		}
	}
	spin_unlock_bh(&pair->lock);
	return hit;
}

static void limit_set_state(struct ipd_pair *pair, u8 state)
{
	unsigned int i;

	WRITE_ONCE(pair->state, state);
	for (i = 0; i < 2 * pair->n; i++)
		WRITE_ONCE(pair->sas[i].spi.state, state);
}

/* Ask for a rekey, once. Also ends the wish to be asked by the marks. */
static void limit_soft(struct ipd_pair *pair, u8 reason)
{
	bool tell = false;

	spin_lock_bh(&pair->lock);
	if (pair->state == IPSECDRV_SA_STATE_MATURE &&
	    !test_and_set_bit(IPD_PAIR_SOFT_DONE, &pair->bits)) {
		limit_set_state(pair, IPSECDRV_SA_STATE_DYING);
		limit_set_marks(pair);
		tell = true;
	}
	spin_unlock_bh(&pair->lock);

	if (tell)
		ipd_event_expire(pair, reason, false);
}

/* due_lock, and the pair is not dead. */
static void limit_queue(struct ipd_pair *pair)
{
	struct ipd_sadb *sadb = &pair->net->sadb;

	lockdep_assert_held(&sadb->due_lock);

	if (!list_empty(&pair->due))
		return;
	list_add_tail(&pair->due, &sadb->due);
	queue_work(ipd_wq, &sadb->due_work);
}

/* Have the pair removed soon. The lock is what makes ipd_pair_mark_dead() final. */
static void limit_hard(struct ipd_pair *pair, u8 reason)
{
	struct ipd_sadb *sadb = &pair->net->sadb;

	spin_lock_bh(&sadb->due_lock);
	if (!test_and_set_bit(IPD_PAIR_HARD_DONE, &pair->bits)) {
		pair->expire_reason = reason;
		limit_queue(pair);
	}
	spin_unlock_bh(&sadb->due_lock);
}

/* The peer sends on the pair, so it has both directions: use it soon. */
static void limit_heard(struct ipd_pair *pair)
{
	struct ipd_sadb *sadb = &pair->net->sadb;

	spin_lock_bh(&sadb->due_lock);
	if (!test_bit(IPD_PAIR_HARD_DONE, &pair->bits))
		limit_queue(pair);
	spin_unlock_bh(&sadb->due_lock);
}

static enum ipd_limit_hit limit_check(struct ipd_pair *pair, const struct ipd_sa *of, u64 coming)
{
	enum ipd_limit_hit hit;
	u8 reason;

	hit = limit_look(pair, of, coming, &reason);
	if (hit == IPD_LIMIT_HARD)
		limit_hard(pair, reason);
	else if (hit == IPD_LIMIT_SOFT)
		limit_soft(pair, reason);
	return hit;
}

/* A mark was reached. */
static int limit_reached(struct ipd_sa *sa, u64 packets, u64 bytes)
{
	struct ipd_pair *pair = sa->pair;
	u64 hard_bytes = READ_ONCE(pair->limits.hard_bytes);
	u64 hard_packets = READ_ONCE(pair->limits.hard_packets);

	if (sa->dir == IPSECDRV_DIR_IN && test_bit(IPD_PAIR_LISTENING, &pair->bits))
		limit_heard(pair);
	limit_check(pair, sa, packets);
	/* What reaches the hard limit is the last that goes through. */
	if ((hard_bytes && bytes > hard_bytes) || (hard_packets && packets > hard_packets))
		return -EKEYEXPIRED;
	return 0;
}

/**
 * ipd_sa_account() - count packets and look at the limits
 * @sa: the SA; of an outbound one, before the packets take their sequence numbers
 * @packets: how many
 * @bytes: in all of them
 *
 * Bottom halves off, RCU. CPUs that count at one time may together pass a packet limit
 * of an outbound SA by what they hold in hand; all other limits are exact.
 *
 * Return: 0, or -EKEYEXPIRED if a hard limit does not leave room for them.
 */
int ipd_sa_account(struct ipd_sa *sa, unsigned int packets, unsigned int bytes)
{
	u64 all_bytes = atomic64_add_return(bytes, &sa->bytes);
	unsigned long now = jiffies;
	u64 all_packets;

	if (sa->dir == IPSECDRV_DIR_OUT)
		all_packets = atomic64_read(&sa->seq) + packets;
	else
		all_packets = atomic64_add_return(packets, &sa->packets);

	if (now - READ_ONCE(sa->last_used) >= IPD_LIMIT_STAMP)
		WRITE_ONCE(sa->last_used, now);
	if (likely(all_bytes < READ_ONCE(sa->bytes_mark) &&
		   all_packets < READ_ONCE(sa->packets_mark)))
		return 0;
	return limit_reached(sa, all_packets, all_bytes);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sa_account);

/* The last stretch of the sequence space: ask for a rekey, and stop exactly at the end. */
static int limit_take_last(struct ipd_sa *sa, unsigned int n, u64 *seq)
{
	s64 last = atomic64_read(&sa->seq);

	do {
		if (unlikely((u64)last > sa->max_seq || sa->max_seq - (u64)last < n)) {
			limit_hard(sa->pair, IPSECDRV_EXPIRE_REASON_SEQUENCE);
			return -EOVERFLOW;
		}
	} while (!atomic64_try_cmpxchg(&sa->seq, &last, last + n));

	*seq = last + 1;
	limit_soft(sa->pair, IPSECDRV_EXPIRE_REASON_SEQUENCE);
	return 0;
}

/**
 * ipd_sa_take_seq() - sequence numbers for packets that are about to be sent
 * @sa: an outbound SA
 * @n: how many, consecutive
 * @seq: the first of them
 *
 * Bottom halves off, RCU. A plain add does as long as the end is further away than all
 * CPUs together can jump; from soft_seq on each step is checked. So no number is ever
 * given out twice, and none beyond max_seq.
 *
 * Return: 0, or -EOVERFLOW if there are not as many left; the pair is then removed.
 */
int ipd_sa_take_seq(struct ipd_sa *sa, unsigned int n, u64 *seq)
{
	if (unlikely((u64)atomic64_read(&sa->seq) >= sa->soft_seq))
		return limit_take_last(sa, n, seq);
	*seq = atomic64_add_return(n, &sa->seq) - n + 1;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sa_take_seq);

/* pair->lock. A pair that is drained keeps the time it was given for that. */
static void limit_arm(struct ipd_pair *pair)
{
	bool soft_done = test_bit(IPD_PAIR_SOFT_DONE, &pair->bits);
	u64 seconds;

	lockdep_assert_held(&pair->lock);

	if (test_bit(IPD_PAIR_REPLACED, &pair->bits))
		return;
	if (!ipd_limits_next(&pair->limits, limit_age(pair), limit_idle(pair), soft_done, &seconds))
		return;
	seconds = clamp_t(u64, seconds, 1, IPD_LIMIT_LOOK_SECONDS);
	mod_timer(&pair->timer, jiffies + (unsigned long)seconds * HZ + 1);
}

static void limit_timer(struct timer_list *timer)
{
	struct ipd_pair *pair = from_timer(pair, timer, timer);
	bool replaced, drained;

	spin_lock(&pair->lock);
	replaced = test_bit(IPD_PAIR_REPLACED, &pair->bits);
	/* Pending, if it was replaced just as a limit's time had come. */
	drained = replaced && !timer_pending(&pair->timer);
	spin_unlock(&pair->lock);

	rcu_read_lock();
	if (drained) {
		limit_hard(pair, IPSECDRV_EXPIRE_REASON_POLICY);
	} else if (!replaced && limit_check(pair, NULL, 0) != IPD_LIMIT_HARD) {
		spin_lock(&pair->lock);
		limit_arm(pair);
		spin_unlock(&pair->lock);
	}
	rcu_read_unlock();
}

/* When we last sent something through the NAT. */
static unsigned long limit_last_sent(const struct ipd_pair *pair)
{
	unsigned long last = READ_ONCE(pair->last_sent);
	unsigned long used = READ_ONCE(pair->sas[0].last_used);

	return time_after(used, last) ? used : last;
}

static void limit_keepalive_timer(struct timer_list *timer)
{
	struct ipd_pair *pair = from_timer(pair, timer, keepalive_timer);
	unsigned long interval = READ_ONCE(pair->keepalive) * HZ;
	unsigned long next;

	if (!interval)
		return;
	next = limit_last_sent(pair) + interval;
	if (time_after_eq(jiffies, next)) {
		rcu_read_lock();
		ipd_natt_keepalive(pair);
		rcu_read_unlock();
		WRITE_ONCE(pair->last_sent, jiffies);
		next = jiffies + interval;
	}
	mod_timer(&pair->keepalive_timer, next);
}

/** ipd_pair_limits_init() - of a pair that is being made; its limits are set */
void ipd_pair_limits_init(struct ipd_pair *pair)
{
	unsigned int i;

	pair->installed = ktime_get_boottime_seconds();
	pair->last_sent = jiffies;
	INIT_LIST_HEAD(&pair->due);
	timer_setup(&pair->timer, limit_timer, 0);
	timer_setup(&pair->keepalive_timer, limit_keepalive_timer, 0);
	for (i = 0; i < 2 * pair->n; i++) {
		struct ipd_sa *sa = &pair->sas[i];

		sa->last_used = jiffies;
		sa->soft_seq = sa->esn ? IPD_SEQ_SOFT_ESN : IPD_SEQ_SOFT;
		sa->max_seq = sa->esn ? IPD_SEQ_MAX_ESN : IPD_SEQ_MAX;
	}
	limit_set_marks(pair);
}

/** ipd_pair_start() - of a pair that is published: its clocks run */
void ipd_pair_start(struct ipd_pair *pair)
{
	spin_lock_bh(&pair->lock);
	limit_arm(pair);
	spin_unlock_bh(&pair->lock);
	if (pair->keepalive)
		mod_timer(&pair->keepalive_timer, jiffies + pair->keepalive * HZ);
}

/**
 * ipd_pair_set_limits() - of a living pair
 * @pair: the pair
 * @limits: that passed ipd_limits_check()
 *
 * A soft expiry that the new limits leave open may be told again, but not that of the
 * sequence numbers.
 */
void ipd_pair_set_limits(struct ipd_pair *pair, const struct ipd_limits *limits)
{
	bool low_on_numbers = false;
	unsigned int i;

	for (i = 0; i < pair->n; i++)
		if ((u64)atomic64_read(&ipd_pair_out(pair, i)->seq) >= pair->sas[i].soft_seq)
			low_on_numbers = true;

	spin_lock_bh(&pair->lock);
	pair->limits = *limits;
	if (pair->state == IPSECDRV_SA_STATE_DYING && !low_on_numbers &&
	    !test_bit(IPD_PAIR_REPLACED, &pair->bits)) {
		limit_set_state(pair, IPSECDRV_SA_STATE_MATURE);
		clear_bit(IPD_PAIR_SOFT_DONE, &pair->bits);
	}
	limit_set_marks(pair);
	limit_arm(pair);
	spin_unlock_bh(&pair->lock);
}

/** ipd_pair_set_keepalive() - of a living pair; 0 ends it */
void ipd_pair_set_keepalive(struct ipd_pair *pair, u16 seconds)
{
	WRITE_ONCE(pair->keepalive, seconds);
	if (seconds)
		mod_timer(&pair->keepalive_timer, jiffies + seconds * HZ);
	else
		timer_delete(&pair->keepalive_timer);
}

/**
 * ipd_pair_replace() - a new pair sends from now on; receive for a while, then go
 * @pair: the old one
 *
 * What is still on its way to us under the old keys arrives. Nobody is told of its end:
 * the daemon asked for it, and no limit of it counts any more but bytes and packets.
 */
void ipd_pair_replace(struct ipd_pair *pair)
{
	struct ipd_net *in = pair->net;

	lockdep_assert_held(&in->mutex);

	spin_lock_bh(&pair->lock);
	if (!test_and_set_bit(IPD_PAIR_REPLACED, &pair->bits)) {
		set_bit(IPD_PAIR_SOFT_DONE, &pair->bits);
		limit_set_state(pair, IPSECDRV_SA_STATE_DYING);
		limit_set_marks(pair);
		mod_timer(&pair->timer, jiffies + in->config.drain_seconds * HZ);
	}
	spin_unlock_bh(&pair->lock);
}

/**
 * ipd_pair_drain() - nothing takes over from the pair; receive for a while, then go
 * @pair: a living pair
 *
 * An older one of the slot that still sends comes into force; else packets are held.
 */
void ipd_pair_drain(struct ipd_pair *pair)
{
	lockdep_assert_held(&pair->net->mutex);

	ipd_pair_replace(pair);
	ipd_slot_choose(pair->slot);
}

/**
 * ipd_pair_supersede() - the pair sends, so those that it took over from do not
 * @pair: a living pair
 *
 * The one that it replaced may only have listened, so that an older one went on sending.
 */
void ipd_pair_supersede(struct ipd_pair *pair)
{
	struct ipd_pair *old = ipd_sadb_find(pair->net, pair->replaces);
	unsigned int older = 0;

	lockdep_assert_held(&pair->net->mutex);

	while (old && old != pair && older++ < IPD_LIMIT_OLDER) {
		ipd_pair_drain(old);
		old = ipd_sadb_find(pair->net, old->replaces);
	}
}

/**
 * ipd_pair_listen() - receive only, the pair that this one replaces goes on sending
 * @pair: that is not published yet
 */
void ipd_pair_listen(struct ipd_pair *pair)
{
	set_bit(IPD_PAIR_LISTENING, &pair->bits);
	limit_set_marks(pair);
}

/**
 * ipd_pair_take_over() - end of ipd_pair_listen(): send from now on
 * @pair: a living pair
 *
 * Nothing happens to a pair that sends already.
 */
void ipd_pair_take_over(struct ipd_pair *pair)
{
	lockdep_assert_held(&pair->net->mutex);

	if (!test_bit(IPD_PAIR_LISTENING, &pair->bits))
		return;
	spin_lock_bh(&pair->lock);
	clear_bit(IPD_PAIR_LISTENING, &pair->bits);
	limit_set_marks(pair);
	spin_unlock_bh(&pair->lock);
	ipd_slot_choose(pair->slot);
	ipd_pair_supersede(pair);
}

/** ipd_pair_mark_dead() - from here on no limit does anything to the pair */
void ipd_pair_mark_dead(struct ipd_pair *pair)
{
	struct ipd_sadb *sadb = &pair->net->sadb;

	spin_lock_bh(&pair->lock);
	limit_set_state(pair, IPSECDRV_SA_STATE_DEAD);
	spin_unlock_bh(&pair->lock);

	spin_lock_bh(&sadb->due_lock);
	set_bit(IPD_PAIR_HARD_DONE, &pair->bits);
	list_del_init(&pair->due);
	spin_unlock_bh(&sadb->due_lock);
}

static struct ipd_pair *due_first(struct ipd_sadb *sadb)
{
	struct ipd_pair *pair;

	spin_lock_bh(&sadb->due_lock);
	pair = list_first_entry_or_null(&sadb->due, struct ipd_pair, due);
	spin_unlock_bh(&sadb->due_lock);
	return pair;
}

static bool due_is_hard(struct ipd_pair *pair)
{
	struct ipd_sadb *sadb = &pair->net->sadb;
	bool hard;

	spin_lock_bh(&sadb->due_lock);
	hard = test_bit(IPD_PAIR_HARD_DONE, &pair->bits);
	if (!hard)
		list_del_init(&pair->due);
	spin_unlock_bh(&sadb->due_lock);
	return hard;
}

/* The mutex. */
static void due_act(struct ipd_pair *pair)
{
	if (!due_is_hard(pair))
		ipd_pair_take_over(pair);
	else if (test_bit(IPD_PAIR_REPLACED, &pair->bits))
		ipd_sadb_remove(pair, IPSECDRV_EXPIRE_REASON_REPLACED, false);
	else
		ipd_sadb_remove(pair, pair->expire_reason, true);
}

/**
 * ipd_due_work() - remove the pairs that are at a hard limit, and tell; have those send
 * that were heard
 * @work: sadb.due_work
 *
 * Only who holds the mutex takes a pair off the list, so none goes away meanwhile.
 */
void ipd_due_work(struct work_struct *work)
{
	struct ipd_net *in = container_of(work, struct ipd_net, sadb.due_work);
	struct ipd_pair *pair;

	do {
		mutex_lock(&in->mutex);
		pair = due_first(&in->sadb);
		if (pair)
			due_act(pair);
		mutex_unlock(&in->mutex);
	} while (pair);
}
