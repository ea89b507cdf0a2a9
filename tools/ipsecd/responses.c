// SPDX-License-Identifier: GPL-2.0-or-later
#include "responses.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>

static void keep(struct ipsecd_responses *list, const struct policy *policy,
		 const struct ipsec_filter *old)
{
	if (list->count < IPSECD_RESPONSES_MAX &&
	    !policy_response_again(policy, old, &list->filter[list->count]))
		list->count++;
}

/* A parent before this one may have made some: the driver knows them. */
int ipsecd_responses_read(struct ipsecd_responses *list,
			  struct ipsec_client *driver,
			  const struct policy *policy, struct ipsec_err *err)
{
	const struct policy_rule *rule = policy_response(policy);
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc;

	*list = (struct ipsecd_responses){ 0 };
	if (!rule)
		return 0;
	list->filter = calloc(IPSECD_RESPONSES_MAX, sizeof(*list->filter));
	if (!list->filter)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	rc = ipsec_dump(driver, IPSECDRV_CMD_FILTER_DUMP, &d, err);
	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_filter f = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, err);
		if (!rc && f.cookie.v == rule->id)
			keep(list, policy, &f);
	}
	ipsec_dump_free(&d);
	if (rc)
		ipsecd_responses_free(list);
	return rc;
}

void ipsecd_responses_free(struct ipsecd_responses *list)
{
	free(list->filter);
	*list = (struct ipsecd_responses){ 0 };
}

static struct ipsec_filter *find(const struct ipsecd_responses *list,
				 uint64_t id)
{
	unsigned int i;

	for (i = 0; i < list->count; i++)
		if (list->filter[i].id.v == id)
			return &list->filter[i];
	return NULL;
}

static int send_filter(struct ipsec_client *driver,
		       const struct ipsec_filter *f)
{
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_ADD, 0);
	ipsec_put(&m, ipsec_filter_message, f);
	return ipsec_ask(driver, &m, NULL, NULL, &err);
}

static int delete_filter(struct ipsec_client *driver, uint64_t id)
{
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_DEL, 0);
	ipsec_put_u32(&m, IPSECDRV_A_TABLE_ID, id);
	return ipsec_ask(driver, &m, NULL, NULL, &err);
}

static bool same_host(const struct ipsec_net *a, const struct ipsec_net *b)
{
	return ipsec_addr_equal(&a->first, &b->first);
}

/* Both are of two hosts. */
static bool same_hosts(const struct ipsec_selector *a,
		       const struct ipsec_selector *b)
{
	return (same_host(&a->src, &b->src) && same_host(&a->dst, &b->dst)) ||
	       (same_host(&a->src, &b->dst) && same_host(&a->dst, &b->src));
}

bool ipsecd_responses_share(const struct ipsecd_responses *list,
			    const struct policy *policy, unsigned int count,
			    const struct ipsec_filter *exception)
{
	struct ipsec_filter of[POLICY_EXCEPTIONS_MAX];
	unsigned int i, j, exceptions;

	for (i = 0; i < count; i++) {
		if (!same_hosts(&list->filter[i].sel, &exception->sel) ||
		    policy_response_exceptions(policy, &list->filter[i], of,
					       &exceptions))
			continue;
		for (j = 0; j < exceptions; j++)
			if (of[j].id.v == exception->id.v)
				return true;
	}
	return false;
}

/* Those that no other filter has, too. */
static void delete_exceptions(const struct ipsecd_responses *list,
			      struct ipsec_client *driver,
			      const struct policy *policy,
			      const struct ipsec_filter *exception,
			      unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!ipsecd_responses_share(list, policy, list->count,
					    &exception[i]))
			delete_filter(driver, exception[i].id.v);
}

/* Before the filter that they are exceptions of. */
static int send_exceptions(const struct ipsecd_responses *list,
			   struct ipsec_client *driver,
			   const struct policy *policy,
			   const struct ipsec_filter *exception,
			   unsigned int count)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; i < count && !rc; i++)
		if (!ipsecd_responses_share(list, policy, list->count,
					    &exception[i]))
			rc = send_filter(driver, &exception[i]);
	if (rc)
		delete_exceptions(list, driver, policy, exception, i - 1);
	return rc;
}

int ipsecd_responses_add(struct ipsecd_responses *list,
			 struct ipsec_client *driver,
			 const struct policy *policy,
			 const struct ipsec_filter *asked)
{
	struct ipsec_filter exception[POLICY_EXCEPTIONS_MAX], *f;
	unsigned int count;
	int rc;

	if (find(list, asked->id.v))
		return 0;
	if (!list->filter)
		return -EPERM;
	if (list->count == IPSECD_RESPONSES_MAX)
		return -ENOSPC;
	f = &list->filter[list->count];
	if (policy_response_again(policy, asked, f) ||
	    policy_response_exceptions(policy, f, exception, &count))
		return -EPERM;
	rc = send_exceptions(list, driver, policy, exception, count);
	if (rc)
		return rc;
	rc = send_filter(driver, f);
	if (rc)
		delete_exceptions(list, driver, policy, exception, count);
	else
		list->count++;
	return rc;
}

int ipsecd_responses_del(struct ipsecd_responses *list,
			 struct ipsec_client *driver,
			 const struct policy *policy, uint32_t id)
{
	struct ipsec_filter *f = find(list, id);
	struct ipsec_filter exception[POLICY_EXCEPTIONS_MAX];
	unsigned int count;
	int rc;

	if (!f)
		return -EPERM;
	if (policy_response_exceptions(policy, f, exception, &count))
		count = 0;
	*f = list->filter[--list->count];
	rc = delete_filter(driver, id);
	if (!rc)
		delete_exceptions(list, driver, policy, exception, count);
	return rc;
}
