// SPDX-License-Identifier: GPL-2.0-or-later
/* What fuzz_netlink starts from. */
#include "netlink_seeds.h"

#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "policy.h"
#include "ts.h"

#define FAMILY 33 /* of fuzz_netlink */

static netlink_seed_fn *put_to;

static void put(uint8_t first, const void *data, size_t len)
{
	put_to("netlink", &first, 1, data, len);
}

static void put_object(uint8_t speaker, const char *before, uint8_t cmd,
		       const struct ipsec_field *fields, const void *obj)
{
	uint8_t all[IPSEC_MSG_SIZE + 8] = { speaker };
	size_t head = 1 + strlen(before);
	struct ipsec_msg m;

	memcpy(all + 1, before, strlen(before));
	ipsec_msg_init(&m, cmd, speaker == NETLINK_WORKER ? NLM_F_ACK : 0);
	m.nlh->nlmsg_type = FAMILY;
	m.nlh->nlmsg_seq = 1;
	if (fields)
		ipsec_put(&m, fields, obj);
	put_to("netlink", all, head, m.buf, m.nlh->nlmsg_len);
}

/* Only the attributes. */
static void put_made(uint8_t cmd, const struct ipsec_field *fields,
		     const void *obj)
{
	const uint8_t head[] = { NETLINK_WORKER_MADE, cmd };
	struct ipsec_msg m;
	size_t skip;

	ipsec_msg_init(&m, cmd, 0);
	skip = m.nlh->nlmsg_len;
	if (fields)
		ipsec_put(&m, fields, obj);
	put_to("netlink", head, sizeof(head), m.buf + skip,
	       m.nlh->nlmsg_len - skip);
}

/* As fuzz_netlink's policy makes it, and not. */
static void put_filters(void)
{
	static const char text[] =
		"default-response: {psk: secret of all}\nrules: []\n";
	struct ike_ts local = { .port = { 0, UINT16_MAX },
				.addr = { { 4, { 10, 0, 0, 2 } },
					  { 4, { 10, 0, 0, 2 } } } };
	struct ike_ts remote = local;
	struct ipsec_filter f = { 0 };
	struct ipsec_table t = { .id = { 7, true } };
	struct policy *policy;
	struct ipsec_err err;
	uint8_t last;

	if (policy_parse(text, sizeof(text) - 1, NULL, NULL, &policy, &err))
		abort();
	for (last = 1; last < 10; last++) {
		remote.addr[0].b[3] = remote.addr[1].b[3] = last;
		policy_response_filter(policy, &local, &remote, &f, NULL);
		put_made(IPSECDRV_CMD_FILTER_ADD, ipsec_filter_message, &f);
	}
	policy_put(policy);
	put_made(IPSECDRV_CMD_FILTER_DEL, ipsec_table_fields, &t);
	put_object(NETLINK_WORKER, "", IPSECDRV_CMD_FILTER_ADD,
		   ipsec_filter_message, &f);
}

/* All that can be said of one: bytes, flags, numbers of every width. */
static const struct ipsec_sa sa = {
	.id = { 7, true },
	.sel = { .proto = { 17, true }, .dport = { { 9, true }, { 9, true } } },
	.local = { 4, { 10, 0, 0, 1 } },
	.encap_local = { 4500, true },
	.protections = 2,
	.protection = { { .proto = { IPSECDRV_PROTO_ESP, true },
			  .spi_in = { 256, true },
			  .encr_key_in = { 16, { 1 } },
			  .seq_out = { 1, true } },
			{ .proto = { IPSECDRV_PROTO_AH, true } } },
	.lifetime = { .soft_seconds = { 60, true } },
	.offload_reason = "none",
	.hard = { 1, true },
};

/* With the end of the answer behind it. */
static void put_last(const uint8_t *head, size_t head_len, struct ipsec_msg *m)
{
	static const int none;
	size_t len = m->nlh->nlmsg_len;
	struct nlmsghdr *end = mnl_nlmsg_put_header(m->buf + MNL_ALIGN(len));

	end->nlmsg_type = NLMSG_DONE;
	end->nlmsg_seq = 1;
	memcpy(mnl_nlmsg_put_extra_header(end, sizeof(none)), &none,
	       sizeof(none));
	put_to("netlink", head, head_len, m->buf,
	       MNL_ALIGN(len) + end->nlmsg_len);
}

static void put_answer(uint8_t call, struct ipsec_msg *m)
{
	const uint8_t head[] = { NETLINK_ANSWERS, call };

	m->nlh->nlmsg_type = FAMILY;
	m->nlh->nlmsg_seq = 1;
	put_to("netlink", head, sizeof(head), m->buf, m->nlh->nlmsg_len);
	put_last(head, sizeof(head), m);
}

/* Exemptions: with numbers that are too long, and more than there may be. */
static void exemptions(void)
{
	static const uint8_t bytes[3] = { 0, 9 };
	struct nlattr *all, *one;
	struct ipsec_msg m;
	unsigned int i;
	size_t len;

	for (len = 1; len <= sizeof(bytes); len++) {
		ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_GET, 0);
		all = mnl_attr_nest_start(m.nlh,
					  IPSECDRV_A_CONFIG_BOOT_EXEMPTIONS);
		one = mnl_attr_nest_start(m.nlh,
					  IPSECDRV_A_BOOT_EXEMPTIONS_EXEMPTION);
		mnl_attr_put(m.nlh, IPSECDRV_A_BOOT_EXEMPTION_DPORT, len,
			     bytes);
		mnl_attr_put_u8(m.nlh, IPSECDRV_A_BOOT_EXEMPTION_DIR,
				IPSECDRV_DIR_OUT);
		mnl_attr_nest_end(m.nlh, one);
		mnl_attr_nest_end(m.nlh, all);
		put_answer(NETLINK_CALL_CONFIG_GET, &m);
	}
	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_GET, 0);
	all = mnl_attr_nest_start(m.nlh, IPSECDRV_A_CONFIG_BOOT_EXEMPTIONS);
	for (i = 0; i <= IPSECDRV_BOOT_EXEMPTIONS_MAX; i++) {
		one = mnl_attr_nest_start(m.nlh,
					  IPSECDRV_A_BOOT_EXEMPTIONS_EXEMPTION);
		mnl_attr_nest_end(m.nlh, one);
	}
	mnl_attr_nest_end(m.nlh, all);
	put_answer(NETLINK_CALL_CONFIG_GET, &m);
}

/* Attributes that are as long as no other is. */
static void odd_attributes(void)
{
	static const uint8_t bytes[64] = { 1 };
	struct ipsec_msg m;
	size_t len;

	for (len = 0; len <= 8; len++) {
		ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET, 0);
		mnl_attr_put(m.nlh, IPSECDRV_A_SA_ID, len, bytes);
		put_answer(NETLINK_CALL_SA_GET, &m);
		ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET, 0);
		mnl_attr_put(m.nlh, IPSECDRV_A_SA_LOCAL, 4 * len, bytes);
		put_answer(NETLINK_CALL_SA_GET, &m);
	}
	ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET, 0);
	mnl_attr_put(m.nlh, IPSECDRV_A_SA_OFFLOAD_DEV, sizeof(bytes), bytes);
	put_answer(NETLINK_CALL_SA_GET, &m);
	for (len = 0; len < IPSECDRV_PROTOS_MAX; len++) {
		ipsec_put(&m, ipsec_sa_fields, &sa);
		put_answer(NETLINK_CALL_SA_GET, &m);
	}
	m.nlh->nlmsg_len = NLMSG_HDRLEN;
	put_answer(NETLINK_CALL_SA_GET, &m);
}

static void put_call(uint8_t call, const struct ipsec_field *fields,
		     const void *obj, uint16_t flags)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET, flags);
	ipsec_put(&m, fields, obj);
	put_answer(call, &m);
}

static void calls(void)
{
	const struct ipsec_acquire acquire = {
		.slot = { 5, true },
		.remote = { 16, { 0xfd } },
	};
	const struct ipsec_config config = {
		.encap_port = { 4500, true },
		.boot_exemptions = { true, 1, { { 17, 0, 0, 68 } } },
	};
	const struct ipsec_spi spi = { .spi = { 4096, true } };
	const struct ipsec_soft soft = { .slot = { 5, true } };
	struct ipsec_filter filter;
	uint8_t call;

	ipsec_filter_init(&filter);
	for (call = 0; call < NETLINK_CALLS; call++) {
		put_call(call, ipsec_sa_fields, &sa, 0);
		put_call(call, ipsec_acquire_fields, &acquire, 0);
		put_call(call, ipsec_config_fields, &config, 0);
		put_call(call, ipsec_config_fields, &config, NLM_F_DUMP_INTR);
		put_call(call, ipsec_filter_message, &filter, 0);
		put_call(call, ipsec_spi_fields, &spi, 0);
		put_call(call, ipsec_soft_fields, &soft, 0);
	}
}

/* What is not to reach the driver. */
static void refused(void)
{
	static const uint8_t bytes[3];
	static const uint8_t cmds[] = { IPSECDRV_CMD_FILTER_ADD,
					IPSECDRV_CMD_FILTER_DEL };
	struct ipsec_msg m;
	size_t i, head;

	put_made(IPSECDRV_CMD_CONFIG_SET, NULL, NULL);
	put_made(UINT8_MAX, NULL, NULL);
	put(NETLINK_WORKER, bytes, sizeof(bytes));
	for (i = 0; i < sizeof(cmds); i++) {
		uint8_t first[] = { NETLINK_WORKER_MADE, cmds[i] };

		ipsec_msg_init(&m, 0, 0);
		head = m.nlh->nlmsg_len;
		/* IDs of a filter and of what is deleted by one are their first. */
		mnl_attr_put(m.nlh, 1, sizeof(bytes), bytes);
		put_to("netlink", first, sizeof(first), m.buf + head,
		       m.nlh->nlmsg_len - head);
	}
}

static void driver(void)
{
	const struct ipsec_acquire acquire = {
		.slot = { 5, true },
		.remote = { 16, { 0xfd } },
	};
	static const uint8_t others[] = {
		IPSECDRV_CMD_SA_GET_SPI,     IPSECDRV_CMD_SA_UPDATE,
		IPSECDRV_CMD_SA_DEL,	     IPSECDRV_CMD_SA_GET,
		IPSECDRV_CMD_SA_DUMP,	     IPSECDRV_CMD_ACQUIRE_DUMP,
		IPSECDRV_CMD_ACQUIRE_REFUSE, IPSECDRV_CMD_SOFT_DUMP,
	};
	size_t i;

	put_made(IPSECDRV_CMD_SA_ADD, ipsec_sa_fields, &sa);
	for (i = 0; i < sizeof(others); i++)
		put_made(others[i], NULL, NULL);
	put_object(NETLINK_EVENTS, "", IPSECDRV_CMD_ACQUIRE_NTF,
		   ipsec_acquire_fields, &acquire);
	put_object(NETLINK_EVENTS, "", IPSECDRV_CMD_EXPIRE_NTF, ipsec_sa_fields,
		   &sa);
}

/* The end of an answer: what it says, and a text. */
static void put_end(uint8_t call, uint16_t type, int error, const char *text)
{
	const uint8_t head[] = { NETLINK_ANSWERS, call };
	_Alignas(8) char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nlmsgerr *e;

	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = 1;
	nlh->nlmsg_flags = NLM_F_ACK_TLVS;
	e = mnl_nlmsg_put_extra_header(nlh, type == NLMSG_ERROR ? sizeof(*e) :
								  sizeof(int));
	e->error = error;
	if (type == NLMSG_ERROR)
		e->msg.nlmsg_len = sizeof(e->msg);
	if (text)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 24);
	put_to("netlink", head, sizeof(head), buf, nlh->nlmsg_len);
}

static void ends(void)
{
	static const int errors[] = { 0, -2, -1, -95, -22, 5 };
	const uint8_t head[] = { NETLINK_ANSWERS, NETLINK_CALL_SA_DEL };
	_Alignas(8) char buf[64];
	struct nlmsghdr *nlh;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		put_end(NETLINK_CALL_SA_DEL, NLMSG_ERROR, errors[i],
			"the moon is full");
		put_end(NETLINK_CALL_SA_DUMP, NLMSG_DONE, errors[i],
			"the moon is full");
		put_end(NETLINK_CALL_SA_DEL, NLMSG_ERROR, errors[i], NULL);
		put_end(NETLINK_CALL_SA_DUMP, NLMSG_DONE, errors[i], NULL);
	}
	put_end(NETLINK_CALL_SA_DEL, NLMSG_NOOP, 0, NULL);
	/* Shorter than what it is to say. */
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_seq = 1;
	put_to("netlink", head, sizeof(head), buf, nlh->nlmsg_len);
}

static void put_address(uint8_t len, uint16_t attr, uint32_t flags)
{
	static const uint8_t bytes[16] = { 10, 0, 0, 1 };
	_Alignas(8) char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RTM_NEWADDR;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifaddrmsg));
	mnl_attr_put(nlh, attr, len, bytes);
	mnl_attr_put_u32(nlh, IFA_FLAGS, flags);
	put(NETLINK_ADDRESSES, buf, nlh->nlmsg_len);
	put(NETLINK_CHANGES, buf, nlh->nlmsg_len);
}

static struct nlmsghdr *route(char *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm;

	nlh->nlmsg_type = RTM_NEWROUTE;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_type = RTN_UNICAST;
	return nlh;
}

static void put_gateway(uint16_t attr, size_t len)
{
	static const uint8_t via[18] = { 10, 0, 0, 1 };
	_Alignas(8) char buf[256];
	struct nlmsghdr *nlh = route(buf);

	mnl_attr_put(nlh, attr, len, via);
	put(NETLINK_ROUTES, buf, nlh->nlmsg_len);
	put(NETLINK_CHANGES, buf, nlh->nlmsg_len);
}

static void put_hops(void)
{
	_Alignas(4) struct {
		struct rtnexthop hop;
		struct nlattr attr;
		uint8_t addr[4];
	} hops[2] = { 0 };
	_Alignas(8) char buf[256];
	struct nlmsghdr *nlh = route(buf);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		hops[i].hop.rtnh_len = sizeof(hops[i]);
		hops[i].attr.nla_len = 8;
		hops[i].attr.nla_type = RTA_GATEWAY;
		hops[i].addr[0] = (uint8_t)(10 + i);
	}
	mnl_attr_put(nlh, RTA_MULTIPATH, sizeof(hops), hops);
	put(NETLINK_ROUTES, buf, nlh->nlmsg_len);
	put(NETLINK_CHANGES, buf, nlh->nlmsg_len);
}

void netlink_seeds(netlink_seed_fn *put_fn)
{
	put_to = put_fn;
	put_filters();
	refused();
	driver();
	calls();
	exemptions();
	odd_attributes();
	ends();
	put_address(4, IFA_LOCAL, 0);
	put_address(16, IFA_ADDRESS, 0);
	put_address(4, IFA_LOCAL, IFA_F_DADFAILED);
	put_gateway(RTA_GATEWAY, 4);
	put_gateway(RTA_VIA, 18);
	put_hops();
}
