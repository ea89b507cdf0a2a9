/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may come in because it answers something that went out: by peer, protocol and both
 * ports. For boot mode, which cannot wait for connection tracking.
 *
 * A table of fixed size that forgets: what has aged, and where it has no room the oldest of
 * a few. So it allocates nothing for a packet and needs no work that cleans it.
 */
#ifndef IPD_ANSWERS_H
#define IPD_ANSWERS_H

#include <linux/types.h>

struct ipd_answers;
struct ipd_key;

#define IPD_ANSWERS_WAYS	8
#define IPD_ANSWERS_SETS	512
/* Seconds for which an answer is waited for: TCP by RFC 5382, the rest by RFC 4787. */
#define IPD_ANSWERS_TCP		7440
#define IPD_ANSWERS_OTHER	300

struct ipd_answers *ipd_answers_create(void);
void ipd_answers_free(struct ipd_answers *answers);
void ipd_answers_clear(struct ipd_answers *answers);
bool ipd_answers_note(struct ipd_answers *answers, const struct ipd_key *key, u32 now);
bool ipd_answers_find(const struct ipd_answers *answers, const struct ipd_key *key, u32 now);

#endif /* IPD_ANSWERS_H */
