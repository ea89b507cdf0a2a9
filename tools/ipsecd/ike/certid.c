// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is an identity in a certificate? Whole names are compared, with their
 * lengths: a NUL in one ends nothing, and "*" stands for itself, so that a
 * certificate for "*.example.org" names no host (RFC 4945 section 3.1).
 */
#include "pki.h"

#include <openssl/err.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAMES_MAX 256

/* Host names and addresses of mail: what is left of ASCII without tricks. */
static bool plain(const uint8_t *s, size_t len, const char *more)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isascii(s[i]) ||
		    (!isalnum(s[i]) && (!s[i] || !strchr(more, s[i]))))
			return false;
	return len > 0;
}

static bool same_nocase(const uint8_t *a, const uint8_t *b, size_t len)
{
	return !strncasecmp((const char *)a, (const char *)b, len);
}

static bool host_is(const ASN1_IA5STRING *name, const struct ike_id *id)
{
	return (size_t)ASN1_STRING_length(name) == id->len &&
	       plain(id->data, id->len, "-_.") &&
	       same_nocase(ASN1_STRING_get0_data(name), id->data, id->len);
}

/* The mailbox is its host's affair; the host has no case. */
static bool email_is(const ASN1_IA5STRING *name, const struct ike_id *id)
{
	const uint8_t *have = ASN1_STRING_get0_data(name);
	const uint8_t *at = memchr(id->data, '@', id->len);
	size_t box;

	if ((size_t)ASN1_STRING_length(name) != id->len || !at)
		return false;
	box = (size_t)(at - id->data) + 1;
	return plain(id->data, box, "!#$%&'*+-/=?^_`{|}~.@") &&
	       plain(at + 1, id->len - box, "-_.") &&
	       !memcmp(have, id->data, box) &&
	       same_nocase(have + box, id->data + box, id->len - box);
}

static bool addr_is(const ASN1_OCTET_STRING *addr, const struct ike_id *id)
{
	size_t len = id->type == IKE_ID_IPV4 ? 4 : 16;

	return id->len == len && (size_t)ASN1_STRING_length(addr) == len &&
	       !memcmp(ASN1_STRING_get0_data(addr), id->data, len);
}

static bool name_is(const GENERAL_NAME *name, const struct ike_id *id)
{
	switch (id->type) {
	case IKE_ID_FQDN:
		return name->type == GEN_DNS && host_is(name->d.dNSName, id);
	case IKE_ID_EMAIL:
		return name->type == GEN_EMAIL &&
		       email_is(name->d.rfc822Name, id);
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		return name->type == GEN_IPADD &&
		       addr_is(name->d.iPAddress, id);
	}
	return false;
}

static bool alternative_is(X509 *cert, const struct ike_id *id)
{
	GENERAL_NAMES *names;
	bool found = false;
	int i, n;

	names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	n = sk_GENERAL_NAME_num(names);
	for (i = 0; i < n && n <= NAMES_MAX && !found; i++)
		found = name_is(sk_GENERAL_NAME_value(names, i), id);
	GENERAL_NAMES_free(names);
	return found;
}

/*
 * Attribute by attribute, as RFC 5280 section 7.1 has it: libcrypto compares
 * types, and values without regard to case and repeated spaces.
 */
static bool subject_is(X509 *cert, const struct ike_id *id)
{
	const uint8_t *p = id->data;
	X509_NAME *name;
	bool same;

	if (!ike_der_strict(id->data, id->len))
		return false;
	name = d2i_X509_NAME(NULL, &p, id->len);
	same = name && p == id->data + id->len && X509_NAME_entry_count(name) &&
	       !X509_NAME_cmp(name, X509_get_subject_name(cert));
	X509_NAME_free(name);
	return same;
}

/**
 * ike_cert_covers() - is the identity in the certificate?
 * @cert: a leaf
 * @id: as it came in an ID payload
 *
 * A distinguished name is the subject; addresses, host names and addresses of
 * mail are alternative names of their own kind. Other identities are in no
 * certificate.
 */
bool ike_cert_covers(X509 *cert, const struct ike_id *id)
{
	bool covered = id->type == IKE_ID_DN ? subject_is(cert, id) :
					       alternative_is(cert, id);

	ERR_clear_error();
	return covered;
}

static void id_set(struct ike_id *id, uint8_t type, const uint8_t *data,
		   int len)
{
	if (len <= 0 || len > IKE_ID_MAX)
		return;
	id->type = type;
	id->len = (uint16_t)len;
	memcpy(id->data, data, (size_t)len);
}

static void id_from_name(struct ike_id *id, const GENERAL_NAME *name)
{
	const ASN1_STRING *s;

	switch (name->type) {
	case GEN_DNS:
		s = name->d.dNSName;
		id_set(id, IKE_ID_FQDN, ASN1_STRING_get0_data(s),
		       ASN1_STRING_length(s));
		break;
	case GEN_EMAIL:
		s = name->d.rfc822Name;
		id_set(id, IKE_ID_EMAIL, ASN1_STRING_get0_data(s),
		       ASN1_STRING_length(s));
		break;
	case GEN_IPADD:
		s = name->d.iPAddress;
		id_set(id,
		       ASN1_STRING_length(s) == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6,
		       ASN1_STRING_get0_data(s), ASN1_STRING_length(s));
		break;
	}
}

/**
 * ike_cert_id() - the identity that goes with a certificate
 * @cert: a leaf
 * @id: its subject; when that is empty, its first alternative name that is
 *	an identity of IKE; else type 0
 */
void ike_cert_id(X509 *cert, struct ike_id *id)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	GENERAL_NAMES *names;
	uint8_t *der = NULL;
	int i, len;

	memset(id, 0, sizeof(*id));
	if (X509_NAME_entry_count(subject)) {
		len = i2d_X509_NAME(subject, &der);
		id_set(id, IKE_ID_DN, der, len);
		OPENSSL_free(der);
	}
	names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	for (i = 0; i < sk_GENERAL_NAME_num(names) && !id->type; i++)
		id_from_name(id, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	ERR_clear_error();
}
