# SPDX-License-Identifier: GPL-2.0-or-later
"""Many hosts on one bridge, each with an ipsecd of its own where the policy is one text:

        +-- h1 --+  +-- h2 --+       +-- hN --+  +- outsider -+  +- intruder -+
        |  eth0  |  |  eth0  |  ...  |  eth0  |  |    eth0    |  |    eth0    |
        +---+----+  +---+----+       +---+----+  +-----+------+  +-----+------+
        ====+===========+======= br0 ====+=============+===============+=======  (wire)
           .1          .2               .N           .250            .251

An outsider has no ipsecd; an intruder has one, with a certificate of another authority.
"""
import os

import ipsecd
import netns
import packet
import traffic
from tap import cmd, wait

NET = "10.50.0."
OUTSIDER, INTRUDER = 250, 251


def address(number):
    return f"{NET}{number}"


def mac(number):
    return f"02:50:00:00:00:{number:02x}"


class Authority:
    """A certificate authority, and the certificates that it gives."""

    def __init__(self, folder, name):
        self.base = f"{folder}/{name}"
        self._request(name, self.base, "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    @staticmethod
    def _request(name, base, *more):
        cmd("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", f"/O=mesh/CN={name}", "-days", "2", "-keyout", base + ".key",
            "-out", base + ".pem", *more, quiet=True)

    def read(self):
        with open(self.base + ".pem", encoding="ascii") as file:
            return file.read()

    def give(self, daemon, name):
        """host.pem and host.key beside a daemon's policy."""
        base = f"{daemon.folder}/host"
        self._request(name, base, "-CA", self.base + ".pem", "-CAkey", self.base + ".key",
                      "-addext", "basicConstraints=critical,CA:FALSE",
                      "-addext", f"subjectAltName=DNS:{name}.mesh.example",
                      "-addext", "keyUsage=digitalSignature")
        os.chmod(base + ".key", 0o600)


class Host:
    """A namespace with one address, and pings that it sends."""

    def __init__(self, wire, number, name):
        self.number, self.name, self.address = number, name, address(number)
        self.ns = netns.Namespace(name)
        self.daemon = None
        self.ns.write("/proc/sys/net/ipv6/conf/default/disable_ipv6", 1)
        cmd("ip", "-n", wire.name, "link", "add", name, "type", "veth", "peer", "name", "eth0",
            "address", mac(number), "netns", name, quiet=True)
        self.echo = traffic.Echo(self.ns)

    def up(self, numbers):
        """Knows where all others are: nothing needs to be asked."""
        cmd("ip", "-n", self.name, "-batch", "-", quiet=True, stdin="\n".join(
            [f"addr add {self.address}/24 dev eth0", "link set eth0 up"] +
            [f"neigh replace {address(other)} lladdr {mac(other)} nud permanent dev eth0"
             for other in numbers if other != self.number]) + "\n")

    def install(self, policy, authority, ca):
        """An ipsecd, its policy and its certificate, not started."""
        self.daemon = ipsecd.Daemon(self.ns)
        self.daemon.write("policy.yaml", policy)
        self.daemon.write("ca.pem", ca)
        authority.give(self.daemon, self.name)

    def ping(self, other):
        self.echo.send(other.address, other.number)

    def heard(self, others):
        """From how many of them an answer came."""
        self.echo.read()
        return len(self.echo.answered & {one.number for one in others})

    def memory(self):
        """KiB of its daemon, of both processes: resident, and its share of what is shared."""
        rss = pss = 0
        for pid in self.daemon.process.pid, self.daemon.worker():
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                for line in file:
                    word, *rest = line.split()
                    rss += int(rest[0]) if word == "Rss:" else 0
                    pss += int(rest[0]) if word == "Pss:" else 0
        return rss, pss

    def delete(self):
        self.echo.close()
        if self.daemon:
            self.daemon.delete()
        self.ns.delete()


class Mesh:
    """`count` members, the two others, and the wire."""

    def __init__(self, count):
        self.wire = netns.Namespace("wire")
        self.wire.write("/proc/sys/net/ipv6/conf/default/disable_ipv6", 1)
        names = {number: f"h{number}" for number in range(1, count + 1)}
        names.update({OUTSIDER: "outsider", INTRUDER: "intruder"})
        self.all = [Host(self.wire, number, name) for number, name in names.items()]
        *self.members, self.outsider, self.intruder = self.all
        cmd("ip", "-n", "wire", "-batch", "-", quiet=True, stdin="\n".join(
            ["link add br0 type bridge mcast_snooping 0 stp_state 0", "link set br0 up"] +
            [f"link set {name} master br0 up" for name in names.values()]) + "\n")
        for host in self.all:
            host.up(names)
        self.tap = packet.Wire(self, None)

    def start(self):
        """All daemons at once."""
        daemons = [host.daemon for host in self.all if host.daemon]
        for daemon in daemons:
            daemon.start(ready=False)
        for daemon in daemons:
            wait(daemon.is_ready, 120, f"{daemon.name}'s ipsecd to be ready")

    def crossed(self):
        """What crossed the bridge since the last time, each packet once."""
        return [one for one in self.tap.take() if one.inward]

    def delete(self):
        self.tap.close()
        for host in self.all:
            host.delete()
        self.wire.delete()
