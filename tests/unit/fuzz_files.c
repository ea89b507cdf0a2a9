// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parsers of table and SA files on mutated files. As a libFuzzer target it
 * is built with -DFUZZER; by itself it mutates seeds for a number of rounds.
 */
#include <stdlib.h>
#include <unistd.h>

#include "table.h"
#include "tap.h"

static int read_sa(void *ctx, const char *section, const struct ipsec_node *n,
		   struct ipsec_err *err)
{
	static struct ipsec_sa sa;

	(void)ctx;
	(void)section;
	return ipsec_sa_parse(n, &sa, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ipsec_load load;
	struct ipsec_input in = { .name = "fuzz",
				  .text = (char *)data,
				  .len = size };
	struct ipsec_err err = { 0 };
	int rc = ipsec_load_parse(&load, &in, &err);

	ipsec_load_free(&load);
	/* Every refusal has a text. */
	if (rc && !err.text[0])
		abort();
	memset(&err, 0, sizeof(err));
	rc = ipsec_doc_read(in.text, size, "sas", read_sa, NULL, &err);
	if (rc && !err.text[0])
		abort();
	return 0;
}

#ifndef FUZZER
static const char *const seeds[] = {
	"filters:\n- {id: 7, name: web, from: 10.0.0.0/24, to: 10.1.0.5, "
	"proto: tcp, dport: 443, action: negotiate, tunnel: {local: 1.2.3.4, "
	"remote: 1.2.3.5}, soft: {reasons: [no-answer], delay: 3}}\n"
	"- from: 10.0.0.5-10.0.0.20\n  action: block\n  mirrored: no\n"
	"default-action: block\nconfig: {hold-seconds: 9, exemptions: [ike]}\n",
	"config: {boot-mode: block, boot-exemptions: "
	"'TCP:0:22:inbound,RAW:0:0:outbound'}\n",
	"{\"version\": 1, \"filters\": [{\"family\": 6, \"action\": "
	"\"permit\", \"proto\": \"icmpv6\", \"icmp-type\": 128}]}",
	"sas:\n- filter: 7\n  selector: {from: \"::/0\", proto: udp, port: 1-9}\n"
	"  local: ::1\n  remote: ::2\n  protections:\n  - proto: esp\n"
	"    spi-in: 0x1001\n    spi-out: 300\n    encr: aes-gcm-16\n"
	"    encr-key-in: 00112233445566778899aabbccddeeff01020304\n"
	"    encr-key-out: 00112233445566778899aabbccddeeff01020304\n"
	"  lifetime: {soft-seconds: 3}\n  flags: [esn]\n",
};

static const char *const words[] = {
	"{",
	"}",
	"[",
	"]",
	":",
	"- ",
	"\n",
	"\r\n",
	"? ",
	"&a ",
	"*a",
	"!!x ",
	"|\n",
	">\n",
	"'",
	"\"",
	"#",
	"\t",
	"---\n",
	"...",
	"\\x00",
	"\xff",
	"\xef\xbb\xbf",
	"%YAML",
	"null",
	"~",
	"0x",
	"/33",
	"-",
	"any",
	"<<: ",
	"id",
	"from",
	"action",
	"soft",
	"family",
	"\xc2\x85",
	"99999999999",
};

#define MAX 4096

static size_t mutate(char *buf, size_t len)
{
	const char *word =
		words[(size_t)rand() % (sizeof(words) / sizeof(words[0]))];
	size_t at = len ? (size_t)rand() % len : 0, n = strlen(word);

	switch (rand() % 5) {
	case 0: /* a byte */
		if (len)
			buf[at] = (char)rand();
		return len;
	case 1: /* cut */
		n = len ? (size_t)rand() % (len - at) : 0;
		memmove(buf + at, buf + at + n, len - at - n);
		return len - n;
	case 2: /* copy */
		n = len ? (size_t)rand() % (len - at) : 0;
		if (len + n > MAX)
			return len;
		memmove(buf + at + n, buf + at, len - at);
		return len + n;
	default: /* insert a word */
		if (len + n > MAX)
			return len;
		memmove(buf + at + n, buf + at, len - at);
		memcpy(buf + at, word, n);
		return len + n;
	}
}

static void one(unsigned int round)
{
	const char *seed = seeds[round % 3];
	size_t len = strlen(seed);
	char buf[MAX + 64], *exact;
	int i;

	memcpy(buf, seed, len);
	for (i = rand() % 8; i >= 0; i--)
		len = mutate(buf, len);
	/* On the heap and of that length, so that a read past it is seen. */
	exact = malloc(len ? len : 1);
	memcpy(exact, buf, len);
	LLVMFuzzerTestOneInput((uint8_t *)exact, len);
	free(exact);
}

static void big(const char *what, const char *unit, size_t count)
{
	size_t n = strlen(unit), i;
	char *buf = malloc(n * count + 1);

	for (i = 0; i < count; i++)
		memcpy(buf + i * n, unit, n);
	LLVMFuzzerTestOneInput((uint8_t *)buf, n * count);
	free(buf);
	ok(1, "%zu times '%s'", count, what);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : 30000;
	unsigned int i;

	srand(argc > 2 ? (unsigned int)atoi(argv[2]) : 1);
	alarm(200);
	for (i = 0; i < rounds; i++)
		one(i);
	ok(1, "%u mutated files", rounds);
	big("0xff", "\xff", 1 << 20);
	big("ESC", "\x1b", 1000000);
	big("{", "{", 1000000);
	big("[", "[", 1000000);
	big("{a: ", "{a: ", 1000000);
	big("- ", "- ", 1000000);
	big("newline", "\n", 1000000);
	big("a", "a", 1000000);
	big("? ", "? ", 100000);
	big("a:\\n ", "a:\n ", 10000);
	big("'", "'", 1000000);
	return tap_done();
}
#endif
