/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_TIMER_H
#define IKE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Timers on the engine's clock (ms); one shot each. They are linked by what is
 * in them, so that to set one takes no memory and cannot fail.
 */
struct ike_timer {
	uint64_t when;
	void (*fn)(struct ike_timer *timer);
	/* timer.c alone */
	uint64_t order; /* of those that are due at one moment */
	struct ike_timer **link; /* what points to it; NULL: not armed */
	struct ike_timer *next; /* beside it */
	struct ike_timer *below; /* the first of those that come after it */
};

struct ike_timers {
	struct ike_timer *first;
	uint64_t set; /* how many were, so far */
};

/* Arms, or moves one that is armed. */
void ike_timer_set(struct ike_timers *timers, struct ike_timer *timer,
		   uint64_t when);
void ike_timer_stop(struct ike_timers *timers, struct ike_timer *timer);
bool ike_timer_armed(const struct ike_timer *timer);
/* UINT64_MAX when nothing is armed. */
uint64_t ike_timers_next(const struct ike_timers *timers);
/*
 * Runs what is due, in the order of its moments and then in that of its setting;
 * a timer may arm, stop or free itself and others.
 */
void ike_timers_run(struct ike_timers *timers, uint64_t now);

#define ike_container(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))

#endif
