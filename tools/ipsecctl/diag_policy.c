// SPDX-License-Identifier: GPL-2.0-or-later
/* Which rule and filter are meant, whether they act, and their certificates. */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include "../lib/box.h"
#include "diag.h"
#include "own.h"
#include "probe.h"
#include "rivals.h"

#define SOON (14 * 24 * 3600) /* as in ipsecctl check */

/* Do a filter's addresses have both? */
static bool covers(const struct diag *d, const struct ipsec_filter *f)
{
	struct ipsec_selector hosts = { 0 }, addresses = { 0 };
	struct ipsec_box packet, box;

	hosts.family.v = (uint64_t)ipsec_addr_family(&d->to);
	hosts.family.set = true;
	hosts.src = ipsec_net_host(&d->from);
	hosts.dst = ipsec_net_host(&d->to);
	addresses.family = f->sel.family;
	addresses.src = f->sel.src;
	addresses.dst = f->sel.dst;
	ipsec_box_init(&packet, &hosts, IPSECDRV_DIR_OUT);
	ipsec_box_init(&box, &addresses, IPSECDRV_DIR_OUT);
	return ipsec_box_has(&box, &packet);
}

/* The name of a rule, or the end of a tunnel, stands for what is behind it. */
static bool is_meant(const struct diag *d, const struct ipsec_filter *f)
{
	if (!d->to.len)
		return f->cookie.v &&
		       (uint64_t)ctl_member_number(d->rule, "cookie") ==
			       f->cookie.v;
	return covers(d, f) || ipsec_addr_equal(&f->tunnel_remote, &d->to);
}

/* What a ping can test is the better choice, then the heavier. */
static bool is_better(const struct ipsec_filter *f,
		      const struct ipsec_filter *than)
{
	bool any = !f->sel.proto.v, other = !than->sel.proto.v;

	if (!than->id.set)
		return true;
	return any == other ? f->weight.v > than->weight.v : any;
}

static json_t *describe(const char *name)
{
	json_t *answer = ctl_ike_ask("describe", name);

	if (answer)
		json_object_del(answer, "version");
	return answer;
}

static void consider(struct diag *d, const struct ipsec_filter *f)
{
	if (f->action.v == IPSECDRV_ACTION_NEGOTIATE &&
	    f->dir.v == IPSECDRV_DIR_OUT && is_meant(d, f) &&
	    is_better(f, &d->filter))
		d->filter = *f;
}

static int find_filter(struct diag *d)
{
	struct ipsec_dump dump = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(d->client, IPSECDRV_CMD_FILTER_DUMP, &dump, &err);

	while (!rc && (nlh = ipsec_dump_next(&dump, &pos))) {
		struct ipsec_filter f = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, &err);
		if (!rc)
			consider(d, &f);
	}
	ipsec_dump_free(&dump);
	return rc ? ctl_fail(&err) : CTL_OK;
}

/* Where none is named: what a net begins with stands for all of it. */
static void pick_traffic(struct diag *d)
{
	const struct ipsec_filter *f = &d->filter;

	d->to = f->sel.dst.first.len ? f->sel.dst.first : f->tunnel_remote;
	d->to_host = ipsec_net_is_host(&f->sel.dst);
	ctl_source(&d->to, &d->from);
	if (!covers(d, f) && f->sel.src.first.len)
		d->from = f->sel.src.first;
}

/*
 * Between whom traffic goes, and between whom IKE does. False: the filter is
 * for many hosts, and no tunnel says where they are.
 */
static bool find_ends(struct diag *d)
{
	const struct ipsec_filter *f = &d->filter;

	d->to_host = d->to.len && covers(d, f);
	if (!d->to_host)
		pick_traffic(d);
	d->local = f->tunnel_local.len ? f->tunnel_local : d->from;
	d->remote = f->tunnel_remote.len ? f->tunnel_remote : d->to;
	return d->to_host || f->tunnel_remote.len;
}

/* Whose the filter is; nobody's if it was made by hand. */
static void find_rule(struct diag *d)
{
	const json_t *name;
	json_t *answer;

	if (d->rule || !d->daemon || !d->filter.cookie.v)
		return;
	answer = ctl_ike_send(json_pack("{s:s, s:[I]}", "command", "explain",
					"cookies",
					(json_int_t)d->filter.cookie.v));
	name = json_object_get(
		json_array_get(json_object_get(answer, "rules"), 0), "name");
	if (name)
		d->rule = describe(json_string_value(name));
	json_decref(answer);
}

int diag_peer(struct diag *d, struct ctl_args *args)
{
	int rc = CTL_OK;

	d->peer = args->argv[0];
	if (!ipsec_addr_parse(&d->to, d->peer)) {
		ctl_source(&d->to, &d->from);
	} else if (d->daemon) {
		d->to.len = 0;
		d->rule = describe(d->peer);
		if (!d->rule)
			return ctl_usage(args,
					 "'%.63s' is neither an address nor a "
					 "rule that negotiates",
					 d->peer);
	}
	if (d->to.len && ctl_own_has(&d->to))
		return ctl_usage(args,
				 "%s is an address of this host; name the peer",
				 d->peer);
	d->remote = d->to;
	if (d->driver)
		rc = find_filter(d);
	if (rc)
		return rc;
	if (d->filter.id.set && !find_ends(d))
		return ctl_usage(args,
				 "rule '%.63s' is for many hosts; name one of "
				 "them by its address",
				 d->peer);
	find_rule(d);
	if (d->remote.len)
		ipsec_addr_print(&d->remote, d->text, sizeof(d->text));
	else
		snprintf(d->text, sizeof(d->text), "%.63s", d->peer);
	return CTL_OK;
}

const char *diag_rule_text(const struct diag *d, char *buf, size_t size)
{
	const char *file = json_string_value(json_object_get(d->rule, "file"));

	if (!d->rule)
		snprintf(buf, size, "filter %" PRIu64, d->filter.id.v);
	else if (!file)
		snprintf(buf, size, "rule '%s'",
			 ctl_member_text(d->rule, "rule"));
	else
		snprintf(buf, size, "rule '%s' (%s:%lld)",
			 ctl_member_text(d->rule, "rule"), file,
			 ctl_member_number(d->rule, "line"));
	return buf;
}

/* A packet of the filter, as far as it says what it wants. */
static void ask_packet(const struct diag *d, struct ctl_question *q)
{
	struct ipsec_selector *p = &q->packet;
	const struct ipsec_selector *sel = &d->filter.sel;

	*q = (struct ctl_question){ .dir = { IPSECDRV_DIR_OUT, true } };
	p->family.v = (uint64_t)ipsec_addr_family(&d->to);
	p->family.set = true;
	p->src = ipsec_net_host(&d->from);
	p->dst = ipsec_net_host(&d->to);
	p->proto = (struct ipsec_num){ sel->proto.v    ? sel->proto.v :
				       d->to.len == 16 ? IPPROTO_ICMPV6 :
							 IPPROTO_ICMP,
				       true };
	memcpy(p->sport, sel->sport, sizeof(p->sport));
	memcpy(p->dport, sel->dport, sizeof(p->dport));
	if (p->dport[0].set && !p->sport[0].set)
		p->sport[0] = (struct ipsec_num){ 49152, true };
	if (p->sport[0].set && !p->dport[0].set)
		p->dport[0] = (struct ipsec_num){ 49152, true };
	p->sport[1] = p->sport[0];
	p->dport[1] = p->dport[0];
	if (p->proto.v != IPPROTO_ICMP && p->proto.v != IPPROTO_ICMPV6)
		return;
	p->icmp_type[0] = sel->icmp_type[0];
	if (!p->icmp_type[0].set)
		p->icmp_type[0] =
			(struct ipsec_num){ d->to.len == 16 ? 128 : 8, true };
	p->icmp_code[0] = (struct ipsec_num){ sel->icmp_code[0].v, true };
	p->icmp_type[1] = p->icmp_type[0];
	p->icmp_code[1] = p->icmp_code[0];
}

static bool hides(const struct ipsec_filter *winner,
		  const struct ipsec_filter *filter)
{
	struct ipsec_box a, b;

	ipsec_box_init(&a, &winner->sel, (uint8_t)winner->dir.v);
	ipsec_box_init(&b, &filter->sel, (uint8_t)filter->dir.v);
	return ipsec_box_has(&a, &b);
}

static void add_shadowed(struct diag *d, const struct ipsec_filter *winner)
{
	char rule[1200];

	diag_add(d, DIAG_SHADOWED, DIAG_ERROR,
		 "remove one of the two, or make the one that negotiates more "
		 "specific; 'ipsecctl check' lists all such filters",
		 "filter %" PRIu64 "%s%s%s (%s) hides %s, which never acts: %s",
		 winner->id.v, winner->name[0] ? " '" : "", winner->name,
		 winner->name[0] ? "'" : "",
		 ipsec_name_text(ipsec_names_action, winner->action.v),
		 diag_rule_text(d, rule, sizeof(rule)),
		 ctl_rivals_why(winner, &d->filter));
}

static void add_no_rule(struct diag *d)
{
	diag_add(d, DIAG_NO_RULE, DIAG_ERROR,
		 "see 'ipsecctl driver filter show'; a rule of the policy has "
		 "to name both addresses",
		 "no filter negotiates for traffic to %s, so it is not "
		 "protected",
		 d->text);
}

void diag_filter(struct diag *d)
{
	struct ipsec_explain e = { .dir = { 0 } };
	struct ctl_rivals rivals;
	struct ctl_question q;

	if (!d->filter.id.set) {
		add_no_rule(d);
		return;
	}
	ask_packet(d, &q);
	if (ctl_question_ask(&q, &e) || ctl_rivals_find(&q, &e, &rivals))
		return;
	if (rivals.count && rivals.filter[0].id.v != d->filter.id.v &&
	    rivals.filter[0].action.v != IPSECDRV_ACTION_NEGOTIATE &&
	    hides(&rivals.filter[0], &d->filter))
		add_shadowed(d, &rivals.filter[0]);
	ctl_rivals_free(&rivals);
	diag_checked(d, "filter");
}

static void check_paper(struct diag *d, const json_t *paper)
{
	long long now = time(NULL), until = ctl_member_number(paper, "until");
	const char *name = ctl_member_text(paper, "name");
	bool crl = !strcmp(ctl_member_text(paper, "kind"), "crl");
	const char *what = crl ? "the revocation list of" :
			   !strcmp(ctl_member_text(paper, "kind"), "ca") ?
				 "the CA" :
				 "the certificate of this host,";

	if (ctl_member_flag(paper, "revoked"))
		diag_add(d, DIAG_OWN_CERT, DIAG_ERROR,
			 "ask the CA for a new certificate",
			 "%s %s, is revoked by its CA", what, name);
	else if (until && until < now)
		diag_add(d, DIAG_OWN_CERT, crl ? DIAG_WARNING : DIAG_ERROR,
			 crl ? "fetch a new list; with crl: strict no "
			       "certificate is taken until then" :
			       "renew it",
			 "%s %s has run out %lld days ago", what, name,
			 (now - until) / (24 * 3600));
	else if (until && until < now + SOON && !crl)
		diag_add(d, DIAG_OWN_CERT, DIAG_WARNING, "renew it",
			 "%s %s ends in %lld days", what, name,
			 (until - now) / (24 * 3600));
}

void diag_papers(struct diag *d, const json_t *rule)
{
	const json_t *papers = json_object_get(rule, "papers"), *one;
	size_t i;

	json_array_foreach(papers, i, one) {
		check_paper(d, one);
	}
	if (json_array_size(papers))
		diag_checked(d, "certificates");
}

static void check_policy(struct diag *d)
{
	json_t *answer = ctl_ike_ask("findings", NULL);
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(answer, "findings"), i, one) {
		const char *severity = ctl_member_text(one, "severity");

		if (strcmp(severity, "note"))
			diag_add(d, DIAG_POLICY,
				 strcmp(severity, "error") ? DIAG_NOTE :
							     DIAG_ERROR,
				 "'ipsecctl check' has all of it",
				 "%s:%lld: %s", ctl_member_text(one, "file"),
				 ctl_member_number(one, "line"),
				 ctl_member_text(one, "text"));
	}
	diag_checked(d, "policy");
	json_decref(answer);
}

void diag_rules(struct diag *d)
{
	json_t *answer = ctl_ike_ask("rules", NULL), *rules = json_array();
	const json_t *name;
	json_t *rule;
	size_t i;

	json_array_foreach(json_object_get(answer, "rules"), i, name) {
		rule = describe(json_string_value(name));
		diag_papers(d, rule);
		json_array_append_new(rules, rule);
	}
	diag_clock(d, rules);
	json_decref(answer);
	json_decref(rules);
	check_policy(d);
}
