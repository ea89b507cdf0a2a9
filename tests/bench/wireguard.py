#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""wireguard.py DEVICE PORT alice|bob ENDPOINT PORT NETWORK: set up a WireGuard device.

Does what wg(8) would, whose package need not be there. The device gets one peer, which may
use NETWORK. The keys are known to everybody.
"""
import ipaddress
import socket
import struct
import sys

PRIVATE = {"alice": bytes([1]) * 32, "bob": bytes([2]) * 32}
PUBLIC = {
    "alice": bytes.fromhex(
        "a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209"),
    "bob": bytes.fromhex(
        "ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59"),
}
PEER = {"alice": "bob", "bob": "alice"}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK, NLA_F_NESTED = 1, 4, 0x8000
NLMSG_ERROR = 2
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
WG_CMD_SET_DEVICE = 1
WGDEVICE_A_IFNAME, WGDEVICE_A_PRIVATE_KEY, WGDEVICE_A_LISTEN_PORT, WGDEVICE_A_PEERS = 2, 3, 6, 8
WGPEER_A_PUBLIC_KEY, WGPEER_A_ENDPOINT, WGPEER_A_ALLOWEDIPS = 1, 4, 9
WGALLOWEDIP_A_FAMILY, WGALLOWEDIP_A_IPADDR, WGALLOWEDIP_A_CIDR_MASK = 1, 2, 3


def attr(kind, data):
    """One netlink attribute; data is bytes, or a list of attributes to nest."""
    if isinstance(data, list):
        kind, data = kind | NLA_F_NESTED, b"".join(data)
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def call(sock, family, command, *attrs):
    """Send a generic netlink request and return the attributes of the answer."""
    body = struct.pack("=BBH", command, 1, 0) + b"".join(attrs)
    sock.send(struct.pack("=IHHII", 16 + len(body), family, NLM_F_REQUEST | NLM_F_ACK, 1, 0)
              + body)
    answer = sock.recv(65536)
    if struct.unpack_from("=H", answer, 4)[0] == NLMSG_ERROR:
        error = -struct.unpack_from("=i", answer, 16)[0]
        if error:
            raise OSError(error, "wireguard: request refused")
        return {}
    attrs, offset = {}, 20
    while offset + 4 <= struct.unpack_from("=I", answer)[0]:
        length, kind = struct.unpack_from("=HH", answer, offset)
        attrs[kind] = answer[offset + 4:offset + length]
        offset += (length + 3) & ~3
    sock.recv(65536)  # the acknowledgement
    return attrs


def sockaddr(host, port):
    """A struct sockaddr_in or sockaddr_in6."""
    host = ipaddress.ip_address(host)
    head = struct.pack("=H", FAMILY[host.version]) + struct.pack(">H", port)
    if host.version == 4:
        return head + host.packed + bytes(8)
    return head + bytes(4) + host.packed + bytes(4)


def main(device, port, side, *peer):
    """Set the device up."""
    network = ipaddress.ip_network(peer[2])
    allowed = [
        attr(WGALLOWEDIP_A_FAMILY, struct.pack("=H", FAMILY[network.version])),
        attr(WGALLOWEDIP_A_IPADDR, network.network_address.packed),
        attr(WGALLOWEDIP_A_CIDR_MASK, bytes([network.prefixlen])),
    ]
    peers = [attr(0, [
        attr(WGPEER_A_PUBLIC_KEY, PUBLIC[PEER[side]]),
        attr(WGPEER_A_ENDPOINT, sockaddr(peer[0], int(peer[1]))),
        attr(WGPEER_A_ALLOWEDIPS, [attr(0, allowed)]),
    ])]
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    family = call(sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
                  attr(CTRL_ATTR_FAMILY_NAME, b"wireguard\0"))[CTRL_ATTR_FAMILY_ID]
    call(sock, struct.unpack("=H", family[:2])[0], WG_CMD_SET_DEVICE,
         attr(WGDEVICE_A_IFNAME, device.encode() + b"\0"),
         attr(WGDEVICE_A_PRIVATE_KEY, PRIVATE[side]),
         attr(WGDEVICE_A_LISTEN_PORT, struct.pack("=H", int(port))),
         attr(WGDEVICE_A_PEERS, peers))


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    main(*sys.argv[1:])
