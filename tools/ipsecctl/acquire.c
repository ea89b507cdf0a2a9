// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver acquire */
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

void ctl_acquire_text(const struct ipsec_acquire *a)
{
	char local[IPSEC_NET_STRLEN], remote[IPSEC_NET_STRLEN], list[64];
	char sel[IPSEC_SELECTOR_STRLEN], packet[IPSEC_SELECTOR_STRLEN];
	const char *mode = ipsec_name_text(ipsec_names_mode, a->mode.v);

	printf("acquire slot %" PRIu64 " filter %" PRIu64
	       " %s %s -> %s require %s",
	       a->slot.v, a->filter.v, mode,
	       ipsec_addr_print(&a->local, local, sizeof(local)),
	       ipsec_addr_print(&a->remote, remote, sizeof(remote)),
	       ipsec_flags_text(ipsec_names_require, a->require.v, false, list,
				sizeof(list)));
	if (a->held.set)
		printf(" held %" PRIu64, a->held.v);
	if (a->age.set)
		printf(" age %" PRIu64 " ms", a->age.v);
	printf("\n    selector %s\n    packet   %s\n",
	       ipsec_selector_text(&a->sel, sel, sizeof(sel)),
	       ipsec_selector_text(&a->packet, packet, sizeof(packet)));
}

static void text(const void *obj)
{
	ctl_acquire_text(obj);
}

static const struct ctl_kind kind = {
	.dump = IPSECDRV_CMD_ACQUIRE_DUMP,
	.list = "acquires",
	.fields = ipsec_acquire_fields,
	.text = text,
};

static int acquire_show(struct ctl_args *args)
{
	return ctl_show_all(args, &kind);
}

static int acquire_refuse(struct ctl_args *args)
{
	struct ipsec_acquire a = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_client *c;
	struct ipsec_msg m;

	a.slot.set = ctl_take_id(args, &a.slot.v);
	if (!a.slot.set)
		return ctl_usage(args, "the slot is missing");
	if (ctl_words(args, ipsec_acquire_fields, &a))
		return CTL_USAGE;
	if (!a.reason.set)
		return ctl_usage(args, "the reason is missing; write "
				       "no-answer, no-proposal, auth-failed "
				       "or policy");
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_ACQUIRE_REFUSE, 0);
	ipsec_put(&m, ipsec_acquire_fields, &a);
	return ipsec_ask(c, &m, NULL, NULL, &err) ? ctl_fail(&err) : CTL_OK;
}

const struct ctl_command ctl_acquire_commands[] = {
	{ .name = "show",
	  .run = acquire_show,
	  .usage = "",
	  .brief = "show negotiations without an answer yet" },
	{ .name = "refuse",
	  .run = acquire_refuse,
	  .usage = "SLOT { no-answer | no-proposal | "
		   "auth-failed | policy } [ soft ]",
	  .words = "no-answer|no-proposal|auth-failed|policy|soft",
	  .brief = "give a negotiation up",
	  .help = "Held packets are dropped or, with 'soft' and where the "
		  "filter allows it for this\nreason, sent in clear under a "
		  "soft SA." },
	{ .name = NULL },
};
