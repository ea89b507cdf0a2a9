// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Watches the folders of the files that name addresses. A file is replaced more
 * often than written to, and may be a link; what is not there yet is waited for
 * in the nearest folder that is.
 */
#include "watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostfiles.h"

#define EVENTS                                                      \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | \
	 IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF)

static void add_folder(int fd, char *path)
{
	struct stat st;
	char *slash;

	while (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		slash = strrchr(path, '/');
		if (!slash)
			return;
		*slash = '\0';
	}
	inotify_add_watch(fd, *path ? path : "/", EVENTS);
}

/* Harmless for a folder that is watched already. */
static void add_all(int fd)
{
	const char *const *p;
	char path[PATH_MAX];

	for (p = ipsecd_host_paths; *p; p++) {
		snprintf(path, sizeof(path), "%s", *p);
		add_folder(fd, path);
		if (realpath(*p, path))
			add_folder(fd, path);
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_watch *watch = arg;
	char buf[4096];

	(void)what;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	add_all(fd);
	watch->changed(watch->arg);
}

int ipsecd_watch_start(struct ipsecd_watch *watch, struct event_base *base)
{
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd < 0)
		return -errno;
	add_all(watch->fd);
	watch->ev = event_new(base, watch->fd, EV_READ | EV_PERSIST,
			      on_readable, watch);
	if (watch->ev && !event_add(watch->ev, NULL))
		return 0;
	ipsecd_watch_stop(watch);
	return -ENOMEM;
}

void ipsecd_watch_stop(struct ipsecd_watch *watch)
{
	if (watch->ev)
		event_free(watch->ev);
	if (watch->fd > 0)
		close(watch->fd);
	watch->ev = NULL;
	watch->fd = 0;
}
