/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICY_H
#define POLICY_H

#include "auth.h"
#include "model.h"
#include "proposal.h"

/*
 * A policy as ipsecd uses it: immutable once loaded, counted, so that a
 * negotiation finishes under the policy it began with.
 */
#define POLICY_NAME_MAX 63
#define POLICY_AUTH_MAX 8
#define POLICY_DIGEST_LEN 32
#define POLICY_RESPONSE "default-response" /* the name of that rule */

/*
 * What the sets "me", "gateway", "dns", "wins", "dhcp" and names of hosts stand
 * for: a file of this name, which no file has, of lines "me 10.0.0.1 10.1.0.1"
 * and "name:host.example 10.0.0.2". A name that no longer resolves is marked as
 * stale: it has its last addresses, but permits nothing more.
 */
#define POLICY_BINDINGS "/"
#define POLICY_NAME_PREFIX "name:"
#define POLICY_STALE "!"
#define POLICY_HOST_MAX 253
#define POLICY_BIND_MAX 1024 /* words */
#define POLICY_BIND_ADDRS 256 /* of a word */

/* One authentication method of a rule; they are tried in their order. */
struct policy_auth {
	enum ike_auth_method method;
	struct ike_id local; /* type 0: from the address or the certificate */
	struct ike_id remote; /* a pattern; type 0: any */
	uint8_t *psk;
	size_t psk_len;
	struct ike_credential *credential; /* these two are the policy's */
	struct ike_trust *trust;
};

struct policy_lifetime {
	uint32_t seconds;
	uint64_t bytes; /* 0: no limit */
	uint64_t packets;
};

enum policy_pfs {
	POLICY_PFS_NO,
	POLICY_PFS_YES, /* the group of the proposal, else the IKE SA's */
};

enum policy_choice {
	POLICY_NO,
	POLICY_AUTO,
	POLICY_YES, /* ppk: required; encap: forced */
};

/* One proposal, or in version 1 a bundle, innermost first: ESP, then AH. */
struct policy_method {
	unsigned int protos;
	struct ike_proposal proto[IPSECDRV_PROTOS_MAX];
	struct policy_lifetime lifetime;
};

/* A rule: which traffic, and how it is negotiated. */
struct policy_rule {
	struct policy *policy; /* whose it is; to be held by who keeps it */
	uint32_t id; /* the cookie of its filters; not 0; follows the name */
	char name[POLICY_NAME_MAX + 1];
	unsigned int line; /* of the file */
	bool response; /* the default response: for any peer, without filters */
	/* of all it says, files included: is it the same? */
	uint8_t digest[POLICY_DIGEST_LEN];

	/* filters; their ids and cookies are set */
	unsigned int filters;
	struct ipsec_filter *filter;

	/* whom to talk to: of a tunnel its end, else an address of the filters */
	struct ipsec_addr local; /* len 0: any */
	struct ipsec_net remote; /* any, an address, a prefix, a range */
	uint16_t remote_port; /* 500 unless given */

	unsigned int versions; /* bits 1 << 1 and 1 << 2 accepted as responder */
	unsigned int version; /* used as initiator */
	bool aggressive; /* accepted as responder, version 1 */

	unsigned int auths;
	struct policy_auth
		*auth; /* this and other lists may be those of more rules */

	struct ike_proposals ike; /* in order of preference */
	uint32_t ike_seconds; /* 300 to 172800, default 28800 */
	unsigned int qm_limit; /* quick modes per main mode, 0: no limit */

	enum ipsecdrv_mode mode;
	unsigned int methods;
	struct policy_method *method; /* in order of preference */
	enum policy_pfs pfs;
	bool master_pfs; /* a new IKE SA for each Child SA */
	uint32_t idle_seconds; /* 300; 60 with a cluster member */
	uint32_t replay_window;

	enum policy_choice encap; /* UDP encapsulation */
	enum policy_choice fragmentation;
	uint16_t fragment_size; /* of a fragment's IP packet; 0: 576 or 1280 */
	uint32_t liveness_seconds; /* 0: off; default 30 */
	bool childless; /* initiate without a Child SA (RFC 6023) */
	bool redirect; /* follow (RFC 5685) */
	bool weak; /* DES, 3DES, MD5, groups 1 and 2; short keys of certificates */
	enum policy_choice ppk;
	char ppk_id[POLICY_NAME_MAX + 1];
	uint8_t *ppk_key;
	size_t ppk_len;
};

extern const char *const policy_sets[]; /* NULL */

struct policy_limits {
	uint32_t per_address; /* 35 without an established IKE SA */
	uint32_t per_port; /* 5 per address and port with one */
	uint32_t half_open; /* in all; 10000 */
	uint32_t cookie_threshold; /* half-open SAs from which cookies are asked; 64 */
	uint32_t children; /* per IKE SA; 1024 */
};

/* A filter list or action that no rule names. */
struct policy_unused {
	struct policy_unused *next;
	const char *what; /* the word that lists them */
	unsigned int line;
	char name[POLICY_NAME_MAX + 1];
};

struct policy {
	unsigned int refs;
	unsigned int rules;
	struct policy_rule *rule;
	struct policy_limits limits;
	uint16_t port; /* 500 */
	uint16_t natt_port; /* 4500 */
	uint16_t keepalive; /* seconds; 20 */
	uint8_t log_level;
	bool audit; /* events go to the kernel's audit log */
	char keylog[256]; /* a folder; empty: keys are never written */
	struct ipsec_config driver; /* what of the driver's settings is named */
	bool has_driver;
	bool ocsp; /* a rule allows responders to be asked */
	unsigned int exposed; /* line of a secret in the policy, 0: none */
	char assigned[POLICY_NAME_MAX + 1]; /* which of several; empty: none */
	unsigned int words; /* in place of addresses, whose meaning may change */
	char **word; /* as in the bindings */
	struct policy_shared *shared; /* credentials and trust, by their words */
	struct policy_negotiation *negotiations; /* of rules, by their words */
	struct policy *merged; /* whose rules this one has */
	struct policy_unused *unused;
};

/*
 * Reads a file that the policy names (keys, certificates, CRLs). name is as
 * written in the policy; the blob lives until the parse ends.
 */
typedef int policy_file_fn(void *ctx, const char *name, bool secret,
			   struct ike_blob *blob, struct ipsec_err *err);

/*
 * The policy in YAML, see ipsecd-policy(5). Nothing but the text and what file
 * gives is looked at, so that a confined process can do it.
 */
int policy_parse(const char *text, size_t len, policy_file_fn *file, void *ctx,
		 struct policy **policy, struct ipsec_err *err);
/* merge.c: one policy of several texts, each with ids of its own. */
#define POLICY_ID_BITS 24
int policy_merge(struct policy *p, struct policy *more, unsigned int text,
		 bool first, struct ipsec_err *err);
bool policy_hide(struct policy *p, const char *name);
/* credential.c: of all its methods, whatever they say; it is not in use yet. */
extern const struct ipsec_name policy_crl_names[];
void policy_set_crl_check(struct policy *p, enum ike_crl_level level);
/* schema.c: a JSON schema of that text; NULL: no memory. */
json_t *policy_schema(void);
struct policy *policy_get(struct policy *p);
void policy_put(struct policy *p);

const struct policy_rule *policy_rule_by_id(const struct policy *p,
					    uint64_t cookie);
/* Names are unique. NULL: there is none. */
struct policy_rule *policy_rule_by_name(const struct policy *p,
					const char *name);
/*
 * Rules that could be meant by a peer, in the order of the file, when only
 * addresses are known; start with NULL.
 */
const struct policy_rule *policy_rule_next(const struct policy *p,
					   const struct policy_rule *prev,
					   const struct ipsec_addr *local,
					   const struct ipsec_addr *remote,
					   unsigned int version);
/* The filter of the rule with this id, or NULL. */
const struct ipsec_filter *policy_rule_filter(const struct policy_rule *rule,
					      uint32_t id);
/* The filter of the rule that allows some of both; the narrowed selectors. */
struct ike_ts;
struct ike_ts_list;
/* Is anything of what is between the two sides the filter's? */
bool policy_filter_meets(const struct ipsec_filter *f,
			 const struct ike_ts *local,
			 const struct ike_ts *remote);
bool policy_filter_holds(const struct ipsec_filter *f,
			 const struct ike_ts *local,
			 const struct ike_ts *remote);
int policy_filter_part(const struct ipsec_filter *f, const struct ike_ts *local,
		       const struct ike_ts *remote, struct ipsec_selector *sel);
const struct ipsec_filter *policy_rule_narrow(const struct policy_rule *rule,
					      const struct ike_ts_list *local,
					      const struct ike_ts_list *remote,
					      struct ike_ts *local_out,
					      struct ike_ts *remote_out);

/* respond.c: the default response, and the filters that it makes. */
const struct policy_rule *policy_response(const struct policy *p);
int policy_response_filter(const struct policy *p, const struct ike_ts *local,
			   const struct ike_ts *remote, struct ipsec_filter *f,
			   const struct policy_rule **by);
#define POLICY_EXCEPTIONS_MAX 32
int policy_response_exceptions(const struct policy *p,
			       const struct ipsec_filter *f,
			       struct ipsec_filter list[POLICY_EXCEPTIONS_MAX],
			       unsigned int *count);
int policy_response_again(const struct policy *p,
			  const struct ipsec_filter *old,
			  struct ipsec_filter *f);

#endif
