/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V1_H
#define IKE_V1_H

/* What the files of version 1 share: RFC 2407 to 2409, and MS-IKEE. */
#include "engine.h"
#include "frag.h"
#include "keys.h"
#include "payload.h"

#define IKEV1_NONCE_LEN 32
#define IKEV1_SEEN_LEN 32

/* Whose vendor IDs were seen. */
enum ikev1_vendor {
	IKEV1_VENDOR_NATT_RFC = 1 << 0, /* RFC 3947 */
	IKEV1_VENDOR_NATT_DRAFT = 1 << 1, /* draft-ietf-ipsec-nat-t-ike-02 */
	IKEV1_VENDOR_DPD = 1 << 2, /* RFC 3706 */
	IKEV1_VENDOR_FRAGMENTATION = 1 << 3,
	IKEV1_VENDOR_INITIAL_CONTACT = 1 << 4, /* MS-IKEE */
	IKEV1_VENDOR_CLUSTER = 1 << 5, /* NLBS_PRESENT: a cluster's member */
	IKEV1_VENDOR_MICROSOFT = 1 << 6, /* MS NT5 ISAKMPOAKLEY */
};

/* A copy of bytes that a later message needs; malloc, wiped when freed. */
struct ikev1_bytes {
	uint8_t *data;
	size_t len;
};

int ikev1_bytes_set(struct ikev1_bytes *b, const void *data, size_t len);
void ikev1_bytes_free(struct ikev1_bytes *b);
struct ike_blob ikev1_blob(const struct ikev1_bytes *b);

/*
 * One exchange's way of the wire: what was last sent, to be sent again when no
 * answer comes or when the message that it answers comes again.
 */
struct ikev1_wire {
	struct ike_sa *sa;
	struct ikev1_bytes sent;
	bool has_id; /* MS-IKEE 3.3: only such messages are fragmented */
	uint8_t seen[IKEV1_SEEN_LEN]; /* hash of the last message taken */
	bool has_seen;
	uint8_t iv[IKE_BLOCK_MAX];
	unsigned int tries;
	unsigned int tries_max;
	unsigned int answers; /* times it was sent again for a duplicate */
	struct ike_timer timer;
	void (*given_up)(struct ikev1_wire *wire);
};

/* A quick mode that is not finished. */
struct ikev1_quick {
	TAILQ_ENTRY(ikev1_quick) link;
	struct ike_sa *sa;
	struct ike_child *child; /* NULL: it has ended */
	uint32_t id;
	bool initiator;
	bool done; /* kept to answer duplicates */
	bool wait_connected; /* the responder set the commit bit */
	struct ikev1_wire wire;
	struct ike_proposals offer;
	struct ikev1_bytes ni;
	struct ikev1_bytes nr;
	struct ikev1_bytes id_ci; /* of a responder: as the peer sent them */
	struct ikev1_bytes id_cr;
	uint32_t their_seconds; /* lifetimes that the peer asked for, 0: none */
	uint32_t their_kbytes;
	struct ike_dh *dh;
	uint16_t group;
	uint8_t secret[IKE_KE_MAX];
	size_t secret_len;
	struct ike_timer end; /* of a responder that is not confirmed, or done */
};

/* A delete whose acknowledgement is awaited (MS-IKEE 3.8). */
struct ikev1_notice {
	TAILQ_ENTRY(ikev1_notice) link;
	uint32_t id;
	struct ikev1_bytes ni;
	struct ikev1_wire wire;
	bool last; /* the SA ends with it */
};

/* Message IDs that either side has begun an exchange by. */
#define IKEV1_IDS_MAX 65536
struct ikev1_ids {
	uint32_t *id; /* malloc; sorted */
	unsigned int count;
	unsigned int room;
	bool full; /* not all are there */
};

/* What the last message that did not prove its sender would be refused for. */
struct ikev1_doubt {
	unsigned int count; /* of such messages */
	uint16_t notify; /* 0: there was none */
	enum ike_cause cause;
	char why[160];
	uint8_t iv[IKE_BLOCK_MAX]; /* after it */
	struct ike_path from; /* of it */
	struct ike_timer timer;
};

struct ikev1 {
	struct ike_sa *sa;
	struct ike_path from; /* of the message that is being taken */
	bool again; /* one with its ID came before, of a peer behind a NAT */
	struct ikev1_ids ids; /* of such a peer */
	unsigned int expect; /* number of the main-mode message that comes next */
	bool aggressive;
	uint16_t refused; /* by a notify in clear, which anyone can send */
	bool unreadable; /* a message came that could not be decrypted */
	struct ikev1_doubt doubt;
	unsigned int vendor; /* bits of enum ikev1_vendor */
	uint32_t ms_version; /* 4 is Windows Server 2003 */
	struct ikev1_wire wire; /* of main mode */
	struct ike_proposals offer;
	struct ikev1_bytes sa_body; /* the initiator's SA payload */
	struct ikev1_bytes id_i; /* bodies of the ID payloads */
	struct ikev1_bytes id_r;
	struct ikev1_bytes ke_i;
	struct ikev1_bytes ke_r;
	struct ikev1_bytes ni;
	struct ikev1_bytes nr;
	struct ike_dh *dh;
	bool has_keys;
	struct ikev1_keys keys;
	uint8_t last_main[IKE_BLOCK_MAX]; /* where IVs of phase 2 come from */
	bool ask_cert; /* the peer asked for our certificate */
	uint8_t dos_cookie[IKE_SPI_LEN];

	struct ike_frag *frag;
	struct ike_timer frag_end; /* the rest of it must come by then */
	bool fragment; /* send so: the peer did, or our messages get lost */
	uint16_t frag_id;

	TAILQ_HEAD(ikev1_quick_list, ikev1_quick) quicks;
	TAILQ_HEAD(ikev1_notice_list, ikev1_notice) notices;
	uint32_t dpd_out;
	unsigned int dpd_tries;
	struct ike_timer dpd;
	struct ike_timer retire; /* of one that was replaced */
	struct ike_timer lost; /* a probe after a hint that it is not known */
	uint64_t lost_since;
	unsigned int lost_expect; /* how far main mode was then */
	struct ike_timer end; /* the SA goes when it is due */
	enum ipsecdrv_refuse_reason end_reason;
	uint8_t replaces[IKE_SPI_LEN]; /* our SPI of the SA that this one renews */
};

static inline struct ikev1 *ikev1_of(const struct ike_sa *sa)
{
	return sa->v;
}

/* v1.c */
/* What the driver is told of a peer's refusal; and one that came in clear. */
enum ipsecdrv_refuse_reason ikev1_refuse_reason(uint16_t notify);
void ikev1_refused(struct ike_sa *sa, uint16_t notify);
/* One that is certain, or was all that came: main mode ends. */
void ikev1_main_refused(struct ike_sa *sa, uint16_t notify);
extern const struct ike_ops ikev1_ops;
struct ike_sa *ikev1_sa_new(struct ike_engine *engine, bool initiator,
			    const struct ike_path *path);
/* The SA ends as soon as nobody is working on it. */
void ikev1_end(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason);
void ikev1_established(struct ike_sa *sa);
/* INITIAL-CONTACT of an authentic message, if it has one. */
void ikev1_contact_read(struct ike_sa *sa, const struct ike_message *m);
/* Another main mode with the peer; NULL: there is none. */
struct ike_sa *ikev1_successor(const struct ike_sa *sa);
void ikev1_move_children(struct ike_sa *from, struct ike_sa *to);

/* v1_message.c */
struct ikev1_out {
	struct ike_builder b;
	uint8_t buf[IKE_MESSAGE_MAX];
};

/* A message of the SA in the making; NULL: no memory. Freed by a send. */
struct ikev1_out *ikev1_out_new(const struct ike_sa *sa, uint8_t exchange,
				uint32_t id);
void ikev1_out_free(struct ikev1_out *out);
/* Room for the HASH payload, always the first; filled in when it is sent. */
void ikev1_hash_reserve(struct ikev1_out *out, const struct ike_sa *sa);
/*
 * Sends and remembers it for wire: tries_max is how often it is sent when no
 * answer comes. encrypt: with the IV of wire, which moves on. 0, -EMSGSIZE,
 * -ENOMEM, -EIO.
 */
int ikev1_out_send(struct ikev1_out *out, struct ikev1_wire *wire, bool encrypt,
		   unsigned int tries_max);
/* hash: prf(SKEYID_a, head..., the message behind the HASH payload). */
int ikev1_hash_fill(struct ikev1_out *out, const struct ike_sa *sa,
		    const struct iovec *head, unsigned int n);
/*
 * The HASH payload of a decrypted message against the same; -EBADMSG, counted.
 */
int ikev1_hash_check(const struct ike_sa *sa, const struct ike_message *m,
		     const struct iovec *head, unsigned int n);
/* Decrypts m's body into plain (of m's length) and parses it; -EBADMSG. */
int ikev1_decrypt_message(struct ike_sa *sa, struct ike_message *m, uint8_t *iv,
			  uint8_t *plain);

void ikev1_wire_init(struct ikev1_wire *wire, struct ike_sa *sa,
		     void (*given_up)(struct ikev1_wire *wire));
void ikev1_wire_free(struct ikev1_wire *wire);
/* An answer came: nothing is sent again by the clock. */
void ikev1_wire_answered(struct ikev1_wire *wire);
/* Has this message been taken before? Then what answered it goes out again. */
bool ikev1_wire_duplicate(struct ikev1_wire *wire, const struct ike_message *m);
void ikev1_wire_seen(struct ikev1_wire *wire, const struct ike_message *m);
uint32_t ikev1_fresh_id(struct ike_sa *sa);

/* v1_fragment.c: MS-IKEE 3.3. */
void ikev1_transmit(struct ike_sa *sa, const struct ikev1_wire *wire,
		    bool fragment);
/* A whole message from fragments: true, and *data is valid until the next. */
bool ikev1_reassemble(struct ike_sa *sa, const struct ike_message *m,
		      const uint8_t **data, size_t *len);

/* v1_vendor.c */
void ikev1_vendor_write(struct ikev1_out *out, const struct ike_sa *sa);
void ikev1_vendor_read(struct ike_sa *sa, const struct ike_message *m);
bool ikev1_vendor_says(const struct ike_message *m, enum ikev1_vendor bit);

/* v1_natt.c */
void ikev1_natd_write(struct ikev1_out *out, const struct ike_sa *sa);
void ikev1_natd_read(struct ike_sa *sa, const struct ike_message *m);
/* To port 4500, as RFC 3947 section 4 wants it of the initiator. */
void ikev1_natt_float(struct ike_sa *sa);
/* As responder: the peer is where its first authentic message came from. */
void ikev1_natt_floated(struct ike_sa *sa);
uint16_t ikev1_encap_mode(const struct ike_sa *sa, enum ipsecdrv_mode mode);
void ikev1_natoa_write(struct ikev1_out *out, const struct ike_sa *sa,
		       const struct ike_child *child);

/* v1_proposal.c: phase 1. */
int ikev1_main_offer(const struct policy_rule *rule, struct ike_proposals *out);
/* Sets rule, auth and chosen of the SA: 0, -ENOENT. */
int ikev1_main_choose(struct ike_sa *sa, const struct ike_proposals *theirs);
int ikev1_main_check(struct ike_sa *sa, const struct ike_proposals *theirs);

/* v1_main.c */
int ikev1_main_start(struct ike_sa *sa);
void ikev1_main_message(struct ike_sa *sa, struct ike_message *m);
int ikev1_main_answer(struct ike_sa *sa, struct ike_message *m);
/* Main mode's last block of cipher is where phase 2 begins. */
void ikev1_main_iv_keep(struct ike_sa *sa);
/* v1_key.c: KE and nonce, and what follows from them. */
int ikev1_ke_make(struct ike_sa *sa);
void ikev1_ke_write(struct ikev1_out *out, struct ike_sa *sa);
int ikev1_ke_read(struct ike_sa *sa, const struct ike_message *m);
int ikev1_keys_make(struct ike_sa *sa);

/* v1_auth.c: identities, HASH_I and HASH_R, signatures. */
int ikev1_auth_write(struct ikev1_out *out, struct ike_sa *sa);
/*
 * 0: the SA's rule, auth and remote_id are then right; a notify type: it is the
 * peer, and refused; -EKEYREJECTED: see ikev1_doubt(); -EAGAIN: OCSP is asked.
 */
int ikev1_auth_read(struct ike_sa *sa, const struct ike_message *m);
/* The same for an identity that is known already. */
int ikev1_auth_proof(struct ike_sa *sa, const struct ike_message *m);
void ikev1_certreq_write(struct ikev1_out *out, const struct ike_sa *sa);
bool ikev1_by_signature(const struct ike_sa *sa);
/* Would the rule have taken what the peer has proven? */
bool ikev1_rule_allows(const struct ike_sa *sa, const struct policy_rule *rule);

/*
 * v1_doubt.c: ends the negotiation unless better comes soon; -EKEYREJECTED. And
 * the end of that, when something did, or may have.
 */
int ikev1_doubt(struct ike_sa *sa, uint16_t notify, enum ike_cause cause,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void ikev1_doubt_end(struct ike_sa *sa);
/* There were so many that no other is looked at; counts the message. */
bool ikev1_doubt_enough(struct ike_sa *sa);

/* v1_aggressive.c: as responder only, where a rule allows it. */
int ikev1_aggressive_answer(struct ike_sa *sa, struct ike_message *m);
void ikev1_aggressive_message(struct ike_sa *sa, struct ike_message *m);

/* v1_quick.c */
void ikev1_quick_start(struct ike_sa *sa, struct ike_child *child);
void ikev1_quick_message(struct ike_sa *sa, struct ike_message *m);
void ikev1_quick_free(struct ikev1_quick *q);
/* The one that negotiates the child; NULL: none. */
struct ikev1_quick *ikev1_quick_of(const struct ike_sa *sa,
				   const struct ike_child *child);
void ikev1_quick_forget(struct ike_sa *sa, struct ike_child *child);
void ikev1_quick_connected(struct ike_sa *sa, uint32_t id);
void ikev1_quick_failed(struct ike_sa *sa, const uint8_t *spi, size_t len,
			uint16_t notify);
/* v1_selector.c: identities of quick mode, and which child is renewed. */
void ikev1_ids_write(struct ikev1_out *out, const struct ike_child *child);
int ikev1_ids_read(const struct ike_sa *sa, const struct ike_message *m,
		   struct ike_ts *ours, struct ike_ts *theirs);
void ikev1_ids_through_nat(const struct ike_sa *sa, enum ipsecdrv_mode mode,
			   struct ike_ts *ours, struct ike_ts *theirs);

/* v1_follow.c: an authentic message came; it must be new. */
void ikev1_heard(struct ike_sa *sa);
/* One that begins an exchange, which is new if its ID is. */
void ikev1_heard_first(struct ike_sa *sa, uint32_t id);
void ikev1_id_used(struct ike_sa *sa, uint32_t id); /* by us */
void ikev1_ids_free(struct ikev1_ids *ids);

/* v1_lost.c: somebody says that the peer does not know the SA. */
void ikev1_lost_hint(struct ike_sa *sa);

/* v1_info.c */
void ikev1_info_message(struct ike_sa *sa, struct ike_message *m);
/* In clear before there are keys, else protected. */
void ikev1_notify(struct ike_sa *sa, uint8_t proto, uint16_t type,
		  const void *spi, size_t spi_len, const void *data,
		  size_t len);
/* The peer is told of the child's end; and the same with the end itself. */
void ikev1_delete_tell(struct ike_sa *sa, const struct ike_child *child);
void ikev1_delete_child(struct ike_sa *sa, struct ike_child *child);
void ikev1_delete_sa(struct ike_sa *sa);
void ikev1_notice_free(struct ike_sa *sa, struct ikev1_notice *notice);
void ikev1_dpd(struct ike_sa *sa);
void ikev1_dpd_due(struct ike_timer *timer);

#endif
