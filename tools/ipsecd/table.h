/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_TABLE_H
#define IPSECD_TABLE_H

#include "client.h"
#include "policy.h"

/*
 * The filters of a policy to the driver, in one transaction: what was before
 * goes, and nothing changes when one is refused. path names the policy in
 * errors.
 */
int ipsecd_table_load(struct ipsec_client *driver, const struct policy *policy,
		      const char *path, struct ipsec_err *err);

#endif
