/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_FORGE_H
#define TEST_FORGE_H

#include "net.h"
#include "v2.h"

/* Messages of version 2 as only a peer that holds the keys could send them. */
struct forge_chain {
	uint8_t first;
	size_t len;
	uint8_t data[IKE_MESSAGE_MAX];
};

/* What is inside of a packet on its way; false: it is in clear, or broken. */
bool forge_open(const struct net_packet *p, struct forge_chain *c);
/* The payloads of a builder that was begun on c->data. */
void forge_begin(struct forge_chain *c, struct ike_builder *b);
void forge_end(struct forge_chain *c, struct ike_builder *b);
/*
 * Bytes as the rest of a message of either version; they need be no chain, and
 * nothing can follow them.
 */
void forge_append(struct ike_builder *b, uint8_t first, const void *data,
		  size_t len);
/* A header of a message that sa's owner sends. */
struct ike_header forge_header(const struct ike_sa *sa, uint8_t exchange,
			       bool response, uint32_t id);
size_t forge_seal(const struct ike_sa *sa, const struct ike_header *h,
		  const struct forge_chain *c, uint8_t *out, size_t size);
size_t forge_fragment(const struct ike_sa *sa, const struct ike_header *h,
		      unsigned int number, unsigned int total, uint8_t first,
		      const void *data, size_t len, uint8_t *out, size_t size);
/* Sealed by sa, and to the peer at once. */
void forge_send(struct net_host *to, const struct ike_sa *sa,
		const struct ike_header *h, const struct forge_chain *c);
/* How the peer of sa sees what it sends. */
struct ike_path forge_path(const struct ike_sa *sa);
/* Everything that a message may have changed; equal texts: nothing was. */
#define FORGE_STATE_LEN 4096
const char *forge_state(const struct net_host *host, char *buf, size_t size);

#endif
