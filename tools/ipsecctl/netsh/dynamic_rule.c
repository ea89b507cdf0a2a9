// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl dynamic add|set|delete rule, delete all */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../ike_client.h"
#include "algs.h"
#include "auth.h"
#include "dynamic.h"
#include "filter.h"

/* What identifies a rule; the rest of its words may be set. */
static json_t *identity(struct ctl_args *args, const struct netsh_values *v)
{
	const char *conntype = netsh_or(v, "conntype", "all");
	const char *tunnel = netsh_text(v, "tunneldstaddress");
	struct ipsec_err err = { 0 };
	json_t *rule, *filters = netsh_filters(v, &err);

	if (!filters) {
		ctl_usage(args, "%s", err.text);
		return NULL;
	}
	rule = json_object();
	json_object_set_new(rule, "filters", filters);
	if (strcmp(conntype, "all") != 0)
		tree_set(rule, "connection", conntype);
	if (tunnel)
		json_object_set_new(rule, "tunnel",
				    json_pack("{s:s}", "remote", tunnel));
	return rule;
}

/* A name that follows from what identifies the rule (FNV-1a). */
static void set_name(json_t *rule)
{
	char *text = json_dumps(rule, JSON_COMPACT | JSON_SORT_KEYS);
	uint64_t h = 14695981039346656037ULL;
	char name[40];
	const char *p;

	for (p = text ? text : ""; *p; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211ULL;
	free(text);
	snprintf(name, sizeof(name), "dynamic-%016llx", (unsigned long long)h);
	tree_set(rule, "name", name);
}

static const char *side(const char *action)
{
	return strcmp(action, "negotiate") ? action : "require";
}

static void set_actions(json_t *rule, const char *in, const char *out)
{
	if (!strcmp(in, out)) {
		tree_set(rule, "action", in);
		return;
	}
	tree_set(rule, "in", side(in));
	tree_set(rule, "out", side(out));
}

/* What is in the objects that the rule names. */
static int use_policies(struct ctl_args *args, const json_t *notes,
			const json_t *words, json_t *rule)
{
	static const char *const mm[] = { "ike", "ike-lifetime", "qm-limit" };
	static const char *const qm[] = { "methods", "pfs", "soft" };
	const char *mm_name = tree_text(words, "mmpolicy");
	const char *qm_name = tree_text(words, "qmpolicy");
	const json_t *m =
		mm_name ? tree_find(json_object_get(notes, "mmpolicies"),
				    mm_name) :
			  NULL;
	const json_t *q =
		qm_name ? tree_find(json_object_get(notes, "qmpolicies"),
				    qm_name) :
			  NULL;
	const char *life = tree_text(m, "soft-lifetime");
	size_t i;

	if (mm_name && !m)
		return ctl_usage(args, "there is no mmpolicy '%.80s'", mm_name);
	if (qm_name && !q)
		return ctl_usage(args, "there is no qmpolicy '%.80s'", qm_name);
	for (i = 0; i < 3; i++) {
		if (json_object_get(m, mm[i]))
			json_object_set(rule, mm[i], json_object_get(m, mm[i]));
		if (json_object_get(q, qm[i]))
			json_object_set(rule, qm[i], json_object_get(q, qm[i]));
	}
	if (life && json_object_get(rule, "soft"))
		json_object_set_new(rule, "soft",
				    json_pack("{s:[s], s:s, s:s}", "reasons",
					      "no-answer", "delay", "3000",
					      "lifetime", life));
	return CTL_OK;
}

static void set_version(json_t *rule)
{
	bool bundle = netsh_bundle(rule), weak = netsh_weak(rule);

	if (weak)
		tree_set(rule, "weak", "yes");
	if (!weak && !bundle)
		return;
	tree_set(rule, "version", "1");
	tree_move(rule, "accept",
		  bundle ? json_pack("[s]", "1") :
			   json_pack("[s, s]", "1", "2"));
}

/* Of the words, and of those it had before. */
static int set_negotiation(struct ctl_args *args, const struct netsh_values *v,
			   const json_t *notes, const json_t *before,
			   const json_t *words, json_t *rule)
{
	struct ipsec_err err = { 0 };
	json_t *auth = json_object_get(json_object_get(before, "rule"), "auth");

	if (use_policies(args, notes, words, rule))
		return CTL_USAGE;
	if (netsh_has_auth(v)) {
		auth = netsh_auth(v, &err);
		if (!auth)
			return ctl_usage(args, "%s", err.text);
		json_object_set_new(rule, "auth", auth);
	} else if (auth) {
		json_object_set(rule, "auth", auth);
	}
	if (!json_array_size(json_object_get(rule, "auth")))
		return ctl_usage(args, "Windows' default, Kerberos, is not "
				       "there yet; say psk= or rootca=");
	set_version(rule);
	return CTL_OK;
}

/* The words that may be set, the new ones over those before. */
static json_t *settable(const struct netsh_values *v, const json_t *before)
{
	static const char *const names[] = { "mmpolicy", "qmpolicy",
					     "actioninbound",
					     "actionoutbound" };
	const json_t *old = json_object_get(before, "words");
	json_t *words = old ? json_deep_copy(old) : json_object();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (netsh_text(v, names[i]))
			tree_set(words, names[i], netsh_text(v, names[i]));
	return words;
}

static json_t *note_of(json_t *rule, json_t *words)
{
	return json_pack("{s:s, s:o, s:o}", "name", tree_text(rule, "name"),
			 "words", words, "rule", rule);
}

static json_t *make(struct ctl_args *args, const struct netsh_values *v,
		    const json_t *notes, const json_t *before, json_t *rule)
{
	json_t *words = settable(v, before);
	const char *in = tree_text(words, "actioninbound");
	const char *out = tree_text(words, "actionoutbound");

	in = in ? in : "negotiate";
	out = out ? out : "negotiate";
	set_actions(rule, in, out);
	if ((!strcmp(in, "negotiate") || !strcmp(out, "negotiate")) &&
	    set_negotiation(args, v, notes, before, words, rule)) {
		json_decref(words);
		json_decref(rule);
		return NULL;
	}
	return note_of(rule, words);
}

static int tell_daemon(const json_t *rule)
{
	json_t *root = json_pack("{s:[O]}", "rules", rule), *answer;
	char *text = json_dumps(root, JSON_COMPACT);

	answer = ctl_ike_send(json_pack("{s:s, s:s}", "command", "dynamic-add",
					"text", text));
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	json_decref(root);
	json_decref(answer);
	return answer ? CTL_OK : CTL_FAILED;
}

static void clear_policies(json_t *rule)
{
	static const char *const words[] = {
		"ike",	"ike-lifetime", "qm-limit", "methods", "pfs",
		"soft", "weak",		"version",  "accept"
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		json_object_del(rule, words[i]);
}

int netsh_dynamic_renew(struct ctl_args *args, json_t *notes, const char *key,
			const char *name)
{
	json_t *note, *rule;
	size_t i;
	int rc = CTL_OK;

	json_array_foreach(json_object_get(notes, "rules"), i, note) {
		const json_t *words = json_object_get(note, "words");
		const char *used = tree_text(words, key);

		rule = json_object_get(note, "rule");
		if (!used || strcasecmp(used, name) != 0 ||
		    !json_object_get(rule, "auth"))
			continue;
		clear_policies(rule);
		rc = use_policies(args, notes, words, rule);
		set_version(rule);
		if (!rc)
			rc = tell_daemon(rule);
		if (rc)
			break;
	}
	return rc;
}

/* The note takes the place of the one before. */
static int put(json_t *notes, json_t *before, json_t *note)
{
	json_t *list = tree_list(notes, "rules");
	int rc = tell_daemon(json_object_get(note, "rule"));

	if (!rc && before)
		tree_remove(list, before);
	if (!rc)
		json_array_append(list, note);
	json_decref(note);
	return rc ? rc : netsh_notes_save(notes);
}

static int del(json_t *notes, json_t *note)
{
	json_t *answer = ctl_ike_ask("dynamic-del", tree_text(note, "name"));

	if (!answer)
		return CTL_FAILED;
	json_decref(answer);
	tree_remove(tree_list(notes, "rules"), note);
	return CTL_OK;
}

enum verb { ADD, SET, DELETE };

static int with_rule(struct ctl_args *args, const struct netsh_values *v,
		     json_t *notes, enum verb verb)
{
	json_t *rule = identity(args, v), *before, *note;
	int rc;

	if (!rule)
		return CTL_USAGE;
	set_name(rule);
	before = tree_find(json_object_get(notes, "rules"),
			   tree_text(rule, "name"));
	if (!before == (verb != ADD)) {
		json_decref(rule);
		return ctl_usage(args, before ? "there is such a rule already; "
						"use 'set'" :
						"there is no such rule");
	}
	if (verb == DELETE) {
		json_decref(rule);
		rc = del(notes, before);
		return rc ? rc : netsh_notes_save(notes);
	}
	note = make(args, v, notes, before, rule);
	return note ? put(notes, before, note) : CTL_USAGE;
}

static int run(struct ctl_args *args, enum verb verb)
{
	struct netsh_values v;
	json_t *notes;
	int rc = netsh_parse(args, &v);

	if (!rc) {
		notes = netsh_notes_open();
		rc = notes ? with_rule(args, &v, notes, verb) : CTL_FAILED;
		json_decref(notes);
	}
	netsh_free(&v);
	return rc;
}

int netsh_add_dynamic_rule(struct ctl_args *args)
{
	return run(args, ADD);
}

int netsh_set_dynamic_rule(struct ctl_args *args)
{
	return run(args, SET);
}

int netsh_delete_dynamic_rule(struct ctl_args *args)
{
	return run(args, DELETE);
}

int netsh_delete_dynamic_all(struct ctl_args *args)
{
	struct netsh_values v;
	json_t *notes, *list;
	int rc = netsh_parse(args, &v);

	netsh_free(&v);
	if (rc)
		return rc;
	notes = netsh_notes_open();
	if (!notes)
		return CTL_FAILED;
	list = tree_list(notes, "rules");
	while (!rc && json_array_size(list))
		rc = del(notes, json_array_get(list, 0));
	if (!rc) {
		json_array_clear(tree_list(notes, "mmpolicies"));
		json_array_clear(tree_list(notes, "qmpolicies"));
	}
	rc = netsh_notes_save(notes) ? CTL_FAILED : rc;
	json_decref(notes);
	return rc;
}
