// SPDX-License-Identifier: GPL-2.0-or-later
#include "policy_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mint.h"

const char *policy_text_bindings = "";

static X509 *root;

static X509 *ca(void)
{
	if (!root)
		root = mint_ca("CN=root", "p256/ca", NULL, NULL);
	return root;
}

static struct ike_blob crl(void)
{
	const struct mint_crl m = { .issuer = ca(), .issuer_key = "p256/ca" };

	return mint_pem_crl(mint_crl(&m));
}

static struct ike_blob text(const char *s)
{
	return (struct ike_blob){ (const uint8_t *)s, strlen(s) };
}

static struct ike_blob find(const char *name)
{
	if (!strcmp(name, POLICY_BINDINGS))
		return text(policy_text_bindings);
	if (!strcmp(name, "secret"))
		return text("open sesame\r\n");
	if (!strcmp(name, "hex"))
		return text("0x00ff10");
	if (!strcmp(name, "bad-hex"))
		return text("0x0z\n");
	if (!strcmp(name, "empty"))
		return text("\n");
	if (!strcmp(name, "key"))
		return mint_pem_key("p256/host");
	if (!strcmp(name, "other-key"))
		return mint_pem_key("ed25519");
	if (!strcmp(name, "peer"))
		return mint_pem_public("rsa2048");
	if (!strcmp(name, "ca"))
		return mint_pem_cert(ca());
	if (!strcmp(name, "crl"))
		return crl();
	if (!strcmp(name, "cert"))
		return mint_pem_cert(mint_leaf("DNS:red.example.org",
					       "p256/host", ca(), "p256/ca"));
	return (struct ike_blob){ NULL, 0 };
}

int policy_text_file(void *ctx, const char *name, bool secret,
		     struct ike_blob *blob, struct ipsec_err *err)
{
	(void)ctx;
	(void)secret;
	*blob = find(name);
	return blob->data ?
		       0 :
		       ipsec_err_code(err, ENOENT, "there is no such file");
}

struct policy *policy_text(const char *yaml, char *why, size_t size)
{
	struct ipsec_err err = { 0 };
	struct policy *policy;

	*why = '\0';
	if (!policy_parse(yaml, strlen(yaml), policy_text_file, NULL, &policy,
			  &err))
		return policy;
	snprintf(why, size, "%u: %s", err.line, err.text);
	return NULL;
}
