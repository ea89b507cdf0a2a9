# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Shared by the scripts of this folder: where things are, and how to say what failed.

# a failure inside $(...) is a failure of the script
shopt -s inherit_errexit

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
GUEST=$TOP/tests/guest
CACHE=${IPSECDRV_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/ipsecdrv}

# every kernel a test can name; icount is stock-6.12 run another way
KERNELS="um um-debug um-simd um-time stock-6.1 stock-6.12 icount debug"

# exit statuses of run, beside the command's own
EX_GUEST=120	# the guest did not start, or was lost
EX_SPLAT=121	# the kernel complained
EX_TIMEOUT=124	# as timeout(1)

say()
{
	printf 'guest: %s\n' "$*" >&2
}

die()
{
	say "error: $*"
	exit "$EX_GUEST"
}

# lock NAME: from here to the end of this script, no other run prepares NAME.
# The caller passes $LOCK_FD>&- to what may outlive it.
lock()
{
	mkdir -p "$CACHE/lock"
	exec {LOCK_FD}>"$CACHE/lock/$1"
	# a short wait is no news, and what a guest's command writes is not mixed with it
	if ! flock -w 5 "$LOCK_FD"; then
		say "waiting for another run that prepares $1"
		flock "$LOCK_FD"
	fi
}

# short hash of what comes on stdin
short_hash()
{
	sha256sum | cut -c1-12
}

# quietly LOG COMMAND...: the output goes to LOG, and is shown only on failure
quietly()
{
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	if ! "$@" </dev/null >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		say "error: $1 failed, full log in $log"
		return 1
	fi
}

# alive PIDS: those that run still; a zombie does not
alive()
{
	local pid
	for pid in $1; do
		sed -n '/^State:\t[^ZX]/p' "/proc/$pid/status" 2>/dev/null || true
	done
}

# descendants PID: the PIDs of what it started, directly or not
descendants()
{
	local child
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		echo "$child"
		descendants "$child"
	done
}
