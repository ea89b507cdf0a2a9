// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The worker's process. It is this program anew, so that it has nothing of the
 * parent's memory, and other addresses each time.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "worker.h"

#define DELAY_FIRST 50
#define DELAY_MAX 1000
#define LONG_ENOUGH 10000 /* ms; what lives longer did not fail at its start */
#define BUFFER (2 << 20)
#define QUEUE_MAX (128U << 20)
#define MESSAGES_AT_ONCE 256

struct ipsecd_queued {
	TAILQ_ENTRY(ipsecd_queued) link;
	size_t len;
	uint8_t data[];
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void queue_pop(struct ipsecd_process *p)
{
	struct ipsecd_queued *first = TAILQ_FIRST(&p->queue);

	TAILQ_REMOVE(&p->queue, first, link);
	p->queued -= first->len;
	explicit_bzero(first->data, first->len);
	free(first);
}

static void close_all(struct ipsecd_process *p)
{
	struct event *ev[] = { p->events, p->writable, p->calls };
	size_t i;

	for (i = 0; i < sizeof(ev) / sizeof(ev[0]); i++)
		if (ev[i])
			event_free(ev[i]);
	p->events = p->writable = p->calls = NULL;
	if (p->events_fd >= 0)
		close(p->events_fd);
	if (p->calls_fd >= 0)
		close(p->calls_fd);
	p->events_fd = p->calls_fd = -1;
	while (!TAILQ_EMPTY(&p->queue))
		queue_pop(p);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_process *p = arg;
	struct ipsecd_queued *first;

	(void)what;
	while ((first = TAILQ_FIRST(&p->queue))) {
		if (send(fd, first->data, first->len,
			 MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			if (errno == EAGAIN)
				event_add(p->writable, NULL);
			return;
		}
		queue_pop(p);
	}
}

static void on_message(evutil_socket_t fd, short what, void *arg)
{
	static uint8_t buf[IPSECD_MESSAGE_MAX];
	struct ipsecd_process *p = arg;
	struct ipsecd_message m;
	int i, rc;

	(void)what;
	for (i = 0; i < MESSAGES_AT_ONCE && p->events_fd == fd; i++) {
		rc = ipsecd_receive(fd, buf, sizeof(buf), &m, false,
				    MSG_DONTWAIT);
		if (rc == -EAGAIN)
			return;
		if (rc == -EBADMSG) {
			ipsecd_process_kill(p, "it sent a malformed message");
			return;
		}
		if (rc) {
			/* SIGCHLD tells the rest. */
			event_del(p->events);
			p->gone(p->arg);
			return;
		}
		p->once_ready |= m.type == IPSECD_READY;
		p->message(p->arg, &m);
		if (m.type == IPSECD_KEYLOG)
			ipsecd_forget(&m);
	}
}

static void on_call(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_process *p = arg;

	(void)what;
	p->call(p->arg, fd);
}

static void plan_restart(struct ipsecd_process *p)
{
	struct timeval tv;

	if (now_ms() - p->started > LONG_ENOUGH)
		p->delay = DELAY_FIRST;
	tv = (struct timeval){ .tv_sec = p->delay / 1000,
			       .tv_usec = p->delay % 1000 * 1000 };
	p->delay = 2 * p->delay < DELAY_MAX ? 2 * p->delay : DELAY_MAX;
	evtimer_add(p->restart, &tv);
}

static void on_restart(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_process *p = arg;
	struct ipsec_err err = { 0 };

	(void)fd;
	(void)what;
	if (p->stopping || p->pid)
		return;
	p->restarts++;
	if (!ipsecd_process_start(p, &err))
		return;
	ipsecd_log_line(IKE_LOG_ERROR, "%s", err.text);
	/* Of one that did begin SIGCHLD tells. */
	if (!p->pid)
		plan_restart(p);
}

int ipsecd_process_init(struct ipsecd_process *p, struct ipsec_err *err)
{
	TAILQ_INIT(&p->queue);
	p->events_fd = p->calls_fd = -1;
	p->delay = DELAY_FIRST;
	p->restart = evtimer_new(p->base, on_restart, p);
	return p->restart ? 0 : ipsec_err_code(err, ENOMEM, "out of memory");
}

/* In the child, until exec(). */
static void become_worker(const struct ipsecd_process *p, int events, int calls)
{
	char family[16];
	char *const argv[] = { "ipsecd: worker", "--worker", family,
			       (char *)p->empty, NULL };
	char *const envp[] = { NULL };
	int a = fcntl(events, F_DUPFD, 16), b = fcntl(calls, F_DUPFD, 16);

	snprintf(family, sizeof(family), "%u", p->family);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (a >= 0 && b >= 0 && dup2(a, IPSECD_EVENTS_FD) >= 0 &&
	    dup2(b, IPSECD_CALLS_FD) >= 0) {
		close(a);
		close(b);
		execve("/proc/self/exe", argv, envp);
	}
	fprintf(stderr, "ipsecd: cannot start the worker: %s\n",
		strerror(errno));
	_exit(1);
}

static int make_sockets(int events[2], int calls[2])
{
	const struct timeval patience = { .tv_sec = 2 };
	int size = BUFFER, i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, events))
		return -errno;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, calls)) {
		int code = errno;

		close(events[0]);
		close(events[1]);
		return -code;
	}
	for (i = 0; i < 2; i++)
		setsockopt(events[i], SOL_SOCKET, SO_SNDBUFFORCE, &size,
			   sizeof(size));
	/* A worker that does not read its answers is given up. */
	setsockopt(calls[0], SOL_SOCKET, SO_SNDTIMEO, &patience,
		   sizeof(patience));
	return 0;
}

static int add_events(struct ipsecd_process *p)
{
	p->events = event_new(p->base, p->events_fd, EV_READ | EV_PERSIST,
			      on_message, p);
	p->writable =
		event_new(p->base, p->events_fd, EV_WRITE, on_writable, p);
	p->calls = event_new(p->base, p->calls_fd, EV_READ | EV_PERSIST,
			     on_call, p);
	return p->events && p->writable && p->calls &&
			       !event_add(p->events, NULL) &&
			       !event_add(p->calls, NULL) ?
		       0 :
		       -ENOMEM;
}

int ipsecd_process_start(struct ipsecd_process *p, struct ipsec_err *err)
{
	int events[2], calls[2], rc;

	p->started = now_ms();
	rc = make_sockets(events, calls);
	if (rc)
		return ipsec_err_code(err, -rc, "cannot make sockets: %s",
				      strerror(-rc));
	p->pid = fork();
	if (!p->pid)
		become_worker(p, events[1], calls[1]);
	close(events[1]);
	close(calls[1]);
	p->events_fd = events[0];
	p->calls_fd = calls[0];
	if (p->pid > 0 && !add_events(p))
		return 0;
	rc = errno;
	close_all(p);
	if (p->pid > 0)
		kill(p->pid, SIGKILL);
	else
		p->pid = 0;
	return ipsec_err_code(err, rc, "cannot start the worker: %s",
			      strerror(rc));
}

void ipsecd_process_reap(struct ipsecd_process *p)
{
	char why[96];
	int status;

	if (!p->pid || waitpid(p->pid, &status, WNOHANG) != p->pid)
		return;
	/* Its number may be another's soon, so for its last words nobody is ended. */
	p->pid = 0;
	if (p->events_fd >= 0)
		on_message(p->events_fd, EV_READ, p);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		snprintf(why, sizeof(why),
			 "it was killed for a system call that is not allowed");
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "exit status %d",
			 WEXITSTATUS(status));
	close_all(p);
	p->gone(p->arg);
	if (!p->stopping)
		plan_restart(p);
	p->ended(p->arg, why);
}

void ipsecd_process_kill(struct ipsecd_process *p, const char *why)
{
	if (!p->pid)
		return;
	ipsecd_log_line(IKE_LOG_ERROR, "the worker is ended: %s", why);
	kill(p->pid, SIGKILL);
	close_all(p);
	p->gone(p->arg);
}

static void enqueue(struct ipsecd_process *p, const struct ipsecd_message *m)
{
	static uint8_t buf[IPSECD_MESSAGE_MAX];
	size_t len = ipsecd_encode(m, buf, sizeof(buf));
	struct ipsecd_queued *q = len ? malloc(sizeof(*q) + len) : NULL;

	if (q) {
		q->len = len;
		memcpy(q->data, buf, len);
		TAILQ_INSERT_TAIL(&p->queue, q, link);
		p->queued += len;
	}
	explicit_bzero(buf, len);
	if (!q || p->queued > QUEUE_MAX)
		ipsecd_process_kill(p, "it does not take what it is sent");
	else
		event_add(p->writable, NULL);
}

void ipsecd_process_send(struct ipsecd_process *p,
			 const struct ipsecd_message *m)
{
	int rc = -EAGAIN;

	if (p->events_fd < 0)
		return;
	if (TAILQ_EMPTY(&p->queue))
		rc = ipsecd_send(p->events_fd, m, MSG_DONTWAIT);
	if (rc == -EAGAIN && m->type == IPSECD_DATAGRAM)
		p->dropped++;
	else if (rc == -EAGAIN || rc == -ENOBUFS || rc == -ENOMEM)
		enqueue(p, m);
}
