# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# number.sh: the results of several programs as one TAP stream. Sets count and failed.

count=0 failed=0

# number NAME COMMAND...: the command's results, numbered on
number()
{
	local name=$1 line status=0 out before=$failed
	shift
	out=$("$@") || status=$?
	while IFS= read -r line; do
		case $line in
		"ok "*)
			count=$((count + 1))
			echo "ok $count - $name: ${line#*- }"
			;;
		"not ok "*)
			count=$((count + 1)) failed=$((failed + 1))
			echo "not ok $count - $name: ${line#*- }"
			;;
		1..*) ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <<<"$out"
	# a crash leaves no plan
	if ! grep -q '^1\.\.' <<<"$out" || { [ "$status" -ne 0 ] && [ "$failed" -eq "$before" ]; }; then
		count=$((count + 1)) failed=$((failed + 1))
		echo "not ok $count - $name: ended with status $status"
	fi
}
