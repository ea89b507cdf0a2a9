// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cells: one per CPU, a queue of protected packets and a NAPI instance that verifies
 * them and hands what comes out to GRO.
 *
 * A queued packet holds a reference on its device. What GRO keeps is flushed before a
 * poll ends, and a poll runs with bottom halves off, so no device can go while one of
 * its packets is there.
 */

#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "cell.h"
#include "input.h"
#include "net.h"

/* Like net.core.netdev_max_backlog, with room for a few full-sized GSO packets. */
#define IPD_CELL_BACKLOG	2048

/**
 * struct ipd_cell - of one CPU
 * @queue: bottom halves off, on its CPU
 * @done: packets that were taken out of it
 * @napi: empties it
 */
struct ipd_cell {
	struct sk_buff_head queue;
	unsigned long done;
	struct napi_struct napi;
};

static struct ipd_cell __percpu *ipd_cells;
/* NAPI wants a device; skb->dev stays the one the packet came in by. */
static struct net_device ipd_cell_dev;

static int ipd_cell_poll(struct napi_struct *napi, int budget)
{
	struct ipd_cell *cell = container_of(napi, struct ipd_cell, napi);
	struct net_device *dev;
	struct sk_buff *skb;
	int work = 0;

	/* For all of them: it is a call of its own where kernels can be preempted. */
	rcu_read_lock();
	while (work < budget) {
		skb = __skb_dequeue(&cell->queue);
		if (!skb)
			break;
		WRITE_ONCE(cell->done, cell->done + 1);
		dev = skb->dev;
		skb = ipd_input_packet(skb);
		if (!IS_ERR_OR_NULL(skb))
			napi_gro_receive(napi, skb);
		/* An asynchronous cipher or a larval SA has taken the reference over. */
		if (PTR_ERR(skb) != -EINPROGRESS)
			dev_put(dev);
		work++;
	}
	rcu_read_unlock();

	if (work < budget)
		napi_complete_done(napi, work);
	else
		napi_gro_flush(napi, false);
	return work;
}

/**
 * ipd_cell_queue() - hand a packet to this CPU's cell
 * @skb: packet with its IPD_IN_CB(); consumed if this returns true
 *
 * Bottom halves off.
 *
 * Return: false if the queue is full.
 */
bool ipd_cell_queue(struct sk_buff *skb)
{
	struct ipd_cell *cell = this_cpu_ptr(ipd_cells);

	if (unlikely(skb_queue_len(&cell->queue) > IPD_CELL_BACKLOG))
		return false;
	dev_hold(skb->dev);
	__skb_queue_tail(&cell->queue, skb);
	if (skb_queue_len(&cell->queue) == 1)
		napi_schedule(&cell->napi);
	return true;
}

/**
 * ipd_cells_flush() - wait until every packet that is queued now was dealt with
 *
 * May sleep.
 */
void ipd_cells_flush(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ipd_cell *cell = per_cpu_ptr(ipd_cells, cpu);
		unsigned long end = READ_ONCE(cell->done) + skb_queue_len_lockless(&cell->queue);

		/* What other namespaces queue meanwhile is not waited for. */
		while (!skb_queue_empty_lockless(&cell->queue) &&
		       (long)(READ_ONCE(cell->done) - end) < 0)
			usleep_range(100, 1000);
		napi_synchronize(&cell->napi);
	}
}

/**
 * ipd_cell_init() - make the cells
 *
 * Return: 0 or -ENOMEM.
 */
int ipd_cell_init(void)
{
	int cpu;

	ipd_cells = alloc_percpu(struct ipd_cell);
	if (!ipd_cells)
		return -ENOMEM;
	init_dummy_netdev(&ipd_cell_dev);
	for_each_possible_cpu(cpu) {
		struct ipd_cell *cell = per_cpu_ptr(ipd_cells, cpu);

		__skb_queue_head_init(&cell->queue);
		set_bit(NAPI_STATE_NO_BUSY_POLL, &cell->napi.state);
		netif_napi_add(&ipd_cell_dev, &cell->napi, ipd_cell_poll);
		napi_enable(&cell->napi);
	}
	return 0;
}

/**
 * ipd_cell_exit() - end the cells; nothing may be queued any more
 */
void ipd_cell_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ipd_cell *cell = per_cpu_ptr(ipd_cells, cpu);
		struct sk_buff *skb;

		napi_disable(&cell->napi);
		__netif_napi_del(&cell->napi);
		while ((skb = __skb_dequeue(&cell->queue))) {
			dev_put(skb->dev);
			kfree_skb(skb);
		}
	}
	/* __netif_napi_del() leaves the grace period to us. */
	synchronize_net();
	free_percpu(ipd_cells);
}
