#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# install.sh: `make install` into a folder: what is there afterwards works from there, and systemd
# finds no fault with the units.
set -uo pipefail

# shellcheck source=tests/unit/command.sh
. "$(dirname "$0")/command.sh"
TOP=$(cd "$(dirname "$0")/../.." && pwd -P)
ROOT=$DIR/root

ends 0 "make install" make -s -C "$TOP/tools" O="$(dirname "$IPSECCTL")/.." install \
	PREFIX="$ROOT/usr" UNITDIR="$ROOT/units" SYSCONFDIR="$ROOT/etc"
for name in sbin/ipsecctl sbin/ipsecd share/man/man8/ipsecctl.8 share/man/man8/ipsecctl-driver.8 \
	share/man/man8/ipsecd.8 share/man/man5/ipsecd-policy.5 \
	share/bash-completion/completions/ipsecctl share/ipsecdrv/examples/server.yaml; do
	[ -s "$ROOT/usr/$name" ]
	result $? "$name is there"
done
[ "$(stat -c %a "$ROOT/etc/ipsecd")" = 700 ]
result $? "the folder of the policy is its owner's"
ends 0 "the ipsecd that was installed runs" "$ROOT/usr/sbin/ipsecd" --schema
ends 0 "so does ipsecctl" "$ROOT/usr/sbin/ipsecctl" help
ends 0 "bash takes the completion" bash -n "$ROOT/usr/share/bash-completion/completions/ipsecctl"
for unit in ipsecd ipsecd-persistent ipsecd-metrics; do
	! grep -q '@[a-z]*@' "$ROOT/units/$unit.service"
	result $? "$unit.service names the programs"
done
if command -v systemd-analyze >/dev/null; then
	ends 0 "systemd takes the units" systemd-analyze verify --man=no "$ROOT"/units/*.service
	[ ! -s "$DIR/err" ]
	result $? "without a word"
	sed -i 's/^ExecStart=/&\/nowhere/' "$ROOT/units/ipsecd.service"
	ends 1 "and would tell" systemd-analyze verify --man=no "$ROOT/units/ipsecd.service"
else
	count=$((count + 1))
	echo "ok $count - systemd takes the units # SKIP there is no systemd-analyze"
fi

finish
