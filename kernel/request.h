/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cipher requests. A request belongs to a CPU and is used with bottom halves off, so an
 * implementation that answers at once costs no allocation, lock or reference. One that
 * answers -EINPROGRESS keeps the request, and the CPU gets another one.
 *
 * An SA counts the operations it has in flight. The submitter counts them, in the RCU
 * section in which it found the SA, and ipd_sa_crypto_free() comes a grace period after
 * the SA could last be found, so it has only to wait for the count to be 0. A completion
 * may be faster than its submitter; the count is then -1 for a moment.
 *
 * What cannot be done where it is asked for waits for a process of this CPU, in order.
 */
#ifndef IPD_REQUEST_H
#define IPD_REQUEST_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "crypto.h"

/**
 * struct ipd_request - one operation on one packet
 * @finish: what remains to be done after the cipher, on either path; gives the result
 * @off: of the packet's ESP or AH header
 * @saved: esp.c's
 * @seq: esp.c's
 * @size: of the whole object, the implementation's context included
 * @err: result, until @work has run
 * @list: in struct ipd_request_queue
 * @work: for implementations that complete with interrupts off
 * @sg: the packet, for ESP
 * @iv: for ESP; block modes overwrite it
 */
struct ipd_request {
	struct ipd_sa *sa;
	struct sk_buff *skb;
	ipd_done_t done;
	int (*finish)(struct ipd_request *req, int err);
	unsigned int off;
	u32 saved;
	u64 seq;
	unsigned int size;
	int err;
	struct list_head list;
	struct scatterlist sg;
	u8 iv[16] __aligned(8);
	struct work_struct work;
	union {
		struct aead_request aead;
		struct ahash_request ahash;
	};
};

DECLARE_PER_CPU(struct ipd_request *, ipd_requests);
extern unsigned int ipd_request_size;

/* As much as with cryptd. */
#define IPD_REQUESTS_WAITING	1000

/**
 * struct ipd_request_queue - what waits for a process of one CPU
 * @lock: of the other members, bottom halves off
 * @list: requests
 * @len: of @list, and one more while @work has it in hand; read by the CPU without @lock
 * @work: empties it, elsewhere if the CPU has gone
 */
struct ipd_request_queue {
	spinlock_t lock;	/* list, len */
	struct list_head list;
	unsigned int len;
	struct work_struct work;
};

DECLARE_PER_CPU(struct ipd_request_queue, ipd_request_queues);

struct ipd_request *ipd_request_new(void);
int ipd_request_detach(struct ipd_sa *sa);
int ipd_request_defer(struct ipd_request *req);
void ipd_request_complete(crypto_completion_data_t *data, int err);
void ipd_request_reserve(unsigned int size);
int ipd_requests_init(void);
void ipd_requests_free(void);

/* How many wait on this CPU. Bottom halves off. */
static inline unsigned int ipd_requests_waiting(void)
{
	return this_cpu_read(ipd_request_queues.len);
}

/* This CPU's request, NULL if there is no memory. Submitting it is the only use. */
static inline struct ipd_request *
ipd_request_get(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, ipd_done_t done,
		int (*finish)(struct ipd_request *req, int err))
{
	struct ipd_request *req = this_cpu_read(ipd_requests);

	lockdep_assert_once(in_softirq());
	if (unlikely(!req || req->size < READ_ONCE(ipd_request_size)))
		req = ipd_request_new();
	if (unlikely(!req))
		return NULL;
	req->sa = sa;
	req->skb = skb;
	req->off = off;
	req->done = done;
	req->finish = finish;
	return req;
}

#endif /* IPD_REQUEST_H */
