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

int ipsecd_responses_add(struct ipsecd_responses *list,
			 struct ipsec_client *driver,
			 const struct policy *policy,
			 const struct ipsec_filter *asked)
{
	struct ipsec_filter *f;
	int rc;

	if (find(list, asked->id.v))
		return 0;
	if (!list->filter)
		return -EPERM;
	if (list->count == IPSECD_RESPONSES_MAX)
		return -ENOSPC;
	f = &list->filter[list->count];
	if (policy_response_again(policy, asked, f))
		return -EPERM;
	rc = send_filter(driver, f);
	if (!rc)
		list->count++;
	return rc;
}

int ipsecd_responses_del(struct ipsecd_responses *list,
			 struct ipsec_client *driver, uint32_t id)
{
	struct ipsec_filter *f = find(list, id);
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!f)
		return -EPERM;
	*f = list->filter[--list->count];
	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_DEL, 0);
	ipsec_put_u32(&m, IPSECDRV_A_TABLE_ID, id);
	return ipsec_ask(driver, &m, NULL, NULL, &err);
}
