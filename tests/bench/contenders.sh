# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The contenders: up_NAME SETTING protects the traffic of topology.sh, down_NAME undoes it
# without a trace. floor protects nothing.
#
# ESP's GSO and GRO slot has one owner. XFRM is only at its best with esp4_offload, loaded
# before its SAs are made; the driver only without. So each loads its modules when it comes
# up and unloads them when it goes.

# bytes of key and salt together, and of the key of an integrity algorithm
declare -A KEY_BYTES=([aes-gcm]=20 [aes-256-gcm]=36 [chacha20-poly1305]=36 [null+gmac]=20
	[aes-cbc+sha256]=16 [null]=0)
declare -A INTEGRITY_BYTES=([aes-cbc+sha256]=32 [ah-sha256]=32)

# A setting is a cipher, and words for what is not ESP in tunnel mode over IPv4 with a window
# of 128: transport, ipv6, nat-t, "window N", "fast path" of what is forwarded. Without a
# cipher it is one of who knows none.
# take_setting SETTING
take_setting()
{
	local words
	read -ra words <<<"${1//,/}"
	CIPHER='' MODE=tunnel FAMILY=4 ENCAP='' WINDOW=128 FAST=''
	set -- "${words[@]}"
	while [ $# -gt 0 ]; do
		case $1 in
		transport)	MODE=transport ;;
		ipv6)		FAMILY=6 ;;
		nat-t)		ENCAP=yes ;;
		window)		WINDOW=$2; shift ;;
		fast)		FAST=", fast-path: yes"; shift ;;
		*)		CIPHER=$1 ;;
		esac
		shift
	done
}

# key BYTES SPI: the key of an SA in hexadecimal; it keeps no secret
key()
{
	printf '%.*s' $(($1 * 2)) \
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
			pause 0.1
		done
	done
}

# can CONTENDER SETTING: does it know that at all?
can()
{
	case $1:$2 in
	ours:null*)		[ "${2%% *}" != null ] ;;	# refused without integrity
	xfrm:*"window 65536")	false ;;			# 4,096 at most
	xfrm:*"fast path")	false ;;			# has none
	*)			[ "$1" != ours ] || [ -n "$OURS" ] ;;
	esac
}

up_floor() { take_setting "$1"; }
down_floor() { :; }

# ---- XFRM

# xfrm_algorithm SPI
xfrm_algorithm()
{
	local key integrity
	key=0x$(key "${KEY_BYTES[$CIPHER]:-0}" "$1")
	integrity="auth-trunc hmac(sha256) 0x$(key "${INTEGRITY_BYTES[$CIPHER]:-0}" "$1") 128"
	case $CIPHER in
	aes-gcm | aes-256-gcm)	echo "aead rfc4106(gcm(aes)) $key 128" ;;
	chacha20-poly1305)	echo "aead rfc7539esp(chacha20,poly1305) $key 128" ;;
	null+gmac)		echo "aead rfc4543(gcm(aes)) $key 128" ;;
	aes-cbc+sha256)		echo "enc cbc(aes) $key $integrity" ;;
	ah-sha256)		echo "$integrity" ;;
	null)			echo 'auth digest_null "" enc ecb(cipher_null) ""' ;;
	esac
}

# protocol of the setting
protocol()
{
	case $CIPHER in
	ah-*)	echo ah ;;
	*)	echo esp ;;
	esac
}

# xfrm_sa SRC DST SPI [OPTION...]: ESN and a window like ours
xfrm_sa()
{
	local src=$1 dst=$2 spi=$3 options="mode $MODE replay-window $WINDOW flag esn"
	shift 3
	# RFC 4302 wants its header aligned to 32 bits over IPv4, which Linux must be told
	[ "$(protocol)$FAMILY" != ah4 ] || options+=" flag align4"
	[ -z "$ENCAP" ] || set -- "$@" encap espinudp 4500 4500 0.0.0.0
	echo "xfrm state add src $src dst $dst proto $(protocol) spi $spi $options" \
		"$(xfrm_algorithm "$spi") $*"
}

# xfrm_policy DIR FROM TO SRC DST
xfrm_policy()
{
	echo "xfrm policy add dir $1 src $2 dst $3" \
		"tmpl src $4 dst $5 proto $(protocol) mode $MODE"
}

# xfrm_end HERE THERE FROM TO SPI-OUT SPI-IN
xfrm_end()
{
	local dir here=$1 there=$2 from=$3 to=$4 spi_out=$5 spi_in=$6
	xfrm_sa "$here" "$there" "$spi_out"
	xfrm_sa "$there" "$here" "$spi_in"
	xfrm_policy out "$from" "$to" "$here" "$there"
	for dir in in fwd; do
		xfrm_policy "$dir" "$to" "$from" "$there" "$here"
	done
}

# xfrm_load NS: from standard input
xfrm_load()
{
	in_family | ip -n "$1" -batch -
}

up_xfrm_modules()
{
	unload ipsecdrv
	modprobe -a "esp$FAMILY" "esp${FAMILY}_offload" "ah$FAMILY"
}

up_xfrm()
{
	take_setting "$1"
	up_xfrm_modules
	case $MODE in
	tunnel)
		{
			xfrm_end 10.1.0.1 10.1.0.2 10.9.1.0/24 10.9.2.0/24 0x1001 0x2001
			xfrm_sa 10.3.0.1 10.3.0.2 0x3001
			xfrm_policy out 10.2.0.0/24 10.9.3.0/24 10.3.0.1 10.3.0.2
		} | xfrm_load red
		xfrm_end 10.1.0.2 10.1.0.1 10.9.2.0/24 10.9.1.0/24 0x2001 0x1001 | xfrm_load blue
		;;
	transport)
		xfrm_end 10.9.1.1 10.9.2.1 10.9.1.1/32 10.9.2.1/32 0x1001 0x2001 | xfrm_load red
		xfrm_end 10.9.2.1 10.9.1.1 10.9.2.1/32 10.9.1.1/32 0x2001 0x1001 | xfrm_load blue
		;;
	esac
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

# wireguard_device NS DEVICE PORT SIDE ENDPOINT PORT NETWORK
wireguard_device()
{
	local ns=$1 device=$2
	ip -n "$ns" link add "$device" mtu 1500 type wireguard
	shift
	in_ns "$ns" "$BENCH/wireguard.py" "$@"
	ip -n "$ns" link set "$device" up
}

wireguard_devices()
{
	local words
	in_family <<-EOT | while read -ra words; do wireguard_device "${words[@]}"; done
		red wg0 51820 alice 10.1.0.2 51820 10.9.2.0/24
		red wg1 51821 alice 10.3.0.2 51821 10.9.3.0/24
		blue wg0 51820 bob 10.1.0.1 51820 10.9.1.0/24
		blue wg1 51821 bob 10.1.0.1 51821 10.2.0.0/24
	EOT
}

# The device for forwarding makes its handshake with blue, and then its packets get the
# route of the other contenders'.
up_wireguard()
{
	take_setting "$1"
	modprobe wireguard 2>/dev/null || true
	wireguard_devices
	in_family <<-EOT | ip -n red -batch -
		route add 10.3.0.2/32 via 10.1.0.2
		route replace 10.9.2.0/24 dev wg0 src 10.9.1.1
		route replace 10.9.3.0/24 dev wg1
	EOT
	in_family <<-EOT | ip -n blue -batch -
		address add 10.3.0.2/32 dev lo
		address add 10.9.3.1/32 dev lo
		route replace 10.9.1.0/24 dev wg0 src 10.9.2.1
		route add 10.2.0.0/24 dev wg1
	EOT
	in_ns red ping -q -c 1 -W 5 "$(in_family <<<10.9.2.1)" >/dev/null
	in_ns source ping -q -c 1 -W 5 "$(in_family <<<10.9.3.1)" >/dev/null
	in_family <<<"route del 10.3.0.2/32" | ip -n red -batch -
}

down_wireguard()
{
	local ns
	for ns in red blue; do
		ip -n "$ns" link del wg0
		ip -n "$ns" link del wg1
	done
	in_family <<-EOT | ip -n blue -batch -
		address del 10.3.0.2/32 dev lo
		address del 10.9.3.1/32 dev lo
	EOT
	make_routes
}

# ---- ours

# ours_algorithm SPI-OUT SPI-IN
ours_algorithm()
{
	local encr='' integ=''
	case $CIPHER in
	aes-gcm | aes-256-gcm)	encr=aes-gcm-16 ;;
	chacha20-poly1305)	encr=chacha20-poly1305 ;;
	null+gmac)		encr=aes-gmac ;;
	aes-cbc+sha256)		encr=aes-cbc integ=hmac-sha2-256-128 ;;
	ah-sha256)		integ=hmac-sha2-256-128 ;;
	esac
	printf 'proto: %s' "$(protocol)"
	[ -z "$encr" ] || ours_keys encr $encr "${KEY_BYTES[$CIPHER]}" "$@"
	[ -z "$integ" ] || ours_keys integ $integ "${INTEGRITY_BYTES[$CIPHER]}" "$@"
}

# ours_keys encr|integ ALGORITHM BYTES SPI-OUT SPI-IN
ours_keys()
{
	printf ', %s: %s, %s-key-out: %s, %s-key-in: %s' "$1" "$2" "$1" "$(key "$3" "$4")" \
		"$1" "$(key "$3" "$5")"
}

# ours_filter ID FROM TO LOCAL REMOTE [WORDS]
ours_filter()
{
	local more=${6:-}
	[ "$MODE" = transport ] || more+=", tunnel: {local: $4, remote: $5}"
	echo "  - {id: $1, from: $2, to: $3, action: negotiate$more}"
}

# ours_sa FILTER LOCAL REMOTE SPI-OUT SPI-IN
ours_sa()
{
	local encap=''
	[ -z "$ENCAP" ] || encap="encap: {local: 4500, remote: 4500}, "
	echo "  - {filter: $1, mode: $MODE, local: $2, remote: $3, replay-window: $WINDOW," \
		"${encap}flags: [esn], protections: [{spi-out: $4, spi-in: $5," \
		"$(ours_algorithm "$4" "$5")}], lifetime: {idle-seconds: 1000000}}"
}

# ours_load NS KIND: a table or SAs from standard input
ours_load()
{
	local file=/run/bench.yaml
	(umask 077; in_family >$file)
	case $2 in
	filters)	in_ns "$1" ipsecctl driver table load $file ;;
	sas)		in_ns "$1" ipsecctl driver sa add $file ;;
	esac >/dev/null
	rm $file
}

# ours_end NS HERE THERE FROM TO SPI-OUT SPI-IN: red forwards as well
ours_end()
{
	{
		echo "filters:"
		ours_filter 1 "$4" "$5" "$2" "$3"
		[ "$1$MODE" != redtunnel ] ||
			ours_filter 2 10.2.0.0/24 10.9.3.0/24 10.3.0.1 10.3.0.2 "$FAST"
	} | ours_load "$1" filters
	{
		echo "sas:"
		ours_sa 1 "$2" "$3" "$6" "$7"
		[ "$1$MODE" != redtunnel ] || ours_sa 2 10.3.0.1 10.3.0.2 0x3001 0x4001
	} | ours_load "$1" sas
}

up_ours_modules()
{
	unload esp4_offload esp6_offload
	modprobe ipsecdrv
}

up_ours()
{
	take_setting "$1"
	up_ours_modules
	case $MODE in
	tunnel)
		ours_end red 10.1.0.1 10.1.0.2 10.9.1.0/24 10.9.2.0/24 0x1001 0x2001
		ours_end blue 10.1.0.2 10.1.0.1 10.9.2.0/24 10.9.1.0/24 0x2001 0x1001
		;;
	transport)
		ours_end red 10.9.1.1 10.9.2.1 10.9.1.1 10.9.2.1 0x1001 0x2001
		ours_end blue 10.9.2.1 10.9.1.1 10.9.2.1 10.9.1.1 0x2001 0x1001
		;;
	esac
}

down_ours()
{
	unload ipsecdrv
}
