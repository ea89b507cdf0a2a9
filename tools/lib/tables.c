// SPDX-License-Identifier: GPL-2.0-or-later
/* The field tables of the smaller objects. */
#include "fields.h"

/* clang-format off */
#define OBJ ipsec_spi
#define A(name) IPSECDRV_A_SPI_##name
const struct ipsec_field ipsec_spi_fields[] = {
	ENUM("proto", A(PROTO), proto, ipsec_names_proto, .flags = IPSEC_IN),
	ADDR("local", A(LOCAL), local, .flags = IPSEC_IN),
	NUM32("first", A(FIRST), first, .flags = IPSEC_IN | IPSEC_HEX, .min = 256),
	NUM32("last", A(LAST), last, .flags = IPSEC_IN | IPSEC_HEX, .min = 256),
	NUM32("spi", A(SPI), spi, .flags = IPSEC_HEX),
	{ "lifetime", IPSEC_NUM, A(LIFETIME), 4, OFF(lifetime),
	  .flags = IPSEC_IN, LIMIT(1, 3600) },
	NUM32("slot", A(SLOT), slot, .flags = IPSEC_IN),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_acquire
#define A(name) IPSECDRV_A_ACQUIRE_##name
const struct ipsec_field ipsec_acquire_fields[] = {
	NUM32("slot", A(SLOT), slot, .flags = IPSEC_IN),
	NUM32("filter", A(FILTER), filter),
	NUM64("cookie", A(COOKIE), cookie, .flags = IPSEC_HEX),
	NEST("selector", A(SELECTOR), sel, ipsec_selector_fields),
	NEST("packet", A(PACKET), packet, ipsec_selector_fields),
	ADDR("local", A(LOCAL), local),
	ADDR("remote", A(REMOTE), remote),
	ENUM("mode", A(MODE), mode, ipsec_names_mode),
	FLAGS("require", A(REQUIRE), require, ipsec_names_require),
	NUM32("held", A(HELD), held),
	ENUM("reason", A(REASON), reason, ipsec_names_refuse_reason,
	     .flags = IPSEC_IN | IPSEC_BARE),
	FLAG("soft", A(SOFT), soft, .flags = IPSEC_IN),
	NUM32("age", A(AGE), age),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_soft
#define A(name) IPSECDRV_A_SOFT_##name
const struct ipsec_field ipsec_soft_fields[] = {
	NUM32("slot", A(SLOT), slot),
	NUM32("filter", A(FILTER), filter),
	NUM64("cookie", A(COOKIE), cookie, .flags = IPSEC_HEX),
	NEST("selector", A(SELECTOR), sel, ipsec_selector_fields),
	ADDR("local", A(LOCAL), local),
	ADDR("remote", A(REMOTE), remote),
	ENUM("reason", A(REASON), reason, ipsec_names_refuse_reason),
	NUM64("age", A(AGE), age),
	NUM64("left", A(LEFT), left),
	NEST("out", A(OUT), out, ipsec_counters_fields),
	NEST("in", A(IN), in, ipsec_counters_fields),
	ENUM("end", A(END), end, ipsec_names_soft_end),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_table
#define A(name) IPSECDRV_A_TABLE_##name
const struct ipsec_field ipsec_table_fields[] = {
	NUM32("transaction", A(TRANSACTION), transaction),
	NUM32("generation", A(GENERATION), generation),
	NUM32("filters", A(FILTERS), filters),
	NUM32("tuples", A(TUPLES), tuples),
	FLAG("agent", A(AGENT), agent),
	NUM32("id", A(ID), id, .flags = IPSEC_IN, .min = 1),
	END
};
#undef OBJ
#undef A

/* Without a filter there is no peer to negotiate with. */
static const struct ipsec_name default_names[] = {
	{ "permit", IPSECDRV_ACTION_PERMIT },
	{ "block", IPSECDRV_ACTION_BLOCK },
	{ NULL, 0 },
};

#define OBJ ipsec_config
#define A(name) IPSECDRV_A_CONFIG_##name
#define SET32(k, a, m, low, high) \
	{ k, IPSEC_NUM, a, 4, OFF(m), .flags = IPSEC_IN | IPSEC_KEEP, \
	  LIMIT(low, high) }
const struct ipsec_field ipsec_config_fields[] = {
	ENUM("default-action", A(DEFAULT_ACTION), default_action,
	     default_names, .flags = IPSEC_IN | IPSEC_KEEP),
	FLAGS("exemptions", A(EXEMPTIONS), exemptions, ipsec_names_exemptions,
	      .flags = IPSEC_IN | IPSEC_KEEP),
	SET32("hold-per-flow", A(HOLD_PER_FLOW), hold_per_flow, 0, 1024),
	SET32("hold-total", A(HOLD_TOTAL), hold_total, 0, 65536),
	SET32("hold-seconds", A(HOLD_SECONDS), hold_seconds, 1, 300),
	SET32("filters-max", A(FILTERS_MAX), filters_max, 1, UINT32_MAX),
	SET32("sas-max", A(SAS_MAX), sas_max, 1, UINT32_MAX),
	NUM16("encap-port", A(ENCAP_PORT), encap_port,
	      .flags = IPSEC_IN | IPSEC_KEEP, .min = 1),
	ENUM("legacy", A(LEGACY), legacy, ipsec_names_yesno,
	     .flags = IPSEC_IN | IPSEC_KEEP | IPSEC_BOOL),
	SET32("drain-seconds", A(DRAIN_SECONDS), drain_seconds, 1, 600),
	ENUM("padding-check", A(PADDING_CHECK), padding_check,
	     ipsec_names_yesno, .flags = IPSEC_IN | IPSEC_KEEP | IPSEC_BOOL),
	ENUM("boot-mode", A(BOOT_MODE), boot_mode, ipsec_names_boot_mode,
	     .flags = IPSEC_IN | IPSEC_KEEP),
	{ "boot-exemptions", IPSEC_BOOT, A(BOOT_EXEMPTIONS), 0,
	  OFF(boot_exemptions), .flags = IPSEC_IN | IPSEC_KEEP },
	{ "log-level", IPSEC_FLAGS, A(LOG_LEVEL), 1, OFF(log_level),
	  .names = ipsec_names_log_level, .flags = IPSEC_IN | IPSEC_KEEP },
	SET32("log-interval", A(LOG_INTERVAL), log_interval, 1, 86400),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_stat
#define A(name) IPSECDRV_A_STAT_##name
const struct ipsec_field ipsec_stat_fields[] = {
	STR("name", A(NAME), name),
	NUM64("value", A(VALUE), value),
	ENUM("kind", A(KIND), kind, ipsec_names_stat_kind),
	STR("text", A(TEXT), text),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_drop
#define A(name) IPSECDRV_A_DROP_##name
const struct ipsec_field ipsec_drop_fields[] = {
	STR("reason", A(REASON), reason),
	NUM64("packets", A(PACKETS), packets),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_dropped
#define A(name) IPSECDRV_A_DROPPED_##name
const struct ipsec_field ipsec_dropped_fields[] = {
	NUM64("number", A(NUMBER), number),
	NUM64("time", A(TIME), time),
	ENUM("dir", A(DIR), dir, ipsec_names_dir),
	STR("reason", A(REASON), reason),
	STR("text", A(TEXT), text),
	NEST("packet", A(PACKET), packet, ipsec_selector_fields),
	NUM32("spi", A(SPI), spi, .flags = IPSEC_HEX),
	NUM32("filter", A(FILTER), filter),
	NUM32("sa", A(SA), sa),
	NUM32("length", A(LENGTH), length),
	NUM64("packets", A(PACKETS), packets),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_explain
#define A(name) IPSECDRV_A_EXPLAIN_##name
const struct ipsec_field ipsec_explain_fields[] = {
	ENUM("dir", A(DIR), dir, ipsec_names_dir),
	NEST("packet", A(PACKET), packet, ipsec_selector_fields),
	FLAG("protected", A(PROTECTED), protected),
	NUM32("sa", A(SA), sa),
	NEST("filter", A(FILTER), filter, ipsec_filter_fields),
	ENUM("action", A(ACTION), action, ipsec_names_action),
	STR("verdict", A(VERDICT), verdict),
	STR("reason", A(REASON), reason),
	NUM32("slot", A(SLOT), slot),
	ENUM("soft-reason", A(SOFT_REASON), soft_reason,
	     ipsec_names_refuse_reason),
	NUM64("soft-left", A(SOFT_LEFT), soft_left),
	END
};
#undef OBJ
#undef A
/* clang-format on */
