/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What slot.c and acquire.c share: slots from their making to their end.
 */
#ifndef IPD_SLOT_H
#define IPD_SLOT_H

#include "acquire.h"

/* Slots without a pair: a host that somebody makes talk to random addresses would make
 * them without end.
 */
#define IPD_SLOTS_BARE_MAX	16384

/* slot.c */
void ipd_slot_outbound(const struct ipd_filter *filter, struct ipd_selector *sel);
struct ipd_slot *ipd_slot_for_packet(struct ipd_net *in, const struct ipd_filter *filter,
				     const struct ipd_key *key);
int ipd_slot_register(struct ipd_slot *slot);
struct ipd_filter *ipd_slot_filter(const struct ipd_slot *slot);
void ipd_slot_choose(struct ipd_slot *slot);
void ipd_slot_kill(struct ipd_slot *slot);
void ipd_slot_dissolve(struct ipd_slot *slot);
void ipd_slot_sweep_work(struct work_struct *work);
void ipd_slots_exit(struct ipd_net *in);
int ipd_slots_init(struct ipd_net *in);

/* acquire.c */
void ipd_slot_init_queue(struct ipd_slot *slot);
void ipd_slot_kick(struct ipd_slot *slot);
void ipd_slot_rehold(struct ipd_slot *slot);
bool ipd_slot_wait(struct ipd_slot *slot);
void ipd_held_release(struct ipd_net *in, struct sk_buff_head *held);
void ipd_held_drop(struct ipd_slot *slot, struct sk_buff_head *held, u8 reason);

#endif /* IPD_SLOT_H */
