/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_PAYLOAD_H
#define IKE_PAYLOAD_H

#include "message.h"

/*
 * Bodies of the small payloads. Readers return 0 or -EBADMSG and point into
 * the message; writers add a whole payload to the builder. What both versions
 * have in common is read by one function.
 */
struct ike_ke {
	uint16_t group; /* 0 in version 1, which has none */
	const uint8_t *data;
	size_t len;
};

struct ike_notify {
	uint8_t proto;
	uint16_t type;
	const uint8_t *spi;
	size_t spi_len;
	const uint8_t *data;
	size_t len;
};

struct ike_delete {
	uint8_t proto;
	size_t spi_len;
	unsigned int count;
	const uint8_t *spis;
};

struct ike_auth_body {
	uint8_t method;
	const uint8_t *data;
	size_t len;
};

struct ike_cert_body {
	uint8_t encoding;
	const uint8_t *data;
	size_t len;
};

struct ike_skf {
	uint16_t number;
	uint16_t total;
	const uint8_t *data; /* IV, ciphertext, ICV */
	size_t len;
};

/* MS-IKEE 2.2.3; the same as Cisco's. */
struct ikev1_fragment {
	uint16_t id;
	uint8_t number;
	bool last;
	const uint8_t *data;
	size_t len;
};

int ikev2_ke_read(const struct ike_payload *p, struct ike_ke *ke);
int ikev2_notify_read(const struct ike_payload *p, struct ike_notify *n);
int ikev1_notify_read(const struct ike_payload *p, struct ike_notify *n);
int ikev2_delete_read(const struct ike_payload *p, struct ike_delete *d);
int ikev1_delete_read(const struct ike_payload *p, struct ike_delete *d);
int ikev2_auth_read(const struct ike_payload *p, struct ike_auth_body *a);
/* CERT and CERTREQ, both versions. */
int ike_cert_read(const struct ike_payload *p, struct ike_cert_body *c);
int ikev2_skf_read(const struct ike_payload *p, struct ike_skf *f);
int ikev1_fragment_read(const struct ike_payload *p, struct ikev1_fragment *f);

void ikev2_ke_write(struct ike_builder *b, uint16_t group, const void *data,
		    size_t len);
void ikev2_notify_write(struct ike_builder *b, uint8_t proto, uint16_t type,
			const void *spi, size_t spi_len, const void *data,
			size_t len);
void ikev1_notify_write(struct ike_builder *b, uint8_t proto, uint16_t type,
			const void *spi, size_t spi_len, const void *data,
			size_t len);
/*
 * count SPIs of spi_len bytes each, one after the other; an IKE SA has none in
 * version 2 and both cookies in version 1.
 */
void ikev2_delete_write(struct ike_builder *b, uint8_t proto, size_t spi_len,
			unsigned int count, const void *spis);
void ikev1_delete_write(struct ike_builder *b, uint8_t proto, size_t spi_len,
			unsigned int count, const void *spis);
void ikev2_auth_write(struct ike_builder *b, uint8_t method, const void *data,
		      size_t len);
void ike_cert_write(struct ike_builder *b, uint8_t type, uint8_t encoding,
		    const void *data, size_t len);
/* A payload whose body is just bytes: nonce, vendor ID, hash, v1's KE, ... */
void ike_bytes_write(struct ike_builder *b, uint8_t type, const void *data,
		     size_t len);

#endif
