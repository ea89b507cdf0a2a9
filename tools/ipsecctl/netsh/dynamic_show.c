// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl dynamic show mmpolicy|qmpolicy|rule|mmfilter|qmfilter */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "algs.h"
#include "dynamic.h"
#include "show.h"

typedef void show_fn(const json_t *object);

static bool wanted(const struct netsh_values *v, const json_t *object)
{
	const char *name = netsh_text(v, "name");

	return !name || netsh_text(v, "all") || !strcasecmp(name, "all") ||
	       !strcasecmp(name, tree_text(object, "name"));
}

/* The noted objects of a section; secrets are not among what is shown. */
static int show_notes(struct ctl_args *args, const char *section, show_fn *show)
{
	struct netsh_values v;
	json_t *notes, *one, *list;
	size_t i;
	int rc = netsh_parse(args, &v);

	notes = rc ? NULL : netsh_notes_open();
	if (!notes) {
		netsh_free(&v);
		return rc ? rc : CTL_FAILED;
	}
	list = json_array();
	json_array_foreach(json_object_get(notes, section), i, one) {
		if (!wanted(&v, one))
			continue;
		json_object_del(json_object_get(one, "rule"), "auth");
		json_array_append(list, one);
		if (!args->json)
			show(one);
	}
	if (args->json)
		ctl_json(json_pack("{s:O}", section, list));
	json_decref(list);
	json_decref(notes);
	netsh_free(&v);
	return CTL_OK;
}

static const char *or_dash(const json_t *map, const char *key)
{
	const char *text = tree_text(map, key);

	return text ? text : "-";
}

static void mm_policy(const json_t *p)
{
	const json_t *list = json_object_get(p, "ike"), *one;
	const char *life = tree_text(p, "ike-lifetime");
	char text[128];
	size_t i;

	show_field("IKE MM Policy Name", "%s", or_dash(p, "name"));
	show_field("IKE Soft SA Lifetime", "%s secs",
		   tree_text(p, "soft-lifetime") ?
			   tree_text(p, "soft-lifetime") :
			   "300");
	show_field("QM Limit", "%s", or_dash(p, "qm-limit"));
	show_field("Lifetime", "%lu minutes",
		   life ? strtoul(life, NULL, 10) / 60 : 480);
	if (!list)
		show_field("Main Mode Methods", "default");
	json_array_foreach(list, i, one) {
		show_field(i ? "" : "Main Mode Methods", "%s",
			   netsh_mm_text(json_string_value(one), text,
					 sizeof(text)));
	}
	putchar('\n');
}

static void qm_policy(const json_t *p)
{
	const json_t *list = json_object_get(p, "methods"), *one;
	char text[128];
	size_t i;

	show_field("QM Negotiation Policy", "%s", or_dash(p, "name"));
	show_field("AllowUnsecure(Fallback)", "%s",
		   tree_text(p, "soft") ? "YES" : "NO");
	show_field("PFS", "%s", tree_text(p, "pfs") ? "YES" : "NO");
	if (!list)
		show_field("Security Methods", "default");
	json_array_foreach(list, i, one) {
		show_field(i ? "" : "Security Methods", "%s",
			   netsh_qm_text(one, text, sizeof(text)));
	}
	putchar('\n');
}

static void filter_field(const json_t *f)
{
	show_field("Filter", "%s -> %s  %s  ports %s -> %s", or_dash(f, "from"),
		   or_dash(f, "to"),
		   tree_text(f, "proto") ? tree_text(f, "proto") : "ANY",
		   tree_text(f, "sport") ? tree_text(f, "sport") : "ANY",
		   tree_text(f, "dport") ? tree_text(f, "dport") : "ANY");
}

static void dynamic_rule(const json_t *note)
{
	const json_t *rule = json_object_get(note, "rule"), *f;
	const json_t *words = json_object_get(note, "words");
	size_t i;

	show_field("Rule", "%s", or_dash(note, "name"));
	json_array_foreach(json_object_get(rule, "filters"), i, f) {
		filter_field(f);
	}
	show_field("Inbound Action", "%s",
		   tree_text(rule, "in") ? tree_text(rule, "in") :
					   or_dash(rule, "action"));
	show_field("Outbound Action", "%s",
		   tree_text(rule, "out") ? tree_text(rule, "out") :
					    or_dash(rule, "action"));
	show_field("Main Mode Policy", "%s", or_dash(words, "mmpolicy"));
	show_field("Quick Mode Policy", "%s", or_dash(words, "qmpolicy"));
	show_field("Tunnel Dest IP Address", "%s",
		   or_dash(json_object_get(rule, "tunnel"), "remote"));
	show_field("Connection Type", "%s",
		   tree_text(rule, "connection") ?
			   tree_text(rule, "connection") :
			   "all");
	putchar('\n');
}

int netsh_show_mmpolicy(struct ctl_args *args)
{
	return show_notes(args, "mmpolicies", mm_policy);
}

int netsh_show_qmpolicy(struct ctl_args *args)
{
	return show_notes(args, "qmpolicies", qm_policy);
}

int netsh_show_dynamic_rule(struct ctl_args *args)
{
	return show_notes(args, "rules", dynamic_rule);
}

static const struct show_column qm_columns[] = {
	{ "Weight", 10 }, { "Name", 15 },     { "Dir", 3 },
	{ "Action", 9 },  { "Selector", 36 }, { NULL, 0 },
};

static void qm_filter(const struct ipsec_filter *f)
{
	char weight[24], selector[IPSEC_SELECTOR_STRLEN];
	const char *cells[] = {
		weight,
		f->name,
		ipsec_name(ipsec_names_dir, f->dir.v),
		ipsec_name(ipsec_names_action, f->action.v),
		ipsec_selector_text(&f->sel, selector, sizeof(selector)),
	};

	snprintf(weight, sizeof(weight), "%" PRIu64, f->weight.v);
	show_row(qm_columns, cells);
}

static const struct show_column mm_columns[] = {
	{ "Name", 19 },
	{ "Source", 28 },
	{ "Destination", 28 },
	{ NULL, 0 },
};

static void mm_filter(const struct ipsec_filter *f)
{
	char pair[IPSEC_SELECTOR_STRLEN];
	struct ipsec_selector sel = { .family = f->sel.family,
				      .src = f->sel.src,
				      .dst = f->sel.dst };
	const char *cells[] = { f->name, pair, NULL };
	char *arrow;

	if (f->action.v != IPSECDRV_ACTION_NEGOTIATE ||
	    f->dir.v != IPSECDRV_DIR_OUT)
		return;
	ipsec_selector_text(&sel, pair, sizeof(pair));
	arrow = strstr(pair, " -> ");
	if (arrow) {
		*arrow = '\0';
		cells[2] = arrow + 4;
	}
	show_row(mm_columns, cells);
}

/* What the driver compares packets with: specific filters, heaviest first. */
static int show_filters(struct ctl_args *args,
			const struct show_column *columns,
			void (*show)(const struct ipsec_filter *f))
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc;

	if (!c)
		return CTL_FAILED;
	rc = ipsec_dump(c, IPSECDRV_CMD_FILTER_DUMP, &d, &err);
	if (!rc && args->json)
		ctl_list_begin(args, "filters");
	else if (!rc)
		show_head(columns);
	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_filter f = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, &err);
		if (!rc && args->json)
			ctl_list_item(args, ipsec_json(ipsec_filter_fields, &f,
						       IPSEC_PRINT_ALL));
		else if (!rc)
			show(&f);
	}
	if (!rc)
		ctl_list_end(args);
	ipsec_dump_free(&d);
	return rc ? ctl_fail(&err) : CTL_OK;
}

/* Generic filters are those of the rules, as they were written. */
static int filters(struct ctl_args *args, const struct show_column *columns,
		   void (*show)(const struct ipsec_filter *f))
{
	struct netsh_values v;
	bool generic;
	int rc = netsh_parse(args, &v);

	generic = !rc && !strcmp(netsh_or(&v, "type", "specific"), "generic");
	netsh_free(&v);
	if (rc)
		return rc;
	return generic ? netsh_show_dynamic_rule(args) :
			 show_filters(args, columns, show);
}

int netsh_show_qmfilter(struct ctl_args *args)
{
	return filters(args, qm_columns, qm_filter);
}

int netsh_show_mmfilter(struct ctl_args *args)
{
	return filters(args, mm_columns, mm_filter);
}
