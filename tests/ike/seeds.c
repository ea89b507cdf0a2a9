// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seeds FOLDER: what the fuzz targets start from, a folder for each: messages
 * and payloads of the captures, and some of every kind that is not in them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture.h"
#include "daemon_seeds.h"
#include "netlink_seeds.h"
#include "payload.h"
#include "pki_seeds.h"
#include "policy_seeds.h"
#include "proposal.h"
#include "ts.h"
#include "v1_seeds.h"
#include "v2_seeds.h"
#include "wrong_seeds.h"

static const char *folder;
static unsigned int count;

/* A file of the target: the bytes in front, then the rest. */
static void seed(const char *target, const void *head, size_t head_len,
		 const void *data, size_t len)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, target);
	if (mkdir(path, 0777) && errno != EEXIST) {
		perror(path);
		exit(1);
	}
	snprintf(path, sizeof(path), "%s/%s/seed-%u", folder, target, count++);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	fwrite(head, 1, head_len, f);
	fwrite(data, 1, len, f);
	fclose(f);
}

static void payloads(const struct ike_message *m)
{
	unsigned int i;

	for (i = 0; i < m->payloads; i++) {
		const struct ike_payload *p = &m->payload[i];

		if (p->type == IKEV1_SA) {
			seed("sa", "\6", 1, p->data, p->len);
			seed("sa", "\4", 1, p->data, p->len);
		} else if (p->type == IKEV2_SA) {
			seed("sa", "\5", 1, p->data, p->len);
		} else if (p->type == IKEV2_TSI || p->type == IKEV2_TSR) {
			seed("ts", "\1", 1, p->data, p->len);
		} else if (p->type == IKEV1_ID) {
			seed("ts", "", 1, p->data, p->len);
		}
		if ((p->type == IKEV1_ID || p->type == IKEV2_IDI ||
		     p->type == IKEV2_IDR) &&
		    p->len > 4)
			seed("id", p->data, 1, p->data + 4, p->len - 4);
	}
}

static void from_capture(void *ctx, const char *file, unsigned int packet,
			 const uint8_t *message, size_t len)
{
	struct ike_message m;
	uint8_t head[2];

	(void)ctx;
	(void)file;
	(void)packet;
	seed("message", message, len, "", 0);
	if (ike_message_parse(&m, message, len))
		return;
	payloads(&m);
	head[0] = (m.hdr.version & 0xf0) == IKE_V2;
	head[1] = m.hdr.next;
	seed("chain", head, 2, message + IKE_HEADER_LEN, len - IKE_HEADER_LEN);
}

static void put_proposals(struct ike_proposals *list, uint8_t proto,
			  const char *text)
{
	struct ipsec_err err;
	struct ike_proposal p;

	if (ike_proposal_parse(&p, proto, text, true, &err)) {
		fprintf(stderr, "%s: %s\n", text, err.text);
		exit(1);
	}
	p.spi_len = proto == IKE_PROTO_IKE ? 0 : 4;
	ike_proposals_add(list, &p);
}

static struct ike_ts_list some_ts(void)
{
	struct ike_ts_list list = { .count = 2 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct ike_ts *ts = &list.ts[i];

		ts->proto = i ? 6 : 0;
		ts->port[0] = i ? 443 : 0;
		ts->port[1] = i ? 443 : 65535;
		ts->addr[0].len = ts->addr[1].len = i ? 16 : 4;
		ts->addr[0].b[0] = ts->addr[1].b[0] = 10;
		ts->addr[1].b[3] = 255;
	}
	return list;
}

/* ICMP's types and codes are in the place of ports; and one that is hidden. */
static struct ike_ts_list icmp_ts(void)
{
	static const uint16_t port[][2] = {
		{ 0x0800, 0x08ff }, { 0x0301, 0x0303 }, { 0x0304, 0x0304 },
		{ 0x0001, 0x0203 }, { 0xffff, 0x0000 },
	};
	struct ike_ts_list list = { .count = 5 };
	unsigned int i;

	for (i = 0; i < list.count; i++) {
		struct ike_ts *ts = &list.ts[i];

		ts->proto = 1;
		memcpy(ts->port, port[i], sizeof(ts->port));
		ts->addr[0].len = ts->addr[1].len = 4;
		ts->addr[0].b[0] = ts->addr[1].b[0] = 10;
	}
	return list;
}

static uint8_t buf[8192];
static const uint8_t zeros[64];

static void finish(struct ike_builder *b, uint8_t version)
{
	struct ike_message m = { .hdr.version = version ? IKE_V2 : IKE_V1 };
	uint8_t head[2] = { version };
	size_t len = ike_build_finish(b), rest;

	head[1] = ike_build_first(b);
	if (!len || ike_chain_parse(&m, head[1], buf, len, &rest)) {
		fprintf(stderr, "a seed is no chain\n");
		exit(1);
	}
	payloads(&m);
	seed("chain", head, 2, buf, len);
}

/* What is in an IKE_AUTH, and in a delete. */
static void version2(void)
{
	struct ike_proposals list = { 0 };
	struct ike_ts_list ts = some_ts(), icmp = icmp_ts();
	struct ike_builder b;

	put_proposals(&list, IKE_PROTO_ESP, "aes128gcm16-aes256gcm16-x25519");
	put_proposals(&list, IKE_PROTO_ESP,
		      "aes128-null-sha1-sha256-esn-noesn");
	put_proposals(&list, IKE_PROTO_AH, "sha1-sha256");
	ike_build_chain(&b, buf, sizeof(buf));
	ike_bytes_write(&b, IKEV2_IDI, "\2\0\0\0host.example.org", 20);
	ike_bytes_write(&b, IKEV2_IDR, "\1\0\0\0\x0a\0\0\1", 8);
	ikev2_auth_write(&b, IKEV2_AUTH_PSK, "auth", 4);
	ike_cert_write(&b, IKEV2_CERT, IKE_CERT_X509_SIGNATURE, "der", 3);
	ikev2_sa_write(&b, &list);
	ikev2_ts_write(&b, IKEV2_TSI, &ts);
	ikev2_ts_write(&b, IKEV2_TSR, &icmp);
	ikev2_notify_write(&b, IKE_PROTO_ESP, IKEV2_REKEY_SA, "spi!", 4, "", 0);
	finish(&b, 1);
	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_delete_write(&b, IKE_PROTO_ESP, 4, 2, "spi!SPI!");
	ikev2_delete_write(&b, IKE_PROTO_IKE, 0, 0, "");
	ikev2_ke_write(&b, IKE_GROUP_X25519, zeros, 32);
	ike_bytes_write(&b, IKEV2_NONCE, zeros, 32);
	finish(&b, 1);
	ike_proposals_free(&list);

	put_proposals(&list, IKE_PROTO_IKE, "aes256gcm16-prfsha256-x25519");
	put_proposals(&list, IKE_PROTO_IKE, "aes128-3des-sha1-modp2048");
	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_sa_write(&b, &list);
	finish(&b, 1);
	ike_proposals_free(&list);
}

static void expand(struct ike_proposals *list, uint8_t proto, bool main,
		   const char *text)
{
	struct ike_proposals one = { 0 };

	put_proposals(&one, proto, text);
	one.p->auth = main ? OAKLEY_AUTH_PSK : 0;
	one.p->encap = main ? 0 : DOI_ENCAP_TUNNEL;
	one.p->life_seconds = 3600;
	one.p->life_kbytes = 100000;
	ikev1_proposals_expand(one.p, main, list);
	ike_proposals_free(&one);
}

/* What is in main mode, quick mode and a delete. */
static void version1(void)
{
	struct ike_proposals list = { 0 };
	struct ike_ts_list ts = some_ts();
	struct ike_builder b;

	expand(&list, IKE_PROTO_IKE, true, "aes128-3des-sha1-md5-modp1024");
	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_sa_write(&b, true, &list);
	ike_bytes_write(&b, IKEV1_VENDOR, zeros, 16);
	finish(&b, 0);
	ike_proposals_free(&list);

	expand(&list, IKE_PROTO_AH, false, "sha1-md5");
	expand(&list, IKE_PROTO_ESP, false, "aes128-null-3des-sha1-md5");
	ike_build_chain(&b, buf, sizeof(buf));
	ike_bytes_write(&b, IKEV1_HASH, zeros, 20);
	ikev1_sa_write(&b, false, &list);
	ike_bytes_write(&b, IKEV1_NONCE, zeros, 16);
	ikev1_ts_write(&b, &ts.ts[0]);
	ikev1_ts_write(&b, &ts.ts[1]);
	ikev1_notify_write(&b, IKE_PROTO_ESP, IKEV1_CONNECTED, "spi!", 4, "",
			   0);
	ikev1_delete_write(&b, IKE_PROTO_IKE, 16, 1, zeros);
	finish(&b, 0);
	ike_proposals_free(&list);
}

static void identities(void)
{
	static const char *const text[] = {
		"10.0.0.1",	   "fe80::1",
		"host.org",	   "user@host.org",
		"keyid:0x01",	   "C=DE, O=x + OU=y, CN=z",
		"fqdn:a=b\\c",	   "emailAddress=a@b, 2.5.4.3=c",
		"keyid:x",	   "C=DE, O=x, CN=z",
		"C=DE, O=x, OU=z",
	};
	struct ike_id id;
	struct ipsec_err err;
	size_t i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		seed("text", "", 1, text[i], strlen(text[i]));
		if (!ike_id_parse(&id, text[i], &err))
			seed("id", &id.type, 1, id.data, id.len);
	}
	seed("text", "\5", 1, "aes256gcm16-prfsha256-x25519", 28);
	seed("text", "\5", 1, "3des-aes128ctr-md5-sha1-modp1024", 32);
	seed("text", "\3", 1, "chacha20poly1305-esn-noesn", 26);
	seed("text", "\2", 1, "sha512-aescmac", 14);
}

/* Whole sets of both versions, in and out of order. */
static void fragments(void)
{
	seed("frag", "\1\1\2\4abcd\1\2\2\4efgh", 16, "", 0);
	seed("frag", "\5\3\3\2ef\5\1\3\2ab\5\2\3\2cd", 18, "", 0);
	seed("frag", "\4\1\0\4abcd\4\2\1\4efgh", 16, "", 0);
	seed("frag", "\x08\2\1\4efgh\x08\1\0\4abcd\x0c\1\1\1x", 21, "", 0);
}

/* Of each suite and kind: whole blocks, with padding that is right or too long. */
static void sealed(void)
{
	uint8_t head[2], text[48] = "\x21\0\0\x08text";
	unsigned int suite, how;

	for (suite = 0; suite < 8; suite++) {
		for (how = 0; how < 16; how++) {
			head[0] = (uint8_t)suite;
			head[1] = (uint8_t)how;
			text[47] = 39;
			seed("sk", head, 2, text, sizeof(text));
			text[47] = 48;
			seed("sk", head, 2, text, sizeof(text));
			seed("sk", head, 2, text, 5);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds FOLDER\n");
		return 2;
	}
	folder = argv[1];
	capture_folder("wireshark-ike", from_capture, NULL);
	capture_folder("libreswan-badike", from_capture, NULL);
	version2();
	version1();
	identities();
	fragments();
	wrong_seeds(seed);
	pki_seeds(seed);
	daemon_seeds(seed);
	netlink_seeds(seed);
	policy_seeds(seed);
	sealed();
	v1_seeds(seed);
	v2_seeds(seed);
	return 0;
}
