// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OCSP (RFC 6960): requests, what answers are believed, and a cache of them.
 * Nothing is fetched here.
 */
#include "pki.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define SKEW 300 /* seconds that a responder's clock may be ahead or behind */
#define KEEP_MAX 86400 /* an answer is asked for anew after a day at most */
#define KEEP_DEFAULT 300 /* when it does not say how long it holds */
#define KEEP_FAILED 60
#define NONCE_LEN 16

static bool local_host(const char *host, size_t len)
{
	static const char *const local[] = {
		"localhost", "127.", "0.", "169.254.", "[",
	};
	size_t i;

	for (i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if (!strncasecmp(host, local[i], strlen(local[i])))
			return true;
	/* 2130706433 and 0x7f000001 are 127.0.0.1 to many a resolver. */
	return !memchr(host, '.', len);
}

/*
 * A host that a certificate of a trusted CA names, but not this one, and no
 * other scheme (CVE-2022-40617). IPv6 literals are left out with it.
 */
static bool url_fits(const char *url)
{
	static const char scheme[] = "http://";
	const char *host = url + sizeof(scheme) - 1, *p;

	if (strlen(url) >= sizeof(((struct ike_ocsp *)NULL)->url) ||
	    strncasecmp(url, scheme, sizeof(scheme) - 1))
		return false;
	for (p = url; *p; p++)
		if (!isascii(*p) || !isgraph((unsigned char)*p) || *p == '@' ||
		    *p == '\\')
			return false;
	return !local_host(host, strcspn(host, "/:?#"));
}

static bool find_url(X509 *cert, char *url, size_t size)
{
	STACK_OF(OPENSSL_STRING) *list = X509_get1_ocsp(cert);
	bool found = false;
	int i;

	for (i = 0; i < sk_OPENSSL_STRING_num(list) && !found; i++) {
		const char *s = sk_OPENSSL_STRING_value(list, i);

		found = url_fits(s);
		if (found)
			snprintf(url, size, "%s", s);
	}
	X509_email_free(list);
	return found;
}

/* The name of a certificate in the cache. */
static bool cache_id(const OCSP_CERTID *id, uint8_t *out)
{
	uint8_t *der = NULL;
	int len = i2d_OCSP_CERTID(id, &der);
	bool good = len > 0 && EVP_Digest(der, (size_t)len, out, NULL,
					  EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	return good;
}

/**
 * ike_ocsp_state() - what is known of a certificate
 * @trust: with the cache
 * @cert: the certificate
 * @issuer: who issued it
 * @now: wall-clock seconds
 *
 * Return: IKE_OCSP_NONE: ike_ocsp_ask().
 */
enum ike_ocsp_state ike_ocsp_state(const struct ike_trust *trust, X509 *cert,
				   X509 *issuer, int64_t now)
{
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, cert, issuer);
	const struct ike_ocsp_entry *e = trust->cache;
	uint8_t key[32];
	bool good;

	good = id && cache_id(id, key);
	OCSP_CERTID_free(id);
	if (!good)
		return IKE_OCSP_FAILED;
	for (; e < trust->cache + IKE_OCSP_CACHE; e++)
		if (e->state != IKE_OCSP_NONE && now < e->until &&
		    !memcmp(e->id, key, sizeof(key)))
			return e->state;
	return IKE_OCSP_NONE;
}

/* Over the entry of the same certificate, else over what ends first. */
static void remember(struct ike_trust *trust, const uint8_t *id,
		     enum ike_ocsp_state state, int64_t until)
{
	struct ike_ocsp_entry *e = trust->cache, *first = e;

	for (; e < trust->cache + IKE_OCSP_CACHE; e++) {
		if (!memcmp(e->id, id, sizeof(e->id))) {
			first = e;
			break;
		}
		if (e->until < first->until)
			first = e;
	}
	memcpy(first->id, id, sizeof(first->id));
	first->state = state;
	first->until = until;
}

static OCSP_REQUEST *make_request(X509 *cert, X509 *issuer)
{
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, cert, issuer);
	OCSP_REQUEST *req = OCSP_REQUEST_new();

	if (id && req && OCSP_request_add0_id(req, id)) {
		if (OCSP_request_add1_nonce(req, NULL, NONCE_LEN))
			return req;
	} else {
		OCSP_CERTID_free(id);
	}
	OCSP_REQUEST_free(req);
	return NULL;
}

/**
 * ike_ocsp_ask() - what to ask of whom
 * @ocsp: set, to be freed with ike_ocsp_free()
 * @cert: the certificate
 * @issuer: who issued it
 *
 * Return: 0, or -ENOENT when the certificate names no responder that may be
 * asked, or there is no memory.
 */
int ike_ocsp_ask(struct ike_ocsp *ocsp, X509 *cert, X509 *issuer)
{
	OCSP_REQUEST *req;
	int len = 0, issuer_len;

	memset(ocsp, 0, sizeof(*ocsp));
	if (!find_url(cert, ocsp->url, sizeof(ocsp->url)))
		return -ENOENT;
	req = make_request(cert, issuer);
	if (req)
		len = i2d_OCSP_REQUEST(req, &ocsp->request);
	OCSP_REQUEST_free(req);
	issuer_len = i2d_X509(issuer, &ocsp->issuer);
	if (len <= 0 || issuer_len <= 0) {
		ike_ocsp_free(ocsp);
		return -ENOENT;
	}
	ocsp->len = (size_t)len;
	ocsp->issuer_len = (size_t)issuer_len;
	return 0;
}

/**
 * ike_ocsp_free() - frees what is in it
 * @ocsp: set by ike_trust_check(); is empty then
 */
void ike_ocsp_free(struct ike_ocsp *ocsp)
{
	OPENSSL_free(ocsp->request);
	OPENSSL_free(ocsp->issuer);
	memset(ocsp, 0, sizeof(*ocsp));
}

/*
 * Who may sign: the CA itself, or whom it has appointed by a certificate of
 * its own that says so (section 4.2.2.2).
 */
static bool signer_fits(const struct ike_trust *trust, X509 *signer,
			X509 *issuer, int64_t now)
{
	enum ike_auth_method method;

	if (ike_pubkey_check(X509_get0_pubkey(signer), trust->weak, &method))
		return false;
	if (!X509_cmp(signer, issuer))
		return true;
	return X509_check_issued(issuer, signer) == X509_V_OK &&
	       X509_verify(signer, X509_get0_pubkey(issuer)) == 1 &&
	       X509_get_extension_flags(signer) & EXFLAG_XKUSAGE &&
	       X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN &&
	       X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE &&
	       ASN1_TIME_cmp_time_t(X509_get0_notBefore(signer), now) <= 0 &&
	       ASN1_TIME_cmp_time_t(X509_get0_notAfter(signer), now) >= 0;
}

static bool signature_good(const struct ike_trust *trust, OCSP_BASICRESP *basic,
			   X509 *issuer, int64_t now)
{
	STACK_OF(X509) *extra = sk_X509_new_null();
	X509 *signer = NULL;
	bool good;

	good = extra && sk_X509_push(extra, issuer) &&
	       OCSP_resp_get0_signer(basic, &signer, extra) == 1 &&
	       X509_get0_pubkey(signer) &&
	       signer_fits(trust, signer, issuer, now) &&
	       OCSP_basic_verify(basic, extra, NULL, OCSP_NOVERIFY) == 1;
	sk_X509_free(extra);
	return good;
}

/* Seconds of a time that libcrypto has parsed; 0 when it is not one. */
static int64_t seconds(const ASN1_GENERALIZEDTIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : 0;
}

/* When a status given from @from to @to (may be NULL) ends; 0: it does not hold. */
static int64_t holds_until(const ASN1_GENERALIZEDTIME *from,
			   const ASN1_GENERALIZEDTIME *to, int64_t now)
{
	int64_t since = seconds(from), until;

	if (!since || since > now + SKEW)
		return 0;
	/* Without an end it is an answer of the moment. */
	until = to ? seconds(to) : since + SKEW;
	if (until + SKEW < now)
		return 0;
	if (!to || until < now + KEEP_DEFAULT)
		return now + KEEP_DEFAULT;
	return until < now + KEEP_MAX ? until : now + KEEP_MAX;
}

/* What a believed answer says of the certificate; IKE_OCSP_FAILED: nothing. */
static enum ike_ocsp_state read_status(OCSP_BASICRESP *basic, OCSP_CERTID *id,
				       int64_t now, int64_t *until)
{
	ASN1_GENERALIZEDTIME *at, *from = NULL, *to = NULL;
	int status, reason;

	if (OCSP_resp_find_status(basic, id, &status, &reason, &at, &from,
				  &to) != 1)
		return IKE_OCSP_FAILED;
	*until = holds_until(from, to, now);
	if (!*until)
		return IKE_OCSP_FAILED;
	switch (status) {
	case V_OCSP_CERTSTATUS_GOOD:
		return IKE_OCSP_GOOD;
	case V_OCSP_CERTSTATUS_REVOKED:
		return IKE_OCSP_REVOKED;
	}
	return IKE_OCSP_FAILED;
}

static OCSP_BASICRESP *parse_answer(struct ike_blob answer)
{
	const uint8_t *p = answer.data;
	OCSP_BASICRESP *basic = NULL;
	OCSP_RESPONSE *resp;

	if (answer.len > IKE_OCSP_ANSWER_MAX ||
	    !ike_der_strict(answer.data, answer.len))
		return NULL;
	resp = d2i_OCSP_RESPONSE(NULL, &p, (long)answer.len);
	if (resp && p == answer.data + answer.len &&
	    OCSP_response_status(resp) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(resp);
	OCSP_RESPONSE_free(resp);
	return basic;
}

static enum ike_ocsp_state judge(const struct ike_trust *trust,
				 OCSP_REQUEST *req, X509 *issuer,
				 struct ike_blob answer, int64_t now,
				 int64_t *until)
{
	OCSP_CERTID *id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(req, 0));
	enum ike_ocsp_state state = IKE_OCSP_FAILED;
	OCSP_BASICRESP *basic = parse_answer(answer);

	if (!basic)
		return IKE_OCSP_FAILED;
	/* Responders that sign in advance give no nonce: -1. */
	if (OCSP_check_nonce(req, basic) != 0 &&
	    signature_good(trust, basic, issuer, now))
		state = read_status(basic, id, now, until);
	OCSP_BASICRESP_free(basic);
	return state;
}

/**
 * ike_trust_ocsp_answer() - what the responder said
 * @trust: whose check asked
 * @ocsp: what was asked
 * @answer: DER; empty: none came
 * @now: wall-clock seconds
 *
 * Return: 0 for an answer that is believed, -EBADMSG for another one, or none.
 * Both are remembered, so that ike_trust_check() comes to an end.
 */
int ike_trust_ocsp_answer(struct ike_trust *trust, const struct ike_ocsp *ocsp,
			  struct ike_blob answer, int64_t now)
{
	enum ike_ocsp_state state = IKE_OCSP_FAILED;
	const uint8_t *p = ocsp->request;
	int64_t until = now + KEEP_FAILED;
	X509 *issuer = ike_cert_parse(ocsp->issuer, ocsp->issuer_len);
	OCSP_REQUEST *req = d2i_OCSP_REQUEST(NULL, &p, (long)ocsp->len);
	uint8_t key[32];

	if (req && issuer &&
	    cache_id(OCSP_onereq_get0_id(OCSP_request_onereq_get0(req, 0)),
		     key)) {
		state = judge(trust, req, issuer, answer, now, &until);
		if (state == IKE_OCSP_FAILED)
			until = now + KEEP_FAILED;
		remember(trust, key, state, until);
	}
	OCSP_REQUEST_free(req);
	X509_free(issuer);
	ERR_clear_error();
	return state == IKE_OCSP_FAILED ? -EBADMSG : 0;
}
