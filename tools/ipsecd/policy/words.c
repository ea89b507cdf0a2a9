// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of policies, rules, filter lists and filter actions. */
#include "words.h"

#include "fields.h"

#define F(name) IPSECDRV_FILTER_FLAGS_##name

static const struct ipsec_name version_names[] = {
	{ "1", 1 },
	{ "2", 2 },
	{ NULL, 0 },
};

static const struct ipsec_name choice_names[] = {
	{ "no", POLICY_NO },
	{ "auto", POLICY_AUTO },
	{ "yes", POLICY_YES },
	{ NULL, 0 },
};

static const struct ipsec_name side_names[] = {
	{ "block", POLICY_SIDE_BLOCK },
	{ "permit", POLICY_SIDE_PERMIT },
	{ "request", POLICY_SIDE_REQUEST },
	{ "require", POLICY_SIDE_REQUIRE },
	{ NULL, 0 },
};

static const struct ipsec_name connection_names[] = {
	{ "all", IPSECDRV_IFACE_CLASS_ANY },
	{ "lan", IPSECDRV_IFACE_CLASS_LAN },
	{ "dialup", IPSECDRV_IFACE_CLASS_DIALUP },
	{ NULL, 0 },
};

/* clang-format off */
#define OBJ policy_ppk_words
const struct ipsec_field policy_ppk_fields[] = {
	STR("id", 0, id, .flags = IPSEC_IN),
	STR("file", 0, file, .flags = IPSEC_IN),
	FLAG("required", 0, required, .flags = IPSEC_IN),
	END
};
#undef OBJ

#define OBJ policy_words
#define YESNO(k, m) FLAG(k, 0, m, .flags = IPSEC_IN)
#define RANGE32(k, m, low, high) \
	{ k, IPSEC_NUM, 0, 4, OFF(m), .flags = IPSEC_IN, LIMIT(low, high) }

/* Which packets, and between whom. */
#define PEER_WORDS                                                            \
	BIT("mode", base.flags, F(TUNNEL), .names = ipsec_filter_mode,        \
	    .flags = IPSEC_IN),                                               \
	GROUP("tunnel", ipsec_filter_tunnel),                                 \
	ADDR("local", 0, local, .flags = IPSEC_IN),                           \
	{ "remote", IPSEC_NET, 0, 0, OFF(remote), .flags = IPSEC_IN },        \
	NUM16("remote-port", 0, remote_port, .flags = IPSEC_IN, .min = 1)

/* What happens to them. */
#define ACTION_WORDS                                                          \
	ENUM("action", 0, base.action, ipsec_names_action,                    \
	     .flags = IPSEC_IN),                                              \
	ENUM("in", 0, in, side_names, .flags = IPSEC_IN),                     \
	ENUM("out", 0, out, side_names, .flags = IPSEC_IN),                   \
	ENUM("narrow", 0, base.narrow, ipsec_names_narrow,                    \
	     .flags = IPSEC_IN),                                              \
	FLAGS("require", 0, base.require, ipsec_names_require,                \
	      .flags = IPSEC_IN),                                             \
	BIT("inpass", base.flags, F(INPASS), .flags = IPSEC_IN),              \
	BIT("fast-path", base.flags, F(FAST_PATH), .flags = IPSEC_IN),        \
	NODE("soft", soft)

#define AUTH_WORDS                                                            \
	NODE("psk", psk),                                                     \
	STR("psk-file", 0, psk_file, .flags = IPSEC_IN),                      \
	STR("local-id", 0, local_id, .flags = IPSEC_IN),                      \
	STR("remote-id", 0, remote_id, .flags = IPSEC_IN),                    \
	NODE("auth", auth)

/* Of IKE; a policy has them for all its rules. */
#define EXCHANGE_WORDS                                                        \
	ENUM("version", 0, version, version_names, .flags = IPSEC_IN),        \
	FLAGS("accept", 0, accept, version_names,                             \
	      .flags = IPSEC_IN | IPSEC_SHIFT),                               \
	YESNO("aggressive", aggressive),                                      \
	NODE("ike", ike),                                                     \
	RANGE32("ike-lifetime", ike_lifetime, 300, 172800),                   \
	NUM32("qm-limit", 0, qm_limit, .flags = IPSEC_IN),                    \
	YESNO("childless", childless),                                        \
	ENUM("encap", 0, encap, choice_names, .flags = IPSEC_IN),             \
	ENUM("fragmentation", 0, fragmentation, choice_names,                 \
	     .flags = IPSEC_IN),                                              \
	NUM16("fragment-size", 0, fragment_size, .flags = IPSEC_IN,           \
	      .min = 576),                                                    \
	RANGE32("liveness", liveness, 0, 86400),                              \
	YESNO("redirect", redirect),                                          \
	NODE("ppk", ppk)

/* Of Child SAs. */
#define PROTECTION_WORDS                                                      \
	NODE("esp", esp),                                                     \
	NODE("ah", ah),                                                       \
	NODE("methods", methods),                                             \
	NODE("lifetime", lifetime),                                           \
	YESNO("pfs", pfs),                                                    \
	RANGE32("idle", idle, 0, 86400),                                      \
	RANGE32("replay-window", replay_window, 0,                            \
		IPSECDRV_REPLAY_WINDOW_MAX)

/* Of both. */
#define COMMON_WORDS                                                          \
	YESNO("master-pfs", master_pfs),                                      \
	YESNO("weak", weak)

#define DESCRIPTION STR("description", 0, description, .flags = IPSEC_IN)

const struct ipsec_field policy_rule_fields[] = {
	STR("name", 0, name, .flags = IPSEC_IN),
	DESCRIPTION,
	NODE("filters", filters),
	STR("filter-list", 0, filter_list, .flags = IPSEC_IN),
	STR("filter-action", 0, filter_action, .flags = IPSEC_IN),
	ENUM("connection", 0, base.sel.iface_class, connection_names,
	     .flags = IPSEC_IN),
	YESNO("active", active),
	ACTION_WORDS,
	PEER_WORDS,
	AUTH_WORDS,
	EXCHANGE_WORDS,
	PROTECTION_WORDS,
	COMMON_WORDS,
	END
};

const struct ipsec_field policy_action_fields[] = {
	STR("name", 0, filter_action, .flags = IPSEC_IN),
	DESCRIPTION,
	ACTION_WORDS,
	PROTECTION_WORDS,
	COMMON_WORDS,
	END
};

const struct ipsec_field policy_policy_fields[] = {
	STR("name", 0, policy, .flags = IPSEC_IN),
	DESCRIPTION,
	NODE("rules", rules),
	NODE("default-response", response),
	EXCHANGE_WORDS,
	COMMON_WORDS,
	END
};

const struct ipsec_field policy_response_fields[] = {
	AUTH_WORDS,
	EXCHANGE_WORDS,
	PROTECTION_WORDS,
	COMMON_WORDS,
	END
};

const struct ipsec_field policy_soft_fields[] = {
	GROUP("soft", ipsec_filter_soft),
	END
};
#undef OBJ

#define OBJ policy_list_words
const struct ipsec_field policy_list_fields[] = {
	STR("name", 0, name, .flags = IPSEC_IN),
	DESCRIPTION,
	NODE("filters", filters),
	END
};
#undef OBJ

#define OBJ policy_root_words
const struct ipsec_field policy_root_fields[] = {
	NODE("version", version),
	NODE("filter-lists", lists),
	NODE("filter-actions", actions),
	NODE("policies", policies),
	NODE("assign", assign),
	NODE("rules", rules),
	NODE("default-response", response),
	NODE("ike", ike),
	NODE("default-action", default_action),
	NODE("config", config),
	END
};
#undef OBJ
/* clang-format on */
