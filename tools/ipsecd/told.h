/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_TOLD_H
#define IPSECD_TOLD_H

#include "env.h"

/* What is told of an SA, as bytes of a message between the two processes. */
#define IPSECD_TOLD_SIZE 72

void ipsecd_told_write(const struct ike_told *told,
		       uint8_t buf[IPSECD_TOLD_SIZE]);
/* False: it is none. */
bool ipsecd_told_read(struct ike_told *told, struct ike_blob from);

#endif
