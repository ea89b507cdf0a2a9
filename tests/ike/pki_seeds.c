// SPDX-License-Identifier: GPL-2.0-or-later
/* What the fuzz targets of certificates and signatures start from. */
#include "pki_seeds.h"

#include "daemon_seeds.h"
#include "pki.h"
#include "seal.h"

void pki_put_blob(pki_seeds_fn *put, const char *target, uint8_t mode,
		  struct ike_blob b)
{
	put(target, &mode, 1, b.data, b.len);
}

/* Whole, and what is signed of it. */
void pki_put_cert(pki_seeds_fn *put, X509 *x)
{
	struct ike_blob der = mint_der_cert(x), tbs = seal_open(der);
	uint8_t head[3] = { 0, (uint8_t)(der.len >> 8), (uint8_t)der.len };

	put("cert", head, sizeof(head), der.data, der.len);
	head[0] = 1;
	head[1] = (uint8_t)(tbs.len >> 8);
	head[2] = (uint8_t)tbs.len;
	put("cert", head, sizeof(head), tbs.data, tbs.len);
	head[0] = 7;
	put("cert", head, sizeof(head), tbs.data, tbs.len);
}

/* Without a subject the alternative name is what it is known by. */
static void put_nameless(pki_seeds_fn *put, X509 *root, const char *name)
{
	char ext[128];
	const struct mint_cert m = {
		.subject = "",
		.key = SEAL_LEAF,
		.issuer = root,
		.issuer_key = SEAL_CA,
		.ext = { ext },
	};

	snprintf(ext, sizeof(ext), "subjectAltName=critical,%s", name);
	pki_put_cert(put, mint_cert(&m));
}

static void certs(pki_seeds_fn *put, X509 *root)
{
	struct mint_cert m = {
		.subject = "CN=sub",
		.key = SEAL_LEAF,
		.issuer = root,
		.issuer_key = SEAL_CA,
		.ext = { "basicConstraints=critical,CA:TRUE,pathlen:1",
			 "nameConstraints=critical,permitted;DNS:example.org",
			 "certificatePolicies=DER:3007300506032a0304",
			 "crlDistributionPoints=URI:http://x.example.org/",
			 "policyConstraints=requireExplicitPolicy:1",
			 "subjectKeyIdentifier=hash",
			 "authorityKeyIdentifier=issuer:always" },
	};

	pki_put_cert(put, root);
	pki_put_cert(put, seal_leaf(root));
	pki_put_cert(put, mint_cert(&m));
	pki_put_cert(put, mint_leaf("DNS:" SEAL_HOST, "p256", root, SEAL_CA));
	pki_put_cert(put,
		     mint_leaf("DNS:" SEAL_HOST, "rsa2048", root, SEAL_CA));
	pki_put_cert(put, mint_leaf("RID:1.2.3.4", "p521", root, SEAL_CA));
	put_nameless(put, root, "DNS:" SEAL_HOST);
	put_nameless(put, root, "email:a@example.org");
	put_nameless(put, root, "IP:10.0.0.1");
	put_nameless(put, root, "IP:fd00::1");
}

static void put_crl(pki_seeds_fn *put, const struct mint_crl *m)
{
	X509_CRL *crl = mint_crl(m);
	struct ike_blob der = mint_der_crl(crl);

	pki_put_blob(put, "crl", 0, der);
	pki_put_blob(put, "crl", 2, der);
	pki_put_blob(put, "crl", 0, mint_pem_crl(crl));
	pki_put_blob(put, "crl", 1, seal_open(der));
	pki_put_blob(put, "crl", 3, seal_open(der));
}

static void crls(pki_seeds_fn *put, X509 *root)
{
	struct mint_crl m = { .issuer = root, .issuer_key = SEAL_CA };

	put_crl(put, &m);
	m.revoked[0] = seal_leaf(root);
	put_crl(put, &m);
	m.ext[0] = "issuingDistributionPoint=critical,onlyuser:TRUE";
	m.ext[1] = "2.5.29.20=DER:020107";
	m.ext[2] = "2.5.29.27=critical,DER:020101";
	put_crl(put, &m);
}

/* An OCSPResponse, what is in it, and what is signed of that. */
static void put_ocsp(pki_seeds_fn *put, const struct mint_ocsp *m)
{
	struct ike_blob der = mint_ocsp(m), inner;
	const uint8_t *p = der.data;
	OCSP_RESPONSE *resp = d2i_OCSP_RESPONSE(NULL, &p, (long)der.len);
	OCSP_BASICRESP *basic = OCSP_response_get1_basic(resp);
	uint8_t *bytes = NULL;
	int len = i2d_OCSP_BASICRESP(basic, &bytes);

	inner = mint_bytes(bytes, (size_t)len);
	pki_put_blob(put, "ocsp", 0, der);
	pki_put_blob(put, "ocsp", 2, inner);
	pki_put_blob(put, "ocsp", 1, seal_open(inner));
	pki_put_blob(put, "ocsp", 5, seal_open(inner));
	OPENSSL_free(bytes);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(resp);
}

static void answers(pki_seeds_fn *put, X509 *root)
{
	struct mint_ocsp m = { .cert = seal_leaf(root),
			       .issuer = root,
			       .signer_key = SEAL_CA };

	for (m.status = 0; m.status < 3; m.status++)
		put_ocsp(put, &m);
	m.status = 0;
	m.to = -1;
	put_ocsp(put, &m);
	m.signer = m.cert;
	m.signer_key = SEAL_LEAF;
	put_ocsp(put, &m);
}

/* In the order of fuzz_sig.c; with RFC 7427, and without. */
static void signatures(pki_seeds_fn *put)
{
	static const char *const keys[] = { "rsa2048", "rsa3072", "p256",
					    "p384",    "p521",	  "ed25519" };
	struct ike_blob octets = { (const uint8_t *)"octets", 7 };
	uint8_t head[2], out[IKE_SIGNATURE_MAX];
	struct ike_credential *own;
	unsigned int hashes;
	size_t i, len;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		own = mint_credential(keys[i]);
		head[0] = (uint8_t)i;
		for (hashes = 0; hashes < 64; hashes++)
			if (!ikev2_sign(own, hashes, octets, &head[1], out,
					&len))
				put("sig", head, 2, out, len);
		for (hashes = 0; hashes < 64; hashes++) {
			head[0] = (uint8_t)(0x40 | i);
			head[1] = (uint8_t)hashes;
			put("sig", head, 2, octets.data, octets.len);
		}
		head[0] = (uint8_t)i;
		ike_credential_prefer_pss(own);
		if (!ikev2_sign(own, 4, octets, &head[1], out, &len))
			put("sig", head, 2, out, len);
		ike_credential_free(own);
	}
	len = ike_sigalg_digest_info(IKE_HASH_SHA2_256, octets, out);
	put("sig", "\x80", 1, out, len);
	put("sig", "\x80", 1, "", 0);
}

/* Keys and certificates as files: ours, and of whom we trust. */
static void pems(pki_seeds_fn *put, X509 *root)
{
	struct ike_blob own = mint_join(mint_pem_key(SEAL_LEAF),
					mint_pem_cert(seal_leaf(root)));

	pki_put_blob(put, "files", FILE_CREDENTIAL, own);
	pki_put_blob(put, "files", FILE_CREDENTIAL,
		     mint_join(own, mint_pem_cert(root)));
	pki_put_blob(put, "files", FILE_CREDENTIAL, mint_pem_key("p256"));
	pki_put_blob(put, "files", FILE_CREDENTIAL, mint_pem_key("rsa2048"));
	pki_put_blob(put, "files", FILE_TRUST, mint_pem_cert(root));
	pki_put_blob(put, "files", FILE_TRUST, mint_pem_cert(seal_leaf(root)));
	pki_put_blob(put, "files", FILE_TRUST, mint_pem_public("p256"));
}

void pki_seeds(pki_seeds_fn *put)
{
	X509 *root;

	seal_keys();
	root = seal_root();
	certs(put, root);
	crls(put, root);
	answers(put, root);
	signatures(put);
	pems(put, root);
	pki_wrong_seeds(put, root);
	mint_end();
}
