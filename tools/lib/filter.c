// SPDX-License-Identifier: GPL-2.0-or-later
/* Filters: what happens to the packets of a selector. */
#include <string.h>

#include "fields.h"

#define OBJ ipsec_filter
#define A(name) IPSECDRV_A_FILTER_##name
#define F(name) IPSECDRV_FILTER_FLAGS_##name

/* ms; before that a negotiation without an answer is not given up */
#define SOFT_DELAY_MAX 60000

/* clang-format off */
const struct ipsec_name ipsec_filter_mode[] = {
	{ "transport", 0 },
	{ "tunnel", 1 },
	{ NULL, 0 },
};

const struct ipsec_field ipsec_filter_tunnel[] = {
	ADDR("remote", 0, tunnel_remote, .flags = IPSEC_IN),
	ADDR("local", 0, tunnel_local, .flags = IPSEC_IN),
	END
};

const struct ipsec_field ipsec_filter_soft[] = {
	FLAGS("reasons", 0, soft_reasons, ipsec_names_refuse_reason,
	      .flags = IPSEC_IN | IPSEC_SHIFT),
	{ "delay", IPSEC_NUM, 0, 4, OFF(soft_delay), .flags = IPSEC_IN,
	  LIMIT(0, SOFT_DELAY_MAX) },
	NUM32("lifetime", 0, soft_lifetime, .flags = IPSEC_IN),
	END
};

const struct ipsec_field ipsec_filter_fields[] = {
	NUM32("id", A(ID), id, .flags = IPSEC_IN, .min = 1),
	STR("name", A(NAME), name, .flags = IPSEC_IN),
	ENUM("dir", A(DIR), dir, ipsec_names_dir,
	     .flags = IPSEC_IN | IPSEC_BARE),
	SELECTOR_WORDS(sel.),
	NEST(NULL, A(SELECTOR), sel, ipsec_selector_fields),
	ENUM("action", A(ACTION), action, ipsec_names_action,
	     .flags = IPSEC_IN | IPSEC_KEEP | IPSEC_BARE),
	FLAGS(NULL, A(FLAGS), flags, ipsec_names_filter_flags),
	BIT("mirrored", flags, F(MIRRORED), .flags = IPSEC_IN | IPSEC_YES),
	BIT("mode", flags, F(TUNNEL), .names = ipsec_filter_mode, .flags = IPSEC_IN),
	GROUP("tunnel", ipsec_filter_tunnel),
	ADDR(NULL, A(TUNNEL_LOCAL), tunnel_local),
	ADDR(NULL, A(TUNNEL_REMOTE), tunnel_remote),
	ENUM("narrow", A(NARROW), narrow, ipsec_names_narrow,
	     .flags = IPSEC_IN),
	FLAGS("require", A(REQUIRE), require, ipsec_names_require,
	      .flags = IPSEC_IN),
	BIT("inpass", flags, F(INPASS), .flags = IPSEC_IN),
	BIT("fast-path", flags, F(FAST_PATH), .flags = IPSEC_IN),
	GROUP("soft", ipsec_filter_soft),
	FLAGS(NULL, A(SOFT_REASONS), soft_reasons, ipsec_names_refuse_reason,
	      .flags = IPSEC_SHIFT),
	NUM32(NULL, A(SOFT_DELAY), soft_delay),
	NUM32(NULL, A(SOFT_LIFETIME), soft_lifetime),
	NUM64("cookie", A(COOKIE), cookie, .flags = IPSEC_IN | IPSEC_HEX),
	BIT("exempt", flags, F(EXEMPT)),
	BIT("shadowed", flags, F(SHADOWED)),
	NUM32("weight", A(WEIGHT), weight),
	NUM32("shadowed-by", A(SHADOWED_BY), shadowed_by),
	NUM64("packets", A(PACKETS), packets),
	NUM64("bytes", A(BYTES), bytes),
	/* A command line has no maps; netsh has words of its own. */
	ADDR("local", 0, tunnel_local, .flags = IPSEC_IN | IPSEC_HIDDEN),
	ADDR("remote", 0, tunnel_remote, .flags = IPSEC_IN | IPSEC_HIDDEN),
	{ "soft-delay", IPSEC_NUM, 0, 4, OFF(soft_delay),
	  .flags = IPSEC_IN | IPSEC_HIDDEN, LIMIT(0, SOFT_DELAY_MAX) },
	NUM32("soft-lifetime", 0, soft_lifetime,
	      .flags = IPSEC_IN | IPSEC_HIDDEN),
	{ "srcaddr", IPSEC_NET, 0, 0, OFF(sel.src),
	  .flags = IPSEC_IN | IPSEC_HIDDEN },
	{ "dstaddr", IPSEC_NET, 0, 0, OFF(sel.dst),
	  .flags = IPSEC_IN | IPSEC_HIDDEN },
	{ "srcport", IPSEC_PORTS, 0, 0, OFF(sel.sport), LIMIT(1, UINT16_MAX),
	  .flags = IPSEC_IN | IPSEC_HIDDEN },
	{ "dstport", IPSEC_PORTS, 0, 0, OFF(sel.dport), LIMIT(1, UINT16_MAX),
	  .flags = IPSEC_IN | IPSEC_HIDDEN },
	NUM8("protocol", 0, sel.proto, .names = ipsec_names_ipproto,
	     .flags = IPSEC_IN | IPSEC_HIDDEN | IPSEC_NAME_OR_NUM, .min = 1),
	END
};

const struct ipsec_field ipsec_filter_message[] = {
	{ .kind = IPSEC_NEST, .attr = IPSECDRV_A_TABLE_FILTER,
	  .sub = ipsec_filter_fields },
	END
};
/* clang-format on */

static int check_tunnel(struct ipsec_filter *f, bool mode_given,
			unsigned int line, struct ipsec_err *err)
{
	bool local = f->tunnel_local.len, remote = f->tunnel_remote.len;

	if (!local && !remote) {
		if (f->flags.v & F(FAST_PATH))
			return ipsec_err_at(
				err, line,
				"fast-path is for tunnels; remove "
				"it, or add tunnel {local, remote}");
		if (f->flags.v & F(TUNNEL))
			return ipsec_err_at(err, line,
					    "tunnel mode needs the endpoints; "
					    "add tunnel {local, remote}");
		return 0;
	}
	if (mode_given && !(f->flags.v & F(TUNNEL)))
		return ipsec_err_at(err, line,
				    "transport mode has no tunnel endpoints; "
				    "remove them or write 'mode tunnel'");
	if (!remote)
		return ipsec_err_at(err, line,
				    "the tunnel needs its remote address");
	if (local && f->tunnel_local.len != f->tunnel_remote.len)
		return ipsec_err_at(err, line,
				    "the tunnel's local and remote address "
				    "must be of one family");
	f->flags.v |= F(TUNNEL);
	return 0;
}

static int check_action(const struct ipsec_filter *f, unsigned int line,
			struct ipsec_err *err)
{
	static const char text[] =
		"%s is for 'action negotiate' only; remove it";

	if (f->action.v == IPSECDRV_ACTION_NEGOTIATE)
		return 0;
	if (f->flags.v & F(TUNNEL))
		return ipsec_err_at(err, line, text, "tunnel");
	if (f->flags.v & F(INPASS))
		return ipsec_err_at(err, line, text, "inpass");
	if (f->flags.v & F(FAST_PATH))
		return ipsec_err_at(err, line, text, "fast-path");
	if (f->flags.v & F(SOFT))
		return ipsec_err_at(err, line, text, "soft");
	if (f->require.v)
		return ipsec_err_at(err, line, text, "require");
	if (f->narrow.v)
		return ipsec_err_at(err, line, text, "narrow");
	return 0;
}

static int check_soft(struct ipsec_filter *f, unsigned int line,
		      struct ipsec_err *err)
{
	if (f->soft_reasons.v) {
		f->flags.v |= F(SOFT);
		return 0;
	}
	if (f->soft_delay.set || f->soft_lifetime.set)
		return ipsec_err_at(err, line,
				    "soft needs reasons: no-answer, "
				    "no-proposal, auth-failed, policy");
	f->soft_reasons.set = false;
	return 0;
}

static int filter_check(struct ipsec_filter *f, const struct ipsec_node *map,
			struct ipsec_err *err)
{
	int rc = ipsec_selector_check(&f->sel, map->line, err);

	if (rc)
		return rc;
	if (!f->action.set)
		return ipsec_err_at(err, map->line,
				    "the action is missing; add 'action' "
				    "permit, negotiate or block");
	if (!f->sel.family.set)
		return ipsec_err_at(err, map->line,
				    "from and to are any, so the family is "
				    "not clear; add 'family' 4 or 6 "
				    "(and a second filter for the other)");
	rc = check_tunnel(f, ipsec_node_get(map, "mode"), map->line, err);
	if (!rc)
		rc = check_soft(f, map->line, err);
	return rc ? rc : check_action(f, map->line, err);
}

void ipsec_filter_init(struct ipsec_filter *f)
{
	memset(f, 0, sizeof(*f));
	f->flags = (struct ipsec_num){ F(MIRRORED), true };
	f->dir.set = true;
}

int ipsec_filter_parse_on(const struct ipsec_node *map, struct ipsec_filter *f,
			  struct ipsec_err *err)
{
	int rc = ipsec_parse(map, ipsec_filter_fields, f, err);

	return rc ? rc : filter_check(f, map, err);
}

int ipsec_filter_parse(const struct ipsec_node *map, struct ipsec_filter *f,
		       struct ipsec_err *err)
{
	ipsec_filter_init(f);
	return ipsec_filter_parse_on(map, f, err);
}
