// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Filters that several others hide: by hand, and random ones in a space that is
 * small enough to try each packet of it.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "overlap.h"
#include "rnd.h"
#include "tap.h"

#define SIDES 12
#define ADDRS 16 /* 10.0.0.0 to 10.0.0.15 */
#define PORTS 4

struct world {
	struct sides s;
	struct side side[SIDES];
	struct ipsec_filter filter[SIDES];
};

static void put_addr(struct ipsec_net *net, unsigned int a, unsigned int b)
{
	net->first = (struct ipsec_addr){ 4, { 10, 0, 0, (uint8_t)a } };
	net->last = (struct ipsec_addr){ 4, { 10, 0, 0, (uint8_t)b } };
}

/* tcp from and to ranges of addresses and ports; dport 0 to 3. */
static void put(struct world *w, const unsigned int src[2],
		const unsigned int dst[2], const unsigned int port[2],
		enum ipsecdrv_action action)
{
	unsigned int n = (unsigned int)w->s.count++;
	struct ipsec_filter *f = &w->filter[n];
	struct side *side = &w->side[n];

	w->s.side = w->side;
	f->sel.family = (struct ipsec_num){ AF_INET, true };
	f->sel.proto = (struct ipsec_num){ 6, true };
	put_addr(&f->sel.src, src[0], src[1]);
	put_addr(&f->sel.dst, dst[0], dst[1]);
	f->sel.dport[0] = (struct ipsec_num){ port[0], true };
	f->sel.dport[1] = (struct ipsec_num){ port[1], true };
	f->action = (struct ipsec_num){ action, true };
	ipsec_box_init(&side->box, &f->sel, IPSECDRV_DIR_OUT);
	side->weight = ipsec_box_weight(&side->box, false);
	side->order = n;
	side->filter = f;
}

static bool has(const struct side *side, unsigned int src, unsigned int dst,
		unsigned int port)
{
	const struct ipsec_box *b = &side->box;

	return src >= b->addr[0][0][3] && src <= b->addr[0][1][3] &&
	       dst >= b->addr[1][0][3] && dst <= b->addr[1][1][3] &&
	       port >= b->port[1][0] && port <= b->port[1][1];
}

static bool before(const struct side *x, const struct side *y)
{
	return x->weight != y->weight ? x->weight > y->weight :
					ipsecd_side_rank(x, y) < 0;
}

/* Packet by packet: does it decide over one? */
static bool acts(const struct world *w, const struct side *side)
{
	unsigned int src, dst, port;
	size_t i;

	for (src = 0; src < ADDRS; src++)
		for (dst = 0; dst < ADDRS; dst++)
			for (port = 0; port < PORTS; port++) {
				if (!has(side, src, dst, port))
					continue;
				for (i = 0; i < w->s.count; i++)
					if (before(&w->side[i], side) &&
					    has(&w->side[i], src, dst, port))
						break;
				if (i == w->s.count)
					return true;
			}
	return false;
}

static void range(unsigned int r[2], unsigned int count)
{
	unsigned int a = rnd(count), b = rnd(count);

	r[0] = a < b ? a : b;
	r[1] = a < b ? b : a;
	/* Whole ones and halves, so that covers are there at all. */
	if (!rnd(3)) {
		r[0] = 0;
		r[1] = count - 1;
	} else if (!rnd(3)) {
		r[0] = rnd(2) * (count / 2);
		r[1] = r[0] + count / 2 - 1;
	}
}

static void random_worlds(void)
{
	unsigned int n, i, covered = 0, wrong = 0;

	for (n = 0; n < 2000; n++) {
		struct world w = { .s = { .count = 0 } };
		unsigned int src[2], dst[2], port[2];

		for (i = 0; i < SIDES; i++) {
			range(src, ADDRS);
			range(dst, ADDRS);
			range(port, PORTS);
			put(&w, src, dst, port, (enum ipsecdrv_action)rnd(3));
		}
		if (ipsecd_cover_find(&w.s))
			wrong++;
		for (i = 0; i < SIDES; i++) {
			covered += w.side[i].covers > 1;
			wrong += !w.side[i].covers != acts(&w, &w.side[i]);
		}
		wrong += w.s.unknown;
	}
	ok(!wrong, "as found by trying each packet: %u wrong", wrong);
	ok(covered > 100, "%u filters are hidden by several", covered);
}

static void by_hand(void)
{
	static const unsigned int all[2] = { 0, 15 }, low[2] = { 0, 7 },
				  high[2] = { 8, 15 }, most[2] = { 8, 14 },
				  port[2] = { 0, 3 };
	struct world w = { .s = { .count = 0 } };

	put(&w, all, all, port, IPSECDRV_ACTION_PERMIT);
	put(&w, all, low, port, IPSECDRV_ACTION_BLOCK);
	put(&w, all, high, port, IPSECDRV_ACTION_NEGOTIATE);
	ok(!ipsecd_cover_find(&w.s) && w.side[0].covers == 2 &&
		   !w.side[1].covers && !w.side[2].covers,
	   "two halves hide the whole");
	w = (struct world){ .s = { .count = 0 } };
	put(&w, all, all, port, IPSECDRV_ACTION_PERMIT);
	put(&w, all, low, port, IPSECDRV_ACTION_BLOCK);
	put(&w, all, most, port, IPSECDRV_ACTION_NEGOTIATE);
	ok(!ipsecd_cover_find(&w.s) && !w.side[0].covers && !w.s.unknown,
	   "but not if one address is left");
}

/* More pieces than are kept: that is said, and nothing else. */
static void gives_up(void)
{
	const unsigned int count = 600;
	struct ipsec_filter *filter = calloc(count, sizeof(*filter));
	struct side *side = calloc(count, sizeof(*side));
	struct sides s = { .side = side, .count = count };
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct ipsec_filter *f = &filter[i];

		f->sel.family = (struct ipsec_num){ AF_INET, true };
		f->sel.proto = (struct ipsec_num){ 6, true };
		f->action = (struct ipsec_num){ IPSECDRV_ACTION_BLOCK, true };
		if (i)
			f->sel.dport[0] = (struct ipsec_num){ 2 * i, true };
		ipsec_box_init(&side[i].box, &f->sel, IPSECDRV_DIR_OUT);
		side[i].weight = ipsec_box_weight(&side[i].box, false);
		side[i].order = i;
		side[i].filter = f;
	}
	ok(!ipsecd_cover_find(&s) && s.unknown == 1 && !side[0].covers,
	   "too many pieces are told as such");
	free(filter);
	free(side);
}

int main(void)
{
	rnd_seed();
	by_hand();
	random_worlds();
	gives_up();
	return tap_done();
}
