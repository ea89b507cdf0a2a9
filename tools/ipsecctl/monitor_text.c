// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of ipsecctl monitor: time, event and what it is, then what it is about.
 * What does not fit into 80 columns goes on below that.
 */
#include "monitor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "../lib/event.h"
#include "ike_client.h"

#define INDENT 31

/* One event in the making. */
struct text {
	char buf[2048];
	size_t len;
};

static void add(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	size_t room = sizeof(t->buf) - t->len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(t->buf + t->len, room, fmt, ap);
	va_end(ap);
	if (len > 0)
		t->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void print_head(const char *event, const char *action)
{
	struct timespec now;
	char when[16];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	printf("%s.%03ld %-8.8s %-8.8s ", when, now.tv_nsec / 1000000, event,
	       action);
}

static void add_peer(struct text *t, const struct ctl_event *e)
{
	const struct ipsec_addr *peer = ctl_event_peer(e);
	char buf[IPSEC_NET_STRLEN];

	if (peer)
		add(t, "%s, ", ipsec_addr_print(peer, buf, sizeof(buf)));
}

static void add_counters(struct text *t, const struct ipsec_counters *out,
			 const struct ipsec_counters *in)
{
	add(t,
	    ", out %" PRIu64 " packets %" PRIu64 " bytes, in %" PRIu64
	    " packets %" PRIu64 " bytes",
	    out->packets.v, out->bytes.v, in->packets.v, in->bytes.v);
}

static void text_acquire(struct text *t, const struct ipsec_acquire *a)
{
	char buf[IPSEC_SELECTOR_STRLEN];

	add(t, "filter %" PRIu64 ", %s: %s", a->filter.v,
	    ipsec_name_text(ipsec_names_mode, a->mode.v),
	    ipsec_selector_text(&a->packet, buf, sizeof(buf)));
}

static void text_sa(struct text *t, const struct ipsec_sa *sa)
{
	unsigned int i;

	add(t, "sa %" PRIu64 ", filter %" PRIu64, sa->id.v, sa->filter.v);
	if (sa->mode.set)
		add(t, ", %s", ipsec_name_text(ipsec_names_mode, sa->mode.v));
	for (i = 0; i < sa->protections; i++)
		add(t, ", %s in 0x%08" PRIx64 " out 0x%08" PRIx64,
		    ipsec_name_text(ipsec_names_proto,
				    sa->protection[i].proto.v),
		    sa->protection[i].spi_in.v, sa->protection[i].spi_out.v);
	if (sa->encap_remote.v)
		add(t, ", udp %" PRIu64, sa->encap_remote.v);
	if (sa->replaces.v)
		add(t, ", takes over from sa %" PRIu64, sa->replaces.v);
	if (!sa->reason.set)
		return;
	add(t, ", %s",
	    ipsec_name_text(ipsec_names_expire_reason, sa->reason.v));
	add_counters(t, &sa->out, &sa->in);
}

static void text_mapping(struct text *t, const struct ipsec_sa *sa)
{
	add(t, "udp %" PRIu64 ", sa %" PRIu64, sa->encap_remote.v, sa->id.v);
}

static void text_offload(struct text *t, const struct ipsec_sa *sa)
{
	add(t, "sa %" PRIu64, sa->id.v);
	if (sa->offload_dev[0])
		add(t, ", %s", sa->offload_dev);
	if (sa->offload_reason[0])
		add(t, ", %s", sa->offload_reason);
}

static void text_soft(struct text *t, const struct ipsec_soft *s)
{
	add(t, "filter %" PRIu64 ", %s", s->filter.v,
	    ipsec_name_text(ipsec_names_refuse_reason, s->reason.v));
	if (!s->end.set) {
		add(t, ", in clear for %" PRIu64 " s",
		    (s->left.v + 999) / 1000);
		return;
	}
	add(t, ", %s", ipsec_name_text(ipsec_names_soft_end, s->end.v));
	add_counters(t, &s->out, &s->in);
}

static void text_dropped(struct text *t, const struct ipsec_dropped *d)
{
	char buf[IPSEC_SELECTOR_STRLEN];

	add(t, "%s: %s", d->reason,
	    d->packet.family.set ?
		    ipsec_selector_text(&d->packet, buf, sizeof(buf)) :
		    "what cannot be read");
	if (d->packets.v > 1)
		add(t, ", %" PRIu64 " packets", d->packets.v);
	if (d->spi.set)
		add(t, ", spi 0x%08" PRIx64, d->spi.v);
	if (d->filter.set)
		add(t, ", filter %" PRIu64, d->filter.v);
	if (d->sa.set)
		add(t, ", sa %" PRIu64, d->sa.v);
}

void ctl_monitor_text(const struct ctl_event *e)
{
	struct text t = { .len = 0 };

	print_head(e->kind->name, e->action);
	add_peer(&t, e);
	switch (e->kind->cmd) {
	case IPSECDRV_CMD_ACQUIRE_NTF:
		text_acquire(&t, &e->acquire);
		break;
	case IPSECDRV_CMD_MAPPING_NTF:
		text_mapping(&t, &e->sa);
		break;
	case IPSECDRV_CMD_OFFLOAD_NTF:
		text_offload(&t, &e->sa);
		break;
	case IPSECDRV_CMD_SOFT_NTF:
		text_soft(&t, &e->soft);
		break;
	case IPSECDRV_CMD_TABLE_NTF:
		add(&t, "generation %" PRIu64 ", %" PRIu64 " filters",
		    e->table.generation.v, e->table.filters.v);
		break;
	case IPSECDRV_CMD_DROP_NTF:
		text_dropped(&t, &e->dropped);
		break;
	default:
		text_sa(&t, &e->sa);
	}
	ctl_print_wrapped(stdout, INDENT, t.buf);
}

void ctl_monitor_json_text(const json_t *event)
{
	const char *name = ipsec_member(event, "event");
	struct text t = { .len = 0 };

	print_head(name, ipsec_member(event, "action"));
	if (!strcmp(name, "lost"))
		add(&t, "%" JSON_INTEGER_FORMAT " events",
		    json_integer_value(json_object_get(event, "count")));
	else if (!strcmp(name, "daemon"))
		add(&t,
		    strcmp(ipsec_member(event, "action"), "up") ?
			    "ipsecd does not answer; no negotiation is seen" :
			    "ipsecd tells of negotiations");
	if (*ipsec_member(event, "peer"))
		add(&t, "%s, ", ipsec_member(event, "peer"));
	if (*ipsec_member(event, "rule"))
		add(&t, "%s: ", ipsec_member(event, "rule"));
	add(&t, "%s", ipsec_member(event, "text"));
	ctl_print_wrapped(stdout, INDENT, t.buf);
}
