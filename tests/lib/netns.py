# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces, and the topologies the tests use.

    Pair                Red, Blue and the wire between them, a bridge of its own namespace:
                        what is seen on the wire is what crosses, and nothing else.

        +------ red ------+      +------- wire -------+      +------ blue ------+
        |            eth0 |------| red   (br0)   blue |------| eth0             |
        |   10.0.0.1      |      |                    |      |      10.0.0.2    |
        |   fd00::1       |      |                    |      |      fd00::2     |
        +-----------------+      +--------------------+      +------------------+

    Neighbours are permanent on both sides: discovery would be traffic that no test asked
    for, and would go through an IPsec policy that says "everything".
"""
import contextlib
import ctypes
import fcntl
import functools
import os
import socket
import struct

from tap import RING, Skip, cmd, note

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, SIOCGIFHWADDR, IFF_UP = 0x8914, 0x8927, 1
RUN = "/run/netns"
SO_TIMESTAMP = 29
_libc = ctypes.CDLL(None, use_errno=True)


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


@functools.cache
def keep_stamps():
    """A socket that asks for timestamps, as ping's does, and stays. With the first one and after
    the last one the kernel patches its code, and of several emulated processors one that runs
    there meanwhile may execute the breakpoint for ever, or die of it (Oops: int3).
    """
    if RING == "host" or os.cpu_count() == 1:
        return None
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
    return sock


class Namespace:
    """A named namespace; `with ns:` is inside it."""

    _stack = []

    def __init__(self, name):
        keep_stamps()
        self.name = name
        cmd("ip", "netns", "add", name)
        self.fd = os.open(f"{RUN}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        with self.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP))

    def enter(self):
        """For a process that is about to run a command."""
        _setns(self.fd)

    def __enter__(self):
        Namespace._stack.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))
        _setns(self.fd)
        return self

    def __exit__(self, *exc):
        fd = Namespace._stack.pop()
        _setns(fd)
        os.close(fd)

    def cmd(self, *words, **how):
        return cmd(*words, ns=self, **how)

    def ip(self, *lines):
        """A batch of ip(8) commands, in one process."""
        text = "\n".join(lines) + "\n"
        note("\n".join(f"{self.name}: ip {line}" for line in lines))
        cmd("ip", "-n", self.name, "-batch", "-", stdin=text, quiet=True)

    def socket(self, *how):
        with self:
            return socket.socket(*how)

    def sysctl(self, **values):
        """net.ipv4.ip_forward is written net_ipv4_ip_forward; "." in a name stays "/"."""
        with self:
            for name, value in values.items():
                path = "/proc/sys/" + name.replace("__", "\0").replace("_", "/", 2)
                with open(path.replace("\0", "_"), "w", encoding="ascii") as file:
                    file.write(str(value))

    def write(self, path, value):
        with self, open(path, "w", encoding="ascii") as file:
            file.write(str(value))

    def delete(self):
        if self.fd is None:
            return
        os.close(self.fd)
        self.fd = None
        cmd("ip", "netns", "del", self.name)


def mac(ns, dev="eth0"):
    with ns:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            got = fcntl.ioctl(sock, SIOCGIFHWADDR, struct.pack("16s24x", dev.encode()))
    return got[18:24]


def mac_text(address):
    return ":".join(f"{byte:02x}" for byte in address)


def offloads(ns, dev, **onoff):
    """ethtool -K, names with _ for -: offloads(red, "eth0", tso=False)."""
    words = []
    for name, value in onoff.items():
        words += [name.replace("_", "-"), "on" if value else "off"]
    ns.cmd("ethtool", "-K", dev, *words)


def no_dad(ns):
    for knob in "all", "default":
        ns.write(f"/proc/sys/net/ipv6/conf/{knob}/accept_dad", 0)
        ns.write(f"/proc/sys/net/ipv6/conf/{knob}/dad_transmits", 0)
        ns.write(f"/proc/sys/net/ipv6/conf/{knob}/router_solicitations", 0)
        # groups are joined once and for all: no report comes a second later, among counted packets,
        # nor when the address of the link, with the delay of the first solicitation, is in force
        ns.write(f"/proc/sys/net/ipv6/conf/{knob}/mldv2_unsolicited_report_interval", 1)
        ns.write(f"/proc/sys/net/ipv6/conf/{knob}/router_solicitation_delay", 0)
        ns.write(f"/proc/sys/net/ipv6/conf/{knob}/accept_ra", 0)


def link(a, a_dev, b, b_dev, mtu=1500):
    """A veth between two namespaces."""
    cmd("ip", "-n", a.name, "link", "add", a_dev, "mtu", mtu, "type", "veth", "peer", "name",
        b_dev, "mtu", mtu, "netns", b.name)


def nics(a, b):
    """The two devices of tests/nic, which do ESP: nic0 in `a` and nic1 in `b`, with the
    addresses 10.70.0.1, fd70::1 and 10.70.0.2, fd70::2.
    """
    if "IPSECDRV_NIC_KO" not in os.environ:
        raise Skip("no ipsecdrv_nic, which needs a kernel with KUnit")
    cmd("modprobe", "ipsecdrv_nic")
    for i, ns in enumerate((a, b)):
        cmd("ip", "link", "set", f"nic{i}", "netns", ns.name)
    for i, (ns, other) in enumerate(((a, b), (b, a))):
        ns.ip(f"addr add 10.70.0.{i + 1}/24 dev nic{i}",
              f"addr add fd70::{i + 1}/64 dev nic{i} nodad", f"link set nic{i} up",
              *neighbour_lines(f"nic{i}", other, f"nic{1 - i}",
                               [f"10.70.0.{2 - i}", f"fd70::{2 - i}"]))


def neighbour_lines(a_dev, b, b_dev, addresses):
    """For ip(8): another host knows where the addresses of `b` are."""
    where = mac_text(mac(b, b_dev))
    return [f"neigh replace {address} lladdr {where} nud permanent dev {a_dev}"
            for address in addresses]


def neighbours(a, a_dev, b, b_dev, addresses):
    """`a` knows where the addresses of `b` are."""
    a.ip(*neighbour_lines(a_dev, b, b_dev, addresses))


class Pair:
    """Red and Blue, see above."""

    red4, blue4 = "10.0.0.1", "10.0.0.2"
    red6, blue6 = "fd00::1", "fd00::2"

    def __init__(self, mtu=1500, prefix=""):
        self.red = Namespace(prefix + "red")
        self.blue = Namespace(prefix + "blue")
        self.wire = Namespace(prefix + "wire")
        self.all = [self.red, self.blue, self.wire]
        for ns in self.all:
            no_dad(ns)
        link(self.red, "eth0", self.wire, "red", mtu)
        link(self.blue, "eth0", self.wire, "blue", mtu)
        # the bridge speaks for itself to nobody: no IPv6, no snooping, no learning delay
        self.wire.write("/proc/sys/net/ipv6/conf/all/disable_ipv6", 1)
        self.wire.write("/proc/sys/net/ipv6/conf/default/disable_ipv6", 1)
        self.wire.ip(f"link add br0 mtu {mtu} type bridge mcast_snooping 0 stp_state 0",
                     "link set red master br0", "link set blue master br0",
                     # multicast ends here: listener reports come when they like
                     "link set red type bridge_slave mcast_flood off",
                     "link set blue type bridge_slave mcast_flood off",
                     "link set red up", "link set blue up", "link set br0 up")
        own = {self.red: (self.red4, self.red6), self.blue: (self.blue4, self.blue6)}
        for ns, (a4, a6) in own.items():
            other = self.other(ns)
            ns.ip(f"addr add {a4}/24 dev eth0", f"addr add {a6}/64 dev eth0 nodad",
                  "link set eth0 up", *neighbour_lines("eth0", other, "eth0", own[other]))

    def other(self, ns):
        return self.blue if ns is self.red else self.red

    def add_inner(self, name, red, blue, red_dev="eth0", blue_dev="eth0"):
        """Addresses behind the two hosts, for tunnels: on lo, routed over a device by the
        address of the link, of whatever family.
        """
        self.add_inners([(name, red, blue)], red_dev, blue_dev)

    def add_inners(self, inner, red_dev="eth0", blue_dev="eth0"):
        """The same for several, in one go."""
        lines = {self.red: [], self.blue: []}
        for name, red, blue in inner:
            plen, more = (128, "nodad") if ":" in red else (32, "")
            for ns, dev, other_dev, a, b in ((self.red, red_dev, blue_dev, red, blue),
                                             (self.blue, blue_dev, red_dev, blue, red)):
                lines[ns] += [f"addr add {a}/{plen} dev lo {more}",
                              f"route add {b}/{plen} dev {dev} src {a}",
                              *neighbour_lines(dev, self.other(ns), other_dev, [b])]
            note(f"inner {name}: {red} - {blue}")
        for ns, some in lines.items():
            ns.ip(*some)

    def add_sites(self):
        """A host behind each, which is its gateway then: left and right.

            left ---- red ---- wire ---- blue ---- right
            10.1.0.9  10.1.0.1           10.2.0.1  10.2.0.9
            fd01::9   fd01::1            fd02::1   fd02::9
        """
        sites = Namespace("left"), Namespace("right")
        self.all += sites
        for number, (site, gate) in enumerate(zip(sites, (self.red, self.blue)), 1):
            no_dad(site)
            link(site, "eth0", gate, "lan")
            far = 3 - number
            site.ip(f"addr add 10.{number}.0.9/24 dev eth0",
                    f"addr add fd0{number}::9/64 dev eth0 nodad",
                    "link set eth0 up", f"route add default via 10.{number}.0.1",
                    f"route add default via fd0{number}::1")
            gate.ip(f"addr add 10.{number}.0.1/24 dev lan",
                    f"addr add fd0{number}::1/64 dev lan nodad", "link set lan up",
                    f"route add 10.{far}.0.0/24 via 10.0.0.{far}",
                    f"route add fd0{far}::/64 via fd00::{far}")
            gate.write("/proc/sys/net/ipv4/ip_forward", 1)
            gate.write("/proc/sys/net/ipv6/conf/all/forwarding", 1)
        return sites

    def delete(self):
        for ns in self.all:
            ns.delete()


NAT_RULES = """
table ip nat {
	chain post {
		type nat hook postrouting priority srcnat;
		oifname "red" meta l4proto udp masquerade to :20000-29999
	}
	chain pre {
		type nat hook prerouting priority dstnat;
		iifname "red" udp dport { 500, 4500 } dnat to 192.168.7.2
	}
}
"""


class Natted:
    """Blue behind a NAT that gives every flow another port, and that forwards IKE to it so
    that Red can begin, too:

        red eth0 10.0.0.1 ---- red (wire) 10.0.0.254, 192.168.7.1 blue ---- 192.168.7.2 eth0 blue
    """

    red4, router4, blue4 = "10.0.0.1", "10.0.0.254", "192.168.7.2"

    def __init__(self):
        self.red, self.blue = Namespace("red"), Namespace("blue")
        self.wire = Namespace("wire")
        self.all = [self.red, self.blue, self.wire]
        for ns in self.all:
            ns.write("/proc/sys/net/ipv6/conf/default/disable_ipv6", 1)
        link(self.red, "eth0", self.wire, "red")
        link(self.blue, "eth0", self.wire, "blue")
        self.wire.ip(f"addr add {self.router4}/24 dev red", "addr add 192.168.7.1/24 dev blue",
                     "link set red up", "link set blue up")
        self.red.ip(f"addr add {self.red4}/24 dev eth0", "link set eth0 up")
        self.blue.ip(f"addr add {self.blue4}/24 dev eth0", "link set eth0 up",
                     "route add default via 192.168.7.1")
        self.wire.write("/proc/sys/net/ipv4/ip_forward", 1)
        self.wire.cmd("nft", "-f", "-", stdin=NAT_RULES)

    def add_inner(self, name, red, blue):
        """As of Pair, for tunnels."""
        self.red.ip(f"addr add {red}/32 dev lo",
                    f"route add {blue}/32 via {self.router4} src {red}")
        self.blue.ip(f"addr add {blue}/32 dev lo",
                     f"route add {red}/32 via 192.168.7.1 src {blue}")
        note(f"inner {name}: {red} - {blue}")

    def delete(self):
        for ns in self.all:
            ns.delete()


@contextlib.contextmanager
def topology(kind, *args, **how):
    made = kind(*args, **how)
    try:
        yield made
    finally:
        made.delete()
