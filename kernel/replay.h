/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anti-replay window of any size and extended sequence numbers (RFC 4303 section
 * 3.4.3 and appendix A). No lock: a slot of 16 sequence numbers carries the number of
 * its block, so it is taken and, when the window comes round, reset by one
 * compare-and-exchange, and a sequence number is accepted at most once on any number
 * of CPUs. Pure, like selector.
 */
#ifndef IPD_REPLAY_H
#define IPD_REPLAY_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * struct ipd_replay - window of one inbound SA
 * @top: highest sequence number accepted so far, 0 if none
 * @window: its size in packets, 0 accepts everything
 * @mask: number of slots less one; slots hold at least @window + 16 numbers
 * @esn: sequence numbers are 64 bits, of which the packet carries the lower half
 * @slots: number of the block of 16 in the upper 48 bits, seen bits in the lower 16
 */
struct ipd_replay {
	atomic64_t top;
	u32 window;
	u16 mask;
	bool esn;
	atomic64_t *slots;
};

u32 ipd_replay_size(u32 window);
int ipd_replay_init(struct ipd_replay *replay, u32 window, bool esn);
void ipd_replay_free(struct ipd_replay *replay);
u64 ipd_replay_seq(const struct ipd_replay *replay, u32 seq_low);
bool ipd_replay_check(const struct ipd_replay *replay, u64 seq);
bool ipd_replay_commit(struct ipd_replay *replay, u64 seq);

#endif /* IPD_REPLAY_H */
