// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Key exchange without its cost, for fuzz targets of whole engines: linked with
 * --wrap, see FUZZ_WRAP. Values have the length of their group, and all are the
 * same, and so is what is agreed on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"

#define SECRET_LEN 32
#define FILL 0x55

struct ike_dh {
	size_t len;
	uint8_t value[IKE_KE_MAX];
};

struct ike_dh *__wrap_ike_dh_new(uint16_t group);
const uint8_t *__wrap_ike_dh_public(const struct ike_dh *dh, size_t *len);
int __wrap_ike_dh_shared(struct ike_dh *dh, const void *peer, size_t peer_len,
			 uint8_t *secret, size_t *secret_len);
void __wrap_ike_dh_free(struct ike_dh *dh);

struct ike_dh *__wrap_ike_dh_new(uint16_t group)
{
	struct ike_dh *dh;

	if (!ike_dh_known(group))
		return NULL;
	dh = malloc(sizeof(*dh));
	dh->len = ike_dh_public_len(group);
	memset(dh->value, FILL, sizeof(dh->value));
	return dh;
}

const uint8_t *__wrap_ike_dh_public(const struct ike_dh *dh, size_t *len)
{
	*len = dh->len;
	return dh->value;
}

/* Some values are no good here, too: all that begin with 0. */
int __wrap_ike_dh_shared(struct ike_dh *dh, const void *peer, size_t peer_len,
			 uint8_t *secret, size_t *secret_len)
{
	if (peer_len != dh->len || !*(const uint8_t *)peer)
		return -EBADMSG;
	memset(secret, FILL, SECRET_LEN);
	*secret_len = SECRET_LEN;
	return 0;
}

void __wrap_ike_dh_free(struct ike_dh *dh)
{
	free(dh);
}
