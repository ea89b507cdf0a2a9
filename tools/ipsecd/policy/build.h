/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICY_BUILD_H
#define POLICY_BUILD_H

#include <uthash.h>

#include "policy.h"

/* A credential or trust that several rules name by the same words. */
struct policy_shared {
	UT_hash_handle hh;
	struct ike_credential *credential;
	struct ike_trust *trust;
	uint8_t digest[POLICY_DIGEST_LEN]; /* of the files */
	char words[];
};

/* A digest that is being made: what is in it, and what still waits. */
struct policy_digest {
	uint8_t value[POLICY_DIGEST_LEN];
	size_t len;
	uint8_t text[2048];
};

/*
 * What rules that say in the same words how they negotiate have in common: of a
 * rule all that policy_negotiation_free() frees, and pfs.
 */
struct policy_negotiation {
	UT_hash_handle hh;
	uint8_t words[POLICY_DIGEST_LEN];
	uint8_t digest[POLICY_DIGEST_LEN]; /* of the files that they name */
	struct policy_rule rule;
};

/* A policy while its text is read. */
struct policy_build {
	struct policy *policy;
	policy_file_fn *file;
	void *ctx;
	struct ipsec_err *err;
	struct policy_binding *bindings;
	bool bound; /* they have been read */
	struct policy_named *lists; /* filter lists */
	struct policy_named *actions; /* filter actions */

	/* of the policy being read, if there are several */
	bool in_force; /* else it is only checked */
	const struct policy_words *defaults; /* of its rules */
	const struct ipsec_node *map; /* where they come from; NULL: nowhere */
	const struct ipsec_node *first; /* of its rules that negotiates */
	unsigned int size; /* of policy->rule */
	struct policy_seen *names; /* of rules */
	struct policy_seen *rules; /* their ids */
	struct policy_seen *filters; /* their ids */

	uint8_t base[POLICY_DIGEST_LEN]; /* what its rules depend on */

	/* of the rule being read */
	struct policy_digest digest;
	unsigned int filter_size; /* of rule->filter */
};

/* A list of which each item has a name, by which others refer to it. */
struct policy_named {
	UT_hash_handle hh;
	const struct ipsec_node *map;
	bool used; /* by a rule of any policy */
	char name[POLICY_NAME_MAX + 1];
};

/* named.c */
int policy_named_add(struct policy_build *b, struct policy_named **list,
		     const char *what, const char *name,
		     const struct ipsec_node *map);
/* NULL: it is not there, which is told. */
const struct ipsec_node *policy_named_get(struct policy_build *b,
					  struct policy_named *list,
					  const char *what, const char *name,
					  unsigned int line);
void policy_named_free(struct policy_named **list);
/* Into the policy: those that no rule names. -ENOMEM with the error told. */
int policy_named_unused(struct policy_build *b, const struct policy_named *list,
			const char *what);
int policy_lists_read(struct policy_build *b, const struct ipsec_node *list);
int policy_actions_read(struct policy_build *b, const struct ipsec_node *list);

/* policies.c: a policy with its rules, the only one or one of several. */
int policy_rules_read(struct policy_build *b,
		      const struct policy_words *defaults,
		      const struct ipsec_node *list,
		      const struct ipsec_node *response);
int policy_policies_read(struct policy_build *b, const struct ipsec_node *list,
			 const struct ipsec_node *assign);

/* digest.c: what a rule says, with the files it names. */
void policy_digest_begin(struct policy_build *b,
			 uint8_t outer[POLICY_DIGEST_LEN]);
void policy_digest_end(struct policy_build *b,
		       const uint8_t outer[POLICY_DIGEST_LEN],
		       uint8_t value[POLICY_DIGEST_LEN]);
void policy_digest_add(struct policy_build *b, const void *data, size_t len);
void policy_digest_text(struct policy_build *b, const char *text); /* or NULL */
void policy_digest_node(struct policy_build *b, const struct ipsec_node *n);

/*
 * rule.c; fills one in that is zeroed. What it has is freed by
 * policy_rule_free(). active: it is one of those in force.
 */
int policy_rule_read(struct policy_build *b, const struct ipsec_node *map,
		     struct policy_rule *rule, bool *active);
int policy_response_read(struct policy_build *b, const struct ipsec_node *n,
			 struct policy_rule *rule);
int policy_action_check(struct policy_build *b, const struct ipsec_node *map);

/* negotiation.c: how a rule does it. What that is, is the policy's. */
int policy_negotiation_read(struct policy_build *b,
			    const struct policy_words *w, unsigned int line,
			    struct policy_rule *rule);
int policy_negotiation_methods(struct policy_build *b,
			       const struct policy_words *w, unsigned int line,
			       struct policy_rule *rule);

/* policy.c: what a rule has, not the rule; what it shares with others. */
void policy_rule_free(struct policy_rule *rule);
void policy_negotiation_free(struct policy_rule *rule);

/* filters.c */
struct policy_filters_words {
	struct ipsec_filter base; /* what they take over */
	bool apart; /* in and out are; enum policy_side */
	unsigned int in;
	unsigned int out;
	unsigned int line; /* of the rule */

	/* written: of those that negotiate */
	bool negotiates;
	bool several_peers;
	struct ipsec_filter first;
};

int policy_filters_read(struct policy_build *b, struct policy_filters_words *w,
			const struct ipsec_node *list,
			struct policy_rule *rule);
int policy_peer_set(struct policy_build *b,
		    const struct policy_filters_words *filters,
		    const struct ipsec_addr *local,
		    const struct ipsec_net *remote, struct policy_rule *rule);
/* sides.c: one filter as the driver takes it, or several. */
int policy_filter_add(struct policy_build *b,
		      const struct policy_filters_words *w, bool apart,
		      struct ipsec_filter *f, struct policy_rule *rule);

/* auth.c: the methods of a rule. */
struct policy_auth_words {
	const struct ipsec_node *psk; /* short forms of the rule */
	const char *psk_file;
	const char *local_id;
	const char *remote_id;
	const struct ipsec_node *list;
};

int policy_auth_read(struct policy_build *b,
		     const struct policy_auth_words *words, unsigned int line,
		     struct policy_rule *rule);
/* One method, and credential.c: one with a key. */
#define POLICY_PATH_SIZE 1024
struct policy_auth_method {
	unsigned int line;
	bool weak; /* of the rule */
	struct ipsec_num method;
	const struct ipsec_node *psk;
	char psk_file[POLICY_PATH_SIZE];
	char cert[POLICY_PATH_SIZE];
	char key[POLICY_PATH_SIZE];
	char peer_key[POLICY_PATH_SIZE];
	const struct ipsec_node *ca;
	const struct ipsec_node *crl;
	struct ipsec_num crl_check;
	struct ipsec_num ocsp;
	char local_id[IKE_ID_STRLEN];
	char remote_id[IKE_ID_STRLEN];
};

extern const struct ipsec_name policy_method_names[];
int policy_signature_read(struct policy_build *b,
			  const struct policy_auth_method *w,
			  struct policy_auth *auth);
int policy_secret_read(struct policy_build *b, unsigned int line,
		       const char *file, uint8_t **secret, size_t *len);

/* method.c: proposals and security methods. */
struct policy_method_words {
	const struct ipsec_node *ike;
	const struct ipsec_node *esp;
	const struct ipsec_node *ah;
	const struct ipsec_node *methods;
	struct policy_lifetime lifetime;
	struct ipsec_num pfs;
};

int policy_lifetime_read(struct policy_build *b, const struct ipsec_node *map,
			 struct policy_lifetime *lifetime);
int policy_methods_read(struct policy_build *b,
			const struct policy_method_words *words,
			unsigned int line, struct policy_rule *rule);

/* number.c: ids that stay while what they stand for stays the same. */
int policy_number_rule(struct policy_build *b, struct policy_rule *rule,
		       unsigned int line);
int policy_number_filter(struct policy_build *b, const struct policy_rule *rule,
			 struct ipsec_filter *filter);
void policy_number_free(struct policy_build *b);

/* settings.c */
int policy_settings_read(struct policy_build *b, const struct ipsec_node *map);

/* A file that the policy names. */
int policy_file(struct policy_build *b, unsigned int line, const char *name,
		bool secret, struct ike_blob *blob);
/* A value by the field of its word. */
int policy_value(struct policy_build *b, const struct ipsec_node *n,
		 const struct ipsec_field *fields, void *obj);
/* Puts the file's name before the error told; -EINVAL. */
int policy_blame_file(struct policy_build *b, unsigned int line,
		      const char *name);
int policy_no_memory(struct policy_build *b);
int policy_no_list(struct policy_build *b, const struct ipsec_node *n);

#endif
