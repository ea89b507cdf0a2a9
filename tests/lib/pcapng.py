# SPDX-License-Identifier: GPL-2.0-or-later
"""pcapng files, read by the letter of draft-ietf-opsawg-pcapng: every length and padding is
checked.
"""
import collections
import struct

SECTION, INTERFACE, STATISTICS, PACKET = 0x0a0d0d0a, 1, 5, 6
COMMENT, FLAGS = 1, 2
NAME, RESOLUTION = 2, 9
RECEIVED, DROPPED = 4, 5

Packet = collections.namedtuple("Packet", "interface time data whole comment direction")


class File:
    """What is in it."""

    def __init__(self, data):
        self.interfaces = []  # (linktype, name)
        self.packets = []
        self.statistics = {}
        rest = data
        while rest:
            kind, length = struct.unpack_from("=II", rest)
            if length % 4 or not 12 <= length <= len(rest):
                raise ValueError(f"a block of {length} bytes, and {len(rest)} are left")
            if struct.unpack_from("=I", rest, length - 4)[0] != length:
                raise ValueError("a block's two lengths differ")
            self._block(kind, rest[8:length - 4], first=rest is data)
            rest = rest[length:]

    def _block(self, kind, body, first):
        if (kind == SECTION) != first:
            raise ValueError("no section, or two")
        if kind == SECTION:
            if struct.unpack_from("=IHHq", body) != (0x1a2b3c4d, 1, 0, -1):
                raise ValueError("another byte order or version")
            _options(body[16:])
        elif kind == INTERFACE:
            options = _options(body[8:])
            if options[RESOLUTION] != b"\x09":
                raise ValueError("times are not in ns")
            self.interfaces.append((struct.unpack_from("=H", body)[0], options[NAME].decode()))
        elif kind == PACKET:
            number, high, low, length, whole = struct.unpack_from("=IIIII", body)
            options = _options(body[20 + (length + 3) // 4 * 4:])
            flags = struct.unpack("=I", options[FLAGS])[0]
            self.packets.append(Packet(self.interfaces[number][1], high << 32 | low,
                                       body[20:20 + length], whole,
                                       options.get(COMMENT, b"").decode(),
                                       (None, "in", "out")[flags]))
        elif kind == STATISTICS:
            options = _options(body[12:])
            self.statistics = {name: struct.unpack("=Q", options[code])[0]
                               for name, code in (("received", RECEIVED), ("dropped", DROPPED))}
        else:
            raise ValueError(f"a block of type {kind}")


def _options(data):
    found = {}
    while True:
        code, length = struct.unpack_from("=HH", data)
        if not code:
            if length or len(data) != 4:
                raise ValueError("something behind the last option")
            return found
        found[code] = data[4:4 + length]
        if any(data[4 + length:4 + (length + 3) // 4 * 4]):
            raise ValueError("padding is not zero")
        data = data[4 + (length + 3) // 4 * 4:]


def read(path):
    with open(path, "rb") as file:
        return File(file.read())
