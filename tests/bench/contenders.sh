# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The contenders: up_NAME CIPHER protects the traffic of topology.sh, down_NAME undoes it
# without a trace. floor protects nothing.
#
# ESP's GSO and GRO slot has one owner. XFRM is only at its best with esp4_offload, loaded
# before its SAs are made; the driver only without. So each loads its modules when it comes
# up and unloads them when it goes.

# bytes of key and salt together
declare -A KEY_BYTES=([aes-gcm]=20 [chacha20-poly1305]=36 [null+gmac]=20 [null]=0)

# key CIPHER SPI: the key of an SA in hexadecimal; it keeps no secret
key()
{
	printf '%.*s' $((KEY_BYTES[$1] * 2)) \
		"$(printf %08x "$2")98badcfe0123456789abcdef0f1e2d3c4b5a69788796a5b4c3d2e1f00badcafe"
}

# unload MODULE...: as soon as the last reference is gone; states are freed later
unload()
{
	local module left
	for module; do
		for left in {30..0}; do
			[ -e "/sys/module/$module" ] || break
			! rmmod "$module" 2>/dev/null || break
			[ "$left" -gt 0 ] || { echo "cannot unload $module" >&2; return 1; }
			sleep 0.1
		done
	done
}

up_floor() { :; }
down_floor() { :; }

# ---- XFRM

# xfrm_algorithm CIPHER SPI
xfrm_algorithm()
{
	local key
	key=0x$(key "$1" "$2")
	case $1 in
	aes-gcm)		echo "aead rfc4106(gcm(aes)) $key 128" ;;
	chacha20-poly1305)	echo "aead rfc7539esp(chacha20,poly1305) $key 128" ;;
	null+gmac)		echo "aead rfc4543(gcm(aes)) $key 128" ;;
	null)			echo 'auth digest_null "" enc ecb(cipher_null) ""' ;;
	esac
}

# xfrm_sa SRC DST SPI CIPHER [OPTION...]: ESN and a window like ours
xfrm_sa()
{
	local src=$1 dst=$2 spi=$3 cipher=$4
	shift 4
	echo "xfrm state add src $src dst $dst proto esp spi $spi mode tunnel" \
		"replay-window 128 flag esn $* $(xfrm_algorithm "$cipher" "$spi")"
}

# xfrm_policy DIR FROM TO SRC DST
xfrm_policy()
{
	echo "xfrm policy add dir $1 src $2 dst $3 tmpl src $4 dst $5 proto esp mode tunnel"
}

xfrm_end()
{
	local dir here=$1 there=$2 from=$3 to=$4 spi_out=$5 spi_in=$6 cipher=$7
	xfrm_sa "$here" "$there" "$spi_out" "$cipher"
	xfrm_sa "$there" "$here" "$spi_in" "$cipher"
	xfrm_policy out "$from" "$to" "$here" "$there"
	for dir in in fwd; do
		xfrm_policy "$dir" "$to" "$from" "$there" "$here"
	done
}

up_xfrm()
{
	unload ipsecdrv
	modprobe -a esp4 esp4_offload
	{
		xfrm_end 10.1.0.1 10.1.0.2 10.9.1.0/24 10.9.2.0/24 0x1001 0x2001 "$1"
		xfrm_sa 10.3.0.1 10.3.0.2 0x3001 "$1"
		xfrm_policy out 10.2.0.0/24 10.9.3.0/24 10.3.0.1 10.3.0.2
	} | ip -n red -batch -
	xfrm_end 10.1.0.2 10.1.0.1 10.9.2.0/24 10.9.1.0/24 0x2001 0x1001 "$1" |
		ip -n blue -batch -
}

down_xfrm()
{
	local ns
	for ns in red blue; do
		ip -n "$ns" xfrm policy flush
		ip -n "$ns" xfrm state flush
	done
	unload esp4_offload esp6_offload
}

# ---- WireGuard

# wireguard_device NS DEVICE PORT SIDE ENDPOINT NETWORK...
wireguard_device()
{
	local ns=$1 device=$2
	ip -n "$ns" link add "$device" mtu 1440 type wireguard
	shift
	in_ns "$ns" "$BENCH/wireguard.py" "$@"
	ip -n "$ns" link set "$device" up
}

# The device for forwarding makes its handshake with blue, and then its packets get the
# route of the other contenders'.
up_wireguard()
{
	modprobe wireguard 2>/dev/null || true
	wireguard_device red wg0 51820 alice 10.1.0.2:51820 10.9.2.0/24
	wireguard_device red wg1 51821 alice 10.3.0.2:51821 10.9.3.0/24
	wireguard_device blue wg0 51820 bob 10.1.0.1:51820 10.9.1.0/24
	wireguard_device blue wg1 51821 bob 10.1.0.1:51821 10.2.0.0/24
	ip -n red -batch - <<-EOT
		route add 10.3.0.2/32 via 10.1.0.2
		route replace 10.9.2.0/24 dev wg0 src 10.9.1.1
		route replace 10.9.3.0/24 dev wg1
	EOT
	ip -n blue -batch - <<-EOT
		address add 10.3.0.2/32 dev lo
		address add 10.9.3.1/32 dev lo
		route replace 10.9.1.0/24 dev wg0 src 10.9.2.1
		route add 10.2.0.0/24 dev wg1
	EOT
	in_ns red ping -q -c 1 -W 5 10.9.2.1 >/dev/null
	in_ns source ping -q -c 1 -W 5 10.9.3.1 >/dev/null
	ip -n red route del 10.3.0.2/32
}

down_wireguard()
{
	local ns
	for ns in red blue; do
		ip -n "$ns" link del wg0
		ip -n "$ns" link del wg1
	done
	ip -n blue address del 10.3.0.2/32 dev lo
	ip -n blue address del 10.9.3.1/32 dev lo
	make_routes
}

# ---- ours

ours_algorithm()
{
	case $1 in
	aes-gcm)		echo aes-gcm-16 ;;
	null+gmac)		echo aes-gmac ;;
	*)			echo "$1" ;;
	esac
}

# ours_filter ID FROM TO LOCAL REMOTE [WORDS]
ours_filter()
{
	echo "  - {id: $1, from: $2, to: $3, action: negotiate," \
		"tunnel: {local: $4, remote: $5}${6:+, $6}}"
}

# ours_sa FILTER LOCAL REMOTE SPI-OUT SPI-IN CIPHER [WORDS]
ours_sa()
{
	echo "  - {filter: $1, mode: tunnel, local: $2, remote: $3, replay-window: 128," \
		"flags: [esn], protections: [{proto: esp, spi-out: $4, spi-in: $5," \
		"encr: $(ours_algorithm "$6"), encr-key-out: $(key "$6" "$4")," \
		"encr-key-in: $(key "$6" "$5")}], lifetime: {idle-seconds: 1000000}${7:+, $7}}"
}

# load NS KIND: a table or SAs from standard input
ours_load()
{
	local file=/run/bench.yaml
	(umask 077; cat >$file)
	case $2 in
	filters)	in_ns "$1" ipsecctl driver table load $file ;;
	sas)		in_ns "$1" ipsecctl driver sa add $file ;;
	esac >/dev/null
	rm $file
}

up_module()
{
	unload esp4_offload esp6_offload
	modprobe ipsecdrv
}

# up_ours CIPHER [WORDS]: WORDS for the filter of what is forwarded
up_ours()
{
	up_module
	{
		echo "filters:"
		ours_filter 1 10.9.1.0/24 10.9.2.0/24 10.1.0.1 10.1.0.2
		ours_filter 2 10.2.0.0/24 10.9.3.0/24 10.3.0.1 10.3.0.2 "${2:-}"
	} | ours_load red filters
	{
		echo "sas:"
		ours_sa 1 10.1.0.1 10.1.0.2 0x1001 0x2001 "$1"
		ours_sa 2 10.3.0.1 10.3.0.2 0x3001 0x4001 "$1"
	} | ours_load red sas
	{
		echo "filters:"
		ours_filter 1 10.9.2.0/24 10.9.1.0/24 10.1.0.2 10.1.0.1
	} | ours_load blue filters
	{
		echo "sas:"
		ours_sa 1 10.1.0.2 10.1.0.1 0x2001 0x1001 "$1"
	} | ours_load blue sas
}

down_ours()
{
	unload ipsecdrv
}

# ours, and what is forwarded goes past the stack
up_fast() { up_ours "$1" "fast-path: yes"; }
down_fast() { down_ours; }
