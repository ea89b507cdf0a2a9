// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver: the commands below it. */
#include "ctl.h"

const struct ctl_command ctl_driver_commands[] = {
	{ .name = "table",
	  .sub = ctl_table_commands,
	  .brief = "load, show, dump or clear the whole filter table" },
	{ .name = "filter",
	  .sub = ctl_filter_commands,
	  .brief = "add, delete or show filters" },
	{ .name = "sa",
	  .sub = ctl_sa_commands,
	  .brief = "add, change, delete or show SA pairs" },
	{ .name = "acquire",
	  .sub = ctl_acquire_commands,
	  .brief = "show or refuse negotiations that packets wait for" },
	{ .name = "soft",
	  .sub = ctl_soft_commands,
	  .brief = "show what passes in clear after a failed negotiation" },
	{ .name = "explain",
	  .run = ctl_explain,
	  .usage = "{ out | in } SRC[:PORT] DST[:PORT] PROTO "
		   "[type N] [code N] [iface DEV] [class C] "
		   "[sa ID]",
	  .words = "out|in",
	  .brief = "tell what would happen to a packet, and why",
	  .help = "Tells what the driver would do with a packet now: the "
		  "filter that decides,\nits action, the SA pair, the verdict "
		  "(pass, drop, hold or protect) and the\nreason. No packet is "
		  "sent. Give both ports, or the ICMP type; a packet without\nis "
		  "a fragment. With 'sa ID' an inbound packet is taken to have "
		  "come through that\nSA pair, else in clear.\n\n"
		  "  ipsecctl driver explain out 10.0.0.1:40000 "
		  "10.0.0.2:443 tcp\n"
		  "  ipsecctl driver explain in [2001:db8::1]:53 "
		  "2001:db8::2 udp iface eth0" },
	{ .name = "stats",
	  .run = ctl_stats,
	  .options = CTL_OPT_VERBOSE,
	  .usage = "[ NAME ... ] [-v]",
	  .brief = "show counters",
	  .help = "Shows every counter of the network namespace, or those "
		  "whose names are given\nor start with what is given; with -v "
		  "also what they count." },
	{ .name = "drops",
	  .run = ctl_drops,
	  .options = CTL_OPT_COUNT,
	  .usage = "[--count N]",
	  .brief = "show the last packets that were dropped, and why",
	  .help = "Shows the last 1,024 packets that the driver dropped in "
		  "this network namespace,\noldest first, or only the last N: "
		  "when, what they were, why, and which filter or\nSA pair is "
		  "to blame." },
	{ .name = "config",
	  .sub = ctl_config_commands,
	  .brief = "show or change settings" },
	{ .name = "events",
	  .run = ctl_events,
	  .options = CTL_OPT_COUNT | CTL_OPT_TIMEOUT,
	  .usage = "[ acquire ] [ expire ] [ table ] [ soft ] [ sa ] "
		   "[ offload ] [ drop ]",
	  .words = "acquire|expire|table|soft|sa|offload|drop",
	  .brief = "print what the driver tells until interrupted",
	  .help = "Prints acquires, expiries and changes of a peer's address, "
		  "changes of the table,\nbeginning and end of soft SAs and "
		  "of SA pairs, what devices take over, and drops\nas they "
		  "happen; with --json one JSON object per line. Ends on "
		  "SIGINT or SIGTERM\nwith success. 'ipsecctl monitor' also "
		  "has what ipsecd tells." },
	{ .name = NULL },
};
