# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of the driver's generic netlink family, made from its YAML specification.

    red = nl.Client(namespace)
    red.do("filter-add", {"filter": [{"id": 1, "action": "block", ...}]})
    for sa in red.dump("sa-dump"): ...
    red.raw("sa-add", payload)           # whatever bytes, for what must be refused

Enums are written by name, flags as a list of names, addresses as text, keys as bytes; a
number is always accepted, to say what no name says. A refusal raises Refused with the
errno and the extack text.
"""
import os
import pathlib
import select
import socket
import struct

import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
SPEC = TOP / "Documentation/netlink/specs/ipsecdrv.yaml"

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN = 2, 3, 4
NLA_F_NESTED, NLA_TYPE_MASK = 0x8000, 0x3fff
GENL_ID_CTRL = 16
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 1, 10, 11, 12

_ADDRESSES = {"src", "src-last", "dst", "dst-last", "local", "remote", "tunnel-local",
              "tunnel-remote"}
_NUMBERS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q"}


class Refused(OSError):
    """What the driver answered. `text` is the extack's, `offset` and `missing` where."""

    def __init__(self, errno, text, offset=None, missing=None):
        super().__init__(errno, text or os.strerror(errno))
        self.text, self.offset, self.missing = text, offset, missing


class Spec:
    def __init__(self, path=SPEC):
        with open(path, encoding="utf-8") as file:
            text = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.name = text["name"]
        self.consts = {item["name"]: item["value"] for item in text["definitions"]
                       if item["type"] == "const"}
        self.enums = {}
        self.flags = {}
        for item in text["definitions"]:
            names = [entry if isinstance(entry, str) else entry["name"]
                     for entry in item.get("entries", [])]
            start = item.get("value-start", 0)
            if item["type"] == "enum":
                self.enums[item["name"]] = {name: start + i for i, name in enumerate(names)}
            elif item["type"] == "flags":
                self.flags[item["name"]] = {name: 1 << i for i, name in enumerate(names)}
        self.sets = {}
        for item in text["attribute-sets"]:
            self.sets[item["name"]] = {
                attr["name"]: dict(attr, id=i) for i, attr in enumerate(item["attributes"], 1)}
        self.ids = {name: {attr["id"]: attr for attr in attrs.values()}
                    for name, attrs in self.sets.items()}
        self.ops = {op["name"]: dict(op, id=i)
                    for i, op in enumerate(text["operations"]["list"], 1)}
        self.op_ids = {op["id"]: op for op in self.ops.values()}

    # encoding

    def attr(self, attr, value):
        """One attribute's bytes."""
        kind, payload = attr["type"], b""
        if isinstance(value, bytes):
            payload = value
        elif kind in _NUMBERS:
            payload = struct.pack(_NUMBERS[kind], self.number(attr, value))
        elif kind == "string":
            payload = value.encode() + b"\0"
        elif kind == "binary":
            payload = socket.inet_pton(
                socket.AF_INET6 if ":" in value else socket.AF_INET, value)
        elif kind == "nest":
            payload = self.encode(attr["nested-attributes"], value)
        elif kind != "flag":
            raise ValueError(f"{attr['name']}: {kind}")
        ident = attr["id"] | (NLA_F_NESTED if kind == "nest" else 0)
        return tlv(ident, payload)

    def number(self, attr, value):
        enum = attr.get("enum")
        if isinstance(value, str):
            return self.enums[enum][value]
        if isinstance(value, (list, tuple, set)):
            return sum(self.flags[enum][name] for name in value)
        return value

    def encode(self, name, values):
        out = b""
        for key, value in values.items():
            attr = self.sets[name][key]
            if value is None or value is False and attr["type"] == "flag":
                continue
            many = value if attr.get("multi-attr") and isinstance(value, list) else [value]
            out += b"".join(self.attr(attr, one) for one in many)
        return out

    # decoding

    def value(self, attr, payload):
        kind, enum = attr["type"], attr.get("enum")
        if kind in _NUMBERS:
            value = struct.unpack(_NUMBERS[kind], payload)[0]
            if enum in self.enums:
                return next((n for n, v in self.enums[enum].items() if v == value), value)
            if enum in self.flags:
                return [n for n, bit in self.flags[enum].items() if value & bit]
            return value
        if kind == "string":
            return payload.rstrip(b"\0").decode("utf-8", "surrogateescape")
        if kind == "flag":
            return True
        if kind == "nest":
            return self.decode(attr["nested-attributes"], payload)
        if attr["name"] in _ADDRESSES and len(payload) in (4, 16):
            return socket.inet_ntop(
                socket.AF_INET if len(payload) == 4 else socket.AF_INET6, payload)
        return payload

    def decode(self, name, payload):
        values = {}
        for ident, data in tlvs(payload):
            attr = self.ids[name].get(ident)
            if not attr or attr["type"] == "pad":
                continue
            value = self.value(attr, data)
            if attr.get("multi-attr"):
                values.setdefault(attr["name"], []).append(value)
            else:
                values[attr["name"]] = value
        return values


def tlv(ident, payload):
    data = struct.pack("HH", len(payload) + 4, ident) + payload
    return data + bytes(-len(data) % 4)


def tlvs(data):
    while len(data) >= 4:
        length, ident = struct.unpack_from("HH", data)
        if length < 4 or length > len(data):
            raise ValueError("broken attribute from the kernel")
        yield ident & NLA_TYPE_MASK, data[4:length]
        data = data[(length + 3) & ~3:]


class Netlink:
    """A netlink socket: requests with an acknowledgement, and dumps."""

    def __init__(self, protocol, ns=None, strict=True):
        how = (socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self.sock = ns.socket(*how) if ns else socket.socket(*how)
        self.sock.bind((0, 0))
        for option in [NETLINK_EXT_ACK] + ([NETLINK_CAP_ACK] if strict else []):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.seq = 0

    def close(self):
        self.sock.close()

    def request(self, kind, payload, flags=0):
        """Send, and give the payloads of the answers."""
        self.seq += 1
        dump = flags & NLM_F_DUMP == NLM_F_DUMP
        self.sock.send(struct.pack("IHHII", len(payload) + 16, kind,
                                   NLM_F_REQUEST | NLM_F_ACK | flags, self.seq, 0) + payload)
        answers = []
        while True:
            for head, data in messages(self.sock.recv(1 << 20)):
                if head[3] != self.seq:
                    continue
                if head[1] == NLMSG_ERROR:
                    if check(head, data):
                        return answers
                elif head[1] == NLMSG_DONE:
                    if dump and len(data) >= 4:
                        error = -struct.unpack_from("i", data)[0]
                        if error:
                            raise Refused(error, extack(data[4:]).get(1))
                    return answers
                else:
                    answers.append(data)


def messages(data):
    while len(data) >= 16:
        head = struct.unpack_from("IHHII", data)
        yield head, data[16:head[0]]
        data = data[(head[0] + 3) & ~3:]


def extack(data):
    found = dict(tlvs(data))
    if 1 in found:
        found[1] = found[1].rstrip(b"\0").decode()
    return found


def check(head, data):
    """An NLMSG_ERROR: true for an acknowledgement, raises otherwise."""
    error = -struct.unpack_from("i", data)[0]
    if not error:
        return True
    skip = 20 if head[2] & NLM_F_CAPPED else 4 + struct.unpack_from("I", data, 4)[0]
    found = extack(data[(skip + 3) & ~3:]) if head[2] & NLM_F_ACK_TLVS else {}
    where = found.get(2)
    missing = found.get(5)
    raise Refused(error, found.get(1), where and struct.unpack("I", where)[0],
                  missing and struct.unpack("I", missing)[0])


_spec = None


def spec():
    global _spec
    _spec = _spec or Spec()
    return _spec


class Client(Netlink):
    """The family, in a namespace."""

    def __init__(self, ns=None):
        super().__init__(16, ns)
        self.spec = spec()
        self.version = 1
        answer = self.request(GENL_ID_CTRL, struct.pack("BBH", 3, 1, 0) +
                              tlv(2, self.spec.name.encode() + b"\0"))[0]
        found = dict(tlvs(answer[4:]))
        self.family = struct.unpack("H", found[1])[0]
        self.groups = {}
        for _, group in tlvs(found.get(7, b"")):
            group = dict(tlvs(group))
            self.groups[group[1].rstrip(b"\0").decode()] = struct.unpack("I", group[2])[0]

    def raw(self, name, payload, flags=0):
        """Any bytes as the attributes of a command, by name or number."""
        ident = name if isinstance(name, int) else self.spec.ops[name]["id"]
        return self.request(self.family, struct.pack("BBH", ident, self.version, 0) + payload,
                            flags)

    def _answers(self, name, values, flags):
        kind = self.spec.ops[name]["attribute-set"]
        payload = self.spec.encode(kind, values or {})
        return [self.spec.decode(kind, data[4:]) for data in self.raw(name, payload, flags)]

    def do(self, name, values=None, **more):
        """A command; its answer, or None. More values by keyword, _ for -."""
        values = dict(values or {})
        values.update({key.replace("_", "-"): value for key, value in more.items()})
        answers = self._answers(name, values, 0)
        return answers[0] if answers else None

    def dump(self, name, values=None):
        return self._answers(name, values, NLM_F_DUMP)

    # events

    def listen(self, *groups):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        for group in groups:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])

    def events(self, seconds=0):
        """[(name, values)...]: what has come, after at most some seconds."""
        found = []
        while select.select([self.sock], [], [], 0 if found else seconds)[0]:
            for head, data in messages(self.sock.recv(1 << 20)):
                if head[1] != self.family:
                    continue
                op = self.spec.op_ids[data[0]]
                found.append((op["name"], self.spec.decode(op["attribute-set"], data[4:])))
        return found
