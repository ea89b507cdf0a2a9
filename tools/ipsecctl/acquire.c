// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver acquire */
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

void ctl_acquire_text(const struct ipsec_acquire *a)
{
	char local[IPSEC_NET_STRLEN], remote[IPSEC_NET_STRLEN], list[64];
	char sel[IPSEC_SELECTOR_STRLEN], packet[IPSEC_SELECTOR_STRLEN];
	const char *mode = ipsec_name(ipsec_names_mode, a->mode.v);

	printf("acquire slot %" PRIu64 " filter %" PRIu64
	       " %s %s -> %s require %s",
	       a->slot.v, a->filter.v, mode ? mode : "?",
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

static int show_one(const struct ctl_args *args, const struct nlmsghdr *nlh,
		    struct ipsec_err *err)
{
	struct ipsec_acquire a = { 0 };
	int rc = ipsec_get_msg(nlh, ipsec_acquire_fields, &a, err);

	if (rc)
		return rc;
	if (args->json)
		ctl_list_item(args, ipsec_json(ipsec_acquire_fields, &a,
					       IPSEC_PRINT_ALL));
	else
		ctl_acquire_text(&a);
	return 0;
}

static int acquire_show(struct ctl_args *args)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc;

	if (!c)
		return CTL_FAILED;
	rc = ipsec_dump(c, IPSECDRV_CMD_ACQUIRE_DUMP, &d, &err);
	if (!rc)
		ctl_list_begin(args, "acquires");
	while (!rc && (nlh = ipsec_dump_next(&d, &pos)))
		rc = show_one(args, nlh, &err);
	if (!rc)
		ctl_list_end(args);
	ipsec_dump_free(&d);
	return rc ? ctl_fail(&err) : CTL_OK;
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
	  .usage = "SLOT { no-answer | no-proposal | auth-failed | policy } "
		   "[ soft ]",
	  .brief = "give a negotiation up",
	  .help = "Held packets are dropped or, with 'soft' and where the "
		  "filter allows it for this\nreason, sent in clear under a "
		  "soft SA." },
	{ .name = NULL },
};
