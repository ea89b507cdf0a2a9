// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, prefixes and ranges as text. */
#include "addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

int ipsec_addr_family(const struct ipsec_addr *a)
{
	return a->len == 4 ? AF_INET : a->len == 16 ? AF_INET6 : 0;
}

bool ipsec_addr_equal(const struct ipsec_addr *a, const struct ipsec_addr *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

struct ipsec_net ipsec_net_host(const struct ipsec_addr *a)
{
	return (struct ipsec_net){ .first = *a, .plen = (uint8_t)(a->len * 8) };
}

bool ipsec_net_is_host(const struct ipsec_net *n)
{
	return n->first.len && !n->last.len && n->plen == n->first.len * 8;
}

const char *ipsec_addr_parse(struct ipsec_addr *a, const char *text)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(a, 0, sizeof(*a));
	if (strchr(text, '%'))
		return "an address here has no zone; write it without '%'";
	if (inet_pton(AF_INET, text, a->b) == 1) {
		a->len = 4;
		return NULL;
	}
	if (inet_pton(AF_INET6, text, a->b) != 1)
		return "not an IPv4 or IPv6 address; write all of it, "
		       "as 10.0.0.1 or 2001:db8::1";
	a->len = 16;
	if (!memcmp(a->b, mapped, sizeof(mapped)))
		return "IPv4-mapped IPv6 address; write the IPv4 address";
	return NULL;
}

static bool host_bits_set(const struct ipsec_net *n)
{
	unsigned int bit;

	for (bit = n->plen; bit < n->first.len * 8U; bit++)
		if (n->first.b[bit / 8] & (0x80 >> bit % 8))
			return true;
	return false;
}

static const char *parse_prefix(struct ipsec_net *n, const char *plen)
{
	uint64_t v = n->first.len * 8U;

	if (plen && !ipsec_uint(plen, 0, v, &v))
		return n->first.len == 4 ? "the prefix length is 0 to 32" :
					   "the prefix length is 0 to 128";
	n->plen = (uint8_t)v;
	if (host_bits_set(n))
		return "bits are set after the prefix; "
		       "clear them, or write one address without '/'";
	return NULL;
}

static const char *parse_range(struct ipsec_net *n, const char *last)
{
	const char *why = ipsec_addr_parse(&n->last, last);

	if (why)
		return why;
	if (n->first.len != n->last.len)
		return "a range needs two addresses of one family";
	if (memcmp(n->first.b, n->last.b, n->first.len) > 0)
		return "the range is reversed; write the lower address first";
	return NULL;
}

const char *ipsec_net_parse(struct ipsec_net *n, const char *text)
{
	char buf[IPSEC_NET_STRLEN];
	const char *why;
	char *sep;

	memset(n, 0, sizeof(*n));
	if (!strcmp(text, "any"))
		return NULL;
	if (strlen(text) >= sizeof(buf))
		return "too long for an address";
	strcpy(buf, text);
	sep = strpbrk(buf, "/-");
	if (!sep) {
		why = ipsec_addr_parse(&n->first, buf);
		return why ? why : parse_prefix(n, NULL);
	}
	why = *sep == '/' ? "/" : "-";
	*sep++ = '\0';
	if (*why == '/') {
		why = ipsec_addr_parse(&n->first, buf);
		return why ? why : parse_prefix(n, sep);
	}
	why = ipsec_addr_parse(&n->first, buf);
	return why ? why : parse_range(n, sep);
}

const char *ipsec_addr_print(const struct ipsec_addr *a, char *buf, size_t size)
{
	if (!a->len ||
	    !inet_ntop(ipsec_addr_family(a), a->b, buf, (socklen_t)size))
		snprintf(buf, size, "any");
	return buf;
}

const char *ipsec_net_print(const struct ipsec_net *n, char *buf, size_t size)
{
	size_t len;

	ipsec_addr_print(&n->first, buf, size);
	len = strlen(buf);
	if (n->last.len) {
		buf[len++] = '-';
		ipsec_addr_print(&n->last, buf + len, size - len);
	} else if (n->first.len && n->plen < n->first.len * 8U) {
		snprintf(buf + len, size - len, "/%u", n->plen);
	}
	return buf;
}
