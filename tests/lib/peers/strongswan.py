# SPDX-License-Identifier: GPL-2.0-or-later
"""strongSwan: charon-systemd, told by its control socket what swanctl would tell it."""
from tap import wait

from .daemon import START, Daemon, status_of
from .vici import Failed, Vici

CONF = """
charon-systemd {
	install_routes = no
%s
	journal {
		default = -1
	}
	plugins {
		vici {
			socket = unix:///run/charon.vici
		}
		bypass-lan {
			load = no
		}
	}
}
"""
TESTED = """
	retransmit_timeout = 1.0
	retransmit_base = 1.0
	retransmit_tries = 5
	# signatures of RFC 7427 that Libreswan has, too
	rsa_pss = yes
	# what was replaced is of no more use
	delete_rekeyed_delay = 1
	filelog {
		all {
			path = /var/log/strongswan.log
			default = 1
			ike = 2
			knl = 1
			flush_line = yes
		}
	}
"""


class StrongSwan(Daemon):
    name = "strongswan"
    packages = "strongswan"

    vici = None
    # of charon-systemd
    settings = TESTED

    def furnish(self):
        self.room.write("/etc/strongswan.conf", CONF % self.settings)

    def start(self):
        self.process = self.room.spawn("/usr/sbin/charon-systemd", log=self.logfile + ".err",
                                       env={"STRONGSWAN_CONF": "/etc/strongswan.conf"})
        wait(self._connect, START, "charon's control socket")

    def _connect(self):
        try:
            self.vici = Vici(self.room.path("/run/charon.vici"))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def stop(self):
        if self.vici:
            self.vici.close()
            self.vici = None
        super().stop()

    def configure(self, side):
        self.side = side
        self._credentials(side)
        local = {"auth": "psk" if side.auth == "psk" else "pubkey", "id": side.id_local}
        remote = {"auth": self._remote_auth(side), "id": side.id_remote}
        if side.auth != "psk":
            local["certs"] = [self.pki.read(f"{self.end}-{side.auth}.crt")]
            remote["cacerts"] = [self.pki.read("ca.crt")]
        kind = "ah_proposals" if side.suite and side.suite.ah else "esp_proposals"
        child = {"mode": side.mode, kind: [self._child(side)], "rekey_time": "1h"}
        if side.tunnel:
            child["local_ts"], child["remote_ts"] = [side.inner_local], [side.inner_remote]
        conn = {"version": side.version, "local_addrs": [side.local],
                "remote_addrs": [side.remote], "proposals": [self._ike(side)],
                "mobike": "no", "rekey_time": "4h", "local": local, "remote": remote,
                "children": {"child": child}}
        if side.liveness:
            conn["dpd_delay"] = "1s"
            conn["dpd_timeout"] = "10s"
        if side.ppk:
            conn["ppk_id"], conn["ppk_required"] = side.ppk[0], "yes"
        if side.childless:
            conn["childless"] = "force"
        self.vici.request("load-conn", link=conn)

    def _credentials(self, side):
        """Those of the link alone: in IKEv1 it takes the first key that has the name."""
        self.vici.request("clear-creds")
        if side.ppk:
            self.vici.request("load-shared", id="ppk", type="ppk", data=side.ppk[1],
                              owners=[side.ppk[0]])
        if side.auth == "psk":
            self.vici.request("load-shared", id="psk", type="IKE", data=side.psk,
                              owners=[side.id_local, side.id_remote])
            return
        name = f"{self.end}-{side.auth}"
        self.vici.request("load-cert", type="X509", flag="CA", data=self.pki.read("ca.crt"))
        self.vici.request("load-cert", type="X509", flag="NONE",
                          data=self.pki.read(name + ".crt"))
        self.vici.request("load-key", type="any", data=self.pki.read(name + ".key"))

    @staticmethod
    def _remote_auth(side):
        if side.auth == "psk":
            return "psk"
        # IKEv1 knows no more than the kind of key
        return side.auth if side.auth != "ed25519" and side.version == 2 else "pubkey"

    @staticmethod
    def _ike(side):
        if side.suite:
            return side.suite.ike
        if side.version == 1:
            return "aes128-sha256-modp2048"
        return "aes128-sha256-x25519"

    @staticmethod
    def _child(side):
        if side.suite:
            return side.suite.child
        if side.with_("openiked"):
            return "aes128-sha1-x25519"
        return "aes128-sha256-modp2048" if side.version == 1 else "aes128gcm16-x25519"

    def unconfigure(self):
        for sa in self._sas():
            try:
                self.vici.request("terminate", force="yes", timeout="-1",
                                  **{"ike-id": sa["uniqueid"]})
            except Failed:
                pass
        self.vici.request("unload-conn", name="link")
        self.vici.request("clear-creds")
        wait(lambda: not self._sas(), 5)

    def initiate(self):
        self.vici.request("initiate", child="child", ike="link", timeout="-1")

    def _sas(self):
        return [sa for answer in self.vici.listed("list-sas", "list-sa")
                for name, sa in answer.items() if name == "link"]

    def status(self):
        sas = [sa for sa in self._sas() if sa["state"] == "ESTABLISHED"]
        # a Child SA outlives its IKE SA in version 1
        children = [child for sa in self._sas() for child in sa.get("child-sas", {}).values()
                    if child["state"] == "INSTALLED"]
        return status_of((sa["initiator-spi"] + sa["responder-spi"] for sa in sas),
                         (child["spi-in"] + child["spi-out"] for child in children))

    def rekey_child(self):
        self.vici.request("rekey", child="child")

    def rekey_ike(self):
        # in version 1 one that was replaced may be there, and would be renewed as well
        newest = max(int(sa["uniqueid"]) for sa in self._sas() if sa["state"] == "ESTABLISHED")
        self.vici.request("rekey", **{"ike-id": newest})

    def delete(self):
        try:
            self.vici.request("terminate", ike="link", timeout="-1")
        except Failed as err:
            # in version 1 the one that was replaced may be going already
            if "not all" not in str(err):
                raise
