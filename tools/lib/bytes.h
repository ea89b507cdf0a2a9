/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_BYTES_H
#define IPSEC_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bounded reading and writing of network byte order. Both remember that they
 * ran out of room, so that a parser reads all its fields and asks once.
 */
struct ipsec_reader {
	const uint8_t *p;
	size_t left;
	bool failed;
};

void ipsec_reader_init(struct ipsec_reader *r, const void *data, size_t len);
/* Zero, and failed set, when there is less left. */
uint8_t ipsec_read_u8(struct ipsec_reader *r);
uint16_t ipsec_read_u16(struct ipsec_reader *r);
uint32_t ipsec_read_u32(struct ipsec_reader *r);
uint64_t ipsec_read_u64(struct ipsec_reader *r);
/* The next len bytes in place; NULL, and failed set, when there are fewer. */
const uint8_t *ipsec_read(struct ipsec_reader *r, size_t len);
void ipsec_read_copy(struct ipsec_reader *r, void *to, size_t len);
/* A reader of the next len bytes, which r then is past. */
struct ipsec_reader ipsec_read_sub(struct ipsec_reader *r, size_t len);

struct ipsec_writer {
	uint8_t *buf;
	size_t len;
	size_t size;
	bool failed;
};

void ipsec_writer_init(struct ipsec_writer *w, void *buf, size_t size);
void ipsec_write_u8(struct ipsec_writer *w, uint8_t v);
void ipsec_write_u16(struct ipsec_writer *w, uint16_t v);
void ipsec_write_u32(struct ipsec_writer *w, uint32_t v);
void ipsec_write_u64(struct ipsec_writer *w, uint64_t v);
void ipsec_write(struct ipsec_writer *w, const void *data, size_t len);
/* Room for len bytes, zeroed; NULL, and failed set, when there is less. */
uint8_t *ipsec_write_room(struct ipsec_writer *w, size_t len);
/* Over what was written at the offset before. */
void ipsec_write_u8_at(struct ipsec_writer *w, size_t off, uint8_t v);
void ipsec_write_u16_at(struct ipsec_writer *w, size_t off, uint16_t v);
void ipsec_write_u32_at(struct ipsec_writer *w, size_t off, uint32_t v);

#endif
