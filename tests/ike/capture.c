// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE messages from captures: pcap, pcapng, and files of one message. */
#include "capture.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCAP_MAGIC 0xa1b2c3d4
#define PCAP_HEADER 24
#define PCAP_RECORD 16
#define PCAPNG_MAGIC 0x0a0d0d0a
#define PCAPNG_PACKET 6
#define PCAPNG_PACKET_HEADER 28
#define ETHERNET 14
#define UDP 8

struct capture {
	const char *file;
	capture_fn *fn;
	void *ctx;
	unsigned int packet;
	unsigned int messages;
};

static void __attribute__((noreturn)) die(const char *file, const char *why)
{
	fprintf(stderr, "%s: %s\n", file, why);
	exit(1);
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static unsigned int be16(const uint8_t *p)
{
	return (unsigned int)(p[0] << 8 | p[1]);
}

static void udp(struct capture *c, const uint8_t *p, size_t len)
{
	unsigned int from, to;

	if (len < UDP || be16(p + 4) > len || be16(p + 4) < UDP)
		return;
	from = be16(p);
	to = be16(p + 2);
	len = be16(p + 4) - UDP;
	p += UDP;
	if (from == 4500 || to == 4500) {
		if (len < 4 || le32(p))
			return;
		p += 4;
		len -= 4;
	} else if (from != 500 && to != 500) {
		return;
	}
	c->messages++;
	c->fn(c->ctx, c->file, c->packet, p, len);
}

/* IP in Ethernet; fragments of IP are not put together. */
static void frame(struct capture *c, const uint8_t *p, size_t len)
{
	size_t header;

	c->packet++;
	if (len < ETHERNET + 40)
		return;
	p += ETHERNET;
	len -= ETHERNET;
	header = p[0] >> 4 == 4 ? (p[0] & 15) * 4U : 40;
	if (header > len || (p[0] >> 4 == 4 ? p[9] : p[6]) != 17)
		return;
	udp(c, p + header, len - header);
}

static void pcap(struct capture *c, const uint8_t *p, size_t len)
{
	size_t off = PCAP_HEADER, caplen;

	while (off + PCAP_RECORD <= len) {
		caplen = le32(p + off + 8);
		off += PCAP_RECORD;
		if (caplen > len - off)
			die(c->file, "ends in a packet");
		frame(c, p + off, caplen);
		off += caplen;
	}
}

static void pcapng(struct capture *c, const uint8_t *p, size_t len)
{
	size_t off = 0, block, caplen;

	for (; off + 12 <= len; off += block) {
		block = le32(p + off + 4);
		if (block < 12 || block > len - off)
			die(c->file, "ends in a block");
		if (le32(p + off) != PCAPNG_PACKET)
			continue;
		caplen = le32(p + off + 20);
		if (block < PCAPNG_PACKET_HEADER ||
		    caplen > block - PCAPNG_PACKET_HEADER)
			die(c->file, "bad block");
		frame(c, p + off + PCAPNG_PACKET_HEADER, caplen);
	}
}

static uint8_t *read_file(const char *name, size_t *len)
{
	const char *data = getenv("IPSEC_DATA");
	uint8_t *buf;
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", data ? data : ".", name);
	f = fopen(path, "rb");
	if (!f)
		die(path, strerror(errno));
	fseek(f, 0, SEEK_END);
	*len = (size_t)ftell(f);
	rewind(f);
	buf = malloc(*len + 1);
	if (!buf || fread(buf, 1, *len, f) != *len)
		die(path, strerror(errno));
	fclose(f);
	return buf;
}

unsigned int capture_file(const char *name, capture_fn *fn, void *ctx)
{
	struct capture c = { .file = name, .fn = fn, .ctx = ctx };
	size_t len;
	uint8_t *p = read_file(name, &len);

	if (len >= PCAP_HEADER && le32(p) == PCAP_MAGIC) {
		pcap(&c, p, len);
	} else if (len >= PCAP_HEADER && le32(p) == PCAPNG_MAGIC) {
		pcapng(&c, p, len);
	} else {
		c.messages = 1;
		fn(ctx, name, 1, p, len);
	}
	free(p);
	return c.messages;
}

static int is_capture(const struct dirent *d)
{
	static const char *const ends[] = { ".pcap", ".pcapng", ".bin",
					    ".raw" };
	const char *dot = strrchr(d->d_name, '.');
	size_t i;

	for (i = 0; dot && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!strcmp(dot, ends[i]))
			return true;
	return false;
}

unsigned int capture_folder(const char *name, capture_fn *fn, void *ctx)
{
	const char *data = getenv("IPSEC_DATA");
	unsigned int messages = 0;
	struct dirent **list;
	char path[512];
	int n, i;

	snprintf(path, sizeof(path), "%s/%s", data ? data : ".", name);
	n = scandir(path, &list, is_capture, alphasort);
	if (n < 0)
		die(path, strerror(errno));
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", name, list[i]->d_name);
		messages += capture_file(path, fn, ctx);
		free(list[i]);
	}
	free(list);
	return messages;
}
