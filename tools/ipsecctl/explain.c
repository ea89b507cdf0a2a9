// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver explain */
#include <inttypes.h>
#include <string.h>

#include "../lib/fields.h"
#include "../lib/text.h"
#include "explain.h"

/* clang-format off */
#define OBJ ctl_question
static const struct ipsec_field question_words[] = {
	BYTES("type", packet.icmp_type),
	BYTES("code", packet.icmp_code),
	STR("iface", 0, packet.ifname, .flags = IPSEC_IN),
	ENUM("class", 0, packet.iface_class, ipsec_names_iface_class,
	     .flags = IPSEC_IN),
	NUM32("sa", 0, sa, .flags = IPSEC_IN, .min = 1),
	END
};

#define A(name) IPSECDRV_A_EXPLAIN_##name
static const struct ipsec_field question_wire[] = {
	ENUM(NULL, A(DIR), dir, ipsec_names_dir),
	NEST(NULL, A(PACKET), packet, ipsec_selector_fields),
	FLAG(NULL, A(PROTECTED), protected),
	NUM32(NULL, A(SA), sa),
	END
};
/* clang-format on */

/* 10.0.0.1, 10.0.0.1:80, 2001:db8::1 or [2001:db8::1]:80. */
static const char *end_point(const char *text, struct ipsec_net *net,
			     struct ipsec_num port[2])
{
	const char *why, *colon = strrchr(text, ':');
	char addr[IPSEC_NET_STRLEN];
	size_t len = strlen(text);

	if (text[0] == '[') {
		colon = strstr(text, "]:");
		len = colon ? (size_t)(colon++ - text) : len - 1;
		if (text[len] != ']')
			return "the ']' is missing";
		text++;
		len--;
	} else if (colon && strchr(text, ':') == colon) {
		len = (size_t)(colon - text);
	} else {
		colon = NULL;
	}
	if (len >= sizeof(addr))
		return "too long for an address";
	memcpy(addr, text, len);
	addr[len] = '\0';
	why = ipsec_addr_parse(&net->first, addr);
	if (why)
		return why;
	net->plen = net->first.len * 8;
	if (!colon)
		return NULL;
	if (!ipsec_uint(colon + 1, 0, UINT16_MAX, &port[0].v))
		return "the port is 0 to 65535";
	port[0].set = true;
	port[1] = port[0];
	return NULL;
}

static const char *read_proto(const char *text, struct ipsec_num *proto)
{
	uint32_t v;

	if (ipsec_name_value(ipsec_names_ipproto, text, &v) && v)
		proto->v = v;
	else if (!ipsec_uint(text, 0, UINT8_MAX, &proto->v))
		return "write tcp, udp, icmp, ... or a number";
	proto->set = true;
	return NULL;
}

int ctl_question_packet(struct ctl_args *args, struct ctl_question *q)
{
	struct ipsec_selector *p = &q->packet;
	const char *why;

	if (args->argc < 3)
		return ctl_usage(args, "source, destination and protocol are "
				       "needed");
	why = end_point(args->argv[0], &p->src, p->sport);
	if (why)
		return ctl_usage(args, "'%s': %s", args->argv[0], why);
	why = end_point(args->argv[1], &p->dst, p->dport);
	if (why)
		return ctl_usage(args, "'%s': %s", args->argv[1], why);
	if (p->src.first.len != p->dst.first.len)
		return ctl_usage(args, "source and destination must be of one "
				       "family");
	p->family.v = (uint64_t)ipsec_addr_family(&p->src.first);
	p->family.set = true;
	why = read_proto(args->argv[2], &p->proto);
	if (why)
		return ctl_usage(args, "protocol '%s': %s", args->argv[2], why);
	args->argc -= 3;
	args->argv += 3;
	return CTL_OK;
}

int ctl_question_words(struct ctl_args *args, struct ctl_question *q)
{
	struct ipsec_selector *p = &q->packet;

	if (ctl_words(args, question_words, q))
		return CTL_USAGE;
	/* Of a type most ask for its first code; none at all is a fragment. */
	if (p->icmp_type[0].set && !p->icmp_code[0].set)
		p->icmp_code[0].set = true;
	q->protected = (struct ipsec_num){ q->sa.set, q->sa.set };
	return CTL_OK;
}

int ctl_question_ask(const struct ctl_question *q, struct ipsec_explain *e)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_EXPLAIN, 0);
	ipsec_put(&m, question_wire, q);
	if (ipsec_ask(c, &m, ipsec_explain_fields, e, &err))
		return ctl_fail(&err);
	return CTL_OK;
}

static int read_question(struct ctl_args *args, struct ctl_question *q)
{
	uint32_t dir;

	if (args->argc < 4)
		return ctl_usage(args, "direction, source, destination and "
				       "protocol are needed");
	if (!ipsec_name_value(ipsec_names_dir, args->argv[0], &dir))
		return ctl_usage(args, "'%s' is no direction; write out or in",
				 args->argv[0]);
	q->dir = (struct ipsec_num){ dir, true };
	args->argc--;
	args->argv++;
	return ctl_question_packet(args, q) ?: ctl_question_words(args, q);
}

void ctl_explain_soft(const struct ipsec_explain *e)
{
	const char *reason =
		ipsec_name_text(ipsec_names_refuse_reason, e->soft_reason.v);

	if (e->slot.set)
		printf("soft SA  slot %" PRIu64 " reason %s ends in %" PRIu64
		       " s\n",
		       e->slot.v, reason, e->soft_left.v / 1000);
}

static void print_answer(const struct ipsec_explain *e)
{
	const char *action = ipsec_name_text(ipsec_names_action, e->action.v);
	char sel[IPSEC_SELECTOR_STRLEN];

	printf("verdict  %s\n", e->verdict);
	if (e->reason[0])
		printf("reason   %s\n", e->reason);
	if (e->action.set)
		printf("action   %s\n", action);
	if (e->filter.id.set || e->filter.weight.set)
		printf("filter   %" PRIu64 "%s%s weight %" PRIu64 "  %s\n",
		       e->filter.id.v, e->filter.name[0] ? " " : "",
		       e->filter.name, e->filter.weight.v,
		       ipsec_selector_text(&e->filter.sel, sel, sizeof(sel)));
	else
		puts("filter   none matches");
	if (e->sa.set)
		printf("sa       %" PRIu64 "\n", e->sa.v);
	ctl_explain_soft(e);
}

int ctl_explain(struct ctl_args *args)
{
	struct ipsec_explain e = { 0 };
	struct ctl_question q = { 0 };
	int rc = read_question(args, &q);

	if (!rc)
		rc = ctl_question_ask(&q, &e);
	if (rc)
		return rc;
	if (!args->json) {
		print_answer(&e);
		return CTL_OK;
	}
	ctl_json(ipsec_json(ipsec_explain_fields, &e, IPSEC_PRINT_ALL));
	return CTL_OK;
}
