# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets by hand: built, taken apart, captured on the wire, put on the wire.

ESP with NULL encryption and HMAC-SHA2-256 needs nothing but the standard library, so a
test can be the peer that holds the key and say what it likes under a valid ICV.
"""
import collections
import ctypes
import hashlib
import hmac
import ipaddress
import select
import socket
import struct

import traffic

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 3, 0x0800, 0x86dd
SO_ATTACH_FILTER = 26
ESP, AH, UDP, TCP, ICMP, ICMPV6 = 50, 51, 17, 6, 1, 58


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def _packed(address):
    return ipaddress.ip_address(address).packed


def pseudo(src, dst, proto, length):
    src, dst = _packed(src), _packed(dst)
    if len(src) == 4:
        return src + dst + struct.pack(">BBH", 0, proto, length)
    return src + dst + struct.pack(">IHBB", length, 0, 0, proto)


def ip(src, dst, proto, payload, *, ttl=64, tos=0, ident=1, frag=0, options=b"", total=None,
       flow=0):
    """An IPv4 or IPv6 packet. frag is the whole field; total replaces the length."""
    if ":" in src:
        length = len(payload) if total is None else total
        return struct.pack(">IHBB", 6 << 28 | tos << 20 | flow, length, proto, ttl) + \
            _packed(src) + _packed(dst) + payload
    options += bytes(-len(options) % 4)
    ihl = 5 + len(options) // 4
    length = ihl * 4 + len(payload) if total is None else total
    head = struct.pack(">BBHHHBBH", 4 << 4 | ihl, tos, length, ident, frag, ttl, proto, 0) + \
        _packed(src) + _packed(dst) + options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(src, dst, sport, dport, data, check=None):
    """A UDP header and data; the checksum of the addresses unless one is given."""
    head = struct.pack(">HHHH", sport, dport, 8 + len(data), 0)
    if check is None:
        check = checksum(pseudo(src, dst, UDP, 8 + len(data)) + head + data) or 0xffff
    return head[:6] + struct.pack(">H", check) + data


def udp_packet(src, dst, sport, dport, data, **how):
    return ip(src, dst, UDP, udp(src, dst, sport, dport, data), **how)


def icmp_error(src, dst, kind, code, rest, quoted):
    """An ICMP error that quotes a packet; rest is the second word."""
    body = struct.pack(">BBHI", kind, code, 0, rest) + quoted
    if ":" in src:
        check = checksum(pseudo(src, dst, ICMPV6, len(body)) + body)
        proto = ICMPV6
    else:
        check = checksum(body)
        proto = ICMP
    return ip(src, dst, proto, body[:2] + struct.pack(">H", check) + body[4:])


def esp_null(prot, seq, payload, nexthdr, *, way="in", pad=None, pad_len=None, high=None,
             raw=False, spi=None):
    """ESP of an SA with NULL and HMAC-SHA2-256-128; `way` is the receiver's view of it.
    pad and pad_len replace what is right; high is the upper half of an ESN; raw leaves
    the trailer away.
    """
    if pad is None:
        pad = bytes(range(1, -(len(payload) + 2) % 4 + 1))
    body = struct.pack(">II", prot["spi-" + way] if spi is None else spi, seq & 0xffffffff)
    body += payload
    if not raw:
        body += pad + bytes([len(pad) if pad_len is None else pad_len, nexthdr])
    signed = body if high is None else body + struct.pack(">I", high)
    return body + hmac.new(prot["integ-key-" + way], signed, hashlib.sha256).digest()[:16]


def ah_packet(prot, seq, src, dst, payload, nexthdr, *, way="in", reserved=0, hdrlen=None,
              icv_len=16, mutate=None, high=None, **how):
    """An IP packet with AH of HMAC-SHA2-256-128. mutate(bytes) changes the packet after it
    was signed.
    """
    six = ":" in src
    pad = bytes(-(12 + icv_len) % (8 if six else 4))
    length = (12 + icv_len + len(pad)) // 4 - 2 if hdrlen is None else hdrlen
    head = struct.pack(">BBHII", nexthdr, length, reserved, prot["spi-" + way], seq)
    zero = head + bytes(icv_len) + pad
    whole = ip(src, dst, AH, zero + payload, **how)
    hlen = 40 if six else (whole[0] & 15) * 4
    signed = bytearray(whole)
    if six:
        signed[0:4] = b"\x60\0\0\0"
        signed[7] = 0
    else:
        signed[1] = 0
        signed[6:9] = bytes(3)
        signed[10:12] = bytes(2)
        signed[20:hlen] = bytes(hlen - 20)
    signed = bytes(signed) + (b"" if high is None else struct.pack(">I", high))
    icv = hmac.new(prot["integ-key-" + way], signed, hashlib.sha256).digest()[:icv_len]
    whole = whole[:hlen + 12] + icv + whole[hlen + 12 + icv_len:]
    return mutate(whole) if mutate else whole


def fragments(packet, size, ident=77):
    """A packet cut into fragments with `size` bytes of payload each."""
    if packet[0] >> 4 == 4:
        hlen = (packet[0] & 15) * 4
        body, parts = packet[hlen:], []
        for off in range(0, len(body), size):
            part = body[off:off + size]
            more = 0x2000 if off + size < len(body) else 0
            head = bytearray(packet[:hlen])
            struct.pack_into(">HHH", head, 2, hlen + len(part), ident, more | off // 8)
            head[10:12] = b"\0\0"
            struct.pack_into(">H", head, 10, checksum(bytes(head)))
            parts.append(bytes(head) + part)
        return parts
    body, parts = packet[40:], []
    for off in range(0, len(body), size):
        part = body[off:off + size]
        more = 1 if off + size < len(body) else 0
        head = bytearray(packet[:40])
        head[6] = 44
        struct.pack_into(">H", head, 4, len(part) + 8)
        parts.append(bytes(head) + struct.pack(">BBHI", packet[6], 0, off | more, ident) + part)
    return parts


# frag as in IPv4: more fragments 0x2000, offset in units of eight bytes
Seen = collections.namedtuple("Seen", "src dst proto payload length frag ident raw inward")


def parse(packet, inward=False):
    """The outermost IP header of a packet; payload is what follows it."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= 20:
        hlen = (packet[0] & 15) * 4
        total, ident, frag = struct.unpack_from(">HHH", packet, 2)
        return Seen(socket.inet_ntop(socket.AF_INET, packet[12:16]),
                    socket.inet_ntop(socket.AF_INET, packet[16:20]), packet[9],
                    packet[hlen:total], total, frag & 0x3fff, ident, packet, inward)
    if version == 6 and len(packet) >= 40:
        proto, off = packet[6], 40
        frag = ident = 0
        if proto == 44 and len(packet) >= 48:
            proto, _, frag, ident = struct.unpack_from(">BBHI", packet, 40)
            frag, off = frag >> 3 | (frag & 1) << 13, 48
        length = 40 + struct.unpack_from(">H", packet, 4)[0]
        return Seen(socket.inet_ntop(socket.AF_INET6, packet[8:24]),
                    socket.inet_ntop(socket.AF_INET6, packet[24:40]), proto, packet[off:length],
                    length, frag, ident, packet, inward)
    return None


def spi_seq(seen, port=4500):
    """(proto, spi, seq) of an ESP or AH packet, UDP encapsulation included, or None."""
    if not seen or seen.frag & 0x1fff:
        return None
    body, proto = seen.payload, seen.proto
    if proto == UDP and len(body) > 16 and port in struct.unpack_from(">HH", body):
        body, proto = body[8:], ESP
    if proto == ESP and len(body) >= 8:
        return (ESP,) + struct.unpack_from(">II", body)
    if proto == AH and len(body) >= 12:
        return (AH,) + struct.unpack_from(">II", body, 4)
    return None


class Wire:
    """A tap on one end of the wire: what leaves Red and what is on its way to it, seen in
    the middle. Also puts packets on the wire, towards Red or towards Blue. Without a dev
    it is on all ends.
    """

    def __init__(self, pair, dev="red", ns=None):
        self.pair = pair
        self.sock = (ns or pair.wire).socket(socket.AF_PACKET, socket.SOCK_RAW,
                                             0 if dev else socket.htons(ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, traffic.SO_RCVBUFFORCE, 1 << 27)
        if dev:
            self.sock.bind((dev, ETH_P_ALL))
        self.sock.setblocking(False)
        self.to = {}

    def close(self):
        self.sock.close()
        for sock, _ in self.to.values():
            sock.close()

    def skip(self, proto):
        """Leaves out an IPv4 protocol: a stream puts more on the wire than can be parsed here,
        and take() would never be done.
        """
        code = ((0x28, 0, 0, 12), (0x15, 0, 3, ETH_P_IP),  # the frame's type
                (0x30, 0, 0, 23), (0x15, 0, 1, proto),
                (0x06, 0, 0, 0), (0x06, 0, 0, 1 << 17))    # none of it, all of it
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                             struct.pack("HP", 6, ctypes.addressof(code)))

    def take(self, seconds=0):
        """What was seen since the last time."""
        found = []
        while True:
            try:
                frame, address = self.sock.recvfrom(1 << 17)
            except BlockingIOError:
                if found or not select.select([self.sock], [], [], seconds)[0]:
                    return found
                continue
            if address[1] not in (ETH_P_IP, ETH_P_IPV6):
                continue
            # PACKET_OUTGOING: from the bridge into the veth, to Red
            seen = parse(frame[14:], address[2] == socket.PACKET_OUTGOING)
            if seen:
                found.append(seen)

    def put(self, packet, to=None, pad=0, frame=None):
        """Put an IP packet on the wire to a host (default Red)."""
        import netns
        to = to or self.pair.red
        if to.name not in self.to:
            sock = self.pair.wire.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            sock.bind(("red" if to is self.pair.red else "blue", 0))
            head = netns.mac(to) + netns.mac(self.pair.other(to))
            self.to[to.name] = sock, head
        sock, head = self.to[to.name]
        if frame is None:
            kind = ETH_P_IPV6 if packet and packet[0] >> 4 == 6 else ETH_P_IP
            frame = head + struct.pack(">H", kind) + packet + bytes(pad)
        sock.send(frame)


def clear(seen, addresses, protos=None):
    """O4: packets between protected addresses that are not ESP, AH or UDP on port 4500."""
    found, encapsulated = [], set()
    for one in seen:
        if {one.src, one.dst} - set(addresses) or one.proto in (ESP, AH):
            continue
        if protos and one.proto not in protos:
            continue
        # the rest of a datagram goes by its first fragment
        datagram = one.src, one.dst, one.ident
        if one.frag & 0x1fff:
            if datagram in encapsulated:
                continue
        elif one.proto == UDP and 4500 in struct.unpack_from(">HH", one.payload + bytes(4)):
            if one.frag:
                encapsulated.add(datagram)
            continue
        if one.proto == ICMPV6 and one.payload[:1] and one.payload[0] in range(133, 138):
            continue
        found.append(one)
    return found


def repeated(seen):
    """O5: (direction, SPI, sequence number) that were seen more than once."""
    counts = collections.Counter((one.src, one.dst) + number for one in seen
                                 for number in [spi_seq(one)] if number)
    return {number: count for number, count in counts.items() if count > 1}
