// SPDX-License-Identifier: GPL-2.0-only
/*
 * See request.h.
 */
#include <linux/bottom_half.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "request.h"
#include "sadb.h"

DEFINE_PER_CPU(struct ipd_request *, ipd_requests);
/* Only grows, under the lock; a request that is smaller is replaced when it is next used. */
unsigned int ipd_request_size __read_mostly;
DEFINE_PER_CPU(struct ipd_request_queue, ipd_request_queues);
static DEFINE_MUTEX(ipd_request_lock);
static struct workqueue_struct *ipd_request_wq;

static void ipd_request_end(struct ipd_request *req, int err);

static void ipd_request_work(struct work_struct *work)
{
	struct ipd_request *req = container_of(work, struct ipd_request, work);

	ipd_request_end(req, req->err);
}

static struct ipd_request *ipd_request_alloc(gfp_t gfp)
{
	unsigned int size = READ_ONCE(ipd_request_size);
	struct ipd_request *req = kmalloc(size, gfp);

	if (!req)
		return NULL;
	req->size = size;
	sg_init_table(&req->sg, 1);
	INIT_WORK(&req->work, ipd_request_work);
	return req;
}

/* Bottom halves off. Keep @req for this CPU's next operation, if it needs one. */
static void ipd_request_put(struct ipd_request *req)
{
	struct ipd_request *old = this_cpu_read(ipd_requests);

	if (!old || old->size < req->size) {
		this_cpu_write(ipd_requests, req);
		req = old;
	}
	/* Intermediate states of the ciphers are in there. */
	kfree_sensitive(req);
}

/**
 * ipd_request_new() - a request for this CPU, which has none or a small one
 *
 * Bottom halves off.
 */
struct ipd_request *ipd_request_new(void)
{
	struct ipd_request *req = ipd_request_alloc(GFP_ATOMIC | __GFP_NOWARN);

	if (req)
		ipd_request_put(req);
	return req;
}

/**
 * ipd_request_detach() - the implementation said -EINPROGRESS
 * @sa: SA of this CPU's request, which may have been freed by now
 *
 * Bottom halves off, in the RCU section in which the SA was found.
 */
int ipd_request_detach(struct ipd_sa *sa)
{
	this_cpu_write(ipd_requests, NULL);
	atomic_inc(&sa->inflight);
	return -EINPROGRESS;
}

/**
 * ipd_request_defer() - do all of it later, in a process
 * @req: this CPU's request; its @finish does the work
 *
 * Bottom halves off, in the RCU section in which the SA was found.
 *
 * Return: -EINPROGRESS, or -ENOSPC if too many wait already.
 */
int ipd_request_defer(struct ipd_request *req)
{
	struct ipd_request_queue *queue = this_cpu_ptr(&ipd_request_queues);

	if (ipd_requests_waiting() >= IPD_REQUESTS_WAITING)
		return -ENOSPC;
	ipd_request_detach(req->sa);
	spin_lock(&queue->lock);
	list_add_tail(&req->list, &queue->list);
	WRITE_ONCE(queue->len, queue->len + 1);
	spin_unlock(&queue->lock);
	queue_work(ipd_request_wq, &queue->work);
	return -EINPROGRESS;
}

/* Many at a time, with bottom halves off: of what comes in between, nothing has to wait behind
 * the rest of them.
 */
static void ipd_request_queue_work(struct work_struct *work)
{
	struct ipd_request_queue *queue = container_of(work, struct ipd_request_queue, work);
	struct ipd_request *req;
	unsigned int n;

	local_bh_disable();
	spin_lock(&queue->lock);
	for (n = 0; n < NAPI_POLL_WEIGHT && queue->len; n++) {
		req = list_first_entry(&queue->list, struct ipd_request, list);
		list_del(&req->list);
		spin_unlock(&queue->lock);
		ipd_request_end(req, 0);
		spin_lock(&queue->lock);
		WRITE_ONCE(queue->len, queue->len - 1);
	}
	if (queue->len)
		queue_work(ipd_request_wq, &queue->work);
	spin_unlock(&queue->lock);
	local_bh_enable();
}

static void ipd_request_end(struct ipd_request *req, int err)
{
	struct ipd_sa *sa = req->sa;

	local_bh_disable();
	rcu_read_lock();
	req->done(sa, req->skb, req->finish(req, err));
	ipd_request_put(req);
	if (atomic_dec_and_test(&sa->inflight))
		wake_up_var(&sa->inflight);
	rcu_read_unlock();
	local_bh_enable();
}

/* Callback of every request. */
void ipd_request_complete(crypto_completion_data_t *data, int err)
{
	struct ipd_request *req = crypto_get_completion_data(data);

	if (err == -EINPROGRESS)	/* left the backlog, which we do not ask for */
		return;

	if (likely(!in_hardirq() && !irqs_disabled())) {
		ipd_request_end(req, err);
		return;
	}
	req->err = err;
	queue_work(ipd_request_wq, &req->work);
}

static long ipd_request_grow(void *unused)
{
	struct ipd_request *req = ipd_request_alloc(GFP_KERNEL);

	/* Without memory the first packet tries again. */
	if (!req)
		return -ENOMEM;
	local_bh_disable();
	ipd_request_put(req);
	local_bh_enable();
	return 0;
}

/**
 * ipd_request_reserve() - make room for an implementation
 * @size: of its aead_request or ahash_request with context
 *
 * May sleep. Must be done before anyone finds the SA.
 */
void ipd_request_reserve(unsigned int size)
{
	unsigned int cpu;

	size += offsetof(struct ipd_request, aead);
	mutex_lock(&ipd_request_lock);
	if (size > ipd_request_size) {
		WRITE_ONCE(ipd_request_size, size);
		for_each_possible_cpu(cpu)
			work_on_cpu_safe(cpu, ipd_request_grow, NULL);
	}
	mutex_unlock(&ipd_request_lock);
}

/** ipd_requests_init() - before any SA; 0 or -ENOMEM */
int __init ipd_requests_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct ipd_request_queue *queue = per_cpu_ptr(&ipd_request_queues, cpu);

		spin_lock_init(&queue->lock);
		INIT_LIST_HEAD(&queue->list);
		INIT_WORK(&queue->work, ipd_request_queue_work);
	}
	ipd_request_wq = alloc_workqueue("ipsecdrv_cipher", WQ_HIGHPRI | WQ_MEM_RECLAIM, 0);
	return ipd_request_wq ? 0 : -ENOMEM;
}

/** ipd_requests_free() - no SA is left */
void ipd_requests_free(void)
{
	unsigned int cpu;

	/* What woke ipd_sa_crypto_free() may not have returned yet: a work, or a completion. */
	destroy_workqueue(ipd_request_wq);
	synchronize_rcu();
	for_each_possible_cpu(cpu)
		kfree_sensitive(per_cpu(ipd_requests, cpu));
}
