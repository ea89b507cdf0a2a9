/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAKE_DRIVER_H
#define FAKE_DRIVER_H

#include "env.h"
#include "policy.h"

/*
 * The driver's SADB as the engine sees it, without packets: pairs come and go,
 * a replaced one drains, a responder's waits until the peer uses it.
 */
#define FAKE_ACQUIRES_MAX 16
#define FAKE_LATE_MS 100000

struct fake_pair {
	struct ipsec_sa sa;
	bool replaced; /* receives until it is deleted or drained */
	bool listening; /* does not send while an older one can */
	uint64_t installed; /* order */
};

#define FAKE_RESPONSES_MAX 8

struct fake_driver {
	const struct policy *policy; /* whose filters it has */
	unsigned int count;
	unsigned int room;
	struct fake_pair *pair; /* they move when one is added */
	uint32_t next_spi;
	uint32_t next_id;
	uint64_t serial;
	unsigned int spis; /* asked for */
	unsigned int adds; /* pairs installed in all */
	unsigned int refused; /* acquires given up */
	uint32_t refused_slot; /* the last of them */
	enum ipsecdrv_refuse_reason reason;
	unsigned int softs; /* times that a slot fell back to clear text */
	uint32_t soft_slot; /* that is in clear now, 0: none */
	bool no_soft; /* the filter in force allows no soft SA */
	struct ipsec_filter
		response[FAKE_RESPONSES_MAX]; /* of the default response */
	unsigned int responses;
	int fail_filter; /* errno for filter_add */
	int fail_add; /* errno for the next sa_add */
	int fail_spi;
	/* Told of when a pair is there already, which answers them, or would. */
	enum { FAKE_IN_TIME, FAKE_ANSWERED, FAKE_WAITS } late;
	unsigned int acquires;
	struct ipsec_acquire acquire[FAKE_ACQUIRES_MAX]; /* that wait */
};

void fake_driver_init(struct fake_driver *d, uint32_t first_spi);
void fake_driver_free(struct fake_driver *d);
void fake_driver_ops(struct ike_driver *ops,
		     struct fake_driver *(*of)(void *ctx));
/* A packet waits: the acquire is there until a pair or a refusal answers it. */
void fake_acquire(struct fake_driver *d, const struct ipsec_acquire *acquire);
/* Who sends now for the traffic of any pair: the newest; NULL: nobody. */
const struct fake_pair *fake_sending(const struct fake_driver *d);
/* The pair that has an inbound SPI of the protocol. */
const struct fake_pair *fake_by_spi(const struct fake_driver *d, uint64_t proto,
				    uint32_t spi);
/*
 * What a sends would be taken by b: SPIs, algorithms, keys, mode, ESN and
 * selectors fit. NULL, or what does not.
 */
const char *fake_mismatch(const struct fake_pair *a,
			  const struct fake_driver *b);
/* A packet of the peer came on the pair, as the driver would notice. */
void fake_heard(struct fake_driver *d, const struct fake_pair *pair);
/* The drain time is over. */
void fake_drain(struct fake_driver *d);

#endif
