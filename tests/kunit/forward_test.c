// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast path of a gateway: what of a packet's headers leaves it to the stack.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#include "forward.h"
#include "sa.h"

static struct sk_buff *forward_skb(struct kunit *test, u8 family, struct ipd_key *key)
{
	unsigned int hlen = family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	struct sk_buff *skb = ipd_test_skb(test, hlen + sizeof(struct tcphdr));

	*key = (struct ipd_key){ .family = family, .proto = IPPROTO_TCP };
	skb->dev = init_net.loopback_dev;
	skb->pkt_type = PACKET_HOST;
	memset(skb->cb, 0, sizeof(skb->cb));
	memset(skb->data, 0, skb->len);
	if (family == AF_INET)
		*ip_hdr(skb) = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 2, .protocol = 6 };
	else
		*ipv6_hdr(skb) = (struct ipv6hdr){ .version = 6, .hop_limit = 2, .nexthdr = 6 };
	skb_set_transport_header(skb, hlen);
	tcp_hdr(skb)->doff = 5;
	tcp_hdr(skb)->ack = 1;
	return skb;
}

#define EXPECT_UNUSUAL(change, back)					\
do {									\
	change;								\
	KUNIT_EXPECT_TRUE_MSG(test, ipd_forward_is_unusual(skb, &key), #change);	\
	back;								\
	KUNIT_EXPECT_FALSE_MSG(test, ipd_forward_is_unusual(skb, &key), #back);	\
} while (0)

static void forward_any(struct kunit *test, struct sk_buff *skb, struct ipd_key key)
{
	KUNIT_ASSERT_FALSE(test, ipd_forward_is_unusual(skb, &key));
	EXPECT_UNUSUAL(skb->pkt_type = PACKET_OTHERHOST, skb->pkt_type = PACKET_HOST);
	EXPECT_UNUSUAL(skb->pkt_type = PACKET_BROADCAST, skb->pkt_type = PACKET_HOST);
	EXPECT_UNUSUAL(skb->sk = (struct sock *)test, skb->sk = NULL);
	EXPECT_UNUSUAL(skb_set_nfct(skb, 16), skb_set_nfct(skb, 0));
	EXPECT_UNUSUAL(skb->active_extensions = 1, skb->active_extensions = 0);
	EXPECT_UNUSUAL(skb_shinfo(skb)->gso_size = 8, skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4);
}

static void forward_usual4(struct kunit *test)
{
	struct ipd_key key;
	struct sk_buff *skb = forward_skb(test, AF_INET, &key);
	struct iphdr *iph = ip_hdr(skb);

	forward_any(test, skb, key);
	EXPECT_UNUSUAL(iph->ihl = 6, iph->ihl = 5);
	EXPECT_UNUSUAL(iph->ttl = 1, iph->ttl = 2);
	EXPECT_UNUSUAL(iph->ttl = 0, iph->ttl = 255);
	EXPECT_UNUSUAL(IPCB(skb)->flags = IPSKB_FRAG_COMPLETE, IPCB(skb)->flags = 0);
}

static void forward_usual6(struct kunit *test)
{
	struct ipd_key key;
	struct sk_buff *skb = forward_skb(test, AF_INET6, &key);
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	forward_any(test, skb, key);
	EXPECT_UNUSUAL(ip6h->nexthdr = NEXTHDR_HOP, ip6h->nexthdr = NEXTHDR_TCP);
	EXPECT_UNUSUAL(ip6h->hop_limit = 1, ip6h->hop_limit = 2);
	EXPECT_UNUSUAL(ip6h->hop_limit = 0, ip6h->hop_limit = 255);
	EXPECT_UNUSUAL(IP6CB(skb)->frag_max_size = 1280, IP6CB(skb)->frag_max_size = 0);
}

static void forward_tcp_end(struct kunit *test)
{
	u8 families[] = { AF_INET, AF_INET6 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		struct ipd_key key;
		struct sk_buff *skb = forward_skb(test, families[i], &key);
		struct tcphdr *th = tcp_hdr(skb);

		KUNIT_EXPECT_FALSE(test, ipd_forward_is_tcp_end(skb, &key));
		th->syn = 1;
		KUNIT_EXPECT_TRUE(test, ipd_forward_is_tcp_end(skb, &key));
		th->syn = 0;
		th->fin = 1;
		KUNIT_EXPECT_TRUE(test, ipd_forward_is_tcp_end(skb, &key));
		th->fin = 0;
		th->rst = 1;
		KUNIT_EXPECT_TRUE(test, ipd_forward_is_tcp_end(skb, &key));
		key.proto = IPPROTO_UDP;
		KUNIT_EXPECT_FALSE(test, ipd_forward_is_tcp_end(skb, &key));
		key.proto = IPPROTO_TCP;
		th->rst = 0;
		KUNIT_EXPECT_FALSE(test, ipd_forward_is_tcp_end(skb, &key));
		/* whose flags cannot be read */
		skb_trim(skb, skb->len - 1);
		KUNIT_EXPECT_TRUE(test, ipd_forward_is_tcp_end(skb, &key));
	}
}

static struct kunit_case forward_cases[] = {
	KUNIT_CASE(forward_usual4),
	KUNIT_CASE(forward_usual6),
	KUNIT_CASE(forward_tcp_end),
	{}
};

static struct kunit_suite forward_suite = {
	.name = "ipsecdrv_forward",
	.test_cases = forward_cases,
};

kunit_test_suite(forward_suite);
