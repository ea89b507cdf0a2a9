// SPDX-License-Identifier: GPL-2.0-or-later
/* The field tables against the uapi header, and messages of any content. */
#include <stdlib.h>

#include "fake.h"
#include "tap.h"

static const struct {
	const char *name;
	const struct ipsec_field *fields;
	unsigned int max;
	unsigned int pad;
	unsigned int other; /* read by hand, not by the table */
} sets[] = {
	{ "selector", ipsec_selector_fields, IPSECDRV_A_SELECTOR_MAX, 0, 0 },
	{ "filter", ipsec_filter_fields, IPSECDRV_A_FILTER_MAX,
	  IPSECDRV_A_FILTER_PAD, IPSECDRV_A_FILTER_DROP },
	{ "protection", ipsec_protection_fields, IPSECDRV_A_PROTECTION_MAX,
	  IPSECDRV_A_PROTECTION_PAD, 0 },
	{ "lifetime", ipsec_lifetime_fields, IPSECDRV_A_LIFETIME_MAX,
	  IPSECDRV_A_LIFETIME_PAD, 0 },
	{ "counters", ipsec_counters_fields, IPSECDRV_A_COUNTERS_MAX,
	  IPSECDRV_A_COUNTERS_PAD, 0 },
	{ "sa", ipsec_sa_fields, IPSECDRV_A_SA_MAX, IPSECDRV_A_SA_PAD,
	  IPSECDRV_A_SA_DROP },
	{ "drop", ipsec_drop_fields, IPSECDRV_A_DROP_MAX, IPSECDRV_A_DROP_PAD,
	  0 },
	{ "spi", ipsec_spi_fields, IPSECDRV_A_SPI_MAX, 0, 0 },
	{ "acquire", ipsec_acquire_fields, IPSECDRV_A_ACQUIRE_MAX,
	  IPSECDRV_A_ACQUIRE_PAD, 0 },
	{ "soft", ipsec_soft_fields, IPSECDRV_A_SOFT_MAX, IPSECDRV_A_SOFT_PAD,
	  0 },
	{ "table", ipsec_table_fields, IPSECDRV_A_TABLE_MAX, 0,
	  IPSECDRV_A_TABLE_FILTER },
	{ "config", ipsec_config_fields, IPSECDRV_A_CONFIG_MAX, 0, 0 },
	{ "stat", ipsec_stat_fields, IPSECDRV_A_STAT_MAX, IPSECDRV_A_STAT_PAD,
	  0 },
	{ "explain", ipsec_explain_fields, IPSECDRV_A_EXPLAIN_MAX,
	  IPSECDRV_A_EXPLAIN_PAD, 0 },
};

#define SETS (sizeof(sets) / sizeof(sets[0]))

static bool has(const struct ipsec_field *f, unsigned int attr)
{
	for (; f->kind != IPSEC_END; f++)
		if (f->attr == attr)
			return true;
	return false;
}

static void complete(void)
{
	unsigned int attr;
	size_t i;

	for (i = 0; i < SETS; i++) {
		unsigned int missing = 0;

		for (attr = 1; attr <= sets[i].max; attr++)
			if (attr != sets[i].pad && attr != sets[i].other &&
			    !has(sets[i].fields, attr))
				missing = attr;
		ok(!missing, "set %s has all attributes (missing %u)",
		   sets[i].name, missing);
	}
}

static void names(void)
{
	uint32_t v;

	ok(ipsec_name_value(ipsec_names_encr, "chacha20-poly1305", &v) &&
		   v == IPSECDRV_ENCR_CHACHA20_POLY1305,
	   "encr chacha20-poly1305");
	ok(ipsec_name_value(ipsec_names_encr, "null", &v) &&
		   v == IPSECDRV_ENCR_NULL,
	   "encr null");
	ok(ipsec_name_value(ipsec_names_proto, "ah", &v) && v == 51,
	   "proto ah");
	ok(!ipsec_name_value(ipsec_names_proto, "", &v), "no empty name");
	ok(!ipsec_name(ipsec_names_action, 99), "no name of another value");
}

/* Whatever arrives: no crash under the sanitizers, and a bounded result. */
static void any_message(void)
{
	static union {
		struct ipsec_sa sa;
		struct ipsec_explain explain;
		char room[65536];
	} obj;
	_Alignas(8) unsigned char buf[512];
	struct ipsec_err err = { 0 };
	unsigned int i, round;
	char line[1024];

	srand(1);
	for (round = 0; round < 200000; round++) {
		size_t len = (size_t)rand() % sizeof(buf), pos = 0;

		for (i = 0; i < len; i++)
			buf[i] = (unsigned char)rand();
		/* Plausible headers, so that the payload is looked at. */
		while (pos + 4 <= len) {
			uint16_t size = (uint16_t)(4 + rand() % 40);
			uint16_t type = (uint16_t)(rand() % 30);

			memcpy(buf + pos, &size, 2);
			memcpy(buf + pos + 2, &type, 2);
			pos += rand() % 3 ? (size + 3U) & ~3U : 4;
		}
		memset(&obj, 0, sizeof(obj));
		ipsec_get(buf, len, sets[round % SETS].fields, &obj, &err);
		json_decref(ipsec_json(sets[round % SETS].fields, &obj,
				       IPSEC_PRINT_ALL));
		if (sets[round % SETS].fields == ipsec_selector_fields)
			ipsec_selector_text((void *)&obj, line, sizeof(line));
	}
	ok(true, "%u random messages are read", round);
}

int main(void)
{
	complete();
	names();
	any_message();
	return tap_done();
}
