// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "keylog.h"

#define LINE_MAX_LEN 2048

static bool wanted(const struct ike_engine *engine)
{
	return engine->env->keylog && engine->policy->keylog[0];
}

struct line {
	char text[LINE_MAX_LEN];
	size_t len;
};

static void add(struct line *l, const char *text)
{
	size_t len = strlen(text);

	if (len >= sizeof(l->text) - l->len)
		return;
	memcpy(l->text + l->len, text, len + 1);
	l->len += len;
}

static void add_hex(struct line *l, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	while (len-- && l->len + 3 < sizeof(l->text)) {
		l->text[l->len++] = digits[*data >> 4];
		l->text[l->len++] = digits[*data++ & 15];
	}
	l->text[l->len] = '\0';
}

static void write_line(const struct ike_engine *engine, enum ike_keylog kind,
		       struct line *l)
{
	engine->env->keylog(engine->env->ctx, kind, l->text);
	ike_wipe(l, sizeof(*l));
}

/* Names of Wireshark's packet-isakmp.c. */
static const char *encr_name(uint16_t encr, size_t key_len, size_t salt)
{
	static char name[48];
	unsigned int bits = (key_len - salt) * 8;

	switch (encr) {
	case IKE_ENCR_3DES:
		return "3DES [RFC2451]";
	case IKE_ENCR_AES_CBC:
		snprintf(name, sizeof(name), "AES-CBC-%u [RFC3602]", bits);
		return name;
	case IKE_ENCR_AES_CTR:
		snprintf(name, sizeof(name), "AES-CTR-%u [RFC5930]", bits);
		return name;
	case IKE_ENCR_AES_CCM_8:
	case IKE_ENCR_AES_CCM_12:
	case IKE_ENCR_AES_CCM_16:
		snprintf(name, sizeof(name),
			 "AES-CCM-%u with %u octet ICV [RFC5282]", bits,
			 8U + 4U * (encr - IKE_ENCR_AES_CCM_8));
		return name;
	case IKE_ENCR_AES_GCM_8:
	case IKE_ENCR_AES_GCM_12:
	case IKE_ENCR_AES_GCM_16:
		snprintf(name, sizeof(name),
			 "AES-GCM-%u with %u octet ICV [RFC5282]", bits,
			 8U + 4U * (encr - IKE_ENCR_AES_GCM_8));
		return name;
	default:
		return NULL;
	}
}

static const char *integ_name(uint16_t integ)
{
	static const char *const names[] = {
		[IKE_INTEG_NONE] = "NONE [RFC4306]",
		[IKE_INTEG_HMAC_MD5_96] = "HMAC_MD5_96 [RFC2403]",
		[IKE_INTEG_HMAC_SHA1_96] = "HMAC_SHA1_96 [RFC2404]",
		[IKE_INTEG_HMAC_SHA2_256_128] = "HMAC_SHA2_256_128 [RFC4868]",
		[IKE_INTEG_HMAC_SHA2_384_192] = "HMAC_SHA2_384_192 [RFC4868]",
		[IKE_INTEG_HMAC_SHA2_512_256] = "HMAC_SHA2_512_256 [RFC4868]",
	};

	return integ < sizeof(names) / sizeof(names[0]) ? names[integ] : NULL;
}

void ikev2_keylog(const struct ike_sa *sa, const struct ikev2_keys *k)
{
	struct ike_encr_info info;
	const char *encr, *integ = integ_name(k->integ);
	struct line l = { .len = 0 };

	if (!wanted(sa->engine))
		return;
	encr = encr_name(k->encr, k->e_len,
			 ike_encr_info(k->encr, 128, &info) ? 0 : info.salt);
	if (!encr || !integ)
		return;
	add_hex(&l, ike_sa_spi_i(sa), IKE_SPI_LEN);
	add(&l, ",");
	add_hex(&l, ike_sa_spi_r(sa), IKE_SPI_LEN);
	add(&l, ",");
	add_hex(&l, k->i.e, k->e_len);
	add(&l, ",");
	add_hex(&l, k->r.e, k->e_len);
	add(&l, ",\"");
	add(&l, encr);
	add(&l, "\",");
	add_hex(&l, k->i.a, k->a_len);
	add(&l, ",");
	add_hex(&l, k->r.a, k->a_len);
	add(&l, ",\"");
	add(&l, integ);
	add(&l, "\"");
	write_line(sa->engine, IKE_KEYLOG_IKEV2, &l);
}

void ikev1_keylog(const struct ike_sa *sa, const struct ikev1_keys *k)
{
	struct line l = { .len = 0 };

	if (!wanted(sa->engine))
		return;
	add_hex(&l, ike_sa_spi_i(sa), IKE_SPI_LEN);
	add(&l, ",");
	add_hex(&l, k->key, k->e_len);
	write_line(sa->engine, IKE_KEYLOG_IKEV1, &l);
}

/*
 * Of packet-ipsec.c. Wireshark 4.0 has no ChaCha20, and reads no line of a
 * table in which there is a name that it does not know.
 */
static const char *esp_encr_name(uint16_t encr)
{
	static const char *const names[] = {
		[IKE_ENCR_DES] = "DES-CBC [RFC2405]",
		[IKE_ENCR_3DES] = "TripleDES-CBC [RFC2451]",
		[IKE_ENCR_NULL] = "NULL",
		[IKE_ENCR_AES_CBC] = "AES-CBC [RFC3602]",
		[IKE_ENCR_AES_CTR] = "AES-CTR [RFC3686]",
		[IKE_ENCR_AES_GCM_8] = "AES-GCM with 8 octet ICV [RFC4106]",
		[IKE_ENCR_AES_GCM_12] = "AES-GCM with 12 octet ICV [RFC4106]",
		[IKE_ENCR_AES_GCM_16] = "AES-GCM with 16 octet ICV [RFC4106]",
	};

	return encr < sizeof(names) / sizeof(names[0]) ? names[encr] : NULL;
}

static const char *esp_integ_name(uint16_t integ)
{
	static const char *const names[] = {
		[IKE_INTEG_NONE] = "NULL",
		[IKE_INTEG_HMAC_MD5_96] = "HMAC-MD5-96 [RFC2403]",
		[IKE_INTEG_HMAC_SHA1_96] = "HMAC-SHA-1-96 [RFC2404]",
		[IKE_INTEG_HMAC_SHA2_256_128] = "HMAC-SHA-256-128 [RFC4868]",
		[IKE_INTEG_HMAC_SHA2_384_192] = "HMAC-SHA-384-192 [RFC4868]",
		[IKE_INTEG_HMAC_SHA2_512_256] = "HMAC-SHA-512-256 [RFC4868]",
	};

	return integ < sizeof(names) / sizeof(names[0]) ? names[integ] : NULL;
}

static void add_key(struct line *l, const struct ipsec_key *key)
{
	add(l, key->len ? "\"0x" : "\"");
	add_hex(l, key->b, key->len);
	add(l, "\"");
}

static void keylog_esp(const struct ike_child *child,
		       const struct ike_child_proto *proto,
		       const struct ipsec_protection *prot,
		       const struct ipsec_sa *pair, bool in)
{
	const char *encr = esp_encr_name(proto->encr);
	const char *integ = esp_integ_name(proto->integ);
	char src[48], dst[48], spi[16];
	struct line l = { .len = 0 };

	if (!encr || !integ)
		return;
	ipsec_addr_print(in ? &pair->remote : &pair->local, src, sizeof(src));
	ipsec_addr_print(in ? &pair->local : &pair->remote, dst, sizeof(dst));
	snprintf(spi, sizeof(spi), "0x%08x",
		 in ? proto->spi_in : proto->spi_out);
	add(&l, pair->local.len == 4 ? "\"IPv4\",\"" : "\"IPv6\",\"");
	add(&l, src);
	add(&l, "\",\"");
	add(&l, dst);
	add(&l, "\",\"");
	add(&l, spi);
	add(&l, "\",\"");
	add(&l, encr);
	add(&l, "\",");
	add_key(&l, in ? &prot->encr_key_in : &prot->encr_key_out);
	add(&l, ",\"");
	add(&l, integ);
	add(&l, "\",");
	add_key(&l, in ? &prot->integ_key_in : &prot->integ_key_out);
	write_line(child->engine, IKE_KEYLOG_ESP, &l);
}

void ike_keylog_child(const struct ike_child *child,
		      const struct ipsec_sa *pair)
{
	unsigned int i;

	if (!wanted(child->engine))
		return;
	for (i = 0; i < child->protos; i++) {
		if (child->proto[i].proto != IPSECDRV_PROTO_ESP)
			continue;
		keylog_esp(child, &child->proto[i], &pair->protection[i], pair,
			   false);
		keylog_esp(child, &child->proto[i], &pair->protection[i], pair,
			   true);
	}
}
