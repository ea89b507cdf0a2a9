// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng.h"

#include <stdlib.h>
#include <string.h>

enum {
	SECTION = 0x0a0d0d0a,
	INTERFACE = 1,
	STATISTICS = 5,
	PACKET = 6,
};

enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2,
	INTERFACE_RESOLUTION = 9,
	PACKET_FLAGS = 2,
	STATISTICS_RECEIVED = 4,
	STATISTICS_DROPPED = 5,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define LENGTH_UNKNOWN UINT64_MAX
#define NANOSECONDS 9

/* What a block has beside its body: type, length, and the length again. */
#define FRAME 12
#define OPTION_HEADER 4

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

static void put(struct pcapng_block *b, const void *data, size_t len)
{
	if (len)
		memcpy(b->data + b->len, data, len);
	memset(b->data + b->len + len, 0, padded(len) - len);
	b->len += padded(len);
}

static void put_u16(struct pcapng_block *b, uint16_t v)
{
	memcpy(b->data + b->len, &v, sizeof(v));
	b->len += sizeof(v);
}

static void put_u32(struct pcapng_block *b, uint32_t v)
{
	put(b, &v, sizeof(v));
}

static void put_u64(struct pcapng_block *b, uint64_t v)
{
	put(b, &v, sizeof(v));
}

/* Times and counters are written as two halves, the upper one first. */
static void put_halves(struct pcapng_block *b, uint64_t v)
{
	put_u32(b, (uint32_t)(v >> 32));
	put_u32(b, (uint32_t)v);
}

static void put_option(struct pcapng_block *b, uint16_t code, const void *data,
		       size_t len)
{
	put_u16(b, code);
	put_u16(b, (uint16_t)len);
	put(b, data, len);
}

/* The size is that of all that follows in it. */
static struct pcapng_block *begin(uint32_t type, size_t size)
{
	struct pcapng_block *b = malloc(sizeof(*b) + FRAME + size);

	if (!b)
		return NULL;
	b->len = 0;
	put_u32(b, type);
	put_u32(b, (uint32_t)(FRAME + size));
	return b;
}

static struct pcapng_block *end(struct pcapng_block *b)
{
	put_option(b, OPT_END, NULL, 0);
	put_u32(b, (uint32_t)(b->len + sizeof(uint32_t)));
	return b;
}

static size_t option_size(size_t len)
{
	return OPTION_HEADER + padded(len);
}

struct pcapng_block *pcapng_section(const char *application)
{
	size_t len = strlen(application);
	struct pcapng_block *b =
		begin(SECTION, 16 + option_size(len) + option_size(0));

	if (!b)
		return NULL;
	put_u32(b, BYTE_ORDER_MAGIC);
	put_u16(b, 1);
	put_u16(b, 0);
	put_u64(b, LENGTH_UNKNOWN);
	put_option(b, SECTION_APPLICATION, application, len);
	return end(b);
}

struct pcapng_block *pcapng_interface(uint16_t linktype, const char *name)
{
	const uint8_t resolution = NANOSECONDS;
	size_t len = strlen(name);
	struct pcapng_block *b =
		begin(INTERFACE,
		      8 + option_size(len) + option_size(1) + option_size(0));

	if (!b)
		return NULL;
	put_u16(b, linktype);
	put_u16(b, 0);
	put_u32(b, 0); /* no limit of a packet's length */
	put_option(b, INTERFACE_NAME, name, len);
	put_option(b, INTERFACE_RESOLUTION, &resolution, 1);
	return end(b);
}

struct pcapng_block *pcapng_packet(const struct pcapng_packet *p)
{
	size_t comment = strlen(p->comment);
	struct pcapng_block *b =
		begin(PACKET, 20 + padded(p->len) +
				      (comment ? option_size(comment) : 0) +
				      option_size(4) + option_size(0));

	if (!b)
		return NULL;
	put_u32(b, p->interface);
	put_halves(b, p->time);
	put_u32(b, p->len);
	put_u32(b, p->whole);
	put(b, p->data, p->len);
	if (comment)
		put_option(b, OPT_COMMENT, p->comment, comment);
	put_option(b, PACKET_FLAGS, &p->flags, sizeof(p->flags));
	return end(b);
}

struct pcapng_block *pcapng_statistics(uint32_t interface, uint64_t time,
				       uint64_t received, uint64_t dropped)
{
	struct pcapng_block *b =
		begin(STATISTICS, 12 + 2 * option_size(8) + option_size(0));

	if (!b)
		return NULL;
	put_u32(b, interface);
	put_halves(b, time);
	put_option(b, STATISTICS_RECEIVED, &received, sizeof(received));
	put_option(b, STATISTICS_DROPPED, &dropped, sizeof(dropped));
	return end(b);
}
