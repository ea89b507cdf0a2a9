# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The network of the benchmark, made once per boot:
#
#   source                 red                         blue
#   s0 10.2.0.2 --- 10.2.0.1 r0
#                          a0 10.1.0.1 --- 10.1.0.2 b0
#                          d0 10.3.0.1 (dummy: swallows what is forwarded)
#                          lo 10.9.1.1            lo 10.9.2.1, 10.10.0.0/15
#
# Protected, or not, is what goes between 10.9.1.0/24 and 10.9.2.0/24 or 10.10.0.0/15
# through a tunnel from 10.1.0.1 to 10.1.0.2, and from 10.2.0.0/24 to 10.9.3.0/24 through
# one from 10.3.0.1 to 10.3.0.2, whose other end nobody sees; in transport mode what goes
# between 10.9.1.1 and 10.9.2.1.
#
# The same once more with IPv6. Links are wider than 1500, so that segments of one size fit
# all tunnels. Neighbours are permanent: nobody asks for them while something is measured.

in_ns()
{
	ip netns exec "$@"
}

# in_family: text with addresses as FAMILY has them: what is 10.A.B.C in IPv4 is fd00:A:B::C
# in IPv6, and a /24 a /48
in_family()
{
	case $FAMILY in
	4)	cat ;;
	6)	sed -E 's,\b10\.([0-9]+)\.([0-9]+)\.([0-9]+),fd00:\1:\2::\3,g
			s,(::[0-9]+)/24,\1/48,g; s,(::[0-9]+)/32,\1/128,g' ;;
	esac
}

make_topology()
{
	local ns
	modprobe -a veth dummy 2>/dev/null || true
	for ns in red blue source; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
			net.ipv6.conf.default.addr_gen_mode=1 net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.accept_ra=0
		ip -n "$ns" link set lo up
	done
	make_link red a0 02:00:00:00:00:0a blue b0 02:00:00:00:00:0b
	make_link source s0 02:00:00:00:00:05 red r0 02:00:00:00:00:06
	ip -n red link add d0 mtu 1600 type dummy
	ip -n red link set d0 up
	set_features
	for FAMILY in 4 6; do
		make_addresses
		make_routes
	done
}

# make_link NS DEVICE MAC NS DEVICE MAC
make_link()
{
	ip link add "$2" netns "$1" mtu 1600 address "$3" type veth \
		peer name "$5" netns "$4" mtu 1600 address "$6"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

make_addresses()
{
	in_family <<-EOT | ip -n red -batch -
		address add 10.1.0.1/24 dev a0
		address add 10.2.0.1/24 dev r0
		address add 10.3.0.1/24 dev d0
		address add 10.9.1.1/32 dev lo
		neighbour add 10.1.0.2 lladdr 02:00:00:00:00:0b dev a0
		neighbour add 10.2.0.2 lladdr 02:00:00:00:00:05 dev r0
	EOT
	in_family <<-EOT | ip -n blue -batch -
		address add 10.1.0.2/24 dev b0
		address add 10.9.2.1/32 dev lo
		neighbour add 10.1.0.1 lladdr 02:00:00:00:00:0a dev b0
	EOT
	in_family <<-EOT | ip -n source -batch -
		address add 10.2.0.2/24 dev s0
		neighbour add 10.2.0.1 lladdr 02:00:00:00:00:06 dev s0
		route add default via 10.2.0.1
	EOT
	if [ "$FAMILY" = 4 ]; then
		ip -n blue route add local 10.10.0.0/15 dev lo
	fi
}

# also what puts the routes back that WireGuard replaced
make_routes()
{
	in_family <<-EOT | ip -n red -batch -
		route replace 10.9.2.0/24 via 10.1.0.2 src 10.9.1.1
		route replace 10.9.3.0/24 via 10.3.0.2
	EOT
	in_family <<<"route replace 10.9.1.0/24 via 10.1.0.1 src 10.9.2.1" | ip -n blue -batch -
	if [ "$FAMILY" = 4 ]; then
		ip -n red route replace 10.10.0.0/15 via 10.1.0.2 src 10.9.1.1
	fi
}

# Without these a veth passes GSO packets of 64 KiB from socket to socket, and its receiver
# has neither NAPI nor GRO: no path that a network card takes.
set_features()
{
	in_ns red ethtool -K a0 tso off gro on
	in_ns blue ethtool -K b0 tso off gro on
	in_ns source ethtool -K s0 tso off gro on
	in_ns red ethtool -K r0 tso off gro on
}
