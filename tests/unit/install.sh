#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# install.sh: `make install` into a folder: what is there afterwards works from there, and systemd
# finds no fault with the units. The module goes to the same root, and is found where that is /.
set -uo pipefail

# shellcheck source=tests/unit/command.sh
. "$(dirname "$0")/command.sh"
TOP=$(cd "$(dirname "$0")/../.." && pwd -P)
ROOT=$DIR/root

ends 0 "make install" make -s -C "$TOP/tools" O="$(dirname "$IPSECCTL")/.." install \
	PREFIX="$ROOT/usr" UNITDIR="$ROOT/units" SYSCONFDIR="$ROOT/etc"
for name in sbin/ipsecctl sbin/ipsecd share/man/man8/ipsecctl.8 share/man/man8/ipsecctl-driver.8 \
	share/man/man8/ipsecd.8 share/man/man5/ipsecd-policy.5 \
	share/bash-completion/completions/ipsecctl share/ipsecdrv/examples/server.yaml \
	share/ipsecdrv/examples/grafana.json share/ipsecdrv/counters.rst \
	share/ipsecdrv/output.schema.json share/ipsecdrv/policy.schema.json \
	share/ipsecdrv/ipsecdrv.yaml include/linux/ipsecdrv.h include/linux/ipsecdrv_monitor.h; do
	[ -s "$ROOT/usr/$name" ]
	result $? "$name is there"
done
[ "$(stat -c %a "$ROOT/etc/ipsecd")" = 700 ]
result $? "the folder of the policy is its owner's"
ends 0 "the ipsecd that was installed runs" "$ROOT/usr/sbin/ipsecd" --schema
ends 0 "so does ipsecctl" "$ROOT/usr/sbin/ipsecctl" help
mkdir "$DIR/state"
(umask 077 && echo a long secret >"$DIR/state/site.psk")
IPSECD_STATE=$DIR/state ends 0 "which finds the examples" "$ROOT/usr/sbin/ipsecctl" restore server
ends 0 "bash takes the completion" bash -n "$ROOT/usr/share/bash-completion/completions/ipsecctl"
for unit in ipsecd ipsecd-persistent ipsecd-metrics; do
	! grep -q '@[a-z]*@' "$ROOT/units/$unit.service"
	result $? "$unit.service names the programs"
done
if command -v systemd-analyze >/dev/null; then
	ends 0 "systemd takes the units" systemd-analyze verify --man=no "$ROOT"/units/*.service
	! grep -F "$ROOT/units" "$DIR/err"
	result $? "without a word of them"
	sed -i 's/^ExecStart=/&\/nowhere/' "$ROOT/units/ipsecd.service"
	ends 1 "and would tell" systemd-analyze verify --man=no "$ROOT/units/ipsecd.service"
else
	count=$((count + 1))
	echo "ok $count - systemd takes the units # SKIP there is no systemd-analyze"
fi

# A kernel's build folder, modinfo and depmod that do no more than to say what they are asked for.
mkdir "$DIR/kernel" "$DIR/fake"
# shellcheck disable=SC2016 # for make
printf 'modules_install:\n\t@echo "module to $(INSTALL_MOD_PATH)/"\n' >"$DIR/kernel/Makefile"
printf '#!/bin/sh\necho 6.1.0-fake SMP mod_unload\n' >"$DIR/fake/modinfo"
printf '#!/bin/sh\necho depmod "$@"\n' >"$DIR/fake/depmod"
chmod +x "$DIR/fake"/*

# everything NAME VARIABLE=VALUE...: `make install` of the whole
everything()
{
	PATH="$DIR/fake:$PATH" ends 0 "$1" make -s -C "$TOP" OUT="$(dirname "$IPSECCTL")/.." install \
		KDIR="$DIR/kernel" "${@:2}"
}

everything "make install of the whole" PREFIX="$ROOT/usr" UNITDIR="$ROOT/units" \
	SYSCONFDIR="$ROOT/etc"
says "the module is the system's" '^module to /$'
says "which learns of it" '^depmod 6\.1\.0-fake$'
everything "with DESTDIR" DESTDIR="$ROOT/dest"
says "the module goes there, too" "^module to $ROOT/dest/\$"
! grep -q depmod "$DIR/out"
result $? "without depmod"
[ -x "$ROOT/dest/usr/local/sbin/ipsecctl" ]
result $? "as the tools do"

finish
