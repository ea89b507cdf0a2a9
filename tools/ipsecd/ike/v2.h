/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_H
#define IKE_V2_H

#include "engine.h"
#include "frag.h"
#include "keylog.h"
#include "names.h"
#include "payload.h"
#include "sk.h"

/*
 * What version 2 adds to an IKE SA; only the v2_*.c files look inside. One
 * exchange of ours is outstanding at a time (a window of one), and one of the
 * peer's.
 */
#define IKEV2_NONCE_LEN \
	32 /* ours, but of the first request; half of any PRF's key at least */
#define IKEV2_NONCE_MIN 16
#define IKEV2_NONCE_MAX 256
#define IKEV2_RETRY_FIRST 500 /* ms until a request is sent again */
#define IKEV2_RETRY_MAX 34000 /* each time twice as long, but no longer */
#define IKEV2_RETRIES 10 /* 165 s in all */
#define IKEV2_RETRIES_REFUSED 3 /* when a refusal that anyone can send came */
#define IKEV2_COOKIES_MAX 3 /* cookies that one initiation follows */
#define IKEV2_KE_MAX 3 /* and groups that the peer asks for */
#define IKEV2_REDIRECTS_MAX 3
#define IKEV2_HOLD_MIN 500 /* ms after TEMPORARY_FAILURE */
#define IKEV2_HOLD_SPREAD 2000
#define IKEV2_HOLDS_MAX 12 /* one after the other, then the task is dropped */
#define IKEV2_LINGER 30000 /* ms that a failure is repeated to who asks again */
#define IKEV2_DELETED_MAX 4
#define IKEV2_CERTS_MAX 8 /* of a peer's chain */

enum ikev2_state {
	IKEV2_NEW, /* as initiator: nothing was sent */
	IKEV2_INIT, /* IKE_SA_INIT sent */
	IKEV2_AUTHENTICATING, /* initiator: IKE_AUTH sent; responder: awaited */
	IKEV2_OCSP, /* an IKE_AUTH waits for an OCSP answer */
	IKEV2_UP,
	IKEV2_FAILED, /* its end is near */
	IKEV2_STATES,
};

/* What a request of ours is for. */
enum ikev2_kind {
	IKEV2_NOTHING,
	IKEV2_DO_INIT,
	IKEV2_DO_AUTH,
	IKEV2_DO_CHILD,
	IKEV2_DO_REKEY_CHILD,
	IKEV2_DO_REKEY,
	IKEV2_DO_DELETE_CHILD,
	IKEV2_DO_DELETE,
	IKEV2_DO_LIVENESS,
	IKEV2_KINDS,
};

struct ikev2_bytes {
	uint8_t *data; /* malloc */
	size_t len;
};

struct ikev2_nonce {
	uint16_t len;
	uint8_t data[IKEV2_NONCE_MAX];
};

/* A message as it goes out: one datagram, or its fragments. */
struct ikev2_packets {
	unsigned int count;
	struct ikev2_bytes *packet; /* malloc */
};

/*
 * Our outstanding request. Children and IKE SAs are named by number, for they
 * may end while an answer is awaited.
 */
struct ikev2_request {
	enum ikev2_kind kind;
	uint8_t exchange;
	uint32_t id;
	struct ikev2_packets packets;
	unsigned int tries;
	unsigned int retries; /* how often it is sent again */

	uint64_t child; /* owner of the one being made, or deleted */
	uint64_t old; /* owner of the one that is rekeyed */
	struct ike_dh *dh;
	uint16_t group;
	unsigned int groups; /* that were tried because the peer asked */
	struct ikev2_nonce nonce;
	struct ike_proposals offer;
	uint8_t spi[IKE_SPI_LEN]; /* of the new IKE SA */
	/* SPIs that the peer deleted and that we do not know, or not yet. */
	unsigned int deleted;
	uint32_t deleted_spi[IKEV2_DELETED_MAX];

	/* The peer rekeys the same at the same time: its SA, and the lower of
	 * its nonces.
	 */
	bool rival;
	uint64_t rival_child;
	uint8_t rival_spi[IKE_SPI_LEN];
	struct ikev2_nonce rival_nonce;
};

/* By what a request is known when it comes again. */
struct ikev2_print {
	bool fragmented;
	uint8_t digest[32];
};

/* The last request of the peer, and what we answered. */
struct ikev2_answered {
	struct ikev2_print print; /* of its datagram, or of its first fragment */
	struct ikev2_packets packets;
};

/* An IKE_AUTH, kept while an OCSP answer is awaited. */
struct ikev2_wait {
	struct ike_header hdr;
	struct ikev2_bytes chain; /* the decrypted payloads */
	uint8_t first;
	struct ike_path from; /* of a request */
	struct ikev2_request request; /* that it answers, else */
};

/* How an IKE SA came to be, before whatever has rekeyed it since. */
struct ikev2_origin {
	bool ours; /* we were its initiator */
	uint64_t begun; /* in the engine's order */
	uint64_t established;
	uint8_t nonce[IKEV2_NONCE_MIN]; /* the lower one, its first bytes */
};

struct ikev2 {
	struct ike_sa *sa;
	enum ikev2_state state;
	bool keyed; /* keys are there */
	bool mixed; /* with a PPK */
	struct ikev2_keys keys;
	uint64_t iv; /* next one of a cipher that counts */
	struct ikev2_nonce ni;
	struct ikev2_nonce nr;
	struct ike_dh *dh; /* ours, until the secret is made */
	struct ikev2_bytes peer_ke; /* responder: until IKE_AUTH comes */
	struct ikev2_bytes init_sent; /* our IKE_SA_INIT message, for AUTH */
	struct ikev2_bytes init_got; /* the peer's */

	/* what the peer announced */
	unsigned int hashes;
	bool fragmentation;
	bool childless;
	bool ppk;
	bool natd; /* it tells of its addresses */

	/* as initiator, of IKE_SA_INIT */
	struct ikev2_bytes cookie;
	unsigned int cookies;
	unsigned int groups;
	unsigned int redirects;
	struct ipsec_addr redirected_from;
	uint16_t group; /* 0: the first one */
	uint16_t refused; /* a notify that anyone could have sent */
	unsigned int auth_next; /* of the rule's methods */
	unsigned int again; /* how often the peer had lost its memory */

	struct ikev2_bytes id_body; /* of the ID we sent, for AUTH */
	struct ikev2_wait wait;

	uint32_t next_id; /* of our next request */
	uint32_t expected; /* of the peer's next request */
	struct ikev2_request request;
	struct ike_timer retry;
	struct ikev2_answered answered;
	struct ike_frag *frag_request;
	struct ike_frag *frag_response;

	enum ipsecdrv_refuse_reason end_reason;
	unsigned int holds;
	uint64_t held_until; /* nothing new before, 0: no */
	struct ike_timer hold;
	struct ikev2_origin origin; /* of one that is established */
	struct ike_timer spare; /* until then its end is the peer's to begin */
	bool rival; /* made by the peer while we rekey rival_of */
	uint8_t rival_of[IKE_SPI_LEN];
};

static inline struct ikev2 *ikev2_of(const struct ike_sa *sa)
{
	return sa->v;
}

/* v2_sa.c: its beginning and end, and what it does one after the other */
extern const struct ike_ops ikev2_ops; /* v2.c */
void ikev2_kick(struct ike_sa *sa);
void ikev2_free(struct ike_sa *sa);
/* An IKE SA with the version's state; NULL: no memory. */
struct ike_sa *ikev2_sa_new(struct ike_engine *engine, bool initiator,
			    const struct ike_path *path);
/* Our secret and the peer's value are no longer needed. */
void ikev2_forget_dh(struct ikev2 *v);
/* Ends the SA from a timer that is due, for kick() must not. */
void ikev2_end_soon(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason);
/* Later, so that until then the last answer is repeated, but nothing else. */
void ikev2_end_after(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason,
		     uint64_t ms);
/* The task is tried again after a while; false: it was tried too often. */
bool ikev2_hold(struct ike_sa *sa);
struct ike_child *ikev2_child(struct ike_sa *sa, uint64_t owner);

#endif
