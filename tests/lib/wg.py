# SPDX-License-Identifier: GPL-2.0-or-later
"""As much of WireGuard's configuration as a test needs, without its tools: X25519 for the
public key (RFC 7748) and the netlink message that sets a device.
"""
import socket
import struct

import nl

P = 2 ** 255 - 19


def public(secret):
    """The public key of a secret one."""
    scalar = bytearray(secret)
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    k = int.from_bytes(scalar, "little")
    x1, x2, z2, x3, z3, swap = 9, 1, 0, 9, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def configure(ns, dev, secret, port, peer, endpoint, allowed):
    """One peer with an endpoint (IPv4) and one address behind it."""
    link = nl.Netlink(16, ns)
    answer = link.request(nl.GENL_ID_CTRL, struct.pack("BBH", 3, 1, 0) +
                          nl.tlv(2, b"wireguard\0"))[0]
    family = struct.unpack("H", dict(nl.tlvs(answer[4:]))[1])[0]
    address = struct.pack("=H", socket.AF_INET) + struct.pack(">H", port) + \
        socket.inet_aton(endpoint) + bytes(8)
    ip = nl.tlv(0x8000, nl.tlv(1, struct.pack("=H", socket.AF_INET)) +
                nl.tlv(2, socket.inet_aton(allowed)) + nl.tlv(3, b"\x20"))
    one = nl.tlv(0x8000, nl.tlv(1, peer) + nl.tlv(4, address) + nl.tlv(9 | 0x8000, ip))
    link.request(family, struct.pack("BBH", 1, 1, 0) + nl.tlv(2, dev.encode() + b"\0") +
                 nl.tlv(3, secret) + nl.tlv(6, struct.pack("=H", port)) +
                 nl.tlv(8 | 0x8000, one))
    link.close()
