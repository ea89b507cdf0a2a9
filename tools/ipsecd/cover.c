// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Filters that never act, because others that are before them together match
 * all they match: what each of those matches is cut out of the filter's box,
 * until nothing is left, or all have had their turn.
 */
#include <stdlib.h>
#include <string.h>

#include "overlap.h"

#define STEPS 20000000 /* looks at another side, in all */
#define PIECES 256 /* of one side that are left at a time */

/* Sides of one direction and family, by the first address of the peer's. */
struct entry {
	struct side *side;
	const uint8_t *reach; /* the last address of any up to here */
};

struct cover {
	struct entry *entry;
	size_t count;
	unsigned long steps; /* that are left */
	struct ipsec_box piece[PIECES];
	unsigned int pieces;
};

static unsigned int peer(const struct side *s)
{
	return s->box.dir == IPSECDRV_DIR_IN ? 0 : 1;
}

static const uint8_t *first(const struct side *s)
{
	return s->box.addr[peer(s)][0];
}

static const uint8_t *last(const struct side *s)
{
	return s->box.addr[peer(s)][1];
}

static int by_group(const struct side *x, const struct side *y)
{
	return x->box.dir != y->box.dir ? x->box.dir - y->box.dir :
					  x->box.family - y->box.family;
}

static int by_first(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return by_group(x->side, y->side) ?:
		       memcmp(first(x->side), first(y->side), 16);
}

static int sort(struct cover *c, struct sides *s)
{
	struct entry *e;
	size_t i;

	c->entry = calloc(s->count + 1, sizeof(*c->entry));
	if (!c->entry)
		return -1;
	c->count = s->count;
	for (i = 0; i < s->count; i++)
		c->entry[i].side = &s->side[i];
	qsort(c->entry, c->count, sizeof(*c->entry), by_first);
	for (i = 0; i < c->count; i++) {
		e = &c->entry[i];
		e->reach = last(e->side);
		if (i && !by_group(e[-1].side, e->side) &&
		    memcmp(e[-1].reach, e->reach, 16) > 0)
			e->reach = e[-1].reach;
	}
	return 0;
}

/* How many are of an earlier group, or start where the side ends or before. */
static size_t up_to(const struct cover *c, const struct side *side)
{
	size_t low = 0, high = c->count, mid;

	while (low < high) {
		const struct side *other;
		int order;

		mid = low + (high - low) / 2;
		other = c->entry[mid].side;
		order = by_group(other, side) ?:
				memcmp(first(other), last(side), 16);
		if (order <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_before(const struct side *x, const struct side *y)
{
	return x->weight != y->weight ? x->weight > y->weight :
					ipsecd_side_rank(x, y) < 0;
}

/* Could it be a part of the cover? Protocols and devices are not cut. */
static bool may_cover(const struct side *other, const struct side *side)
{
	struct ipsec_box box = side->box;
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (memcmp(other->box.addr[i][0], box.addr[i][1], 16) > 0 ||
		    memcmp(other->box.addr[i][1], box.addr[i][0], 16) < 0 ||
		    other->box.port[i][0] > box.port[i][1] ||
		    other->box.port[i][1] < box.port[i][0])
			return false;
	memcpy(box.addr, other->box.addr, sizeof(box.addr));
	memcpy(box.port, other->box.port, sizeof(box.port));
	return ipsec_box_has(&other->box, &box) && is_before(other, side);
}

/* The address after or before it. */
static void move(uint8_t *to, const uint8_t *from, unsigned int len, bool up)
{
	unsigned int i = len;

	memcpy(to, from, 16);
	while (i--) {
		to[i] = (uint8_t)(up ? to[i] + 1 : to[i] - 1);
		if (to[i] != (up ? 0 : UINT8_MAX))
			break;
	}
}

/* A part of the piece that is outside of the box, in one dimension. */
static bool keep(struct cover *c, const struct ipsec_box *part)
{
	if (c->pieces == PIECES)
		return false;
	c->piece[c->pieces++] = *part;
	return true;
}

static bool cut_addrs(struct cover *c, struct ipsec_box *rest,
		      const struct ipsec_box *box, unsigned int i)
{
	struct ipsec_box part = *rest;

	if (memcmp(rest->addr[i][0], box->addr[i][0], 16) < 0) {
		move(part.addr[i][1], box->addr[i][0], rest->len, false);
		memcpy(rest->addr[i][0], box->addr[i][0], 16);
		if (!keep(c, &part))
			return false;
	}
	part = *rest;
	if (memcmp(rest->addr[i][1], box->addr[i][1], 16) > 0) {
		move(part.addr[i][0], box->addr[i][1], rest->len, true);
		memcpy(rest->addr[i][1], box->addr[i][1], 16);
		return keep(c, &part);
	}
	return true;
}

static bool cut_ports(struct cover *c, struct ipsec_box *rest,
		      const struct ipsec_box *box, unsigned int i)
{
	struct ipsec_box part = *rest;

	if (rest->port[i][0] < box->port[i][0]) {
		part.port[i][1] = (uint16_t)(box->port[i][0] - 1);
		rest->port[i][0] = box->port[i][0];
		if (!keep(c, &part))
			return false;
	}
	part = *rest;
	if (rest->port[i][1] > box->port[i][1]) {
		part.port[i][0] = (uint16_t)(box->port[i][1] + 1);
		rest->port[i][1] = box->port[i][1];
		return keep(c, &part);
	}
	return true;
}

static bool meets(const struct ipsec_box *a, const struct ipsec_box *b)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (memcmp(a->addr[i][0], b->addr[i][1], 16) > 0 ||
		    memcmp(a->addr[i][1], b->addr[i][0], 16) < 0 ||
		    a->port[i][0] > b->port[i][1] ||
		    a->port[i][1] < b->port[i][0])
			return false;
	return true;
}

/* false: there are too many pieces. What is within the box goes. */
static bool cut(struct cover *c, const struct ipsec_box *box, bool *hit)
{
	unsigned int i, j, old = c->pieces;
	bool room = true;

	for (i = 0; i < old && room;) {
		struct ipsec_box rest = c->piece[i];

		if (!meets(&rest, box)) {
			i++;
			continue;
		}
		*hit = true;
		for (j = 0; j < 2 && room; j++)
			room = cut_addrs(c, &rest, box, j);
		for (j = 0; j < 2 && room; j++)
			room = cut_ports(c, &rest, box, j);
		/* Parts that were kept do not meet the box. */
		c->piece[i] = c->piece[--old];
		c->piece[old] = c->piece[--c->pieces];
	}
	return room;
}

static void note(struct side *side, const struct side *other)
{
	if (side->covers < COVER_NAMED)
		side->cover[side->covers] = other;
	side->covers++;
}

/* false: it cannot be told. */
static bool find(struct cover *c, struct side *side)
{
	size_t i = up_to(c, side);
	const struct entry *e;
	bool known = true, hit;

	c->pieces = 1;
	c->piece[0] = side->box;
	while (i-- && c->pieces && known) {
		e = &c->entry[i];
		if (by_group(e->side, side) ||
		    memcmp(e->reach, first(side), 16) < 0)
			break;
		if (!c->steps)
			return false;
		c->steps--;
		hit = false;
		if (may_cover(e->side, side))
			known = cut(c, &e->side->box, &hit);
		if (hit)
			note(side, e->side);
	}
	return known;
}

int ipsecd_cover_find(struct sides *s)
{
	struct cover *c = calloc(1, sizeof(*c));
	size_t i;

	if (!c)
		return -1;
	c->steps = STEPS;
	if (sort(c, s)) {
		free(c);
		return -1;
	}
	for (i = 0; i < s->count; i++) {
		struct side *side = &s->side[i];

		if (side->by)
			continue;
		if (!find(c, side))
			s->unknown++;
		if (c->pieces)
			side->covers = 0;
	}
	free(c->entry);
	free(c);
	return 0;
}
