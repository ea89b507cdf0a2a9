// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Trials that a diagnosis asks for: their outcome and its cause, in both
 * versions, and that SAs which are there go on.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pair.h"
#include "tap.h"

static uint64_t story;

static int begin_trial(bool natt)
{
	const struct policy_rule *rule = &red->policy->rule[0];
	struct ike_trial trial = {
		.rule = rule->name,
		.filter = rule->filter[0].id.v,
		.from = net_addr("10.0.0.1"),
		.to = net_addr("10.0.0.2"),
		.natt = natt,
	};

	return ike_engine_trial(red->engine, &trial, &story);
}

/* What the engine says of it, as its member, or of its failure. */
static const char *said(const char *key)
{
	json_t *trial = ike_engine_trial_json(red->engine, story);
	json_t *failure = json_object_get(trial, "failure");
	json_t *value = json_object_get(trial, key);
	static char text[64];

	if (!value)
		value = json_object_get(failure, key);
	snprintf(text, sizeof(text), "%s",
		 json_is_string(value) ? json_string_value(value) :
		 json_is_true(value) || json_integer_value(value) ? "yes" :
								    "no");
	json_decref(trial);
	return text;
}

static void begin(unsigned int version, const char *red_more,
		  const char *blue_more)
{
	char a[512], b[512];

	snprintf(a, sizeof(a), "    version: %u\n%s", version, red_more);
	snprintf(b, sizeof(b), "    version: %u\n%s", version, blue_more);
	pair_begin(a, b);
}

static void good(unsigned int version)
{
	unsigned int before;
	char same[64];

	begin(version, "", "");
	ok(!begin_trial(false), "version %u: a trial", version);
	ok(!strcmp(said("state"), "connecting"), "has begun");
	net_run(&net, 3000);
	ok(!strcmp(said("state"), "established") &&
		   !strcmp(said("pair"), "yes"),
	   "there is an SA");
	ike_engine_trial_end(red->engine, story);
	net_run(&net, 5000);
	ok(!net_traffic(red, blue) && net_sas(red) == 1,
	   "the only one carries the traffic");
	before = red->engine->counters.main_modes;
	begin_trial(false);
	net_run(&net, 3000);
	ok(red->engine->counters.main_modes == before + 1,
	   "the next one is an IKE SA of its own");
	ike_engine_trial_end(red->engine, story);
	net_run(&net, 5000);
	ok(net_sas(red) == 1 && !net_traffic(red, blue),
	   "one of the two ends, and traffic goes on");
	/* The rules keep their names, and are others. */
	snprintf(same, sizeof(same), "    version: %u\n", version);
	pair_reload(red, same);
	begin_trial(false);
	net_run(&net, 3000);
	ike_engine_trial_end(red->engine, story);
	net_run(&net, 5000);
	ok(net_sas(red) == 1 && !net_traffic(red, blue),
	   "the same after the policy was loaded anew");
	pair_end();
}

static const struct {
	unsigned int versions; /* bits */
	const char *cause;
	const char *red_more;
	const char *blue_more;
} failures[] = {
	{ 6, "no-proposal", "    ike: aes256-sha256-modp2048\n",
	  "    ike: aes128-sha256-modp3072\n" },
	{ 4, "auth-refused", "", "    psk: quite another secret\n" },
	{ 6, "selectors",
	  "    filters: [{from: 10.0.0.1, to: 10.0.0.2, proto: tcp}]\n",
	  "    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: udp}]\n" },
	{ 6, "no-child-proposal", "    esp: aes256-sha256\n",
	  "    esp: aes128-sha256\n" },
};

static void bad(unsigned int version)
{
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (!(failures[i].versions & 1U << version))
			continue;
		begin(version, failures[i].red_more, failures[i].blue_more);
		begin_trial(false);
		net_run(&net, 200000);
		ok(!strcmp(said("cause"), failures[i].cause),
		   "version %u: the cause is %s (%s)", version,
		   failures[i].cause, said("cause"));
		ok(strcmp(said("pair"), "yes"), "there is no SA");
		pair_end();
	}
}

static void silent(unsigned int version)
{
	begin(version, "", "");
	blue->down = true;
	begin_trial(false);
	net_run(&net, 2000);
	ok(!strcmp(said("state"), "connecting") &&
		   !strcmp(said("answered"), "no"),
	   "version %u: nobody answers", version);
	ike_engine_trial_end(red->engine, story);
	ok(!strcmp(said("state"), "ended") && !net_sas(red), "it ends at once");
	pair_end();
}

/* Of a wrong secret version 1 makes silence, after it has answered. */
static void wrong_secret(void)
{
	begin(1, "", "    psk: quite another secret\n");
	begin_trial(false);
	net_run(&net, 3000);
	ok(!strcmp(said("state"), "connecting") &&
		   !strcmp(said("answered"), "yes"),
	   "version 1: a peer with another secret falls silent");
	pair_end();
}

static void on_4500(void)
{
	begin(2, "", "");
	begin_trial(true);
	net_run(&net, 3000);
	ok(!strcmp(said("answered"), "yes"),
	   "on port 4500 a peer answers, too");
	pair_end();
}

static void refusals(void)
{
	struct ike_trial trial = { .rule = "nothing" };

	begin(2, "", "");
	ok(ike_engine_trial(red->engine, &trial, &story) == -ENOENT,
	   "no such rule");
	trial.rule = red->policy->rule[0].name;
	ok(ike_engine_trial(red->engine, &trial, &story) == -ENOENT,
	   "no such filter");
	ike_engine_trial_end(red->engine, 77);
	ok(!net_sas(red), "no such trial: no harm");
	pair_end();
}

int main(void)
{
	unsigned int version;

	for (version = 1; version <= 2; version++) {
		good(version);
		bad(version);
		silent(version);
	}
	wrong_secret();
	on_4500();
	refusals();
	return tap_done();
}
