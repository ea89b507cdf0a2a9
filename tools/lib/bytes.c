// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "bytes.h"

void ipsec_reader_init(struct ipsec_reader *r, const void *data, size_t len)
{
	r->p = data;
	r->left = len;
	r->failed = false;
}

const uint8_t *ipsec_read(struct ipsec_reader *r, size_t len)
{
	const uint8_t *p = r->p;

	if (r->failed || len > r->left) {
		r->failed = true;
		return NULL;
	}
	r->p += len;
	r->left -= len;
	return p;
}

static uint64_t read_number(struct ipsec_reader *r, size_t len)
{
	const uint8_t *p = ipsec_read(r, len);
	uint64_t v = 0;

	while (p && len--)
		v = v << 8 | *p++;
	return v;
}

uint8_t ipsec_read_u8(struct ipsec_reader *r)
{
	return read_number(r, 1);
}

uint16_t ipsec_read_u16(struct ipsec_reader *r)
{
	return read_number(r, 2);
}

uint32_t ipsec_read_u32(struct ipsec_reader *r)
{
	return read_number(r, 4);
}

uint64_t ipsec_read_u64(struct ipsec_reader *r)
{
	return read_number(r, 8);
}

void ipsec_read_copy(struct ipsec_reader *r, void *to, size_t len)
{
	const uint8_t *p = ipsec_read(r, len);

	if (p)
		memcpy(to, p, len);
	else
		memset(to, 0, len);
}

struct ipsec_reader ipsec_read_sub(struct ipsec_reader *r, size_t len)
{
	struct ipsec_reader sub = { .p = ipsec_read(r, len), .left = len };

	if (!sub.p) {
		sub.left = 0;
		sub.failed = true;
	}
	return sub;
}

void ipsec_writer_init(struct ipsec_writer *w, void *buf, size_t size)
{
	w->buf = buf;
	w->len = 0;
	w->size = size;
	w->failed = false;
}

uint8_t *ipsec_write_room(struct ipsec_writer *w, size_t len)
{
	uint8_t *p;

	if (w->failed || len > w->size - w->len) {
		w->failed = true;
		return NULL;
	}
	p = w->buf + w->len;
	memset(p, 0, len);
	w->len += len;
	return p;
}

static void put_number(uint8_t *p, uint64_t v, size_t len)
{
	while (len--) {
		p[len] = v;
		v >>= 8;
	}
}

static void write_number(struct ipsec_writer *w, uint64_t v, size_t len)
{
	uint8_t *p = ipsec_write_room(w, len);

	if (p)
		put_number(p, v, len);
}

void ipsec_write_u8(struct ipsec_writer *w, uint8_t v)
{
	write_number(w, v, 1);
}

void ipsec_write_u16(struct ipsec_writer *w, uint16_t v)
{
	write_number(w, v, 2);
}

void ipsec_write_u32(struct ipsec_writer *w, uint32_t v)
{
	write_number(w, v, 4);
}

void ipsec_write_u64(struct ipsec_writer *w, uint64_t v)
{
	write_number(w, v, 8);
}

void ipsec_write(struct ipsec_writer *w, const void *data, size_t len)
{
	uint8_t *p = ipsec_write_room(w, len);

	if (p && len)
		memcpy(p, data, len);
}

static void write_at(struct ipsec_writer *w, size_t off, uint64_t v, size_t len)
{
	if (off > w->len || len > w->len - off)
		w->failed = true;
	if (!w->failed)
		put_number(w->buf + off, v, len);
}

void ipsec_write_u8_at(struct ipsec_writer *w, size_t off, uint8_t v)
{
	write_at(w, off, v, 1);
}

void ipsec_write_u16_at(struct ipsec_writer *w, size_t off, uint16_t v)
{
	write_at(w, off, v, 2);
}

void ipsec_write_u32_at(struct ipsec_writer *w, size_t off, uint32_t v)
{
	write_at(w, off, v, 4);
}
