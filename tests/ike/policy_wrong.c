// SPDX-License-Identifier: GPL-2.0-or-later
/* What a policy says wrong, and the words in which it is told. */
#include "policy_wrong.h"

#include <stddef.h>

const struct policy_wrong policy_wrongs[] = {
	{ "nothing", "",
	  "0: the file is empty; an empty list is written 'rules: "
	  "[]'" },
	{ "not YAML", "rules: [\n",
	  "2: not valid YAML: did not find expected node content "
	  "(column 1)" },
	{ "no list", "rules: 7\n",
	  "1: 'rules' must be a list ('- ...' lines); an empty one "
	  "is written 'rules: []'" },
	{ "no rules", "ike: {}\n",
	  "0: there is no 'rules:' list; an empty one is written "
	  "'rules: []'" },
	{ "an unknown section",
	  "rules: []\n"
	  "rule: []\n",
	  "2: unknown word 'rule'; did you mean rules?" },
	{ "a section that is nothing like one",
	  "rules: []\n"
	  "colour: []\n",
	  "2: unknown word 'colour'; known are version, filter-lists, "
	  "filter-actions, policies, assign, rules, "
	  "default-response, ike, default-action, config" },
	{ "a letter too few in a rule", "rules: [{name: a, filtrs: []}]\n",
	  "1: unknown word 'filtrs'; did you mean filters?" },
	{ "another version",
	  "version: 2\n"
	  "rules: []\n",
	  "1: this ipsecd reads 'version: 1' only" },
	{ "a rule that is a word", "rules: [x]\n",
	  "1: 'word: value' lines were expected" },
	{ "no name",
	  "rules:\n"
	  "  - filters: [{from: 10.0.0.1, to: 10.0.0.2}]\n",
	  "2: the rule has no name; add 'name'" },
	{ "a name twice", POLICY_SECRET "  - name: x\n",
	  "5: the name 'x' is taken by the rule in line 2; give "
	  "each its own" },
	{ "an unknown word", POLICY_SECRET "    colour: red\n",
	  "5: unknown word 'colour'; known are name, description, "
	  "filters, filter-list, filter-action, connection, active, "
	  "action, in, out, narrow, require, inpass, fast-path, soft, mode, "
	  "tunnel, local, remote, remote-port, psk, psk-file, "
	  "local-id, remote-id, auth, version, accept, aggressive, "
	  "ike, ike-lifetime, qm-limit, childless, encap, "
	  "fragmentation, fragment-size, liveness, redirect, ppk, "
	  "esp, ah, methods, lifetime, pfs, idle, replay-window, "
	  "master-pfs, weak" },
	{ "no filters",
	  "rules:\n"
	  "  - name: x\n"
	  "    psk-file: secret\n",
	  "2: rule 'x' is for no traffic; add filters such as "
	  "[{from: 10.0.0.1, to: 10.0.0.0/24}]" },
	{ "empty filters",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters: []\n",
	  "3: filters is a list of at least one; start each with "
	  "'- '" },
	{ "a filter that is a word",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters: [any]\n",
	  "3: 'word: value' lines were expected" },
	{ "a filter's address",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters: [{from: 10.0.0.1/8, to: 10.0.0.2}]\n",
	  "3: from '10.0.0.1/8': bits are set after the prefix; "
	  "clear them, or write one address without '/'" },
	{ "a filter's id",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters: [{id: 7, from: 10.0.0.1, to: 10.0.0.2}]\n",
	  "3: id is given to a filter by ipsecd; remove it" },
	{ "a filter's cookie",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters: [{cookie: 7, from: 10.0.0.1, to: "
	  "10.0.0.2}]\n",
	  "3: cookie is given to a filter by ipsecd; remove it" },
	{ "filters of no family",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters: [{from: any}]\n",
	  "3: from and to are any, so the family is not clear; add "
	  "'family' 4 or 6 (and a second filter for the other)" },
	{ "two tunnels",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters:\n"
	  "      - {from: 10.0.0.1, to: 10.0.0.2, tunnel: {remote: "
	  "1.2.3.4}}\n"
	  "      - {from: 10.0.0.1, to: 10.0.0.3}\n"
	  "    psk-file: secret\n",
	  "2: the filters of rule 'x' differ in mode or tunnel; "
	  "make a rule for each" },
	{ "a tunnel without end",
	  POLICY_SECRET "    tunnel: {local: 1.2.3.4}\n",
	  "3: the tunnel needs its remote address" },
	{ "tunnel mode without tunnel", POLICY_SECRET "    mode: tunnel\n",
	  "3: tunnel mode needs the endpoints; add tunnel {local, "
	  "remote}" },
	{ "a fast path without tunnel", POLICY_SECRET "    fast-path: yes\n",
	  "3: fast-path is for tunnels; remove it, or add tunnel {local, "
	  "remote}" },
	{ "a tunnel and a peer",
	  POLICY_SECRET "    tunnel: {remote: 1.2.3.4}\n"
			"    remote: 1.2.3.5\n",
	  "2: the tunnel names the peers; remove local and remote" },
	{ "soft without reasons", POLICY_SECRET "    soft: {delay: 3}\n",
	  "3: soft needs reasons: no-answer, no-proposal, "
	  "auth-failed, policy" },
	{ "an unknown reason", POLICY_SECRET "    soft: never\n",
	  "5: unknown word 'never' in reasons; write a list of "
	  "no-answer, no-proposal, auth-failed or policy" },
	{ "an exception with soft",
	  "rules:\n"
	  "  - name: x\n"
	  "    filters: [{from: 10.0.0.1, to: 10.0.0.2, action: "
	  "permit, soft: no-answer}]\n",
	  "3: soft is for 'action negotiate' only; remove it" },
	{ "a secret where nothing is negotiated",
	  POLICY_SECRET "    action: permit\n",
	  "2: rule 'x' negotiates nothing; remove psk-file" },
	{ "proposals where nothing is negotiated",
	  POLICY_RULE "    action: block\n"
		      "    esp: aes256gcm16\n",
	  "2: rule 'x' negotiates nothing; remove esp" },
	{ "no method", POLICY_RULE,
	  "2: rule 'x' does not say how the peers prove who they "
	  "are; add psk-file or auth" },
	{ "two secrets", POLICY_SECRET "    psk: other\n",
	  "2: psk and psk-file exclude each other; remove one" },
	{ "a secret and methods",
	  POLICY_SECRET "    auth: [{psk-file: secret}]\n",
	  "2: psk-file and auth exclude each other; write both as "
	  "methods under auth" },
	{ "a secret that is a list", POLICY_RULE "    psk: [a]\n",
	  "4: psk is one text" },
	{ "an empty secret", POLICY_RULE "    psk-file: empty\n",
	  "2: empty holds nothing; a secret has 1 to 4096 bytes" },
	{ "a secret that is not hexadecimal",
	  POLICY_RULE "    psk-file: bad-hex\n",
	  "2: bad-hex starts with 0x but is not pairs of "
	  "hexadecimal digits" },
	{ "the same in the policy", POLICY_RULE "    psk: 0x123\n",
	  "4: psk starts with 0x but is not pairs of hexadecimal "
	  "digits" },
	{ "a file that is not there", POLICY_RULE "    psk-file: nowhere\n",
	  "2: nowhere: there is no such file" },
	{ "an identity", POLICY_SECRET "    local-id: 'a b'\n",
	  "2: 'a b' is empty, or has spaces or control characters" },
	{ "methods that are a word", POLICY_RULE "    auth: psk\n",
	  "4: auth is a list of methods; start each with '- '" },
	{ "no methods", POLICY_RULE "    auth: []\n",
	  "4: auth is a list of methods; start each with '- '" },
	{ "an unknown method", POLICY_RULE "    auth: [{method: kerberos}]\n",
	  "4: unknown method 'kerberos'; write psk, rsa, ecdsa or "
	  "ed25519" },
	{ "method psk without one", POLICY_RULE "    auth: [{method: psk}]\n",
	  "4: the secret is missing; add psk-file" },
	{ "a secret for method rsa",
	  POLICY_RULE "    auth: [{method: rsa, psk-file: secret}]\n",
	  "4: psk is for method psk; remove it" },
	{ "a secret with a certificate",
	  POLICY_RULE "    auth: [{psk-file: secret, cert: cert}]\n",
	  "4: a preshared key needs no certificates or keys; write "
	  "them as a method of their own" },
	{ "no key", POLICY_RULE "    auth: [{cert: cert, ca: ca}]\n",
	  "4: our key is missing; add psk-file, or key (and cert)" },
	{ "a key that is not there",
	  POLICY_RULE "    auth: [{key: nowhere, ca: ca}]\n",
	  "4: nowhere: there is no such file" },
	{ "a key that is none", POLICY_RULE "    auth: [{key: cert, ca: ca}]\n",
	  "4: cert: no PEM block with a private key" },
	{ "a certificate of another key",
	  POLICY_RULE "    auth: [{key: other-key, cert: cert, ca: ca}]\n",
	  "4: cert: the key is not that of the first "
	  "certificate" },
	{ "another kind of key",
	  POLICY_RULE
	  "    auth: [{method: rsa, key: key, cert: cert, ca: ca}]\n",
	  "4: method is rsa, but the key in key is for ecdsa; "
	  "change one of them" },
	{ "no trust", POLICY_RULE "    auth: [{key: key, cert: cert}]\n",
	  "4: nobody is believed who the peer is; add ca or "
	  "peer-key" },
	{ "a CA that is a map",
	  POLICY_RULE "    auth: [{key: key, cert: cert, ca: {x: y}}]\n",
	  "4: ca is a file name, or a list of them" },
	{ "a CA that is none",
	  POLICY_RULE "    auth: [{key: key, cert: cert, ca: secret}]\n",
	  "4: secret: no PEM block 'CERTIFICATE' in the file" },
	{ "a CRL that is none",
	  POLICY_RULE "    auth: [{key: key, cert: cert, ca: ca, crl: [crl, "
		      "secret]}]\n",
	  "4: secret: not a CRL, in DER or as PEM 'X509 CRL', or "
	  "one with extensions that cannot be read" },
	{ "a level of CRL checks",
	  POLICY_RULE "    auth: [{key: key, cert: cert, ca: ca, crl-check: "
		      "maybe}]\n",
	  "4: unknown crl-check 'maybe'; write off, revoked or "
	  "strict" },
	{ "a peer's key of nobody",
	  POLICY_RULE "    auth: [{key: key, peer-key: peer}]\n",
	  "4: peer-key is believed for one identity; add remote-id" },
	{ "a peer's key that is none",
	  POLICY_RULE "    auth: [{key: key, peer-key: secret, remote-id: "
		      "blue}]\n",
	  "4: secret: no PEM block 'PUBLIC KEY' or 'CERTIFICATE' "
	  "that can be read" },
	{ "an identity that is not in the certificate",
	  POLICY_RULE "    auth: [{key: key, cert: cert, ca: ca, local-id: "
		      "blue.example.org}]\n",
	  "4: local-id blue.example.org is not in the certificate; "
	  "write its subject or one of its alternative names" },
	{ "a version", POLICY_SECRET "    version: 3\n",
	  "5: unknown version '3'; write 1 or 2" },
	{ "a version that is not accepted",
	  POLICY_SECRET "    version: 1\n"
			"    accept: [2]\n",
	  "2: version 1 is used to start, but accept does not name "
	  "it; add it" },
	{ "an unknown version to accept", POLICY_SECRET "    accept: [1, 3]\n",
	  "5: unknown word '3' in accept; write a list of 1 or 2" },
	{ "aggressive mode of version 2", POLICY_SECRET "    aggressive: yes\n",
	  "2: aggressive is of IKE version 1, which this rule does "
	  "not accept; remove it or add 'accept: [1]'" },
	{ "neither yes nor no", POLICY_SECRET "    aggressive: maybe\n",
	  "5: 'maybe' is no value for aggressive; write yes or no" },
	{ "an unknown algorithm", POLICY_SECRET "    ike: rot13\n",
	  "5: unknown algorithm 'rot13'" },
	{ "ike that is a map", POLICY_SECRET "    ike: {a: b}\n",
	  "5: ike is a proposal such as aes256gcm16-x25519, or a "
	  "list of them" },
	{ "no proposals", POLICY_SECRET "    ike: []\n",
	  "5: ike is a proposal such as aes256gcm16-x25519, or a "
	  "list of them" },
	{ "a proposal that is a list", POLICY_SECRET "    ike: [[a]]\n",
	  "5: ike is a proposal such as aes256gcm16-x25519, or a "
	  "list of them" },
	{ "no group", POLICY_SECRET "    ike: aes256-sha256\n",
	  "5: a key exchange is missing, such as x25519" },
	{ "a weak algorithm", POLICY_SECRET "    ike: 3des-sha1-modp1024\n",
	  "5: '3des' is weak; it needs 'weak: yes' in the rule" },
	{ "an AEAD in version 1",
	  POLICY_SECRET "    version: 1\n"
			"    ike: aes256gcm16-prfsha256-x25519\n",
	  "6: 'aes256gcm16-prfsha256-x25519': IKE version 1 knows "
	  "no combined ciphers for itself; write one such as "
	  "aes256-sha256-modp2048" },
	{ "Ed25519 in version 1",
	  POLICY_RULE "    auth: [{key: other-key, peer-key: peer, remote-id: "
		      "blue}]\n"
		      "    version: 1\n",
	  "4: IKE version 1 has no method for Ed25519; take a key for rsa "
	  "or ecdsa, or write 'version: 2'" },
	{ "esp and ah",
	  POLICY_SECRET "    esp: aes256gcm16\n"
			"    ah: sha256\n",
	  "2: esp, ah and methods exclude each other; write all "
	  "under methods" },
	{ "esp without integrity", POLICY_SECRET "    esp: aes256\n",
	  "5: an integrity algorithm is missing, such as sha256" },
	{ "esp that is a map", POLICY_SECRET "    esp: {}\n",
	  "5: esp is a proposal such as aes256gcm16-x25519, or a "
	  "list of them" },
	{ "a list in a list of esp", POLICY_SECRET "    esp: [[a]]\n",
	  "5: a security method has one proposal for each of esp "
	  "and ah; write one method each" },
	{ "methods of protection that are a word",
	  POLICY_SECRET "    methods: esp\n",
	  "5: methods is a list of at least one; start each with "
	  "'- '" },
	{ "no methods of protection", POLICY_SECRET "    methods: []\n",
	  "5: methods is a list of at least one; start each with "
	  "'- '" },
	{ "a method without protection",
	  POLICY_SECRET "    methods: [{lifetime: {seconds: 60}}]\n",
	  "5: a security method needs esp, ah or both" },
	{ "a bundle in version 2",
	  POLICY_SECRET "    methods: [{esp: aes256gcm16, ah: sha256}]\n",
	  "5: IKE version 2 cannot agree on ESP and AH together; "
	  "write 'version: 1', or one of them" },
	{ "no pfs and a group",
	  POLICY_SECRET "    esp: aes256gcm16-x25519\n"
			"    pfs: no\n",
	  "2: a proposal of esp or ah names a group, but pfs is "
	  "no; remove one of them" },
	{ "a short lifetime", POLICY_SECRET "    lifetime: {seconds: 4}\n",
	  "5: a lifetime of 4 seconds is too short to be replaced "
	  "in time; write 5 or more, or 0 for no limit" },
	{ "a lifetime with a unit",
	  POLICY_SECRET "    lifetime: {seconds: 1h}\n",
	  "5: '1h' is no value for seconds; write a decimal number "
	  "from 0 to 4294967295" },
	{ "a lifetime that is a number", POLICY_SECRET "    lifetime: 60\n",
	  "5: 'word: value' lines were expected in lifetime" },
	{ "a short life of IKE", POLICY_SECRET "    ike-lifetime: 299\n",
	  "5: '299' is no value for ike-lifetime; write a decimal "
	  "number from 300 to 172800" },
	{ "a long life of IKE", POLICY_SECRET "    ike-lifetime: 172801\n",
	  "5: '172801' is no value for ike-lifetime; write a "
	  "decimal number from 300 to 172800" },
	{ "a port", POLICY_SECRET "    remote-port: 0\n",
	  "5: '0' is no value for remote-port; write a decimal "
	  "number from 1 to 65535" },
	{ "a small fragment", POLICY_SECRET "    fragment-size: 575\n",
	  "5: '575' is no value for fragment-size; write a decimal "
	  "number from 576 to 65535" },
	{ "a large window", POLICY_SECRET "    replay-window: 131073\n",
	  "5: '131073' is no value for replay-window; write a "
	  "decimal number from 0 to 131072" },
	{ "a choice", POLICY_SECRET "    encap: sometimes\n",
	  "5: unknown encap 'sometimes'; write no, auto or yes" },
	{ "half a PPK", POLICY_SECRET "    ppk: {id: a}\n",
	  "5: ppk needs id and file" },
	{ "a PPK that is not there",
	  POLICY_SECRET "    ppk: {id: a, file: nowhere}\n",
	  "5: nowhere: there is no such file" },
	{ "one port for all", POLICY_SECRET "ike: {port: 4500}\n",
	  "5: port and natt-port are both 4500; messages to the "
	  "second carry a marker, so they must differ" },
	{ "keys to a relative path", POLICY_SECRET "ike: {keylog: keys}\n",
	  "5: keylog 'keys' is no absolute path; start it with '/'" },
	{ "a level of the log", POLICY_SECRET "ike: {log: all}\n",
	  "5: unknown log 'all'; write error, notice, info or debug" },
	{ "a limit of nothing",
	  POLICY_SECRET "ike: {limits: {per-address: 0}}\n",
	  "5: '0' is no value for per-address; write a decimal "
	  "number from 1 to 4294967295" },
	{ "an unknown setting", POLICY_SECRET "ike: {speed: 9}\n",
	  "5: unknown word 'speed'; known are port, natt-port, "
	  "keepalive, log, audit, keylog, limits, wins" },
	{ "the default action twice",
	  POLICY_SECRET "default-action: block\n"
			"config: {default-action: permit}\n",
	  "6: default-action is given twice" },
	{ "the default action twice, the other way",
	  POLICY_SECRET "config: {default-action: permit}\n"
			"default-action: block\n",
	  "6: default-action is given twice" },
	{ "an unknown default action",
	  POLICY_SECRET "default-action: negotiate\n",
	  "5: unknown default-action 'negotiate'; write permit or "
	  "block" },
	{ NULL, NULL, NULL },
};
