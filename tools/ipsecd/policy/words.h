/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICY_WORDS_H
#define POLICY_WORDS_H

#include "build.h"

/*
 * What a policy can say, map by map. Words that a rule may leave to its policy,
 * its filter action or its defaults are read over each other into one struct.
 */
/* What may happen to the packets of one direction. */
enum policy_side {
	POLICY_SIDE_BLOCK,
	POLICY_SIDE_PERMIT,
	POLICY_SIDE_REQUEST,
	POLICY_SIDE_REQUIRE,
};

struct policy_words {
	struct ipsec_filter base; /* first: what filters take over */
	char policy[POLICY_NAME_MAX + 1];
	char name[POLICY_NAME_MAX + 1];
	char description[256];
	const struct ipsec_node *filters;
	char filter_list[POLICY_NAME_MAX + 1];
	char filter_action[POLICY_NAME_MAX + 1];
	struct ipsec_num active;
	struct ipsec_num in; /* enum policy_side */
	struct ipsec_num out;
	const struct ipsec_node *soft;
	struct ipsec_addr local;
	struct ipsec_net remote;
	struct ipsec_num remote_port;
	const struct ipsec_node *psk;
	char psk_file[POLICY_PATH_SIZE];
	char local_id[IKE_ID_STRLEN];
	char remote_id[IKE_ID_STRLEN];
	const struct ipsec_node *auth;
	struct ipsec_num version;
	struct ipsec_num accept;
	struct ipsec_num aggressive;
	const struct ipsec_node *ike;
	struct ipsec_num ike_lifetime;
	struct ipsec_num qm_limit;
	struct ipsec_num master_pfs;
	struct ipsec_num childless;
	struct ipsec_num encap;
	struct ipsec_num fragmentation;
	struct ipsec_num fragment_size;
	struct ipsec_num liveness;
	struct ipsec_num redirect;
	const struct ipsec_node *ppk;
	const struct ipsec_node *esp;
	const struct ipsec_node *ah;
	const struct ipsec_node *methods;
	const struct ipsec_node *lifetime;
	struct ipsec_num pfs;
	struct ipsec_num idle;
	struct ipsec_num replay_window;
	struct ipsec_num weak;
	const struct ipsec_node *rules; /* these two of a policy */
	const struct ipsec_node *response;
};

/* A rule; a filter action; a policy; the default response. */
extern const struct ipsec_field policy_rule_fields[];
extern const struct ipsec_field policy_action_fields[];
extern const struct ipsec_field policy_policy_fields[];
extern const struct ipsec_field policy_response_fields[];
/* "soft" alone: what it takes beside yes and no. */
extern const struct ipsec_field policy_soft_fields[];

struct policy_ppk_words {
	char id[POLICY_NAME_MAX + 1];
	char file[POLICY_PATH_SIZE];
	struct ipsec_num required;
};

extern const struct ipsec_field policy_ppk_fields[];

/* auth.c, method.c, settings.c: a method of each kind, limits, the daemon. */
extern const struct ipsec_field policy_auth_fields[];
extern const struct ipsec_field policy_method_fields[];
extern const struct ipsec_field policy_lifetime_fields[];
extern const struct ipsec_field policy_settings_fields[];

/* A filter list. */
struct policy_list_words {
	char name[POLICY_NAME_MAX + 1];
	char description[256];
	const struct ipsec_node *filters;
};

extern const struct ipsec_field policy_list_fields[];

/* The document. */
struct policy_root_words {
	const struct ipsec_node *version;
	const struct ipsec_node *lists;
	const struct ipsec_node *actions;
	const struct ipsec_node *policies;
	const struct ipsec_node *assign;
	const struct ipsec_node *rules;
	const struct ipsec_node *response;
	const struct ipsec_node *ike;
	const struct ipsec_node *default_action;
	const struct ipsec_node *config;
};

extern const struct ipsec_field policy_root_fields[];

#endif
