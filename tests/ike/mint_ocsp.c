// SPDX-License-Identifier: GPL-2.0-or-later
/* OCSP answers for tests. */
#include "mint_int.h"

#include <stdlib.h>

static void add_status(OCSP_BASICRESP *basic, const struct mint_ocsp *m)
{
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, m->cert, m->issuer);
	ASN1_TIME *from = ASN1_GENERALIZEDTIME_set(
		NULL, m->from ? m->from : MINT_NOW - 3600);
	ASN1_TIME *to = ASN1_GENERALIZEDTIME_set(
		NULL, m->to ? m->to : MINT_NOW + MINT_DAY);
	bool revoked = m->status == V_OCSP_CERTSTATUS_REVOKED;

	mint_must(OCSP_basic_add1_status(basic, id, m->status, 0,
					 revoked ? from : NULL, from,
					 m->to == -1 ? NULL : to),
		  "OCSP_basic_add1_status");
	OCSP_CERTID_free(id);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
}

static void add_nonce(OCSP_BASICRESP *basic, const struct mint_ocsp *m)
{
	const uint8_t *p;
	OCSP_REQUEST *req;

	if (m->wrong_nonce)
		OCSP_basic_add1_nonce(basic, (uint8_t *)"0123456789abcdef", 16);
	if (!m->request)
		return;
	p = m->request->request;
	req = d2i_OCSP_REQUEST(NULL, &p, (long)m->request->len);
	OCSP_copy_nonce(basic, req);
	OCSP_REQUEST_free(req);
}

struct ike_blob mint_ocsp(const struct mint_ocsp *m)
{
	EVP_PKEY *key = mint_key(m->signer_key);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_RESPONSE *resp;
	struct ike_blob blob;
	uint8_t *der = NULL;
	int len;

	add_status(basic, m);
	add_nonce(basic, m);
	mint_must(OCSP_basic_sign(basic, m->signer ? m->signer : m->issuer, key,
				  mint_digest(key, NULL), NULL, 0),
		  "OCSP_basic_sign");
	resp = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	len = i2d_OCSP_RESPONSE(resp, &der);
	mint_must(len > 0, "i2d_OCSP_RESPONSE");
	blob = mint_bytes(der, (size_t)len);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(resp);
	OCSP_BASICRESP_free(basic);
	return blob;
}
