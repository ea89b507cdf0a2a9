// SPDX-License-Identifier: GPL-2.0-or-later
/* Peers that ask an OCSP responder about each other's certificate. */
#include "ocsp.h"

#include "mint.h"

static X509 *ca, *leaf;

void ocsp_files(void)
{
	ca = mint_ca("CN=CA", "p256/ca", NULL, NULL);
	leaf = mint_cert(&(struct mint_cert){
		.subject = "CN=leaf",
		.key = "p256/leaf",
		.issuer = ca,
		.issuer_key = "p256/ca",
		.ext = { "subjectAltName=DNS:leaf.example",
			 "authorityInfoAccess=OCSP;URI:http://ocsp.example/" },
	});
	net_file_of("ca.pem", mint_pem_cert(ca));
	net_file_of("leaf.pem", mint_pem_cert(leaf));
	net_file_of("leaf.key", mint_pem_key("p256/leaf"));
}

void ocsp_answer(struct net_host *host, int status)
{
	struct mint_ocsp m = {
		.cert = leaf,
		.issuer = ca,
		.signer_key = "p256/ca",
		.status = status,
		.request = &host->ocsp,
	};

	ike_engine_ocsp(host->engine, host->ocsp_id,
			status < 0 ? (struct ike_blob){ 0 } : mint_ocsp(&m));
}
