# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# command.sh: what ipsecctl and ipsecd do, as numbered results. Needs IPSECCTL; sets IPSECD, DIR
# (a folder of the test's own), count and failed.

IPSECCTL=${IPSECCTL:?}
IPSECD=$(dirname "$IPSECCTL")/ipsecd
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT
count=0 failed=0

# result STATUS NAME: a failure shows what the last command said
result()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		failed=1
		echo "not ok $count - $2"
		sed 's/^/# /' "$DIR/out" "$DIR/err"
	fi
}

# ends STATUS NAME COMMAND...: it ends with that status
ends()
{
	local want=$1 name=$2 got=0
	shift 2
	"$@" >"$DIR/out" 2>"$DIR/err" </dev/null || got=$?
	[ "$got" = "$want" ]
	result $? "$name (status $got)"
}

# run, daemon STATUS NAME WORD...: ipsecctl, ipsecd
run()
{
	ends "$1" "$2" "$IPSECCTL" "${@:3}"
}

daemon()
{
	ends "$1" "$2" "$IPSECD" "${@:3}"
}

# says NAME REGEX: the last command said so
says()
{
	grep -qE -e "$2" "$DIR/out" "$DIR/err"
	result $? "$1"
}

# finish: the plan, and the status of the test
finish()
{
	echo "1..$count"
	exit "$failed"
}
