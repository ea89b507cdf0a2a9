/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_ENGINE_H
#define IKE_ENGINE_H

#include <jansson.h>

#include "child.h"
#include "counters.h"

struct ike_source; /* negotiations per address: limits.c */
struct ike_response; /* filters of the default response: response.c */
struct ike_cookies; /* secrets of stateless cookies: cookie.c */

/* Cookies of our pairs in the driver start with this ("ip"). */
#define IKE_OWNER_MAGIC 0x6970000000000000ULL
#define IKE_OWNER_MASK 0xffff000000000000ULL

/* A negotiation that failed: failure.c. */
#define IKE_FAILURES 32
struct ike_failure {
	uint64_t story; /* 0: not even an SA was begun */
	uint64_t when; /* ms */
	enum ike_cause cause;
	bool initiator;
	struct ipsec_addr remote;
	char rule[POLICY_NAME_MAX + 1];
	char text[512];
};

/* Everything of one key daemon; no lock, one thread. */
struct ike_engine {
	const struct ike_env *env;
	struct policy *policy; /* held; what new negotiations follow */
	struct ike_timers timers;
	struct ike_sa *sas; /* by our SPI */
	struct ike_sa *first; /* responders' by the peer's SPI and address */
	TAILQ_HEAD(ike_sa_list, ike_sa) list; /* oldest first */
	struct ike_child *children; /* by owner */
	struct ike_child_list adopted;
	struct ike_source *sources; /* by address */
	struct ike_cookies *cookies;
	struct ike_response *responses; /* by filter */
	struct ipsec_filter response; /* the one thought of last */
	struct ike_counters counters;
	unsigned int half_open;
	uint64_t stories;
	uint64_t order; /* of what begins and what is made, where ms are too long */
	uint64_t hints_since; /* ms; how many were sent from then on */
	unsigned int hints;
	uint64_t next_owner;
	uint32_t fetches; /* OCSP answers asked for */
	struct ike_failure failure[IKE_FAILURES]; /* the last ones, a ring */
	unsigned int failures; /* so far */
	bool ending; /* ike_engine_shutdown() */
	bool stopping;
};

/* Takes a reference of the policy. NULL: no memory. */
struct ike_engine *ike_engine_new(const struct ike_env *env,
				  struct policy *policy);
/* Silently; the driver's pairs stay, for the next start to adopt. */
void ike_engine_free(struct ike_engine *engine);
/*
 * After start: adopts the SA pairs that the driver has and that the policy
 * still justifies, and answers acquires that wait.
 */
void ike_engine_adopt(struct ike_engine *engine);
/* SAs of rules that are no longer there, or differ, are deleted. */
void ike_engine_reload(struct ike_engine *engine, struct policy *policy);

/* Inputs. */
void ike_engine_datagram(struct ike_engine *engine, const struct ike_path *path,
			 const void *data, size_t len);
void ike_engine_acquire(struct ike_engine *engine,
			const struct ipsec_acquire *acquire);
/* Of a soft or hard limit, idle, or a filter that is gone. */
void ike_engine_expire(struct ike_engine *engine, const struct ipsec_sa *sa);
void ike_engine_ocsp(struct ike_engine *engine, uint32_t id,
		     struct ike_blob answer);
uint64_t ike_engine_next(const struct ike_engine *engine); /* ms; UINT64_MAX */
void ike_engine_tick(struct ike_engine *engine);

/* Control. 0, -ENOENT: no such rule or nothing of it, -ENOMEM;
 * up: -EDESTADDRREQ when the rule names no single peer.
 */
int ike_engine_up(struct ike_engine *engine, const char *rule);
int ike_engine_down(struct ike_engine *engine, const char *rule);
/*
 * A negotiation for its own sake, on an IKE SA of its own: whatever it shows,
 * SAs that are there go on.
 */
struct ike_trial {
	const char *rule;
	uint32_t filter; /* of the driver */
	struct ipsec_addr from; /* the traffic's, inside of a tunnel */
	struct ipsec_addr to;
	bool natt; /* on port 4500 from the start */
};
int ike_engine_trial(struct ike_engine *engine, const struct ike_trial *trial,
		     uint64_t *story);
/* How far it is, and what failed. */
json_t *ike_engine_trial_json(const struct ike_engine *engine, uint64_t story);
/* Ended, unless the peer would have no other SA then. */
void ike_engine_trial_end(struct ike_engine *engine, uint64_t story);
int ike_engine_rekey_child(struct ike_engine *engine, const char *rule);
int ike_engine_rekey_ike(struct ike_engine *engine, const char *rule);
int ike_engine_check(struct ike_engine *engine,
		     const char *rule); /* liveness */
/*
 * Deletes everything with the peers' knowledge; idle when it is done. Pairs
 * send no more, and receive for a while longer. What the driver holds then, and
 * what peers begin, is for the next ipsecd.
 */
void ike_engine_shutdown(struct ike_engine *engine);
bool ike_engine_idle(const struct ike_engine *engine);
json_t *ike_engine_sas_json(const struct ike_engine *engine);
json_t *ike_engine_counters_json(const struct ike_engine *engine);
/* failure.c: the last ones; the first of a story is why it failed. */
json_t *ike_engine_failures_json(const struct ike_engine *engine);
json_t *ike_failure_json(const struct ike_engine *engine,
			 const struct ike_failure *failure);
const struct ike_failure *ike_failure_find(const struct ike_engine *engine,
					   uint64_t story);

/* For the two versions. */
uint64_t ike_now(const struct ike_engine *engine);
/* "10.0.0.2 (fqdn:blue)", as much as is known. */
void ike_log_peer(const struct ike_sa *sa, char *buf, size_t size);
void ike_log_engine(const struct ike_engine *engine, enum ike_log_level level,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void ike_send(struct ike_engine *engine, const struct ike_path *path,
	      const void *msg, size_t len);
struct ike_sa *ike_engine_find(struct ike_engine *engine, const uint8_t *spi);
/* The SA that an initiator's first message made; NULL: it is the first. */
struct ike_sa *ike_engine_find_first(struct ike_engine *engine,
				     const struct ike_path *path,
				     const uint8_t *spi);
/* A rule keeps its name when the policy is loaded anew. */
bool ike_same_rule(const struct policy_rule *a, const struct policy_rule *b);
/* The rule of that name, if it says the same; NULL: no, or there is none. */
const struct policy_rule *ike_rule_in(const struct policy *policy,
				      const struct policy_rule *rule);
/*
 * What is renewed follows the policy in force where that says the same, so that
 * one from before a reload ends. Else the rule itself.
 */
const struct policy_rule *ike_rule_now(const struct ike_engine *engine,
				       const struct policy_rule *rule);
/*
 * An IKE SA of the rule with the peer that can carry another Child SA: with the
 * address, and where the way is one through a NAT, with the port. A spare one
 * only if there is no other.
 */
struct ike_sa *ike_engine_find_peer(struct ike_engine *engine,
				    const struct policy_rule *rule,
				    const struct ike_path *path);
/* A new IKE SA by the rule's version; and one that is there, or a new one. */
struct ike_sa *ike_engine_initiate(struct ike_engine *engine,
				   const struct policy_rule *rule,
				   const struct ike_path *path);
struct ike_sa *ike_engine_get_sa(struct ike_engine *engine,
				 const struct policy_rule *rule,
				 const struct ike_path *path);
/* Queues the negotiation of a new Child SA and begins what can be begun. */
void ike_engine_ask(struct ike_sa *sa, struct ike_child *child);
/*
 * lost.c: a peer that has forgotten an IKE SA. A message for one that is not
 * here is answered in clear (RFC 7296 section 2.21.4, RFC 2408 section 5.2),
 * shorter than it was and seldom; nothing is ended by such an answer.
 */
bool ike_hint_allowed(struct ike_engine *engine, size_t request, size_t answer);
/*
 * It is to end, by an administrator, another policy or its lifetime: at once, or
 * as soon as what is under way is done.
 */
bool ike_sa_ends(const struct ike_sa *sa);
/* What was asked of the peer on one that ends, and not answered, goes on to next. */
void ike_sa_hand_on(struct ike_sa *sa, struct ike_sa *next);
/* The peer does not know the SA: what it was for is begun anew, if it goes on. */
void ike_sa_restart(struct ike_sa *sa);
/* The pair goes on without its IKE SA, until it is renewed. */
void ike_child_orphan(struct ike_child *child);
/* v2_lost.c, v1_lost.c: answers a message of an SA that is not here. */
void ikev1_unknown(struct ike_engine *engine, const struct ike_path *path,
		   const struct ike_message *m);
/*
 * renew.c: rekeys a pair. And the same later, or, where it is adopted, or what
 * has replaced it has ended and it sends still, negotiates anew.
 */
void ike_child_rekey(struct ike_child *child);
void ike_child_renew(struct ike_child *child);
void ike_child_renew_later(struct ike_child *child, uint64_t ms);
/* Negotiates anew on that IKE SA, which need not be its own; NULL: no memory. */
int ike_child_renew_on(struct ike_child *child, struct ike_sa *sa);
/* What replaced a pair, or was to, has ended: it is tried once more. */
void ike_child_renew_failed(struct ike_child *child);
/* Another policy: adopted pairs follow the rules of that. */
void ike_adopted_review(struct ike_engine *engine);
/* Another SA with the peer for the same traffic, of another IKE SA. */
struct ike_child *ike_child_sibling(const struct ike_child *child);
/* Is any other SA, or an adopted pair, with this peer there? */
bool ike_engine_knows_peer(struct ike_engine *engine, const struct ike_sa *sa);
/* The peer lost its memory: other SAs of the same identity go silently. */
void ike_engine_initial_contact(struct ike_engine *engine, struct ike_sa *sa);

/* response.c: filters of the default response, see there. */
const struct ipsec_filter *ike_response_narrow(struct ike_sa *sa,
					       const struct ike_ts_list *local,
					       const struct ike_ts_list *remote,
					       struct ike_ts *local_out,
					       struct ike_ts *remote_out);
int ike_response_hold(const struct ike_child *child, struct ipsec_err *err);
void ike_response_release(const struct ike_child *child);
int ike_response_known(struct ike_engine *engine,
		       const struct ipsec_filter *filter);
bool ike_response_has(const struct ike_engine *engine, uint32_t filter);
void ike_responses_review(struct ike_engine *engine);
void ike_responses_free(struct ike_engine *engine);

/*
 * limits.c: may one more negotiation begin? Counts it when so. Windows' limits:
 * per_address without an established IKE SA, per_port with one.
 */
bool ike_limit_take(struct ike_sa *sa);
/* Ends what take counted; established: the SA counts as that from now on. */
void ike_limit_give(struct ike_sa *sa, bool established);
void ike_limit_end(struct ike_sa *sa); /* of an established SA */
/*
 * May the peer have one more Child SA on its IKE SA, which renews none? And
 * has the IKE SA begun as many as it may?
 */
bool ike_limit_child(const struct ike_sa *sa);
bool ike_limit_used_up(const struct ike_sa *sa);
/* One more was replaced: as many are remembered as there may be others. */
void ike_limit_replaced(const struct ike_child *last);
void ike_limits_free(struct ike_engine *engine);

/*
 * cookie.c: stateless cookies (RFC 7296 section 2.6, MS-IKEE 3.9): a keyed
 * hash of the peer's address, SPI and nonce; the secret changes, the one
 * before is accepted for a while.
 */
#define IKE_COOKIE_LEN 24
#define IKEV1_COOKIE_LEN 8
bool ike_cookie_wanted(const struct ike_engine *engine);
int ike_cookie_make(struct ike_engine *engine, const struct ike_path *path,
		    const uint8_t *spi_i, struct ike_blob nonce, uint8_t *out,
		    size_t len);
bool ike_cookie_good(struct ike_engine *engine, const struct ike_path *path,
		     const uint8_t *spi_i, struct ike_blob nonce,
		     const uint8_t *cookie, size_t len);
void ike_cookies_free(struct ike_engine *engine);

/* v2.c and v1.c: what a message without an SA may start, and what we start. */
void ikev2_respond(struct ike_engine *engine, const struct ike_path *path,
		   struct ike_message *m);
void ikev1_respond(struct ike_engine *engine, const struct ike_path *path,
		   struct ike_message *m);
/* A message for an IKE SA that is not there. */
void ikev2_unknown(struct ike_engine *engine, const struct ike_path *path,
		   const struct ike_message *m);
/* A new IKE SA as initiator; tasks queued on it go after its first exchanges. */
struct ike_sa *ikev2_initiate(struct ike_engine *engine,
			      const struct policy_rule *rule,
			      const struct ike_path *path);
struct ike_sa *ikev1_initiate(struct ike_engine *engine,
			      const struct policy_rule *rule,
			      const struct ike_path *path);

#endif
