/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_V2_SEEDS_H
#define TEST_V2_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/* Of both peers, and of blue when it wants cookies. */
#define V2_SEED_WORDS "    pfs: yes\n    liveness: 0\n    redirect: yes\n"
#define V2_SEED_RULE V2_SEED_WORDS "ike: {log: error}\n"
#define V2_SEED_COOKIE_RULE \
	V2_SEED_WORDS "ike: {log: error, limits: {cookie-threshold: 0}}\n"
/* In transport mode no redirection is followed. */
#define V2_SEED_TUNNEL_RULE(local, remote)                             \
	V2_SEED_WORDS "    tunnel: {local: " local ", remote: " remote \
		      "}\nike: {log: error}\n"

/* What comes before the payloads in an input of fuzz_v2. */
enum v2_seed_state {
	V2_SEED_HALF_OPEN,
	V2_SEED_IDLE,
	V2_SEED_CREATING,
	V2_SEED_REKEYING_CHILD,
	V2_SEED_REKEYING,
	V2_SEED_DELETING_CHILD,
	V2_SEED_NOTHING, /* was sent */
	V2_SEED_ASKED, /* IKE_SA_INIT is on its way, or lost */
	V2_SEED_STATES,
};

enum v2_seed_flags {
	V2_SEED_TO_RED = 1,
	V2_SEED_RESPONSE = 2,
	V2_SEED_CLEAR = 4, /* anybody may have sent it */
	V2_SEED_COOKIES = 8, /* blue wants some */
	V2_SEED_FRAGMENTS = 16, /* a sealed message comes in such */
	V2_SEED_TUNNEL = 32, /* is what both want, and no cookies */
};

struct v2_seed_head {
	uint8_t state;
	uint8_t flags;
	uint8_t exchange;
	uint8_t first; /* payload */
};

/* The messages of a life of two peers, each as it would be in every state. */
typedef void v2_seed_fn(const char *target, const void *head, size_t head_len,
			const void *data, size_t len);
void v2_seeds(v2_seed_fn *emit);

#endif
