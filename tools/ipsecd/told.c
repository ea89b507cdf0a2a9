// SPDX-License-Identifier: GPL-2.0-or-later
#include "told.h"

#include <string.h>

#include "bytes.h"

static void write_end(struct ipsec_writer *w, const struct ipsec_addr *a,
		      uint16_t port)
{
	ipsec_write_u8(w, a->len);
	ipsec_write(w, a->b, sizeof(a->b));
	ipsec_write_u16(w, port);
}

static bool read_end(struct ipsec_reader *r, struct ipsec_addr *a,
		     uint16_t *port)
{
	a->len = ipsec_read_u8(r);
	ipsec_read_copy(r, a->b, sizeof(a->b));
	*port = ipsec_read_u16(r);
	return a->len == 4 || a->len == 16;
}

void ipsecd_told_write(const struct ike_told *told,
		       uint8_t buf[IPSECD_TOLD_SIZE])
{
	struct ipsec_writer w;

	memset(buf, 0, IPSECD_TOLD_SIZE);
	ipsec_writer_init(&w, buf, IPSECD_TOLD_SIZE);
	ipsec_write_u8(&w, (uint8_t)told->action);
	ipsec_write_u8(&w, told->child);
	ipsec_write_u8(&w, told->initiator);
	ipsec_write_u8(&w, (uint8_t)told->version);
	ipsec_write_u8(&w, (uint8_t)told->mode);
	ipsec_write_u8(&w, (uint8_t)told->proto);
	write_end(&w, &told->path.local, told->path.local_port);
	write_end(&w, &told->path.remote, told->path.remote_port);
	ipsec_write(&w, told->spi_i, IKE_SPI_LEN);
	ipsec_write(&w, told->spi_r, IKE_SPI_LEN);
	ipsec_write_u32(&w, told->pair);
	ipsec_write_u32(&w, told->spi_in);
	ipsec_write_u32(&w, told->spi_out);
}

static bool is_good(const struct ike_told *told)
{
	return told->action < IKE_ACTIONS && told->version <= 2 &&
	       (told->mode == IPSECDRV_MODE_TRANSPORT ||
		told->mode == IPSECDRV_MODE_TUNNEL) &&
	       (!told->proto || told->proto == IPSECDRV_PROTO_ESP ||
		told->proto == IPSECDRV_PROTO_AH) &&
	       told->path.local.len == told->path.remote.len;
}

bool ipsecd_told_read(struct ike_told *told, struct ike_blob from)
{
	struct ipsec_reader r;
	uint8_t child, initiator;
	bool good;

	memset(told, 0, sizeof(*told));
	ipsec_reader_init(&r, from.data, from.len);
	told->action = ipsec_read_u8(&r);
	child = ipsec_read_u8(&r);
	initiator = ipsec_read_u8(&r);
	told->child = child;
	told->initiator = initiator;
	told->version = ipsec_read_u8(&r);
	told->mode = ipsec_read_u8(&r);
	told->proto = ipsec_read_u8(&r);
	good = read_end(&r, &told->path.local, &told->path.local_port);
	good &= read_end(&r, &told->path.remote, &told->path.remote_port);
	ipsec_read_copy(&r, told->spi_i, IKE_SPI_LEN);
	ipsec_read_copy(&r, told->spi_r, IKE_SPI_LEN);
	told->pair = ipsec_read_u32(&r);
	told->spi_in = ipsec_read_u32(&r);
	told->spi_out = ipsec_read_u32(&r);
	return good && !r.failed && !r.left && child <= 1 && initiator <= 1 &&
	       is_good(told);
}
