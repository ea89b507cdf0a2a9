// SPDX-License-Identifier: GPL-2.0-or-later
#include "nomem.h"

#include <stdlib.h>

#include "alloc.h"
#include "pair.h"

/* Nothing waits for what never comes. */
static const char *stuck(const struct net_host *host)
{
	const struct ike_child *child, *next;
	const struct ike_sa *sa;

	TAILQ_FOREACH(sa, &host->engine->list, link)
		if (sa->state != IKE_SA_ESTABLISHED)
			return ike_sa_state_name(sa->state);
	HASH_ITER(hh, host->engine->children, child, next)
		if (child->state != IKE_CHILD_INSTALLED &&
		    child->state != IKE_CHILD_REPLACED)
			return ike_child_state_name(child->state);
	return host->driver.acquires ? "an acquire waits" : NULL;
}

static const char *calm(void)
{
	const char *why;

	alloc_fault.armed = false;
	net_run(&net, 400000);
	why = stuck(red);
	return why ?: stuck(blue);
}

/* Everything that two peers do; deliveries and timers only are armed. */
static void live(void (*begun)(void))
{
	alloc_fault.armed = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
	if (begun)
		begun();
	pair_soft(red);
	net_run(&net, 3000);
	pair_soft(blue);
	net_run(&net, 3000);
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 3000);
	ike_engine_check(blue->engine, "all");
	net_run(&net, 3000);
}

static void end(void)
{
	alloc_fault.armed = true;
	pair_hard(blue);
	net_run(&net, 3000);
	ike_engine_down(red->engine, "all");
	net_run(&net, 3000);
}

static const char *run(unsigned int which, const char *more,
		       void (*begun)(void))
{
	const char *why;

	pair_same(more);
	alloc_fault = (struct alloc_fault){ .fail = which };
	live(begun);
	why = calm();
	if (!why) {
		end();
		why = calm();
	}
	if (!why && net_traffic(red, blue)) {
		net_acquire(red, "10.0.0.1", "10.0.0.2");
		net_run(&net, 400000);
	}
	why = why ?: net_traffic(red, blue);
	if (why && getenv("NET_LOG"))
		printf("# red\n%s# blue\n%s", red->log, blue->log);
	pair_end();
	return why;
}

void nomem_each(const char *name, const char *more, void (*begun)(void))
{
	unsigned int which, total;
	const char *why;

	why = run(0, more, begun);
	total = alloc_fault.count;
	for (which = 1; !why && which <= total; which++)
		why = run(which, more, begun);
	if (why)
		printf("# after allocation %u: %s\n", which - 1, why);
	ok(!why && total > 50, "%s: each of %u allocations fails once", name,
	   total);
}

static bool ends(unsigned int which, const char *more)
{
	bool idle;

	pair_same(more);
	pair_establish();
	alloc_fault = (struct alloc_fault){ .fail = which, .armed = true };
	ike_engine_shutdown(red->engine);
	net_run(&net, 1000);
	alloc_fault.armed = false;
	net_run(&net, 400000);
	idle = ike_engine_idle(red->engine);
	pair_end();
	return idle;
}

void nomem_end(const char *name, const char *more)
{
	unsigned int which = 1;
	bool good;

	do {
		good = ends(which, more);
	} while (good && alloc_fault.count >= which++);
	ok(good && which > 2, "%s: it ends, whichever of %u allocations fails",
	   name, which - 1);
}
