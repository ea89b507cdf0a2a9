/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_TABLE_H
#define IPSECD_TABLE_H

#include "client.h"
#include "policy.h"
#include "responses.h"

/*
 * The filters of a policy, and those that its default response has made, to the
 * driver, in one transaction: what was before goes, and nothing changes when
 * one is refused. path names the policy in errors. With agent the client's socket
 * is the agent's from then on, which ends boot mode until it is closed.
 */
int ipsecd_table_load(struct ipsec_client *driver, const struct policy *policy,
		      const struct ipsecd_responses *responses,
		      const char *path, bool agent, struct ipsec_err *err);

#endif
