// SPDX-License-Identifier: GPL-2.0-or-later
/* The section "ike": settings of the daemon. */
#include <string.h>

#include "bind.h"
#include "fields.h"
#include "words.h"

static const struct ipsec_name log_names[] = {
	{ "error", 0 }, { "notice", 1 }, { "info", 2 },
	{ "debug", 3 }, { NULL, 0 },
};

struct limit_words {
	struct ipsec_num per_address;
	struct ipsec_num per_port;
	struct ipsec_num half_open;
	struct ipsec_num cookie_threshold;
	struct ipsec_num children;
};

struct settings_words {
	struct ipsec_num port;
	struct ipsec_num natt_port;
	struct ipsec_num keepalive;
	struct ipsec_num log;
	struct ipsec_num audit;
	char keylog[sizeof(((struct policy *)0)->keylog)];
	struct limit_words limits;
	const struct ipsec_node *wins;
};

/* clang-format off */
#define OBJ limit_words
static const struct ipsec_field limit_fields[] = {
	NUM32("per-address", 0, per_address, .flags = IPSEC_IN, .min = 1),
	NUM32("per-port", 0, per_port, .flags = IPSEC_IN, .min = 1),
	NUM32("half-open", 0, half_open, .flags = IPSEC_IN, .min = 1),
	NUM32("cookie-threshold", 0, cookie_threshold, .flags = IPSEC_IN),
	NUM32("children", 0, children, .flags = IPSEC_IN, .min = 1),
	END
};
#undef OBJ

#define OBJ settings_words
const struct ipsec_field policy_settings_fields[] = {
	NUM16("port", 0, port, .flags = IPSEC_IN, .min = 1),
	NUM16("natt-port", 0, natt_port, .flags = IPSEC_IN, .min = 1),
	{ "keepalive", IPSEC_NUM, 0, 2, OFF(keepalive), .flags = IPSEC_IN,
	  LIMIT(1, 3600) },
	ENUM("log", 0, log, log_names, .flags = IPSEC_IN),
	ENUM("audit", 0, audit, ipsec_names_yesno, .flags = IPSEC_IN),
	STR("keylog", 0, keylog, .flags = IPSEC_IN),
	NEST("limits", 0, limits, limit_fields, .flags = IPSEC_IN),
	NODE("wins", wins),
	END
};
#undef OBJ
/* clang-format on */

static void limits_set(struct policy_limits *to, const struct limit_words *w)
{
	if (w->per_address.set)
		to->per_address = (uint32_t)w->per_address.v;
	if (w->per_port.set)
		to->per_port = (uint32_t)w->per_port.v;
	if (w->half_open.set)
		to->half_open = (uint32_t)w->half_open.v;
	if (w->cookie_threshold.set)
		to->cookie_threshold = (uint32_t)w->cookie_threshold.v;
	if (w->children.set)
		to->children = (uint32_t)w->children.v;
}

/* Leases seldom name them. */
static int read_wins(struct policy_build *b, const struct ipsec_node *n)
{
	struct ipsec_addr addr[POLICY_BIND_ADDRS];
	const struct ipsec_node *c;
	unsigned int count = 0;
	const char *why;

	if (!n)
		return 0;
	if (n->kind != IPSEC_LIST)
		return policy_no_list(b, n);
	for (c = n->child; c; c = c->next) {
		if (count == POLICY_BIND_ADDRS)
			return ipsec_err_at(b->err, c->line,
					    "wins has at most %d addresses",
					    POLICY_BIND_ADDRS);
		why = c->kind == IPSEC_SCALAR ?
			      ipsec_addr_parse(&addr[count++], c->text) :
			      "wins is a list of addresses";
		if (why)
			return ipsec_err_at(b->err, c->line, "wins: %s", why);
	}
	return policy_binding_set(b, "wins", addr, count);
}

/**
 * policy_settings_read() - the daemon's settings
 * @b: the policy so far
 * @map: the section
 *
 * Return: 0, or -EINVAL with the error told.
 */
int policy_settings_read(struct policy_build *b, const struct ipsec_node *map)
{
	struct settings_words w = { 0 };
	struct policy *p = b->policy;
	int rc = ipsec_parse(map, policy_settings_fields, &w, b->err);

	if (rc)
		return rc;
	if (w.port.set)
		p->port = (uint16_t)w.port.v;
	if (w.natt_port.set)
		p->natt_port = (uint16_t)w.natt_port.v;
	if (w.keepalive.set)
		p->keepalive = (uint16_t)w.keepalive.v;
	if (w.log.set)
		p->log_level = (uint8_t)w.log.v;
	p->audit = w.audit.v;
	if (p->port == p->natt_port)
		return ipsec_err_at(b->err, map->line,
				    "port and natt-port are both %u; messages "
				    "to the second carry a marker, so they "
				    "must differ",
				    p->port);
	if (w.keylog[0] && w.keylog[0] != '/')
		return ipsec_err_at(b->err, map->line,
				    "keylog '%s' is no absolute path; start it "
				    "with '/'",
				    w.keylog);
	strcpy(p->keylog, w.keylog);
	limits_set(&p->limits, &w.limits);
	return read_wins(b, w.wins);
}
