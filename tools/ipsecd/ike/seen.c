// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Certificates of peers that were found good, decoded, and the chains that led
 * from them to a CA: libcrypto takes longer to decode one than for all the
 * signatures of a negotiation, and one of the two that are verified then is the
 * CA's. Nothing else is kept: time and revocation are looked at each time.
 */
#include "pki.h"

#include <stdlib.h>

#define SEEN_MAX 64

struct ike_seen {
	unsigned int next; /* to be replaced */
	struct {
		uint8_t *der;
		size_t len;
		X509 *x;
		STACK_OF(X509) * chain;
		unsigned int no_crl; /* of struct ike_chain */
		enum ike_crl_level level; /* that it was verified for */
	} cert[SEEN_MAX];
};

struct ike_seen *ike_seen_new(void)
{
	return calloc(1, sizeof(struct ike_seen));
}

/* A reference of the caller's; NULL: not seen. */
X509 *ike_seen_get(const struct ike_seen *seen, const uint8_t *der, size_t len)
{
	unsigned int i;

	for (i = 0; i < SEEN_MAX && seen->cert[i].x; i++)
		if (seen->cert[i].len == len &&
		    !memcmp(seen->cert[i].der, der, len)) {
			X509_up_ref(seen->cert[i].x);
			return seen->cert[i].x;
		}
	return NULL;
}

/* Its chain, if it was verified as it would be now: true, and a reference. */
bool ike_seen_chain(const struct ike_seen *seen, const X509 *x,
		    struct ike_chain *chain)
{
	unsigned int i;

	for (i = 0; i < SEEN_MAX && seen->cert[i].x; i++)
		if (seen->cert[i].x == x &&
		    seen->cert[i].level == chain->trust->level) {
			chain->certs = X509_chain_up_ref(seen->cert[i].chain);
			chain->no_crl = seen->cert[i].no_crl;
			return chain->certs;
		}
	return false;
}

static void forget(struct ike_seen *seen, unsigned int i)
{
	sk_X509_pop_free(seen->cert[i].chain, X509_free);
	OPENSSL_free(seen->cert[i].der);
	X509_free(seen->cert[i].x);
	memset(&seen->cert[i], 0, sizeof(seen->cert[i]));
}

void ike_seen_add(struct ike_seen *seen, X509 *x, const struct ike_chain *chain)
{
	STACK_OF(X509) * certs;
	unsigned int i;
	uint8_t *der = NULL;
	int len;

	for (i = 0; i < SEEN_MAX; i++)
		if (seen->cert[i].x == x)
			return;
	len = i2d_X509(x, &der);
	certs = len > 0 ? X509_chain_up_ref(chain->certs) : NULL;
	if (!certs) {
		OPENSSL_free(der);
		return;
	}
	i = seen->next++ % SEEN_MAX;
	forget(seen, i);
	X509_up_ref(x);
	seen->cert[i].x = x;
	seen->cert[i].der = der;
	seen->cert[i].len = (size_t)len;
	seen->cert[i].chain = certs;
	seen->cert[i].no_crl = chain->no_crl;
	seen->cert[i].level = chain->trust->level;
}

void ike_seen_free(struct ike_seen *seen)
{
	unsigned int i;

	for (i = 0; seen && i < SEEN_MAX; i++)
		forget(seen, i);
	free(seen);
}
