# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The network of the benchmark, made once per boot:
#
#   source                 red                         blue
#   s0 10.2.0.2 --- 10.2.0.1 r0
#                          a0 10.1.0.1 --- 10.1.0.2 b0
#                          d0 10.3.0.1 (dummy: swallows what is forwarded)
#                          lo 10.9.1.1            lo 10.9.2.1, 10.10.0.0/16
#
# Protected, or not, is what goes between 10.9.1.0/24 and 10.9.2.0/24 or 10.10.0.0/16
# through a tunnel from 10.1.0.1 to 10.1.0.2, and from 10.2.0.0/24 to 10.9.3.0/24 through
# one from 10.3.0.1 to 10.3.0.2, whose other end nobody sees.

in_ns()
{
	ip netns exec "$@"
}

make_topology()
{
	local ns
	modprobe -a veth dummy 2>/dev/null || true
	for ns in red blue source; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1 net.ipv4.ip_forward=1
		ip -n "$ns" link set lo up
	done
	ip -batch - <<-EOT
		link add a0 netns red type veth peer name b0 netns blue
		link add s0 netns source type veth peer name r0 netns red
	EOT
	ip -n red -batch - <<-EOT
		link add d0 type dummy
		address add 10.1.0.1/24 dev a0
		address add 10.2.0.1/24 dev r0
		address add 10.3.0.1/24 dev d0
		address add 10.9.1.1/32 dev lo
		link set a0 up
		link set r0 up
		link set d0 up
	EOT
	ip -n blue -batch - <<-EOT
		address add 10.1.0.2/24 dev b0
		address add 10.9.2.1/32 dev lo
		link set b0 up
		route add local 10.10.0.0/16 dev lo
	EOT
	ip -n source -batch - <<-EOT
		address add 10.2.0.2/24 dev s0
		link set s0 up
		route add default via 10.2.0.1
	EOT
	make_routes
	set_features
}

# also what puts the routes back that WireGuard replaced
make_routes()
{
	ip -n red -batch - <<-EOT
		route replace 10.9.2.0/24 via 10.1.0.2 src 10.9.1.1
		route replace 10.10.0.0/16 via 10.1.0.2 src 10.9.1.1
		route replace 10.9.3.0/24 via 10.3.0.2
	EOT
	ip -n blue route replace 10.9.1.0/24 via 10.1.0.1 src 10.9.2.1
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
