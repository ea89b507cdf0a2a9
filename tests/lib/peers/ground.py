# SPDX-License-Identifier: GPL-2.0-or-later
"""Red, Blue and a router between them, that may be a NAT.

        +------ red ------+      +----- router -----+      +------ blue ------+
        |            eth0 |------| red         blue |------| eth0             |
        |   10.1.0.1      |      | .254        .254 |      |      10.2.0.1    |
        |   fd01::1       |      | ::fe        ::fe |      |      fd02::1     |
        | lo 10.44.1.1    |      |  [masquerade ->] |      | lo 10.44.2.1     |
        |    fd44::1:1    |      |                  |      |    fd44::2:1     |
        +-----------------+      +------------------+      +------------------+

The addresses on lo are what tunnels are for. The router knows the way to them, so a packet
that escapes in clear arrives, and is seen. As a NAT it gives Red's UDP its own address and
other ports, and lets neither ESP nor AH through.
"""
import select
import socket
import struct

import netns
import packet
from tap import cmd

ADDRESS = {"red": {4: "10.1.0.1", 6: "fd01::1"}, "blue": {4: "10.2.0.1", 6: "fd02::1"}}
ROUTER = {"red": {4: "10.1.0.254", 6: "fd01::fe"}, "blue": {4: "10.2.0.254", 6: "fd02::fe"}}
INNER = {"red": {4: "10.44.1.1", 6: "fd44::1:1"}, "blue": {4: "10.44.2.1", 6: "fd44::2:1"}}

NAT = """
table inet nat {
	chain out {
		type nat hook postrouting priority srcnat;
		oifname "blue" meta l4proto udp masquerade to :20000-29999
	}
	chain through {
		type filter hook forward priority filter;
		meta l4proto { esp, ah } drop
	}
}
"""


class Ground:
    """The namespaces. Red's address is in three more ways: as Blue sees it."""

    def __init__(self, prefix=""):
        self.red = netns.Namespace(prefix + "red")
        self.router = netns.Namespace(prefix + "router")
        self.blue = netns.Namespace(prefix + "blue")
        self.all = [self.red, self.router, self.blue]
        for ns in self.all:
            netns.no_dad(ns)
        self._router()
        for end in "red", "blue":
            self._host(end)
        self.nat = False
        self.wire = Wire(self, "blue")
        # on the other side of the NAT
        self.inside = Wire(self, "red")

    def ns(self, end):
        return self.red if end == "red" else self.blue

    @staticmethod
    def address(end, family):
        return ADDRESS[end][family]

    @staticmethod
    def inner(end, family):
        return INNER[end][family]

    @staticmethod
    def seen(end, family, nat):
        """The address of an end, as the other one sees it."""
        return ROUTER["blue"][family] if nat else ADDRESS[end][family]

    def _router(self):
        self.router.write("/proc/sys/net/ipv4/ip_forward", 1)
        self.router.write("/proc/sys/net/ipv6/conf/all/forwarding", 1)
        for end in "red", "blue":
            netns.link(self.ns(end), "eth0", self.router, end)
            self.router.ip(f"addr add {ROUTER[end][4]}/24 dev {end}",
                           f"addr add {ROUTER[end][6]}/64 dev {end} nodad",
                           f"link set {end} up")

    def _host(self, end):
        ns = self.ns(end)
        ns.ip(f"addr add {ADDRESS[end][4]}/24 dev eth0",
              f"addr add {ADDRESS[end][6]}/64 dev eth0 nodad",
              f"addr add {INNER[end][4]}/32 dev lo", f"addr add {INNER[end][6]}/128 dev lo nodad",
              "link set eth0 up", f"route add default via {ROUTER[end][4]}",
              f"route add ::/0 via {ROUTER[end][6]}")
        self.router.ip(f"route add {INNER[end][4]}/32 via {ADDRESS[end][4]}",
                       f"route add {INNER[end][6]}/128 via {ADDRESS[end][6]}")
        netns.neighbours(ns, "eth0", self.router, end, [ROUTER[end][4], ROUTER[end][6]])
        netns.neighbours(self.router, end, ns, "eth0", [ADDRESS[end][4], ADDRESS[end][6]])

    def set_nat(self, nat):
        if nat != self.nat:
            cmd("nft", "-f", "-", ns=self.router, quiet=True,
                stdin=NAT if nat else "delete table inet nat\n")
            self.nat = nat

    def delete(self):
        self.wire.close()
        self.inside.close()
        for ns in self.all:
            ns.delete()


class Ike:
    """The header of an IKE message on the wire."""

    def __init__(self, seen, data, natt):
        self.src, self.dst = seen.src, seen.dst
        self.initiator, self.responder, _, version, self.exchange, self.flags, self.ident, \
            self.length = struct.unpack_from(">8s8sBBBBII", data)
        self.major = version >> 4
        self.natt = natt

    @property
    def response(self):
        return bool(self.flags & 0x20)

    @property
    def spis(self):
        return self.initiator + self.responder


class Wire:
    """What passes between the router and an end: Blue is behind the NAT, if it is one."""

    def __init__(self, ground, end):
        self.sock = ground.router.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
        self.sock.bind((end, packet.ETH_P_ALL))
        self.sock.setblocking(False)
        self.frames = []
        self.ike, self.esp, self.clear = [], [], []

    def close(self):
        self.sock.close()

    def forget(self):
        """A new link: keep nothing of the one before."""
        self.take()
        self.frames = []
        self.clean()

    def clean(self):
        """From here on."""
        self.take()
        self.ike, self.esp, self.clear = [], [], []

    def take(self, seconds=0):
        """Sort what was seen since the last time into ike, esp and clear."""
        while select.select([self.sock], [], [], seconds)[0]:
            frame = self.sock.recv(1 << 16)
            seconds = 0
            self.frames.append(frame)
            seen = packet.parse(frame[14:])
            if seen:
                self._sort(seen)
        return self

    def _sort(self, seen):
        if seen.frag & 0x1fff:
            return
        if seen.proto in (packet.ESP, packet.AH):
            self.esp.append((seen.src, seen.dst, seen.payload[:4] if seen.proto == packet.ESP
                             else seen.payload[4:8], seen.proto))
            return
        # neighbours and multicast listeners are nobody's traffic
        if seen.dst.startswith("ff") or seen.src.startswith("fe80:") or \
                seen.proto == packet.ICMPV6 and 133 <= seen.payload[0] <= 137:
            return
        ports = struct.unpack_from(">HH", seen.payload + bytes(4))
        data = seen.payload[8:]
        if seen.proto != packet.UDP or not {500, 4500} & set(ports):
            self.clear.append(seen)
        elif 500 in ports and len(data) >= 28:
            self.ike.append(Ike(seen, data, False))
        elif data[:4] == bytes(4) and len(data) >= 32:
            self.ike.append(Ike(seen, data[4:], True))
        elif len(data) > 8:
            self.esp.append((seen.src, seen.dst, data[:4], packet.UDP))

    def spis(self, src=None):
        """The SPIs of what was seen, or of what came from one side."""
        return {spi for source, _, spi, _ in self.esp if src in (None, source)}

    def pcap(self, path, chosen=iter):
        """Everything of this link, for Wireshark, or what is chosen of it."""
        self.take()
        with open(path, "wb") as file:
            file.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for frame in chosen(self.frames):
                file.write(struct.pack("=IIII", 0, 0, len(frame), len(frame)) + frame)
