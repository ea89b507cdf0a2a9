// SPDX-License-Identifier: GPL-2.0-or-later
/* Table files to the driver, in one transaction. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#define HEADERS (MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr))

/* The transaction is each batch's first attribute. */
static void batch_message(struct ipsec_msg *m, const struct ipsec_batch *b,
			  uint32_t transaction)
{
	struct nlattr *attr;

	ipsec_msg_init(m, IPSECDRV_CMD_FILTER_ADD, 0);
	attr = mnl_nlmsg_get_payload_tail(m->nlh);
	memcpy(attr, b->data, b->len);
	memcpy(mnl_attr_get_payload(attr), &transaction, sizeof(transaction));
	m->nlh->nlmsg_len += (uint32_t)b->len;
}

/* The refused attribute's offset lies in one filter of the message. */
static const struct ipsec_place *by_offset(const struct ipsec_load *l,
					   const struct ipsec_batch *b,
					   uint32_t offs)
{
	uint32_t i;

	for (i = b->count; i > 0; i--)
		if (l->place[b->first + i - 1].offs <= offs)
			return &l->place[b->first + i - 1];
	return NULL;
}

/* Or the text names it, as in "filter 7: ...". */
static const struct ipsec_place *by_text(const struct ipsec_load *l,
					 const char *text)
{
	const char *word = strstr(text, "filter ");
	unsigned int id;
	uint32_t i;

	if (!word || sscanf(word, "filter %u", &id) != 1)
		return NULL;
	for (i = 0; i < l->count; i++)
		if (l->place[i].id == id)
			return &l->place[i];
	return NULL;
}

static void blame(const struct ipsec_load *l, const struct ipsec_batch *b,
		  struct ipsec_err *err)
{
	const struct ipsec_place *p = by_text(l, err->text);
	char text[sizeof(err->text)];

	if (!p && b && err->offs)
		p = by_offset(l, b, err->offs);
	if (!p)
		return;
	err->file = l->in->name;
	err->line = p->line;
	if (strstr(err->text, "filter "))
		return;
	memcpy(text, err->text, sizeof(text));
	snprintf(err->text, sizeof(err->text), "filter %u: %.480s", p->id,
		 text);
}

static int send_filters(struct ipsec_load *l, struct ipsec_client *c,
			uint32_t transaction, struct ipsec_err *err)
{
	uint32_t i;
	int rc = 0;

	for (i = 0; i < l->batches && !rc; i++) {
		batch_message(&l->msg, l->batch[i], transaction);
		rc = ipsec_ask(c, &l->msg, NULL, NULL, err);
		if (rc)
			blame(l, l->batch[i], err);
	}
	return rc;
}

static int config_set(struct ipsec_client *c, const struct ipsec_config *config,
		      struct ipsec_err *err)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_SET, 0);
	ipsec_put(&m, ipsec_config_fields, config);
	if (m.nlh->nlmsg_len == HEADERS) /* nothing to set */
		return 0;
	return ipsec_ask(c, &m, NULL, NULL, err);
}

static int begin(struct ipsec_client *c, struct ipsec_table *info,
		 struct ipsec_err *err)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_TABLE_BEGIN, 0);
	return ipsec_ask(c, &m, ipsec_table_fields, info, err);
}

static int commit(const struct ipsec_load *l, struct ipsec_client *c,
		  uint32_t transaction, const uint64_t *generation,
		  struct ipsec_table *info, struct ipsec_err *err)
{
	struct ipsec_table request = {
		.transaction = { transaction, true },
		.agent = { l->agent, l->agent },
	};
	struct ipsec_msg m;

	if (generation)
		request.generation = (struct ipsec_num){ *generation, true };
	ipsec_msg_init(&m, IPSECDRV_CMD_TABLE_COMMIT, 0);
	ipsec_put(&m, ipsec_table_fields, &request);
	return ipsec_ask(c, &m, ipsec_table_fields, info, err);
}

/* The first error is the one to tell, so that of the abort is not. */
static void abort_transaction(struct ipsec_client *c, uint32_t transaction)
{
	struct ipsec_err ignored;
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_TABLE_ABORT, 0);
	ipsec_put_u32(&m, IPSECDRV_A_TABLE_TRANSACTION, transaction);
	ipsec_ask(c, &m, NULL, NULL, &ignored);
}

static int send_table(struct ipsec_load *l, struct ipsec_client *c,
		      const uint64_t *generation, struct ipsec_table *info,
		      struct ipsec_err *err)
{
	uint32_t transaction;
	int rc = begin(c, info, err);

	if (rc)
		return rc;
	transaction = (uint32_t)info->transaction.v;
	rc = send_filters(l, c, transaction, err);
	if (!rc) {
		rc = commit(l, c, transaction, generation, info, err);
		if (rc)
			blame(l, NULL, err);
	}
	if (rc)
		abort_transaction(c, transaction);
	return rc;
}

/* Words of a setting stand in the order of how much they restrict. */
static void loosen_later(const struct ipsec_num *now, struct ipsec_num *before,
			 struct ipsec_num *after)
{
	if (before->set && before->v < now->v) {
		*after = *before;
		before->set = false;
	}
}

/*
 * Settings and table cannot be swapped in one step. In between, the stricter
 * of the two default actions and boot modes holds, so that no packet passes
 * that neither the old nor the new state would let pass. Exemptions from boot
 * mode are for the time after the table.
 */
static void split_config(const struct ipsec_config *now,
			 const struct ipsec_config *want,
			 struct ipsec_config *before,
			 struct ipsec_config *after)
{
	*before = *want;
	*after = (struct ipsec_config){ .boot_exemptions =
						want->boot_exemptions };
	before->boot_exemptions.set = false;
	loosen_later(&now->default_action, &before->default_action,
		     &after->default_action);
	loosen_later(&now->boot_mode, &before->boot_mode, &after->boot_mode);
}

/* What was set before the table was refused is put back, and no more. */
static void restore_config(struct ipsec_client *c,
			   const struct ipsec_config *now,
			   const struct ipsec_config *set)
{
	const struct ipsec_field *f = ipsec_config_fields;
	struct ipsec_config back = *now;
	struct ipsec_err ignored;

	back.boot_exemptions.set = false;
	for (; f->kind != IPSEC_END; f++) {
		const struct ipsec_num *was =
			(const void *)((const char *)set + f->off);
		struct ipsec_num *num = (void *)((char *)&back + f->off);

		if (f->kind != IPSEC_BOOT)
			num->set = num->set && was->set;
	}
	config_set(c, &back, &ignored);
}

int ipsec_load_send(struct ipsec_load *l, struct ipsec_client *c,
		    const uint64_t *generation, struct ipsec_table *info,
		    struct ipsec_err *err)
{
	struct ipsec_config now = { 0 }, before, after;
	struct ipsec_msg m;
	int rc;

	if (!l->has_config)
		return send_table(l, c, generation, info, err);
	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_GET, 0);
	rc = ipsec_ask(c, &m, ipsec_config_fields, &now, err);
	if (rc)
		return rc;
	split_config(&now, &l->config, &before, &after);
	rc = config_set(c, &before, err);
	if (rc)
		return rc;
	rc = send_table(l, c, generation, info, err);
	if (rc)
		restore_config(c, &now, &before);
	else
		rc = config_set(c, &after, err);
	return rc;
}
