// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Real negotiations of Wireshark's test suite, decrypted with the keys of its
 * templates: every message must verify, and its inner chain must parse.
 */
#include <stdlib.h>

#include "capture.h"
#include "proposal.h"
#include "sk.h"
#include "tap.h"
#include "vector.h"

#define FIELDS 8

/* Wireshark's words; integ 0 beside a plain cipher: without checking. */
static const struct {
	const char *word;
	uint16_t encr;
} encrs[] = {
	{ "3DES ", IKE_ENCR_3DES },
	{ "AES-CBC-", IKE_ENCR_AES_CBC },
	{ "AES-CTR-", IKE_ENCR_AES_CTR },
	{ "AES-CCM-128 with 12", IKE_ENCR_AES_CCM_12 },
	{ "AES-CCM-256 with 16", IKE_ENCR_AES_CCM_16 },
	{ "AES-GCM-256 with 8", IKE_ENCR_AES_GCM_8 },
	{ "AES-GCM-256 with 16", IKE_ENCR_AES_GCM_16 },
};

static const struct {
	const char *word;
	uint16_t integ;
	uint8_t icv;
	uint16_t prf; /* in place of an integrity algorithm that we have not */
} integs[] = {
	{ "NONE", 0, 0, 0 },
	{ "ANY 96-bits", 0, 12, 0 },
	{ "HMAC_SHA1_160", 0, 20, IKE_PRF_HMAC_SHA1 },
	{ "HMAC_SHA2_256_128", IKE_INTEG_HMAC_SHA2_256_128, 16, 0 },
	{ "HMAC_SHA2_512_256", IKE_INTEG_HMAC_SHA2_512_256, 32, 0 },
};

struct entry {
	struct ike_blob spi_i;
	struct ikev2_keys k;
	uint8_t icv;
	uint16_t prf;
};

static struct entry entries[16];
static size_t count;

static void set_key(uint8_t *key, uint8_t *len, const char *text)
{
	struct ike_blob b = vector_hex(text);

	memcpy(key, b.data, b.len);
	*len = (uint8_t)b.len;
}

static void set_algorithms(struct entry *e, const char *encr, const char *integ)
{
	size_t i;

	for (i = 0; i < sizeof(encrs) / sizeof(encrs[0]); i++)
		if (!strncmp(encr, encrs[i].word, strlen(encrs[i].word)))
			e->k.encr = encrs[i].encr;
	for (i = 0; i < sizeof(integs) / sizeof(integs[0]); i++)
		if (!strncmp(integ, integs[i].word, strlen(integs[i].word))) {
			e->k.integ = integs[i].integ;
			e->icv = integs[i].icv;
			e->prf = integs[i].prf;
		}
}

/* spi_i,spi_r,SK_ei,SK_er,"cipher",SK_ai,SK_ar,"integrity" */
static void read_entry(char *line)
{
	struct entry *e = &entries[count];
	char *field[FIELDS];
	size_t n;

	for (n = 0; n < FIELDS; n++) {
		field[n] = strsep(&line, ",");
		field[n] += *field[n] == '"';
		field[n][strcspn(field[n], "\"\n")] = '\0';
	}
	e->spi_i = vector_hex(field[0]);
	set_key(e->k.i.e, &e->k.e_len, field[2]);
	set_key(e->k.r.e, &e->k.e_len, field[3]);
	set_key(e->k.i.a, &e->k.a_len, field[5]);
	set_key(e->k.r.a, &e->k.a_len, field[6]);
	set_algorithms(e, field[4], field[7]);
	count++;
}

static void read_table(const char *name, void (*read)(char *line))
{
	const char *dir = getenv("IPSEC_DATA");
	char path[512], line[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/wireshark-ike/%s", dir ? dir : ".",
		 name);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (*line != '#')
			read(line);
	ok(f, "%s", name);
	if (f)
		fclose(f);
}

static const struct entry *find_entry(const struct ike_message *m)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!memcmp(entries[i].spi_i.data, m->hdr.spi_i, IKE_SPI_LEN))
			return &entries[i];
	return NULL;
}

/* What ikev2_open() does, for an ICV that is not one of ours. */
static bool open_by_hand(const struct entry *e, const struct ike_message *m,
			 const struct ike_payload *sk, uint8_t *out,
			 size_t *len)
{
	bool initiator = m->hdr.flags & IKEV2_FLAG_INITIATOR;
	const struct ike_direction_keys *d = initiator ? &e->k.i : &e->k.r;
	size_t iv = ikev2_iv_len(&e->k), body = sk->len - iv - e->icv;
	const struct iovec iov = { (void *)m->raw, m->raw_len - e->icv };
	uint8_t icv[IKE_PRF_MAX];

	if (e->prf && (ike_prf(e->prf, d->a, e->k.a_len, &iov, 1, icv) ||
		       memcmp(icv, m->raw + iov.iov_len, e->icv)))
		return false;
	memcpy(out, sk->data + iv, body);
	if (ike_decrypt(e->k.encr, d->e, e->k.e_len, sk->data, out, body))
		return false;
	*len = body - 1 - out[body - 1];
	return *len < body;
}

static void v2_message(void *ctx, const char *file, unsigned int packet,
		       const uint8_t *message, size_t message_len)
{
	unsigned int *opened = ctx;
	const struct ike_payload *sk;
	const struct entry *e;
	struct ike_message m;
	uint8_t out[2048];
	size_t len = 0, rest;
	bool good;

	if (ike_message_parse(&m, message, message_len) ||
	    m.hdr.version != IKE_V2)
		return;
	sk = ike_payload_get(&m, IKEV2_SK);
	e = find_entry(&m);
	if (!sk || !e)
		return;
	good = e->icv && !e->k.integ ? open_by_hand(e, &m, sk, out, &len) :
				       !ikev2_open(&e->k, &m, sk, out, &len);
	ok(good, "%s %u: %zu bytes verified", file, packet, len);
	ok(!ike_chain_parse(&m, sk->next, out, len, &rest) && !rest,
	   "%s %u: chain parses", file, packet);
	if (m.hdr.exchange == IKEV2_AUTH)
		ok(ike_payload_get(&m, IKEV2_AUTH_PAYLOAD) &&
			   ike_payload_get(&m, IKEV2_SA) &&
			   ike_payload_get(&m, IKEV2_TSI),
		   "%s %u: IKE_AUTH", file, packet);
	(*opened)++;
}

/* Version 1: one negotiation, with the IV of every exchange. */
#define EXCHANGES 16

static struct v1 {
	struct ike_blob cky_i;
	struct ike_blob key;
	struct ikev1_keys k;
	uint8_t ke[2][512]; /* from the first and the second to send it */
	size_t ke_len[2];
	unsigned int kes;
	uint8_t iv_main[IKE_BLOCK_MAX]; /* of the message to come */
	struct {
		uint32_t id;
		uint8_t iv[IKE_BLOCK_MAX];
	} exchange[EXCHANGES];
	unsigned int exchanges;
	uint8_t last[2048]; /* the message before, to tell repetitions */
	size_t last_len;
} v1s[8];

static size_t v1_count;

static void read_v1(char *line)
{
	struct v1 *v = &v1s[v1_count++];

	v->cky_i = vector_hex(strsep(&line, ","));
	v->key = vector_hex(line);
}

static struct v1 *find_v1(const struct ike_message *m)
{
	size_t i;

	for (i = 0; i < v1_count; i++)
		if (!memcmp(v1s[i].cky_i.data, m->hdr.spi_i, IKE_SPI_LEN))
			return &v1s[i];
	return NULL;
}

/* The suite that was chosen is the only one of the answer. */
static void v1_sa(struct v1 *v, const struct ike_payload *p)
{
	struct ike_proposals list = { 0 };
	const struct ike_transform *encr;
	struct ike_encr_info info;
	bool md5;

	if (ikev1_sa_read(p, true, &list) || list.count != 1)
		goto out;
	encr = ike_proposal_get(&list.p[0], IKE_TRANSFORM_ENCR);
	if (ike_encr_info(encr->id, encr->key_bits, &info))
		goto out;
	v->k.encr = encr->id;
	v->k.e_len = info.key_len;
	v->k.block = info.block;
	md5 = ike_proposal_has(&list.p[0], IKE_TRANSFORM_PRF, IKE_PRF_HMAC_MD5);
	v->k.hash = md5 ? IKE_HASH_MD5 : IKE_HASH_SHA2_256;
	memcpy(v->k.key, v->key.data, v->key.len);
out:
	ike_proposals_free(&list);
}

static void v1_clear(struct v1 *v, const struct ike_message *m)
{
	const struct ike_payload *sa = ike_payload_get(m, IKEV1_SA);
	const struct ike_payload *ke = ike_payload_get(m, IKEV1_KE);

	if (sa)
		v1_sa(v, sa);
	if (!ke || v->kes == 2)
		return;
	memcpy(v->ke[v->kes], ke->data, ke->len);
	v->ke_len[v->kes++] = ke->len;
	if (v->kes == 2)
		ikev1_iv_main(&v->k, (struct ike_blob){ v->ke[0], ke->len },
			      (struct ike_blob){ v->ke[1], ke->len },
			      v->iv_main);
}

static uint8_t *v1_iv(struct v1 *v, uint32_t id)
{
	unsigned int i;

	if (!id)
		return v->iv_main;
	for (i = 0; i < v->exchanges; i++)
		if (v->exchange[i].id == id)
			return v->exchange[i].iv;
	v->exchanges++;
	v->exchange[i].id = id;
	ikev1_iv_quick(&v->k, v->iv_main, id, v->exchange[i].iv);
	return v->exchange[i].iv;
}

/* Every encrypted message has a HASH, or in main mode a signature. */
static bool authenticates(const struct v1 *v, const struct ike_message *m)
{
	const struct ike_payload *hash = ike_payload_get(m, IKEV1_HASH);

	return hash ? hash->len == ike_hash_len(v->k.hash) :
		      ike_payload_count(m, IKEV1_SIG) == 1;
}

static void v1_encrypted(struct v1 *v, struct ike_message *m, const char *file,
			 unsigned int packet)
{
	size_t len = m->raw_len - IKE_HEADER_LEN, rest;
	uint8_t body[2048];

	memcpy(body, m->raw + IKE_HEADER_LEN, len);
	ok(!ikev1_decrypt(&v->k, v1_iv(v, m->hdr.id), body, len),
	   "%s %u: %zu bytes decrypted", file, packet, len);
	/* racoon pads with up to two blocks of random bytes. */
	ok(!ike_chain_parse(m, m->hdr.next, body, len, &rest) &&
		   rest <= 2U * v->k.block && authenticates(v, m),
	   "%s %u: chain parses, with %zu bytes of padding", file, packet,
	   rest);
}

static void v1_message(void *ctx, const char *file, unsigned int packet,
		       const uint8_t *message, size_t len)
{
	unsigned int *opened = ctx;
	struct ike_message m;
	struct v1 *v;

	if (ike_message_parse(&m, message, len) || m.hdr.version != IKE_V1)
		return;
	v = find_v1(&m);
	if (!v || (len == v->last_len && !memcmp(v->last, message, len)))
		return;
	memcpy(v->last, message, len);
	v->last_len = len;
	if (!(m.hdr.flags & IKEV1_FLAG_ENCRYPTED)) {
		v1_clear(v, &m);
		return;
	}
	v1_encrypted(v, &m, file, packet);
	(*opened)++;
}

int main(void)
{
	unsigned int opened = 0;

	ok(!ike_crypto_init(), "init");
	read_table("ikev2_decryption_table.tmpl", read_entry);
	capture_folder("wireshark-ike", v2_message, &opened);
	ok(opened == 28, "version 2: %u messages opened", opened);
	opened = 0;
	read_table("ikev1_decryption_table.tmpl", read_v1);
	capture_folder("wireshark-ike", v1_message, &opened);
	ok(opened == 24, "version 1: %u messages opened", opened);
	vector_free();
	return tap_done();
}
