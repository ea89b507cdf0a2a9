// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver config */
#include "ctl.h"

static int config_show(struct ctl_args *args)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_config config = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_GET, 0);
	if (ipsec_ask(c, &m, ipsec_config_fields, &config, &err))
		return ctl_fail(&err);
	ctl_object(args, ipsec_config_fields, &config);
	return CTL_OK;
}

int ctl_config_set(struct ctl_args *args)
{
	struct ipsec_config config = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_client *c;
	struct ipsec_msg m;

	if (!args->argc)
		return ctl_usage(args, "what to set is missing");
	if (ctl_words(args, ipsec_config_fields, &config))
		return CTL_USAGE;
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_SET, 0);
	ipsec_put(&m, ipsec_config_fields, &config);
	return ipsec_ask(c, &m, NULL, NULL, &err) ? ctl_fail(&err) : CTL_OK;
}

const struct ctl_command ctl_config_commands[] = {
	{ .name = "show",
	  .run = config_show,
	  .usage = "",
	  .brief = "show the settings of the network namespace" },
	{ .name = "set",
	  .run = ctl_config_set,
	  .usage = "KEY=VALUE ...",
	  .brief = "change settings; those not named stay",
	  .help = "  default-action A    permit or block: packets "
		  "that no filter matches\n"
		  "  exemptions LIST     ike,nd,dhcp,loopback,multicast,rsvp,"
		  "kerberos: never\n"
		  "                      filtered; or none\n"
		  "  hold-per-flow N     packets kept while a negotiation runs, "
		  "0 to 1024\n"
		  "  hold-total N        the same in all, 0 to 65536\n"
		  "  hold-seconds N      how long at most, 1 to 300\n"
		  "  filters-max N, sas-max N\n"
		  "  encap-port N        our UDP port for ESP in UDP\n"
		  "  legacy yes|no       accept DES, 3DES and HMAC-MD5\n"
		  "  drain-seconds N     how long a rekeyed pair goes on "
		  "receiving, 1 to 600\n"
		  "  padding-check yes|no\n"
		  "  boot-mode M         permit, stateful or block: while no "
		  "agent runs\n"
		  "  boot-exemptions L   UDP:0:68:inbound,...: pass in "
		  "boot mode; or none\n"
		  "  log-level LIST      bad,inbound,outbound: drops the "
		  "kernel log is told of,\n"
		  "                      as sums; or none\n"
		  "  log-interval N      how often, 1 to 86400 seconds\n\n"
		  "  ipsecctl driver config set default-action=block "
		  "hold-seconds=10" },
	{ .name = NULL },
};
