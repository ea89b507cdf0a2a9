// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "sk.h"

static bool fits(const struct ikev1_keys *k, size_t len)
{
	return k->block && len && len % k->block == 0;
}

/**
 * ikev1_encrypt() - encrypt a message of version 1, RFC 2409 appendix B
 * @k: of the main mode SA
 * @iv: of the message; then of the exchange's next one: the last block
 * @body: all behind the header, padded to the block; in place
 * @len: of it
 *
 * Return: 0, or -EBADMSG when the body is empty or not of whole blocks, or
 * when libcrypto fails.
 */
int ikev1_encrypt(const struct ikev1_keys *k, uint8_t *iv, void *body,
		  size_t len)
{
	if (!fits(k, len) ||
	    ike_encrypt(k->encr, k->key, k->e_len, iv, body, len))
		return -EBADMSG;
	memcpy(iv, (uint8_t *)body + len - k->block, k->block);
	return 0;
}

/**
 * ikev1_decrypt() - the reverse of ikev1_encrypt()
 *
 * What comes out is authentic only when its HASH payload proves it, so that a
 * caller keeps the IV of before until then.
 * Parameters and result are the same.
 */
int ikev1_decrypt(const struct ikev1_keys *k, uint8_t *iv, void *body,
		  size_t len)
{
	uint8_t last[IKE_BLOCK_MAX];

	if (!fits(k, len))
		return -EBADMSG;
	memcpy(last, (uint8_t *)body + len - k->block, k->block);
	if (ike_decrypt(k->encr, k->key, k->e_len, iv, body, len))
		return -EBADMSG;
	memcpy(iv, last, k->block);
	return 0;
}
