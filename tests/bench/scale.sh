# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Parts of guest about numbers, of filters, of SAs, and their memory, and about what changes
# while packets go. What the kernel is told comes from files that messages has written.
MESSAGES=$IPSECDRV_TOP/build/bench/messages

declare -A HAPPENED=()

# once FUNCTION: what more than one row needs
once()
{
	[ -z "${HAPPENED[$1]:-}" ] || return 0
	HAPPENED[$1]=yes
	"$1"
}

# several ROW CONTENDER WORKLOAD COMMAND...: take a sample ROUNDS times, if it is wanted
several()
{
	local round
	[ "$2" = floor ] || wanted "$1" || return 0
	for ((round = 0; round < ROUNDS; round++)); do
		sample "$@"
	done
}

# any ROW...: is one of them wanted?
any()
{
	local row
	for row; do
		! wanted "$row" || return 0
	done
	return 1
}

# replay NAME CONTENDER: tell the kernel; prints what gen does
replay()
{
	gen replay --changes "$MESSAGES/$1.$2" --tx red --rx blue
}

# up_messages CONTENDER NAME: its modules, and what a file makes of them
up_messages()
{
	take_setting aes-gcm
	"up_$1_modules"
	replay "$2" "$1" >/dev/null
}

# counts NAME CONTENDER: the numbers N that there is a file NAME-N for, in their order
counts()
{
	basename -s ".$2" "$MESSAGES/$1"-*".$2" | sed "s/^$1-//" | sort -n
}

# ---- filters

forward_floor()
{
	take_setting ''
	several "forward64 cached" floor forward64 gen_forward --connected
	several "forward64 new-flows" floor forward64 gen_forward --ports 60000
}

# filters_with CONTENDER KIND N
filters_with()
{
	local contender=$1 kind=$2 n=$3 packets=$PACKETS
	any "forward64 cached, $n $kind" "forward64 new-flows, $n $kind" || return 0
	once forward_floor
	say "$contender, $n $kind"
	# XFRM looks at each of them, for each packet
	[ "$contender$kind" != xfrmports ] || [ "$n" -le 10 ] || packets=$((PACKETS / 12))
	up_messages "$contender" "filters-$kind-$n"
	several "forward64 cached, $n $kind" "$contender" forward64 \
		gen_forward --connected --packets "$packets"
	several "forward64 new-flows, $n $kind" "$contender" forward64 \
		gen_forward --ports 60000 --packets "$packets"
	"down_$contender"
}

# cached: one flow. new-flows: each packet is of another one.
part_filters()
{
	local contender kind n
	for kind in prefixes ports; do
		for contender in xfrm ${OURS:+ours}; do
			for n in $(counts "filters-$kind" "$contender"); do
				filters_with "$contender" "$kind" "$n"
			done
		done
	done
}

# ---- SAs

# gen_hosts OPTION...: datagrams to the hosts of 10.10.0.0/15
gen_hosts()
{
	gen udp --device a0 --tx red --rx blue --to 10.10.0.0 --size 64 "$@"
}

# gen_spread N OPTION...: to 10,000 hosts; each packet takes another one of N SA pairs than the
# one before, and each of these has a block of addresses, as messages has it
gen_spread()
{
	local n=$1 step
	shift
	for ((step = 1; step * 2 * n <= 131072; step *= 2)); do :; done
	gen_hosts --addrs "$n" --step $step --each $step --packets 10000 "$@"
}

spread_floor()
{
	take_setting ''
	several "udp64 to 10000 hosts" floor udp64 gen_spread 1
}

# pairs_with CONTENDER N
pairs_with()
{
	local row="udp64 to 10000 hosts, $2 SA pairs"
	wanted "$row" || return 0
	once spread_floor
	say "$1, $2 SA pairs"
	up_messages "$1" "pairs-$2"
	# an SA counts for XFRM once it has received something
	gen_spread "$2" --warm "$2" >/dev/null
	several "$row" "$1" udp64 gen_spread "$2"
	"down_$1"
}

part_sas()
{
	local contender n
	for contender in xfrm ${OURS:+ours}; do
		for n in $(counts pairs "$contender"); do
			pairs_with "$contender" "$n"
		done
	done
}

# ---- changes

# gen_storm OPTION...: to 100 hosts in turn
gen_storm()
{
	gen_hosts --addrs 100 --packets 6000 "$@"
}

storm_floor()
{
	take_setting ''
	several "udp64 to 100 hosts" floor udp64 gen_storm
}

# storm CONTENDER [CHANGES EVERY]: from the beginning, since a change can be made once
storm()
{
	local changes=() status=0
	[ $# -eq 1 ] || changes=(--changes "$MESSAGES/$2.$1" --every "$3")
	up_messages "$1" storm
	gen_storm "${changes[@]}" || status=$?
	"down_$1"
	return $status
}

# storm_of CONTENDER CHANGES EVERY ROW: what a packet costs among them, and what each of them
storm_of()
{
	local contender=$1 row="udp64 to 100 hosts, $2" round
	[ -e "$MESSAGES/$2.$1" ] || return 0
	any "$row" "$4" || return 0
	once storm_floor
	say "$contender, $2"
	for ((round = 0; round < ROUNDS; round++)); do
		sample "$row" "$contender" udp64 storm "$contender" "$2" "$3"
		tell_time "$4" "$contender" change "$(take "$LINE" change)"
	done
}

# tell_time ROW CONTENDER WHAT NS: of the CPU, for each WHAT
tell_time()
{
	case $RING:$3 in
	icount:*)	tell "$1" "$2" "instructions/$3" "$4" ;;
	*:install)	tell "$1" "$2" installs/s "$(awk -v ns="$4" 'BEGIN { print 1e9 / ns }')" ;;
	*)		tell "$1" "$2" "ns/$3" "$4" ;;
	esac
}

part_changes()
{
	local contender
	take_setting aes-gcm
	for contender in xfrm ${OURS:+ours}; do
		if wanted "udp64 to 100 hosts, calm"; then
			once storm_floor
			several "udp64 to 100 hosts, calm" "$contender" udp64 storm "$contender"
		fi
		storm_of "$contender" rekeys 32 "rekey of an SA pair"
		storm_of "$contender" filter-changes 32 "change of a filter"
		storm_of "$contender" table-commits 160 "commit of 1100 filters"
	done
}

# ---- memory, and what it takes to fill it

# what the page allocator has, pages that a CPU keeps for itself included
free_bytes()
{
	local _
	for _ in 1 2 3; do
		sync
		echo 3 >/proc/sys/vm/drop_caches
		pause 0.5
	done
	awk '/nr_free_pages/ { n += $2 } $1 == "count:" { n += $2 } END { printf "%.0f\n", 4096 * n }' \
		/proc/zoneinfo
}

# memory CONTENDER THING FILE N: what the kernel holds for the N things of a file, and what of
# the CPU it takes to make one
memory()
{
	local before after round
	any "memory of $2" "install of $2" || return 0
	for ((round = 0; round < ROUNDS; round++)); do
		"up_$1_modules"
		before=$(free_bytes)
		LINE=$(replay "$3" "$1")
		after=$(free_bytes)
		"down_$1"
		tell "memory of $2" "$1" bytes $(((before - after) / $4))
		tell_time "install of $2" "$1" install \
			"$(awk -v ns="$(take "$LINE" all)" -v n="$4" 'BEGIN { printf "%.1f\n", ns / n }')"
	done
}

part_memory()
{
	local contender
	take_setting aes-gcm
	for contender in xfrm ${OURS:+ours}; do
		say "$contender, memory"
		memory "$contender" "an SA pair" installs 4000
		memory "$contender" "a filter" filters-prefixes-10000 10000
	done
}
