# SPDX-License-Identifier: GPL-2.0-or-later
"""Libreswan: pluto, told by whack, its connections read by addconn."""
import os
import shutil

from tap import CommandError, cmd, wait

from . import reasons
from .daemon import START, Daemon, found, status_of
from .pki import IDS, PSK
from .room import cache

TOOLS = "/usr/libexec/ipsec"
CONF = """
config setup
	protostack=xfrm
	ikev1-policy=accept
	uniqueids=no
	nhelpers=0
	dnssec-enable=no
	plutodebug=none
"""


class Libreswan(Daemon):
    name = "libreswan"
    packages = "libreswan"
    # it deletes a second later what it has replaced
    quiet = 1.2

    def furnish(self):
        room = self.room
        room.write("/etc/ipsec.conf", CONF)
        room.write("/etc/ipsec.secrets",
                   f'@{IDS["red"]} @{IDS["blue"]} : PSK "{PSK}"\n'
                   # main mode has to find the secret before it knows a name
                   f'%any %any : PSK "{PSK}"\n', 0o600)
        os.makedirs(room.path("/run/pluto"))
        shutil.copytree(self._database(), room.path("/var/lib/ipsec/nss"))

    def _database(self):
        """NSS keeps keys in a database; filling one takes long, so there is one per end."""
        made = self.pki.path(f"nss-{self.end}")
        if os.path.isdir(made):
            return made
        tools = f"{cache()}/libreswan/usr"
        env = {"LD_LIBRARY_PATH": f"{tools}/lib/x86_64-linux-gnu:"
                                  f"{tools}/lib/x86_64-linux-gnu/nss", "PATH": os.environ["PATH"]}
        new = f"{made}.{os.getpid()}"
        os.makedirs(new)

        def tool(name, *words):
            cmd("env", *(f"{key}={value}" for key, value in env.items()),
                f"{tools}/bin/{name}", *words, quiet=True)

        tool("certutil", "-N", "-d", f"sql:{new}", "--empty-password")
        for kind in "rsa", "ecdsa":
            tool("pk12util", "-i", self.pki.path(f"{self.end}-{kind}.p12"), "-d", f"sql:{new}",
                 "-W", "", "-K", "")
        tool("certutil", "-A", "-d", f"sql:{new}", "-n", "authority", "-t", "CT,,", "-a", "-i",
             self.pki.path("ca.crt"))
        try:
            os.rename(new, made)
        except OSError:
            # another lane was faster
            shutil.rmtree(new)
        return made

    def start(self):
        self.process = self.room.spawn(f"{TOOLS}/pluto", "--config", "/etc/ipsec.conf",
                                       "--nofork", "--stderrlog", log=self.logfile)
        path = self.room.path("/run/pluto/pluto.ctl")
        wait(lambda: os.path.exists(path), START, "pluto's control socket")
        wait(lambda: self._whack("--listen", check=False).returncode == 0, START,
             "pluto to listen")

    def _whack(self, *words, check=True):
        done = self.room.cmd(f"{TOOLS}/whack", *words, check=False)
        # its status is that of the last message of pluto
        if check and done.returncode and "refused" in done.stderr:
            raise CommandError(f"whack {' '.join(words)}: {done.stderr}")
        return done

    def configure(self, side):
        self.side = side
        self.room.write("/run/link.conf", CONF + "\n".join(self._lines(side)) + "\n")
        self.room.cmd(f"{TOOLS}/addconn", "--config", "/run/link.conf", "--ctlsocket",
                      "/run/pluto/pluto.ctl", "link")

    def _lines(self, side):
        lines = ["conn link", f"ikev2={'insist' if side.version == 2 else 'no'}",
                 f"type={side.mode}", f"left={side.local}", f"right={side.remote}",
                 f"leftid=@{side.id_local}", f"rightid=@{side.id_remote}",
                 f"authby={self._auth(side)}", f"ike={self._ike(side)}",
                 f"esp={self._esp(side)}", "auto=add", "leftupdown=%disabled", "mobike=no",
                 "retransmit-timeout=6s", "retransmit-interval=500"]
        if side.auth != "psk":
            lines += [f"leftcert={self.end}-{side.auth}", "leftsendcert=always",
                      "rightca=%same"]
        plen = 128 if side.family == 6 else 32
        if side.tunnel:
            lines += [f"leftsubnet={side.inner_local}/{plen}",
                      f"rightsubnet={side.inner_remote}/{plen}"]
        elif side.remote != side.remote_inside:
            # it does not translate traffic selectors (RFC 7296 section 2.23.1)
            lines.append(f"rightsubnet={side.remote_inside}/{plen}")
        if side.version == 1:
            # see rekey_ike()
            lines += [f"ikelifetime={8 if side.initiator else 3600}", "rekeymargin=2",
                      "rekeyfuzz=0%"]
        if side.liveness:
            # It asks when nothing came for so long. Shorter than the traffic of the other
            # actions pauses, it would cross their requests, and 4.10 answers no request that
            # comes while it waits for an answer ("EXPECTATION FAILED: ... msgid_windows")
            lines += ["dpddelay=3", "dpdtimeout=12", "dpdaction=clear"]
        return [lines[0]] + ["\t" + line for line in lines[1:]]

    def _auth(self, side):
        if side.auth == "ed25519":
            self.refuse("libreswan-ed25519")
        if side.auth == "ecdsa" and side.version == 1:
            self.refuse("libreswan-ikev1-ecdsa")
        return {"psk": "secret", "rsa": "rsasig", "ecdsa": "ecdsa"}[side.auth]

    @staticmethod
    def _ike(side):
        return "aes_cbc128-sha2_256;modp2048" if side.version == 1 else \
            "aes_cbc128-sha2_256;dh31"

    @staticmethod
    def _esp(side):
        if side.with_("openiked"):
            return "aes_cbc128-sha1;dh31"
        return "aes_cbc128-sha2_256;modp2048" if side.version == 1 else "aes_gcm128-none;dh31"

    def unconfigure(self):
        self._whack("--name", "link", "--delete")

    def initiate(self):
        self._whack("--asynchronous", "--name", "link", "--initiate")

    def status(self):
        """States are numbered; newest are those not replaced."""
        text = self._whack("--showstates").stdout
        ike = found(r"#(\d+): .* STATE_(?:V2_ESTABLISHED_IKE_SA|MAIN_I4|MAIN_R3) .* newest;", text)
        child = found(r"#(\d+): .* STATE_(?:V2_ESTABLISHED_CHILD_SA|QUICK_I2|QUICK_R2) .*"
                      r" newest;", text)
        return status_of(ike, child)

    def refuses(self, what):
        # To initiate once more would do, but then it does not take a delete for the end: the
        # "connection is supposed to remain up"
        if self.side.version == 2:
            return None
        word = {"rekey_child": "--rekey-ipsec", "rekey_ike": "--rekey-ike"}[what]
        done = self._whack("--name", "link", word, check=False)
        why = "libreswan-ikev1-rekey"
        return why if reasons.words(why) in done.stdout + done.stderr else None

    def rekey_child(self):
        if self.side.version == 1:
            # another quick mode of the same name takes the place of the first
            self.initiate()
        else:
            self._whack("--asynchronous", "--name", "link", "--rekey-ipsec")

    def rekey_ike(self):
        # in version 1 it does by its timer
        if self.side.version == 2:
            self._whack("--asynchronous", "--name", "link", "--rekey-ike")

    def delete(self):
        self._whack("--asynchronous", "--name", "link", "--terminate")
