/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boot mode: what becomes of packets that no filter decides over while there is no agent,
 * that is from insmod until one has put its table in force, and again when it is gone.
 */
#ifndef IPD_BOOTMODE_H
#define IPD_BOOTMODE_H

#include <linux/types.h>

struct ipd_answers;
struct ipd_boot_list;
struct ipd_key;
struct ipd_net;
struct netlink_ext_ack;

/**
 * struct ipd_boot - of a namespace; written under its mutex
 * @list: exemptions, never NULL but in tests; RCU
 * @answers: while the mode that is set is stateful, whether or not it is in force; RCU
 * @agent: netlink port of the agent, 0 if there is none
 */
struct ipd_boot {
	struct ipd_boot_list __rcu *list;
	struct ipd_answers __rcu *answers;
	u32 agent;
};

/* The packet path: RCU. */
u8 ipd_boot_reason(const struct ipd_net *in, u8 mode, const struct ipd_key *key);
bool ipd_boot_answers(const struct ipd_net *in, const struct ipd_key *sent);
void ipd_boot_sent(struct ipd_net *in, const struct ipd_key *key);

/* The control path: the mutex. */
int ipd_boot_prepare(struct ipd_net *in, u8 mode);
void ipd_boot_set(struct ipd_net *in, u8 mode, struct ipd_boot_list *list);
int ipd_boot_may_be_agent(const struct ipd_net *in, u32 portid, struct netlink_ext_ack *extack);
void ipd_boot_agent(struct ipd_net *in, u32 portid);
void ipd_boot_agent_gone(struct ipd_net *in, u32 portid);

int ipd_boot_init(void);
int ipd_boot_net_init(struct ipd_net *in);
void ipd_boot_net_exit(struct ipd_net *in);

#endif /* IPD_BOOTMODE_H */
