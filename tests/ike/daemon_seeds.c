// SPDX-License-Identifier: GPL-2.0-or-later
/* What fuzz targets start from that read no messages of peers. */
#include "daemon_seeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "crypto.h"
#include "pack.h"
#include "policy.h"
#include "store.h"
#include "told.h"

#define HASH_LEN 32 /* of a packed policy */
#define LAST_FILE (9 + 6 + 11) /* of put_packed(): header, name, bytes */
#define TRIAL(filter)                                                  \
	"{\"command\":\"trial\",\"rule\":\"x\",\"from\":\"10.0.0.1\"," \
	"\"to\":\"10.0.0.2\",\"filter\":" filter ",\"natt\":true}"

static daemon_seed_fn *put_to;

static void put(const char *target, uint8_t first, const void *data, size_t len)
{
	put_to(target, &first, 1, data, len);
}

static void put_text(const char *target, const char *text)
{
	put_to(target, "", 0, text, strlen(text));
}

/* Of a filter that there is. */
static void put_trial(void)
{
	struct policy *policy;
	struct ipsec_err err;
	char text[256];

	if (policy_parse(CONTROL_POLICY, strlen(CONTROL_POLICY), NULL, NULL,
			 &policy, &err))
		abort();
	snprintf(text, sizeof(text), TRIAL("%u"),
		 (unsigned int)policy->rule[0].filter[0].id.v);
	policy_put(policy);
	put_text("control", text);
}

static void control(void)
{
	static const char *const requests[] = {
		"{\"command\":\"up\",\"rule\":\"x\"}",
		"{\"command\":\"up\",\"rule\":\"y\"}",
		"{\"command\":\"up\",\"rule\":\"z\"}",
		"{\"command\":\"up\"}",
		"{\"command\":\"fly\"}",
		"{}",
		"{\"command\":\"sas\"}",
		"{\"command\":\"counters\"}",
		"{\"command\":\"rekey-child\",\"rule\":\"x\"}",
		"{\"command\":\"trial\",\"rule\":\"x\",\"filter\":65536}",
		TRIAL("65536"),
		"{\"command\":\"trial-show\",\"story\":1}",
		"{\"command\":\"trial-end\",\"story\":1}",
		"{\"command\":\"failures\"}",
	};
	size_t i;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		put_text("control", requests[i]);
	put_trial();
}

/* Messages between the two processes. */

static void put_message(const struct ipsecd_message *m)
{
	uint8_t buf[1024];

	put_to("channel", "", 0, buf, ipsecd_encode(m, buf, sizeof(buf)));
}

static const struct ike_path path = { { 4, { 10 } }, { 4, { 11 } }, 500, 500 };

static void put_event(bool child, unsigned int version)
{
	const struct ike_told told = {
		.action = IKE_MADE,
		.child = child,
		.version = version,
		.path = path,
		.pair = child,
		.proto = child ? IPSECDRV_PROTO_ESP : 0,
		.mode = IPSECDRV_MODE_TRANSPORT,
	};
	uint8_t bytes[IPSECD_TOLD_SIZE];
	const struct ipsecd_message m = {
		.type = IPSECD_LOG,
		.flags = 1,
		.story = 7,
		.part = { ipsecd_text("10.0.0.2 \xff"),
			  ipsecd_text("x"),
			  ipsecd_text("made"),
			  { bytes, sizeof(bytes) },
			  ipsecd_text("none") },
	};

	ipsecd_told_write(&told, bytes);
	put_message(&m);
}

static void put_fetch(const char *url)
{
	const struct ipsecd_message m = {
		.type = IPSECD_FETCH,
		.part = { ipsecd_text(url), ipsecd_text("DER") },
	};

	put_message(&m);
}

static void messages(void)
{
	unsigned int i;

	for (i = 1; i < IPSECD_TYPES; i++) {
		struct ipsecd_message m = { .type = i };

		if (i == IPSECD_DATAGRAM)
			m.path = path;
		if (i == IPSECD_DATAGRAM || i == IPSECD_LOG)
			m.part[0] = ipsecd_text("text");
		put_message(&m);
	}
	put_event(false, 1);
	put_event(true, 2);
	put_event(true, 0);
	put_fetch("http://ocsp.example.org/x");
	put_fetch("http://user@[::1]:8080/");
	put_fetch("https://10.0.0.1");
	put_fetch("http://a\tb/");
}

/* Files. */

static void put_packed(void)
{
	struct ipsecd_files files;
	uint8_t *data;
	size_t len;

	ipsecd_files_init(&files);
	ipsecd_files_append(&files, "", "rules: []\n", 10);
	ipsecd_files_append(&files, "secret", "open sesame", 11);
	data = ipsecd_pack(&files, "/etc/policy.yaml", &len);
	put("files", FILE_PACKED, data, len - HASH_LEN);
	put("files", FILE_PACKED, data, len);
	/* A name that is too long, and other magic. */
	data[len - HASH_LEN - LAST_FILE] ^= 1;
	put("files", FILE_PACKED, data, len - HASH_LEN);
	data[0] ^= 1;
	put("files", FILE_PACKED, data, len - HASH_LEN);
	free(data);
	ipsecd_files_free(&files);
}

static void files(void)
{
	static const struct {
		uint8_t kind;
		const char *text;
	} list[] = {
		{ FILE_RESOLV_CONF, "nameserver 10.0.0.1\n nameserver\tfd00::1 "
				    "# x\r\nnameserver 127.0.0.53\n" },
		{ FILE_RESOLV_CONF, "nameserver fe80::1%eth0,0.0.0.0;::1\n" },
		{ FILE_HOSTS, "10.0.0.1 a b.example # c\nfd00::1\tA.example\n"
			      "x a.example\n" },
		{ FILE_NETWORKD, "# private\nADDRESS=10.0.0.5\nSERVER_ADDRESS="
				 "10.0.0.67\nNETBIOS_NAME_SERVERS=10.0.0.8\n" },
		{ FILE_NETWORKD, "ADDRESS=10.0.0.6\n" },
		{ FILE_DHCLIENT,
		  "lease {\n  fixed-address 10.0.0.5;\n  option "
		  "dhcp-server-identifier 10.0.0.2;\n  option "
		  "netbios-name-servers 10.0.0.8,10.0.0.9;\n}\nlease {\n}\n" },
		{ FILE_PENDING, "pending 1 4a-7 18446744073709551615 end\n" },
		{ FILE_PENDING, "pending 1 4a-7 99999999999999999999 end\n" },
		{ FILE_NAMES, "me 10.0.0.1\nname:a.example 10.0.0.1 fd00::1\n"
			      "name:b.example! 10.0.0.2\nname:c.example\n" },
		{ FILE_HIDDEN, "a\nnobody\n" },
		{ FILE_HIDDEN, "strict" },
		{ FILE_HIDDEN, "a name that is longer than the name of any rule"
			       " in a policy can be\na" },
		{ FILE_PERSISTENT, "rules: [{name: b, action: permit, filters: "
				   "[{from: 10.0.0.1, to: any}]}]\n" },
		{ FILE_PERSISTENT, "rules: [{name: a, action: permit, filters: "
				   "[{from: 10.0.0.1, to: any}]}]\n" },
		{ FILE_PERSISTENT, "rules: [" },
		{ FILE_DYNAMIC, "rules: [{name: a, action: permit, filters: "
				"[{from: 10.0.0.1, to: any}]}]\n" },
		{ FILE_BINDINGS, "me 10.0.0.1 fd00::1\nname:a.example! 10.0.0.2"
				 "\ndns 10.0.0.3\n" },
		{ FILE_BINDINGS, "me\nname:a.example 10.0.0.2 x\ndns! ::1\n" },
		{ FILE_PSK, "open sesame\r\n" },
		{ FILE_PSK, "0x00ff10\n" },
		{ FILE_PSK, "0x0z\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		put("files", list[i].kind, list[i].text, strlen(list[i].text));
	put_packed();
}

void daemon_seeds(daemon_seed_fn *put_fn)
{
	put_to = put_fn;
	if (ike_crypto_init())
		abort();
	control();
	messages();
	files();
}
