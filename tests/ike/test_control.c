// SPDX-License-Identifier: GPL-2.0-or-later
/* What administrators ask of the engine. */
#include <stdlib.h>

#include "net.h"
#include "request.h"

static struct net net;
static struct net_host *red;

static void asks(const char *request, const char *want, const char *what)
{
	char *got = ipsecd_request_run(
		red->engine,
		(struct ike_blob){ (const uint8_t *)request, strlen(request) });

	is(got, want, "%s", what);
	free(got);
}

/* The answer is too long to be quoted. */
static void tells(const char *request, const char *want, const char *what)
{
	char *got = ipsecd_request_run(
		red->engine,
		(struct ike_blob){ (const uint8_t *)request, strlen(request) });

	ok(strstr(got, want), "%s", what);
	if (!strstr(got, want))
		printf("# got  %s\n# want %s\n", got, want);
	free(got);
}

#define WRONG(text) "{\"version\":1,\"error\":\"" text "\"}"
#define GOOD "{\"version\":1,\"ok\":true}"

static void wrong(void)
{
	asks("", WRONG("the request is no JSON object"), "nothing");
	asks("[]", WRONG("the request is no JSON object"), "a list");
	asks("{\"command\":\"up\"", WRONG("the request is no JSON object"),
	     "half a request");
	asks("{}", WRONG("the command is missing"), "no command");
	asks("{\"command\":7}", WRONG("the command is missing"), "a number");
	asks("{\"command\":\"fly\"}", WRONG("unknown command"),
	     "an unknown command");
	asks("{\"command\":\"up\"}", WRONG("the rule is missing"), "no rule");
	asks("{\"command\":\"up\",\"rule\":[]}", WRONG("the rule is missing"),
	     "a rule that is a list");
	asks("{\"command\":\"up\",\"rule\":\"y\"}",
	     WRONG("there is no such rule that negotiates; "
		   "'ipsecctl driver filter show' has the rules' names"),
	     "a rule that is not there");
	asks("{\"command\":\"up\",\"rule\":\"many\"}",
	     WRONG("the rule is for many peers; the first packet to one "
		   "begins the negotiation"),
	     "a rule of a network");
	asks("{\"command\":\"down\",\"rule\":\"x\"}",
	     WRONG("there is no such rule, or nothing of it"),
	     "nothing to be deleted");
}

static void right(void)
{
	asks("{\"command\":\"up\",\"rule\":\"x\"}", GOOD, "up");
	net_run(&net, 2000);
	tells("{\"command\":\"sas\"}", "\"established\"", "the SA is shown");
	tells("{\"command\":\"counters\"}", "\"main_modes\":1", "and counted");
	asks("{\"command\":\"rekey-child\",\"rule\":\"x\"}", GOOD,
	     "rekey of the Child SA");
	net_run(&net, 2000);
	asks("{\"command\":\"rekey-ike\",\"rule\":\"x\"}", GOOD,
	     "rekey of the IKE SA");
	net_run(&net, 2000);
	tells("{\"command\":\"counters\"}", "\"child_rekeys\":1",
	      "which are counted");
	asks("{\"command\":\"check\",\"rule\":\"x\"}", GOOD, "check");
	net_run(&net, 2000);
	asks("{\"command\":\"down\",\"rule\":\"x\"}", GOOD, "down");
	net_run(&net, 2000);
	tells("{\"command\":\"sas\"}", "\"sas\":[]", "nothing is left");
}

#define POLICY(from, to)                                              \
	"rules:\n  - name: x\n    filters: [{from: " from ", to: " to \
	"}]\n    psk: open sesame\n"                                       \
	"  - name: many\n    psk: open sesame\n"                           \
	"    filters: [{from: 10.1.0.0/16, to: 10.1.0.0/16}]\n"

int main(void)
{
	char *early = ipsecd_request_run(NULL, (struct ike_blob){ NULL, 0 });

	ike_crypto_init();
	is(early, WRONG("there is no policy yet"), "before there is a policy");
	free(early);
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1", POLICY("10.0.0.1", "10.0.0.2"));
	net_host(&net, "blue", "10.0.0.2", POLICY("10.0.0.2", "10.0.0.1"));
	wrong();
	right();
	net_free(&net);
	return tap_done();
}
