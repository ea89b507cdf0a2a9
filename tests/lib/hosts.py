# SPDX-License-Identifier: GPL-2.0-or-later
"""Red and Blue with every mode and family mix laid out at once.

Six ways to talk, each with addresses of its own, so that one table of filters serves them
all and a test only changes SAs:

    name      filter  addresses that talk            addresses on the wire
    4           1     10.0.0.1    - 10.0.0.2         the same (transport mode)
    6           2     fd00::1     - fd00::2          the same
    4in4        3     10.44.0.1   - 10.44.0.2        10.0.0.1 - 10.0.0.2
    6in6        4     fd66::1     - fd66::2          fd00::1  - fd00::2
    4in6        5     10.46.0.1   - 10.46.0.2        fd00::1  - fd00::2
    6in4        6     fd64::1     - fd64::2          10.0.0.1 - 10.0.0.2
"""
import collections

import driver
import netns

Way = collections.namedtuple("Way", "name filter mode red blue outer_red outer_blue")

WAYS = [
    Way("4", 1, "transport", "10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.2"),
    Way("6", 2, "transport", "fd00::1", "fd00::2", "fd00::1", "fd00::2"),
    Way("4in4", 3, "tunnel", "10.44.0.1", "10.44.0.2", "10.0.0.1", "10.0.0.2"),
    Way("6in6", 4, "tunnel", "fd66::1", "fd66::2", "fd00::1", "fd00::2"),
    Way("4in6", 5, "tunnel", "10.46.0.1", "10.46.0.2", "fd00::1", "fd00::2"),
    Way("6in4", 6, "tunnel", "fd64::1", "fd64::2", "10.0.0.1", "10.0.0.2"),
]
BY_NAME = {way.name: way for way in WAYS}


def layout(pair):
    """The inner addresses of a netns.Pair."""
    pair.add_inners([(way.name, way.red, way.blue) for way in WAYS if way.mode == "tunnel"])


def filters(blue=False, ways=WAYS):
    """The negotiate filters, as Red has them or as Blue has."""
    made = []
    for way in ways:
        src, dst, local, remote = way.red, way.blue, way.outer_red, way.outer_blue
        if blue:
            src, dst, local, remote = dst, src, remote, local
        made.append(driver.filter_of(
            way.filter, "negotiate", src, dst, name=f"way {way.name}",
            tunnel=(local, remote) if way.mode == "tunnel" else None))
    return made


def pair(way, *protections, encap=None, esn=False, window=64, flags=(), **more):
    """An SA pair for a way, as Red has it. encap: port, or (local, remote)."""
    made = {"filter": way.filter, "mode": way.mode, "local": way.outer_red,
            "remote": way.outer_blue, "protection": list(protections),
            "replay-window": window, "flags": list(flags) + (["esn"] if esn else []),
            "selector": driver.selector(way.red, way.blue)}
    if encap:
        ports = encap if isinstance(encap, tuple) else (encap, encap)
        made["encap-local"], made["encap-remote"] = ports
    made.update({name.replace("_", "-"): value for name, value in more.items()})
    return made


class Hosts:
    """Red and Blue with the driver in both, or in Red only."""

    def __init__(self, blue=True, mtu=1500, ways=True):
        self.net = netns.Pair(mtu)
        if ways:
            layout(self.net)
        self.red = driver.Driver(self.net.red)
        self.blue = driver.Driver(self.net.blue) if blue else None
        self.drivers = [self.red] + ([self.blue] if blue else [])

    def protect(self, ways=WAYS, *more, **config):
        """The table of all ways, on both sides."""
        self.red.table(*filters(ways=ways), *more, **config)
        if self.blue:
            self.blue.table(*filters(True, ways=ways), **config)

    def add(self, made):
        """An SA pair on both sides; Red's id of it, and Blue's."""
        ids = [self.red.add(made)]
        if self.blue:
            ids.append(self.blue.add(driver.mirror(made)))
        return ids

    def flush(self):
        for one in self.drivers:
            one.flush()

    def check(self):
        """O3 on every host."""
        for one in self.drivers:
            driver.conservation(one)

    def delete(self):
        for one in self.drivers:
            one.nl.close()
        self.net.delete()
