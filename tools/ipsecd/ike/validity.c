// SPDX-License-Identifier: GPL-2.0-or-later
/* From when until when our certificates, CAs and revocation lists are good. */
#include "pki.h"

#include <string.h>
#include <time.h>

static int64_t seconds(const ASN1_TIME *t)
{
	struct tm tm;

	return t && ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : 0;
}

static void set(struct ike_validity *v, const X509_NAME *name,
		const ASN1_TIME *from, const ASN1_TIME *until)
{
	char *text = X509_NAME_oneline(name, NULL, 0);

	*v = (struct ike_validity){ .from = seconds(from),
				    .until = seconds(until) };
	strncpy(v->name, text ? text : "", sizeof(v->name) - 1);
	OPENSSL_free(text);
}

/* Lists come from files of ours: who signed them is of no matter here. */
static bool is_revoked(const struct ike_trust *trust, X509 *x)
{
	X509_REVOKED *entry;
	int i;

	for (i = 0; trust && i < sk_X509_CRL_num(trust->crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(trust->crls, i);

		if (!X509_NAME_cmp(X509_CRL_get_issuer(crl),
				   X509_get_issuer_name(x)) &&
		    X509_CRL_get0_by_cert(crl, &entry, x) == 1)
			return true;
	}
	return false;
}

/**
 * ike_credential_validity() - of our certificate, or one of its chain
 * @credential: ours
 * @trust: of the same rule, whose lists may have it; or NULL
 * @index: 0 is the certificate itself
 * @v: set
 *
 * Return: false when there is none.
 */
bool ike_credential_validity(const struct ike_credential *credential,
			     const struct ike_trust *trust, unsigned int index,
			     struct ike_validity *v)
{
	X509 *x = index < credential->certs ? credential->cert[index].x : NULL;

	if (!x)
		return false;
	set(v, X509_get_subject_name(x), X509_get0_notBefore(x),
	    X509_get0_notAfter(x));
	v->revoked = is_revoked(trust, x);
	return true;
}

/**
 * ike_trust_ca_validity() - of a CA that is trusted
 * @trust: of the rule
 * @index: from 0
 * @v: set
 *
 * Return: false when there is none.
 */
bool ike_trust_ca_validity(const struct ike_trust *trust, unsigned int index,
			   struct ike_validity *v)
{
	X509 *x = sk_X509_value(trust->cas, (int)index);

	if (!x)
		return false;
	set(v, X509_get_subject_name(x), X509_get0_notBefore(x),
	    X509_get0_notAfter(x));
	return true;
}

/**
 * ike_trust_crl_validity() - of a revocation list
 * @trust: of the rule
 * @index: from 0
 * @v: set; until 0: it does not say
 *
 * Return: false when there is none.
 */
bool ike_trust_crl_validity(const struct ike_trust *trust, unsigned int index,
			    struct ike_validity *v)
{
	X509_CRL *crl = sk_X509_CRL_value(trust->crls, (int)index);

	if (!crl)
		return false;
	set(v, X509_CRL_get_issuer(crl), X509_CRL_get0_lastUpdate(crl),
	    X509_CRL_get0_nextUpdate(crl));
	return true;
}
