/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_PCAPNG_H
#define IPSECCTL_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), in the byte order of this
 * host. libpcap reads such files and writes none. free() each; NULL: no memory.
 */
struct pcapng_block {
	size_t len;
	uint8_t data[];
};

struct pcapng_packet {
	uint32_t interface;
	uint64_t time; /* ns since 1970 */
	const uint8_t *data;
	uint32_t len;
	uint32_t whole; /* bytes before it was cut */
	uint32_t flags;
	const char *comment; /* "": none */
};

/* Bits 0 and 1 of a packet's flags. */
enum { PCAPNG_INBOUND = 1, PCAPNG_OUTBOUND = 2 };

/* The first block. */
struct pcapng_block *pcapng_section(const char *application);
/* Interfaces are numbered from 0 in their order; times of packets are in ns. */
struct pcapng_block *pcapng_interface(uint16_t linktype, const char *name);
struct pcapng_block *pcapng_packet(const struct pcapng_packet *p);
/* What the interface has seen, and lost. */
struct pcapng_block *pcapng_statistics(uint32_t interface, uint64_t time,
				       uint64_t received, uint64_t dropped);

#endif
