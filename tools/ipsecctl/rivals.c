// SPDX-License-Identifier: GPL-2.0-or-later
/* Which of the driver's filters match a packet, and what puts one before another. */
#include "rivals.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/box.h"
#include "own.h"

#define EXEMPT IPSECDRV_FILTER_FLAGS_EXEMPT

/* The driver's own filters are before all others. */
static int by_rank(const void *a, const void *b)
{
	const struct ipsec_filter *x = a, *y = b;

	if (x->weight.v != y->weight.v)
		return x->weight.v > y->weight.v ? -1 : 1;
	if (x->action.v != y->action.v)
		return x->action.v > y->action.v ? -1 : 1;
	return 0;
}

/* As the driver takes it: of a device that there is, else as asked for. */
static uint8_t class_of(const struct ipsec_selector *packet)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t class = (uint8_t)packet->iface_class.v;
	struct ifreq req = { 0 };

	strcpy(req.ifr_name, packet->ifname);
	if (packet->ifname[0] && !ioctl(fd, SIOCGIFFLAGS, &req))
		class = req.ifr_flags & IFF_LOOPBACK ?
				IPSECDRV_IFACE_CLASS_LOOPBACK :
			req.ifr_flags & IFF_POINTOPOINT ?
				IPSECDRV_IFACE_CLASS_DIALUP :
				IPSECDRV_IFACE_CLASS_LAN;
	if (fd >= 0)
		close(fd);
	return class ? class : IPSECDRV_IFACE_CLASS_LAN;
}

static int add(struct ctl_rivals *r, const struct ipsec_filter *f,
	       const struct ipsec_box *packet, struct ipsec_err *err)
{
	struct ipsec_filter *list;
	struct ipsec_box box;

	ipsec_box_init(&box, &f->sel, (uint8_t)f->dir.v);
	if (!ipsec_box_has(&box, packet))
		return 0;
	list = reallocarray(r->filter, r->count + 1, sizeof(*list));
	if (!list)
		return ipsec_err_at(err, 0, "out of memory");
	r->filter = list;
	list[r->count++] = *f;
	return 0;
}

/* Each direction by itself. Nobody negotiates with a group. */
static int add_both(struct ctl_rivals *r, const struct ipsec_filter *f,
		    const struct ipsec_box *packet, bool group,
		    struct ipsec_err *err)
{
	struct ipsec_filter reverse;
	int rc;

	if (group && f->action.v == IPSECDRV_ACTION_NEGOTIATE)
		return 0;
	rc = add(r, f, packet, err);
	if (rc || !(f->flags.v & IPSECDRV_FILTER_FLAGS_MIRRORED))
		return rc;
	ipsec_filter_mirror(&reverse, f);
	return add(r, &reverse, packet, err);
}

/* Of equals the driver tells which acts; it is the only one who knows. */
static void put_first(struct ctl_rivals *r, const struct ipsec_explain *e)
{
	struct ipsec_filter acts;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->filter[i].id.v == e->filter.id.v &&
		    !(r->filter[i].flags.v & EXEMPT) ==
			    !(e->filter.flags.v & EXEMPT))
			break;
	if (i == r->count || by_rank(&r->filter[0], &r->filter[i]))
		return;
	acts = r->filter[i];
	memmove(r->filter + 1, r->filter, i * sizeof(acts));
	r->filter[0] = acts;
}

int ctl_rivals_find(const struct ctl_question *q, const struct ipsec_explain *e,
		    struct ctl_rivals *r)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_dump d = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	bool group = ctl_own_is_group(&q->packet.dst.first);
	struct ipsec_box packet;
	size_t pos = 0;
	int rc;

	*r = (struct ctl_rivals){ .filter = NULL };
	if (!c)
		return CTL_FAILED;
	ipsec_box_init(&packet, &q->packet, (uint8_t)q->dir.v);
	packet.iface_class = class_of(&q->packet);
	rc = ipsec_dump(c, IPSECDRV_CMD_FILTER_DUMP, &d, &err);
	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_filter f = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, &err);
		if (!rc)
			rc = add_both(r, &f, &packet, group, &err);
	}
	ipsec_dump_free(&d);
	if (rc) {
		ctl_rivals_free(r);
		return ctl_fail(&err);
	}
	if (r->count) {
		qsort(r->filter, r->count, sizeof(*r->filter), by_rank);
		put_first(r, e);
	}
	return CTL_OK;
}

void ctl_rivals_free(struct ctl_rivals *r)
{
	free(r->filter);
	*r = (struct ctl_rivals){ .filter = NULL };
}

/* The bits of a weight from the highest on, see ipsecctl-driver(8). */
static const char *heavier(uint64_t winner, uint64_t loser)
{
	static const struct {
		unsigned int shift;
		unsigned int bits;
		const char *text;
	} parts[] = {
		{ 31, 1, "it is an exemption of the driver" },
		{ 22, 9, "more specific: addresses" },
		{ 21, 1, "more specific: a protocol" },
		{ 15, 6, "more specific: ports" },
		{ 13, 2, "more specific: an interface" },
		{ 12, 1, "as written beats a mirror image" },
	};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint64_t mask = (1U << parts[i].bits) - 1;

		if ((winner >> parts[i].shift & mask) !=
		    (loser >> parts[i].shift & mask))
			break;
	}
	return i < sizeof(parts) / sizeof(parts[0]) ? parts[i].text : "heavier";
}

const char *ctl_rivals_why(const struct ipsec_filter *winner,
			   const struct ipsec_filter *loser)
{
	if (winner->weight.v != loser->weight.v)
		return heavier(winner->weight.v, loser->weight.v);
	if (winner->action.v == loser->action.v)
		return "earlier, of equal weight and action";
	if (winner->action.v == IPSECDRV_ACTION_NEGOTIATE)
		return "negotiate beats permit on equal weight";
	return loser->action.v == IPSECDRV_ACTION_NEGOTIATE ?
		       "block beats negotiate on equal weight" :
		       "block beats permit on equal weight";
}
