// SPDX-License-Identifier: GPL-2.0-or-later
/* The packets of a peer, at the network devices. */
#include "watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SNAP 128 /* enough for the headers that an ICMP error quotes */
#define IKE_PORT 500
#define NATT_PORT 4500

/* A packet from its IP header on, or what an ICMP error quotes of one. */
struct seen {
	const uint8_t *src;
	const uint8_t *dst;
	uint8_t proto;
	const uint8_t *data;
	size_t len;
};

/* Packets whose address ends as the peer's, and all of ICMP. */
static int set_filter(int fd, const struct ipsec_addr *peer)
{
	bool six = peer->len == 16;
	const uint8_t *last = peer->b + peer->len - 4;
	uint32_t tail = (uint32_t)last[0] << 24 | (uint32_t)last[1] << 16 |
			(uint32_t)last[2] << 8 | last[3];
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
			 (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, six ? ETH_P_IPV6 : ETH_P_IP,
			 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, six ? 20 : 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tail, 4, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, six ? 36 : 16),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tail, 2, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, six ? 6 : 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			 six ? IPPROTO_ICMPV6 : IPPROTO_ICMP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SNAP),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			  sizeof(prog));
}

int ctl_watch_open(struct ctl_watch *w, const struct ipsec_addr *peer)
{
	int code;

	*w = (struct ctl_watch){ .peer = *peer };
	/* Nothing comes before the filter is there. */
	w->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return -1;
	if (!set_filter(w->fd, peer)) {
		const struct sockaddr_ll all = {
			.sll_family = AF_PACKET,
			.sll_protocol = htons(ETH_P_ALL),
		};

		if (!bind(w->fd, (const struct sockaddr *)&all, sizeof(all)))
			return 0;
	}
	code = errno;
	close(w->fd);
	w->fd = -1;
	errno = code;
	return -1;
}

void ctl_watch_close(struct ctl_watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static bool parse(struct seen *s, const uint8_t *p, size_t len)
{
	size_t head = len && p[0] >> 4 == 4 ? (size_t)(p[0] & 15) * 4 : 40;

	if (len < 20 || len < head || head < 20)
		return false;
	if (p[0] >> 4 == 4)
		*s = (struct seen){ .src = p + 12,
				    .dst = p + 16,
				    .proto = p[9] };
	else
		*s = (struct seen){ .src = p + 8,
				    .dst = p + 24,
				    .proto = p[6] };
	/* What follows the first fragment has no ports. */
	if (p[0] >> 4 == 4 && ((p[6] & 0x1f) || p[7]))
		return false;
	s->data = p + head;
	s->len = len - head;
	return true;
}

static unsigned int port(const struct seen *s, size_t at)
{
	return (unsigned int)(s->data[at] << 8 | s->data[at + 1]);
}

/* CTL_TRAFFICS: none of these. */
static enum ctl_traffic kind_of(const struct seen *s)
{
	static const uint8_t marker[4];

	if (s->proto == IPPROTO_ESP || s->proto == IPPROTO_AH)
		return CTL_ESP;
	if (s->proto != IPPROTO_UDP || s->len < 8)
		return CTL_TRAFFICS;
	if (port(s, 0) == IKE_PORT || port(s, 2) == IKE_PORT)
		return CTL_IKE_500;
	if (port(s, 0) != NATT_PORT && port(s, 2) != NATT_PORT)
		return CTL_TRAFFICS;
	/* A keepalive is one byte, and no sign of anything. */
	if (s->len < 12)
		return CTL_TRAFFICS;
	return memcmp(s->data + 8, marker, 4) ? CTL_ESP : CTL_IKE_4500;
}

static bool is_peer(const struct ctl_watch *w, const uint8_t *addr)
{
	return !memcmp(addr, w->peer.b, w->peer.len);
}

/* An error about a packet to the peer, whoever tells it. */
static void count_error(struct ctl_watch *w, const struct seen *s)
{
	bool six = w->peer.len == 16;
	struct seen about;

	if (s->len < 8 ||
	    s->data[0] != (six ? ICMP6_DST_UNREACH : ICMP_UNREACH))
		return;
	if (!parse(&about, s->data + 8, s->len - 8) || !is_peer(w, about.dst))
		return;
	if (s->data[1] ==
		    (six ? ICMP6_DST_UNREACH_NOPORT : ICMP_UNREACH_PORT) ||
	    (!six && s->data[1] == ICMP_UNREACH_PROTOCOL))
		w->no_port++;
	else if (six ? s->data[1] == ICMP6_DST_UNREACH_ADMIN :
		       s->data[1] == ICMP_UNREACH_FILTER_PROHIB ||
				 s->data[1] == ICMP_UNREACH_NET_PROHIB ||
				 s->data[1] == ICMP_UNREACH_HOST_PROHIB)
		w->prohibited++;
	else
		w->no_host++;
}

static void count(struct ctl_watch *w, const struct seen *s, bool out)
{
	enum ctl_traffic kind = kind_of(s);

	if (s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6) {
		if (!out)
			count_error(w, s);
	} else if (kind != CTL_TRAFFICS && is_peer(w, out ? s->dst : s->src)) {
		(out ? w->out : w->in)[kind]++;
	}
}

void ctl_watch_read(struct ctl_watch *w)
{
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	uint8_t buf[SNAP];
	struct seen s;
	ssize_t len;

	if (w->fd < 0)
		return;
	while ((len = recvfrom(w->fd, buf, sizeof(buf), 0,
			       (struct sockaddr *)&from, &size)) >= 0) {
		if (parse(&s, buf, (size_t)len))
			count(w, &s, from.sll_pkttype == PACKET_OUTGOING);
		size = sizeof(from);
	}
}
