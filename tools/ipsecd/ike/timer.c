// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "timer.h"

static void put(struct ike_timers *timers, size_t place,
		struct ike_timer *timer)
{
	timers->heap[place] = timer;
	timer->place = place;
}

static void sift_up(struct ike_timers *timers, struct ike_timer *timer)
{
	size_t place = timer->place;

	for (; place > 1 && timers->heap[place / 2]->when > timer->when;
	     place /= 2)
		put(timers, place, timers->heap[place / 2]);
	put(timers, place, timer);
}

static void sift_down(struct ike_timers *timers, struct ike_timer *timer)
{
	size_t place = timer->place, child;

	while ((child = place * 2) <= timers->count) {
		if (child < timers->count &&
		    timers->heap[child + 1]->when < timers->heap[child]->when)
			child++;
		if (timers->heap[child]->when >= timer->when)
			break;
		put(timers, place, timers->heap[child]);
		place = child;
	}
	put(timers, place, timer);
}

static int grow(struct ike_timers *timers)
{
	size_t size = timers->size ? timers->size * 2 : 64;
	struct ike_timer **heap;

	if (timers->count + 1 < timers->size)
		return 0;
	heap = reallocarray(timers->heap, size, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	timers->heap = heap;
	timers->size = size;
	return 0;
}

int ike_timer_set(struct ike_timers *timers, struct ike_timer *timer,
		  uint64_t when)
{
	ike_timer_stop(timers, timer);
	if (grow(timers))
		return -ENOMEM;
	timer->when = when;
	put(timers, ++timers->count, timer);
	sift_up(timers, timer);
	return 0;
}

void ike_timer_stop(struct ike_timers *timers, struct ike_timer *timer)
{
	size_t place = timer->place;
	struct ike_timer *last;

	if (!place)
		return;
	timer->place = 0;
	last = timers->heap[timers->count--];
	if (last == timer)
		return;
	put(timers, place, last);
	sift_up(timers, last);
	sift_down(timers, last);
}

uint64_t ike_timers_next(const struct ike_timers *timers)
{
	return timers->count ? timers->heap[1]->when : UINT64_MAX;
}

void ike_timers_run(struct ike_timers *timers, uint64_t now)
{
	while (ike_timers_next(timers) <= now) {
		struct ike_timer *timer = timers->heap[1];

		ike_timer_stop(timers, timer);
		timer->fn(timer);
	}
}

void ike_timers_free(struct ike_timers *timers)
{
	free(timers->heap);
	*timers = (struct ike_timers){ 0 };
}
