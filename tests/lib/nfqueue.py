# SPDX-License-Identifier: GPL-2.0-or-later
"""A queue of nfnetlink_queue: packets that rules send here, and a verdict on each."""
import socket
import struct

import nl

DROP, ACCEPT = 0, 1
_PACKET, _VERDICT, _CONFIG = 0x300, 0x301, 0x302


class Queue:
    def __init__(self, ns, number=0):
        self.netlink, self.number = nl.Netlink(12, ns), number
        self._request(_CONFIG, 1, struct.pack(">BxH", 1, 0))  # bind
        self._request(_CONFIG, 2, struct.pack(">IB", 0xffff, 2))  # copy whole packets
        self.netlink.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)  # SO_RCVBUFFORCE

    def _head(self):
        return struct.pack(">BBH", 0, 0, self.number)

    def _request(self, kind, attr, value):
        self.netlink.request(kind, self._head() + nl.tlv(attr, value))

    def take(self):
        """[(id, packet)...] of what waits, without waiting for more."""
        found = []
        while True:
            try:
                data = self.netlink.sock.recv(1 << 17, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return found
            for head, payload in nl.messages(data):
                if head[1] == _PACKET:
                    attrs = dict(nl.tlvs(payload[4:]))
                    found.append((struct.unpack_from(">I", attrs[1])[0], attrs.get(10, b"")))

    def verdict(self, ident, verdict=ACCEPT):
        payload = self._head() + nl.tlv(2, struct.pack(">II", verdict, ident))
        self.netlink.sock.send(struct.pack("IHHII", len(payload) + 16, _VERDICT, 1, 0, 0) +
                               payload)

    def close(self):
        self.netlink.close()
