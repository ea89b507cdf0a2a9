// SPDX-License-Identifier: GPL-2.0-or-later
/* A driver without a kernel. */
#include "fake.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

static void answer(struct fake *f, const struct nlmsghdr *req,
		   const struct ipsec_field *fields, const void *obj)
{
	static struct ipsec_msg m;

	ipsec_msg_init(&m, 0, 0);
	m.nlh->nlmsg_type = FAKE_FAMILY;
	m.nlh->nlmsg_seq = req->nlmsg_seq;
	ipsec_put(&m, fields, obj);
	memcpy(f->out + f->out_len, m.buf, m.nlh->nlmsg_len);
	f->out_len += MNL_ALIGN(m.nlh->nlmsg_len);
}

static void acknowledge(struct fake *f, const struct nlmsghdr *req, int code)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(f->out + f->out_len);
	struct nlmsgerr *e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));

	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_seq = req->nlmsg_seq;
	nlh->nlmsg_flags = NLM_F_CAPPED;
	e->error = -code;
	e->msg = *req;
	if (code && f->fail_text) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, f->fail_text);
	}
	if (code && f->fail_offs) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, f->fail_offs);
	}
	f->out_len += MNL_ALIGN(nlh->nlmsg_len);
}

static ssize_t fake_send(void *ctx, const void *buf, size_t len)
{
	const struct nlmsghdr *req = buf;
	struct ipsec_table table = { .transaction = { FAKE_TRANSACTION, true },
				     .generation = { 7, true } };
	struct fake *f = ctx;

	if (f->count < 64) {
		memcpy(f->sent[f->count].buf, buf, len);
		f->sent[f->count].nlh = (void *)f->sent[f->count].buf;
	}
	f->count++;
	f->out_len = 0;
	if (f->count == f->fail_at) {
		acknowledge(f, req, f->fail_code);
		return (ssize_t)len;
	}
	switch (fake_cmd(f, f->count - 1)) {
	case IPSECDRV_CMD_TABLE_BEGIN:
	case IPSECDRV_CMD_TABLE_COMMIT:
		answer(f, req, ipsec_table_fields, &table);
		break;
	case IPSECDRV_CMD_CONFIG_GET:
		answer(f, req, ipsec_config_fields, &f->config);
		break;
	}
	acknowledge(f, req, 0);
	return (ssize_t)len;
}

static ssize_t fake_recv(void *ctx, void *buf, size_t size)
{
	struct fake *f = ctx;
	size_t len = f->out_len;

	if (!len || len > size) {
		errno = EAGAIN;
		return -1;
	}
	memcpy(buf, f->out, len);
	f->out_len = 0;
	return (ssize_t)len;
}

void fake_open(struct fake *f)
{
	struct ipsec_transport io = { fake_send, fake_recv, f, 5 };

	memset(f, 0, sizeof(*f));
	ipsec_open_transport(&f->client, &io, FAKE_FAMILY);
}

uint8_t fake_cmd(const struct fake *f, unsigned int i)
{
	const struct genlmsghdr *genl =
		mnl_nlmsg_get_payload((void *)f->sent[i].buf);

	return genl->cmd;
}

const char *fake_log(const struct fake *f)
{
	static const char *const names[] = {
		[IPSECDRV_CMD_TABLE_BEGIN] = "begin",
		[IPSECDRV_CMD_TABLE_COMMIT] = "commit",
		[IPSECDRV_CMD_TABLE_ABORT] = "abort",
		[IPSECDRV_CMD_FILTER_ADD] = "add",
		[IPSECDRV_CMD_CONFIG_GET] = "config-get",
		[IPSECDRV_CMD_CONFIG_SET] = "config-set",
		[IPSECDRV_CMD_MAX] = NULL,
	};
	static char log[512];
	unsigned int i;

	log[0] = '\0';
	for (i = 0; i < f->count && i < 64; i++) {
		const char *name = names[fake_cmd(f, i)];

		snprintf(log + strlen(log), sizeof(log) - strlen(log), "%s%s",
			 i ? " " : "", name ? name : "?");
	}
	return log;
}
