/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_MODEL_H
#define IPSEC_MODEL_H

#include "schema.h"

/* The objects of the family; the spec says what each field means. */

struct ipsec_selector {
	struct ipsec_num family;
	struct ipsec_net src;
	struct ipsec_net dst;
	struct ipsec_num proto;
	struct ipsec_num sport[2];
	struct ipsec_num dport[2];
	struct ipsec_num icmp_type[2];
	struct ipsec_num icmp_code[2];
	struct ipsec_num iface_class;
	char ifname[16];
};

struct ipsec_filter {
	struct ipsec_num id;
	char name[IPSECDRV_NAME_MAX + 1];
	struct ipsec_num dir;
	struct ipsec_selector sel;
	struct ipsec_num action;
	struct ipsec_num flags;
	struct ipsec_addr tunnel_local;
	struct ipsec_addr tunnel_remote;
	struct ipsec_num narrow;
	struct ipsec_num require;
	struct ipsec_num soft_reasons;
	struct ipsec_num soft_delay;
	struct ipsec_num soft_lifetime;
	struct ipsec_num cookie;
	struct ipsec_num weight;
	struct ipsec_num shadowed_by;
	struct ipsec_num packets;
	struct ipsec_num bytes;
};

struct ipsec_protection {
	struct ipsec_num proto;
	struct ipsec_num spi_in;
	struct ipsec_num spi_out;
	struct ipsec_num encr;
	struct ipsec_num integ;
	struct ipsec_key encr_key_in;
	struct ipsec_key encr_key_out;
	struct ipsec_key integ_key_in;
	struct ipsec_key integ_key_out;
	struct ipsec_num encr_key_len;
	struct ipsec_num integ_key_len;
	struct ipsec_num seq_out;
	struct ipsec_num seq_in;
	char algorithm[128];
};

struct ipsec_lifetime {
	struct ipsec_num soft_seconds;
	struct ipsec_num hard_seconds;
	struct ipsec_num soft_bytes;
	struct ipsec_num hard_bytes;
	struct ipsec_num soft_packets;
	struct ipsec_num hard_packets;
	struct ipsec_num idle_seconds;
};

struct ipsec_counters {
	struct ipsec_num packets;
	struct ipsec_num bytes;
	struct ipsec_num replay;
	struct ipsec_num integrity;
	struct ipsec_num errors;
};

struct ipsec_sa {
	struct ipsec_num id;
	struct ipsec_num slot;
	struct ipsec_num filter;
	struct ipsec_selector sel;
	struct ipsec_num mode;
	struct ipsec_addr local;
	struct ipsec_addr remote;
	struct ipsec_num encap_local;
	struct ipsec_num encap_remote;
	struct ipsec_num keepalive;
	unsigned int protections;
	struct ipsec_protection protection[IPSECDRV_PROTOS_MAX];
	struct ipsec_num flags;
	struct ipsec_num replay_window;
	struct ipsec_lifetime lifetime;
	struct ipsec_num owner;
	struct ipsec_num state;
	struct ipsec_num age;
	struct ipsec_num idle;
	struct ipsec_num mtu;
	struct ipsec_counters out;
	struct ipsec_counters in;
	struct ipsec_num offload_state;
	char offload_dev[16];
	char offload_reason[128];
	struct ipsec_num reason;
	struct ipsec_num hard;
	struct ipsec_num replaces;
};

struct ipsec_spi {
	struct ipsec_num proto;
	struct ipsec_addr local;
	struct ipsec_num first;
	struct ipsec_num last;
	struct ipsec_num spi;
	struct ipsec_num lifetime;
	struct ipsec_num slot;
};

struct ipsec_acquire {
	struct ipsec_num slot;
	struct ipsec_num filter;
	struct ipsec_num cookie;
	struct ipsec_selector sel;
	struct ipsec_selector packet;
	struct ipsec_addr local;
	struct ipsec_addr remote;
	struct ipsec_num mode;
	struct ipsec_num require;
	struct ipsec_num held;
	struct ipsec_num reason;
	struct ipsec_num soft;
	struct ipsec_num age;
};

/* A soft SA; end is only in an event. */
struct ipsec_soft {
	struct ipsec_num slot;
	struct ipsec_num filter;
	struct ipsec_num cookie;
	struct ipsec_selector sel;
	struct ipsec_addr local;
	struct ipsec_addr remote;
	struct ipsec_num reason;
	struct ipsec_num age; /* ms */
	struct ipsec_num left; /* ms */
	struct ipsec_counters out;
	struct ipsec_counters in;
	struct ipsec_num end;
};

/* Filters of a table are sent and read one by one, not as part of it. */
struct ipsec_table {
	struct ipsec_num transaction;
	struct ipsec_num generation;
	struct ipsec_num filters;
	struct ipsec_num tuples;
	struct ipsec_num agent;
	struct ipsec_num id;
};

struct ipsec_config {
	struct ipsec_num default_action;
	struct ipsec_num exemptions;
	struct ipsec_num hold_per_flow;
	struct ipsec_num hold_total;
	struct ipsec_num hold_seconds;
	struct ipsec_num filters_max;
	struct ipsec_num sas_max;
	struct ipsec_num encap_port;
	struct ipsec_num legacy;
	struct ipsec_num drain_seconds;
	struct ipsec_num padding_check;
	struct ipsec_num boot_mode;
	struct ipsec_boot_exemptions boot_exemptions;
	struct ipsec_num log_level;
	struct ipsec_num log_interval;
};

struct ipsec_stat {
	char name[64];
	struct ipsec_num value;
	struct ipsec_num kind;
	char text[96];
};

/* Packets that a filter or SA pair dropped for one reason. */
struct ipsec_drop {
	char reason[64];
	struct ipsec_num packets;
};

/* One of the last packets that were dropped. */
struct ipsec_dropped {
	struct ipsec_num number;
	struct ipsec_num time; /* ns since 1970 */
	struct ipsec_num dir;
	char reason[64];
	char text[96];
	struct ipsec_selector packet;
	struct ipsec_num spi;
	struct ipsec_num filter;
	struct ipsec_num sa;
	struct ipsec_num length;
	struct ipsec_num packets;
};

struct ipsec_explain {
	struct ipsec_num dir;
	struct ipsec_selector packet;
	struct ipsec_num protected;
	struct ipsec_num sa;
	struct ipsec_filter filter;
	struct ipsec_num action;
	char verdict[32];
	char reason[256];
	struct ipsec_num slot; /* these of the soft SA that lets it pass */
	struct ipsec_num soft_reason;
	struct ipsec_num soft_left; /* ms */
};

extern const struct ipsec_field ipsec_selector_fields[];
extern const struct ipsec_field ipsec_filter_fields[];
/* A message of the table set that holds one filter, as struct ipsec_filter. */
extern const struct ipsec_field ipsec_filter_message[];
/* What "mode", "tunnel" and "soft" take, where a struct ipsec_filter is first. */
extern const struct ipsec_name ipsec_filter_mode[];
extern const struct ipsec_field ipsec_filter_tunnel[];
extern const struct ipsec_field ipsec_filter_soft[];
extern const struct ipsec_field ipsec_protection_fields[];
extern const struct ipsec_field ipsec_lifetime_fields[];
extern const struct ipsec_field ipsec_counters_fields[];
extern const struct ipsec_field ipsec_sa_fields[];
extern const struct ipsec_field ipsec_sa_update_fields[];
extern const struct ipsec_field ipsec_sa_flush_fields[];
extern const struct ipsec_field ipsec_spi_fields[];
extern const struct ipsec_field ipsec_acquire_fields[];
extern const struct ipsec_field ipsec_soft_fields[];
extern const struct ipsec_field ipsec_table_fields[];
extern const struct ipsec_field ipsec_config_fields[];
extern const struct ipsec_field ipsec_stat_fields[];
extern const struct ipsec_field ipsec_drop_fields[];
extern const struct ipsec_field ipsec_dropped_fields[];
extern const struct ipsec_field ipsec_explain_fields[];

/* Each parses a map and then checks what one field alone cannot tell. */
int ipsec_filter_parse(const struct ipsec_node *map, struct ipsec_filter *f,
		       struct ipsec_err *err);
/* The same over what f has: that of ipsec_filter_init(), and more. */
void ipsec_filter_init(struct ipsec_filter *f);
int ipsec_filter_parse_on(const struct ipsec_node *map, struct ipsec_filter *f,
			  struct ipsec_err *err);
int ipsec_sa_parse(const struct ipsec_node *map, struct ipsec_sa *sa,
		   struct ipsec_err *err);
int ipsec_selector_check(struct ipsec_selector *s, unsigned int line,
			 struct ipsec_err *err);

/* "10.0.0.0/24 -> 10.1.0.5 tcp dport 443". */
const char *ipsec_selector_text(const struct ipsec_selector *s, char *buf,
				size_t size);
#define IPSEC_SELECTOR_STRLEN 384

#endif
