# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenIKED: iked, a process for each link, because it begins when its configuration says so
and has one private key at a time.
"""
import os

from tap import wait

from .daemon import START, Daemon, found, status_of

EMPTY = "/var/lib/openiked/empty"
# bytes after which a Child SA is replaced: how iked is told to
BYTES = 400000


class OpenIked(Daemon):
    name = "openiked"
    packages = "openiked"
    abrupt = True

    def furnish(self):
        room = self.room
        for name, line in (("passwd", f"_iked:x:899:899::{EMPTY}:/usr/sbin/nologin"),
                           ("group", "_iked:x:899:")):
            with open(f"/etc/{name}", encoding="utf-8") as file:
                room.write(f"/etc/{name}", file.read().rstrip() + "\n" + line + "\n")
        os.makedirs(room.path(EMPTY))
        # a link to where it can be changed
        os.symlink("/run/iked", room.path("/etc/iked"))

    def start(self):
        """The process comes with the link."""

    def configure(self, side):
        self.side = side
        if side.version == 1:
            self.refuse("openiked-ikev1")
        if side.auth == "ed25519":
            self.refuse("openiked-ed25519")
        room, kind = self.room, "ecdsa" if side.auth == "psk" else side.auth
        name = f"{self.end}-{kind}"
        for part in "ca", "certs", "crls", "private", "pubkeys/fqdn":
            os.makedirs(room.path(f"/run/iked/{part}"), exist_ok=True)
        room.write("/run/iked/ca/ca.crt", self.pki.read("ca.crt"))
        room.write(f"/run/iked/certs/{side.id_local}.crt", self.pki.read(name + ".crt"))
        room.write("/run/iked/private/local.key", self.pki.read(name + ".key"), 0o600)
        room.write("/run/iked/local.pub", self.pki.read(name + ".pub"))
        room.write("/run/iked.conf", self._config(side), 0o600)
        if not side.initiator:
            self._run()

    def _config(self, side):
        src, dst = (side.inner_local, side.inner_remote) if side.tunnel else \
            (side.local, side.remote)
        auth = f'psk "{side.psk}"' if side.auth == "psk" else "rfc7427"
        return f"""
set dpd_check_interval {1 if side.liveness else 0}
set fragmentation
set nomobike
ikev2 "link" {"active" if side.initiator else "passive"} {side.mode} esp \\
	{"inet6" if side.family == 6 else "inet"} \\
	from {src} to {dst} local {side.local} peer {side.remote} \\
	ikesa enc aes-128 auth hmac-sha2-256 prf hmac-sha2-256 group curve25519 \\
	childsa enc aes-128 auth hmac-sha1 group curve25519 noesn \\
	srcid {side.id_local} dstid {side.id_remote} \\
	ikelifetime 6 lifetime 3h bytes {BYTES} \\
	{auth}
"""

    def _run(self):
        self.process = self.room.spawn("/usr/sbin/iked", "-d", "-vv", "-f", "/run/iked.conf",
                                       log=self.logfile)
        # what comes before its configuration is complete, it answers and then forgets
        wait(lambda: "stickyaddress" in self.log() or self.dead(), START, "iked to be ready")

    def unconfigure(self):
        self.stop()
        path = self.room.path("/run/iked.sock")
        if os.path.exists(path):
            os.unlink(path)

    def initiate(self):
        self._run()

    def _ctl(self, *words):
        return self.room.cmd("/usr/sbin/ikectl", *words, check=False).stdout

    def status(self):
        text = self._ctl("show", "sa")
        return status_of(found(r"iked_sas: .* rspi (0x\w+) ispi .* ESTABLISHED ", text),
                         # R is replaced
                         found(r"sa_childsas: \S+ ESP (0x\w+) in .* \(L[AP]*\)", text))

    def rekey_child(self):
        """It does when enough bytes have passed; the traffic that asks for it is ours."""
        return BYTES

    def rekey_ike(self):
        """It does by its timer."""

    def delete(self):
        self._ctl("reset", "id", f"FQDN/{self.side.id_remote}")
