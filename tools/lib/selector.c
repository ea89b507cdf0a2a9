// SPDX-License-Identifier: GPL-2.0-or-later
/* Selectors: which packets. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"

#define OBJ ipsec_selector
#define A(name) IPSECDRV_A_SELECTOR_##name

const struct ipsec_name ipsec_names_family[] = {
	{ "4", AF_INET },
	{ "6", AF_INET6 },
	{ NULL, 0 },
};

/* clang-format off */
const struct ipsec_field ipsec_selector_fields[] = {
	SELECTOR_WORDS(),
	NUM8(NULL, A(FAMILY), family),
	ADDR(NULL, A(SRC), src.first, .flags = IPSEC_PREFIX),
	{ NULL, IPSEC_BYTE, A(SRC_PLEN), 1, OFF(src.plen),
	  .aux = offsetof(struct OBJ, src) },
	ADDR(NULL, A(SRC_LAST), src.last),
	ADDR(NULL, A(DST), dst.first, .flags = IPSEC_PREFIX),
	{ NULL, IPSEC_BYTE, A(DST_PLEN), 1, OFF(dst.plen),
	  .aux = offsetof(struct OBJ, dst) },
	ADDR(NULL, A(DST_LAST), dst.last),
	NUM8(NULL, A(PROTO), proto),
	NUM16(NULL, A(SPORT), sport[0]),
	NUM16(NULL, A(SPORT_LAST), sport[1]),
	NUM16(NULL, A(DPORT), dport[0]),
	NUM16(NULL, A(DPORT_LAST), dport[1]),
	NUM8(NULL, A(ICMP_TYPE), icmp_type[0]),
	NUM8(NULL, A(ICMP_TYPE_LAST), icmp_type[1]),
	NUM8(NULL, A(ICMP_CODE), icmp_code[0]),
	NUM8(NULL, A(ICMP_CODE_LAST), icmp_code[1]),
	NUM8(NULL, A(IFACE_CLASS), iface_class),
	STR(NULL, A(IFNAME), ifname),
	END
};
/* clang-format on */

bool ipsec_proto_has_ports(uint64_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP ||
	       proto == IPPROTO_UDPLITE;
}

/* Takes the family from an address, or holds the address against it. */
static int check_family(struct ipsec_selector *s, const char *key,
			const struct ipsec_addr *a, unsigned int line,
			struct ipsec_err *err)
{
	uint64_t family = (uint64_t)ipsec_addr_family(a);

	if (!a->len)
		return 0;
	if (s->family.set && s->family.v != family)
		return ipsec_err_at(err, line,
				    "%s is an IPv%d address, but the family "
				    "so far is %d; use one family",
				    key, family == AF_INET ? 4 : 6,
				    s->family.v == AF_INET ? 4 : 6);
	s->family = (struct ipsec_num){ family, true };
	return 0;
}

static int check_icmp(const struct ipsec_selector *s, unsigned int line,
		      struct ipsec_err *err)
{
	bool icmp = s->proto.v == IPPROTO_ICMP || s->proto.v == IPPROTO_ICMPV6;

	if ((s->icmp_type[0].set || s->icmp_code[0].set) && !icmp)
		return ipsec_err_at(err, line,
				    "icmp-type and icmp-code need 'proto icmp' "
				    "or 'proto icmpv6'");
	if (s->icmp_code[0].set && !s->icmp_type[0].set)
		return ipsec_err_at(err, line, "icmp-code needs icmp-type");
	if (icmp && s->family.set &&
	    (s->proto.v == IPPROTO_ICMP) != (s->family.v == AF_INET))
		return ipsec_err_at(err, line,
				    "proto icmp is for IPv4 and icmpv6 for "
				    "IPv6; change one of them");
	return 0;
}

int ipsec_selector_check(struct ipsec_selector *s, unsigned int line,
			 struct ipsec_err *err)
{
	int rc = check_family(s, "from", &s->src.first, line, err);

	if (!rc)
		rc = check_family(s, "to", &s->dst.first, line, err);
	if (rc)
		return rc;
	if ((s->sport[0].set || s->dport[0].set) &&
	    !ipsec_proto_has_ports(s->proto.v))
		return ipsec_err_at(err, line,
				    "ports need a protocol that has them; add "
				    "'proto' tcp, udp, sctp, dccp or udplite");
	if (s->iface_class.v && s->ifname[0])
		return ipsec_err_at(err, line,
				    "iface and class exclude each other; "
				    "remove one");
	/* Absent is what the driver takes for any. */
	if (!s->proto.v)
		s->proto.set = false;
	if (!s->iface_class.v)
		s->iface_class.set = false;
	return check_icmp(s, line, err);
}

static void add(char *buf, size_t size, const char *before, const char *text)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, "%s%s", before, text);
}

const char *ipsec_selector_text(const struct ipsec_selector *s, char *buf,
				size_t size)
{
	char tmp[IPSEC_NET_STRLEN];
	const char *name;

	snprintf(buf, size, "%s", ipsec_net_print(&s->src, tmp, sizeof(tmp)));
	add(buf, size, " -> ", ipsec_net_print(&s->dst, tmp, sizeof(tmp)));
	if (!s->src.first.len && !s->dst.first.len && s->family.v)
		add(buf, size, " ", s->family.v == AF_INET ? "ipv4" : "ipv6");
	if (s->proto.v) {
		name = ipsec_name(ipsec_names_ipproto, s->proto.v);
		snprintf(tmp, sizeof(tmp), "proto %" PRIu64, s->proto.v);
		add(buf, size, " ", name ? name : tmp);
	}
	if (s->sport[0].set)
		add(buf, size, " sport ",
		    ipsec_ports_text(s->sport, tmp, sizeof(tmp)));
	if (s->dport[0].set)
		add(buf, size, " dport ",
		    ipsec_ports_text(s->dport, tmp, sizeof(tmp)));
	if (s->icmp_type[0].set)
		add(buf, size, " type ",
		    ipsec_ports_text(s->icmp_type, tmp, sizeof(tmp)));
	if (s->icmp_code[0].set)
		add(buf, size, " code ",
		    ipsec_ports_text(s->icmp_code, tmp, sizeof(tmp)));
	if (s->iface_class.v &&
	    (name = ipsec_name(ipsec_names_iface_class, s->iface_class.v)))
		add(buf, size, " class ", name);
	if (s->ifname[0])
		add(buf, size, " iface ", s->ifname);
	return buf;
}
