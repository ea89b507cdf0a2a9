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
#define IKEV2_NONCE_LEN 32 /* ours; half of any PRF's key at least */
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
	bool rival; /* made by the peer while we rekey rival_of */
	uint8_t rival_of[IKE_SPI_LEN];
};

static inline struct ikev2 *ikev2_of(const struct ike_sa *sa)
{
	return sa->v;
}

/* A chain of payloads to be sealed. */
struct ikev2_chain {
	struct ike_builder b;
	uint8_t buf[IKE_MESSAGE_MAX];
};

/* v2.c */
extern const struct ike_ops ikev2_ops;
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

/* v2_util.c */
int ikev2_bytes_set(struct ikev2_bytes *b, const void *data, size_t len);
void ikev2_bytes_free(struct ikev2_bytes *b);
int ikev2_random(struct ike_engine *engine, void *buf, size_t len);
int ikev2_nonce_make(struct ike_engine *engine, struct ikev2_nonce *nonce);
/* -EBADMSG: none, several, or one of a forbidden length. */
int ikev2_nonce_read(const struct ike_message *m, struct ikev2_nonce *nonce);
/* As strings of bytes: < 0, 0, > 0. */
int ikev2_nonce_compare(const struct ikev2_nonce *a,
			const struct ikev2_nonce *b);
static inline struct ike_blob ikev2_nonce_blob(const struct ikev2_nonce *n)
{
	return (struct ike_blob){ n->data, n->len };
}
/* The first notify of the type; malformed ones are passed over. */
bool ikev2_notify_find(const struct ike_message *m, uint16_t type,
		       struct ike_notify *n);
/* The first error notify; 0: none. */
uint16_t ikev2_notify_error(const struct ike_message *m, struct ike_notify *n);
/* One of IKE itself, without SPI. */
void ikev2_notify_put(struct ike_builder *b, uint16_t type, const void *data,
		      size_t len);
/* The only payload of its type; NULL: none or several. */
const struct ike_payload *ikev2_payload_one(const struct ike_message *m,
					    uint8_t type);
enum ipsecdrv_refuse_reason ikev2_refuse_reason(uint16_t notify);
/* A payload that must be understood and is not; NULL: none. */
const struct ike_payload *ikev2_unknown_critical(const struct ike_message *m);
bool ikev2_offers_group(const struct ike_proposals *list, uint16_t group);

/* v2_message.c */
void ikev2_chain_start(struct ikev2_chain *c);
/*
 * Seals and sends a request; v->request has what it is about. The chain may be
 * NULL: an empty one. -ENOMEM, -EMSGSIZE: nothing was sent.
 */
int ikev2_request_send(struct ike_sa *sa, struct ikev2_chain *c,
		       uint8_t exchange);
/* Seals, sends and keeps the answer to the request m. */
int ikev2_answer_send(struct ike_sa *sa, const struct ike_message *m,
		      const struct ike_path *to, struct ikev2_chain *c);
/* An answer of one notify. */
void ikev2_answer_notify(struct ike_sa *sa, const struct ike_message *m,
			 const struct ike_path *to, uint16_t type,
			 const void *data, size_t len);
/*
 * Checks and decrypts m; its payloads are then the inner ones, which live in
 * plain (IKE_MESSAGE_MAX bytes). 0; -EAGAIN: a fragment of more; -EBADMSG: not
 * authentic; -EINVAL: authentic, but its payloads are no chain.
 */
int ikev2_message_open(struct ike_sa *sa, struct ike_message *m,
		       uint8_t *plain);
void ikev2_packets_free(struct ikev2_packets *p);

/* v2_retry.c */
/* Sends v->request, and starts to wait for its answer. */
int ikev2_retry_start(struct ike_sa *sa);
void ikev2_retry_fire(struct ike_timer *timer);
/* Ends the outstanding request, whose parts the caller has then. */
struct ikev2_request ikev2_request_take(struct ike_sa *sa);
void ikev2_request_free(struct ikev2_request *r);
/* Is it a repetition of the request answered last? Then answers again. */
void ikev2_repeat(struct ike_sa *sa, const struct ike_path *from,
		  const struct ike_message *m);
/* Of a message as it came; false: of a fragment that is not the first. */
bool ikev2_print_make(const struct ike_message *m, struct ikev2_print *print);

/* v2_nat.c */
/* NAT_DETECTION_* of a message of ours; lie: so that the peer sees a NAT. */
int ikev2_nat_write(const struct ike_sa *sa, struct ike_builder *b, bool lie);
void ikev2_nat_read(struct ike_sa *sa, const struct ike_message *m,
		    const struct ike_path *path);
/* An authentic message came by another way than the last. */
void ikev2_nat_moved(struct ike_sa *sa, const struct ike_path *from);

/* v2_init.c, v2_init_r.c */
void ikev2_init_start(struct ike_sa *sa);
void ikev2_init_response(struct ike_sa *sa, const struct ike_path *from,
			 struct ike_message *m);
void ikev2_init_repeat(struct ike_sa *sa, const struct ike_path *from,
		       const struct ike_message *m);
/* What both sides say of themselves. */
int ikev2_init_features(const struct ike_sa *sa, struct ike_builder *b,
			const struct policy_rule *rule);
void ikev2_init_learn(struct ike_sa *sa, const struct ike_message *m);
/* Shared secret and keys of the first exchange. 0, -EBADMSG, -EIO. */
int ikev2_init_keys(struct ike_sa *sa, struct ike_blob peer_ke);

/* v2_id.c: which rule and method a peer's identity leads to */
struct ikev2_claim {
	struct ike_id remote; /* IDi or IDr of the peer */
	struct ike_id wanted; /* the IDr it asks us for; type 0: none */
	struct ike_blob remote_body; /* as sent, for AUTH */
	struct ike_auth_body auth;
};
/* Our identity under a method. */
void ikev2_id_local(const struct ike_sa *sa, const struct policy_auth *auth,
		    struct ike_id *id);
bool ikev2_id_write(struct ike_sa *sa, struct ike_builder *b, uint8_t type,
		    const struct ike_id *id);
int ikev2_id_read(const struct ike_payload *p, struct ike_id *id);
/* May this method of a rule be what the peer claims? */
bool ikev2_id_fits(const struct policy_auth *auth,
		   const struct ikev2_claim *claim);
/* May a Child SA of this rule be made with the peer of an established SA? */
bool ikev2_id_rule_allows(const struct ike_sa *sa,
			  const struct policy_rule *rule);

bool ikev2_id_wanted(const struct ike_sa *sa, const struct policy_auth *auth,
		     const struct ike_id *wanted);

/* v2_proof.c: AUTH, ours and the peer's; k is with or without PPK */
int ikev2_proof_make(const struct ike_sa *sa, const struct ikev2_keys *k,
		     const struct policy_auth *auth, uint8_t *method,
		     uint8_t *out, size_t *len);
/*
 * Checks the peer's AUTH under one method. 0; -EBADMSG: not proven;
 * -EINPROGRESS: an OCSP answer is awaited.
 */
int ikev2_proof_check(struct ike_sa *sa, const struct ikev2_keys *k,
		      const struct policy_auth *auth,
		      const struct ikev2_claim *claim,
		      const struct ike_message *m);
void ikev2_proof_certs(const struct policy_auth *auth, struct ike_builder *b);
void ikev2_proof_certreq(const struct policy_rule *rule, struct ike_builder *b);

/* v2_ppk.c */
bool ikev2_ppk_mix(const struct ike_sa *sa, const struct policy_rule *rule,
		   struct ikev2_keys *mixed);
void ikev2_ppk_write_id(const struct policy_rule *rule, struct ike_builder *b);
bool ikev2_ppk_named(const struct policy_rule *rule,
		     const struct ike_message *m);

/* v2_auth.c, v2_auth_r.c */
void ikev2_auth_start(struct ike_sa *sa);
void ikev2_auth_response(struct ike_sa *sa, struct ikev2_request *r,
			 struct ike_message *m);
void ikev2_auth_request(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m);
void ikev2_auth_established(struct ike_sa *sa);

/* v2_lost.c */
/* A new IKE SA in place of one that is half open; its children go over. */
struct ike_sa *ikev2_begin_again(struct ike_sa *sa, unsigned int auth);

/* v2_wait.c: IKE_AUTH that waits for an OCSP answer */
int ikev2_wait_start(struct ike_sa *sa, const struct ike_path *from,
		     struct ikev2_request *r, const struct ike_message *m);
void ikev2_wait_resume(struct ike_sa *sa);

/* v2_child.c: a Child SA inside of IKE_AUTH or CREATE_CHILD_SA */
/* Our payloads that ask for the child; ke NULL: without one. */
int ikev2_child_ask(struct ike_sa *sa, struct ike_child *child,
		    struct ikev2_request *r, struct ike_builder *b);
/*
 * What the peer answered. 0, the notify that it sent or that says what is
 * wrong with it; *made: the peer has an SA, which must be deleted.
 */
uint16_t ikev2_child_take(struct ike_sa *sa, struct ike_child *child,
			  struct ikev2_request *r, const struct ike_message *m,
			  bool install, bool *made);
int ikev2_child_install(struct ike_sa *sa, struct ike_child *child,
			struct ike_blob secret, const struct ikev2_nonce *ni,
			const struct ikev2_nonce *nr);

/* v2_child_r.c */
struct ikev2_child_answer {
	struct ike_child *old; /* that is rekeyed, or NULL */
	bool create; /* CREATE_CHILD_SA: with nonces of its own */
	struct ikev2_nonce ni;
	struct ikev2_nonce nr;
	uint16_t group; /* that the peer should use: INVALID_KE_PAYLOAD */
	struct ike_child *child; /* the new one */
};
/* Makes it and writes our payloads. 0, or the notify that refuses it. */
uint16_t ikev2_child_give(struct ike_sa *sa, struct ikev2_child_answer *a,
			  const struct ike_message *m, struct ike_builder *b);
/* Does the rule allow some of what a request asks for? */
bool ikev2_child_rule_fits(struct ike_sa *sa, const struct ike_message *m,
			   const struct policy_rule *rule);

/* v2_ts.c */
void ikev2_ts_offer(const struct ike_child *child, struct ike_ts_list *local,
		    struct ike_ts_list *remote);
/* Is what came back within what was asked? Takes it. */
bool ikev2_ts_take(struct ike_sa *sa, struct ike_child *child,
		   const struct ike_message *m);
/* Reads what a peer asks for, local and remote in our sense. 0, -EBADMSG. */
int ikev2_ts_asked(const struct ike_sa *sa, const struct ike_message *m,
		   bool transport, struct ike_ts_list *local,
		   struct ike_ts_list *remote);
void ikev2_ts_answer(const struct ike_sa *sa, const struct ike_child *child,
		     const struct ike_message *m, struct ike_builder *b);

/* v2_create.c */
void ikev2_create_start(struct ike_sa *sa, struct ike_child *child);
void ikev2_rekey_child_start(struct ike_sa *sa, struct ike_child *old);
/* The peer refused it, or what it answered is of no use. */
void ikev2_create_failed(struct ike_sa *sa, struct ike_child *child,
			 struct ikev2_request *r, uint16_t error, bool made);
void ikev2_create_response(struct ike_sa *sa, struct ikev2_request *r,
			   struct ike_message *m);
void ikev2_create_request(struct ike_sa *sa, const struct ike_path *from,
			  struct ike_message *m);

/* v2_rekey.c */
void ikev2_rekey_start(struct ike_sa *sa);
void ikev2_rekey_response(struct ike_sa *sa, struct ikev2_request *r,
			  struct ike_message *m);
void ikev2_rekey_request(struct ike_sa *sa, const struct ike_path *from,
			 struct ike_message *m);

/* v2_collide.c: two exchanges at once, RFC 7296 sections 2.8 and 2.25 */
/* TEMPORARY_FAILURE and the like for a request of the peer now, or 0. */
uint16_t ikev2_collide_child(const struct ike_sa *sa);
uint16_t ikev2_collide_rekey_child(const struct ike_sa *sa,
				   const struct ike_child *old);
uint16_t ikev2_collide_rekey(const struct ike_sa *sa);
/* We answered a rekey of old: remembers it if we ask for the same. */
void ikev2_collide_child_answered(struct ike_sa *sa, struct ike_child *old,
				  const struct ikev2_child_answer *a);
void ikev2_collide_answered(struct ike_sa *sa, struct ike_sa *rival,
			    const struct ikev2_nonce *ni,
			    const struct ikev2_nonce *nr);
/* The peer deletes a Child SA that we may be about to hear of. */
void ikev2_collide_deleted(struct ike_sa *sa, uint32_t spi);
/* Has it been deleted before we heard of it? */
bool ikev2_collide_is_deleted(const struct ikev2_request *r,
			      const struct ike_child *child);
/* Is ours, made of r and the peer's nonce, the one that stays? */
bool ikev2_collide_wins(const struct ikev2_request *r,
			const struct ikev2_nonce *nr);
/* The IKE SA that the peer made meanwhile, if there still is one. */
struct ike_sa *ikev2_collide_rival(struct ike_sa *sa,
				   const struct ikev2_request *r);
/* The peer uses this SA, so it is the one that stays. */
void ikev2_collide_used(struct ike_sa *sa);
/* It waits for the peer's Delete; nothing is begun on it. */
void ikev2_collide_leave(struct ike_sa *sa);
/* to takes the place of from, which waits for its deletion. */
void ikev2_collide_settle(struct ike_sa *from, struct ike_sa *to);

/* v2_lost.c */
/* An answer in clear that the peer does not know the SA: true, and taken. */
bool ikev2_lost_hint(struct ike_sa *sa, const struct ike_message *m);

/* v2_info.c */
void ikev2_info_start(struct ike_sa *sa); /* liveness */
void ikev2_delete_start(struct ike_sa *sa);
void ikev2_delete_child_start(struct ike_sa *sa, struct ike_child *child);
void ikev2_info_response(struct ike_sa *sa, struct ikev2_request *r,
			 struct ike_message *m);
void ikev2_info_request(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m);

#endif
