/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CAPTURE_H
#define TEST_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

/* One IKE message of a capture, without the marker of port 4500. */
typedef void capture_fn(void *ctx, const char *file, unsigned int packet,
			const uint8_t *message, size_t len);

/*
 * Calls fn for each IKE message of a file below $IPSEC_DATA, a pcap or pcapng
 * of Ethernet, or else one message as it is. The number of messages; ends the
 * program for a file that cannot be read.
 */
unsigned int capture_file(const char *name, capture_fn *fn, void *ctx);
/* All files of a folder that are captures or messages, in order of names. */
unsigned int capture_folder(const char *name, capture_fn *fn, void *ctx);

#endif
