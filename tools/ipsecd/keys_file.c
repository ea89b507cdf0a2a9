// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys on request, as Wireshark reads them. */
#include "keys_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log.h"

static const char *const names[IKE_KEYLOG_KINDS] = {
	[IKE_KEYLOG_IKEV2] = "ikev2_decryption_table",
	[IKE_KEYLOG_IKEV1] = "ikev1_decryption_table",
	[IKE_KEYLOG_ESP] = "esp_sa",
};

void ipsecd_keys_write(const char *folder, uint32_t kind, struct ike_blob line)
{
	const struct iovec iov[2] = {
		{ (void *)line.data, line.len },
		{ "\n", 1 },
	};
	char path[512];
	int fd;

	/* The worker cannot have keys written that the policy does not want. */
	if (!folder[0] || kind >= IKE_KEYLOG_KINDS)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, names[kind]);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0 || writev(fd, iov, 2) < 0)
		ipsecd_log_line(IKE_LOG_ERROR, "cannot write keys to %s: %s",
				path, strerror(errno));
	if (fd >= 0)
		close(fd);
}
