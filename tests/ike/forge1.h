/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_FORGE1_H
#define TEST_FORGE1_H

#include "net.h"
#include "v1.h"

/*
 * Messages of version 1 as only a peer that holds the keys could send them.
 * Nothing of the peer changes by it.
 */
enum forge1_hash {
	FORGE1_NO_HASH,
	FORGE1_HASH1, /* M-ID, as informational exchanges have it, too */
	FORGE1_HASH2, /* with the initiator's nonce */
	FORGE1_HASH3, /* with both nonces */
	FORGE1_ACK, /* of a Delete: its nonce, ours, and the Delete's body */
	FORGE1_AUTH, /* HASH_I or HASH_R of the identity in body */
};

/* Offsets in a header. */
#define FORGE1_FLAGS 19
#define FORGE1_ID 20
#define FORGE1_LENGTH 24

struct forge1 {
	const struct ike_sa *sa; /* of either side, which has the keys */
	bool initiator; /* sends it; of FORGE1_AUTH */
	uint8_t exchange;
	uint32_t id;
	enum forge1_hash hash;
	struct ike_blob ni; /* what is hashed */
	struct ike_blob nr;
	struct ike_blob body;
	bool clear;
	const uint8_t *iv; /* where its exchange is */
};

/* To be given payloads; of secret ones the first is the HASH. */
struct ikev1_out *forge1_begin(const struct forge1 *f);
/* Its length in buf, which is as large as a message can be; frees out. */
size_t forge1_end(const struct forge1 *f, struct ikev1_out *out, uint8_t *buf);
/* All that at once: an informational exchange, which write() gives a payload. */
void forge1_tell(struct net_host *from, struct net_host *to,
		 void (*write)(struct ikev1_out *out));
/* On this one of from's SAs, after the main mode's last block as the peer has it. */
void forge1_tell_as(const struct ike_sa *sa, const uint8_t *last,
		    struct net_host *from, struct net_host *to,
		    void (*write)(struct ikev1_out *out));

#endif
