/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_NAMES_H
#define IPSEC_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One word of an enum; a table ends with a NULL name. */
struct ipsec_name {
	const char *name;
	uint32_t value;
};

/* Generated from the uapi header by names.awk. */
extern const struct ipsec_name ipsec_names_action[];
extern const struct ipsec_name ipsec_names_dir[];
extern const struct ipsec_name ipsec_names_filter_flags[];
extern const struct ipsec_name ipsec_names_iface_class[];
extern const struct ipsec_name ipsec_names_narrow[];
extern const struct ipsec_name ipsec_names_require[];
extern const struct ipsec_name ipsec_names_proto[];
extern const struct ipsec_name ipsec_names_mode[];
extern const struct ipsec_name ipsec_names_encr[];
extern const struct ipsec_name ipsec_names_integ[];
extern const struct ipsec_name ipsec_names_sa_state[];
extern const struct ipsec_name ipsec_names_sa_flags[];
extern const struct ipsec_name ipsec_names_offload_state[];
extern const struct ipsec_name ipsec_names_expire_reason[];
extern const struct ipsec_name ipsec_names_refuse_reason[];
extern const struct ipsec_name ipsec_names_soft_end[];
extern const struct ipsec_name ipsec_names_stat_kind[];
extern const struct ipsec_name ipsec_names_exemptions[];
extern const struct ipsec_name ipsec_names_boot_mode[];
extern const struct ipsec_name ipsec_names_log_level[];

/* IP protocols and address families, which are not the driver's enums. */
extern const struct ipsec_name ipsec_names_ipproto[];
extern const struct ipsec_name ipsec_names_yesno[];

/* NULL when no word has the value. */
const char *ipsec_name(const struct ipsec_name *tab, uint64_t value);
/* The same for people: "?" then. */
const char *ipsec_name_text(const struct ipsec_name *tab, uint64_t value);
bool ipsec_name_value(const struct ipsec_name *tab, const char *word,
		      uint32_t *value);
/* "permit, negotiate or block", for error texts. */
const char *ipsec_name_list(const struct ipsec_name *tab, char *buf,
			    size_t size);

#endif
