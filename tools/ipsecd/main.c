// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecd: what the command line asks for. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parent.h"
#include "persistent.h"
#include "policy.h"
#include "worker.h"

#ifndef IPSECD_VERSION
#define IPSECD_VERSION "0.1"
#endif

static const char usage[] =
	"usage: ipsecd [-f] [-v] [-p POLICY] [-s RUNDIR] [-S STATEDIR]\n"
	"       ipsecd -n [-j | --findings] [-p POLICY] [-S STATEDIR]\n"
	"       ipsecd --persistent [-S STATEDIR]\n"
	"       ipsecd --schema\n"
	"  -f  stay in the foreground and log to standard error\n"
	"  -n  check the policy and the files it names; start nothing\n"
	"  -j  with -n: print as JSON what the policy has\n"
	"  --findings  with -n: print as JSON conflicts and weak spots\n"
	"  -v  log every message\n"
	"  -p  the policy; otherwise it is the one that was applied, or at first\n"
	"      /etc/ipsecd/policy.yaml\n"
	"  -s  folder of the control socket (/run/ipsecd)\n"
	"  -S  folder of what outlives the daemon (/var/lib/ipsecd)\n"
	"  --persistent  load the persistent rules into the driver, and end\n"
	"  --schema  print the JSON schema of a policy\n"
	"  -V, --version  print the version\n"
	"  -h, --help  print this\n";

static int print_schema(void)
{
	json_t *schema = policy_schema();
	int rc = schema ? json_dumpf(schema, stdout, JSON_INDENT(1)) : -1;

	putchar('\n');
	json_decref(schema);
	return rc || fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct ipsecd_options options = {
		.run = "/run/ipsecd",
		.state = IPSECD_DEFAULT_STATE,
	};
	static const struct option words[] = {
		{ "persistent", no_argument, NULL, 'P' },
		{ "findings", no_argument, NULL, 'F' },
		{ "schema", no_argument, NULL, 'J' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	/* Started by the parent, see process.c. */
	if (argc == 4 && !strcmp(argv[1], "--worker"))
		return ipsecd_worker((uint16_t)atoi(argv[2]), argv[3]);
	while ((c = getopt_long(argc, argv, "fjnvp:s:S:Vh", words, NULL)) !=
	       -1) {
		switch (c) {
		case 'f':
			options.foreground = true;
			break;
		case 'j':
			options.json = true;
			break;
		case 'P':
			options.persistent = true;
			break;
		case 'F':
			options.findings = true;
			break;
		case 'J':
			return print_schema();
		case 'n':
			options.check = true;
			break;
		case 'v':
			options.verbose = true;
			break;
		case 'p':
			options.policy = optarg;
			break;
		case 's':
			options.run = optarg;
			break;
		case 'S':
			options.state = optarg;
			break;
		case 'V':
			puts("ipsecd " IPSECD_VERSION);
			return 0;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (options.persistent)
		return ipsecd_persistent(&options);
	return options.check ? ipsecd_check(&options) : ipsecd_parent(&options);
}
