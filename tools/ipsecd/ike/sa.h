/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_SA_H
#define IKE_SA_H

#include <sys/queue.h>
/* hh.tbl of what could not be added is NULL. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "causes.h"
#include "env.h"
#include "policy.h"
#include "timer.h"

struct ike_engine;
struct ike_child;
struct ike_sa;

enum ike_sa_state {
	IKE_SA_CONNECTING, /* half open: the peer has not proven who it is */
	IKE_SA_ESTABLISHED,
	IKE_SA_REPLACED, /* rekeyed; only answers until it is deleted */
	IKE_SA_DELETING, /* our Delete is on its way */
	IKE_SA_STATES,
};

/* What either version does for the common code; v2.c and v1.c have one each. */
struct ike_ops {
	/* A parsed message whose SPIs are this SA's. It may free the SA. */
	void (*message)(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m);
	/*
	 * Something was queued (ike_sa_queue()): begins what can be begun now.
	 * It never frees the SA; an end is left to a timer that is due.
	 */
	void (*kick)(struct ike_sa *sa);
	/* The child ends: nothing of the version's may name it any more. */
	void (*forget)(struct ike_sa *sa, struct ike_child *child);
	/*
	 * The OCSP answer of ike_sa_fetch() is there; it may free the SA. NULL:
	 * the message comes again.
	 */
	void (*resume)(struct ike_sa *sa);
	/* Messages and fragments of messages that are kept until more comes. */
	unsigned int (*kept)(const struct ike_sa *sa);
	/* Version's own state; keys are wiped. */
	void (*free)(struct ike_sa *sa);
};

/*
 * What is to be done on an IKE SA, in order. A task that cannot be begun waits
 * for its exchange; a window of one request is outstanding.
 */
enum ike_task_kind {
	IKE_TASK_CHILD, /* a new Child SA: task->child */
	IKE_TASK_REKEY_CHILD, /* of task->child */
	IKE_TASK_DELETE_CHILD, /* of task->child */
	IKE_TASK_REKEY,
	IKE_TASK_LIVENESS,
	IKE_TASK_DELETE, /* the IKE SA itself */
};

#define IKE_TASKS_CHILD (IKE_TASK_DELETE_CHILD + 1)
#define IKE_TASKS (IKE_TASK_DELETE + 1)

/* Inside of what it is for, one of each kind, so that none needs memory. */
struct ike_task {
	TAILQ_ENTRY(ike_task) link;
	enum ike_task_kind kind;
	struct ike_child *child; /* NULL: of the IKE SA */
	bool queued;
};

/* Who sent a first message: that is how its retransmission is known. */
struct ike_first_key {
	uint8_t spi[IKE_SPI_LEN];
	uint8_t addr[16];
	uint16_t port;
};

/*
 * An IKE SA (version 2) or main-mode SA (version 1), from its first message.
 * Owned by the engine, found by our SPI. It ends only through ike_sa_free().
 */
struct ike_sa {
	UT_hash_handle hh;
	UT_hash_handle hh_peer;
	struct ike_first_key peer_key; /* of a responder's, once set */
	TAILQ_ENTRY(ike_sa) link;
	struct ike_engine *engine;
	const struct ike_ops *ops;
	void *v; /* struct ikev2 or struct ikev1 */
	unsigned int version; /* 1 or 2 */
	enum ike_sa_state state;
	bool initiator; /* we made it: spi_i is ours */
	uint8_t our_spi[IKE_SPI_LEN]; /* the key of the table */
	uint8_t peer_spi[IKE_SPI_LEN]; /* zeros until known */
	struct ike_path path; /* where messages go now */
	bool nat_local; /* we are behind a NAT */
	bool nat_remote;
	bool encap; /* Child SAs are UDP encapsulated */

	struct policy *policy; /* held; the rule's once there is one */
	/* NULL until a responder knows it; set by ike_sa_set_rule() alone */
	const struct policy_rule *rule;
	const struct policy_auth *auth; /* the peer was, or will be, held to */
	struct ike_id local_id;
	struct ike_id remote_id;
	enum ike_trust_result trust; /* of the peer's certificate */
	struct ike_proposal chosen;

	/* The OCSP answer that is awaited; fetch 0: none. */
	uint32_t fetch;
	struct ike_trust *fetch_trust;
	struct ike_ocsp ocsp;

	TAILQ_HEAD(ike_child_list, ike_child) children;
	TAILQ_HEAD(ike_task_list, ike_task) tasks;
	struct ike_task task[IKE_TASKS]; /* its own, by kind */

	unsigned int restarts; /* how often what it is for was begun anew */
	bool lost; /* somebody says that the peer does not know it */
	bool spare; /* of two that crossed the one that ends: v2_cross.c */

	uint64_t story; /* number in the log */
	uint64_t created; /* ms */
	uint64_t order; /* when it was, among all of the engine's */
	uint64_t established; /* ms, 0: not yet */
	uint64_t heard; /* ms, last authentic message */
	bool answered; /* as initiator: anything came from the peer */
	bool ended; /* by an administrator or a new policy */
	bool begun; /* its negotiation was told of */
	bool over; /* its failure or end was told of */
	unsigned int quick_modes; /* Child SAs made so far */
	bool limited; /* counted against its address as half open */
	bool counted; /* counted for its address as established */
	struct ike_path first_path; /* what the limits count it by */
	bool redirected; /* from there, by the peer that the rule names */
	bool half_open; /* counted as half open */

	struct ike_timer lifetime; /* rekey, then end */
	struct ike_timer liveness;
	struct ike_timer keepalive;
	bool lifetime_over; /* the lifetime timer's second time is its end */
	struct ike_timer abandon; /* half open for too long */
};

/* Gives it a fresh SPI. NULL: no memory. It is in the tables of the engine. */
struct ike_sa *ike_sa_new(struct ike_engine *engine, unsigned int version,
			  bool initiator, const struct ike_path *path);
/*
 * Ends it silently: children that remain are deleted from the driver, acquires
 * that wait for them are refused with reason.
 */
void ike_sa_free(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason);
/* As responder: what the first message said, for ike_engine_find_first(). */
void ike_sa_set_peer(struct ike_sa *sa, const uint8_t *spi);
const uint8_t *ike_sa_spi_i(const struct ike_sa *sa);
const uint8_t *ike_sa_spi_r(const struct ike_sa *sa);
/* Holds the rule's policy, which need not be the one in force any more. */
void ike_sa_set_rule(struct ike_sa *sa, const struct policy_rule *rule);
/* Counts it, arms its timers, and tells the log. */
void ike_sa_establish(struct ike_sa *sa);
/*
 * Its Delete is about to be sent: from now on its pairs receive only. The peer
 * has none any more when it hears that, and its answer may come late, or never.
 */
void ike_sa_deleting(struct ike_sa *sa);
/* The children of a rekeyed SA go over to the new one. */
void ike_sa_move_children(struct ike_sa *from, struct ike_sa *to);
void ike_sa_heard(struct ike_sa *sa);
/* The peer is there now: what goes to it takes this way, pairs included. */
void ike_sa_follow(struct ike_sa *sa, const struct ike_path *path);
/* A task of the kind for the child that waits already is enough. */
void ike_sa_queue(struct ike_sa *sa, enum ike_task_kind kind,
		  struct ike_child *child);
/* Takes a task off; a copy, for what it is in may end by it. */
struct ike_task ike_sa_take(struct ike_sa *sa, struct ike_task *task);
/* Tasks of a child that ends are taken off. */
void ike_sa_forget_child(struct ike_sa *sa, struct ike_child *child);
void ike_sa_send(struct ike_sa *sa, const void *msg, size_t len);

/* Log lines of a negotiation. */
/* Would a line be kept? Not asked where its text costs nothing. */
void ike_log(const struct ike_sa *sa, enum ike_log_level level, const char *fmt,
	     ...) __attribute__((format(printf, 3, 4)));

/*
 * Lines that are events, too: told whatever the policy's level is. A
 * negotiation has begun, or begins anew, which is told once.
 */
void ike_log_begin(struct ike_sa *sa, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void ike_log_made(struct ike_sa *sa, bool rekeyed, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The negotiation failed: one line that says why and what to do; counts. */
void ike_log_failure(struct ike_sa *sa, enum ike_cause cause, const char *fmt,
		     ...) __attribute__((format(printf, 3, 4)));
/* The SA or its negotiation is at its end, once; why may be NULL. */
void ike_log_end(struct ike_sa *sa, const char *why);
/* The same of a Child SA; child may be NULL if there is none yet. */
void ike_log_child_begin(struct ike_child *child);
void ike_log_child_made(struct ike_child *child, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void ike_log_child_failure(struct ike_sa *sa, struct ike_child *child,
			   enum ike_cause cause, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void ike_log_child_end(struct ike_child *child, const char *why);
/*
 * failure.c: only notes it, where no line or another one tells of it; of a peer
 * there may be no SA. What is said of the peer's proof, and by its notify.
 */
void ike_failure_note(const struct ike_sa *sa, enum ike_cause cause,
		      const char *text);
void ike_failure_note_peer(struct ike_engine *engine,
			   const struct ike_path *path, enum ike_cause cause,
			   const char *text);
enum ike_cause ike_cause_of_proof(const struct ike_sa *sa);
enum ike_cause ike_cause_of_notify(unsigned int version, uint16_t type,
				   bool child);
/*
 * Has an OCSP answer fetched; ops->resume() is called when it came. Takes what
 * is in ocsp over. Else, if it cannot be, the check is to be repeated at once.
 */
int ike_sa_fetch(struct ike_sa *sa, struct ike_trust *trust,
		 struct ike_ocsp *ocsp);
void ike_sa_fetch_end(struct ike_sa *sa);
const char *ike_sa_state_name(enum ike_sa_state state);

#endif
