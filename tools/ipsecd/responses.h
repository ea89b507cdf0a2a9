/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_RESPONSES_H
#define IPSECD_RESPONSES_H

#include "client.h"
#include "policy.h"

/*
 * The filters of the default response. The worker asks for them, and they are
 * in the driver only if the policy makes exactly the same for that traffic,
 * with their exceptions.
 */
#define IPSECD_RESPONSES_MAX 1024

struct ipsecd_responses {
	unsigned int count;
	struct ipsec_filter *filter; /* IPSECD_RESPONSES_MAX, NULL: none yet */
};

/* Those that the driver has and that the policy still makes. */
int ipsecd_responses_read(struct ipsecd_responses *list,
			  struct ipsec_client *driver,
			  const struct policy *policy, struct ipsec_err *err);
void ipsecd_responses_free(struct ipsecd_responses *list);
/* Has one of the first that many filters this exception, too? */
bool ipsecd_responses_share(const struct ipsecd_responses *list,
			    const struct policy *policy, unsigned int count,
			    const struct ipsec_filter *exception);
/* What the worker asks for: 0, -EPERM, -ENOSPC, or the driver's errno. */
int ipsecd_responses_add(struct ipsecd_responses *list,
			 struct ipsec_client *driver,
			 const struct policy *policy,
			 const struct ipsec_filter *asked);
int ipsecd_responses_del(struct ipsecd_responses *list,
			 struct ipsec_client *driver,
			 const struct policy *policy, uint32_t id);

#endif
