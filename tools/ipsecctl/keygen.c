// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver sa keygen: an SA file with random keys. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "../lib/alg.h"
#include "../lib/fields.h"
#include "secret.h"

/* SPIs that no other use has (RFC 4303: 0 to 255 are reserved). */
#define SPI_FIRST 0x10000U

struct keygen {
	struct ipsec_sa sa;
	struct ipsec_num proto;
	struct ipsec_num encr;
	struct ipsec_num integ;
	struct ipsec_num bits;
};

enum { KEYGEN_BOTH = 1 };

/* clang-format off */
static const struct ipsec_name proto_names[] = {
	{ "esp", IPSECDRV_PROTO_ESP },
	{ "ah", IPSECDRV_PROTO_AH },
	{ "both", KEYGEN_BOTH },
	{ NULL, 0 },
};

#define OBJ keygen
static const struct ipsec_field keygen_fields[] = {
	ADDR("local", 0, sa.local, .flags = IPSEC_IN),
	ADDR("remote", 0, sa.remote, .flags = IPSEC_IN),
	NUM32("filter", 0, sa.filter, .flags = IPSEC_IN, .min = 1),
	ENUM("mode", 0, sa.mode, ipsec_names_mode, .flags = IPSEC_IN),
	ENUM("protect", 0, proto, proto_names, .flags = IPSEC_IN),
	ENUM("encr", 0, encr, ipsec_names_encr, .flags = IPSEC_IN),
	ENUM("integ", 0, integ, ipsec_names_integ, .flags = IPSEC_IN),
	NUM32("bits", 0, bits, .flags = IPSEC_IN, .min = 64),
	NUM32("replay-window", 0, sa.replay_window, .flags = IPSEC_IN),
	FLAGS("flags", 0, sa.flags, ipsec_names_sa_flags, .flags = IPSEC_IN),
	SELECTOR_WORDS(sa.sel.),
	END
};
/* clang-format on */

static bool random_bytes(void *buf, size_t len)
{
	return getrandom(buf, len, 0) == (ssize_t)len;
}

static bool random_key(struct ipsec_key *key, unsigned int len)
{
	key->len = (uint8_t)len;
	return random_bytes(key->b, len);
}

static bool random_spi(struct ipsec_num *spi)
{
	uint32_t v;

	do {
		if (!random_bytes(&v, sizeof(v)))
			return false;
	} while (v < SPI_FIRST);
	*spi = (struct ipsec_num){ v, true };
	return true;
}

/* The longest key, or the one of the size asked for; 0 is none such. */
static unsigned int key_len(const struct ipsec_alg *alg,
			    const struct ipsec_num *bits)
{
	unsigned int len = bits->set ? (unsigned int)bits->v / 8 + alg->salt :
				       alg->max;

	if (bits->v % 8 || !ipsec_alg_takes(alg, len))
		return 0;
	return len;
}

static int fill(const struct ctl_args *args, const struct keygen *k,
		struct ipsec_protection *p)
{
	const struct ipsec_alg *encr = ipsec_alg_encr(p->encr.v);
	const struct ipsec_alg *integ = ipsec_alg_integ(p->integ.v);
	unsigned int len;
	bool ok = random_spi(&p->spi_in) && random_spi(&p->spi_out);

	if (encr->max) {
		len = key_len(encr, &k->bits);
		if (!len)
			return ctl_usage(args, "%s has no key of %u bits",
					 ipsec_name(ipsec_names_encr,
						    p->encr.v),
					 (unsigned int)k->bits.v);
		ok = ok && random_key(&p->encr_key_in, len) &&
		     random_key(&p->encr_key_out, len);
	}
	if (integ->max)
		ok = ok && random_key(&p->integ_key_in, integ->max) &&
		     random_key(&p->integ_key_out, integ->max);
	if (ok)
		return CTL_OK;
	fprintf(stderr, "ipsecctl: getrandom: %s\n", strerror(errno));
	return CTL_FAILED;
}

static const struct ipsec_num sha256 = { IPSECDRV_INTEG_HMAC_SHA2_256_128,
					 true };

/* What was not said: AES-GCM for ESP, HMAC-SHA2-256 where one is needed. */
static int make_esp(const struct ctl_args *args, const struct keygen *k,
		    struct ipsec_protection *p)
{
	p->proto = (struct ipsec_num){ IPSECDRV_PROTO_ESP, true };
	p->encr = k->encr.set ?
			  k->encr :
			  (struct ipsec_num){ IPSECDRV_ENCR_AES_GCM_16, true };
	if (!ipsec_alg_encr(p->encr.v)->aead)
		p->integ = k->integ.set ? k->integ : sha256;
	return fill(args, k, p);
}

static int make_ah(const struct ctl_args *args, const struct keygen *k,
		   struct ipsec_protection *p)
{
	p->proto = (struct ipsec_num){ IPSECDRV_PROTO_AH, true };
	p->integ = k->integ.set ? k->integ : sha256;
	return fill(args, k, p);
}

static int make(const struct ctl_args *args, struct keygen *k)
{
	struct ipsec_sa *sa = &k->sa;
	uint64_t proto = k->proto.set ? k->proto.v : IPSECDRV_PROTO_ESP;
	int rc = CTL_OK;

	if (proto != IPSECDRV_PROTO_AH)
		rc = make_esp(args, k, &sa->protection[sa->protections++]);
	if (!rc && proto != IPSECDRV_PROTO_ESP)
		rc = make_ah(args, k, &sa->protection[sa->protections++]);
	sa->mode.set = true;
	if (!sa->replay_window.set)
		sa->replay_window = (struct ipsec_num){ 64, true };
	return rc;
}

int ctl_sa_keygen(struct ctl_args *args)
{
	struct keygen k = { 0 };
	struct ipsec_err err = { 0 };
	int rc = ctl_words(args, keygen_fields, &k);

	if (rc)
		return rc;
	if (!k.sa.local.len || !k.sa.remote.len)
		return ctl_usage(args, "the addresses are missing; add "
				       "'local A remote B'");
	if (k.sa.local.len != k.sa.remote.len)
		return ctl_usage(args, "local and remote must be of one "
				       "family");
	if (ipsec_selector_check(&k.sa.sel, 0, &err))
		return ctl_usage(args, "%s", err.text);
	ctl_secret_begin();
	rc = make(args, &k);
	if (!rc)
		rc = ctl_secret_write(args, &k.sa, 1);
	explicit_bzero(&k, sizeof(k));
	return rc;
}
