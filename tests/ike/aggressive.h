/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_AGGRESSIVE_H
#define TEST_AGGRESSIVE_H

#include "net.h"
#include "v1.h"

/*
 * The initiator of aggressive mode, RFC 2409 section 5.4. ipsecd never is one,
 * so an SA that has begun main mode, which must go lost, is brought through it.
 */
enum aggressive_third {
	AGGRESSIVE_CLEAR,
	AGGRESSIVE_ENCRYPTED,
	AGGRESSIVE_FORGED, /* in clear, with a wrong HASH */
	AGGRESSIVE_CONTACT, /* encrypted, with INITIAL-CONTACT */
	AGGRESSIVE_CONTACT_CLEAR,
};

/* Its identity is 10.0.0.1. */
void aggressive_first(struct ike_sa *sa);
/* Takes the answer; 0, or why that proves nothing. */
int aggressive_second(struct ike_sa *sa, const void *answer, size_t len);
void aggressive_third(struct ike_sa *sa, enum aggressive_third how);
/* It takes the peer for established, as it is if it was believed. */
void aggressive_done(struct ike_sa *sa);

#endif
