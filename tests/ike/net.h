/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_NET_H
#define TEST_NET_H

/*
 * Several key daemons in one process: a virtual clock, a network that can
 * delay, lose, repeat, reorder and change messages, NATs, and a fake driver
 * for each. A test makes hosts from policy texts, raises an acquire, and lets
 * the network run.
 *
 *	struct net net;
 *	struct net_host *red, *blue;
 *
 *	net_init(&net);
 *	red = net_host(&net, "red", "10.0.0.1", policy);
 *	blue = net_host(&net, "blue", "10.0.0.2", policy);
 *	net_acquire(red, "10.0.0.1", "10.0.0.2");
 *	net_run(&net, 1000);
 *	ok(!net_traffic(red, blue), "...");
 *	net_free(&net);
 */
#include "engine.h"
#include "fake_driver.h"
#include "mint.h"
#include "tap.h"

#define NET_HOSTS_MAX 4
#define NET_LATENCY_MS 10
#define NET_LOG_MAX 65536

struct net;

struct net_host {
	struct net *net;
	const char *name;
	struct ike_env env;
	struct ike_engine *engine;
	struct policy *policy;
	struct fake_driver driver;
	struct ipsec_addr addr;
	struct ipsec_addr nat; /* len 0: none; else what others see */
	uint16_t nat_port; /* and the ports: so many more */
	uint32_t slots;
	char log[NET_LOG_MAX]; /* all its lines */
	size_t log_len;
	char keylog[8192];
	unsigned int sent;
	bool down; /* hears and says nothing */
	struct ike_ocsp ocsp; /* asked last; a copy */
	uint32_t ocsp_id;
	bool ocsp_asked;
};

struct net_packet {
	TAILQ_ENTRY(net_packet) link;
	struct net_host *from; /* NULL: made by the test */
	struct net_host *to;
	struct ike_path path; /* as the receiver will see it */
	uint64_t due;
	unsigned int number; /* of all that were sent, from 1 */
	size_t len;
	uint8_t data[];
};

enum net_verdict {
	NET_PASS,
	NET_DROP,
	NET_TWICE,
};

struct net {
	uint64_t now;
	int64_t wall;
	uint64_t seed; /* of all that is random */
	unsigned int hosts;
	struct net_host *host[NET_HOSTS_MAX];
	TAILQ_HEAD(net_packets, net_packet) queue; /* by due time */
	unsigned int packets;
	/* What becomes of a packet when it is sent; it may be changed. */
	enum net_verdict (*hook)(struct net *net, struct net_packet *p);
	void *hook_data;
	bool manual; /* nothing is delivered but by net_deliver() */
	/* Before and after each event packets go both ways between host 0 and 1. */
	bool watch;
	unsigned int lost; /* of those packets */
	const char *why; /* the first was */
};

/* Not 0: what is called now is the harness, not an engine. */
extern unsigned int net_outside;

/* Policies are parsed once, for whoever makes the same hosts again and again. */
extern bool net_keep_policies;

void net_init(struct net *net);
void net_free(struct net *net);
/* policy is YAML; a bad one ends the test. */
struct net_host *net_host(struct net *net, const char *name, const char *addr,
			  const char *policy);
/* Files that policies name. */
void net_file(const char *name, const void *data, size_t len);
void net_file_of(const char *name, struct ike_blob blob);
/* NAME.pem, for NAME.example, by the CA, and NAME.key. */
void net_identity(const char *name, const char *key, X509 *ca,
		  const char *ca_key);
void net_files_free(void);
/* From now on others see this address, and ports of the NAT's choice. */
void net_behind_nat(struct net_host *host, const char *outside);
void net_reload(struct net_host *host, const char *policy);
/* The daemon dies without a word and starts anew with what the driver has. */
void net_restart(struct net_host *host);

/* An acquire for all traffic between two addresses; its slot. */
uint32_t net_acquire(struct net_host *host, const char *local,
		     const char *remote);
/* The control request, of the first rule. */
void net_up(struct net_host *host);
void net_expire(struct net_host *host, const struct fake_pair *pair, bool hard,
		enum ipsecdrv_expire_reason reason);

/* Delivers and runs timers for that long; ends early when nothing is left. */
void net_run(struct net *net, uint64_t ms);
/* Only what is on its way now and what it brings about, without timers. */
void net_settle(struct net *net);
/* One of the queue, the nth; for enumerations. False: there is none. */
bool net_deliver(struct net *net, unsigned int nth);
/* One of the queue goes lost. */
void net_lose(struct net *net, unsigned int nth);
unsigned int net_queued(const struct net *net);
/* Other bytes on the way of a packet, for a hook that drops that. */
void net_instead(struct net *net, const struct net_packet *of, const void *data,
		 size_t len);
/* A datagram that nobody sent. */
void net_inject(struct net_host *to, const struct ike_path *path,
		const void *data, size_t len);

/* Can both send to each other now? NULL, or what hinders. */
const char *net_traffic(struct net_host *a, struct net_host *b);
bool net_logged(const struct net_host *host, const char *text);
struct ike_sa *net_sa(struct net_host *host); /* the newest established one */
unsigned int net_sas(const struct net_host *host);
struct ipsec_addr net_addr(const char *text);

#endif
