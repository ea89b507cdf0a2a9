// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static: the commands and their parameters, in netsh's order */
#include "static.h"

#include "auth.h"
#include "params.h"

#define ADDRESSES                         \
	{ .name = "srcaddr", NEEDED },    \
	{                                 \
		.name = "dstaddr", NEEDED \
	}
#define LOOK                                          \
	{ .name = "level", WORDS("verbose|normal") }, \
		{ .name = "format", FORMAT },         \
	{                                             \
		.name = "wide", YESNO                 \
	}

/* clang-format off */
static const struct netsh_param add_policy[] = {
	{ .name = "name", NEEDED },
	{ .name = "description" },
	{ .name = "mmpfs", YESNO },
	{ .name = "qmpermm", NUMBER(0, UINT32_MAX) },
	{ .name = "mmlifetime", LIFETIME },
	{ .name = "activatedefaultrule", YESNO },
	{ .name = "pollinginterval", NUMBER(0, UINT32_MAX) },
	{ .name = "assign", YESNO },
	{ .name = "mmsecmethods" },
	{ .name = NULL },
};

static const struct netsh_param set_policy[] = {
	{ .name = "name" },
	{ .name = "guid" },
	{ .name = "newname" },
	{ .name = "description" },
	{ .name = "mmpfs", YESNO },
	{ .name = "qmpermm", NUMBER(0, UINT32_MAX) },
	{ .name = "mmlifetime", LIFETIME },
	{ .name = "activatedefaultrule", YESNO },
	{ .name = "pollinginterval", NUMBER(0, UINT32_MAX) },
	{ .name = "assign", YESNO },
	{ .name = "gponame" },
	{ .name = "mmsecmethods" },
	{ .name = NULL },
};

static const struct netsh_param delete_named[] = {
	{ .name = "name" },
	{ .name = "all", FLAG },
	{ .name = NULL },
};

static const struct netsh_param add_rule[] = {
	{ .name = "name", NEEDED },
	{ .name = "policy", NEEDED },
	{ .name = "filterlist", NEEDED },
	{ .name = "filteraction", NEEDED },
	{ .name = "tunnel" },
	{ .name = "conntype", CONNTYPE },
	{ .name = "activate", YESNO },
	{ .name = "description" },
	NETSH_AUTH_PARAMS,
	{ .name = NULL },
};

static const struct netsh_param set_rule[] = {
	{ .name = "name" },
	{ .name = "id", NUMBER(1, UINT32_MAX) },
	{ .name = "policy", NEEDED },
	{ .name = "newname" },
	{ .name = "description" },
	{ .name = "filterlist" },
	{ .name = "filteraction" },
	{ .name = "tunnel" },
	{ .name = "conntype", CONNTYPE },
	{ .name = "activate", YESNO },
	NETSH_AUTH_PARAMS,
	{ .name = NULL },
};

static const struct netsh_param delete_rule[] = {
	{ .name = "name" },
	{ .name = "id", NUMBER(1, UINT32_MAX) },
	{ .name = "all", FLAG },
	{ .name = "policy", NEEDED },
	{ .name = NULL },
};

static const struct netsh_param set_defaultrule[] = {
	{ .name = "policy", NEEDED },
	{ .name = "qmpfs", YESNO },
	{ .name = "activate", YESNO },
	{ .name = "qmsecmethods" },
	NETSH_AUTH_PARAMS,
	{ .name = NULL },
};

static const struct netsh_param add_filterlist[] = {
	{ .name = "name", NEEDED },
	{ .name = "description" },
	{ .name = NULL },
};

static const struct netsh_param set_filterlist[] = {
	{ .name = "name" },
	{ .name = "guid" },
	{ .name = "newname" },
	{ .name = "description" },
	{ .name = NULL },
};

static const struct netsh_param add_filter[] = {
	{ .name = "filterlist", NEEDED },
	ADDRESSES,
	{ .name = "description" },
	{ .name = "protocol" },
	{ .name = "mirrored", YESNO },
	{ .name = "srcmask" },
	{ .name = "dstmask" },
	{ .name = "srcport" },
	{ .name = "dstport" },
	{ .name = NULL },
};

static const struct netsh_param delete_filter[] = {
	{ .name = "filterlist", NEEDED },
	ADDRESSES,
	{ .name = "protocol" },
	{ .name = "mirrored", YESNO },
	{ .name = "srcmask" },
	{ .name = "dstmask" },
	{ .name = "srcport" },
	{ .name = "dstport" },
	{ .name = NULL },
};

static const struct netsh_param add_filteraction[] = {
	{ .name = "name", NEEDED },
	{ .name = "description" },
	{ .name = "qmpfs", YESNO },
	{ .name = "inpass", YESNO },
	{ .name = "soft", YESNO },
	{ .name = "action", ACTIONS },
	{ .name = "qmsecmethods" },
	{ .name = NULL },
};

static const struct netsh_param set_filteraction[] = {
	{ .name = "name" },
	{ .name = "guid" },
	{ .name = "newname" },
	{ .name = "description" },
	{ .name = "qmpfs", YESNO },
	{ .name = "inpass", YESNO },
	{ .name = "soft", YESNO },
	{ .name = "action", ACTIONS },
	{ .name = "qmsecmethods" },
	{ .name = NULL },
};

static const struct netsh_param none[] = {
	{ .name = NULL },
};

static const struct netsh_param set_store[] = {
	{ .name = "location", WORDS("local|persistent|domain"), NEEDED },
	{ .name = "domain" },
	{ .name = NULL },
};

static const struct netsh_param set_batch[] = {
	{ .name = "mode", WORDS("enable|disable"), NEEDED },
	{ .name = NULL },
};

static const struct netsh_param file[] = {
	{ .name = "file", NEEDED },
	{ .name = NULL },
};

static const struct netsh_param restore[] = {
	{ .name = "release", WORDS("win2k|win2003") },
	NETSH_AUTH_PARAMS,
	{ .name = NULL },
};

static const struct netsh_param show_all[] = {
	LOOK,
	{ .name = NULL },
};

static const struct netsh_param show_policy[] = {
	{ .name = "name" },
	{ .name = "all", FLAG },
	LOOK,
	{ .name = NULL },
};

static const struct netsh_param show_rule[] = {
	{ .name = "name" },
	{ .name = "id", NUMBER(1, UINT32_MAX) },
	{ .name = "all", FLAG },
	{ .name = "default", FLAG },
	{ .name = "policy", NEEDED },
	{ .name = "type", WORDS("tunnel|transport") },
	LOOK,
	{ .name = NULL },
};

static const struct netsh_param show_filterlist[] = {
	{ .name = "name" },
	{ .name = "rule" },
	{ .name = "all", FLAG },
	{ .name = "level", WORDS("verbose|normal") },
	{ .name = "format", FORMAT },
	{ .name = "resolvedns", YESNO },
	{ .name = "wide", YESNO },
	{ .name = NULL },
};

static const struct netsh_param show_filteraction[] = {
	{ .name = "name" },
	{ .name = "rule" },
	{ .name = "all", FLAG },
	LOOK,
	{ .name = NULL },
};

static const struct netsh_param show_gpo[] = {
	{ .name = "name" },
	{ .name = NULL },
};

static const struct ctl_command add_commands[] = {
	{ .name = "policy", .run = netsh_add_policy, .params = add_policy,
	  .brief = "a policy, with no rules yet",
	  .help = "  ipsecctl static add policy name=web "
		  "mmsecmethods=AES256-SHA256-3 assign=yes" },
	{ .name = "rule", .run = netsh_add_rule, .params = add_rule,
	  .brief = "a rule of a policy: a filter list and a filter action",
	  .help = "  ipsecctl static add rule name=\"Block 80\" policy=web "
		  "filterlist=80\n         filteraction=block" },
	{ .name = "filterlist", .run = netsh_add_filterlist,
	  .params = add_filterlist, .brief = "an empty filter list",
	  .help = "  ipsecctl static add filterlist name=80 "
		  "description=\"Web traffic\"" },
	{ .name = "filter", .run = netsh_add_filter, .params = add_filter,
	  .brief = "a filter to a list, which is made if it is not there",
	  .help = "Addresses are me, any, an address, a range, a DNS name, or "
		  "one of DNS, WINS,\nDHCP, GATEWAY; masks are written "
		  "255.255.255.0 or 24.\n\n"
		  "  ipsecctl static add filter filterlist=80 srcaddr=any "
		  "dstaddr=me protocol=TCP\n         dstport=80" },
	{ .name = "filteraction", .run = netsh_add_filteraction,
	  .params = add_filteraction,
	  .brief = "what is done with packets: permit, block, negotiate",
	  .help = "  ipsecctl static add filteraction name=secure qmpfs=yes\n"
		  "         qmsec=\"ESP[AES256,SHA256]:100000k/3600s "
		  "AH[SHA1]\"" },
	{ .name = NULL },
};

static const struct ctl_command set_commands[] = {
	{ .name = "policy", .run = netsh_set_policy, .params = set_policy,
	  .brief = "change, rename, assign a policy",
	  .help = "  ipsecctl static set policy name=web assign=yes" },
	{ .name = "rule", .run = netsh_set_rule, .params = set_rule,
	  .brief = "change a rule; methods of authentication replace all",
	  .help = "  ipsecctl static set rule id=1 policy=web activate=no" },
	{ .name = "filterlist", .run = netsh_set_filterlist,
	  .params = set_filterlist, .brief = "rename or describe a filter list",
	  .help = "  ipsecctl static set filterlist name=80 newname=http" },
	{ .name = "filteraction", .run = netsh_set_filteraction,
	  .params = set_filteraction, .brief = "change a filter action",
	  .help = "  ipsecctl static set filteraction name=secure inpass=yes" },
	{ .name = "defaultrule", .run = netsh_set_defaultrule,
	  .params = set_defaultrule,
	  .brief = "the default response rule of a policy",
	  .help = "  ipsecctl static set defaultrule policy=web "
		  "psk=\"open sesame\"" },
	{ .name = "store", .run = netsh_set_store, .params = set_store,
	  .brief = "which store the commands after it change",
	  .help = "Lasts until the end of the batch file or prompt.\n\n"
		  "  ipsecctl static set store location=persistent" },
	{ .name = "batch", .run = netsh_set_batch, .params = set_batch,
	  .brief = "put changes in force together",
	  .help = "Until mode=disable, or the end of the batch file or prompt, "
		  "changes are kept in\nmemory.\n\n"
		  "  ipsecctl static set batch mode=enable" },
	{ .name = NULL },
};

static const struct ctl_command delete_commands[] = {
	{ .name = "policy", .run = netsh_delete_policy, .params = delete_named,
	  .brief = "a policy with its rules, or all",
	  .help = "  ipsecctl static delete policy name=web" },
	{ .name = "rule", .run = netsh_delete_rule, .params = delete_rule,
	  .brief = "a rule of a policy, or all",
	  .help = "  ipsecctl static delete rule name=\"Block 80\" policy=web" },
	{ .name = "filterlist", .run = netsh_delete_filterlist,
	  .params = delete_named,
	  .brief = "a filter list, or all that no rule uses",
	  .help = "  ipsecctl static delete filterlist all" },
	{ .name = "filter", .run = netsh_delete_filter, .params = delete_filter,
	  .brief = "a filter of a list",
	  .help = "  ipsecctl static delete filter filterlist=80 srcaddr=any "
		  "dstaddr=me\n         protocol=TCP dstport=80" },
	{ .name = "filteraction", .run = netsh_delete_filteraction,
	  .params = delete_named,
	  .brief = "a filter action, or all that no rule uses",
	  .help = "  ipsecctl static delete filteraction name=secure" },
	{ .name = "all", .run = netsh_delete_all, .params = none,
	  .brief = "all policies, filter lists and filter actions",
	  .help = "  ipsecctl static delete all" },
	{ .name = NULL },
};

static const struct ctl_command show_commands[] = {
	{ .name = "policy", .run = netsh_show_policy, .params = show_policy,
	  .brief = "policies; with level=verbose their rules",
	  .help = "  ipsecctl static show policy name=web level=verbose" },
	{ .name = "rule", .run = netsh_show_rule, .params = show_rule,
	  .brief = "the rules of a policy",
	  .help = "  ipsecctl static show rule all policy=web" },
	{ .name = "filterlist", .run = netsh_show_filterlist,
	  .params = show_filterlist,
	  .brief = "filter lists; with level=verbose their filters",
	  .help = "  ipsecctl static show filterlist all verbose" },
	{ .name = "filteraction", .run = netsh_show_filteraction,
	  .params = show_filteraction, .brief = "filter actions",
	  .help = "  ipsecctl static show filteraction name=secure" },
	{ .name = "store", .run = netsh_show_store, .params = none,
	  .brief = "which store is looked at",
	  .help = "  ipsecctl static show store" },
	{ .name = "gpoassignedpolicy", .run = netsh_show_gpo,
	  .params = show_gpo, .brief = "the policy of a directory",
	  .help = "  ipsecctl static show gpoassignedpolicy" },
	{ .name = "all", .run = netsh_show_all, .params = show_all,
	  .brief = "everything in the store",
	  .help = "  ipsecctl static show all" },
	{ .name = NULL },
};

const struct ctl_command ctl_static_commands[] = {
	{ .name = "add", .sub = add_commands, .brief = "make an object" },
	{ .name = "set", .sub = set_commands, .brief = "change an object" },
	{ .name = "delete", .sub = delete_commands, .brief = "remove objects" },
	{ .name = "show", .sub = show_commands, .brief = "show objects" },
	{ .name = "exportpolicy", .run = netsh_export, .params = file,
	  .brief = "write the store to a file, secrets included",
	  .help = "  ipsecctl static exportpolicy file=site.yaml" },
	{ .name = "importpolicy", .run = netsh_import, .params = file,
	  .brief = "take over the objects of a file",
	  .help = "Those of the same name are replaced; what is assigned "
		  "stays so.\n\n"
		  "  ipsecctl static importpolicy file=site.yaml" },
	{ .name = "restorepolicyexamples", .run = netsh_restore,
	  .params = restore,
	  .brief = "the policies Windows Server 2003 came with",
	  .help = "Client, Server and Secure Server. Theirs used Kerberos; "
		  "psk= or rootca= stands\nin for it.\n\n"
		  "  ipsecctl static restorepolicyexamples release=win2003 "
		  "psk=\"open sesame\"" },
	{ .name = NULL },
};
/* clang-format on */
