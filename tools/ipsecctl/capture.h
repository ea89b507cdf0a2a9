/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_CAPTURE_H
#define IPSECCTL_CAPTURE_H

#include <net/if.h>
#include <pcap/pcap.h>

#include "ctl.h"

/* A packet as it is written. */
struct captured {
	uint64_t time; /* ns since 1970 */
	const uint8_t *data;
	uint32_t len;
	uint32_t whole; /* bytes before it was cut */
	bool directed;
	uint8_t dir; /* enum ipsecdrv_dir */
	uint32_t ifindex; /* 0: not known */
	uint8_t verdict; /* in clear: enum ipsecdrv_monitor_verdict */
	uint8_t proto; /* on the wire: the outermost of ESP and AH, or 0 */
	uint32_t spi; /* of the outermost, 0: none */
	uint32_t esp_spi; /* on the wire: of ESP, 0: none */
	const uint8_t *ike_spi; /* of the initiator; NULL: no IKE */
};

/* capture_source.c: where packets come from. */
struct capture_source {
	pcap_t *pcap;
	bool wire;
	int datalink;
	char device[IFNAMSIZ];
	char made[IFNAMSIZ]; /* monitor device that is to be removed */
};

/* device: an interface, or NULL for all. An exit code, said why. */
int capture_open(struct capture_source *s, const struct ctl_args *args,
		 bool wire, const char *device);
void capture_close(struct capture_source *s);
/* False: it is no packet that can be read. */
bool capture_read(const struct capture_source *s, const struct pcap_pkthdr *h,
		  const uint8_t *data, struct captured *c);
/* As pcapng files have it. */
uint16_t capture_linktype(const struct capture_source *s);

/* capture_link.c: a monitor device of this process; 0 or an errno. */
int capture_link_add(char name[IFNAMSIZ]);
void capture_link_del(const char *name);

/* capture_note.c: what a packet's comment says. */
void capture_note(const struct captured *c, bool wire, char *text, size_t size);

/* capture_keys.c: keys for Wireshark, of what was captured. */
struct capture_keys;
#define CAPTURE_IKE_SPI 8 /* bytes */
/* NULL prints why: ipsecd, or its policy, permits none, or no such folder. */
struct capture_keys *capture_keys_begin(const char *folder);
/* Of a packet that is written: as in struct captured. */
void capture_keys_see(struct capture_keys *keys, uint32_t esp_spi,
		      const uint8_t *ike_spi);
/* Writes them; an exit code. Frees. */
int capture_keys_end(struct capture_keys *keys);

#endif
