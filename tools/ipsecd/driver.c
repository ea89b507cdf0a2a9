// SPDX-License-Identifier: GPL-2.0-or-later
/* The one seam between the engine and the driver. */
#include "driver.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

static struct ipsec_client *client_of(void *ctx)
{
	return &((struct ipsecd_driver *)ctx)->client;
}

/* Requests with keys: no copy is left. */
static int ask_and_wipe(struct ipsec_client *c, struct ipsec_msg *m,
			const struct ipsec_field *fields, void *obj,
			struct ipsec_err *err)
{
	size_t len = m->nlh->nlmsg_len;
	int rc = ipsec_ask(c, m, fields, obj, err);

	explicit_bzero(m->buf, len);
	return rc;
}

static int get_spi(void *ctx, enum ipsecdrv_proto proto,
		   const struct ipsec_addr *local, uint32_t slot, uint32_t *spi,
		   struct ipsec_err *err)
{
	struct ipsec_spi ask = {
		.proto = { proto, true },
		.local = *local,
		.slot = { slot, slot != 0 },
	};
	struct ipsec_spi got = { 0 };
	struct ipsec_msg m;
	int rc;

	ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET_SPI, 0);
	ipsec_put(&m, ipsec_spi_fields, &ask);
	rc = ipsec_ask(client_of(ctx), &m, ipsec_spi_fields, &got, err);
	if (!rc && !got.spi.set)
		rc = ipsec_err_code(err, EPROTO, "the driver gave no SPI");
	*spi = (uint32_t)got.spi.v;
	return rc;
}

static int sa_add(void *ctx, struct ipsec_sa *sa, struct ipsec_err *err)
{
	struct ipsec_sa got = { 0 };
	struct ipsec_msg m;
	int rc;

	ipsec_msg_init(&m, IPSECDRV_CMD_SA_ADD, 0);
	if (!ipsec_put(&m, ipsec_sa_fields, sa))
		return ipsec_err_code(err, EMSGSIZE, "the SA is too large");
	rc = ask_and_wipe(client_of(ctx), &m, ipsec_sa_fields, &got, err);
	if (rc)
		return rc;
	sa->id = got.id;
	sa->slot = got.slot;
	return 0;
}

static const struct ipsec_field limits_wire[] = {
	{ .kind = IPSEC_NEST,
	  .attr = IPSECDRV_A_SA_LIFETIME,
	  .off = offsetof(struct ipsec_sa, lifetime),
	  .sub = ipsec_lifetime_fields },
	{ .kind = IPSEC_END },
};

static int sa_update(void *ctx, const struct ipsec_sa *sa,
		     struct ipsec_err *err)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_SA_UPDATE, 0);
	ipsec_put(&m, ipsec_sa_update_fields, sa);
	ipsec_put(&m, limits_wire, sa);
	return ipsec_ask(client_of(ctx), &m, NULL, NULL, err);
}

static int sa_del(void *ctx, uint32_t id, struct ipsec_err *err)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_SA_DEL, 0);
	ipsec_put_u32(&m, IPSECDRV_A_SA_ID, id);
	return ipsec_ask(client_of(ctx), &m, NULL, NULL, err);
}

static int sa_get(void *ctx, uint32_t id, struct ipsec_sa *sa,
		  struct ipsec_err *err)
{
	struct ipsec_msg m;

	memset(sa, 0, sizeof(*sa));
	ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET, 0);
	ipsec_put_u32(&m, IPSECDRV_A_SA_ID, id);
	return ipsec_ask(client_of(ctx), &m, ipsec_sa_fields, sa, err);
}

static int sa_dump(void *ctx, void (*fn)(void *arg, const struct ipsec_sa *sa),
		   void *arg, struct ipsec_err *err)
{
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(client_of(ctx), IPSECDRV_CMD_SA_DUMP, &d, err);

	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_sa sa = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_sa_fields, &sa, err);
		if (!rc)
			fn(arg, &sa);
	}
	ipsec_dump_free(&d);
	return rc;
}

static int acquire_dump(void *ctx,
			void (*fn)(void *arg,
				   const struct ipsec_acquire *acquire),
			void *arg, struct ipsec_err *err)
{
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(client_of(ctx), IPSECDRV_CMD_ACQUIRE_DUMP, &d, err);

	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_acquire a = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_acquire_fields, &a, err);
		if (!rc)
			fn(arg, &a);
	}
	ipsec_dump_free(&d);
	return rc;
}

static int refuse(void *ctx, uint32_t slot, enum ipsecdrv_refuse_reason reason,
		  bool soft, struct ipsec_err *err)
{
	const struct ipsec_acquire a = {
		.slot = { slot, true },
		.reason = { reason, true },
		.soft = { soft, soft },
	};
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_ACQUIRE_REFUSE, 0);
	ipsec_put(&m, ipsec_acquire_fields, &a);
	return ipsec_ask(client_of(ctx), &m, NULL, NULL, err);
}

static int filter_add(void *ctx, const struct ipsec_filter *filter,
		      struct ipsec_err *err)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_ADD, 0);
	ipsec_put(&m, ipsec_filter_message, filter);
	return ipsec_ask(client_of(ctx), &m, NULL, NULL, err);
}

static int filter_del(void *ctx, uint32_t id, struct ipsec_err *err)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_DEL, 0);
	ipsec_put_u32(&m, IPSECDRV_A_TABLE_ID, id);
	return ipsec_ask(client_of(ctx), &m, NULL, NULL, err);
}

static int soft_dump(void *ctx,
		     void (*fn)(void *arg, const struct ipsec_soft *soft),
		     void *arg, struct ipsec_err *err)
{
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(client_of(ctx), IPSECDRV_CMD_SOFT_DUMP, &d, err);

	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_soft s = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_soft_fields, &s, err);
		if (!rc)
			fn(arg, &s);
	}
	ipsec_dump_free(&d);
	return rc;
}

const struct ike_driver ipsecd_driver_calls = {
	.get_spi = get_spi,
	.sa_add = sa_add,
	.sa_update = sa_update,
	.sa_del = sa_del,
	.sa_get = sa_get,
	.sa_dump = sa_dump,
	.acquire_dump = acquire_dump,
	.refuse = refuse,
	.filter_add = filter_add,
	.filter_del = filter_del,
	.soft_dump = soft_dump,
};

static void on_event(const struct nlmsghdr *nlh, const struct ipsecd_events *to)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct ipsec_err err = { 0 };

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return;
	if (genl->cmd == IPSECDRV_CMD_ACQUIRE_NTF) {
		struct ipsec_acquire a = { 0 };

		if (!ipsec_get_msg(nlh, ipsec_acquire_fields, &a, &err))
			to->acquire(to->arg, &a);
	} else if (genl->cmd == IPSECDRV_CMD_EXPIRE_NTF) {
		struct ipsec_sa sa = { 0 };

		if (!ipsec_get_msg(nlh, ipsec_sa_fields, &sa, &err))
			to->expire(to->arg, &sa);
	}
}

void ipsecd_driver_events(const struct ipsecd_driver *driver, const void *data,
			  size_t len, const struct ipsecd_events *to)
{
	const struct nlmsghdr *nlh = data;
	int left = (int)len;

	for (; ipsec_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_type == driver->client.family)
			on_event(nlh, to);
}
