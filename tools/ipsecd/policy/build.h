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

/* A policy while its text is read. */
struct policy_build {
	struct policy *policy;
	unsigned int size; /* of policy->rule */
	struct policy_seen *names; /* of rules */
	struct policy_seen *rules; /* their ids */
	struct policy_seen *filters; /* their ids */
	policy_file_fn *file;
	void *ctx;
	struct ipsec_err *err;
	uint8_t digest[POLICY_DIGEST_LEN]; /* of the rule being read */
};

/* digest.c: what a rule says, with the files it names. */
void policy_digest_add(struct policy_build *b, const void *data, size_t len);
void policy_digest_node(struct policy_build *b, const struct ipsec_node *n);

/* rule.c; fills one in that is zeroed. What it has is freed by policy_put(). */
int policy_rule_read(struct policy_build *b, const struct ipsec_node *map,
		     struct policy_rule *rule);

/* filters.c */
int policy_filters_read(struct policy_build *b, const struct ipsec_filter *base,
			const struct ipsec_node *list, unsigned int line,
			struct policy_rule *rule);
/* The first that negotiates, NULL: none does. */
const struct ipsec_filter *policy_first_filter(const struct policy_rule *rule);
int policy_peer_set(struct policy_build *b, const struct ipsec_addr *local,
		    const struct ipsec_net *remote, unsigned int line,
		    struct policy_rule *rule);

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
/* Puts the file's name before the error told; -EINVAL. */
int policy_blame_file(struct policy_build *b, unsigned int line,
		      const char *name);
int policy_no_memory(struct policy_build *b);

#endif
