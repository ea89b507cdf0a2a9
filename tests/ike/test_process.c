// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The worker as the parent sees it, with this program in the worker's place: it
 * is started again however its start fails, and what it says at its end ends
 * nobody else.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"
#include "tap.h"
#include "worker.h"

#define PATIENCE 20 /* seconds, on a busy host */
#define MAD "/" /* in the place of the empty folder */
#define SANE "/sane"

pid_t __real_fork(void);
int __real_kill(pid_t pid, int sig);
int __real_socketpair(int domain, int type, int protocol, int fd[2]);

static unsigned int fail_fork, fail_socketpair, kills;
static unsigned int messages, goes, ends;
static struct ipsecd_process process;

pid_t __wrap_fork(void)
{
	if (!fail_fork)
		return __real_fork();
	fail_fork--;
	errno = EAGAIN;
	return -1;
}

int __wrap_kill(pid_t pid, int sig)
{
	kills++;
	return __real_kill(pid, sig);
}

int __wrap_socketpair(int domain, int type, int protocol, int fd[2])
{
	if (!fail_socketpair)
		return __real_socketpair(domain, type, protocol, fd);
	fail_socketpair--;
	errno = EMFILE;
	return -1;
}

/* It says that it is ready, something that is no message if told so, and goes. */
static int worker(const char *how)
{
	static const struct ipsecd_message ready = { .type = IPSECD_READY };

	if (ipsecd_send(IPSECD_EVENTS_FD, &ready, 0) ||
	    (!strcmp(how, MAD) &&
	     send(IPSECD_EVENTS_FD, "nonsense", 8, MSG_NOSIGNAL) != 8))
		return 1;
	return 0;
}

static void on_message(void *arg, const struct ipsecd_message *m)
{
	(void)arg;
	messages += m->type == IPSECD_READY;
}

static void on_call(void *arg, int fd)
{
	(void)arg;
	(void)fd;
}

static void on_gone(void *arg)
{
	(void)arg;
	goes++;
}

static void on_ended(void *arg, const char *why)
{
	(void)arg;
	(void)why;
	ends++;
}

static void begin(const char *how)
{
	struct ipsec_err err = { 0 };

	process = (struct ipsecd_process){
		.base = event_base_new(),
		.empty = how,
		.message = on_message,
		.call = on_call,
		.gone = on_gone,
		.ended = on_ended,
	};
	messages = goes = ends = kills = 0;
	if (!ipsecd_process_init(&process, &err) &&
	    !ipsecd_process_start(&process, &err))
		return;
	printf("Bail out! %s\n", err.text);
	exit(1);
}

/* Nothing of it is read before it has ended. */
static void wait_for_end(void)
{
	siginfo_t info;

	waitid(P_PID, (id_t)process.pid, &info, WEXITED | WNOWAIT);
}

/* Its timers, until the next one runs. */
static bool runs_again(void)
{
	const struct timeval patience = { .tv_sec = PATIENCE };

	event_base_loopexit(process.base, &patience);
	while (!process.pid && !event_base_got_exit(process.base))
		event_base_loop(process.base, EVLOOP_ONCE);
	return process.pid > 0;
}

static void finish(void)
{
	process.stopping = true;
	if (process.pid) {
		wait_for_end();
		ipsecd_process_reap(&process);
	}
	event_free(process.restart);
	event_base_free(process.base);
}

static void again(unsigned int *failures, unsigned int times, const char *what)
{
	begin(MAD);
	wait_for_end();
	ipsecd_process_reap(&process);
	*failures = times;
	ok(ends == 1 && !process.pid && runs_again() && !*failures &&
		   process.restarts == times + 1,
	   "%s", what);
	*failures = 0;
	finish();
}

static void last_words(void)
{
	begin(MAD);
	wait_for_end();
	ipsecd_process_reap(&process);
	ok(messages == 1 && !process.pid, "its last words are heard");
	ok(!kills, "nobody else is ended for them");
	finish();
}

/* Before its end is known, for what is sent to it until then is lost. */
static void takes_no_more(const char *how, const char *name)
{
	begin(how);
	wait_for_end();
	event_base_loop(process.base, EVLOOP_ONCE);
	ok(messages == 1 && goes && !ends, "%s: it takes no more messages",
	   name);
	ipsecd_process_reap(&process);
	ok(ends == 1, "%s: its end", name);
	finish();
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "--worker"))
		return worker(argv[3]);
	last_words();
	again(&fail_fork, 0, "one that ends is started again");
	again(&fail_socketpair, 3, "also when there are no sockets at first");
	again(&fail_fork, 3, "or no process");
	takes_no_more(SANE, "one that goes");
	takes_no_more(MAD, "one that is killed");
	return tap_done();
}
