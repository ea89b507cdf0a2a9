/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_DETACH_H
#define IPSECD_DETACH_H

/*
 * Goes on in a process of its own session, while the one that was started waits
 * to learn whether the start succeeds. 0 in the new process, -errno.
 */
int ipsecd_detach_begin(void);
/* It does: the terminal is let go. Does nothing without a begin. */
void ipsecd_detach_end(void);

#endif
