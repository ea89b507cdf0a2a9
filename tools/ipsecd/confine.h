/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_CONFINE_H
#define IPSECD_CONFINE_H

#include "err.h"

/*
 * Takes from this process all it could harm anyone with: the file system, its
 * user, all capabilities, and every system call but those it needs. empty is a
 * folder to be shut in. 0, or a negative errno with what failed.
 */
int ipsecd_confine(const char *empty, struct ipsec_err *err);

/*
 * Keys stay in memory: no swap, no core dump, no debugger. 0, or a negative
 * errno: they may be swapped, which is to be said.
 */
int ipsecd_hold_memory(void);

#endif
