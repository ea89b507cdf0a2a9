// SPDX-License-Identifier: GPL-2.0-or-later
/* Until when a policy that was applied waits to be confirmed. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/text.h"
#include "store.h"

static const char format[] = "pending 1 %s %" PRIu64 " end\n";

int ipsecd_pending_text(const struct ipsecd_pending *pending, char *text,
			size_t size)
{
	return snprintf(text, size, format, pending->boot, pending->deadline);
}

int ipsecd_pending_read(struct ipsecd_pending *pending, const char *text,
			size_t len, struct ipsec_err *err)
{
	char copy[128], again[128], number[24];

	*pending = (struct ipsecd_pending){ .deadline = 0 };
	if (len && len < sizeof(copy)) {
		memcpy(copy, text, len);
		copy[len] = '\0';
		if (sscanf(copy, "pending 1 %39s %23s end", pending->boot,
			   number) == 2 &&
		    ipsec_uint(number, 0, UINT64_MAX, &pending->deadline)) {
			ipsecd_pending_text(pending, again, sizeof(again));
			if (strlen(again) == len && !memcmp(copy, again, len))
				return 0;
		}
	}
	return ipsec_err_code(err, EBADMSG, "it is torn or was changed");
}

uint64_t ipsecd_pending_left(const struct ipsecd_pending *pending,
			     const char *boot, uint64_t now)
{
	if (strcmp(pending->boot, boot) || pending->deadline <= now)
		return 0;
	return pending->deadline - now;
}

int ipsecd_boot_id(char boot[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, boot, 39);

	if (fd >= 0)
		close(fd);
	boot[len > 0 ? len : 0] = '\0';
	boot[strcspn(boot, "\n")] = '\0';
	return *boot ? 0 : -EIO;
}

uint64_t ipsecd_boottime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}
