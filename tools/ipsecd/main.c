// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecd: what the command line asks for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parent.h"
#include "worker.h"

#ifndef IPSECD_VERSION
#define IPSECD_VERSION "0.1"
#endif

static const char usage[] =
	"usage: ipsecd [-f] [-n] [-v] [-p POLICY] [-s RUNDIR]\n"
	"  -f  stay in the foreground and log to standard error\n"
	"  -n  check the policy and the files it names; start nothing\n"
	"  -v  log every message\n"
	"  -p  the policy (/etc/ipsecd/policy.yaml)\n"
	"  -s  folder of the control socket (/run/ipsecd)\n"
	"  -V  print the version\n";

int main(int argc, char **argv)
{
	struct ipsecd_options options = {
		.policy = "/etc/ipsecd/policy.yaml",
		.run = "/run/ipsecd",
	};
	int c;

	/* Started by the parent, see process.c. */
	if (argc == 4 && !strcmp(argv[1], "--worker"))
		return ipsecd_worker((uint16_t)atoi(argv[2]), argv[3]);
	while ((c = getopt(argc, argv, "fnvp:s:Vh")) != -1) {
		switch (c) {
		case 'f':
			options.foreground = true;
			break;
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
	return options.check ? ipsecd_check(&options) : ipsecd_parent(&options);
}
