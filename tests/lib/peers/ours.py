# SPDX-License-Identifier: GPL-2.0-or-later
"""ipsecd with the driver under it."""
import json
import os
import shutil
import signal
import socket

from driver import Driver
from tap import wait

from .daemon import START, Daemon, status_of


class Ours(Daemon):
    name = "ours"

    control = driver = None

    def furnish(self):
        pki = self.pki
        for kind in "rsa", "ecdsa", "ed25519":
            for part, mode in ("crt", 0o644), ("key", 0o600):
                self.room.write(f"/run/{kind}.{part}", pki.read(f"{self.end}-{kind}.{part}"), mode)
        self.room.write("/run/ca.crt", pki.read("ca.crt"))
        self.control = {**os.environ, "IPSECD_RUN": "/run/ipsecd"}
        self.driver = Driver(self.ns)
        self.keys = self.room.path("/run/keys")

    def start(self):
        """The process comes with the link."""

    def configure(self, side):
        self.side = side
        shutil.rmtree(self.keys, ignore_errors=True)
        os.mkdir(self.keys, 0o700)
        self.room.write("/run/psk", side.psk, 0o600)
        # JSON is YAML, too
        self.room.write("/run/policy.yaml", json.dumps(self._policy(side), indent=1))
        self.process = self.room.spawn("ipsecd", "-f", "-p", "/run/policy.yaml", "-s",
                                       "/run/ipsecd", log=self.logfile)
        wait(lambda: self.dead() or self._answers(), START, "ipsecd to answer")

    def _policy(self, side):
        src, dst = (side.inner_local, side.inner_remote) if side.tunnel else \
            (side.local, side.remote)
        rule = {"name": "link", "filters": [{"from": src, "to": dst}],
                "version": side.version, "local-id": side.id_local, "remote-id": side.id_remote,
                "ike": self._ike(side),
                "liveness": int(side.liveness), "idle": 0}
        rule["ah" if side.suite and side.suite.ah else "esp"] = self._child(side)
        rule["pfs"] = "no" if not side.pfs else "yes"
        if side.ppk:
            rule["ppk"] = {"id": side.ppk[0], "file": "ppk"}
            self.room.write("/run/ppk", side.ppk[1], 0o600)
        if side.childless:
            rule["childless"] = "yes"
        if side.tunnel:
            rule["tunnel"] = {"local": side.local, "remote": side.remote}
        if side.auth == "psk":
            rule["psk-file"] = "psk"
        else:
            rule["auth"] = [{"method": side.auth, "cert": f"{side.auth}.crt",
                             "key": f"{side.auth}.key", "ca": "ca.crt"}]
        # what was replaced receives for a while: a second is enough here
        return {"rules": [rule], "ike": {"log": "debug", "keylog": "/run/keys"},
                "config": {"drain-seconds": 1}}

    @staticmethod
    def _ike(side):
        if side.suite:
            return side.suite.ike
        return "aes128-sha256-modp2048" if side.version == 1 else "aes128-sha256-x25519"

    @staticmethod
    def _child(side):
        if side.suite:
            return side.suite.child
        if side.version == 1:
            return "aes128-sha256-modp2048"
        return "aes128-sha1-x25519-noesn" if side.with_("openiked") else \
            "aes128gcm16-x25519-esn-noesn"

    def unconfigure(self):
        # SAs that are left are not the next link's: end without a word
        if self.process and not self.dead():
            self.process.send_signal(signal.SIGQUIT)
        self.stop()

    def close(self):
        super().close()
        self.driver.nl.close()

    def _ctl(self, *words):
        return self.room.cmd("ipsecctl", "ike", *words, env=self.control)

    def _ask(self, command):
        """The control socket without a program between, since it is asked often."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(10)
            sock.connect(self.room.path("/run/ipsecd/control"))
            sock.sendall(json.dumps({"command": command}).encode() + b"\n")
            with sock.makefile() as file:
                return json.loads(file.readline())

    def _answers(self):
        try:
            return "sas" in self._ask("sas")
        except (OSError, ValueError):
            return False

    def initiate(self):
        self._ctl("up", "link")

    def status(self):
        answer = self._ask("sas")
        children = [child for sa in answer["sas"] for child in sa["children"]] + \
            answer["adopted"]
        return status_of(
            (sa["spi_i"] + sa["spi_r"] for sa in answer["sas"] if sa["state"] == "established"),
            (one["spi_in"] + one["spi_out"] for child in children
             if child["state"] in ("installed", "rekeying") for one in child["protections"]))

    def rekey_child(self):
        self._ctl("rekey", "child", "link")

    def rekey_ike(self):
        self._ctl("rekey", "ike", "link")

    def delete(self):
        self._ctl("down", "link")

    def kernel(self):
        # an SPI that was asked for and not used ends by itself, as in XFRM
        return {sa["spi-in"] for pair in self.driver.sas() if pair.get("state") != "larval"
                for sa in pair["protection"]}

    def flush(self):
        self.driver.flush()
        # the filters outlive the daemon
        self.driver.table()

    def statistics(self):
        return {name: value for name, value in self.driver.stats().items() if value}
