// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies that fuzz_policy starts from. */
#include "policy_seeds.h"

#include <stdio.h>
#include <string.h>

#include "model.h"
#include "policy_wrong.h"

#define FILTERS "filters: [{from: 10.0.0.1, to: 10.0.0.2}]"
#define ONE(words) "rules: [{name: x, " FILTERS ", " words "}]\n"
#define NAME(text)                                                         \
	"rules: [{name: x, action: block, filters: [{from: me, to: '" text \
	"'}]}]\n"
#define LABEL "a123456789a123456789a123456789a123456789a123456789a1"
#define AUTH(words) ONE("auth: [{" words "}]")

static void put_text(policy_seed_fn *put, const char *text)
{
	put("policy", "", 0, text, strlen(text));
}

static void good(policy_seed_fn *put)
{
	static const char *const policies[] = {
		"rules:\n- name: x\n  filters: [{from: 10.0.0.1, to: "
		"10.0.0.2}]\n  psk-file: a\n  ike: aes256-sha256-x25519\n"
		"  esp: [aes256gcm16-x25519-esn]\n  lifetime: {seconds: 9}\n",
		"version: 1\nrules:\n- name: t\n  filters: [{from: "
		"10.1.0.0/16, to: any, proto: tcp, dport: 1-9}]\n  tunnel: "
		"{local: 1.2.3.4, remote: 1.2.3.5}\n  auth: [{psk: b, "
		"local-id: red, remote-id: any}]\n  version: 1\n  weak: yes\n"
		"  methods: [{esp: 3des-sha1, ah: md5}]\n  soft: no-answer\n"
		"ike: {log: debug, limits: {per-port: 7}}\nconfig: "
		"{hold-seconds: 3}\ndefault-action: block\n",
		"filter-lists: [{name: l, filters: [{from: me, to: "
		"a.example}]}]\nfilter-actions:\n- {name: a, in: request, "
		"out: require, esp: aes256gcm16}\n- {name: b, soft: yes}\n"
		"policies:\n- {name: p, default-response: yes, qm-limit: 1,\n"
		"   rules: [{name: r, filter-list: l, filter-action: a, psk: "
		"c,\n     connection: lan, active: no}]}\nassign: p\n",
		"ike: {port: 501, natt-port: 4501, keepalive: 20, log: debug,\n"
		"  audit: yes, keylog: /k, wins: [10.0.0.8, 10.0.0.9], limits:\n"
		"  {per-address: 1, per-port: 2, half-open: 3, children: 5,\n"
		"   cookie-threshold: 4}}\nrules: []\n",
		"rules:\n- name: x\n  " FILTERS "\n  auth:\n"
		"  - {key: key, cert: cert, ca: ca, crl: [crl], ocsp: yes,\n"
		"     crl-check: strict, remote-id: '*.example.org'}\n"
		"  - {method: ecdsa, key: key, cert: cert, ca: [ca, ca]}\n"
		"  - {key: other-key, peer-key: peer, local-id: red,\n"
		"     remote-id: red.example.org}\n  version: 2\n  weak: yes\n"
		"  ppk: {id: a, file: hex, required: yes}\n  idle: 60\n",
		"rules: [{name: x, " FILTERS ", auth: [{key: key, ca: ca}]}]\n"
		"default-response: {auth: [{key: key, ca: ca}]}\n",
		"- {name: x, " FILTERS ", psk: {text: a}}\n",
		"rules: [{name: x, filters: [{from: 'me', to: dhcp}, {from: "
		"gateway, to: wins}, {from: a.example, to: 'b.example'}, {from:"
		" 'name:me', to: 'name:10'}, {from: '::1', to: any}], "
		"psk: a, narrow: yes}]\n",
		"rules: [{name: x, filters: [{from: 10.0.0.1, to: 10.0.0.2, "
		"proto: tcp, sport: 9, dport: 80, mirrored: no}], in: block, "
		"out: request, psk: a, soft: {reasons: [no-answer], delay: "
		"3}}, {name: y, filters: [{from: 10.0.0.2, to: 10.0.0.1, dir: "
		"in, mirrored: no}], in: request, out: request, psk: a}]\n",
	};
	size_t i;

	for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		put_text(put, policies[i]);
}

/* Filters, SAs, settings: as the command has them, and as none of them is. */
static void items(policy_seed_fn *put)
{
	static const char *const list[] = {
		"{id: 7, name: web, from: 10.0.0.0/24, to: 10.1.0.5, proto: "
		"tcp, dport: 443, action: negotiate, tunnel: {local: 1.2.3.4, "
		"remote: 1.2.3.5}, soft: {reasons: [no-answer], delay: 3}}",
		"{from: 10.0.0.5-10.0.0.20, action: block, mirrored: no, "
		"cookie: 0xFf, sport: any, dport: 1-2, proto: 17}",
		"{family: 6, action: permit, proto: icmpv6, icmp-type: 128}",
		"{filter: 7, selector: {from: '::/0', proto: udp, port: 1-9}, "
		"local: '::1', remote: '::2', protections: [{proto: esp, "
		"spi-in: 0x1001, spi-out: 300, encr: aes-gcm-16, encr-key-in: "
		"00112233445566778899aabbccddeeff01020304, encr-key-out: "
		"00112233445566778899AABBCCDDEEFF01020304}], lifetime: "
		"{soft-seconds: 3}, flags: [esn]}",
		"{protections: []}",
		"{protections: [{}, {}, {}, {}]}",
		"{protections: a}",
		"{protections: [{encr-key-in: 0}]}",
		"{protections: [{encr-key-in: xx}]}",
		"{protections: [{encr-key-in: []}]}",
		"{flags: none}",
		"{flags: 'esn, x'}",
		"{flags: ''}",
		"{flags: [[]]}",
		"{spi-in: 0x}",
		"{age: 7}",
		"{id: 1, id: 2}",
		"{dport: 2-1, proto: tcp}",
		"{dport: 1-x}",
		"{dport: x}",
		"{dport: 1-99999}",
		"{dport: any}",
		"{from: 10.0.0.1/33}",
		"{from: 10.0.0.9-10.0.0.1}",
		"{from: '10.0.0.1-::1'}",
		"{from: '::/0', to: 10.0.0.1}",
		"{from: '::g'}",
		"{srcaddr: 10.0.0.1, from: 10.0.0.1}",
		"{name: 'a\tb'}",
		"{name: []}",
		"{owner: 0x1F, id: '99999999999999999999'}",
		"{cookie: 0xg}",
		"{exemptions: [ike], default-action: block, legacy: yes}",
		"{boot-mode: block, boot-exemptions: 'TCP:0:22:inbound,"
		"RAW:0:0:outbound'}",
		"{boot-exemptions: [icmp:0:0:INBOUND, 50:0:0:outbound]}",
		"{boot-exemptions: none}",
		"{boot-exemptions: {}}",
		"{boot-exemptions: [[]]}",
		"{boot-exemptions: ''}",
		"{boot-exemptions: TCP:0:22}",
		"{boot-exemptions: TCP:0:22:up}",
		"{boot-exemptions: TCP:0:x:inbound}",
		"{boot-exemptions: 999:0:0:inbound}",
		"{boot-exemptions: ICMP:0:1:inbound}",
		"{boot-exemptions: TCP:0:22:inbound:inbound}",
		"{boot-exemptions: " LABEL "}",
	};
	char text[1024];
	unsigned int i, k;
	size_t len;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		snprintf(text, sizeof(text), "rules: [%s]\n", list[i]);
		put_text(put, text);
		snprintf(text, sizeof(text), "rules: []\nconfig: %s\n",
			 list[i]);
		put_text(put, text);
	}
	/* More exemptions than there may be. */
	len = (size_t)snprintf(text, sizeof(text),
			       "config: {boot-exemptions: "
			       "'");
	for (k = 0; k <= IPSECDRV_BOOT_EXEMPTIONS_MAX; k++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"RAW:0:0:inbound ");
	snprintf(text + len, sizeof(text) - len, "'}\nrules: []\n");
	put_text(put, text);
}

/* Every pair of what may come in and go out. */
static void sides(policy_seed_fn *put)
{
	static const char *const words[] = { "block", "permit", "request",
					     "require" };
	char text[512];
	unsigned int i;

	for (i = 0; i < 16; i++) {
		snprintf(text, sizeof(text), ONE("in: %s, out: %s%s"),
			 words[i / 4], words[i % 4],
			 i / 4 < 2 && i % 4 < 2 ? "" : ", psk-file: secret");
		put_text(put, text);
	}
}

static void wrong(policy_seed_fn *put)
{
	static const char *const policies[] = {
		"rules: []\nike: {port: 4500}\n",
		"rules: []\nike: {keylog: k}\n",
		"rules: []\nike: {wins: 10.0.0.1}\n",
		"rules: []\nike: {wins: [x]}\n",
		"rules: []\nike: {wins: [[]]}\n",
		"rules: &a []\n",
		"rules: *a\n",
		"rules: !a []\n",
		"rules: [\"\\0\"]\n",
		"? [a]\n: b\n",
		"rules: []\nrules: []\n",
		"rules: []\n---\nrules: []\n",
		"rules: [{from: ::1}]\n",
		"rules:\n\t- a\n",
		"rules: [\xff]\n",
		"a\n",
		"[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]\n",
		AUTH("psk: [a]"),
		AUTH("psk-file: empty"),
		AUTH("psk-file: bad-hex"),
		AUTH("psk-file: nowhere"),
		AUTH("key: nowhere, ca: ca"),
		AUTH("key: ca, ca: ca"),
		AUTH("key: key, cert: key, ca: ca"),
		AUTH("key: key, cert: cert, ca: crl"),
		AUTH("key: key, ca: [[]]"),
		AUTH("key: key, peer-key: peer"),
		AUTH("key: key, peer-key: secret, remote-id: a"),
		AUTH("key: key, psk: a, ca: ca"),
		AUTH("method: rsa, key: key, ca: ca"),
		ONE("auth: {psk: a}"),
		ONE("psk: a, ppk: {id: a}"),
		ONE("psk: a, ppk: {id: a, file: nowhere}"),
		ONE("in: block"),
		ONE("in: block, out: block, action: block"),
		ONE("psk: a, in: request, out: permit, soft: yes"),
		"policies: []\nrules: []\n",
		"policies: all\n",
		"rules: []\nassign: x\n",
		"policies: [{name: a, rules: []}]\nassign: b\n",
		"policies: [{name: a, rules: []}]\nassign: [a]\n",
		"policies: [{name: a, rules: b}]\nassign: a\n",
		"rules: [{name: x, filter-list: l, action: block}]\n",
		"filter-lists: [{name: l}, {name: l}]\nrules: []\n",
		"filter-lists: [{name: l}]\nrules: [{name: x, filter-list: l}]\n",
		NAME("name:-x."),
		NAME("a..b"),
		NAME("name:a b"),
		NAME("name:a..b"),
		NAME("10.example"),
		NAME("fade"),
		NAME("face"),
		NAME("a@b"),
		NAME(LABEL LABEL ".org"),
		NAME("name:" LABEL LABEL),
		NAME(LABEL "." LABEL "." LABEL "." LABEL "." LABEL ".org"),
		"default-response: []\nrules: []\n",
		"default-response: yes\nrules: []\n",
	};
	const struct policy_wrong *p;
	size_t i;

	for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		put_text(put, policies[i]);
	for (p = policy_wrongs; p->name; p++)
		put_text(put, p->yaml);
}

void policy_seeds(policy_seed_fn *put)
{
	good(put);
	items(put);
	sides(put);
	wrong(put);
}
