// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does traffic pass through the SA, of what size, and if not, what became of
 * it? The driver knows why it dropped a packet, the devices whether one came.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "diag.h"
#include "probe.h"

#define PING_MS 700
#define TRIES 2
#define DISCARD_PORT 9
#define SMALL 84 /* what ping sends */
#define FLOOR 576
#define FEW 3 /* fewer may be an accident of the network */

/* A pair that this traffic goes through; sa.id unset: there is none. */
static void find_pair(const struct diag *d, struct ipsec_sa *sa)
{
	struct ipsec_dump dump = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(d->client, IPSECDRV_CMD_SA_DUMP, &dump, &err);

	memset(sa, 0, sizeof(*sa));
	while (!rc && (nlh = ipsec_dump_next(&dump, &pos))) {
		struct ipsec_sa one = { .id = { 0 } };

		rc = ipsec_get_msg(nlh, ipsec_sa_fields, &one, &err);
		if (!rc && one.state.v == IPSECDRV_SA_STATE_MATURE &&
		    one.filter.v == d->filter.id.v &&
		    ipsec_addr_equal(&one.remote, &d->remote))
			*sa = one;
	}
	ipsec_dump_free(&dump);
}

static uint64_t stat_of(const char *name)
{
	const struct ctl_stats *stats = ctl_stats_read();
	unsigned int i;

	for (i = 0; stats && i < stats->count; i++)
		if (!strcmp(stats->stat[i].name, name))
			return stats->stat[i].value.v;
	return 0;
}

/* Keys that were made by hand are not renewed by anybody. */
static bool has_keys(struct diag *d)
{
	struct ipsec_sa sa;

	if (d->filter.cookie.v)
		return true;
	find_pair(d, &sa);
	if (sa.id.set)
		return true;
	diag_add(d, DIAG_KEY_EXPIRED, DIAG_ERROR,
		 "make new ones for both hosts: ipsecctl driver sa keygen; or "
		 "let ipsecd negotiate",
		 stat_of("qm_key_deletions") ?
			 "the keys of filter %" PRIu64 " have expired, or were "
			 "deleted; they were made by hand, so nobody has "
			 "renewed them" :
			 "filter %" PRIu64 " has no keys, and they are to be "
			 "made by hand",
		 d->filter.id.v);
	return false;
}

enum reach {
	UNKNOWN, /* nothing can be sent that would be answered */
	SILENT,
	ANSWERED,
	PINGED, /* by an echo */
};

/* One that is lost may be an accident. */
static bool passes(const struct diag *d, size_t size)
{
	int i;

	for (i = 0; i < TRIES && !diag_stopped(d, 0); i++)
		if (ctl_ping(&d->from, &d->to, size, PING_MS) > 0)
			return true;
	return false;
}

static enum reach knock(const struct diag *d, uint64_t port)
{
	return ctl_knock(&d->from, &d->to, (uint16_t)port, PING_MS) > 0 ?
		       ANSWERED :
		       SILENT;
}

/* Many hosts answer no ping, but few no SYN at all. */
static enum reach probe(const struct diag *d)
{
	const struct ipsec_selector *sel = &d->filter.sel;
	bool any = !sel->proto.v;

	if (!d->to_host)
		return UNKNOWN;
	if (any || sel->proto.v == IPPROTO_ICMP ||
	    sel->proto.v == IPPROTO_ICMPV6) {
		if (passes(d, SMALL))
			return PINGED;
		return any ? knock(d, DISCARD_PORT) : SILENT;
	}
	if (sel->proto.v == IPPROTO_TCP && sel->dport[0].set)
		return knock(d, sel->dport[0].v);
	return UNKNOWN;
}

/* The greatest size that passes: good does, bad does not. */
static size_t bisect(const struct diag *d, size_t good, size_t bad)
{
	while (bad - good > 8 && !diag_stopped(d, 0)) {
		size_t size = (good + bad) / 2;

		if (ctl_ping(&d->from, &d->to, size, PING_MS / 2) > 0)
			good = size;
		else
			bad = size;
	}
	return good;
}

static void check_mtu(struct diag *d)
{
	struct ipsec_sa sa;
	size_t mtu, most;

	find_pair(d, &sa);
	mtu = sa.mtu.v;
	if (mtu < FLOOR || d->filter.sel.proto.v) {
		diag_skipped(d, "mtu",
			     "no packets of all sizes can be sent through the "
			     "SA");
		return;
	}
	diag_checked(d, "mtu");
	if (passes(d, mtu))
		return;
	/* It was told meanwhile: what is too big is cut, or its sender told. */
	find_pair(d, &sa);
	if (sa.mtu.v < mtu && passes(d, sa.mtu.v))
		return;
	most = bisect(d, SMALL, mtu);
	diag_add(d, DIAG_MTU, DIAG_ERROR,
		 "let ICMP 'fragmentation needed' through, or give the device "
		 "a smaller MTU",
		 "packets to %s of more than about %zu bytes are lost, and "
		 "nobody says so: the way has a smaller MTU than the %zu that "
		 "the SA believes in",
		 d->text, most, mtu);
}

/* Nothing came back, and the driver has dropped nothing of it. */
static void add_lost(struct diag *d)
{
	const struct ctl_watch *w = &d->watch;
	char where[256];

	diag_firewall_where(CTL_ESP, where, sizeof(where));
	if (w->fd >= 0 && !w->out[CTL_ESP])
		diag_add(d, DIAG_FIREWALL, DIAG_ERROR,
			 "accept ESP, in and out, in the firewall of this host",
			 "there is an SA with %s, but nothing leaves this host "
			 "through it%s%s",
			 d->text, *where ? ": " : "", where);
	else if (w->fd >= 0 && !w->in[CTL_ESP])
		diag_add(d, DIAG_ESP, DIAG_ERROR,
			 "let ESP, IP protocol 50, through the firewalls "
			 "between, both ways; or have it in UDP: encap: yes",
			 "ESP to %s is blocked on the way: IKE works, ours "
			 "goes out, and none comes back",
			 d->text);
	else
		diag_add(d, *where ? DIAG_FIREWALL : DIAG_DROPS, DIAG_WARNING,
			 "see the firewalls of both hosts",
			 "%s answers neither a ping nor a SYN through the SA "
			 "that is there%s%s",
			 d->text, *where ? ": " : "", where);
}

/* What of this traffic was dropped lately, by reason. */
struct lately {
	unsigned int replay;
	unsigned int expired;
	unsigned int other;
	char text[96]; /* of the last other one */
};

static bool is_of(const struct diag *d, const struct ipsec_dropped *drop)
{
	const struct ipsec_addr *src = &drop->packet.src.first;
	const struct ipsec_addr *dst = &drop->packet.dst.first;
	const struct ipsec_addr *a = drop->dir.v == IPSECDRV_DIR_IN ? src : dst;

	return drop->time.v >= d->since &&
	       (ipsec_addr_equal(a, &d->remote) || ipsec_addr_equal(a, &d->to));
}

static void count_drop(struct lately *l, const struct ipsec_dropped *drop)
{
	static const char *const expired[] = { "in_expired", "out_expired",
					       "in_dead", "out_sequence" };
	size_t i;

	if (!strcmp(drop->reason, "in_replay")) {
		l->replay++;
		return;
	}
	for (i = 0; i < sizeof(expired) / sizeof(expired[0]); i++)
		if (!strcmp(drop->reason, expired[i])) {
			l->expired++;
			return;
		}
	/* Errors about what is in clear are told by who sends them. */
	if (!strcmp(drop->reason, "in_clear_unprotected") &&
	    drop->packet.icmp_type[0].set)
		return;
	l->other++;
	memcpy(l->text, drop->text, sizeof(l->text));
}

static void count_drops(const struct diag *d, struct lately *l)
{
	struct ipsec_dump dump = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(d->client, IPSECDRV_CMD_DROP_DUMP, &dump, &err);

	while (!rc && (nlh = ipsec_dump_next(&dump, &pos))) {
		struct ipsec_dropped drop = { .number = { 0 } };

		rc = ipsec_get_msg(nlh, ipsec_dropped_fields, &drop, &err);
		if (!rc && is_of(d, &drop))
			count_drop(l, &drop);
	}
	ipsec_dump_free(&dump);
}

/* bad: nothing passes, so whatever was dropped is to blame. */
static bool judge_drops(struct diag *d, bool bad)
{
	enum diag_severity how = bad ? DIAG_ERROR : DIAG_WARNING;
	struct lately l = { 0 };

	count_drops(d, &l);
	diag_checked(d, "drops");
	if (l.expired >= FEW || (bad && l.expired))
		diag_add(d, DIAG_KEY_EXPIRED, how,
			 "negotiate anew: 'ipsecctl ike up RULE'; keys that "
			 "were made by hand have to be replaced by hand",
			 "the keys of an SA with %s have expired, and nobody "
			 "has renewed them: %u packets dropped",
			 d->text, l.expired);
	if (l.replay >= FEW || (bad && l.replay))
		diag_add(d, DIAG_REPLAY, how,
			 bad ? "negotiate anew: the peer counts from the start "
			       "again" :
			       "find who sends packets twice; nothing of them "
			       "gets in",
			 "packets of %s come a second time (replay): %u "
			 "dropped in the last minute",
			 d->text, l.replay);
	if (bad && l.other && !l.expired && !l.replay)
		diag_add(d, DIAG_DROPS, DIAG_ERROR,
			 "'ipsecctl driver drops' has the packets",
			 "the driver drops packets of %s: %s", d->text, l.text);
	return l.expired || l.replay || l.other;
}

void diag_path(struct diag *d)
{
	enum reach reach;

	if (!has_keys(d))
		return;
	reach = probe(d);
	ctl_watch_read(&d->watch);
	if (reach == UNKNOWN)
		diag_skipped(d, "path",
			     "the filter names no host, ping or TCP port that "
			     "could answer");
	else
		diag_checked(d, "path");
	if (reach == PINGED)
		check_mtu(d);
	else
		diag_skipped(d, "mtu", "no ping comes back");
	if (!judge_drops(d, reach == SILENT) && reach == SILENT)
		add_lost(d);
}
