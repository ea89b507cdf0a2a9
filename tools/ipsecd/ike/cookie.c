// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define COOKIE_SECRET_LEN 32
#define COOKIE_SLOT_MS 150000 /* MS-IKEE 3.9: as Windows has it */

struct ike_cookies {
	uint64_t slot; /* of secret[0]; secret[1] is of the slot before */
	uint8_t secret[2][COOKIE_SECRET_LEN];
};

bool ike_cookie_wanted(const struct ike_engine *engine)
{
	return engine->half_open >= engine->policy->limits.cookie_threshold;
}

static int fresh_secret(struct ike_engine *engine, uint8_t *secret)
{
	const struct ike_env *env = engine->env;

	return env->random(env->ctx, secret, COOKIE_SECRET_LEN);
}

static int rotate(struct ike_engine *engine)
{
	uint64_t slot = ike_now(engine) / COOKIE_SLOT_MS;
	struct ike_cookies *c = engine->cookies;
	int err;

	if (c && c->slot == slot)
		return 0;
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			return -ENOMEM;
		err = fresh_secret(engine, c->secret[1]);
	} else if (c->slot + 1 == slot) {
		memcpy(c->secret[1], c->secret[0], COOKIE_SECRET_LEN);
		err = 0;
	} else {
		err = fresh_secret(engine, c->secret[1]);
	}
	if (!err)
		err = fresh_secret(engine, c->secret[0]);
	if (err && !engine->cookies)
		free(c);
	if (err)
		return err;
	c->slot = slot;
	engine->cookies = c;
	return 0;
}

static int make(struct ike_engine *engine, unsigned int age,
		const struct ike_path *path, const uint8_t *spi_i,
		struct ike_blob nonce, uint8_t *out, size_t len)
{
	uint8_t port[2] = { path->remote_port >> 8, path->remote_port & 0xff };
	uint8_t hash[IKE_PRF_MAX];
	struct iovec iov[] = {
		{ (void *)spi_i, IKE_SPI_LEN },
		{ (void *)path->remote.b, path->remote.len },
		{ port, sizeof(port) },
		{ (void *)nonce.data, nonce.len },
	};
	int err = ike_prf(IKE_PRF_HMAC_SHA2_256, engine->cookies->secret[age],
			  COOKIE_SECRET_LEN, iov, 4, hash);

	if (!err)
		memcpy(out, hash, len);
	return err;
}

int ike_cookie_make(struct ike_engine *engine, const struct ike_path *path,
		    const uint8_t *spi_i, struct ike_blob nonce, uint8_t *out,
		    size_t len)
{
	int err = rotate(engine);

	return err ?: make(engine, 0, path, spi_i, nonce, out, len);
}

bool ike_cookie_good(struct ike_engine *engine, const struct ike_path *path,
		     const uint8_t *spi_i, struct ike_blob nonce,
		     const uint8_t *cookie, size_t len)
{
	uint8_t want[IKE_COOKIE_LEN];
	unsigned int age;

	if ((len != IKE_COOKIE_LEN && len != IKEV1_COOKIE_LEN) ||
	    rotate(engine))
		return false;
	for (age = 0; age < 2; age++)
		if (!make(engine, age, path, spi_i, nonce, want, len) &&
		    ike_equal(want, cookie, len))
			return true;
	return false;
}

void ike_cookies_free(struct ike_engine *engine)
{
	if (engine->cookies)
		ike_wipe(engine->cookies, sizeof(*engine->cookies));
	free(engine->cookies);
	engine->cookies = NULL;
}
