// SPDX-License-Identifier: GPL-2.0-or-later
/* What fuzz targets start from that read no messages of peers. */
#include "daemon_seeds.h"

#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "crypto.h"
#include "model.h"
#include "pack.h"
#include "policy.h"
#include "store.h"
#include "told.h"
#include "ts.h"

#define FAMILY 33 /* of fuzz_netlink */
#define HASH_LEN 32 /* of a packed policy */
#define TRIAL                                                          \
	"{\"command\":\"trial\",\"rule\":\"x\",\"from\":\"10.0.0.1\"," \
	"\"to\":\"10.0.0.2\",\"filter\":65536,\"natt\":true}"

static daemon_seed_fn *put_to;

static void put(const char *target, uint8_t first, const void *data, size_t len)
{
	put_to(target, &first, 1, data, len);
}

static void put_text(const char *target, const char *text)
{
	put_to(target, "", 0, text, strlen(text));
}

static void control(void)
{
	static const char *const requests[] = {
		"{\"command\":\"up\",\"rule\":\"x\"}",
		"{\"command\":\"sas\"}",
		"{\"command\":\"counters\"}",
		"{\"command\":\"rekey-child\",\"rule\":\"x\"}",
		"{\"command\":\"trial\",\"rule\":\"x\",\"filter\":65536}",
		TRIAL,
		"{\"command\":\"trial-show\",\"story\":1}",
		"{\"command\":\"trial-end\",\"story\":1}",
		"{\"command\":\"failures\"}",
	};
	size_t i;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		put_text("control", requests[i]);
}

/* Messages between the two processes. */

static void put_message(const struct ipsecd_message *m)
{
	uint8_t buf[1024];

	put_to("channel", "", 0, buf, ipsecd_encode(m, buf, sizeof(buf)));
}

static const struct ike_path path = { { 4, { 10 } }, { 4, { 11 } }, 500, 500 };

static void put_event(bool child, unsigned int version)
{
	const struct ike_told told = {
		.action = IKE_MADE,
		.child = child,
		.version = version,
		.path = path,
		.pair = child,
		.proto = child ? IPSECDRV_PROTO_ESP : 0,
		.mode = IPSECDRV_MODE_TRANSPORT,
	};
	uint8_t bytes[IPSECD_TOLD_SIZE];
	const struct ipsecd_message m = {
		.type = IPSECD_LOG,
		.flags = 1,
		.story = 7,
		.part = { ipsecd_text("10.0.0.2 \xff"),
			  ipsecd_text("x"),
			  ipsecd_text("made"),
			  { bytes, sizeof(bytes) },
			  ipsecd_text("none") },
	};

	ipsecd_told_write(&told, bytes);
	put_message(&m);
}

static void put_fetch(const char *url)
{
	const struct ipsecd_message m = {
		.type = IPSECD_FETCH,
		.part = { ipsecd_text(url), ipsecd_text("DER") },
	};

	put_message(&m);
}

static void messages(void)
{
	unsigned int i;

	for (i = 1; i < IPSECD_TYPES; i++) {
		struct ipsecd_message m = { .type = i };

		if (i == IPSECD_DATAGRAM)
			m.path = path;
		if (i == IPSECD_DATAGRAM || i == IPSECD_LOG)
			m.part[0] = ipsecd_text("text");
		put_message(&m);
	}
	put_event(false, 1);
	put_event(true, 2);
	put_event(true, 0);
	put_fetch("http://ocsp.example.org/x");
	put_fetch("http://user@[::1]:8080/");
	put_fetch("https://10.0.0.1");
}

/* Netlink. */

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

static void driver(void)
{
	const struct ipsec_sa sa = {
		.id = { 7, true },
		.local = { 4, { 10, 0, 0, 1 } },
		.lifetime = { .soft_seconds = { 60, true } },
		.protections = 1,
	};
	const struct ipsec_acquire acquire = {
		.slot = { 5, true },
		.remote = { 16, { 0xfd } },
	};
	static const char *const calls[] = { "\7", "\1", "\2", "\3",
					     "\4", "\5", "\6" };
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
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		put_object(NETLINK_ANSWERS, calls[i], IPSECDRV_CMD_SA_GET,
			   ipsec_sa_fields, &sa);
		put_object(NETLINK_ANSWERS, calls[i], IPSECDRV_CMD_SA_GET,
			   ipsec_acquire_fields, &acquire);
	}
}

/* The end of an answer: what it says, and a text. */
static void put_end(uint8_t call, uint16_t type, int error)
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
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "the moon is full");
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 24);
	put_to("netlink", head, sizeof(head), buf, nlh->nlmsg_len);
}

static void ends(void)
{
	static const int errors[] = { 0, -2, -1, -95, 5 };
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		put_end(2, NLMSG_ERROR, errors[i]);
		put_end(4, NLMSG_DONE, errors[i]);
	}
	put_end(2, NLMSG_NOOP, 0);
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
	put("netlink", NETLINK_ADDRESSES, buf, nlh->nlmsg_len);
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
	put("netlink", NETLINK_ROUTES, buf, nlh->nlmsg_len);
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
	put("netlink", NETLINK_ROUTES, buf, nlh->nlmsg_len);
}

static void netlink(void)
{
	put_filters();
	driver();
	ends();
	put_address(4, IFA_LOCAL, 0);
	put_address(16, IFA_ADDRESS, 0);
	put_address(4, IFA_LOCAL, IFA_F_DADFAILED);
	put_gateway(RTA_GATEWAY, 4);
	put_gateway(RTA_VIA, 18);
	put_hops();
}

/* Files. */

static void put_packed(void)
{
	struct ipsecd_files files;
	uint8_t *data;
	size_t len;

	ipsecd_files_init(&files);
	ipsecd_files_append(&files, "", "rules: []\n", 10);
	ipsecd_files_append(&files, "secret", "open sesame", 11);
	data = ipsecd_pack(&files, "/etc/policy.yaml", &len);
	put("files", FILE_PACKED, data, len - HASH_LEN);
	put("files", FILE_PACKED, data, len);
	free(data);
	ipsecd_files_free(&files);
}

static void files(void)
{
	static const struct {
		uint8_t kind;
		const char *text;
	} list[] = {
		{ FILE_RESOLV_CONF, "nameserver 10.0.0.1\n nameserver\tfd00::1 "
				    "# x\r\nnameserver 127.0.0.53\n" },
		{ FILE_RESOLV_CONF, "nameserver fe80::1%eth0,0.0.0.0;::1\n" },
		{ FILE_HOSTS, "10.0.0.1 a b.example # c\nfd00::1\tA.example\n"
			      "x a.example\n" },
		{ FILE_NETWORKD, "# private\nADDRESS=10.0.0.5\nSERVER_ADDRESS="
				 "10.0.0.67\nNETBIOS_NAME_SERVERS=10.0.0.8\n" },
		{ FILE_NETWORKD, "ADDRESS=10.0.0.6\n" },
		{ FILE_DHCLIENT,
		  "lease {\n  fixed-address 10.0.0.5;\n  option "
		  "dhcp-server-identifier 10.0.0.2;\n  option "
		  "netbios-name-servers 10.0.0.8,10.0.0.9;\n}\nlease {\n}\n" },
		{ FILE_PENDING, "pending 1 4a-7 18446744073709551615 end\n" },
		{ FILE_PENDING, "pending 1 4a-7 99999999999999999999 end\n" },
		{ FILE_NAMES, "me 10.0.0.1\nname:a.example 10.0.0.1 fd00::1\n"
			      "name:b.example! 10.0.0.2\nname:c.example\n" },
		{ FILE_HIDDEN, "a\nnobody\n" },
		{ FILE_HIDDEN, "strict" },
		{ FILE_BINDINGS, "me 10.0.0.1 fd00::1\nname:a.example! 10.0.0.2"
				 "\ndns 10.0.0.3\n" },
		{ FILE_BINDINGS, "me\nname:a.example 10.0.0.2 x\ndns! ::1\n" },
		{ FILE_PSK, "open sesame\r\n" },
		{ FILE_PSK, "0x00ff10\n" },
		{ FILE_PSK, "0x0z\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		put("files", list[i].kind, list[i].text, strlen(list[i].text));
	put_packed();
}

void daemon_seeds(daemon_seed_fn *put_fn)
{
	put_to = put_fn;
	if (ike_crypto_init())
		abort();
	control();
	messages();
	netlink();
	files();
}
