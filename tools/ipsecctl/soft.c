// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver soft */
#include <inttypes.h>

#include "ctl.h"

/* "1234 ms", or seconds where nobody counts shorter times. */
static void print_time(const char *what, uint64_t ms)
{
	if (ms < 10000)
		printf(" %s %" PRIu64 " ms", what, ms);
	else
		printf(" %s %" PRIu64 " s", what, ms / 1000);
}

void ctl_soft_text(const struct ipsec_soft *s)
{
	const char *reason = ipsec_name(ipsec_names_refuse_reason, s->reason.v);
	const char *end = ipsec_name(ipsec_names_soft_end, s->end.v);
	char remote[IPSEC_NET_STRLEN], sel[IPSEC_SELECTOR_STRLEN];

	printf("soft slot %" PRIu64 " filter %" PRIu64 " peer %s reason %s",
	       s->slot.v, s->filter.v,
	       s->remote.len ?
		       ipsec_addr_print(&s->remote, remote, sizeof(remote)) :
		       "-",
	       reason ? reason : "?");
	print_time("age", s->age.v);
	if (s->end.set)
		printf(" ended %s", end ? end : "?");
	else
		print_time("left", s->left.v);
	printf(" out %" PRIu64 "/%" PRIu64 " in %" PRIu64 "/%" PRIu64 "\n",
	       s->out.packets.v, s->out.bytes.v, s->in.packets.v,
	       s->in.bytes.v);
	printf("    selector %s\n",
	       ipsec_selector_text(&s->sel, sel, sizeof(sel)));
}

static void text(const void *obj)
{
	ctl_soft_text(obj);
}

static const struct ctl_kind kind = {
	.dump = IPSECDRV_CMD_SOFT_DUMP,
	.list = "softs",
	.fields = ipsec_soft_fields,
	.text = text,
};

static int soft_show(struct ctl_args *args)
{
	return ctl_show_all(args, &kind);
}

const struct ctl_command ctl_soft_commands[] = {
	{ .name = "show",
	  .run = soft_show,
	  .usage = "",
	  .brief = "show what passes in clear, why, and until when",
	  .help = "A soft SA lets packets of a filter pass in clear after a "
		  "negotiation that failed\nfor a reason that the filter "
		  "names. It ends when its time is over, at once when\nan SA "
		  "pair is there, and by 'driver acquire refuse SLOT policy'." },
	{ .name = NULL },
};
