// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of a life fails once: nothing is used that is not there, and
 * freed once (verification I-47); and the two find together again. The Makefile
 * puts these in the place of the library's.
 */
#include <stdlib.h>

#include "pair.h"
#include "tap.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

static unsigned int count, fail; /* the one that fails; 0: none */
static bool armed;

static bool fails(void)
{
	return armed && !net_outside && ++count == fail;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

/* Everything that two peers do; deliveries and timers only are armed. */
static void live(void)
{
	armed = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
	pair_soft(red);
	net_run(&net, 3000);
	pair_soft(blue);
	net_run(&net, 3000);
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 3000);
	ike_engine_check(blue->engine, "all");
	net_run(&net, 3000);
	pair_hard(blue);
	net_run(&net, 3000);
	armed = false;
}

static const char *run(unsigned int which, const char *more)
{
	const char *why;

	pair_same(more);
	count = 0;
	fail = which;
	live();
	net_run(&net, 400000);
	if (net_traffic(red, blue)) {
		net_acquire(red, "10.0.0.1", "10.0.0.2");
		net_run(&net, 400000);
	}
	why = net_traffic(red, blue);
	if (why && getenv("NET_LOG"))
		printf("# red\n%s# blue\n%s", red->log, blue->log);
	pair_end();
	return why;
}

static void each(const char *name, const char *more)
{
	unsigned int which, total;
	const char *why;

	why = run(0, more);
	total = count;
	for (which = 1; !why && which <= total; which++)
		why = run(which, more);
	if (why)
		printf("# after allocation %u: %s\n", which - 1, why);
	ok(!why && total > 50, "%s: each of %u allocations fails once", name,
	   total);
}

int main(void)
{
	each("a life", "    liveness: 10\n");
	each("with PFS and CBC", "    liveness: 10\n    pfs: yes\n    ike: "
				 "aes128-sha256-ecp256\n");
	return tap_done();
}
