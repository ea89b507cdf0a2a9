// SPDX-License-Identifier: GPL-2.0-or-later
/* An SA pair as text, never its keys. */
#include <inttypes.h>

#include "ctl.h"

static void print_counters(const char *dir, const struct ipsec_counters *n)
{
	printf("    %-3s %" PRIu64 " packets %" PRIu64 " bytes", dir,
	       n->packets.v, n->bytes.v);
	if (n->replay.v || n->integrity.v || n->errors.v)
		printf(", replay %" PRIu64 " integrity %" PRIu64
		       " errors %" PRIu64,
		       n->replay.v, n->integrity.v, n->errors.v);
	putchar('\n');
}

static void print_protection(const struct ipsec_protection *p)
{
	const char *proto = ipsec_name(ipsec_names_proto, p->proto.v);
	const char *encr = ipsec_name(ipsec_names_encr, p->encr.v);
	const char *integ = ipsec_name(ipsec_names_integ, p->integ.v);

	printf("    %-3s spi in 0x%08" PRIx64, proto ? proto : "?",
	       p->spi_in.v);
	if (p->spi_out.set)
		printf(" out 0x%08" PRIx64, p->spi_out.v);
	if (p->encr.v)
		printf(" %s", encr ? encr : "?");
	if (p->encr_key_len.v)
		printf(" %" PRIu64 " bits", p->encr_key_len.v);
	if (p->integ.v)
		printf(" %s", integ ? integ : "?");
	if (p->seq_out.set || p->seq_in.set)
		printf(" seq in %" PRIu64 " out %" PRIu64, p->seq_in.v,
		       p->seq_out.v);
	if (p->algorithm[0])
		printf(" (%s)", p->algorithm);
	putchar('\n');
}

static void print_limit(const char *what, const struct ipsec_num *soft,
			const struct ipsec_num *hard)
{
	if (soft->v || hard->v)
		printf(" %s %" PRIu64 "/%" PRIu64, what, soft->v, hard->v);
}

static void print_lifetime(const struct ipsec_sa *sa)
{
	const struct ipsec_lifetime *l = &sa->lifetime;

	printf("    age %" PRIu64 " s", sa->age.v);
	if (sa->idle.set)
		printf(" idle %" PRIu64 " s", sa->idle.v);
	if (sa->mtu.v)
		printf(" mtu %" PRIu64, sa->mtu.v);
	if (l->soft_seconds.v || l->hard_seconds.v || l->soft_bytes.v ||
	    l->hard_bytes.v || l->soft_packets.v || l->hard_packets.v)
		printf(", limits soft/hard");
	print_limit("seconds", &l->soft_seconds, &l->hard_seconds);
	print_limit("bytes", &l->soft_bytes, &l->hard_bytes);
	print_limit("packets", &l->soft_packets, &l->hard_packets);
	if (l->idle_seconds.v)
		printf(" idle-limit %" PRIu64 " s", l->idle_seconds.v);
	putchar('\n');
}

static void print_options(const struct ipsec_sa *sa)
{
	char flags[160];

	printf("    flags %s replay-window %" PRIu64,
	       ipsec_flags_text(ipsec_names_sa_flags, sa->flags.v, false, flags,
				sizeof(flags)),
	       sa->replay_window.v);
	if (sa->owner.v)
		printf(" owner 0x%" PRIx64, sa->owner.v);
	if (sa->encap_remote.v)
		printf(" encap udp %" PRIu64 " -> %" PRIu64, sa->encap_local.v,
		       sa->encap_remote.v);
	if (sa->keepalive.v)
		printf(" keepalive %" PRIu64 " s", sa->keepalive.v);
	if (sa->replaces.v)
		printf(" replaces %" PRIu64, sa->replaces.v);
	if (sa->offload_state.v)
		printf(" offload %s %s %s",
		       ipsec_name_text(ipsec_names_offload_state,
				       sa->offload_state.v),
		       sa->offload_dev, sa->offload_reason);
	putchar('\n');
}

static void print_heading(const struct ipsec_sa *sa)
{
	const char *state = ipsec_name(ipsec_names_sa_state, sa->state.v);
	const char *mode = ipsec_name(ipsec_names_mode, sa->mode.v);
	char local[IPSEC_NET_STRLEN], remote[IPSEC_NET_STRLEN];

	if (sa->id.v)
		printf("sa %" PRIu64 " ", sa->id.v);
	else
		printf("sa - ");
	printf("%s", state ? state : "?");
	if (sa->mode.set)
		printf(" %s", mode ? mode : "?");
	if (sa->local.len && !sa->remote.len)
		printf(" local %s",
		       ipsec_addr_print(&sa->local, local, sizeof(local)));
	else if (sa->local.len)
		printf(" %s -> %s",
		       ipsec_addr_print(&sa->local, local, sizeof(local)),
		       ipsec_addr_print(&sa->remote, remote, sizeof(remote)));
	if (sa->filter.set)
		printf(" filter %" PRIu64, sa->filter.v);
	if (sa->slot.set)
		printf(" slot %" PRIu64, sa->slot.v);
	putchar('\n');
}

/* A reserved SPI and a soft SA have only some of the parts. */
void ctl_sa_text(const struct ipsec_sa *sa)
{
	char sel[IPSEC_SELECTOR_STRLEN];
	unsigned int i;

	print_heading(sa);
	if (sa->sel.family.set)
		printf("    %s\n",
		       ipsec_selector_text(&sa->sel, sel, sizeof(sel)));
	for (i = 0; i < sa->protections; i++)
		print_protection(&sa->protection[i]);
	if (sa->in.packets.set)
		print_counters("in", &sa->in);
	if (sa->out.packets.set)
		print_counters("out", &sa->out);
	if (sa->age.set)
		print_lifetime(sa);
	if (sa->replay_window.set)
		print_options(sa);
}
