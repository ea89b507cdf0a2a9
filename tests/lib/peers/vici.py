# SPDX-License-Identifier: GPL-2.0-or-later
"""The protocol of strongSwan's control socket, as much as a test needs: a request and its
answer, and the events of a request that lists. (Documented in strongSwan's
src/libcharon/plugins/vici/README.md.)
"""
import socket
import struct

REQUEST, RESPONSE, UNKNOWN, REGISTER, _, CONFIRM, _, EVENT = range(8)
SECTION, END, KEY, LIST, ITEM, LIST_END = range(1, 7)


class Failed(Exception):
    """charon said no."""


def encode(values):
    """A dict of strings, lists and dicts."""
    made = b""
    for name, value in values.items():
        head = bytes([len(name)]) + name.encode()
        if isinstance(value, dict):
            made += bytes([SECTION]) + head + encode(value) + bytes([END])
        elif isinstance(value, list):
            made += bytes([LIST]) + head
            made += b"".join(bytes([ITEM]) + _sized(item) for item in value)
            made += bytes([LIST_END])
        else:
            made += bytes([KEY]) + head + _sized(value)
    return made


def _sized(value):
    data = value if isinstance(value, bytes) else str(value).encode()
    return struct.pack(">H", len(data)) + data


def decode(data):
    stack, at = [{}], 0

    def take(width):
        nonlocal at
        size = int.from_bytes(data[at:at + width], "big")
        at += width + size
        return data[at - size:at].decode(errors="replace")

    while at < len(data):
        kind = data[at]
        at += 1
        if kind == SECTION:
            inner = {}
            stack[-1][take(1)] = inner
            stack.append(inner)
        elif kind == LIST:
            inner = []
            stack[-1][take(1)] = inner
            stack.append(inner)
        elif kind in (END, LIST_END):
            stack.pop()
        elif kind == ITEM:
            stack[-1].append(take(2))
        else:
            name = take(1)
            stack[-1][name] = take(2)
    return stack[0]


class Vici:
    """A connection to charon."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(path)

    def close(self):
        self.sock.close()

    def _send(self, kind, name, body=b""):
        body = bytes([kind, len(name)]) + name.encode() + body
        self.sock.sendall(struct.pack(">I", len(body)) + body)

    def _receive(self):
        length = struct.unpack(">I", self._exactly(4))[0]
        data = self._exactly(length)
        kind, body = data[0], data[1:]
        if kind == EVENT:
            body = body[1 + body[0]:]
        return kind, decode(body)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.sock.recv(size - len(data))
            if not part:
                raise Failed("charon closed its control socket")
            data += part
        return data

    def request(self, name, /, **values):
        """The answer. Failed if charon reports no success."""
        self._send(REQUEST, name, encode(values))
        kind, answer = self._receive()
        if kind != RESPONSE or answer.get("success", "yes") != "yes":
            raise Failed(f"{name}: {answer.get('errmsg', kind)}")
        return answer

    def listed(self, name, event, /, **values):
        """What a request lists by events."""
        self._send(REGISTER, event)
        if self._receive()[0] != CONFIRM:
            raise Failed(f"no event {event}")
        self._send(REQUEST, name, encode(values))
        found = []
        while True:
            kind, answer = self._receive()
            if kind == EVENT:
                found.append(answer)
            elif kind == RESPONSE:
                return found
            else:
                raise Failed(f"{name}: {kind}")
