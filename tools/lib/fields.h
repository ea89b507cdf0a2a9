/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_FIELDS_H
#define IPSEC_FIELDS_H

#include "model.h"

/* Short forms for the field tables; OBJ is defined by the table's file. */
#define OFF(member) .off = offsetof(struct OBJ, member)
#define LIMIT(low, high) .min = (low), .max = (high)
#define NUM8(k, a, m, ...)                                                \
	{                                                                 \
		k, IPSEC_NUM, a, 1, OFF(m), .max = UINT8_MAX, __VA_ARGS__ \
	}
#define NUM16(k, a, m, ...)                                                \
	{                                                                  \
		k, IPSEC_NUM, a, 2, OFF(m), .max = UINT16_MAX, __VA_ARGS__ \
	}
#define NUM32(k, a, m, ...)                                                \
	{                                                                  \
		k, IPSEC_NUM, a, 4, OFF(m), .max = UINT32_MAX, __VA_ARGS__ \
	}
#define NUM64(k, a, m, ...)                                                \
	{                                                                  \
		k, IPSEC_NUM, a, 8, OFF(m), .max = UINT64_MAX, __VA_ARGS__ \
	}
#define ENUM(k, a, m, tab, ...)                                       \
	{                                                             \
		k, IPSEC_NUM, a, 1, OFF(m), .names = tab, __VA_ARGS__ \
	}
#define FLAGS(k, a, m, tab, ...)                                        \
	{                                                               \
		k, IPSEC_FLAGS, a, 4, OFF(m), .names = tab, __VA_ARGS__ \
	}
#define BIT(k, m, bit, ...)                                           \
	{                                                             \
		k, IPSEC_BIT, 0, 4, OFF(m), .max = (bit), __VA_ARGS__ \
	}
#define FLAG(k, a, m, ...)                                         \
	{                                                          \
		k, IPSEC_FLAG, a, 0, OFF(m), .max = 1, __VA_ARGS__ \
	}
#define STR(k, a, m, ...)                                                 \
	{                                                                 \
		k, IPSEC_STR, a, 0, OFF(m),                               \
			.size = sizeof(((struct OBJ *)0)->m), __VA_ARGS__ \
	}
#define ADDR(k, a, m, ...)                               \
	{                                                \
		k, IPSEC_ADDR, a, 0, OFF(m), __VA_ARGS__ \
	}
#define KEY(k, a, m)                                                         \
	{                                                                    \
		k, IPSEC_KEY, a, 0, OFF(m), .flags = IPSEC_IN | IPSEC_SECRET \
	}
#define NEST(k, a, m, tab, ...)                                      \
	{                                                            \
		k, IPSEC_NEST, a, 0, OFF(m), .sub = tab, __VA_ARGS__ \
	}
#define PORTS(k, m)                                                        \
	{                                                                  \
		k, IPSEC_PORTS, 0, 0, OFF(m), .min = 1, .max = UINT16_MAX, \
					      .flags = IPSEC_IN            \
	}
#define BYTES(k, m)                                             \
	{                                                       \
		k, IPSEC_PORTS, 0, 0, OFF(m), .max = UINT8_MAX, \
					      .flags = IPSEC_IN \
	}
#define GROUP(k, tab)                                                  \
	{                                                              \
		k, IPSEC_GROUP, 0, 0, 0, .sub = tab, .flags = IPSEC_IN \
	}
#define NODE(k, m)                                             \
	{                                                      \
		k, IPSEC_NODE, 0, 0, OFF(m), .flags = IPSEC_IN \
	}
#define END                       \
	{                         \
		.kind = IPSEC_END \
	}

/*
 * The words of a selector, for the selector itself and for the filter that
 * holds one: s is "" or "sel.", as a member designator.
 */
#define SELECTOR_WORDS(s)                                                   \
	NUM8("family", 0, s family, .names = ipsec_names_family,            \
	     .flags = IPSEC_IN),                                            \
		{ "from", IPSEC_NET, 0, 0, OFF(s src), .flags = IPSEC_IN }, \
		{ "to", IPSEC_NET, 0, 0, OFF(s dst), .flags = IPSEC_IN },   \
		NUM8("proto", 0, s proto, .names = ipsec_names_ipproto,     \
		     .flags = IPSEC_IN | IPSEC_NAME_OR_NUM, .min = 1),      \
		PORTS("sport", s sport), PORTS("dport", s dport),           \
		BYTES("icmp-type", s icmp_type),                            \
		BYTES("icmp-code", s icmp_code),                            \
		ENUM("class", 0, s iface_class, ipsec_names_iface_class,    \
		     .flags = IPSEC_IN),                                    \
		STR("iface", 0, s ifname, .flags = IPSEC_IN),               \
	{                                                                   \
		"port", IPSEC_PORTS, 0, 0, OFF(s dport),                    \
			.min = 1, .max = UINT16_MAX,                        \
			.flags = IPSEC_IN | IPSEC_HIDDEN                    \
	}

extern const struct ipsec_name ipsec_names_family[];

#endif
