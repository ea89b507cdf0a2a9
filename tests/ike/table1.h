/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_TABLE1_H
#define TEST_TABLE1_H

#include "pair.h"

/* The rows and columns of version 1's table: test_v1_table.c. */
enum state {
	SA_SENT,
	SA_ANSWERED,
	KE_SENT,
	KE_ANSWERED,
	ID_SENT,
	REFUSED,
	DOUBTED,
	OCSP_AWAITED,
	AGGRESSIVE_ANSWERED,
	AGGRESSIVE_DONE,
	IDLE,
	QUICK_SENT,
	QUICK_ANSWERED,
	QUICK_SENDER_DONE,
	QUICK_ANSWERER_DONE,
	CONNECTED_AWAITED,
	CHECKING,
	DELETING_CHILD,
	DELETING,
	REPLACED,
	LOST,
	ENDED,
};

enum message {
	MAIN_SA,
	MAIN_KE,
	MAIN_ID,
	MAIN_WRONG_ID,
	MAIN_NEW,
	AGGRESSIVE_NEW,
	AGGRESSIVE_3,
	AGGRESSIVE_WRONG,
	QUICK_1,
	QUICK_1_OTHER,
	QUICK_2,
	QUICK_3,
	QUICK_4,
	CONNECTED,
	R_U_THERE,
	R_U_THERE_ACK,
	DELETE_CHILD,
	DELETE_CHILD_ACKED,
	DELETE_NEW,
	DELETE_SA,
	DELETE_SA_ACKED,
	ACK,
	REFUSAL,
	OTHER_NOTIFY,
	INITIAL_CONTACT,
	TRANSACTION,
	INVALID_COOKIE,
	MS_COOKIE,
	REFUSAL_CLEAR,
	VERSION_2,
	AGAIN,
	OCSP_GOOD,
	OCSP_REVOKED,
	OCSP_NONE,
};

enum variant {
	AUTHENTIC,
	FRAGMENTS,
	FORGED,
	CLEAR,
	MARKED,
	OTHER_ID,
	FIRST_FRAGMENT,
};

/* Who gets it, and who sends it, with their SAs; NULL: it has ended. */
extern struct net_host *table1_target, *table1_peer;
extern struct ike_sa *table1_sa, *table1_mate;
extern uint32_t table1_spi; /* of the peer's first pair */
extern int table1_due; /* the message that is on its way, -1: none */

/* What was sent to the target. */
#define TABLE1_KEPT 64
struct table1_kept {
	unsigned int count; /* so far */
	size_t len[TABLE1_KEPT];
	uint8_t data[TABLE1_KEPT][2048];
};

extern struct table1_kept table1_kept;

/* table1_state.c. False: there is none in that role. */
bool table1_set_up(enum state state, bool initiator);

/* table1_message.c. Its length; 0: there is no such message then. */
size_t table1_make(enum message message, bool clear, uint8_t *out);
/* False: the message cannot be so. */
bool table1_vary(enum message message, enum variant variant, uint8_t *out,
		 size_t *len);
/* Of fragments the second one, which goes after the one that was made. */
extern uint8_t table1_second[IKE_MESSAGE_MAX];
extern size_t table1_second_len;
/* Made, and to the target. */
void table1_inject(enum message message);
/* Of a message that the test makes. */
uint8_t table1_exchange_of(enum message message);

#endif
