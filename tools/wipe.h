/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_WIPE_H
#define IPSEC_WIPE_H

/*
 * Between the two, memory is wiped when it is freed. No part of libipsec.a: a
 * program that is linked with wipe.c has the free() and realloc() of that.
 */
void ipsec_wipe_begin(void);
void ipsec_wipe_end(void);

#endif
