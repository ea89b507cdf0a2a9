// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl dynamic: the commands and their parameters, in netsh's order */
#include "dynamic.h"

#include "auth.h"
#include "params.h"

#define PROPERTIES                                                           \
	WORDS("ipsecdiagnostics|ikelogging|strongcrlcheck|ipsecloginterval|" \
	      "ipsecexempt|bootmode|bootexemptions")

/* clang-format off */
#define MMPOLICY \
	{ .name = "name", NEEDED }, \
	{ .name = "qmpermm", NUMBER(0, UINT32_MAX) }, \
	{ .name = "mmlifetime", LIFETIME }, \
	{ .name = "softsaexpirationtime", NUMBER(1, 86400) }, \
	{ .name = "mmsecmethods" }

#define QMPOLICY \
	{ .name = "name", NEEDED }, \
	{ .name = "soft", YESNO }, \
	{ .name = "pfsgroup", WORDS("GRP1|GRP2|GRP3|GRPMM|NOPFS") }, \
	{ .name = "qmsecmethods" }

static const struct netsh_param mmpolicy[] = {
	MMPOLICY,
	{ .name = NULL },
};

static const struct netsh_param qmpolicy[] = {
	QMPOLICY,
	{ .name = NULL },
};

static const struct netsh_param add_rule[] = {
	{ .name = "srcaddr", NEEDED },
	{ .name = "dstaddr", NEEDED },
	{ .name = "mmpolicy" },
	{ .name = "qmpolicy" },
	{ .name = "protocol" },
	{ .name = "srcport" },
	{ .name = "dstport" },
	{ .name = "mirrored", YESNO },
	{ .name = "conntype", CONNTYPE },
	{ .name = "actioninbound", ACTIONS },
	{ .name = "actionoutbound", ACTIONS },
	{ .name = "srcmask" },
	{ .name = "dstmask" },
	{ .name = "tunneldstaddress" },
	NETSH_AUTH_PARAMS,
	{ .name = NULL },
};

static const struct netsh_param set_rule[] = {
	{ .name = "srcaddr", NEEDED },
	{ .name = "dstaddr", NEEDED },
	{ .name = "protocol" },
	{ .name = "srcport" },
	{ .name = "dstport" },
	{ .name = "mirrored", YESNO },
	{ .name = "conntype", CONNTYPE },
	{ .name = "srcmask" },
	{ .name = "dstmask" },
	{ .name = "tunneldstaddress" },
	{ .name = "mmpolicy" },
	{ .name = "qmpolicy" },
	{ .name = "actioninbound", ACTIONS },
	{ .name = "actionoutbound", ACTIONS },
	NETSH_AUTH_PARAMS,
	{ .name = NULL },
};

static const struct netsh_param delete_rule[] = {
	{ .name = "srcaddr", NEEDED },
	{ .name = "dstaddr", NEEDED },
	{ .name = "protocol" },
	{ .name = "srcport" },
	{ .name = "dstport" },
	{ .name = "mirrored", YESNO },
	{ .name = "conntype", CONNTYPE },
	{ .name = "srcmask" },
	{ .name = "dstmask" },
	{ .name = "tunneldstaddress" },
	{ .name = NULL },
};

static const struct netsh_param named[] = {
	{ .name = "name" },
	{ .name = "all", FLAG },
	{ .name = NULL },
};

static const struct netsh_param config[] = {
	{ .name = "property", PROPERTIES, NEEDED },
	{ .name = "value", NEEDED },
	{ .name = NULL },
};

static const struct netsh_param none[] = {
	{ .name = NULL },
};

static const struct netsh_param show_filter[] = {
	{ .name = "name" },
	{ .name = "all", FLAG },
	{ .name = "type", WORDS("generic|specific") },
	{ .name = NULL },
};

static const struct netsh_param show_sas[] = {
	{ .name = "all", FLAG },
	{ .name = "srcaddr" },
	{ .name = "dstaddr" },
	{ .name = "format", FORMAT },
	{ .name = "resolvedns", YESNO },
	{ .name = NULL },
};

static const struct netsh_param show_stats[] = {
	{ .name = "type", WORDS("all|ike|ipsec") },
	{ .name = NULL },
};

static const struct netsh_param show_all[] = {
	{ .name = "resolvedns", YESNO },
	{ .name = NULL },
};

static const struct ctl_command add_commands[] = {
	{ .name = "mmpolicy", .run = netsh_add_mmpolicy, .params = mmpolicy,
	  .brief = "how main mode is negotiated",
	  .help = "  ipsecctl dynamic add mmpolicy name=mm mmlifetime=60 "
		  "mmsec=AES256-SHA256-3" },
	{ .name = "qmpolicy", .run = netsh_add_qmpolicy, .params = qmpolicy,
	  .brief = "how quick mode is negotiated",
	  .help = "  ipsecctl dynamic add qmpolicy name=qm pfsgroup=GRPMM "
		  "\\\n         qmsec=ESP[AES256,SHA256]:100000k/3600s" },
	{ .name = "rule", .run = netsh_add_dynamic_rule, .params = add_rule,
	  .brief = "a rule, in force until ipsecd ends",
	  .help = "Negotiates unless the actions say otherwise; that needs "
		  "psk= or rootca=.\n\n"
		  "  ipsecctl dynamic add rule srcaddr=me dstaddr=any "
		  "mmpolicy=mm qmpolicy=qm\n         protocol=TCP dstport=80 "
		  "actioninbound=block actionoutbound=block" },
	{ .name = NULL },
};

static const struct ctl_command set_commands[] = {
	{ .name = "mmpolicy", .run = netsh_set_mmpolicy, .params = mmpolicy,
	  .brief = "change a main mode policy and the rules that use it",
	  .help = "  ipsecctl dynamic set mmpolicy name=mm qmpermm=10" },
	{ .name = "qmpolicy", .run = netsh_set_qmpolicy, .params = qmpolicy,
	  .brief = "change a quick mode policy and the rules that use it",
	  .help = "  ipsecctl dynamic set qmpolicy name=qm soft=yes" },
	{ .name = "rule", .run = netsh_set_dynamic_rule, .params = set_rule,
	  .brief = "policies, actions and authentication of a rule",
	  .help = "The other words say which rule is meant.\n\n"
		  "  ipsecctl dynamic set rule srcaddr=me dstaddr=any "
		  "protocol=TCP dstport=80\n         actioninbound=permit "
		  "actionoutbound=permit" },
	{ .name = "config", .run = netsh_set_config, .params = config,
	  .brief = "settings of the driver and the daemon",
	  .help = "  bootmode          stateful, block or permit\n"
		  "  bootexemptions    none, or \"TCP:0:3389:inbound ...\"\n"
		  "  ipsecexempt       0 multicast, RSVP, Kerberos are exempt, "
		  "1 multicast,\n"
		  "                    2 RSVP, Kerberos, 3 none of them\n"
		  "  ikelogging        0 or 1, every message\n"
		  "  strongcrlcheck    0 off, 1 refuse what is revoked, "
		  "2 what is not known good\n"
		  "  ipsecdiagnostics  drops in the kernel log: 1 bad "
		  "packets, 2 inbound,\n"
		  "                    4 outbound; 3, 5, 6, 7 sums of them; "
		  "0 none\n"
		  "  ipsecloginterval  60 to 86400 seconds between its "
		  "reports\n\n"
		  "  ipsecctl dynamic set config property=bootmode "
		  "value=stateful" },
	{ .name = NULL },
};

static const struct ctl_command delete_commands[] = {
	{ .name = "mmpolicy", .run = netsh_delete_mmpolicy,
	  .params = named, .brief = "a main mode policy, or all",
	  .help = "  ipsecctl dynamic delete mmpolicy name=mm" },
	{ .name = "qmpolicy", .run = netsh_delete_qmpolicy,
	  .params = named, .brief = "a quick mode policy, or all",
	  .help = "  ipsecctl dynamic delete qmpolicy all" },
	{ .name = "rule", .run = netsh_delete_dynamic_rule,
	  .params = delete_rule, .brief = "a rule that was added",
	  .help = "  ipsecctl dynamic delete rule srcaddr=me dstaddr=any "
		  "protocol=TCP dstport=80" },
	{ .name = "all", .run = netsh_delete_dynamic_all, .params = none,
	  .brief = "all dynamic rules and policies",
	  .help = "  ipsecctl dynamic delete all" },
	{ .name = NULL },
};

static const struct ctl_command show_commands[] = {
	{ .name = "config", .run = netsh_show_config, .params = none,
	  .brief = "settings of the driver and the daemon",
	  .help = "  ipsecctl dynamic show config" },
	{ .name = "mmpolicy", .run = netsh_show_mmpolicy,
	  .params = named, .brief = "dynamic main mode policies",
	  .help = "  ipsecctl dynamic show mmpolicy all" },
	{ .name = "qmpolicy", .run = netsh_show_qmpolicy,
	  .params = named, .brief = "dynamic quick mode policies",
	  .help = "  ipsecctl dynamic show qmpolicy name=qm" },
	{ .name = "rule", .run = netsh_show_dynamic_rule,
	  .params = named, .brief = "dynamic rules",
	  .help = "  ipsecctl dynamic show rule all" },
	{ .name = "mmfilter", .run = netsh_show_mmfilter,
	  .params = show_filter, .brief = "pairs of addresses that negotiate",
	  .help = "  ipsecctl dynamic show mmfilter all" },
	{ .name = "qmfilter", .run = netsh_show_qmfilter,
	  .params = show_filter, .brief = "the driver's filters by weight",
	  .help = "  ipsecctl dynamic show qmfilter all type=specific" },
	{ .name = "mmsas", .run = netsh_show_mmsas, .params = show_sas,
	  .brief = "IKE SAs; never keys",
	  .help = "  ipsecctl dynamic show mmsas all resolvedns=yes" },
	{ .name = "qmsas", .run = netsh_show_qmsas, .params = show_sas,
	  .brief = "Child SAs; never keys",
	  .help = "  ipsecctl dynamic show qmsas dstaddr=10.0.0.2" },
	{ .name = "stats", .run = netsh_show_stats, .params = show_stats,
	  .brief = "counters of IKE and of the driver",
	  .help = "  ipsecctl dynamic show stats type=ike" },
	{ .name = "all", .run = netsh_show_dynamic_all, .params = show_all,
	  .brief = "settings, policies, rules, SAs and counters",
	  .help = "  ipsecctl dynamic show all resolvedns=yes" },
	{ .name = NULL },
};

const struct ctl_command ctl_dynamic_commands[] = {
	{ .name = "add", .sub = add_commands, .brief = "make an object" },
	{ .name = "set", .sub = set_commands, .brief = "change an object" },
	{ .name = "delete", .sub = delete_commands, .brief = "remove objects" },
	{ .name = "show", .sub = show_commands, .brief = "show what is in "
							 "force" },
	{ .name = NULL },
};
/* clang-format on */
