// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers: what is due runs, in its order, whatever is set, moved and stopped
 * meanwhile; and no memory is needed, so that nothing waits for ever.
 */
#include <stdlib.h>

#include "alloc.h"
#include "rnd.h"
#include "tap.h"
#include "timer.h"

#define TIMERS 1000
#define STEPS 20000
#define AHEAD_MS 500

struct alarm {
	struct ike_timer timer;
	uint64_t set; /* when, of all that were; 0: it is not */
};

static struct alarm alarms[TIMERS];
static struct ike_timers timers;
static uint64_t now, sets;
static unsigned int ran, wrong;

static struct alarm *expected(void)
{
	struct alarm *first = NULL, *a;

	for (a = alarms; a < alarms + TIMERS; a++)
		if (a->set && (!first || a->timer.when < first->timer.when ||
			       (a->timer.when == first->timer.when &&
				a->set < first->set)))
			first = a;
	return first;
}

static void set(struct alarm *a, uint64_t when)
{
	a->set = ++sets;
	ike_timer_set(&timers, &a->timer, when);
}

static void stop(struct alarm *a)
{
	a->set = 0;
	ike_timer_stop(&timers, &a->timer);
}

/* Some begin others, end others, or begin anew. */
static void fire(struct ike_timer *timer)
{
	struct alarm *a = ike_container(timer, struct alarm, timer);

	ran++;
	wrong += a != expected() || a->timer.when > now ||
		 ike_timer_armed(timer);
	a->set = 0;
	switch (rnd(8)) {
	case 0:
		set(a, now + 1 + rnd(AHEAD_MS));
		break;
	case 1:
		set(&alarms[rnd(TIMERS)], now + rnd(AHEAD_MS));
		break;
	case 2:
		stop(&alarms[rnd(TIMERS)]);
		break;
	}
}

static void init(void)
{
	unsigned int i;

	timers = (struct ike_timers){ 0 };
	for (i = 0; i < TIMERS; i++)
		alarms[i] = (struct alarm){ .timer.fn = fire };
	now = sets = ran = wrong = 0;
}

static void without_memory(void)
{
	unsigned int i;

	init();
	alloc_fault = (struct alloc_fault){ .fail = 1, .armed = true };
	for (i = 0; i < TIMERS; i++)
		set(&alarms[i], 1 + rnd(AHEAD_MS));
	alloc_fault.armed = false;
	for (i = 0; i < TIMERS && ike_timer_armed(&alarms[i].timer); i++)
		;
	ok(i == TIMERS && !alloc_fault.count,
	   "%u timers are set, and none asks for memory", i);
}

static void any_order(void)
{
	unsigned int i;

	init();
	for (i = 0; i < STEPS; i++) {
		struct alarm *first;

		switch (rnd(4)) {
		case 0:
			stop(&alarms[rnd(TIMERS)]);
			break;
		case 1:
			now += rnd(3);
			ike_timers_run(&timers, now);
			break;
		default:
			set(&alarms[rnd(TIMERS)], now + rnd(AHEAD_MS));
			break;
		}
		first = expected();
		wrong += ike_timers_next(&timers) !=
			 (first ? first->timer.when : UINT64_MAX);
	}
	for (; expected(); now++)
		ike_timers_run(&timers, now);
	ok(!wrong && ran > 1000 && ike_timers_next(&timers) == UINT64_MAX,
	   "%u run, each in its turn (%u wrong)", ran, wrong);
}

static void together(void)
{
	unsigned int i;

	init();
	for (i = 0; i < TIMERS; i++)
		set(&alarms[i], 7);
	now = 6;
	ike_timers_run(&timers, now);
	ok(!ran, "none runs before it is due");
	now = 7;
	ike_timers_run(&timers, now);
	ok(ran >= TIMERS / 2 && !wrong,
	   "those of one moment run as they were set (%u)", ran);
}

int main(void)
{
	rnd_seed();
	without_memory();
	any_order();
	together();
	return tap_done();
}
