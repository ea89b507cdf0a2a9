/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_TIMER_H
#define IKE_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Timers on the engine's clock (ms), a binary heap; one shot each. */
struct ike_timer {
	uint64_t when;
	size_t place; /* in the heap, from 1; 0: not armed */
	void (*fn)(struct ike_timer *timer);
};

struct ike_timers {
	struct ike_timer **heap;
	size_t count;
	size_t size;
};

/* Arms, or moves one that is armed. -ENOMEM: it is not armed. */
int ike_timer_set(struct ike_timers *timers, struct ike_timer *timer,
		  uint64_t when);
void ike_timer_stop(struct ike_timers *timers, struct ike_timer *timer);
/* UINT64_MAX when nothing is armed. */
uint64_t ike_timers_next(const struct ike_timers *timers);
/* Runs what is due; a timer may arm, stop or free itself and others. */
void ike_timers_run(struct ike_timers *timers, uint64_t now);
void ike_timers_free(struct ike_timers *timers);

#define ike_container(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))

#endif
