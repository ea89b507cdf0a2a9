/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_WATCH_H
#define IPSECD_WATCH_H

#include <event2/event.h>

/* Files and folders that may come, go and change, by inotify. */
struct ipsecd_watch {
	struct event *ev;
	int fd;
	void (*changed)(void *arg);
	void *arg;
};

int ipsecd_watch_start(struct ipsecd_watch *watch, struct event_base *base);
void ipsecd_watch_stop(struct ipsecd_watch *watch);

#endif
