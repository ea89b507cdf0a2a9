# SPDX-License-Identifier: GPL-2.0-or-later
"""A storm: N hosts that negotiate with one at the same moment, until the last is up.

All hosts are one ipsecd in Red, with a rule whose filter is of a network: each address of it is
a host with an IKE SA and a Child SA of its own, and is set off by a datagram to Blue, where the
subject is.
"""
import ipaddress
import socket
import struct
import time

import quiet
import tap
from peers import model

NET = ipaddress.ip_network("10.9.0.0/16")
PORT = 7000
IP_PKTINFO, SO_SNDBUFFORCE, SO_RCVBUFFORCE = 8, 32, 33
# hosts that the driver lets wait for a negotiation at one time, about
LIMIT = 16000
# what ipsecd's sockets have; what all datagrams fit in; what is as good as no limit
BUFFER, PLENTY, NEVER = 8 << 20, 1 << 26, 1000000
PAUSE = 0.01
WARM = 3  # hosts, not measured


class Incomplete(Exception):
    """Not all hosts came up."""


class StrongSwan(quiet.StrongSwan):
    """With tables for many SAs, which it has not by itself."""

    def __init__(self, ground, end, pki, cookies):
        super().__init__(ground, end, pki)
        words = ["ikesa_table_size = 1024", "ikesa_table_segments = 16", "block_threshold = 0",
                 "cookie_threshold_ip = 0", f"cookie_threshold = {cookies or 0}"]
        self.settings += "\t" + "\n\t".join(words)

    def configure(self, side):
        side.id_remote = "%any"
        super().configure(side)

    def unconfigure(self):
        # it would tell each host that it ends
        self.process.kill()
        self.process.wait()

    def pairs(self):
        return self.xfrm.count() // 2


class Ours(quiet.Ours):
    """Every host in Red is called as its address."""

    def __init__(self, ground, end, pki, cookies):
        super().__init__(ground, end, pki)
        self.cookies = cookies

    def _policy(self, side):
        policy = super()._policy(side)
        rule = policy["rules"][0]
        rule["narrow"] = "pair"
        if side.initiator:
            del rule["local-id"]
        else:
            rule["remote-id"] = "any"
        policy["ike"]["limits"] = {"half-open": NEVER, "cookie-threshold": self.cookies or NEVER}
        policy["config"].update({"hold-total": 65536, "hold-seconds": 300})
        return policy

    def pairs(self):
        with open(f"/proc/{self.process.pid}/net/ipsecdrv/stats", encoding="ascii") as file:
            for line in file:
                if line.startswith("qm_active "):
                    return int(line.split()[1])
        raise ValueError("no qm_active")

    def counters(self):
        return self.tell("counters")["counters"]


class Storm:
    def __init__(self, ground, pki, count, cookies):
        self.ground = ground
        self.pki = pki
        self.cookies = cookies
        self.hosts = [NET[1 + i].packed for i in range(WARM + count)]
        ground.red.ip(f"route add local {NET} dev lo")
        ground.router.ip(f"route add {NET} via {ground.address('red', 4)}")
        # a burst is as long as the storm
        with open("/proc/sys/net/core/rmem_default", "w", encoding="ascii") as file:
            file.write(str(BUFFER))
        self.sender = ground.red.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # what is held for a negotiation is still the sender's
        self.sender.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, PLENTY)
        self.receiver = ground.blue.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, PLENTY)
        self.receiver.bind(("", PORT))
        self.receiver.setblocking(False)

    def close(self):
        self.sender.close()
        self.receiver.close()

    def _set_off(self, hosts):
        for host in hosts:
            where = struct.pack("=i4s4x", 0, host)
            self.sender.sendmsg([b"storm"], [(socket.IPPROTO_IP, IP_PKTINFO, where)], 0,
                                (self.ground.address("blue", 4), PORT))

    def _arrived(self, seen):
        """Of how many hosts the datagram was received, protected: in clear none gets through."""
        try:
            while True:
                seen.add(self.receiver.recvfrom(16)[1][0])
        except BlockingIOError:
            return len(seen)

    def _up(self, red, blue, count):
        """Wait until so many hosts have an SA pair with Blue."""
        end = time.monotonic() + 20 + count / 20
        while blue.pairs() < count:
            if time.monotonic() > end:
                self._complain(red, blue, f"{blue.pairs()} of {count} hosts have an SA pair")
            time.sleep(PAUSE)

    @staticmethod
    def _complain(red, blue, what):
        said = {name: value for name, value in red.counters().items() if value}
        raise Incomplete(f"a storm on {blue.name}: {what}; the hosts' counters: {said}")

    def sample(self, subject):
        """What one storm took."""
        made = {}
        link = model.Link(subject, "ours", "IKEv2", "psk", "responder", "transport", "direct",
                          "IPv4")
        sides = {end: model.Side(link, end, self.ground) for end in ("red", "blue")}
        sides["red"].local = sides["blue"].remote = str(NET)
        sides["red"].liveness = False
        try:
            for end, kind in ("red", Ours), ("blue", Ours if subject == "ours" else StrongSwan):
                made[end] = kind(self.ground, end, self.pki, self.cookies)
                made[end].prepare()
                made[end].configure(sides[end])
                # also opens what pairs() needs
                assert not made[end].kernel()
            return self._measure(**made)
        finally:
            for daemon in made.values():
                daemon.unconfigure()
                daemon.flush()
                daemon.close()

    def _measure(self, red, blue):
        self._set_off(self.hosts[:WARM])
        self._up(red, blue, WARM)
        counted = red.counters()
        before = [quiet.spent(daemon) for daemon in (red, blue)]
        start = time.monotonic_ns()
        self._set_off(self.hosts[WARM:])
        self._up(red, blue, len(self.hosts))
        took = time.monotonic_ns() - start
        cpu = [quiet.spent(daemon) - then for daemon, then in zip((red, blue), before)]
        seen = set()
        if not tap.wait(lambda: self._arrived(seen) == len(self.hosts), 5):
            self._complain(red, blue, f"datagrams of {len(seen)} of {len(self.hosts)} hosts came")
        grown = {name: value - counted[name] for name, value in red.counters().items()}
        return {"ring": tap.RING, "subject": blue.name, "hosts": len(self.hosts) - WARM,
                "time": took, "cpu": cpu[1], "hosts_cpu": cpu[0],
                "again": grown["retransmitted"], "failed": grown["negotiation_failures"]}
