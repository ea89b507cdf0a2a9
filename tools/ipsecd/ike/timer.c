// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A pairing heap: each timer is before all that are below it. To set one costs
 * the same however many there are; what that leaves undone is done when the
 * first one is taken off, in O(log n) on average.
 */
#include "timer.h"

static bool is_before(const struct ike_timer *a, const struct ike_timer *b)
{
	return a->when < b->when || (a->when == b->when && a->order < b->order);
}

static void put(struct ike_timer **link, struct ike_timer *timer)
{
	*link = timer;
	if (timer)
		timer->link = link;
}

/* The first of the two, with the other below it; either may be NULL. */
static struct ike_timer *meld(struct ike_timer *a, struct ike_timer *b)
{
	struct ike_timer *first, *second;

	if (!a || !b)
		return a ? a : b;
	first = is_before(a, b) ? a : b;
	second = first == a ? b : a;
	put(&second->next, first->below);
	put(&first->below, second);
	return first;
}

/* Of those that are beside each other, without recursion: they may be many. */
static struct ike_timer *meld_all(struct ike_timer *list)
{
	struct ike_timer *pairs = NULL, *all = NULL, *pair, *other;

	while (list) {
		pair = list;
		other = pair->next;
		list = other ? other->next : NULL;
		pair = meld(pair, other);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		pair = pairs;
		pairs = pair->next;
		all = meld(all, pair);
	}
	return all;
}

static void add(struct ike_timers *timers, struct ike_timer *heap)
{
	struct ike_timer *first = meld(timers->first, heap);

	put(&timers->first, first);
	if (first)
		first->next = NULL;
}

void ike_timer_set(struct ike_timers *timers, struct ike_timer *timer,
		   uint64_t when)
{
	ike_timer_stop(timers, timer);
	timer->when = when;
	timer->order = timers->set++;
	timer->below = NULL;
	add(timers, timer);
}

void ike_timer_stop(struct ike_timers *timers, struct ike_timer *timer)
{
	if (!timer->link)
		return;
	put(timer->link, timer->next);
	timer->link = NULL;
	add(timers, meld_all(timer->below));
}

bool ike_timer_armed(const struct ike_timer *timer)
{
	return timer->link;
}

uint64_t ike_timers_next(const struct ike_timers *timers)
{
	return timers->first ? timers->first->when : UINT64_MAX;
}

void ike_timers_run(struct ike_timers *timers, uint64_t now)
{
	while (ike_timers_next(timers) <= now) {
		struct ike_timer *timer = timers->first;

		ike_timer_stop(timers, timer);
		timer->fn(timer);
	}
}
