# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Parts of guest about numbers: of filters, of SAs, and their memory.

# ---- filters

# filters N: a table of N filters beside the one that the packets match. All are more
# specific than that one, so that none of the five shapes is left out of a look-up; half of
# the packets' own hosts, differing in the port alone, for TCP.
filters()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			k = int(i / 5)
			hi = int(k / 256) % 256
			lo = k % 256
			if (i % 5 == 0)
				s = "from: 10.2.0.2, to: 10.9.3.1, proto: tcp, dport: " 1 + k % 60000
			if (i % 5 == 1)
				s = sprintf("from: 10.2.0.2, to: 10.9.3.1, proto: tcp, sport: %d",
					    1 + k % 60000)
			if (i % 5 == 2)
				s = sprintf("from: 10.20.%d.%d, to: 10.30.0.0/16", hi, lo)
			if (i % 5 == 3)
				s = sprintf("from: 10.40.%d.0/24, to: 10.50.%d.0/24", hi, lo)
			if (i % 5 == 4)
				s = sprintf("from: 10.2.0.0/24, to: 10.60.%d.%d, proto: udp, dport: 53",
					    hi, lo)
			printf "  - {id: %d, %s, action: block}\n", 10 + i, s
		}
	}'
}

up_filters()
{
	up_module
	{
		echo "filters:"
		ours_filter 2 10.2.0.0/24 10.9.3.0/24 10.3.0.1 10.3.0.2
		filters "$1"
	} | ours_load red filters
	{
		echo "sas:"
		ours_sa 2 10.3.0.1 10.3.0.2 0x3001 0x4001 aes-gcm
	} | ours_load red sas
}

# several NAME...: take a sample ROUNDS times
several()
{
	local round
	for ((round = 0; round < ROUNDS; round++)); do
		sample "$@"
	done
}

# cached: one flow. new-flows: each packet is of another one.
part_filters()
{
	local n
	several "forward64 new-flows" floor forward64 gen_forward --ports 60000
	[ -n "$OURS" ] || return 0
	for n in 10 100000; do
		say "$n filters"
		up_filters $n
		several "forward64 cached, $n filters" ours forward64 gen_forward --connected
		several "forward64 new-flows, $n filters" ours forward64 \
			gen_forward --ports 60000
		down_ours
	done
}

# ---- SAs

PAIRS=10000

# The pair number i protects what goes to the i-th address of 10.10.0.0/16; a single one
# protects all of it. END is red or blue.

# ours_pairs N END
ours_pairs()
{
	awk -v n="$1" -v end="$2" 'BEGIN {
		print "sas:"
		here = end == "red" ? "10.1.0.1" : "10.1.0.2"
		there = end == "red" ? "10.1.0.2" : "10.1.0.1"
		for (i = 0; i < n; i++) {
			net = n == 1 ? "10.10.0.0/16" : "10.10." int(i / 256) "." i % 256
			out = 65536 + i
			in_ = 131072 + i
			from = "10.9.1.1"
			if (end == "blue") {
				out = in_
				in_ = 65536 + i
				from = net
				net = "10.9.1.1"
			}
			rest = "98badcfe0123456789abcdef0f1e2d3c"
			printf "  - {filter: 1, mode: tunnel, local: %s, remote: %s, ", here, there
			printf "selector: {from: %s, to: %s}, ", from, net
			printf "replay-window: 128, flags: [esn], lifetime: {idle-seconds: 1000000}, "
			printf "protections: [{proto: esp, spi-out: %d, spi-in: %d, ", out, in_
			printf "encr: aes-gcm-16, encr-key-out: %08x%s, ", out, rest
			printf "encr-key-in: %08x%s}]}\n", in_, rest
		}
	}'
}

# ours_pairs_filter N END
ours_pairs_filter()
{
	local narrow='narrow: pair'
	[ "$1" -gt 1 ] || narrow='narrow: filter'
	echo "filters:"
	case $2 in
	red)	ours_filter 1 10.9.1.1 10.10.0.0/16 10.1.0.1 10.1.0.2 "$narrow" ;;
	blue)	ours_filter 1 10.10.0.0/16 10.9.1.1 10.1.0.2 10.1.0.1 "$narrow" ;;
	esac
}

# xfrm_states N: both directions, the same on both ends
xfrm_states()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < 2 * n; i++) {
			ends = i % 2 ? "src 10.1.0.2 dst 10.1.0.1" : "src 10.1.0.1 dst 10.1.0.2"
			spi = (i % 2 ? 131072 : 65536) + int(i / 2)
			printf "xfrm state add %s proto esp spi %d reqid %d mode tunnel ", ends, spi,
			       1 + int(i / 2)
			printf "replay-window 128 flag esn aead rfc4106(gcm(aes)) "
			printf "0x%08x98badcfe0123456789abcdef0f1e2d3c 128\n", spi
		}
	}'
}

# xfrm_policies N DIR: what red sends, and blue takes
xfrm_policies()
{
	awk -v n="$1" -v dir="$2" 'BEGIN {
		for (i = 0; i < n; i++) {
			net = n == 1 ? "10.10.0.0/16" : "10.10." int(i / 256) "." i % 256
			printf "xfrm policy add dir %s src 10.9.1.1 dst %s ", dir, net
			printf "tmpl src 10.1.0.1 dst 10.1.0.2 proto esp reqid %d mode tunnel\n",
			       1 + i
		}
	}'
}

up_pairs_ours()
{
	local end
	up_module
	for end in red blue; do
		ours_pairs_filter "$1" $end | ours_load $end filters
		ours_pairs "$1" $end | ours_load $end sas
	done
}

up_pairs_xfrm()
{
	modprobe -a esp4 esp4_offload
	{ xfrm_states "$1"; xfrm_policies "$1" out; } | ip -n red -batch -
	{ xfrm_states "$1"; xfrm_policies "$1" in; } | ip -n blue -batch -
}

# datagrams to as many addresses as there are pairs, in turn
gen_spread()
{
	gen udp --device a0 --tx red --rx blue --to 10.10.0.0 --addrs $PAIRS \
		--packets $PAIRS --size 64 "$@"
}

part_sas()
{
	local contender n
	several "udp64 to $PAIRS hosts" floor udp64 gen_spread
	for contender in xfrm ${OURS:+ours}; do
		for n in 1 $PAIRS; do
			say "$contender, $n SA pairs"
			"up_pairs_$contender" $n
			several "udp64 to $PAIRS hosts, $n SA pairs" "$contender" udp64 gen_spread
			"down_$contender"
		done
	done
}

# ---- memory

# what the page allocator has, pages that a CPU keeps for itself included
free_bytes()
{
	local _
	for _ in 1 2 3; do
		sync
		echo 3 >/proc/sys/vm/drop_caches
		sleep 0.5
	done
	awk '/nr_free_pages/ { n += $2 } $1 == "count:" { n += $2 } END { print 4096 * n }' \
		/proc/zoneinfo
}

# memory CONTENDER COMMAND: what the kernel holds for the pairs that COMMAND makes in red
memory()
{
	local before after
	before=$(free_bytes)
	"$2"
	after=$(free_bytes)
	echo "sample $RING memory_of_an_SA_pair $1 bytes $(((before - after) / PAIRS)) 0"
}

memory_ours()
{
	ours_pairs $PAIRS red | ours_load red sas
}

memory_xfrm()
{
	xfrm_states $PAIRS | ip -n red -batch -
}

part_memory()
{
	say "memory"
	modprobe -a esp4 esp4_offload
	memory xfrm memory_xfrm
	down_xfrm
	[ -n "$OURS" ] || return 0
	up_module
	ours_pairs_filter $PAIRS red | ours_load red filters
	memory ours memory_ours
	down_ours
}
