// SPDX-License-Identifier: GPL-2.0-or-later
/* Negotiates an SA for its own sake, and says why there is none. */
#include <string.h>

#include "diag.h"

#define POLL_MS 20
#define RECENT_SECONDS 600

static bool has_word(const struct diag *d, const char *list, const char *word)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(d->rule, list), i, one) {
		if (!strcmp(json_string_value(one), word))
			return true;
	}
	return false;
}

static json_t *ask_story(const char *command, long long story)
{
	return ctl_ike_send(json_pack("{s:s, s:I}", "command", command, "story",
				      (json_int_t)story));
}

/* 0: it could not be begun, which was told. */
static long long begin(const struct diag *d, bool natt)
{
	char from[64], to[64];
	json_t *answer = ctl_ike_send(json_pack(
		"{s:s, s:s, s:I, s:s, s:s, s:b}", "command", "trial", "rule",
		ctl_member_text(d->rule, "rule"), "filter",
		(json_int_t)d->filter.id.v, "from",
		ipsec_addr_print(&d->from, from, sizeof(from)), "to",
		ipsec_addr_print(&d->to, to, sizeof(to)), "natt", natt));
	long long story = ctl_member_number(answer, "story");

	json_decref(answer);
	return story;
}

/* What comes in clear may be anybody's, but it is what there will be. */
static bool is_final(const json_t *trial)
{
	const json_t *failure = json_object_get(trial, "failure");
	const char *cause = ctl_member_text(failure, "cause");
	const char *state = ctl_member_text(trial, "state");

	if (!strcmp(state, "ended") || ctl_member_number(trial, "pair"))
		return true;
	return failure &&
	       (strcmp(state, "connecting") || !strcmp(cause, "no-proposal") ||
		!strcmp(cause, "refused"));
}

/* Whoever sends such an error, nothing better is to be expected. */
static bool is_hopeless(struct diag *d)
{
	ctl_watch_read(&d->watch);
	return d->watch.no_port || d->watch.no_host || d->watch.prohibited;
}

/* Until it is decided, or on port 4500 until there is any answer. */
static json_t *wait_end(struct diag *d, long long story, bool natt)
{
	int64_t end = ctl_now_ms() + d->timeout;
	json_t *trial;

	for (;;) {
		trial = ask_story("trial-show", story);
		if (!trial || is_final(trial) || is_hopeless(d) ||
		    (natt && ctl_member_flag(trial, "answered")) ||
		    ctl_now_ms() >= end || diag_stopped(d, POLL_MS))
			return trial;
		json_decref(trial);
	}
}

static bool answers_on_4500(struct diag *d)
{
	long long story = begin(d, true);
	json_t *trial = story ? wait_end(d, story, true) : NULL;
	bool answered = ctl_member_flag(trial, "answered");

	json_decref(trial);
	if (story)
		json_decref(ask_story("trial-end", story));
	return answered;
}

/* How many messages ipsecd has got. */
static long long received(void)
{
	json_t *answer = ctl_ike_ask("counters", NULL);
	long long n = ctl_member_number(json_object_get(answer, "counters"),
					"received");

	json_decref(answer);
	return n;
}

/* Did ipsecd get no more than what came on the other port? */
static bool is_lost(const struct diag *d, enum ctl_traffic what)
{
	enum ctl_traffic other = what == CTL_IKE_500 ? CTL_IKE_4500 :
						       CTL_IKE_500;

	return d->watch.in[what] &&
	       received() - d->received <= (long long)d->watch.in[other];
}

/* What does not leave this host, or comes to it and not to ipsecd. */
static bool add_firewall(struct diag *d, enum ctl_traffic what,
			 const char *name)
{
	bool goes = d->watch.out[what] > 0, lost = is_lost(d, what);
	char where[256];

	if (d->watch.fd < 0 || (goes && !lost))
		return false;
	diag_firewall_where(what, where, sizeof(where));
	diag_add(
		d, DIAG_FIREWALL, DIAG_ERROR,
		"accept UDP ports 500 and 4500, and ESP, in and out",
		goes ? "a firewall of this host drops what %s sends to %s%s%s" :
		       "a firewall of this host drops what is for %s, %s%s%s",
		d->text, name, *where ? ": " : "", where);
	return true;
}

static void add_absent(struct diag *d)
{
	char rule[1200];

	diag_rule_text(d, rule, sizeof(rule));
	if (d->filter.tunnel_remote.len)
		diag_add(d, DIAG_TUNNEL_END, DIAG_ERROR,
			 "give the rule the address of the gateway that is "
			 "meant",
			 "nobody on the link has %s, the other end of the "
			 "tunnel of %s",
			 d->text, rule);
	else
		diag_add(d, DIAG_UNREACHABLE, DIAG_ERROR,
			 "see whether it is up, and its cable and address",
			 "nobody on the link has the address %s", d->text);
}

/* Nothing at all came back on port 500. */
static void add_silence(struct diag *d)
{
	const struct ctl_watch *w = &d->watch;
	char rule[1200];

	diag_rule_text(d, rule, sizeof(rule));
	if (d->silent)
		add_absent(d);
	else if (w->no_port)
		diag_add(d, DIAG_NO_IPSEC, DIAG_ERROR,
			 "start its key daemon, or take it out of the rule",
			 "%s is there, but runs no key daemon: nobody listens "
			 "on its UDP port 500",
			 d->text);
	else if (add_firewall(d, CTL_IKE_500, "UDP port 500"))
		return;
	else if (w->no_host)
		diag_add(d,
			 d->filter.tunnel_remote.len ? DIAG_TUNNEL_END :
						       DIAG_UNREACHABLE,
			 DIAG_ERROR,
			 "see whether the address of the rule is right, the "
			 "host up, and a route there",
			 "%s cannot be reached: a router says so", d->text);
	else if (w->prohibited || answers_on_4500(d))
		diag_add(d, DIAG_UDP_500, DIAG_ERROR,
			 "open UDP port 500 in the firewalls between, both "
			 "ways",
			 w->prohibited ?
				 "UDP port 500 to %s is blocked: a firewall "
				 "says so" :
				 "UDP port 500 to %s is blocked on the way: it "
				 "answers on 4500, but not on 500",
			 d->text);
	else
		diag_add(d, DIAG_NO_ANSWER, DIAG_ERROR,
			 "see whether it is up, its key daemon runs and has a "
			 "rule for this host, and UDP 500 and 4500 get "
			 "through",
			 "%s does not answer, neither on UDP port 500 nor on "
			 "4500 (%s)",
			 d->text, rule);
}

static void add_secret(struct diag *d)
{
	char rule[1200];

	diag_add(d, DIAG_SECRET, DIAG_ERROR,
		 "give both the same secret; if it is, compare their "
		 "identities",
		 "authentication with %s fails: the preshared key of %s is not "
		 "the peer's",
		 d->text, diag_rule_text(d, rule, sizeof(rule)));
}

/* IKE_SA_INIT was answered, what came next was not. */
static void add_half(struct diag *d, const json_t *trial)
{
	if (ctl_member_number(trial, "remote_port") !=
	    ctl_member_number(d->rule, "natt_port")) {
		/* In version 1 a peer cannot read what another secret sealed. */
		if (ctl_member_number(d->rule, "ike") == 1 &&
		    has_word(d, "auth", "psk")) {
			add_secret(d);
			return;
		}
		diag_add(d, DIAG_NO_ANSWER, DIAG_ERROR,
			 "let fragments through, or allow IKE its own: "
			 "fragmentation: yes",
			 "%s answers on UDP port 500, but not what is longer: "
			 "the proof of who we are gets lost",
			 d->text);
		return;
	}
	if (!add_firewall(d, CTL_IKE_4500, "UDP port 4500"))
		diag_add(d, DIAG_UDP_4500, DIAG_ERROR,
			 "open UDP port 4500 in the firewalls between, both "
			 "ways",
			 "UDP port 4500 to %s is blocked on the way: it "
			 "answers on 500, but not on 4500",
			 d->text);
}

/* The peer puts us off, which an AH that meets a NAT does, too. */
static void add_unwilling(struct diag *d)
{
	if (!diag_has_error(d))
		diag_add(d, DIAG_REFUSED, DIAG_ERROR,
			 "see 'ipsecctl ike log', and that of the peer",
			 "%s knows who we are, but makes no SA for the traffic "
			 "at the moment",
			 d->text);
}

/* What the engine says of a failure, in words for who has to act. */
static const struct {
	const char *cause;
	enum diag_code code;
	const char *before; /* the peer */
	const char *after;
	const char *todo;
} causes[] = {
	{ "no-proposal", DIAG_PROPOSAL, "",
	  " takes none of our IKE proposals: no algorithms or group in common",
	  "compare the ike lines of both sides" },
	{ "no-child-proposal", DIAG_PROPOSAL, "",
	  " takes none of our methods: no algorithms or mode in common",
	  "compare the esp and ah lines, and the modes, of both sides" },
	{ "selectors", DIAG_SELECTORS, "",
	  " has no rule for this traffic: its selectors are not ours",
	  "compare the filters, and the mode, of both sides" },
	{ "certificate-expired", DIAG_CERT_EXPIRED, "the certificate of ",
	  ", or one of its CAs, has expired", "renew it there" },
	{ "certificate-revoked", DIAG_CERT_REVOKED, "the certificate of ",
	  " is revoked", "give the peer a new one, if it is still trusted" },
	{ "certificate-not-yet", DIAG_CLOCK,
	  "one of two clocks is wrong: the certificate of ",
	  " is not valid yet", "set the clocks of both hosts" },
	{ "certificate-untrusted", DIAG_CERT, "the certificate of ",
	  " is of no CA that the rule trusts",
	  "add its CA to the rule, or give the peer another certificate" },
	{ "certificate-no-crl", DIAG_CERT,
	  "nobody can say whether the certificate of ",
	  " is revoked, which the rule demands",
	  "fetch a current revocation list, or see that the OCSP responder "
	  "answers" },
	{ "certificate-usage", DIAG_CERT, "the certificate of ",
	  " is not made for this", "give it one for digital signatures" },
	{ "certificate-identity", DIAG_CERT, "the certificate of ",
	  " does not have the identity that it claims",
	  "compare its identity with the alternative names of its "
	  "certificate" },
	{ "certificate-unreadable", DIAG_CERT, "the certificate of ",
	  " cannot be read", "give it another" },
	{ "certificate-weak", DIAG_CERT, "the certificate of ",
	  " has a key or a signature that is too weak",
	  "give it one of at least RSA 2048 or P-256, signed with SHA-2" },
	{ "auth-failed", DIAG_CERT, "",
	  " cannot prove to be whom the rule names",
	  "compare the identities and keys of both sides" },
	{ "auth-refused", DIAG_CERT, "",
	  " does not take our certificate or identity",
	  "its log tells why: see whether it trusts our CA, and has the right "
	  "time" },
};

static void add_driver(struct diag *d, const char *text)
{
	bool missing = strstr(text, "does not have the algorithm");
	char rule[1200];

	diag_rule_text(d, rule, sizeof(rule));
	if (missing)
		diag_add(d, DIAG_ALGORITHM, DIAG_ERROR,
			 "load its module, use a kernel that has it, or "
			 "propose another one",
			 "this kernel has not the algorithm that was agreed on "
			 "for %s",
			 rule);
	else
		diag_add(d, DIAG_DRIVER, DIAG_ERROR,
			 "'dmesg' and 'ipsecctl ike log' may tell more",
			 "the driver does not take the SA pair of %s: %s", rule,
			 text);
}

static void add_cause(struct diag *d, const json_t *failure)
{
	const char *cause = ctl_member_text(failure, "cause");
	const char *text = ctl_member_text(failure, "text");
	char rule[1200];
	size_t i;

	if (!strcmp(cause, "driver")) {
		add_driver(d, text);
		return;
	}
	if (!strncmp(cause, "auth-", 5) && has_word(d, "auth", "psk") &&
	    !has_word(d, "auth", "certificate")) {
		add_secret(d);
		return;
	}
	diag_rule_text(d, rule, sizeof(rule));
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (strcmp(cause, causes[i].cause))
			continue;
		diag_add(d, causes[i].code, DIAG_ERROR, causes[i].todo,
			 "%s%s%s (%s)", causes[i].before, d->text,
			 causes[i].after, rule);
		return;
	}
	diag_add(d, DIAG_REFUSED, DIAG_ERROR, "see 'ipsecctl ike log'",
		 "the negotiation with %s fails: %s", d->text, text);
}

/* AH covers the addresses, which a NAT changes; where it does not, it is told. */
static void check_nat(struct diag *d, const json_t *trial)
{
	bool we = ctl_member_flag(trial, "nat_local");
	bool ah = has_word(d, "protocols", "ah");
	char rule[1200];

	if (!we && !ctl_member_flag(trial, "nat_remote"))
		return;
	if (ah)
		diag_add(d, DIAG_NAT, DIAG_ERROR,
			 "use esp in place of ah in the rules of both sides",
			 "a NAT is between this host and %s, which AH does not "
			 "pass (%s); %s behind it",
			 d->text, diag_rule_text(d, rule, sizeof(rule)),
			 we ? "we are" : "the peer is");
	else
		diag_add(d, DIAG_NAT, DIAG_NOTE,
			 "nothing; keep UDP port 4500 open",
			 "a NAT is between this host and %s, so ESP goes in "
			 "UDP",
			 d->text);
}

static bool judge(struct diag *d, const json_t *trial)
{
	const json_t *failure = json_object_get(trial, "failure");

	ctl_watch_read(&d->watch);
	check_nat(d, trial);
	if (!failure && ctl_member_number(trial, "pair"))
		return true;
	if (failure && strcmp(ctl_member_text(failure, "cause"), "no-answer"))
		add_cause(d, failure);
	else if (!strcmp(ctl_member_text(trial, "state"), "established"))
		add_unwilling(d);
	else if (ctl_member_flag(trial, "answered"))
		add_half(d, trial);
	else
		add_silence(d);
	return false;
}

static void add_no_trial(struct diag *d)
{
	char rule[1200];

	diag_rule_text(d, rule, sizeof(rule));
	if (!d->rule)
		diag_add(d, DIAG_DAEMON, DIAG_ERROR,
			 "see whose it is, or have ipsecd put its own filters "
			 "there: systemctl restart ipsecd",
			 "%s is of no rule that ipsecd has, so nobody "
			 "negotiates for it",
			 rule);
	else
		diag_add(d, DIAG_DAEMON, DIAG_ERROR,
			 "see what it says above, and 'ipsecctl ike log'",
			 "ipsecd makes no trial SA with %s for %s", d->text,
			 rule);
}

bool diag_trial(struct diag *d)
{
	json_t *trial = NULL;
	bool good;

	/* Keys by hand are there or they are not. */
	if (!d->rule && !d->filter.cookie.v)
		return true;
	d->received = received();
	if (d->rule)
		d->story = begin(d, false);
	if (d->story)
		trial = wait_end(d, d->story, false);
	if (!trial) {
		add_no_trial(d);
		return false;
	}
	diag_checked(d, "trial");
	good = !diag_stopped(d, 0) && judge(d, trial);
	json_decref(trial);
	return good;
}

void diag_trial_end(struct diag *d)
{
	if (d->story)
		json_decref(ask_story("trial-end", d->story));
	d->story = 0;
}

static bool has_sa(const json_t *sas, const char *remote)
{
	const json_t *sa;
	size_t i;

	json_array_foreach(json_object_get(sas, "sas"), i, sa) {
		if (!strcmp(ctl_member_text(sa, "remote"), remote) &&
		    json_array_size(json_object_get(sa, "children")))
			return true;
	}
	return false;
}

/* The newest of each peer. */
static bool is_repeated(const json_t *list, size_t at)
{
	const char *remote =
		ctl_member_text(json_array_get(list, at), "remote");
	size_t i;

	for (i = at + 1; i < json_array_size(list); i++)
		if (!strcmp(ctl_member_text(json_array_get(list, i), "remote"),
			    remote))
			return true;
	return false;
}

void diag_failures(struct diag *d)
{
	json_t *answer = ctl_ike_ask("failures", NULL);
	json_t *sas = ctl_ike_ask("sas", NULL);
	const json_t *list = json_object_get(answer, "failures"), *one;
	const char *remote;
	char todo[128];
	size_t i;

	json_array_foreach(list, i, one) {
		remote = ctl_member_text(one, "remote");
		if (ctl_member_number(one, "age") > RECENT_SECONDS ||
		    is_repeated(list, i) || has_sa(sas, remote))
			continue;
		snprintf(todo, sizeof(todo), "ipsecctl diag %.48s", remote);
		diag_add(d, DIAG_REFUSED, DIAG_WARNING, todo,
			 "negotiations with %s fail: %s", remote,
			 ctl_member_text(one, "text"));
	}
	diag_checked(d, "negotiations");
	json_decref(answer);
	json_decref(sas);
}
