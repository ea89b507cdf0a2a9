# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests of the family taken apart, so that one thing in them can be made wrong.

A message is a list of nodes [type with flags, payload]; the payload of a nest is a list.
"""
import struct

import nl


def parse(data):
    nodes = []
    while len(data) >= 4:
        length, ident = struct.unpack_from("HH", data)
        payload = data[4:length]
        nodes.append([ident, parse(payload) if ident & nl.NLA_F_NESTED else payload])
        data = data[(length + 3) & ~3:]
    return nodes


def build(nodes):
    return b"".join(nl.tlv(ident, build(payload) if isinstance(payload, list) else payload)
                    for ident, payload in nodes)


def copy(nodes):
    return [[ident, copy(payload) if isinstance(payload, list) else payload]
            for ident, payload in nodes]


def walk(spec, kind, nodes, path=()):
    """(path, attribute of the spec) of every node; a path is indices from the top."""
    for i, (ident, payload) in enumerate(nodes):
        attr = spec.ids[kind].get(ident & nl.NLA_TYPE_MASK)
        yield path + (i,), attr
        if isinstance(payload, list):
            yield from walk(spec, attr["nested-attributes"], payload, path + (i,))


def parent(nodes, path):
    for i in path[:-1]:
        nodes = nodes[i][1]
    return nodes


def padding(data):
    """Is every byte between attributes zero?"""
    while len(data) >= 4:
        length, ident = struct.unpack_from("HH", data)
        if any(data[length:(length + 3) & ~3]):
            return False
        if ident & nl.NLA_F_NESTED and not padding(data[4:length]):
            return False
        data = data[(length + 3) & ~3:]
    return True


class Wrong:
    """One attribute of a request, wrong in every way that its type allows."""

    def __init__(self, spec, kind, nodes):
        self.spec, self.kind, self.nodes = spec, kind, nodes

    def __iter__(self):
        """(what is wrong, payload of the message)"""
        for path, attr in walk(self.spec, self.kind, self.nodes):
            for what, changed in self.attribute(path, attr):
                yield f"{attr['name']}: {what}", build(changed)
        for what, more in self.extra():
            yield what, build(self.nodes) + more

    def change(self, path, function):
        nodes = copy(self.nodes)
        beside = parent(nodes, path)
        function(beside, path[-1])
        return nodes

    def put(self, path, ident=None, payload=None):
        def function(beside, i):
            if ident is not None:
                beside[i][0] = ident
            if payload is not None:
                beside[i][1] = payload
        return self.change(path, function)

    def attribute(self, path, attr):
        ident, payload = parent(self.nodes, path)[path[-1]]
        nest = isinstance(payload, list)
        data = build(payload) if nest else payload
        yield "nested flag wrong", self.put(path, ident ^ nl.NLA_F_NESTED, data)
        if not attr.get("multi-attr"):
            yield "twice", self.change(path, lambda beside, i: beside.append(beside[i]))
        yield "unknown one beside", self.change(
            path, lambda beside, i: beside.append([63, b"\0" * 4]))
        yield "type 0 beside", self.change(path, lambda beside, i: beside.append([0, b""]))
        if nest:
            inner = payload
            for depth in range(1, 21):
                inner = [[ident, inner]]
                if depth in (1, 2, 10, 20):
                    yield f"{depth} too deep", self.put(path, payload=inner)
            yield "one byte too many", self.put(path, payload=data + b"\0")
            yield "noise", self.put(path, payload=b"\xff" * 64)
            return
        yield from self.sizes(path, attr, data)
        yield from self.values(path, attr)

    def sizes(self, path, attr, data):
        if attr["type"] != "flag":
            yield "empty", self.put(path, payload=b"")
            yield "one byte short", self.put(path, payload=data[:-1])
        yield "one byte long", self.put(path, payload=data + b"\0")
        yield "60000 bytes", self.put(path, payload=data + b"\0" * 60000)
        if attr["type"] == "string":
            yield "no NUL", self.put(path, payload=b"a" * max(len(data), 4))
            yield "NUL inside", self.put(path, payload=b"a\0b\0")
            yield "control character", self.put(path, payload=b"a\nb\0")

    def values(self, path, attr):
        if attr["type"] not in nl._NUMBERS:
            return
        size = struct.calcsize(nl._NUMBERS[attr["type"]])
        bad = []
        checks, enum = attr.get("checks", {}), attr.get("enum")
        if "min" in checks:
            bad.append(checks["min"] - 1)
        if isinstance(checks.get("max"), int):
            bad += [checks["max"] + 1, (1 << 8 * size) - 1]
        if enum in self.spec.flags:
            bad += [1 << len(self.spec.flags[enum]), 1 << 31]
        for value in bad:
            if 0 <= value < 1 << 8 * size:
                yield f"value {value}", self.put(
                    path, payload=struct.pack(nl._NUMBERS[attr["type"]], value))

    @staticmethod
    def extra():
        """What follows the last attribute."""
        yield "unknown attribute", nl.tlv(40, b"\0" * 4)
        yield "unknown attribute of the highest type", nl.tlv(0x3fff, b"")
        yield "length beyond the end", struct.pack("HH", 100, 1) + b"\0" * 4
        yield "length below the header", struct.pack("HH", 3, 1)
        yield "a rest", b"\0" * 4
