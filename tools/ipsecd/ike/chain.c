// SPDX-License-Identifier: GPL-2.0-or-later
/* From a peer's certificate to a CA of ours, by X509_verify_cert(). */
#include "pki.h"

#include <openssl/x509_vfy.h>

/* CAs between the leaf and the one that is trusted. */
#define DEPTH_MAX 6

/*
 * 112 bits (RSA of 2048, SHA-2), or none: then ike_pubkey_check() has judged
 * the keys.
 */
#define LEVEL_STRONG 2
#define LEVEL_WEAK 0

/*
 * Did issuer issue cert? By names and key identifiers; where that led to a
 * namesake with another key, in a second run by the signature itself. Keys
 * that are not used are nobody's, so that no operation is done with them.
 */
static int issued(X509_STORE_CTX *ctx, X509 *cert, X509 *issuer)
{
	const struct ike_chain *chain = X509_STORE_CTX_get_app_data(ctx);
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	enum ike_auth_method method;

	if (X509_check_issued(issuer, cert) != X509_V_OK || !key ||
	    ike_pubkey_check(key, chain->trust->weak, &method))
		return 0;
	return !chain->signatures || X509_verify(cert, key) == 1;
}

static int verified(int good, X509_STORE_CTX *ctx)
{
	struct ike_chain *chain = X509_STORE_CTX_get_app_data(ctx);

	return good || ike_crl_tolerate(chain, X509_STORE_CTX_get_error(ctx),
					X509_STORE_CTX_get_error_depth(ctx));
}

static enum ike_trust_result result_of(int error)
{
	switch (error) {
	case X509_V_OK:
		return IKE_TRUST_OK;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return IKE_TRUST_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return IKE_TRUST_NOT_YET;
	case X509_V_ERR_CERT_REVOKED:
		return IKE_TRUST_REVOKED;
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
	case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
		return IKE_TRUST_WEAK;
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_INVALID_NON_CA:
	case X509_V_ERR_INVALID_PURPOSE:
	case X509_V_ERR_PATH_LENGTH_EXCEEDED:
	case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION:
	case X509_V_ERR_SUBTREE_MINMAX:
	case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
	case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
	case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
		return IKE_TRUST_USAGE;
	case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
	case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
	case X509_V_ERR_INVALID_EXTENSION:
		return IKE_TRUST_BAD;
	default:
		return IKE_TRUST_NO_CHAIN;
	}
}

static void set_param(X509_STORE_CTX *ctx, const struct ike_trust *trust,
		      int64_t now)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	/* A CA that the policy names is trusted, signed by itself or not. */
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;

	if (trust->level != IKE_CRL_OFF)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	X509_VERIFY_PARAM_set_flags(param, flags);
	X509_VERIFY_PARAM_set_time(param, now);
	X509_VERIFY_PARAM_set_depth(param, DEPTH_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, trust->weak ? LEVEL_WEAK :
							      LEVEL_STRONG);
}

static int run(struct ike_chain *chain, X509_STORE_CTX *ctx, X509 *leaf,
	       STACK_OF(X509) * others, int64_t now)
{
	const struct ike_trust *trust = chain->trust;
	int error;

	chain->no_crl = 0;
	if (!X509_STORE_CTX_init(ctx, trust->store, leaf, others))
		return X509_V_ERR_OUT_OF_MEM;
	if (!X509_STORE_CTX_set_app_data(ctx, chain)) {
		X509_STORE_CTX_cleanup(ctx);
		return X509_V_ERR_OUT_OF_MEM;
	}
	X509_STORE_CTX_set_verify_cb(ctx, verified);
	X509_STORE_CTX_set0_crls(ctx, trust->crls);
	set_param(ctx, trust, now);
	error = X509_V_OK;
	if (X509_verify_cert(ctx) != 1)
		error = X509_STORE_CTX_get_error(ctx);
	else
		chain->certs = X509_STORE_CTX_get1_chain(ctx);
	X509_STORE_CTX_cleanup(ctx);
	/* It never fails without a reason, or succeeds without a chain. */
	if (error == X509_V_OK && !chain->certs)
		error = X509_V_ERR_OUT_OF_MEM;
	return error;
}

static bool is_in_time(const X509 *cert, int64_t now)
{
	time_t when = now;

	/* -1: not after it, 1: after it, 0: no time */
	return X509_cmp_time(X509_get0_notBefore(cert), &when) < 0 &&
	       X509_cmp_time(X509_get0_notAfter(cert), &when) > 0;
}

static bool is_among(const X509 *cert, STACK_OF(X509) * list)
{
	int i;

	for (i = 0; i < sk_X509_num(list); i++)
		if (!X509_cmp(sk_X509_value(list, i), cert))
			return true;
	return false;
}

/* The last one is ours, and what is between was sent. */
static bool still_holds(STACK_OF(X509) * chain, STACK_OF(X509) * others,
			int64_t now)
{
	int n = sk_X509_num(chain), i;

	for (i = 0; i < n; i++) {
		X509 *cert = sk_X509_value(chain, i);

		if (!is_in_time(cert, now) ||
		    (i && i < n - 1 && !is_among(cert, others)))
			return false;
	}
	return true;
}

/*
 * A chain that was verified before. The trust is the same, so it is good as long
 * as it is in time and would be found again: whether a peer is let in must not
 * hang on what it sent before. Lists of what is revoked have a time, too: with
 * them it is verified anew.
 */
static bool is_known(struct ike_chain *chain, const X509 *leaf,
		     STACK_OF(X509) * others, int64_t now)
{
	const struct ike_trust *trust = chain->trust;

	if ((trust->level != IKE_CRL_OFF && sk_X509_CRL_num(trust->crls)) ||
	    !ike_seen_chain(trust->seen, leaf, chain))
		return false;
	if (still_holds(chain->certs, others, now))
		return true;
	sk_X509_pop_free(chain->certs, X509_free);
	chain->certs = NULL;
	return false;
}

/**
 * ike_chain_verify() - builds and verifies a chain
 * @chain: with its trust; certs, to be freed by the caller, and what is known
 *	of CRLs is set
 * @leaf: whose usage and key the caller has judged
 * @others: that came with it
 * @now: wall-clock seconds
 *
 * Return: IKE_TRUST_OK; then revocation that CRLs do not settle is for
 * ike_crl_check().
 */
enum ike_trust_result ike_chain_verify(struct ike_chain *chain, X509 *leaf,
				       STACK_OF(X509) * others, int64_t now)
{
	int error = X509_V_ERR_OUT_OF_MEM;
	X509_STORE_CTX *ctx;

	if (is_known(chain, leaf, others, now))
		return IKE_TRUST_OK;
	ctx = X509_STORE_CTX_new();
	X509_STORE_set_check_issued(chain->trust->store, issued);
	chain->signatures = false;
	if (ctx)
		error = run(chain, ctx, leaf, others, now);
	if (error == X509_V_ERR_CERT_SIGNATURE_FAILURE) {
		chain->signatures = true;
		error = run(chain, ctx, leaf, others, now);
	}
	X509_STORE_CTX_free(ctx);
	return result_of(error);
}
