/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_NOMEM_H
#define TEST_NOMEM_H

/*
 * Every allocation of a life fails once: nothing is used that is not there, and
 * freed once (verification I-47); nothing waits for ever, and the two find
 * together again. more is of both rules (pair.h); begun may be NULL, and is
 * called when they have SAs, if they have. See alloc.h.
 */
void nomem_each(const char *name, const char *more, void (*begun)(void));
/* Each of those of its end, which comes nevertheless. */
void nomem_end(const char *name, const char *more);

#endif
