/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_PROCESS_H
#define IPSECD_PROCESS_H

#include <event2/event.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "channel.h"

/* The worker as the parent sees it: started, spoken to, started again. */
struct ipsecd_queued;

struct ipsecd_process {
	/* set before it is started */
	struct event_base *base;
	uint16_t family; /* of the driver's netlink */
	const char *empty; /* a folder with nothing in it */
	void (*message)(void *arg, const struct ipsecd_message *m);
	void (*call)(void *arg,
		     int fd); /* of the driver; the socket is readable */
	/* It takes no more messages; its end follows. Maybe more than once. */
	void (*gone)(void *arg);
	/* It has ended, why; it is started again unless stopping is set. */
	void (*ended)(void *arg, const char *why);
	void *arg;

	bool stopping;
	bool once_ready; /* a worker got as far as to be confined */
	pid_t pid; /* 0: none runs */
	unsigned int restarts;
	int events_fd;
	int calls_fd;
	struct event *events;
	struct event *writable;
	struct event *calls;
	struct event *restart;
	uint64_t started; /* ms */
	unsigned int delay; /* ms, until the next is started */
	TAILQ_HEAD(ipsecd_queued_list, ipsecd_queued) queue;
	size_t queued; /* bytes */
	uint64_t dropped; /* datagrams that the worker was too busy for */
};

/* Once, before the first start. */
int ipsecd_process_init(struct ipsecd_process *p, struct ipsec_err *err);
int ipsecd_process_start(struct ipsecd_process *p, struct ipsec_err *err);
/* On SIGCHLD. */
void ipsecd_process_reap(struct ipsecd_process *p);
/* Datagrams are dropped when it is busy, as the network would; others wait. */
void ipsecd_process_send(struct ipsecd_process *p,
			 const struct ipsecd_message *m);
/* It did what no worker does. */
void ipsecd_process_kill(struct ipsecd_process *p, const char *why);

#endif
