#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ipsecctl.sh: the command against the driver. Every object it makes is gone at
# the end.
#
#     this namespace              netns peer
#   veth0 10.9.0.1/24 ───────── veth1 10.9.0.2/24
#         fd09::1/64                  fd09::2/64
set -uo pipefail

TOP=${IPSECDRV_TOP:-$(cd "$(dirname "$0")/../.." && pwd -P)}
export PATH=$TOP/build/bin:$PATH
NS=ctl$$
DIR=$(mktemp -d)
count=0 failed=0

cleanup()
{
	local pid
	for pid in $(jobs -p); do
		kill "$pid" 2>/dev/null
	done
	ip netns del "$NS" 2>/dev/null
	ip link del veth0 2>/dev/null
	rm -rf "$DIR"
}
trap cleanup EXIT

result()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		failed=1
		echo "not ok $count - $2"
		head -n 20 "$DIR/out" "$DIR/err" | sed 's/^/# /'
	fi
}

# run STATUS NAME WORD...: ipsecctl driver WORD... ends with that status
run()
{
	local want=$1 name=$2 got=0
	shift 2
	echo "# ipsecctl driver $*"
	ipsecctl driver "$@" >"$DIR/out" 2>"$DIR/err" </dev/null || got=$?
	[ "$got" = "$want" ]
	result $? "$name"
}

# says NAME REGEX: the last command said so
says()
{
	cat "$DIR/out" "$DIR/err" | grep -qE -e "$2"
	result $? "$1"
}

# lacks NAME REGEX
lacks()
{
	! cat "$DIR/out" "$DIR/err" | grep -qE -e "$2"
	result $? "$1"
}

# same NAME FILE FILE
same()
{
	diff "$2" "$3" >"$DIR/diff"
	set -- $? "$1"
	[ "$1" = 0 ] || mv "$DIR/diff" "$DIR/out"
	result "$1" "$2"
}

# until_ok COMMAND...: it succeeds within ten seconds
until_ok()
{
	for _ in $(seq 100); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

in_peer()
{
	ip netns exec "$NS" "$@"
}

setup()
{
	modprobe ipsecdrv || { echo "1..0 # SKIP no driver"; exit 0; }
	ip netns add "$NS"
	ip link add veth0 type veth peer name veth1 netns "$NS"
	ip addr add 10.9.0.1/24 dev veth0
	ip addr add fd09::1/64 dev veth0 nodad
	ip link set veth0 up
	ip link set lo up
	in_peer ip addr add 10.9.0.2/24 dev veth1
	in_peer ip addr add fd09::2/64 dev veth1 nodad
	in_peer ip link set veth1 up
	in_peer ip link set lo up
}

write_table()
{
	cat >"$DIR/table.yaml" <<-EOT
		filters:
		  - {id: 1, from: 10.0.0.0/8, to: any, action: block}
		  - id: 7
		    name: web
		    from: 10.0.0.0/24
		    to: 10.1.0.5
		    proto: tcp
		    dport: 443
		    action: negotiate
		    tunnel: {local: 192.0.2.1, remote: 192.0.2.2}
		    narrow: pair
		    require: [esp, encryption]
		    soft: {reasons: [no-answer], delay: 3000, lifetime: 300}
		    cookie: 0xfedcba9876543210
		  - {id: 8, name: "a: \"b\"", from: 10.0.0.5-10.0.0.20, to: 10.2.0.0/16,
		     action: permit, iface: eth1, mirrored: no}
		  - {id: 9, name: ping, family: 6, proto: icmpv6, icmp-type: 128, action: permit}
		  - {id: 10, family: 4, proto: udp, sport: 1000-2000, class: lan, action: block}
		  - {id: 11, dir: in, from: fd00::/8, proto: 47, action: permit}
		  - {id: 13, family: 6, proto: icmpv6, icmp-type: 130-132, action: block}
		  - {id: 12, from: 10.0.0.0/8, to: any, action: permit}
	EOT
}

test_table()
{
	write_table
	run 0 "a table loads" table load "$DIR/table.yaml"
	says "its size is told" '^filters +8$'
	run 0 "it is shown" table show
	says "with its generation" '^generation +[0-9]+$'
	run 0 "its filters are shown" filter show -v
	says "heaviest first, with weight" 'weight: .* address bits'
	says "the shadowed one is marked" 'shadowed by 1'
	says "exemptions are marked" 'exempt'
	run 0 "it is dumped" table dump
	cp "$DIR/out" "$DIR/one.yaml"
	run 0 "the dump loads" table load "$DIR/one.yaml"
	run 0 "and is dumped" table dump
	same "to the same text" "$DIR/one.yaml" "$DIR/out"
	run 0 "it is dumped as JSON" table dump --json
	cp "$DIR/out" "$DIR/one.json"
	run 0 "the JSON loads" table load "$DIR/one.json"
	run 0 "and is dumped" table dump
	same "to the same text" "$DIR/one.yaml" "$DIR/out"
	run 0 "JSON of filters" --json filter show
	says "has exact cookies" '"cookie": "0xfedcba9876543210"'
}

test_refused()
{
	local generation
	generation=$(ipsecctl driver table show | awk '$1 == "generation" { print $2 }')
	run 1 "another generation is refused" table load "$DIR/table.yaml" \
		--generation $((generation + 9))
	cat >"$DIR/bad.yaml" <<-EOT
		filters:
		  - {id: 3, from: 10.0.0.1, action: permit}
		  - {id: 4, from: 10.0.0.1, to: 224.0.0.0/24, action: negotiate}
	EOT
	run 1 "what the driver refuses is" table load "$DIR/bad.yaml"
	says "named by file and line" "bad.yaml:3: error: filter 4: "
	run 0 "the table is still there" table dump
	same "unchanged" "$DIR/one.yaml" "$DIR/out"
	run 0 "the generation, too" table load "$DIR/table.yaml" --generation "$generation"
	head -c 1000000 /dev/zero | tr '\0' '\377' >"$DIR/junk"
	run 1 "junk is refused" table load "$DIR/junk"
	run 0 "the table" table dump
	same "is unchanged" "$DIR/one.yaml" "$DIR/out"
}

test_filter()
{
	run 0 "a filter is added by words" filter add id 20 name ssh out \
		from 10.9.0.0/24 to 10.9.0.9 proto tcp port 22 permit
	run 0 "it is shown" filter show 20
	says "readable" ' 20 ssh +out permit .* 10.9.0.0/24 -> 10.9.0.9 tcp dport 22  \[mirrored\]'
	run 1 "not twice" filter add id 20 from 10.9.0.1 block
	run 0 "it is deleted" filter del 20
	run 1 "once" filter del 20
	says "the id is named" '20'
	says "and what lists those there are" 'driver filter show'
	run 1 "then it is not shown" filter show 20
}

test_explain()
{
	run 0 "explain: permitted" explain out 10.0.0.7:9 10.2.0.1:9 udp iface eth1
	says "passes" '^verdict  pass'
	run 0 "explain: blocked" explain out 10.0.0.7:9 10.3.0.1:9 udp
	says "drops" '^verdict  drop'
	says "by filter 1" '^filter   1 '
	run 0 "explain: negotiated" explain out 10.0.0.7:9 10.1.0.5:443 tcp
	says "holds" '^verdict  hold'
	says "by the filter's name" '^filter   7 web '
	run 0 "explain: inbound in clear" explain in 10.1.0.5:443 10.0.0.7:9 tcp
	says "drops" '^verdict  drop'
	run 0 "explain: no filter" explain out 192.168.0.1:9 192.168.0.2:9 udp
	says "says so" 'none matches'
	run 0 "in JSON" -j explain out 192.168.0.1:9 192.168.0.2:9 udp
	lacks "there is no filter, either" '"filter"'
	run 0 "explain: a ping" explain out fd00::1 fd00::2 icmpv6 type 128
	says "by filter 9" '^filter   9 ping '
	run 0 "explain in JSON" -j explain out 10.0.0.7:9 10.3.0.1:9 udp
	says "has the verdict" '"verdict": "drop"'
}

test_config()
{
	run 0 "settings are shown" config show
	says "by name" '^default-action +permit$'
	run 0 "one is set" config set default-action=block hold-seconds 9
	run 0 "then" config show
	says "it is so" '^default-action +block$'
	says "and the other" '^hold-seconds +9$'
	run 0 "explain" explain out 192.168.0.1:9 192.168.0.2:9 udp
	says "follows" '^verdict  drop'
	run 0 "it is set back" config set default-action permit
	run 0 "counters are shown" stats
	says "one per line" '^[a-z0-9_]+ +[0-9]+$'
	run 1 "one that is not there" stats no_such_counter
}

test_events()
{
	ipsecctl driver events table --count 1 --timeout 20 >"$DIR/events" &
	until_ok sh -c 'ipsecctl driver table load '"$DIR"'/table.yaml && test -s '"$DIR"'/events'
	wait $!
	result $? "an event of the table is seen"
	grep -q '^table generation [0-9]* filters 8$' "$DIR/events"
	result $? "with generation and size"
	ipsecctl driver --json events >"$DIR/events" &
	until_ok sh -c 'ipsecctl driver table load '"$DIR"'/table.yaml && test -s '"$DIR"'/events'
	kill -INT $!
	wait $!
	result $? "SIGINT ends it with success"
	grep -q '"event": "table"' "$DIR/events"
	result $? "JSON events"
}

test_keys()
{
	run 0 "keys are made" sa keygen local 10.9.0.1 remote 10.9.0.2 filter 5 -o "$DIR/a.yaml"
	run 0 "and mirrored" sa mirror "$DIR/a.yaml" -o "$DIR/b.yaml"
	ipsecctl driver filter add id 5 out from 10.9.0.1 to 10.9.0.2 negotiate
	in_peer ipsecctl driver filter add id 5 out from 10.9.0.2 to 10.9.0.1 negotiate
	! ping -c 1 -W 1 10.9.0.2 >"$DIR/out" 2>&1
	result $? "without SAs nothing passes"
	run 0 "an SA is added" sa add "$DIR/a.yaml"
	says "its id is told" '^sa [0-9]+ slot [0-9]+$'
	in_peer ipsecctl driver sa add "$DIR/b.yaml" >"$DIR/out" 2>"$DIR/err"
	result $? "and the peer's"
	ping -c 3 -i 0.2 -W 2 10.9.0.2 >"$DIR/out" 2>&1
	result $? "then pings pass"
	run 0 "the SA is shown" sa show
	says "with its algorithm" 'aes-gcm-16 256 bits'
	says "and counters" 'in  [1-9][0-9]* packets'
	says "and selector" '10.9.0.1 -> 10.9.0.2'
	# a key of 72 digits would stand out
	lacks "without keys" '[0-9a-f]{40}'
	run 0 "in JSON" --json sa show
	lacks "without keys, too" '[0-9a-f]{40}|"encr-key-in"'
	ID=$(sed -n 's/.*"id": \([0-9]*\).*/\1/p' "$DIR/out" | head -n 1)
	run 0 "one SA" sa show "$ID"
	run 1 "the same SPIs again are refused" sa add "$DIR/a.yaml"
	says "file and line are told" "a.yaml:[0-9]+: error: "
	run 0 "a limit is set" sa update "$ID" soft-seconds 3000 hard-seconds 3600
	run 0 "the SA" sa show "$ID"
	says "has it" 'seconds 3000/3600'
	run 0 "an SPI is reserved" sa get-spi local 10.9.0.1 first 0x5000 last 0x5fff
	says "from the range" '^0x00005[0-9a-f]{3}$'
	run 0 "it is deleted" sa del "$ID"
	run 1 "once" sa del "$ID"
	run 0 "all are" sa flush
}

test_acquire()
{
	ipsecctl driver events acquire --count 1 --timeout 20 >"$DIR/events" &
	until_ok sh -c 'ping -c 1 -W 1 10.9.0.2; test -s '"$DIR"'/events'
	wait $!
	result $? "a packet makes an acquire"
	grep -q 'acquire slot [0-9]* filter 5 ' "$DIR/events"
	result $? "that names the filter"
	ipsecctl driver events >/dev/null &
	until_ok sh -c 'ping -c 1 -W 1 10.9.0.2; ipsecctl driver acquire show | grep -q slot'
	run 0 "it waits" acquire show
	SLOT=$(sed -n 's/^acquire slot \([0-9]*\) .*/\1/p' "$DIR/out" | head -n 1)
	run 0 "it is refused" acquire refuse "${SLOT:-0}" no-answer
	run 1 "a slot that is not there" acquire refuse 4000000000 policy
	kill %% 2>/dev/null
	wait
	ipsecctl driver filter del 5
	in_peer ipsecctl driver filter del 5
	in_peer ipsecctl driver sa flush
}

test_apart()
{
	in_peer ipsecctl driver table show >"$DIR/out" 2>"$DIR/err"
	says "another namespace has its own table" '^filters +0$'
	setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		"$(command -v ipsecctl)" driver table show >"$DIR/out" 2>"$DIR/err"
	[ $? = 1 ]
	result $? "a user is refused"
	says "with the reason" 'CAP_NET_ADMIN in the initial user namespace'
}

test_many()
{
	local start end n=100000
	# the debug kernels check each allocation
	case ${IPSECDRV_RING:-} in *debug*) n=10000 ;; esac
	awk -v n="$n" 'BEGIN {
		print "filters:"
		for (i = 0; i < n; i++)
			printf "- {id: %d, from: 10.%d.%d.%d, to: 192.168.0.0/16, " \
				"proto: tcp, dport: %d, action: negotiate}\n", i + 1,
				i / 65536, i / 256 % 256, i % 256, i % 1000 + 1
	}' >"$DIR/many.yaml"
	start=$(date +%s%N)
	run 0 "$n filters load" table load "$DIR/many.yaml"
	end=$(date +%s%N)
	echo "# in $(((end - start) / 1000000)) ms"
	says "all of them" "^filters +$n$"
	run 0 "they are dumped" table dump
	[ "$(grep -c ' id: \|{id: ' "$DIR/out")" = "$n" ]
	result $? "all of them"
	run 0 "they are cleared" table clear
	says "to none" '^filters +0$'
}

setup
test_table
test_refused
test_filter
test_explain
test_config
test_events
test_keys
test_acquire
test_apart
test_many
trap - EXIT
cleanup
modprobe -r ipsecdrv
result $? "the driver goes, so every object is gone"
ipsecctl driver table show >"$DIR.out" 2>&1
grep -q 'modprobe ipsecdrv' "$DIR.out"
result $? "then it is said how to load it"
rm -f "$DIR.out"
echo "1..$count"
exit $failed
