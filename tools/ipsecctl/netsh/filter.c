// SPDX-License-Identifier: GPL-2.0-or-later
/* srcaddr, dstaddr and the other words of a filter. */
#include "filter.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "../../lib/text.h"
#include "tree.h"

#define ADDR_MAX 300

static const char *const servers[] = { "gateway", "dns", "wins", "dhcp" };

static bool is_server(const char *addr)
{
	size_t i;

	for (i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		if (!strcmp(addr, servers[i]))
			return true;
	return false;
}

static bool is_word(const char *addr)
{
	return !strcmp(addr, "me") || !strcmp(addr, "any") || is_server(addr);
}

/* A prefix, or a mask whose ones stand together; -1: neither. */
static int prefix(const char *mask, int max)
{
	struct in_addr a;
	uint64_t plen;
	uint32_t bits;

	if (ipsec_uint(mask, 0, (uint64_t)max, &plen))
		return (int)plen;
	if (max != 32 || inet_pton(AF_INET, mask, &a) != 1)
		return -1;
	bits = ~ntohl(a.s_addr);
	if (bits & (bits + 1))
		return -1;
	return 32 - __builtin_popcount(bits);
}

static void clear_host_bits(uint8_t *addr, int len, int plen)
{
	int i;

	for (i = plen; i < 8 * len; i++)
		addr[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
}

/* An address with its mask; 0.0.0.0 is Windows' way to say me or any. */
static int masked(const char *name, const char *addr, const char *mask,
		  int family, char *out, struct ipsec_err *err)
{
	uint8_t bytes[16];
	char text[INET6_ADDRSTRLEN];
	int len = family == AF_INET ? 4 : 16;
	int plen = mask ? prefix(mask, 8 * len) : 8 * len;

	inet_pton(family, addr, bytes);
	if (plen < 0)
		return ipsec_err_at(err, 0,
				    "%s: '%.40s' is no mask and no prefix from "
				    "0 to %d",
				    name, mask, 8 * len);
	if (!plen) {
		strcpy(out, "any");
		return 0;
	}
	if (!strcmp(addr, "0.0.0.0")) {
		if (!mask || plen != 32)
			return ipsec_err_at(err, 0,
					    "%s: 0.0.0.0 is no host; write me "
					    "or any",
					    name);
		strcpy(out, "me");
		return 0;
	}
	clear_host_bits(bytes, len, plen);
	inet_ntop(family, bytes, text, sizeof(text));
	if (plen == 8 * len)
		strcpy(out, text);
	else
		snprintf(out, ADDR_MAX, "%s/%d", text, plen);
	return 0;
}

static int range(const char *name, const char *addr, const char *mask,
		 char *out, struct ipsec_err *err)
{
	if (mask)
		return ipsec_err_at(
			err, 0, "%s: a range has no mask; remove one", name);
	snprintf(out, ADDR_MAX, "%s", addr);
	return 0;
}

/* What could be taken for an address in hexadecimal is marked as a name. */
static int dns_name(const char *name, const char *addr, const char *mask,
		    char *out, struct ipsec_err *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	size_t len = strlen(addr);

	if (!len || len > 253 || strspn(addr, plain) != len ||
	    !strpbrk(addr, "abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
		return ipsec_err_at(err, 0,
				    "%s: '%.80s' is no address, range or name",
				    name, addr);
	if (mask && strcmp(mask, "32") && strcmp(mask, "255.255.255.255"))
		return ipsec_err_at(err, 0, "%s: a name has no mask; remove it",
				    name);
	snprintf(out, ADDR_MAX, "%s%s",
		 strspn(addr, "0123456789abcdefABCDEF") == len ? "name:" : "",
		 addr);
	return 0;
}

/* One side: what netsh calls name, with its mask, as from or to. */
static int read_addr(const char *name, const char *addr, const char *mask,
		     char *out, struct ipsec_err *err)
{
	char copy[ADDR_MAX], *slash;
	uint8_t bytes[16];
	size_t i;
	int family;

	if (strlen(addr) >= sizeof(copy))
		return ipsec_err_at(err, 0, "%s is too long", name);
	for (i = 0; i <= strlen(addr); i++)
		out[i] = (char)tolower((unsigned char)addr[i]);
	if (is_word(out))
		return 0;
	strcpy(copy, addr);
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		if (mask)
			return ipsec_err_at(err, 0,
					    "%s has a prefix and a mask; "
					    "remove one",
					    name);
		mask = slash + 1;
	}
	for (family = AF_INET;; family = AF_INET6) {
		if (inet_pton(family, copy, bytes) == 1)
			return masked(name, copy, mask, family, out, err);
		if (family == AF_INET6)
			break;
	}
	slash = strchr(copy, '-');
	if (slash) {
		*slash = '\0';
		if (inet_pton(AF_INET, copy, bytes) == 1 ||
		    inet_pton(AF_INET6, copy, bytes) == 1)
			return range(name, addr, mask, out, err);
	}
	return dns_name(name, addr, mask, out, err);
}

/* 0 and any are no port. */
static int read_port(const char *name, const char *text, const char **port,
		     struct ipsec_err *err)
{
	uint64_t value;

	*port = NULL;
	if (!text || !strcmp(text, "0") || !strcasecmp(text, "any"))
		return 0;
	if (!ipsec_uint(text, 1, 65535, &value))
		return ipsec_err_at(err, 0,
				    "%s '%.40s' is no port from 1 to 65535, "
				    "nor 0 for any",
				    name, text);
	*port = text;
	return 0;
}

/* Windows knows a few by name, all by number. */
static int read_protocol(const char *text, char *out, size_t size,
			 struct ipsec_err *err)
{
	static const char *const names[] = { "tcp", "udp", "icmp" };
	static const char *const numbers[] = { "6", "17", "1" };
	uint64_t value;
	size_t i;

	*out = '\0';
	if (!text || !strcasecmp(text, "any") || !strcmp(text, "0"))
		return 0;
	snprintf(out, size, "%s", !strcasecmp(text, "raw") ? "255" : text);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcasecmp(text, names[i]) || !strcmp(text, numbers[i])) {
			snprintf(out, size, "%s", names[i]);
			return 0;
		}
	return ipsec_uint(out, 1, 255, &value) ?
		       0 :
		       ipsec_err_at(err, 0,
				    "protocol '%.40s' is none of ANY, ICMP, "
				    "TCP, UDP, RAW or a number to 255",
				    text);
}

struct words {
	char from[ADDR_MAX];
	char to[ADDR_MAX];
	char proto[8];
	const char *sport;
	const char *dport;
	const char *description;
	bool mirrored;
};

static json_t *make(const struct words *w, bool swap, bool in,
		    const char *family)
{
	json_t *f = json_object();

	tree_set(f, "name", w->description);
	tree_set(f, "dir", in ? "in" : NULL);
	tree_set(f, "from", swap ? w->to : w->from);
	tree_set(f, "to", swap ? w->from : w->to);
	tree_set(f, "family", family);
	tree_set(f, "proto", *w->proto ? w->proto : NULL);
	tree_set(f, "sport", swap ? w->dport : w->sport);
	tree_set(f, "dport", swap ? w->sport : w->dport);
	tree_set(f, "mirrored", w->mirrored ? NULL : "no");
	return f;
}

static bool same_port(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/*
 * Windows compares a filter with packets of both directions. Seen from here
 * that is one filter where one side is me, and two where either may be.
 */
static void both_ways(json_t *list, const struct words *w, const char *family)
{
	bool from_me = !strcmp(w->from, "me") || is_server(w->to);
	bool to_me = !strcmp(w->to, "me") || is_server(w->from);
	bool alike = !strcmp(w->from, w->to) && same_port(w->sport, w->dport);

	if (from_me || !to_me)
		json_array_append_new(list, make(w, false, false, family));
	if (from_me || (alike && w->mirrored))
		return;
	json_array_append_new(list, make(w, w->mirrored, !w->mirrored, family));
}

static int read_words(const struct netsh_values *v, struct words *w,
		      struct ipsec_err *err)
{
	int rc = read_addr("srcaddr", netsh_text(v, "srcaddr"),
			   netsh_text(v, "srcmask"), w->from, err);

	if (!rc)
		rc = read_addr("dstaddr", netsh_text(v, "dstaddr"),
			       netsh_text(v, "dstmask"), w->to, err);
	if (!rc)
		rc = read_port("srcport", netsh_text(v, "srcport"), &w->sport,
			       err);
	if (!rc)
		rc = read_port("dstport", netsh_text(v, "dstport"), &w->dport,
			       err);
	if (!rc)
		rc = read_protocol(netsh_text(v, "protocol"), w->proto,
				   sizeof(w->proto), err);
	w->description = netsh_text(v, "description");
	w->mirrored = netsh_yes(v, "mirrored", true);
	return rc;
}

static int check_words(const struct words *w, struct ipsec_err *err)
{
	if ((is_server(w->from) && strcmp(w->to, "me") != 0) ||
	    (is_server(w->to) && strcmp(w->from, "me") != 0))
		return ipsec_err_at(err, 0,
				    "the other side of a server (WINS, DNS, "
				    "DHCP, GATEWAY) must be me");
	if ((w->sport || w->dport) && strcmp(w->proto, "tcp") &&
	    strcmp(w->proto, "udp"))
		return ipsec_err_at(err, 0, "a port needs protocol=TCP or UDP");
	return 0;
}

json_t *netsh_filters(const struct netsh_values *v, struct ipsec_err *err)
{
	struct words w = { .sport = NULL };
	json_t *list;
	bool any;

	if (read_words(v, &w, err) || check_words(&w, err))
		return NULL;
	list = json_array();
	any = !strcmp(w.from, "any") && !strcmp(w.to, "any");
	if (!strcmp(w.proto, "icmp")) {
		both_ways(list, &w, any ? "4" : NULL);
		return list;
	}
	both_ways(list, &w, any ? "4" : NULL);
	if (any)
		both_ways(list, &w, "6");
	return list;
}

bool netsh_same_filter(const json_t *a, const json_t *b)
{
	json_t *x = json_deep_copy(a), *y = json_deep_copy(b);
	bool same;

	tree_set(x, "name", NULL);
	tree_set(y, "name", NULL);
	same = json_equal(x, y);
	json_decref(x);
	json_decref(y);
	return same;
}
