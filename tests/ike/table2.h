/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_TABLE2_H
#define TEST_TABLE2_H

#include "pair.h"

/* The rows and columns of version 2's table: test_v2_table.c. */
enum state {
	NOTHING,
	COOKIES,
	GONE,
	INIT_SENT,
	INIT_COOKIE,
	INIT_GROUP,
	INIT_REDIRECTED,
	AUTH_SENT,
	AUTH_TAKEN,
	AUTH_AWAITED,
	AUTH_KEPT,
	FAILED,
	IDLE,
	CREATING,
	CREATING_GROUP,
	REKEYING_CHILD,
	REKEYING_CHILD_BOTH,
	REKEYING,
	REKEYING_GROUP,
	REKEYING_BOTH,
	UNDECIDED,
	HELD,
	DELETING_CHILD,
	CHECKING,
	DELETING,
	REPLACED,
	SPARE,
};

enum message {
	INIT_NEW,
	INIT_WRONG_GROUP,
	INIT_SAME_SPI,
	NEXT,
	COOKIE_BACK,
	AUTH_REQUEST,
	NEW_CHILD,
	NEW_CHILD_GROUP,
	REKEY_CHILD,
	REKEY_NO_CHILD,
	REKEY_IKE,
	REKEY_IKE_GROUP,
	EMPTY,
	DELETE_CHILD,
	DELETE_NO_CHILD,
	DELETE_IKE,
	AUTH_FAILED,
	NOTIFY,
	CRITICAL,
	UNKNOWN,
	ANSWER,
	ANSWER_EMPTY,
	ANSWER_COOKIE,
	ANSWER_GROUP,
	ANSWER_NO_GROUP,
	ANSWER_REDIRECT,
	ANSWER_REFUSED,
	ANSWER_LATER,
	ANSWER_NO_CHILD,
	ANSWER_AUTH_FAILED,
	ANSWER_HINT,
	LAST_AGAIN,
	OLDER_AGAIN,
	OLD_ANSWER,
	OCSP_GOOD,
	OCSP_REVOKED,
	OCSP_NONE,
	VERSION_1,
	VERSION_3,
};

enum variant {
	AUTHENTIC,
	FRAGMENTS,
	FORGED,
	CLEAR,
	NEXT_ID,
	LAST_ID,
	FLIPPED,
	FIRST_FRAGMENT,
};

/*
 * Who is asked, and who asks, with their IKE SAs; the peer's seals. NULL: the
 * target has none.
 */
extern struct net_host *table2_target, *table2_peer;
extern struct ike_sa *table2_sa, *table2_mate;
extern uint32_t table2_expected; /* the next request by the target */

/* All that was sent since the two are there. */
#define TABLE2_KEPT 96
#define TABLE2_LEN 2048
struct table2_kept {
	struct net_host *to;
	struct ike_header hdr;
	size_t len;
	uint8_t data[TABLE2_LEN];
};

extern struct table2_kept table2_kept[TABLE2_KEPT];
extern unsigned int table2_kept_count;

/* table2_state.c. False: there is none in that role. */
bool table2_set_up(enum state state, bool initiator);
void table2_lose_all(void);

/* table2_message.c. False: there is no such message, or it cannot be so. */
bool table2_make(enum message message, enum variant variant);
/* What was made goes to the target. */
void table2_send(void);
/* Both, of a message that there must be; it counts as sent by the peer. */
void table2_inject(enum message message);
bool table2_is_answer(enum message message);
/* Made by the test, and not what one of the two has sent. */
bool table2_is_made(enum message message);
uint8_t table2_exchange_of(enum message message);

#endif
