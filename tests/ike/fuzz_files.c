// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that are no policy: of the host, of the state folder, keys and
 * certificates, and what is told of a policy beside its text. The first byte
 * is which.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "bodies.h"
#include "bundle.h"
#include "crypto.h"
#include "daemon_seeds.h"
#include "pack.h"
#include "pki.h"
#include "store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One file is made up: linked with --wrap. */
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);

#define FOLDER "made up"
/* The input, with a zero behind it. */
static char *text;
static size_t len;

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (!strncmp(path, FOLDER "/", strlen(FOLDER "/")))
		return fmemopen(text, len, mode);
	return __real_fopen(path, mode);
}

static void check_set(const struct ipsecd_addrs *set)
{
	unsigned int i;

	bodies_check(set->count <= POLICY_BIND_ADDRS);
	for (i = 0; i < set->count; i++)
		bodies_check(set->addr[i].len == 4 || set->addr[i].len == 16);
}

static void resolv_conf(void)
{
	struct ipsecd_addrs dns = { .count = 0 };
	unsigned int i;

	ipsecd_resolv_conf(text, &dns);
	check_set(&dns);
	for (i = 0; i < dns.count; i++)
		bodies_check(dns.addr[i].len == 16 || dns.addr[i].b[0] != 127);
}

static void hosts(void)
{
	struct ipsecd_addrs of = { .count = 0 };

	ipsecd_hosts_file(text, "a.example", &of);
	check_set(&of);
}

static void leases(void (*fn)(char *text, const struct ipsecd_addrs *own,
			      struct ipsecd_addrs *dhcp,
			      struct ipsecd_addrs *wins))
{
	const struct ipsecd_addrs own = { 1, { { 4, { 10, 0, 0, 5 } } } };
	struct ipsecd_addrs dhcp = { .count = 0 }, wins = { .count = 0 };

	fn(text, &own, &dhcp, &wins);
	check_set(&dhcp);
	check_set(&wins);
}

static void networkd(void)
{
	leases(ipsecd_lease);
}

static void dhclient(void)
{
	leases(ipsecd_dhclient);
}

/* What was kept can be kept again. */
static void pack_again(const struct ipsecd_files *files, const char *path)
{
	char again_path[IPSECD_PATH_SIZE];
	struct ipsecd_files again;
	struct ipsec_err err;
	size_t size;
	uint8_t *data = ipsecd_pack(files, path, &size);

	ipsecd_files_init(&again);
	bodies_check(
		data && !ipsecd_unpack(&again, again_path, data, size, &err) &&
		ipsecd_files_same(files, &again) && !strcmp(path, again_path));
	ipsecd_files_free(&again);
	free(data);
}

static void unpack(const uint8_t *data, size_t size)
{
	struct ipsec_err err = { .text = "" };
	char path[IPSECD_PATH_SIZE];
	struct ipsecd_files files;

	ipsecd_files_init(&files);
	if (ipsecd_unpack(&files, path, data, size, &err))
		bodies_check(*err.text && !files.first);
	else
		pack_again(&files, path);
	ipsecd_files_free(&files);
}

/* As it is, which a hash keeps from being read, and with the right one. */
static void packed(void)
{
	const struct iovec iov = { text, len };
	uint8_t *whole = malloc(len + 32);

	unpack((uint8_t *)text, len);
	memcpy(whole, text, len);
	bodies_check(!ike_hash(IKE_HASH_SHA2_256, &iov, 1, whole + len));
	unpack(whole, len + 32);
	free(whole);
}

static void pending(void)
{
	struct ipsec_err err = { .text = "" };
	struct ipsecd_pending p;
	char again[128];

	if (ipsecd_pending_read(&p, text, len, &err)) {
		bodies_check(*err.text);
		return;
	}
	ipsecd_pending_text(&p, again, sizeof(again));
	bodies_check(len == strlen(again) && !memcmp(text, again, len));
	bodies_check(ipsecd_pending_left(&p, p.boot, 1) ==
			     (p.deadline ? p.deadline - 1 : 0) &&
		     !ipsecd_pending_left(&p, "", 0));
}

/* Names that a process before this one has looked up. */
static void names(void)
{
	static struct event_base *base;
	struct ipsecd_addresses a = { .run = FOLDER };
	char *const none[] = { NULL };
	const char *name = NULL;
	bool stale;

	if (!base)
		base = event_base_new();
	a.base = base;
	if (!len)
		return;
	free(ipsecd_addresses_text(&a, none, 0));
	while ((name = ipsecd_resolver_next(&a.resolver, name)))
		check_set(ipsecd_resolver_get(&a.resolver, name, &stale));
	ipsecd_addresses_free(&a);
}

static struct ike_blob blob(void)
{
	return (struct ike_blob){ (const uint8_t *)text, len };
}

/* What is said of it, and what it proves with them. */
static void credential_use(struct ike_credential *c)
{
	enum ike_auth_method method = ike_credential_method(c);
	struct ike_id id;
	unsigned int i;
	size_t size;

	ike_credential_prefer_pss(c);
	bodies_check(method == ike_credential_method(c));
	ike_credential_id(c, &id);
	bodies_check(!id.type || ike_credential_covers(c, &id) ||
		     id.type != IKE_ID_DN);
	for (i = 0; ike_credential_cert(c, i, &size); i++)
		bodies_check(size > 0);
	bodies_check(i <= IKE_CHAIN_MAX);
}

/* A key, and its certificates from the first that follows on. */
static void credential(void)
{
	struct ipsec_err err = { .text = "" };
	struct ike_credential *c = ike_credential_new(blob(), &err);
	const char *certs = strstr(text, "-----BEGIN CERT");
	struct ike_blob pem = { (const uint8_t *)certs,
				certs ? strlen(certs) : 0 };

	bodies_check(c || *err.text);
	if (c && certs && ike_credential_add_certs(c, pem, &err))
		bodies_check(*err.text);
	else if (c)
		credential_use(c);
	ike_credential_free(c);
}

/* For as many CAs as there are, whichever version asks. */
static void trust_request(const struct ike_trust *t)
{
	uint8_t hashes[64 * 20];
	size_t len, all = ikev2_trust_request(t, hashes, sizeof(hashes));
	unsigned int i = 0;

	while (ikev1_trust_request(t, i, &len))
		i++;
	bodies_check(all == (i < 64 ? i : 64) * 20);
	bodies_check(ikev2_trust_request(t, hashes, 19) == 0);
}

static void trust(void)
{
	const struct ike_id id = { .type = IKE_ID_KEY_ID, .len = 1 };
	struct ike_trust *t = ike_trust_new(IKE_CRL_OFF, false);
	struct ipsec_err err = { .text = "" };
	int rc = ike_trust_add_ca(t, blob(), &err);

	bodies_check(t && (!rc || *err.text));
	err.text[0] = '\0';
	rc = ike_trust_add_key(t, &id, blob(), &err);
	bodies_check(!rc || *err.text);
	trust_request(t);
	ike_trust_free(t);
}

/* A text beside the policy's own; a copy of all is what it is of. */
static void beside(unsigned int layer)
{
	static const char policy[] = "rules: [{name: a, action: block, "
				     "filters: [{from: 10.0.0.1, to: any}]}]\n";
	struct ipsec_err err = { .text = "" };
	struct ipsecd_bundle b, copy;
	struct policy *p;
	unsigned int i;

	ipsecd_bundle_init(&b);
	ipsecd_files_append(&b.layer[IPSECD_LAYER_POLICY], "", policy,
			    sizeof(policy) - 1);
	ipsecd_files_append(&b.layer[layer], "", text, len);
	ipsecd_bundle_set_crl_check(&b, "off");
	ipsecd_bundle_set_crl_check(&b, text);
	ipsecd_bundle_init(&copy);
	bodies_check(!ipsecd_bundle_copy(&copy, &b));
	for (i = 0; i < IPSECD_LAYERS; i++)
		bodies_check(ipsecd_files_same(&copy.layer[i], &b.layer[i]));
	ipsecd_bundle_free(&b);
	if (ipsecd_bundle_parse(&copy, &p, &err))
		bodies_check(*err.text);
	else
		policy_put(p);
	ipsecd_bundle_free(&copy);
}

/* Rules that were taken away, and how revocation lists are looked at. */
static void hidden(void)
{
	beside(IPSECD_LAYER_HIDDEN);
}

static void persistent(void)
{
	beside(IPSECD_LAYER_PERSISTENT);
}

static void dynamic(void)
{
	beside(IPSECD_LAYER_DYNAMIC);
}

/* What is in a file that a policy names, or what its words stand for. */
static const char *input; /* its name */

static int file(void *ctx, const char *name, bool secret, struct ike_blob *out,
		struct ipsec_err *err)
{
	(void)ctx;
	(void)secret;
	*out = blob();
	if (strcmp(name, input))
		return ipsec_err_code(err, ENOENT, "there is no such file");
	return 0;
}

static void with_file(const char *name, const char *policy)
{
	struct ipsec_err err = { .text = "" };
	struct policy *p;

	input = name;
	if (policy_parse(policy, strlen(policy), file, NULL, &p, &err))
		bodies_check(*err.text);
	else
		policy_put(p);
}

static void bindings(void)
{
	with_file(POLICY_BINDINGS,
		  "rules:\n- {name: a, action: block, filters: [{from: me, to: "
		  "a.example}]}\n- {name: b, psk: sesame, filters: [{from: "
		  "10.0.0.1, to: dns}]}\n");
}

static void psk(void)
{
	with_file("secret",
		  "rules: [{name: a, psk-file: secret, filters: [{from: "
		  "10.0.0.1, to: 10.0.0.2}]}]\n");
}

static void (*const kinds[FILE_KINDS])(void) = {
	[FILE_RESOLV_CONF] = resolv_conf,
	[FILE_HOSTS] = hosts,
	[FILE_NETWORKD] = networkd,
	[FILE_DHCLIENT] = dhclient,
	[FILE_PACKED] = packed,
	[FILE_PENDING] = pending,
	[FILE_NAMES] = names,
	[FILE_CREDENTIAL] = credential,
	[FILE_TRUST] = trust,
	[FILE_HIDDEN] = hidden,
	[FILE_PERSISTENT] = persistent,
	[FILE_DYNAMIC] = dynamic,
	[FILE_BINDINGS] = bindings,
	[FILE_PSK] = psk,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	bodies_check(!ike_crypto_init());
	len = size - 1;
	text = malloc(len + 1);
	memcpy(text, data + 1, len);
	text[len] = '\0';
	kinds[data[0] % FILE_KINDS]();
	free(text);
	return 0;
}
