// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl explain: what decides over a packet, what that beat, and whose it is. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text.h"
#include "ike_client.h"
#include "own.h"
#include "rivals.h"

#define SHOWN 5 /* of those that were beaten */
#define ASKED 1000 /* rules that the daemon tells at once */
#define CLIENT_PORT 49152 /* the first that a client is given */

/* What is asked, and all that is known about it. */
struct decision {
	struct ctl_question q;
	struct ipsec_explain e;
	struct ctl_rivals rivals;
	json_t *rules; /* by their cookies; NULL: no daemon */
};

/* "443", "1024:443"; of ICMP "8" or "3:4", which are type and code. */
static int take_ports(struct ctl_args *args, struct ipsec_selector *p)
{
	bool icmp = p->proto.v == IPPROTO_ICMP || p->proto.v == IPPROTO_ICMPV6;
	struct ipsec_num *first = icmp ? p->icmp_type : p->sport;
	struct ipsec_num *last = icmp ? p->icmp_code : p->dport;
	const uint64_t max = icmp ? UINT8_MAX : UINT16_MAX;
	char word[12];
	char *colon;

	if (!args->argc || args->argv[0][0] < '0' || args->argv[0][0] > '9')
		return CTL_OK;
	snprintf(word, sizeof(word), "%s", args->argv[0]);
	colon = strchr(word, ':');
	if (colon)
		*colon++ = '\0';
	if (!colon && !icmp)
		colon = word;
	if ((colon != word && !ipsec_uint(word, 0, max, &first->v)) ||
	    (colon && !ipsec_uint(colon, 0, max, &last->v)) ||
	    strlen(args->argv[0]) >= sizeof(word))
		return ctl_usage(args, "'%.40s' is no %s; write %s",
				 args->argv[0], icmp ? "type" : "port",
				 icmp ? "8 or 3:4" : "443 or 1024:443");
	if (colon != word)
		first->set = true;
	if (colon)
		last->set = true;
	args->argc--;
	args->argv++;
	return CTL_OK;
}

/* A client's port stands for any; what has no port at all is a fragment. */
static void fill_ports(struct ipsec_selector *p)
{
	if (p->dport[0].set && !p->sport[0].set)
		p->sport[0] = (struct ipsec_num){ CLIENT_PORT, true };
	p->sport[1] = p->sport[0];
	p->dport[1] = p->dport[0];
}

static int take_direction(struct ctl_args *args, struct ctl_question *q)
{
	unsigned int both = CTL_OPT_IN | CTL_OPT_OUT;

	if ((args->given & both) == both)
		return ctl_usage(args, "--in and --out exclude each other");
	if (args->given & CTL_OPT_IN || q->sa.set)
		q->dir.v = IPSECDRV_DIR_IN;
	else if (!(args->given & CTL_OPT_OUT) &&
		 !ctl_own_has(&q->packet.src.first) &&
		 ctl_own_has(&q->packet.dst.first))
		q->dir.v = IPSECDRV_DIR_IN;
	q->dir.set = true;
	return CTL_OK;
}

static int read_question(struct ctl_args *args, struct ctl_question *q)
{
	int rc = ctl_question_packet(args, q);

	if (!rc)
		rc = take_ports(args, &q->packet);
	if (!rc)
		rc = ctl_question_words(args, q);
	if (rc)
		return rc;
	fill_ports(&q->packet);
	return take_direction(args, q);
}

/* Which rules the filters are of: only the daemon knows. */
static json_t *ask_rules(const struct ctl_rivals *r)
{
	json_t *cookies = json_array(), *answer;
	size_t i;

	for (i = 0; i < r->count && i < ASKED; i++)
		if (r->filter[i].cookie.v)
			json_array_append_new(
				cookies,
				json_integer(
					(json_int_t)r->filter[i].cookie.v));
	if (!json_array_size(cookies) || !ctl_ike_runs()) {
		json_decref(cookies);
		return NULL;
	}
	answer = ctl_ike_send(json_pack("{s:s, s:o}", "command", "explain",
					"cookies", cookies));
	cookies = json_incref(json_object_get(answer, "rules"));
	json_decref(answer);
	return cookies;
}

static const json_t *rule_of(const struct decision *d,
			     const struct ipsec_filter *f)
{
	json_t *rule;
	size_t i;

	json_array_foreach(d->rules, i, rule) {
		json_t *cookie = json_object_get(rule, "cookie");

		if ((uint64_t)json_integer_value(cookie) == f->cookie.v)
			return rule;
	}
	return NULL;
}

static void print_rule(const struct decision *d, const char *label,
		       const struct ipsec_filter *f)
{
	const json_t *rule = rule_of(d, f);
	const char *file = json_string_value(json_object_get(rule, "file"));
	char text[1200];

	if (!rule)
		return;
	snprintf(text, sizeof(text), "%s, %s%s%" JSON_INTEGER_FORMAT,
		 json_string_value(json_object_get(rule, "name")),
		 file ? file : "added by ipsecctl dynamic",
		 file ? ":" : ", line ",
		 json_integer_value(json_object_get(rule, "line")));
	ctl_print_words(label, text);
}

static void print_filter(const char *label, const struct ipsec_filter *f,
			 const char *why)
{
	const char *action = ipsec_name_text(ipsec_names_action, f->action.v);
	char sel[IPSEC_SELECTOR_STRLEN], text[256];

	snprintf(text, sizeof(text),
		 "%" PRIu64 "%s%s%s weight %" PRIu64 " %s%s%s", f->id.v,
		 f->name[0] ? " '" : "", f->name, f->name[0] ? "'" : "",
		 f->weight.v, action, why ? ": " : "", why ? why : "");
	ctl_print_words(label, text);
	ctl_print_words("", ipsec_selector_text(&f->sel, sel, sizeof(sel)));
}

/* Of the one that acts, the direction that does; the driver names the whole. */
static const struct ipsec_filter *winner(const struct decision *d)
{
	const struct ipsec_filter *f = &d->rivals.filter[0];

	return d->rivals.count && f->id.v == d->e.filter.id.v ? f :
								&d->e.filter;
}

/* The rivals that are none: what did not act. */
static size_t losers(const struct decision *d)
{
	return winner(d) == &d->e.filter ? d->rivals.count :
					   d->rivals.count - 1;
}

static const struct ipsec_filter *loser(const struct decision *d, size_t i)
{
	return &d->rivals.filter[d->rivals.count - losers(d) + i];
}

static void print_losers(const struct decision *d)
{
	size_t i, count = losers(d);

	for (i = 0; i < count && i < SHOWN; i++) {
		print_filter("beat", loser(d, i),
			     ctl_rivals_why(winner(d), loser(d, i)));
		print_rule(d, "", loser(d, i));
	}
	if (count > SHOWN)
		printf("%-*s%zu more; --json has all of them\n", CTL_INDENT, "",
		       count - SHOWN);
}

/* What only the first fragment has, and was not given. */
static const char *lacks(const struct ipsec_selector *p)
{
	if (p->proto.v == IPPROTO_ICMP || p->proto.v == IPPROTO_ICMPV6)
		return p->icmp_type[0].set ?
			       "" :
			       ", no type and code: as a later fragment; add "
			       "them, such as 8:0";
	return !ipsec_proto_has_ports(p->proto.v) || p->sport[0].set ?
		       "" :
		       ", no ports: as a later fragment; add one, such as 443";
}

static void print_packet(const struct ctl_question *q)
{
	const char *dir = ipsec_name_text(ipsec_names_dir, q->dir.v);
	char sel[IPSEC_SELECTOR_STRLEN], text[IPSEC_SELECTOR_STRLEN + 64];

	snprintf(text, sizeof(text), "%s %s%s", dir,
		 ipsec_selector_text(&q->packet, sel, sizeof(sel)),
		 lacks(&q->packet));
	ctl_print_words("packet", text);
}

static void print_decision(const struct decision *d)
{
	const struct ipsec_explain *e = &d->e;

	print_packet(&d->q);
	ctl_print_words("verdict", e->verdict);
	if (e->reason[0])
		ctl_print_words("reason", e->reason);
	if (e->filter.id.set || e->filter.weight.set) {
		print_rule(d, "rule", winner(d));
		print_filter("filter", winner(d), NULL);
	} else {
		puts("filter   none matches");
	}
	if (e->sa.set)
		printf("%-*s%" PRIu64 "\n", CTL_INDENT, "sa", e->sa.v);
	ctl_explain_soft(e);
	print_losers(d);
}

static void json_rule(const struct decision *d, json_t *map,
		      const struct ipsec_filter *f)
{
	const json_t *rule = rule_of(d, f);

	if (rule)
		json_object_set(map, "rule", (json_t *)rule);
}

static void print_json(const struct decision *d)
{
	json_t *map = ipsec_json(ipsec_explain_fields, &d->e, IPSEC_PRINT_ALL);
	json_t *beat = json_array(), *one;
	size_t i;

	json_object_set_new(map, "packet",
			    ipsec_json(ipsec_selector_fields, &d->q.packet,
				       IPSEC_PRINT_ALL));
	json_object_set_new(
		map, "direction",
		json_string(ipsec_name(ipsec_names_dir, d->q.dir.v)));
	if (d->e.filter.id.set || d->e.filter.weight.set) {
		json_object_set_new(map, "filter",
				    ipsec_json(ipsec_filter_fields, winner(d),
					       IPSEC_PRINT_ALL));
		json_rule(d, map, winner(d));
	}
	for (i = 0; i < losers(d); i++) {
		one = json_pack("{s:o, s:s}", "filter",
				ipsec_json(ipsec_filter_fields, loser(d, i),
					   IPSEC_PRINT_ALL),
				"why", ctl_rivals_why(winner(d), loser(d, i)));
		json_rule(d, one, loser(d, i));
		json_array_append_new(beat, one);
	}
	json_object_set_new(map, "beat", beat);
	ctl_json(map);
}

int ctl_decision(struct ctl_args *args)
{
	struct decision d = { .rules = NULL };
	int rc = read_question(args, &d.q);

	if (!rc)
		rc = ctl_question_ask(&d.q, &d.e);
	if (!rc)
		rc = ctl_rivals_find(&d.q, &d.e, &d.rivals);
	if (rc)
		return rc;
	d.rules = ask_rules(&d.rivals);
	if (args->json)
		print_json(&d);
	else
		print_decision(&d);
	json_decref(d.rules);
	ctl_rivals_free(&d.rivals);
	return CTL_OK;
}
