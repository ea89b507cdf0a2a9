// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities as text. */
#include <arpa/inet.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "id.h"
#include "text.h"

static int too_long(struct ipsec_err *err)
{
	return ipsec_err_at(err, 0, "an identity has at most %d bytes",
			    IKE_ID_MAX);
}

static int set(struct ike_id *id, uint8_t type, const char *text,
	       struct ipsec_err *err)
{
	size_t len = strlen(text);

	if (len > sizeof(id->data))
		return too_long(err);
	if (ike_id_read(id, type, (const uint8_t *)text, len))
		return ipsec_err_at(err, 0,
				    "'%s' is empty, or has spaces or control "
				    "characters",
				    text);
	return 0;
}

static int parse_ip(struct ike_id *id, const char *text, struct ipsec_err *err)
{
	struct ipsec_addr addr;
	const char *why = ipsec_addr_parse(&addr, text);

	if (why)
		return ipsec_err_at(err, 0, "'%s': %s", text, why);
	ike_id_addr(id, &addr);
	return 0;
}

static int parse_fqdn(struct ike_id *id, const char *text,
		      struct ipsec_err *err)
{
	return set(id, IKE_ID_FQDN, text, err);
}

static int parse_email(struct ike_id *id, const char *text,
		       struct ipsec_err *err)
{
	const char *at = strchr(text, '@');

	if (!at || at == text || !at[1])
		return ipsec_err_at(err, 0,
				    "'%s' is no address such as "
				    "user@example.org",
				    text);
	return set(id, IKE_ID_EMAIL, text, err);
}

static int parse_keyid(struct ike_id *id, const char *text,
		       struct ipsec_err *err)
{
	int len;

	if (strncmp(text, "0x", 2) != 0)
		return set(id, IKE_ID_KEY_ID, text, err);
	len = ipsec_hex(text, id->data, sizeof(id->data));
	if (len <= 0)
		return ipsec_err_at(err, 0,
				    "'%s': after 0x comes an even number of "
				    "hexadecimal digits, of %d bytes at most",
				    text, IKE_ID_MAX);
	id->type = IKE_ID_KEY_ID;
	id->len = (uint16_t)len;
	return 0;
}

/*
 * Copies up to an end that is not escaped, without the escapes; the number of
 * characters used, with the end left. Spaces around are not part of it.
 */
static size_t take(const char *text, const char *ends, char *to, size_t size)
{
	size_t used = strspn(text, " "), len = 0, keep = 0;

	while (text[used] && !strchr(ends, text[used]) && len + 1 < size) {
		bool escaped = text[used] == '\\' && text[used + 1];

		used += escaped;
		to[len++] = text[used++];
		if (escaped || to[len - 1] != ' ')
			keep = len;
	}
	to[keep] = '\0';
	return used;
}

/* One "CN=value"; in a multi-valued RDN it joins the one before. */
static int add_entry(X509_NAME *name, const char *type, const char *value,
		     bool join, struct ipsec_err *err)
{
	ASN1_OBJECT *object = OBJ_txt2obj(type, 0);
	int ok;

	if (!object)
		return ipsec_err_at(err, 0, "unknown name '%s' in a DN", type);
	/* Only "*" is not held against what X.520 allows for a type. */
	ok = X509_NAME_add_entry_by_OBJ(
		name, object,
		strcmp(value, "*") ? MBSTRING_UTF8 : V_ASN1_UTF8STRING,
		(const unsigned char *)value, -1, -1, join ? -1 : 0);
	ASN1_OBJECT_free(object);
	if (!*value || !ok)
		return ipsec_err_at(err, 0, "'%s' is no value for %s", value,
				    type);
	return 0;
}

static int add_entries(X509_NAME *name, const char *text, struct ipsec_err *err)
{
	char type[64], value[256];
	bool join = false;
	int rc;

	for (;;) {
		text += take(text, "=,+", type, sizeof(type));
		if (*text != '=')
			return ipsec_err_at(err, 0,
					    "a DN is written as 'C=DE, O=x, "
					    "CN=y'");
		text++;
		text += take(text, ",+", value, sizeof(value));
		if (*text && *text != ',' && *text != '+')
			return ipsec_err_at(err, 0, "'%.40s...' is too long",
					    value);
		rc = add_entry(name, type, value, join, err);
		if (rc || !*text)
			return rc;
		join = *text++ == '+';
	}
}

static int parse_dn(struct ike_id *id, const char *text, struct ipsec_err *err)
{
	X509_NAME *name = X509_NAME_new();
	unsigned char *der = NULL;
	int len, rc;

	if (!name)
		return ipsec_err_at(err, 0, "no memory");
	rc = add_entries(name, text, err);
	len = rc ? 0 : i2d_X509_NAME(name, &der);
	if (!rc && (len < 0 || len > IKE_ID_MAX))
		rc = too_long(err);
	if (!rc && ike_id_read(id, IKE_ID_DN, der, (size_t)len))
		rc = ipsec_err_at(err, 0, "'%s' is no DN", text);
	OPENSSL_free(der);
	X509_NAME_free(name);
	return rc;
}

static const struct form {
	const char *prefix;
	int (*parse)(struct ike_id *id, const char *text,
		     struct ipsec_err *err);
} forms[] = {
	{ "ip:", parse_ip },	   { "fqdn:", parse_fqdn },
	{ "email:", parse_email }, { "dn:", parse_dn },
	{ "keyid:", parse_keyid },
};

/* A bad address must not become the name of a host. */
static bool like_addr(const char *text)
{
	return strchr(text, ':') || !text[strspn(text, "0123456789.")];
}

int ike_id_parse(struct ike_id *id, const char *text, struct ipsec_err *err)
{
	size_t i;

	memset(id, 0, sizeof(*id));
	if (!strcmp(text, "any"))
		return 0;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t len = strlen(forms[i].prefix);

		if (!strncmp(text, forms[i].prefix, len))
			return forms[i].parse(id, text + len, err);
	}
	if (strchr(text, '='))
		return parse_dn(id, text, err);
	if (strchr(text, '@'))
		return parse_email(id, text, err);
	return like_addr(text) ? parse_ip(id, text, err) :
				 parse_fqdn(id, text, err);
}

static const char *hex_text(const struct ike_id *id, const char *prefix,
			    char *buf, size_t size)
{
	size_t len = (size_t)snprintf(buf, size, "%s0x", prefix), i;

	for (i = 0; i < id->len && len + 2 < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%02x",
					id->data[i]);
	return buf;
}

/* What is not printable ASCII, and the backslash, becomes \xNN. */
static const char *escaped(const char *prefix, const uint8_t *data,
			   size_t data_len, char *buf, size_t size)
{
	size_t len = (size_t)snprintf(buf, size, "%s", prefix), i;

	for (i = 0; i < data_len && len + 4 < size; i++) {
		if (data[i] >= ' ' && data[i] < 0x7f && data[i] != '\\')
			buf[len++] = (char)data[i];
		else
			len += (size_t)snprintf(buf + len, size - len,
						"\\x%02x", data[i]);
	}
	buf[len] = '\0';
	return buf;
}

/* The prefix that is needed for a name that looks like another type. */
static const char *name_text(const struct ike_id *id, char *buf, size_t size)
{
	bool email = id->type == IKE_ID_EMAIL;
	struct ipsec_err err;
	struct ike_id again;
	char text[IKE_ID_MAX + 1];

	memcpy(text, id->data, id->len);
	text[id->len] = '\0';
	if (!ike_id_parse(&again, text, &err) && again.type == id->type &&
	    ike_id_equal(&again, id))
		return escaped("", id->data, id->len, buf, size);
	return escaped(email ? "email:" : "fqdn:", id->data, id->len, buf,
		       size);
}

static const char *dn_text(const struct ike_id *id, char *buf, size_t size)
{
	const unsigned char *p = id->data;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, id->len);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	snprintf(buf, size, "dn:unknown");
	if (name && bio &&
	    X509_NAME_print_ex(bio, name, 0,
			       ASN1_STRFLGS_RFC2253 | XN_FLAG_SEP_CPLUS_SPC |
				       XN_FLAG_FN_SN) >= 0) {
		len = BIO_get_mem_data(bio, &text);
		snprintf(buf, size, "%.*s", (int)len, text);
	}
	BIO_free(bio);
	X509_NAME_free(name);
	return buf;
}

static bool is_printable(const struct ike_id *id)
{
	unsigned int i;

	for (i = 0; i < id->len; i++)
		if (id->data[i] <= ' ' || id->data[i] >= 0x7f ||
		    id->data[i] == '\\')
			return false;
	return id->len < 2 || memcmp(id->data, "0x", 2) != 0;
}

const char *ike_id_text(const struct ike_id *id, char *buf, size_t size)
{
	switch (id->type) {
	case 0:
		snprintf(buf, size, "any");
		return buf;
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		inet_ntop(id->type == IKE_ID_IPV4 ? AF_INET : AF_INET6,
			  id->data, buf, (socklen_t)size);
		return buf;
	case IKE_ID_FQDN:
	case IKE_ID_EMAIL:
		return name_text(id, buf, size);
	case IKE_ID_DN:
		return dn_text(id, buf, size);
	case IKE_ID_KEY_ID:
		if (is_printable(id))
			return escaped("keyid:", id->data, id->len, buf, size);
		return hex_text(id, "keyid:", buf, size);
	case IKE_ID_NULL:
		snprintf(buf, size, "null");
		return buf;
	}
	return hex_text(id, "gn:", buf, size);
}
