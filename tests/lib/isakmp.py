# SPDX-License-Identifier: GPL-2.0-or-later
"""ISAKMP messages (RFC 2408) and the IPsec DOI's attributes (RFC 2407), from the RFCs' text
alone, for a peer of ipsecd that shares no code with it. Whatever an RFC forbids raises
Malformed.
"""
import collections
import ipaddress
import struct

SA, PROPOSAL, TRANSFORM, KE, ID, CERT, CERTREQ, HASH, SIG, NONCE, NOTIFY, DELETE, VENDOR = \
    range(1, 14)
# of the draft, and of MS-IKEE
NATD, NATOA, FRAGMENT = 0x82, 0x83, 0x84
MAIN, INFORMATIONAL, QUICK = 2, 5, 32
ENCRYPTED, COMMIT = 1, 2
AH, ESP, IKE = 2, 3, 1
HEADER = 28
NO_PROPOSAL_CHOSEN, INVALID_ID, CONNECTED = 14, 18, 16384
RESPONDER_LIFETIME, INITIAL_CONTACT = 24576, 24578
NOTIFY_STATUS, DOS_COOKIE = 0x9c43, 0x9c44

Header = collections.namedtuple("Header", "cky_i cky_r next exchange flags ident length")
Payload = collections.namedtuple("Payload", "kind body")
Proposal = collections.namedtuple("Proposal", "number proto spi transforms")
Transform = collections.namedtuple("Transform", "number ident attributes")


class Malformed(ValueError):
    pass


def need(good, what):
    if not good:
        raise Malformed(what)


def header(data):
    need(len(data) >= HEADER, "a header cut short")
    cky_i, cky_r, after, version, exchange, flags, ident, length = struct.unpack_from(
        ">8s8sBBBBII", data)
    need(version == 0x10, f"version {version:#x}")
    need(length == len(data), f"length {length} of {len(data)} bytes")
    need(not flags & ~7, f"flags {flags:#x}")
    return Header(cky_i, cky_r, after, exchange, flags, ident, length)


def message(cky_i, cky_r, exchange, flags, ident, after, body):
    return struct.pack(">8s8sBBBBII", cky_i, cky_r, after, 0x10, exchange, flags, ident,
                       HEADER + len(body)) + body


def chain(payloads):
    """The body of a message, and the type of its first payload."""
    kinds = [one.kind for one in payloads] + [0]
    return kinds[0], b"".join(
        struct.pack(">BBH", kinds[i + 1], 0, 4 + len(one.body)) + one.body
        for i, one in enumerate(payloads))


def unchain(kind, body, padded=False):
    """The payloads of a body, and where they end."""
    found, at = [], 0
    while kind:
        need(len(body) >= at + 4, "a payload cut short")
        after, zero, length = struct.unpack_from(">BBH", body, at)
        need(not zero and 4 <= length <= len(body) - at, f"a payload of type {kind}")
        found.append(Payload(kind, body[at + 4:at + length]))
        kind, at = after, at + length
    need(padded or at == len(body), "bytes behind the last payload")
    return found, at


def attribute(kind, value, length=2):
    """A number in two bytes, or as Windows writes lifetimes: in four."""
    if length == 2:
        return struct.pack(">HH", 0x8000 | kind, value)
    return struct.pack(">HHI", kind, 4, value)


def attributes(data):
    """[(class, number)]; a number whatever the form."""
    found, at = [], 0
    while at < len(data):
        need(len(data) >= at + 4, "an attribute cut short")
        kind, value = struct.unpack_from(">HH", data, at)
        at += 4
        if not kind & 0x8000:
            need(len(data) >= at + value, "an attribute longer than its transform")
            value, at = int.from_bytes(data[at:at + value], "big"), at + value
        found.append((kind & 0x7fff, value))
    return found


def lifetimes(pairs, kind):
    """What follows each life type: {1: seconds, 2: kilobytes}; kind is the type's class."""
    found, last = {}, None
    for name, value in pairs:
        if name == kind:
            last = value
        elif name == kind + 1:
            need(last, "a duration without its type")
            found[last], last = value, None
    return found


def sa(proposals):
    """The body of an SA payload. Attributes are bytes already."""
    out = struct.pack(">II", 1, 1)
    for i, one in enumerate(proposals):
        inner = b""
        for j, form in enumerate(one.transforms):
            more = TRANSFORM if j + 1 < len(one.transforms) else 0
            inner += struct.pack(">BBHBBH", more, 0, 8 + len(form.attributes), form.number,
                                 form.ident, 0) + form.attributes
        more = PROPOSAL if i + 1 < len(proposals) else 0
        out += struct.pack(">BBHBBBB", more, 0, 8 + len(one.spi) + len(inner), one.number,
                           one.proto, len(one.spi), len(one.transforms)) + one.spi + inner
    return out


def read_sa(body):
    """Its proposals; attributes are [(class, number)]."""
    need(len(body) >= 8 and struct.unpack_from(">II", body) == (1, 1), "DOI or situation")
    found, at, more = [], 8, PROPOSAL
    while more:
        need(len(body) >= at + 8, "a proposal cut short")
        more, zero, length, number, proto, spi_len, count = struct.unpack_from(
            ">BBHBBBB", body, at)
        need(not zero and more in (0, PROPOSAL) and at + length <= len(body), "a proposal")
        spi = body[at + 8:at + 8 + spi_len]
        found.append(Proposal(number, proto, spi, _transforms(
            body[at + 8 + spi_len:at + length], count)))
        at += length
    need(at == len(body), "bytes behind the last proposal")
    return found


def _transforms(data, count):
    found, at, more = [], 0, TRANSFORM
    while more:
        need(len(data) >= at + 8, "a transform cut short")
        more, zero, length, number, ident, reserved = struct.unpack_from(">BBHBBH", data, at)
        need(not zero and not reserved and more in (0, TRANSFORM), "a transform")
        found.append(Transform(number, ident, attributes(data[at + 8:at + length])))
        at += length
    need(at == len(data) and len(found) == count, "the number of transforms")
    return found


def notify(proto, kind, spi=b"", data=b""):
    return Payload(NOTIFY, struct.pack(">IBBH", 1, proto, len(spi), kind) + spi + data)


Notify = collections.namedtuple("Notify", "proto kind spi data")


def read_notify(body):
    need(len(body) >= 8, "a notify cut short")
    doi, proto, spi_len, kind = struct.unpack_from(">IBBH", body)
    need(doi == 1 and len(body) >= 8 + spi_len, "a notify")
    return Notify(proto, kind, body[8:8 + spi_len], body[8 + spi_len:])


def delete(proto, *spis):
    return Payload(DELETE, struct.pack(">IBBH", 1, proto, len(spis[0]), len(spis)) +
                   b"".join(spis))


def read_delete(body):
    """(protocol, [SPI])"""
    need(len(body) >= 8, "a delete cut short")
    doi, proto, size, count = struct.unpack_from(">IBBH", body)
    need(doi == 1 and size and len(body) == 8 + size * count, "a delete")
    return proto, [body[8 + i * size:8 + (i + 1) * size] for i in range(count)]


def identity(text, proto=0, port=0):
    """Of quick mode: a host or a network."""
    net = ipaddress.ip_network(text)
    data = net.network_address.packed
    if "/" not in text:
        return Payload(ID, struct.pack(">BBH", 1, proto, port) + data)
    return Payload(ID, struct.pack(">BBH", 4, proto, port) + data + net.netmask.packed)


def fragment(ident, number, last, data):
    return Payload(FRAGMENT, struct.pack(">HBB", ident, number, 1 if last else 0) + data)


def read_fragment(body):
    """(ID, number, last, data)"""
    need(len(body) > 4, "a fragment cut short")
    ident, number, flags = struct.unpack_from(">HBB", body)
    need(number and not flags & ~1, f"fragment {number}, flags {flags:#x}")
    return ident, number, bool(flags), body[4:]
