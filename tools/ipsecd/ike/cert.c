// SPDX-License-Identifier: GPL-2.0-or-later
/* One certificate: reading it, and what it may be used for (RFC 4945). */
#include "pki.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>

#include <errno.h>

/**
 * ike_cert_parse() - reads one certificate
 * @data: DER
 * @len: its length
 *
 * Return: to be freed with X509_free(); NULL for what is no certificate, is
 * longer than IKE_CERT_MAX, is not DER, or has extensions that are malformed
 * or given twice.
 */
X509 *ike_cert_parse(const uint8_t *data, size_t len)
{
	const uint8_t *p = data;
	X509 *x;

	if (len > IKE_CERT_MAX || !ike_der_strict(data, len))
		return NULL;
	x = d2i_X509(NULL, &p, (long)len);
	if (x && (p != data + len || !X509_get0_pubkey(x) ||
		  X509_get_extension_flags(x) & EXFLAG_INVALID)) {
		X509_free(x);
		x = NULL;
	}
	ERR_clear_error();
	return x;
}

/* One block of PEM: 1, 0 at the end, or -EINVAL. */
static int read_one(BIO *bio, STACK_OF(X509) * to)
{
	char *name = NULL, *header = NULL;
	uint8_t *data = NULL;
	X509 *x = NULL;
	long len;

	if (PEM_read_bio(bio, &name, &header, &data, &len) != 1)
		return ERR_GET_REASON(ERR_peek_last_error()) ==
				       PEM_R_NO_START_LINE ?
			       0 :
			       -EINVAL;
	if (!strcmp(name, PEM_STRING_X509) ||
	    !strcmp(name, PEM_STRING_X509_OLD))
		x = ike_cert_parse(data, (size_t)len);
	if (x && !sk_X509_push(to, x)) {
		X509_free(x);
		x = NULL;
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	return x ? 1 : -EINVAL;
}

/**
 * ike_cert_read_pem() - reads a file of certificates
 * @pem: its bytes
 * @to: where they are appended
 * @err: why not
 *
 * Return: 0, or -EINVAL for a file without one, with something else in it, or
 * with a certificate that ike_cert_parse() refuses. Then some may have been
 * appended.
 */
int ike_cert_read_pem(struct ike_blob pem, STACK_OF(X509) * to,
		      struct ipsec_err *err)
{
	int before = sk_X509_num(to), rc;
	BIO *bio;

	if (pem.len > IKE_PEM_MAX)
		return ipsec_err_at(err, 0, "longer than %d bytes",
				    IKE_PEM_MAX);
	bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	if (!bio)
		return ipsec_err_code(err, ENOMEM, "no memory");
	do
		rc = read_one(bio, to);
	while (rc > 0);
	BIO_free(bio);
	ERR_clear_error();
	if (rc < 0)
		return ipsec_err_at(err, 0,
				    "certificate %d of the file cannot be "
				    "read; PEM blocks 'CERTIFICATE' are "
				    "expected",
				    sk_X509_num(to) - before + 1);
	if (sk_X509_num(to) == before)
		return ipsec_err_at(err, 0,
				    "no PEM block 'CERTIFICATE' in the file");
	return 0;
}

/* Purposes that a certificate for IKE is seen with (RFC 4945 5.1.3.12). */
static bool purpose_fits(const ASN1_OBJECT *purpose)
{
	static const char *const fit[] = {
		"1.3.6.1.5.5.7.3.17", /* ipsecIKE */
		"1.3.6.1.5.5.8.2.2", /* iKEIntermediate, of Windows */
		"1.3.6.1.5.5.7.3.5", /* ipsecEndSystem */
		"1.3.6.1.5.5.7.3.6", /* ipsecTunnel */
		"1.3.6.1.5.5.7.3.7", /* ipsecUser */
		"1.3.6.1.5.5.7.3.1", /* serverAuth */
		"1.3.6.1.5.5.7.3.2", /* clientAuth */
		"2.5.29.37.0", /* any */
	};
	char oid[64];
	size_t i;

	if (OBJ_obj2txt(oid, sizeof(oid), purpose, 1) <= 0)
		return false;
	for (i = 0; i < sizeof(fit) / sizeof(fit[0]); i++)
		if (!strcmp(oid, fit[i]))
			return true;
	return false;
}

static bool purposes_fit(X509 *cert)
{
	EXTENDED_KEY_USAGE *list;
	bool fits = false;
	int i, critical;

	list = X509_get_ext_d2i(cert, NID_ext_key_usage, &critical, NULL);
	if (!list)
		return critical == -1;
	for (i = 0; i < sk_ASN1_OBJECT_num(list) && !fits; i++)
		fits = purpose_fits(sk_ASN1_OBJECT_value(list, i));
	EXTENDED_KEY_USAGE_free(list);
	return fits;
}

/**
 * ike_cert_usage() - may it stand for a host in IKE?
 * @cert: a leaf
 *
 * Its key usage, when it has one, has digitalSignature or nonRepudiation, its
 * extended one a purpose that fits, and it is not a CA's (RFC 4945
 * section 5.1.3).
 *
 * Return: NULL, or why not.
 */
const char *ike_cert_usage(X509 *cert)
{
	/* Without the extension all bits are set. */
	if (!(X509_get_key_usage(cert) &
	      (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
		return "its key usage has no digital signature";
	if (X509_get_extension_flags(cert) & EXFLAG_CA)
		return "it is the certificate of a CA";
	if (!purposes_fit(cert))
		return "its extended key usage is for something else";
	return NULL;
}

/**
 * ike_cert_is_ca() - may it issue certificates?
 * @cert: of a file of CAs
 *
 * Only a version 3 certificate that says so is a CA.
 */
bool ike_cert_is_ca(X509 *cert)
{
	return X509_check_ca(cert) == 1;
}
