/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_MESSAGE_H
#define IKE_MESSAGE_H

#include "bytes.h"
#include "wire.h"

#define IKE_MESSAGE_MAX 65535
/* Payloads of one message; no exchange of either version needs half of it. */
#define IKE_PAYLOADS_MAX 64

struct ike_header {
	uint8_t spi_i[IKE_SPI_LEN]; /* or cookies */
	uint8_t spi_r[IKE_SPI_LEN];
	uint8_t next;
	uint8_t version; /* major in the high half */
	uint8_t exchange;
	uint8_t flags;
	uint32_t id;
	uint32_t len;
};

/* The body of a payload, without its generic header, in the message. */
struct ike_payload {
	uint8_t type;
	uint8_t next; /* what follows; of SK and SKF the first one inside */
	bool critical; /* version 2 */
	const uint8_t *data;
	size_t len;
};

struct ike_message {
	struct ike_header hdr;
	const uint8_t *raw; /* the whole message, as received */
	size_t raw_len;
	unsigned int payloads;
	struct ike_payload payload[IKE_PAYLOADS_MAX];
};

/*
 * -EMSGSIZE: shorter than a header or than it says, or longer; the fields are
 * set whenever there is a whole header. Nothing else is judged.
 */
int ike_header_parse(struct ike_header *h, const void *data, size_t len);

/*
 * Header and chain. In version 2 the chain ends at SK and SKF, whose body is
 * left as it is; in version 1 an encrypted message has no chain yet, and one in
 * clear may end with less than four bytes of padding, as pluto sends it.
 * -EMSGSIZE as above, -EBADMSG for a chain that does not fit its message, and
 * -E2BIG for more than IKE_PAYLOADS_MAX payloads. Of a message that is refused
 * the payloads before the fault are there, to be named in a log.
 */
int ike_message_parse(struct ike_message *m, const void *data, size_t len);
/*
 * The same for a decrypted chain, appended to the payloads of m; it has no SK
 * or SKF of its own (-EBADMSG). What follows the chain is given in *rest:
 * nothing in version 2, padding in version 1.
 */
int ike_chain_parse(struct ike_message *m, uint8_t first, const void *data,
		    size_t len, size_t *rest);

/* NULL if there is none. next starts at NULL. */
const struct ike_payload *ike_payload_next(const struct ike_message *m,
					   uint8_t type,
					   const struct ike_payload *prev);
const struct ike_payload *ike_payload_get(const struct ike_message *m,
					  uint8_t type);
unsigned int ike_payload_count(const struct ike_message *m, uint8_t type);

/*
 * Building: start, then payloads, then finish, which gives the length or 0
 * when the message did not fit. A payload is open until the next one starts.
 */
struct ike_builder {
	struct ipsec_writer w;
	bool header; /* else a chain alone */
	bool opened; /* there is an open payload */
	size_t open; /* where it, or else the header, starts */
	uint8_t first;
};

/* The header's next and len are set by what follows, not taken from h. */
void ike_build(struct ike_builder *b, void *buf, size_t size,
	       const struct ike_header *h);
/* A chain without a header, to be encrypted. */
void ike_build_chain(struct ike_builder *b, void *buf, size_t size);
/* The writer for the payload's body. */
struct ipsec_writer *ike_build_payload(struct ike_builder *b, uint8_t type);
size_t ike_build_finish(struct ike_builder *b);
/* Type of the first payload of a finished chain. */
uint8_t ike_build_first(const struct ike_builder *b);

#endif
