/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_BODIES_H
#define TEST_BODIES_H

#include "message.h"

/*
 * Reads every payload of a message by whatever reader its type has, and holds
 * what is read against what readers promise. For the fuzz targets: aborts.
 */
void bodies_read(const struct ike_message *m);
void bodies_check(bool good);
/* All of it lies in the body. */
void bodies_inside(const struct ike_payload *p, const uint8_t *data,
		   size_t len);

#endif
