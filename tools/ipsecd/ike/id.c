// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities: reading, comparing, matching. */
#include "id.h"

#include <errno.h>
#include <openssl/x509.h>
#include <string.h>
#include <strings.h>

static X509_NAME *get_name(const struct ike_id *id)
{
	const unsigned char *p = id->data;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, id->len);

	if (name && p != id->data + id->len) {
		X509_NAME_free(name);
		return NULL;
	}
	return name;
}

static bool is_dn(const struct ike_id *id)
{
	X509_NAME *name = get_name(id);
	bool good = name && X509_NAME_entry_count(name);

	X509_NAME_free(name);
	return good;
}

/* Text that can be compared and shown, whatever bytes above ASCII it has. */
static bool is_text(const struct ike_id *id)
{
	unsigned int i;

	for (i = 0; i < id->len; i++)
		if (id->data[i] <= ' ' || id->data[i] == 0x7f)
			return false;
	return id->len;
}

static bool is_good(const struct ike_id *id)
{
	switch (id->type) {
	case IKE_ID_IPV4:
		return id->len == 4;
	case IKE_ID_IPV6:
		return id->len == 16;
	case IKE_ID_FQDN:
	case IKE_ID_EMAIL:
		return is_text(id);
	case IKE_ID_DN:
		return is_dn(id);
	case IKE_ID_GN:
	case IKE_ID_KEY_ID:
		return id->len;
	case IKE_ID_NULL:
		return !id->len;
	}
	return false;
}

int ike_id_read(struct ike_id *id, uint8_t type, const uint8_t *data,
		size_t len)
{
	memset(id, 0, sizeof(*id));
	if (len > sizeof(id->data))
		return -EBADMSG;
	id->type = type;
	id->len = (uint16_t)len;
	if (len)
		memcpy(id->data, data, len);
	if (is_good(id))
		return 0;
	memset(id, 0, sizeof(*id));
	return -EBADMSG;
}

void ike_id_addr(struct ike_id *id, const struct ipsec_addr *addr)
{
	memset(id, 0, sizeof(*id));
	id->type = addr->len == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6;
	id->len = addr->len;
	memcpy(id->data, addr->b, addr->len);
}

static bool equal_text(const uint8_t *a, size_t a_len, const uint8_t *b,
		       size_t b_len)
{
	return a_len == b_len &&
	       !strncasecmp((const char *)a, (const char *)b, a_len);
}

static bool equal_dn(const struct ike_id *a, const struct ike_id *b)
{
	X509_NAME *x = get_name(a), *y = get_name(b);
	bool equal = x && y && !X509_NAME_cmp(x, y);

	X509_NAME_free(x);
	X509_NAME_free(y);
	return equal;
}

bool ike_id_equal(const struct ike_id *a, const struct ike_id *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case IKE_ID_FQDN:
	case IKE_ID_EMAIL:
		return equal_text(a->data, a->len, b->data, b->len);
	case IKE_ID_DN:
		return equal_dn(a, b);
	}
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

/*
 * "*" and then a separator stand for anything before the same separator of
 * the name: a dot, of which a label has none, or an at.
 */
static bool match_text(const struct ike_id *pattern, const struct ike_id *id,
		       char separator)
{
	const uint8_t *rest;

	if (pattern->len < 2 || pattern->data[0] != '*' ||
	    pattern->data[1] != separator)
		return ike_id_equal(pattern, id);
	rest = memchr(id->data, separator, id->len);
	if (!rest || rest == id->data)
		return false;
	return equal_text(pattern->data + 1, pattern->len - 1U, rest,
			  (size_t)(id->data + id->len - rest));
}

static bool is_wild(const X509_NAME_ENTRY *entry)
{
	const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);

	return ASN1_STRING_length(value) == 1 &&
	       *ASN1_STRING_get0_data(value) == '*';
}

/*
 * Takes the entries for which the pattern has a "*" out of both, so that the
 * rest can be compared as names are. False when they are not of one form.
 */
static bool take_wild(X509_NAME *pattern, X509_NAME *name)
{
	int i = X509_NAME_entry_count(pattern);

	if (i != X509_NAME_entry_count(name))
		return false;
	while (i--) {
		X509_NAME_ENTRY *p = X509_NAME_get_entry(pattern, i);
		X509_NAME_ENTRY *n = X509_NAME_get_entry(name, i);

		if (OBJ_cmp(X509_NAME_ENTRY_get_object(p),
			    X509_NAME_ENTRY_get_object(n)) != 0 ||
		    X509_NAME_ENTRY_set(p) != X509_NAME_ENTRY_set(n))
			return false;
		if (is_wild(p)) {
			X509_NAME_ENTRY_free(
				X509_NAME_delete_entry(pattern, i));
			X509_NAME_ENTRY_free(X509_NAME_delete_entry(name, i));
		}
	}
	return true;
}

static bool match_dn(const struct ike_id *pattern, const struct ike_id *id)
{
	X509_NAME *p = get_name(pattern), *n = get_name(id);
	bool match = p && n && take_wild(p, n) && !X509_NAME_cmp(p, n);

	X509_NAME_free(p);
	X509_NAME_free(n);
	return match;
}

bool ike_id_match(const struct ike_id *pattern, const struct ike_id *id)
{
	if (!pattern->type)
		return true;
	if (pattern->type != id->type)
		return false;
	switch (pattern->type) {
	case IKE_ID_FQDN:
		return match_text(pattern, id, '.');
	case IKE_ID_EMAIL:
		return match_text(pattern, id, '@');
	case IKE_ID_DN:
		return match_dn(pattern, id);
	}
	return ike_id_equal(pattern, id);
}
