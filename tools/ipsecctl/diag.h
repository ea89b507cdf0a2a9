/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_DIAG_H
#define IPSECCTL_DIAG_H

#include "ike_client.h"
#include "watch.h"

/*
 * What may be wrong, in words for programs. What is higher up is the cause of
 * what is below it, so the first finding is the one to act on. X(NAME, word)
 */
#define DIAG_CODES(X)                          \
	X(MODULE, "module-missing")            \
	X(KERNEL, "kernel-option")             \
	X(DAEMON, "daemon-down")               \
	X(CLOCK, "clock")                      \
	X(DUPLICATE, "duplicate-address")      \
	X(OWN_CERT, "own-certificate")         \
	X(SHADOWED, "filter-shadowed")         \
	X(NO_RULE, "no-rule")                  \
	X(POLICY, "policy")                    \
	X(FIREWALL, "firewall")                \
	X(TUNNEL_END, "tunnel-endpoint")       \
	X(UNREACHABLE, "unreachable")          \
	X(NO_IPSEC, "peer-without-ipsec")      \
	X(UDP_500, "udp-500")                  \
	X(UDP_4500, "udp-4500")                \
	X(NO_ANSWER, "no-answer")              \
	X(NAT, "nat")                          \
	X(ALGORITHM, "algorithm-missing")      \
	X(DRIVER, "driver")                    \
	X(PROPOSAL, "no-proposal")             \
	X(SECRET, "preshared-key")             \
	X(CERT_EXPIRED, "certificate-expired") \
	X(CERT_REVOKED, "certificate-revoked") \
	X(CERT, "certificate")                 \
	X(SELECTORS, "selectors")              \
	X(REFUSED, "refused")                  \
	X(KEY_EXPIRED, "key-expired")          \
	X(REPLAY, "replay")                    \
	X(ESP, "esp-blocked")                  \
	X(MTU, "mtu")                          \
	X(DROPS, "drops")

enum diag_code {
#define DIAG_CODE(name, word) DIAG_##name,
	DIAG_CODES(DIAG_CODE)
#undef DIAG_CODE
};

enum diag_severity {
	DIAG_ERROR, /* protected traffic does not pass */
	DIAG_WARNING, /* it will not, or not all of it */
	DIAG_NOTE, /* good to know */
};

/* Between whom, and what is known of them so far. */
struct diag {
	json_t *findings;
	json_t *checks; /* names of those that were made */
	json_t *skipped; /* why the others were not */
	int timeout; /* ms for an answer of the peer */
	bool driver;
	bool daemon;
	struct ipsec_client *client;

	const char *peer; /* as it was given, NULL: none */
	struct ipsec_addr from; /* the traffic's addresses */
	struct ipsec_addr to;
	bool to_host; /* to is one, not the first of a net */
	struct ipsec_filter filter; /* that negotiates between them */
	json_t *rule; /* whose it is, as ipsecd describes it, or NULL */
	struct ipsec_addr local; /* the ends of IKE and of a tunnel */
	struct ipsec_addr remote;
	char text[64]; /* remote */
	bool silent; /* a neighbour who does not say that it has remote */
	struct ctl_watch watch;
	int signals; /* that end it, once there is something to clean up; or -1 */
	long long story; /* of the trial, 0: none */
	long long received; /* messages that ipsecd got before it */
	uint64_t since; /* ns since 1970: drops from then on count */
};

/* One sentence that says what is wrong, told once, one that says what to do. */
void diag_add(struct diag *d, enum diag_code code, enum diag_severity severity,
	      const char *todo, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void diag_checked(struct diag *d, const char *check);
void diag_skipped(struct diag *d, const char *check, const char *why);
bool diag_has_error(const struct diag *d);
/* Is it to end, now or within so many ms? */
bool diag_stopped(const struct diag *d, int wait_ms);
/* "rule 'web' (/etc/ipsecd/policy.yaml:7)" */
const char *diag_rule_text(const struct diag *d, char *buf, size_t size);

/* diag_host.c: what is wrong with this host whoever the peer is. */
void diag_driver(struct diag *d);
void diag_daemon(struct diag *d);
void diag_kernel(struct diag *d);
/* firewall.c */
void diag_firewall(struct diag *d);
/* Names the rule of nftables that may be to blame; "": none is known. */
const char *diag_firewall_where(enum ctl_traffic what, char *buf, size_t size);

/* diag_clock.c: by what the rules have of certificates, and files. */
void diag_clock(struct diag *d, const json_t *rules);

/* diag_policy.c: rules, filters and certificates. */
void diag_rules(struct diag *d);
/* An exit code: who is meant, and by which filter and rule. */
int diag_peer(struct diag *d, struct ctl_args *args);
void diag_filter(struct diag *d);
/* Of a rule as ipsecd describes it. */
void diag_papers(struct diag *d, const json_t *rule);

/* diag_link.c: addresses, and who has them. */
void diag_link(struct diag *d);

/*
 * diag_trial.c: negotiates an SA, unless keys were made by hand. diag_path.c:
 * sends through it.
 */
bool diag_trial(struct diag *d);
/* With whomever negotiations failed lately, and there is no SA yet. */
void diag_failures(struct diag *d);
void diag_trial_end(struct diag *d);
void diag_path(struct diag *d);

#endif
