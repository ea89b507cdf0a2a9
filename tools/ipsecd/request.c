// SPDX-License-Identifier: GPL-2.0-or-later
/* What administrators ask of the engine. */
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef int action_fn(struct ike_engine *engine, const char *rule);

static const struct {
	const char *name;
	action_fn *run;
	const char *nothing; /* -ENOENT */
} actions[] = {
	{ "up", ike_engine_up,
	  "there is no such rule that negotiates; 'ipsecctl driver filter show' "
	  "has the rules' names" },
	{ "down", ike_engine_down, "there is no such rule, or nothing of it" },
	{ "rekey-child", ike_engine_rekey_child,
	  "there is no such rule, or no Child SA of it" },
	{ "rekey-ike", ike_engine_rekey_ike,
	  "there is no such rule, or no IKE SA of it" },
	{ "check", ike_engine_check,
	  "there is no such rule, or no IKE SA of it" },
};

static const char *text_of(int rc, const char *nothing)
{
	switch (rc) {
	case -ENOENT:
		return nothing;
	case -EDESTADDRREQ:
		return "the rule is for many peers; the first packet to one "
		       "begins the negotiation";
	case -EBUSY:
		return "it is being done already";
	case -ENOMEM:
		return "out of memory";
	default:
		return strerror(-rc);
	}
}

static json_t *run_action(struct ike_engine *engine, const char *name,
			  const char *rule)
{
	size_t i;
	int rc;

	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (!strcmp(actions[i].name, name))
			break;
	if (i == sizeof(actions) / sizeof(actions[0]))
		return json_pack("{s:i, s:s}", "version", 1, "error",
				 "unknown command");
	if (!rule)
		return json_pack("{s:i, s:s}", "version", 1, "error",
				 "the rule is missing");
	rc = actions[i].run(engine, rule);
	if (rc)
		return json_pack("{s:i, s:s}", "version", 1, "error",
				 text_of(rc, actions[i].nothing));
	return json_pack("{s:i, s:b}", "version", 1, "ok", 1);
}

static bool read_addr(const json_t *request, const char *key,
		      struct ipsec_addr *a)
{
	const char *text = json_string_value(json_object_get(request, key));

	return text && !ipsec_addr_parse(a, text);
}

static json_t *begin_trial(struct ike_engine *engine, const json_t *request)
{
	struct ike_trial trial = {
		.rule = json_string_value(json_object_get(request, "rule")),
		.filter = (uint32_t)json_integer_value(
			json_object_get(request, "filter")),
		.natt = json_is_true(json_object_get(request, "natt")),
	};
	uint64_t story = 0;
	int rc;

	if (!trial.rule || !read_addr(request, "from", &trial.from) ||
	    !read_addr(request, "to", &trial.to) ||
	    trial.from.len != trial.to.len)
		return json_pack("{s:i, s:s}", "version", 1, "error",
				 "a trial needs a rule, a filter, and two "
				 "addresses of one family");
	rc = ike_engine_trial(engine, &trial, &story);
	if (rc)
		return json_pack("{s:i, s:s}", "version", 1, "error",
				 text_of(rc, "there is no such rule with such "
					     "a filter"));
	return json_pack("{s:i, s:I}", "version", 1, "story",
			 (json_int_t)story);
}

/* NULL: it is none of those. */
static json_t *run_trial(struct ike_engine *engine, const char *name,
			 const json_t *request)
{
	uint64_t story =
		(uint64_t)json_integer_value(json_object_get(request, "story"));

	if (!strcmp(name, "trial"))
		return begin_trial(engine, request);
	if (!strcmp(name, "trial-show"))
		return ike_engine_trial_json(engine, story);
	if (!strcmp(name, "trial-end")) {
		ike_engine_trial_end(engine, story);
		return json_pack("{s:i, s:b}", "version", 1, "ok", 1);
	}
	if (!strcmp(name, "failures"))
		return ike_engine_failures_json(engine);
	return NULL;
}

static json_t *run(struct ike_engine *engine, const json_t *request)
{
	const char *name =
		json_string_value(json_object_get(request, "command"));
	const char *rule = json_string_value(json_object_get(request, "rule"));
	json_t *answer;

	if (!name)
		return json_pack("{s:i, s:s}", "version", 1, "error",
				 "the command is missing");
	if (!strcmp(name, "sas"))
		return ike_engine_sas_json(engine);
	if (!strcmp(name, "counters"))
		return ike_engine_counters_json(engine);
	answer = run_trial(engine, name, request);
	return answer ? answer : run_action(engine, name, rule);
}

char *ipsecd_request_error(const char *text)
{
	json_t *json = json_pack("{s:i, s:s}", "version", 1, "error", text);
	char *out = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	return out;
}

char *ipsecd_request_run(struct ike_engine *engine, struct ike_blob json)
{
	json_t *request =
		json_loadb((const char *)json.data, json.len, 0, NULL);
	json_t *answer;
	char *out;

	if (!engine || !json_is_object(request)) {
		json_decref(request);
		return ipsecd_request_error(
			engine ? "the request is no JSON object" :
				 "there is no policy yet");
	}
	answer = run(engine, request);
	out = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	json_decref(request);
	return out;
}
