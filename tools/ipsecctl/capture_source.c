// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a capture's packets come from: libpcap on a monitor device of the
 * driver, which shows them in clear, or on the interfaces that have the wire.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ipsecdrv_monitor.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/bytes.h"
#include "capture.h"

#define ANY "any"
#define SNAPLEN 262144
#define KERNEL_BUFFER (16 << 20)
#define BLOCK_MS 50 /* after which the kernel hands over what there is */
#define LINKTYPE_RAW 101 /* IPv4 and IPv6, by their first byte */
#define IKE_PORT 500

/* What a wire capture is about; the rest of a datagram that was fragmented,
 * too, for it has no port.
 */
#define WIRE_FILTER                                    \
	"esp or ah or udp port 500 or udp port %u or " \
	"(ip proto 17 and ip[6:2] & 0x1fff != 0) or "  \
	"(ip6 proto 44 and ip6[40] = 17 and ip6[42:2] & 0xfff8 != 0)"

static int fail(const char *device, const char *why)
{
	fprintf(stderr, "ipsecctl: cannot capture on %s: %s\n", device, why);
	return CTL_FAILED;
}

static unsigned int encap_port(void)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_config config = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return 0;
	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_GET, 0);
	if (ipsec_ask(c, &m, ipsec_config_fields, &config, &err)) {
		ctl_fail(&err);
		return 0;
	}
	return (unsigned int)config.encap_port.v;
}

/* The words of the filter, and what the source itself asks for. */
static char *whole_filter(const struct capture_source *s,
			  const struct ctl_args *args, unsigned int port,
			  const char *device)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	int i;

	if (!to)
		return NULL;
	if (s->wire)
		fprintf(to, "(" WIRE_FILTER ")", port);
	else if (device)
		fprintf(to, "(ether[%zu:4] = %u)",
			offsetof(struct ipsecdrv_monitor_frame, ifindex),
			if_nametoindex(device));
	for (i = 0; i < args->argc; i++)
		fprintf(to, "%s%s",
			i	  ? " " :
			ftell(to) ? " and (" :
				    "(",
			args->argv[i]);
	if (args->argc)
		fputc(')', to);
	fclose(to);
	return text;
}

static int set_filter(const struct capture_source *s,
		      const struct ctl_args *args, const char *device)
{
	unsigned int port = s->wire ? encap_port() : 0;
	struct bpf_program program;
	char *text;
	int rc;

	if (s->wire && !port)
		return CTL_FAILED;
	text = whole_filter(s, args, port, device);
	if (!text)
		return fail(s->device, strerror(errno));
	rc = pcap_compile(s->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN);
	free(text);
	if (rc < 0)
		return ctl_usage(args, "the filter is wrong: %s",
				 pcap_geterr(s->pcap));
	rc = pcap_setfilter(s->pcap, &program);
	pcap_freecode(&program);
	return rc < 0 ? fail(s->device, pcap_geterr(s->pcap)) : CTL_OK;
}

static int activate(struct capture_source *s)
{
	char why[PCAP_ERRBUF_SIZE];
	int rc;

	s->pcap = pcap_create(s->device, why);
	if (!s->pcap)
		return fail(s->device, why);
	pcap_set_snaplen(s->pcap, SNAPLEN);
	pcap_set_buffer_size(s->pcap, KERNEL_BUFFER);
	pcap_set_timeout(s->pcap, BLOCK_MS);
	pcap_set_tstamp_precision(s->pcap, PCAP_TSTAMP_PRECISION_NANO);
	rc = pcap_activate(s->pcap);
	if (rc < 0)
		return fail(s->device, rc == PCAP_ERROR ? pcap_geterr(s->pcap) :
							  pcap_statustostr(rc));
	/* With the direction and the interface of each packet. */
	if (!strcmp(s->device, ANY))
		pcap_set_datalink(s->pcap, DLT_LINUX_SLL2);
	s->datalink = pcap_datalink(s->pcap);
	if (pcap_setnonblock(s->pcap, 1, why) < 0)
		return fail(s->device, why);
	return CTL_OK;
}

static int add_monitor(struct capture_source *s)
{
	int rc = capture_link_add(s->made);

	if (!rc) {
		memcpy(s->device, s->made, sizeof(s->device));
		return CTL_OK;
	}
	s->made[0] = '\0';
	fprintf(stderr, "ipsecctl: cannot make a monitor device: %s%s\n",
		rc == EOPNOTSUPP ? "the ipsecdrv driver is not loaded, or has "
				   "none" :
				   strerror(rc),
		rc == EPERM ? "; run it as root" : "");
	return CTL_FAILED;
}

int capture_open(struct capture_source *s, const struct ctl_args *args,
		 bool wire, const char *device)
{
	int rc = CTL_OK;

	s->wire = wire;
	if (device && !if_nametoindex(device))
		return fail(device, "there is no such interface");
	if (wire)
		snprintf(s->device, sizeof(s->device), "%s",
			 device ? device : ANY);
	else
		rc = add_monitor(s);
	if (!rc)
		rc = activate(s);
	if (!rc)
		rc = set_filter(s, args, device);
	if (rc)
		capture_close(s);
	return rc;
}

void capture_close(struct capture_source *s)
{
	if (s->pcap)
		pcap_close(s->pcap);
	s->pcap = NULL;
	if (s->made[0])
		capture_link_del(s->made);
	s->made[0] = '\0';
}

uint16_t capture_linktype(const struct capture_source *s)
{
	/* Of those that Linux has, one has another number in files. */
	if (!s->wire || s->datalink == DLT_RAW)
		return LINKTYPE_RAW;
	return (uint16_t)s->datalink;
}

/* Off goes the frame of the monitor device, which says all but the packet. */
static bool read_monitor(struct captured *c)
{
	struct ipsec_reader r;

	ipsec_reader_init(&r, c->data, c->len);
	ipsec_read_u8(&r);
	c->dir = ipsec_read_u8(&r);
	c->spi = ipsec_read_u32(&r);
	ipsec_read_u8(&r);
	c->verdict = ipsec_read_u8(&r);
	c->ifindex = ipsec_read_u32(&r);
	ipsec_read_u16(&r);
	if (r.failed)
		return false;
	c->directed = true;
	c->data = r.p;
	c->len = (uint32_t)r.left;
	c->whole -= sizeof(struct ipsecdrv_monitor_frame);
	return true;
}

/* ESP, or IKE behind four bytes of zero (RFC 3948), or IKE. */
static void read_udp(struct ipsec_reader *r, struct captured *c)
{
	bool ike = ipsec_read_u16(r) == IKE_PORT;

	ike |= ipsec_read_u16(r) == IKE_PORT;
	ipsec_read_u32(r);
	if (!ike)
		c->spi = ipsec_read_u32(r);
	c->esp_spi = c->spi;
	if (c->spi)
		c->proto = IPPROTO_ESP;
	else
		c->ike_spi = ipsec_read(r, CAPTURE_IKE_SPI);
}

/* AH, and ESP within it. */
static void read_ah(struct ipsec_reader *r, struct captured *c)
{
	uint8_t next = ipsec_read_u8(r);
	unsigned int len = (ipsec_read_u8(r) + 2U) * 4;

	ipsec_read_u16(r);
	c->spi = ipsec_read_u32(r);
	ipsec_read(r, len < 8 ? 0 : len - 8);
	if (next == IPPROTO_ESP)
		c->esp_spi = ipsec_read_u32(r);
}

static void read_ip(struct ipsec_reader *r, struct captured *c)
{
	const uint8_t *ip = r->left ? r->p : NULL;
	uint8_t proto = 0;

	if (ip && *ip >> 4 == 4 && r->left >= 20) {
		/* Later fragments have no header of their own. */
		if (!((ip[6] & 0x1f) | ip[7]))
			proto = ip[9];
		ipsec_read(r, (ip[0] & 15) * 4U);
	} else if (ip && *ip >> 4 == 6 && r->left >= 40) {
		proto = ip[6];
		ipsec_read(r, 40);
	}
	if (proto == IPPROTO_UDP) {
		read_udp(r, c);
		return;
	}
	if (proto == IPPROTO_AH)
		read_ah(r, c);
	else if (proto == IPPROTO_ESP)
		c->spi = c->esp_spi = ipsec_read_u32(r);
	c->proto = c->spi ? proto : 0;
}

static void read_ethernet(struct ipsec_reader *r)
{
	uint16_t type;

	ipsec_read(r, 2 * ETH_ALEN);
	type = ipsec_read_u16(r);
	while (type == ETH_P_8021Q || type == ETH_P_8021AD) {
		ipsec_read_u16(r);
		type = ipsec_read_u16(r);
	}
}

static void read_cooked(struct ipsec_reader *r, struct captured *c)
{
	ipsec_read(r, 10);
	c->dir = ipsec_read_u8(r) == 4 ? IPSECDRV_DIR_OUT : IPSECDRV_DIR_IN;
	c->directed = true;
	ipsec_read(r, 9);
}

static void read_wire(const struct capture_source *s, struct captured *c)
{
	struct ipsec_reader r;

	ipsec_reader_init(&r, c->data, c->len);
	switch (s->datalink) {
	case DLT_EN10MB:
		read_ethernet(&r);
		break;
	case DLT_LINUX_SLL2:
		read_cooked(&r, c);
		break;
	case DLT_RAW:
		break;
	default:
		return;
	}
	read_ip(&r, c);
}

bool capture_read(const struct capture_source *s, const struct pcap_pkthdr *h,
		  const uint8_t *data, struct captured *c)
{
	*c = (struct captured){
		/* Its microseconds are nanoseconds. */
		.time = (uint64_t)h->ts.tv_sec * 1000000000U +
			(uint64_t)h->ts.tv_usec,
		.data = data,
		.len = h->caplen,
		.whole = h->len,
	};
	if (!s->wire)
		return read_monitor(c);
	read_wire(s, c);
	return true;
}
