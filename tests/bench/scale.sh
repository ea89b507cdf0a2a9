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

# cached: one flow. Uncached: each packet is of a new one.
part_filters()
{
	local round n
	[ -n "$OURS" ] || return 0
	for ((round = 1; round <= $1; round++)); do
		say "filters, round $round of $1"
		sample "forward64 new-flows" floor forward64 gen_forward --ports 60000
		for n in 10 100000; do
			up_filters $n
			sample "forward64 cached, $n filters" ours forward64 \
				gen_forward --connected
			sample "forward64 new-flows, $n filters" ours forward64 \
				gen_forward --ports 60000
			down_ours
		done
	done
}

# ---- SAs

# address N: the N-th of 10.10.0.0/16
address()
{
	echo "10.10.$(($1 / 256)).$(($1 % 256))"
}
