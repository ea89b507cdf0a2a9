// SPDX-License-Identifier: GPL-2.0-only
/*
 * See replay.h.
 *
 * A slot only ever moves on to a later block, and a bit of a block is only ever set, so
 * whichever CPU's compare-and-exchange sets a bit owns that sequence number for good; no
 * other order between CPUs is needed. @top only cuts the window to its exact size.
 *
 * The tag is the block number modulo 2^48, compared like a sequence number. That is
 * exact as long as nobody skips 2^51 packets at once; with ESN a packet can skip less
 * than 2^32.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/ipsecdrv.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <kunit/visibility.h>

#include "replay.h"

#define IPD_SLOT_SHIFT	4
#define IPD_SLOT_SIZE	BIT(IPD_SLOT_SHIFT)
#define IPD_SLOT_SEEN	GENMASK_ULL(IPD_SLOT_SIZE - 1, 0)

static u32 ipd_replay_slots(u32 window)
{
	return window ? roundup_pow_of_two(DIV_ROUND_UP(window + IPD_SLOT_SIZE, IPD_SLOT_SIZE)) : 0;
}

/** ipd_replay_size() - bytes that a window of so many packets takes */
u32 ipd_replay_size(u32 window)
{
	return ipd_replay_slots(window) * sizeof(atomic64_t);
}

/**
 * ipd_replay_init() - an empty window
 * @replay: to set up
 * @window: packets, up to IPSECDRV_REPLAY_WINDOW_MAX
 * @esn: needs a window, because the upper half of a number is inferred from it
 */
int ipd_replay_init(struct ipd_replay *replay, u32 window, bool esn)
{
	unsigned int n;

	if (window > IPSECDRV_REPLAY_WINDOW_MAX || (esn && !window))
		return -EINVAL;

	atomic64_set(&replay->top, 0);
	replay->window = window;
	replay->esn = esn;
	replay->mask = 0;
	replay->slots = NULL;
	if (!window)
		return 0;

	BUILD_BUG_ON(IPSECDRV_REPLAY_WINDOW_MAX / IPD_SLOT_SIZE * 2 - 1 > U16_MAX);
	n = ipd_replay_slots(window);
	replay->slots = kvcalloc(n, sizeof(*replay->slots), GFP_KERNEL_ACCOUNT);
	if (!replay->slots)
		return -ENOMEM;
	replay->mask = n - 1;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_replay_init);

void ipd_replay_free(struct ipd_replay *replay)
{
	kvfree(replay->slots);
	replay->slots = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_replay_free);

/**
 * ipd_replay_seq() - the whole sequence number of a packet
 * @replay: window of its SA
 * @seq_low: what the packet carries
 *
 * RFC 4303 appendix A2.2 in one line: of all numbers with this lower half, the first one
 * that is not below the window.
 *
 * Return: the number, or 0, which is never valid, if it would be below 0 or above 64 bits.
 */
u64 ipd_replay_seq(const struct ipd_replay *replay, u32 seq_low)
{
	u64 top, bottom, seq;
	bool wrapped;

	if (!replay->esn)
		return seq_low;

	top = atomic64_read(&replay->top);
	bottom = top - replay->window + 1;
	seq = bottom + (u32)(seq_low - (u32)bottom);
	/* Starting below 0 it must have passed 0, starting above it must not. */
	wrapped = seq < bottom;
	return wrapped == (top < replay->window - 1) ? seq : 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_replay_seq);

static bool ipd_replay_in_window(const struct ipd_replay *replay, u64 seq)
{
	u64 top = atomic64_read(&replay->top);

	return seq && (seq > top || top - seq < replay->window);
}

static atomic64_t *ipd_replay_slot(const struct ipd_replay *replay, u64 seq)
{
	return &replay->slots[(seq >> IPD_SLOT_SHIFT) & replay->mask];
}

/* The slot with @seq seen, 0 if it was seen before or its block is gone. */
static u64 ipd_slot_with(u64 slot, u64 seq)
{
	u64 tag = seq >> IPD_SLOT_SHIFT << IPD_SLOT_SIZE;
	u64 bit = 1ULL << (seq & (IPD_SLOT_SIZE - 1));
	s64 ahead = tag - (slot & ~IPD_SLOT_SEEN);

	if (ahead > 0)
		return tag | bit;
	if (ahead < 0 || (slot & bit))
		return 0;
	return slot | bit;
}

/**
 * ipd_replay_check() - is a packet worth verifying?
 * @replay: window of its SA
 * @seq: its whole sequence number
 *
 * Changes nothing. ipd_replay_commit() decides.
 */
bool ipd_replay_check(const struct ipd_replay *replay, u64 seq)
{
	if (!replay->window)
		return true;
	return ipd_replay_in_window(replay, seq) &&
	       ipd_slot_with(atomic64_read(ipd_replay_slot(replay, seq)), seq);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_replay_check);

/**
 * ipd_replay_commit() - take the sequence number of an authentic packet
 * @replay: window of its SA
 * @seq: its whole sequence number
 *
 * Return: false if the number is not new; at most one caller gets true for it.
 */
bool ipd_replay_commit(struct ipd_replay *replay, u64 seq)
{
	s64 top, old, new;

	if (replay->window) {
		atomic64_t *slot = ipd_replay_slot(replay, seq);

		old = atomic64_read(slot);
		do {
			if (!ipd_replay_in_window(replay, seq))
				return false;
			new = ipd_slot_with(old, seq);
			if (!new)
				return false;
		} while (!atomic64_try_cmpxchg(slot, &old, new));
	}

	top = atomic64_read(&replay->top);
	while (seq > (u64)top && !atomic64_try_cmpxchg(&replay->top, &top, seq))
		;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_replay_commit);
