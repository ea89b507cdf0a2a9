// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Revocation lists, from files of the policy, and what is made of them and of
 * OCSP by a rule's level.
 */
#include "pki.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>

/*
 * libcrypto notes an extension that it cannot read, or finds twice, where
 * nobody sees it, and then takes the list as one without it.
 */
static bool extensions_fit(const X509_CRL *crl)
{
	static const int known[] = {
		NID_issuing_distribution_point,
		NID_authority_key_identifier,
		NID_crl_number,
	};
	int critical;
	void *value;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		value = X509_CRL_get_ext_d2i(crl, known[i], &critical, NULL);
		if (!value && critical != -1)
			return false;
		switch (known[i]) {
		case NID_issuing_distribution_point:
			ISSUING_DIST_POINT_free(value);
			break;
		case NID_authority_key_identifier:
			AUTHORITY_KEYID_free(value);
			break;
		default:
			ASN1_INTEGER_free(value);
		}
	}
	return true;
}

static X509_CRL *parse_der(const uint8_t *data, size_t len)
{
	const uint8_t *p = data;
	X509_CRL *crl;

	if (!ike_der_strict(data, len))
		return NULL;
	crl = d2i_X509_CRL(NULL, &p, (long)len);
	if (crl && (p != data + len || !extensions_fit(crl))) {
		X509_CRL_free(crl);
		return NULL;
	}
	return crl;
}

static X509_CRL *parse_pem(struct ike_blob pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	char *name = NULL, *header = NULL;
	X509_CRL *crl = NULL;
	uint8_t *data = NULL;
	long len;

	if (bio && PEM_read_bio(bio, &name, &header, &data, &len) == 1 &&
	    !strcmp(name, PEM_STRING_X509_CRL))
		crl = parse_der(data, (size_t)len);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(bio);
	return crl;
}

/* Equal extensions, or none in both. */
static bool same_extension(const X509_CRL *a, const X509_CRL *b, int nid)
{
	int i = X509_CRL_get_ext_by_NID(a, nid, -1);
	int k = X509_CRL_get_ext_by_NID(b, nid, -1);

	if (i < 0 || k < 0)
		return i == k;
	return !ASN1_OCTET_STRING_cmp(
		X509_EXTENSION_get_data(X509_CRL_get_ext(a, i)),
		X509_EXTENSION_get_data(X509_CRL_get_ext(b, k)));
}

/* Of one issuer, one key of it and one part of its certificates. */
static bool same_scope(const X509_CRL *a, const X509_CRL *b)
{
	return !X509_NAME_cmp(X509_CRL_get_issuer(a), X509_CRL_get_issuer(b)) &&
	       same_extension(a, b, NID_authority_key_identifier) &&
	       same_extension(a, b, NID_issuing_distribution_point);
}

/* Frees the older of the two; false when there is no memory. */
static bool keep_newer(STACK_OF(X509_CRL) * crls, X509_CRL *crl)
{
	X509_CRL *have;
	int i;

	for (i = 0; i < sk_X509_CRL_num(crls); i++) {
		have = sk_X509_CRL_value(crls, i);
		if (!same_scope(have, crl))
			continue;
		if (ASN1_TIME_compare(X509_CRL_get0_lastUpdate(crl),
				      X509_CRL_get0_lastUpdate(have)) >= 0) {
			sk_X509_CRL_set(crls, i, crl);
			crl = have;
		}
		X509_CRL_free(crl);
		return true;
	}
	if (sk_X509_CRL_push(crls, crl))
		return true;
	X509_CRL_free(crl);
	return false;
}

/**
 * ike_trust_add_crl() - takes a revocation list
 * @trust: to be added to
 * @crl: PEM or DER, of at most 64 MiB
 * @err: why not
 *
 * It replaces an older one of the same issuer; if it is the older one itself, it is left out. Who signed it
 * is seen when a chain needs it.
 *
 * Return: 0, -EINVAL for what is no CRL, or changes another one (delta), or
 * -ENOMEM.
 */
int ike_trust_add_crl(struct ike_trust *trust, struct ike_blob crl,
		      struct ipsec_err *err)
{
	X509_CRL *x;

	if (crl.len > IKE_CRL_MAX)
		return ipsec_err_at(err, 0, "longer than %d bytes",
				    IKE_CRL_MAX);
	x = crl.len && crl.data[0] == 0x30 ? parse_der(crl.data, crl.len) :
					     parse_pem(crl);
	ERR_clear_error();
	if (!x)
		return ipsec_err_at(err, 0,
				    "not a CRL, in DER or as PEM 'X509 CRL', "
				    "or one with extensions that cannot be "
				    "read");
	if (X509_CRL_get_ext_by_NID(x, NID_delta_crl, -1) >= 0) {
		X509_CRL_free(x);
		return ipsec_err_at(err, 0,
				    "a delta CRL; give the complete one");
	}
	if (!keep_newer(trust->crls, x))
		return ipsec_err_code(err, ENOMEM, "no memory");
	return 0;
}

/**
 * ike_crl_tolerate() - an error that X509_verify_cert() met
 * @chain: where those of CRLs are noted
 * @error: X509_V_ERR_*
 * @depth: of the certificate it is about
 *
 * Return: true when verification goes on. What a list revokes is revoked,
 * though it has run out or its signature cannot be verified: the file is the
 * administrator's, and no failure here may let anybody in.
 */
bool ike_crl_tolerate(struct ike_chain *chain, int error, int depth)
{
	unsigned int bit = 1U << (depth & 31);

	switch (error) {
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
	case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
	case X509_V_ERR_DIFFERENT_CRL_SCOPE:
	case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_NOT_YET_VALID:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
	case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
		chain->no_crl |= bit;
		return true;
	}
	return false;
}

static enum ike_trust_result check_one(const struct ike_chain *chain, int i,
				       int64_t now, struct ike_ocsp *ocsp)
{
	X509 *cert = sk_X509_value(chain->certs, i);
	X509 *issuer = sk_X509_value(chain->certs, i + 1);
	const struct ike_trust *trust = chain->trust;

	if (trust->level != IKE_CRL_OFF && !(chain->no_crl & 1U << i))
		return IKE_TRUST_OK;
	switch (trust->ocsp ? ike_ocsp_state(trust, cert, issuer, now) :
			      IKE_OCSP_FAILED) {
	case IKE_OCSP_GOOD:
		return IKE_TRUST_OK;
	case IKE_OCSP_REVOKED:
		return IKE_TRUST_REVOKED;
	case IKE_OCSP_NONE:
		if (!ike_ocsp_ask(ocsp, cert, issuer))
			return IKE_TRUST_OCSP;
		break;
	case IKE_OCSP_FAILED:
		break;
	}
	return trust->level == IKE_CRL_STRICT ? IKE_TRUST_NO_CRL : IKE_TRUST_OK;
}

/**
 * ike_crl_check() - what CRLs have left open
 * @chain: verified
 * @now: wall-clock seconds
 * @ocsp: set for IKE_TRUST_OCSP
 *
 * Every certificate below the trusted CA is good by a current CRL or by OCSP,
 * where the level is strict; where it is not, none of them is known to be
 * revoked.
 */
enum ike_trust_result ike_crl_check(const struct ike_chain *chain, int64_t now,
				    struct ike_ocsp *ocsp)
{
	enum ike_trust_result result = IKE_TRUST_OK;
	int i;

	for (i = 0; i < sk_X509_num(chain->certs) - 1; i++) {
		result = check_one(chain, i, now, ocsp);
		if (result != IKE_TRUST_OK)
			break;
	}
	return result;
}
