// SPDX-License-Identifier: GPL-2.0-or-later
#include "detach.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int report = -1;

int ipsecd_detach_begin(void)
{
	int fds[2];
	pid_t pid;
	char good;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid) {
		close(fds[1]);
		_exit(read(fds[0], &good, 1) == 1 ? 0 : 1);
	}
	close(fds[0]);
	report = fds[1];
	return setsid() < 0 ? -errno : 0;
}

void ipsecd_detach_end(void)
{
	int null;

	if (report < 0)
		return;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	/* Nobody may wait for it any more. */
	if (write(report, "", 1) < 0)
		errno = 0;
	close(report);
	report = -1;
}
