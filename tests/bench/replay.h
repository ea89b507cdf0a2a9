/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink messages made beforehand by tests/bench/messages, given to the kernel one after
 * another. Nothing but the kernel's own work is done when it counts.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stdint.h>

void replay_open(const char *path, const char *tx, const char *rx, bool wall);
bool replay_left(void);
uint64_t replay_change(void);

/* gen.c */
void enter(const char *ns);

#endif
