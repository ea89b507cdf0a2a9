// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is what user space asks for an SA pair that makes sense, and that its filter allows?
 * Nothing is changed here; each refusal has a text.
 */

#include <linux/inetdevice.h>
#include <net/ipv6.h>

#include "net.h"
#include "pair.h"
#include "slot.h"

static bool spec_is_zero(const struct in6_addr *addr)
{
	return ipv6_addr_any(addr);
}

/** ipd_spec_check_remote() - can an outer packet go to @addr? NULL or why not */
const char *ipd_spec_check_remote(u8 family, const struct in6_addr *addr)
{
	if (spec_is_zero(addr))
		return "remote address is missing";
	if (family == AF_INET6 ? ipv6_addr_is_multicast(addr) :
				 ipv4_is_multicast(addr->s6_addr32[0]) ||
				 ipv4_is_lbcast(addr->s6_addr32[0]))
		return "remote address is not of a single host";
	return NULL;
}

static const char *spec_check_addrs(const struct ipd_pair_spec *spec)
{
	if (spec->family != AF_INET && spec->family != AF_INET6)
		return "local and remote are neither IPv4 nor IPv6";
	if (spec_is_zero(&spec->local))
		return "local address is missing";
	if (spec->family == AF_INET6 ? ipv6_addr_is_multicast(&spec->local) :
				       ipv4_is_multicast(spec->local.s6_addr32[0]) ||
				       ipv4_is_lbcast(spec->local.s6_addr32[0]))
		return "local address is not of a single host";
	return ipd_spec_check_remote(spec->family, &spec->remote);
}

static const char *spec_check_protos(const struct ipd_pair_spec *spec)
{
	unsigned int i;

	if (!spec->n || spec->n > IPSECDRV_PROTOS_MAX)
		return "an SA pair has one or two protocols";
	for (i = 0; i < spec->n; i++)
		if (spec->prot[i].spi[IPSECDRV_DIR_OUT] < IPD_SPI_MIN ||
		    spec->prot[i].spi[IPSECDRV_DIR_IN] < IPD_SPI_MIN)
			return "SPIs 0 to 255 are reserved";
	if (spec->n == 2 && (spec->prot[0].proto != IPSECDRV_PROTO_ESP ||
			     spec->prot[1].proto != IPSECDRV_PROTO_AH))
		return "two protocols are ESP and, around it, AH";
	return NULL;
}

static const char *spec_check_encap(const struct ipd_pair_spec *spec)
{
	if (!spec->encap_local != !spec->encap_remote)
		return "UDP encapsulation needs encap-local and encap-remote";
	if (!spec->encap_local)
		return spec->keepalive ? "keepalive goes with UDP encapsulation" : NULL;
	if (spec->n != 1 || spec->prot[0].proto != IPSECDRV_PROTO_ESP)
		return "UDP encapsulation is for ESP alone";
	return NULL;
}

static const char *spec_check_flags(const struct ipd_pair_spec *spec)
{
	u32 df = IPSECDRV_SA_FLAGS_COPY_DF | IPSECDRV_SA_FLAGS_SET_DF;

	if (spec->mode != IPSECDRV_MODE_TRANSPORT && spec->mode != IPSECDRV_MODE_TUNNEL)
		return "mode is neither transport nor tunnel";
	if ((spec->flags & df) == df)
		return "copy-df and set-df exclude each other";
	if (spec->flags & IPSECDRV_SA_FLAGS_FLOAT && !spec->encap_local)
		return "float goes with UDP encapsulation";
	if (spec->flags & IPSECDRV_SA_FLAGS_DRAIN)
		return "drain is for a pair that is there";
	if (spec->replay_window > IPSECDRV_REPLAY_WINDOW_MAX)
		return "replay-window is too large";
	/* RFC 4303 section 3.3.3: the upper half is inferred from the window. */
	if (spec->flags & IPSECDRV_SA_FLAGS_ESN && !spec->replay_window)
		return "esn needs a replay-window";
	return NULL;
}

/**
 * ipd_spec_check() - what can be said of a pair without looking at filters
 * @in: namespace
 * @spec: what is asked for
 * @extack: says what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int ipd_spec_check(const struct ipd_net *in, const struct ipd_pair_spec *spec,
		   struct netlink_ext_ack *extack)
{
	static const char *(*const checks[])(const struct ipd_pair_spec *spec) = {
		spec_check_addrs, spec_check_protos, spec_check_encap, spec_check_flags,
	};
	const char *why = NULL;
	unsigned int i;
	int err;

	for (i = 0; !why && i < ARRAY_SIZE(checks); i++)
		why = checks[i](spec);
	if (!why)
		why = ipd_limits_check(&spec->limits);
	if (why)
		return ipd_sadb_refuse(extack, -EINVAL, why);

	for (i = 0; i < spec->n; i++) {
		err = ipd_protection_check(&spec->prot[i], spec->flags & IPSECDRV_SA_FLAGS_ESN,
					   in->config.legacy, extack);
		if (err)
			return err;
	}
	return 0;
}

/** ipd_spec_encrypts() - does the protocol keep anything secret? */
bool ipd_spec_encrypts(const struct ipd_protection *prot)
{
	return prot->proto == IPSECDRV_PROTO_ESP && prot->encr != IPSECDRV_ENCR_NONE &&
	       prot->encr != IPSECDRV_ENCR_NULL && prot->encr != IPSECDRV_ENCR_AES_GMAC;
}

static const char *spec_check_require(const struct ipd_pair_spec *spec, u32 require)
{
	bool encrypts = false;
	u32 has = 0;
	unsigned int i;

	for (i = 0; i < spec->n; i++) {
		encrypts |= ipd_spec_encrypts(&spec->prot[i]);
		has |= spec->prot[i].proto == IPSECDRV_PROTO_ESP ? IPSECDRV_REQUIRE_ESP :
								   IPSECDRV_REQUIRE_AH;
	}
	if (require & IPSECDRV_REQUIRE_ENCRYPTION && !encrypts)
		return "filter requires encryption";
	if (require & IPSECDRV_REQUIRE_ESP && !(has & IPSECDRV_REQUIRE_ESP))
		return "filter requires ESP";
	if (require & IPSECDRV_REQUIRE_AH && !(has & IPSECDRV_REQUIRE_AH))
		return "filter requires AH";
	return NULL;
}

/* The filter's endpoints are those of its own direction; any is not given. */
static const char *spec_check_tunnel(const struct ipd_pair_spec *spec,
				     const struct ipd_filter_spec *filter)
{
	bool out = filter->dir == IPSECDRV_DIR_OUT;
	const struct in6_addr *local = out ? &filter->tunnel_local : &filter->tunnel_remote;
	const struct in6_addr *remote = out ? &filter->tunnel_remote : &filter->tunnel_local;
	bool tunnel = filter->flags & IPSECDRV_FILTER_FLAGS_TUNNEL;

	if (tunnel && spec->mode != IPSECDRV_MODE_TUNNEL)
		return "filter asks for tunnel mode";
	if (!tunnel && spec->mode == IPSECDRV_MODE_TUNNEL)
		return "filter asks for transport mode";
	if (!tunnel || !filter->tunnel_family)
		return NULL;
	if (filter->tunnel_family != spec->family)
		return "tunnel endpoints of the filter are of the other family";
	if (!spec_is_zero(local) && ipd_addr_cmp(local, &spec->local))
		return "local is not the filter's tunnel endpoint";
	if (!spec_is_zero(remote) && ipd_addr_cmp(remote, &spec->remote))
		return "remote is not the filter's tunnel endpoint";
	return NULL;
}

static const char *spec_check_filter(const struct ipd_pair_spec *spec,
				     const struct ipd_filter *filter)
{
	const char *why;

	if (filter->spec.action != IPSECDRV_ACTION_NEGOTIATE)
		return "filter does not negotiate";
	why = spec_check_require(spec, filter->spec.require);
	return why ?: spec_check_tunnel(spec, &filter->spec);
}

static bool spec_covers(const struct in6_addr *first, const struct in6_addr *last,
			const struct in6_addr *addr)
{
	return ipd_addr_cmp(first, addr) <= 0 && ipd_addr_cmp(addr, last) <= 0;
}

/* A transport mode SA is between two hosts (RFC 4301 section 4.1). */
static const char *spec_narrow_transport(const struct ipd_pair_spec *spec,
					 struct ipd_selector *sel)
{
	if (sel->family != spec->family)
		return "selector and transport mode SA are of different families";
	if (!spec_covers(&sel->src, &sel->src_last, &spec->local))
		return "local address is not in the selector";
	if (!spec_covers(&sel->dst, &sel->dst_last, &spec->remote))
		return "remote address is not in the selector";
	sel->src_plen = sel->family == AF_INET ? 32 : 128;
	sel->dst_plen = sel->src_plen;
	sel->src = spec->local;
	sel->src_last = spec->local;
	sel->dst = spec->remote;
	sel->dst_last = spec->remote;
	return NULL;
}

static const char *spec_selector(const struct ipd_pair_spec *spec,
				 const struct ipd_selector *filter,
				 const struct ipd_slot *slot, struct ipd_selector *sel)
{
	const char *why;

	*sel = spec->has_sel ? spec->sel : slot ? slot->sel : *filter;
	sel->iface_class = IPSECDRV_IFACE_CLASS_ANY;
	memset(sel->ifname, 0, sizeof(sel->ifname));

	if (spec->mode == IPSECDRV_MODE_TRANSPORT) {
		why = spec_narrow_transport(spec, sel);
		if (why)
			return why;
	}
	if (!ipd_selector_within(sel, filter))
		return "selector is not within the filter's";
	if (slot && !ipd_selector_within(sel, &slot->sel))
		return "selector is not within the slot's";
	return NULL;
}

/**
 * ipd_spec_resolve() - filter and selector of a pair
 * @in: namespace
 * @spec: that passed ipd_spec_check()
 * @filter: the filter it is for
 * @sel: its traffic selectors, outbound, in transport mode of the two hosts only
 * @extack: says what is wrong
 *
 * Return: 0; -ENOENT if there is no such filter or slot; -EINVAL if the filter does not
 * allow the pair.
 */
int ipd_spec_resolve(struct ipd_net *in, const struct ipd_pair_spec *spec,
		     struct ipd_filter **filter, struct ipd_selector *sel,
		     struct netlink_ext_ack *extack)
{
	struct ipd_selector outer;
	struct ipd_slot *slot = NULL;
	const char *why;

	lockdep_assert_held(&in->mutex);

	if (spec->slot) {
		slot = ipd_slot_find(in, spec->slot);
		if (!slot)
			return ipd_sadb_refuse(extack, -ENOENT, "no such slot");
		*filter = ipd_slot_filter(slot);
		if (*filter && spec->filter_id && (*filter)->spec.id != spec->filter_id)
			return ipd_sadb_refuse(extack, -EINVAL, "slot is of another filter");
	} else {
		*filter = ipd_table_find(rcu_dereference_protected(in->table, true),
					 spec->filter_id);
	}
	if (!*filter)
		return ipd_sadb_refuse(extack, -ENOENT, "no such filter");

	ipd_slot_outbound(*filter, &outer);
	why = spec_check_filter(spec, *filter) ?: spec_selector(spec, &outer, slot, sel);
	return why ? ipd_sadb_refuse(extack, -EINVAL, why) : 0;
}
