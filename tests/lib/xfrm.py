# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux XFRM as a peer: SAs and policies by netlink, from the same dictionaries that the
driver takes, so that a mistake in one is not repeated in the other: algorithms, lengths and
flags are spelled out here as iproute2 and strongSwan would give them.
"""
import socket
import struct

import nl

NETLINK_XFRM = 6
NEWSA, DELSA, GETSA, NEWPOLICY, FLUSHSA, FLUSHPOLICY = 0x10, 0x11, 0x12, 0x13, 0x1c, 0x1d
DELPOLICY, UPDPOLICY, GETSADINFO = 0x14, 0x19, 0x23
A_CRYPT, A_ENCAP, A_TMPL, A_AEAD, A_AUTH_TRUNC, A_REPLAY_ESN = 2, 4, 5, 18, 20, 23
A_SAD_CNT = 1
STATE_AF_UNSPEC, STATE_ALIGN4, STATE_ESN = 32, 64, 128
UDP_ENCAP, UDP_ENCAP_ESPINUDP = 100, 2
IP_XFRM_POLICY, IPV6_XFRM_POLICY = 17, 35
POLICY_IN, POLICY_OUT, POLICY_FWD = 0, 1, 2
INF = (1 << 64) - 1

AEADS = {
    "aes-gcm-8": ("rfc4106(gcm(aes))", 64), "aes-gcm-12": ("rfc4106(gcm(aes))", 96),
    "aes-gcm-16": ("rfc4106(gcm(aes))", 128), "aes-ccm-8": ("rfc4309(ccm(aes))", 64),
    "aes-ccm-12": ("rfc4309(ccm(aes))", 96), "aes-ccm-16": ("rfc4309(ccm(aes))", 128),
    "chacha20-poly1305": ("rfc7539esp(chacha20,poly1305)", 128),
    "aes-gmac": ("rfc4543(gcm(aes))", 128),
}
CIPHERS = {
    "null": "ecb(cipher_null)", "aes-ctr": "rfc3686(ctr(aes))", "aes-cbc": "cbc(aes)",
    "des-cbc": "cbc(des)", "des3-cbc": "cbc(des3_ede)",
}
HASHES = {
    "hmac-sha2-256-128": ("hmac(sha256)", 128), "hmac-sha2-384-192": ("hmac(sha384)", 192),
    "hmac-sha2-512-256": ("hmac(sha512)", 256), "hmac-sha1-96": ("hmac(sha1)", 96),
    "aes-xcbc-96": ("xcbc(aes)", 96), "aes-cmac-96": ("cmac(aes)", 96),
    "hmac-md5-96": ("hmac(md5)", 96),
}


def _addr(text):
    if ":" in text:
        return socket.inet_pton(socket.AF_INET6, text)
    return socket.inet_pton(socket.AF_INET, text) + bytes(12)


def _family(text):
    return socket.AF_INET6 if ":" in text else socket.AF_INET


def selector(src=None, dst=None, proto=0, sport=0, dport=0):
    """Of addresses or prefixes, and ports if they are not 0."""
    if not src:
        return bytes(56)
    (src, _, splen), (dst, _, dplen) = src.partition("/"), dst.partition("/")
    whole = 128 if ":" in src else 32
    ports = struct.pack(">4H", dport, 0xffff if dport else 0, sport, 0xffff if sport else 0)
    return _addr(dst) + _addr(src) + ports + struct.pack(
        "=HBBB3xiI", _family(src), int(dplen or whole), int(splen or whole), proto, 0, 0)


def bypass(sock, family=socket.AF_INET):
    """As key daemons do: the policies are not for this socket."""
    for direction in POLICY_IN, POLICY_OUT:
        policy = bytes(40) + struct.pack("=H", family) + bytes(14)
        policy += bytes(96) + struct.pack("=IIBBBB4x", 0, 0, direction, 0, 0, 0)
        if family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_IP, IP_XFRM_POLICY, policy)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_XFRM_POLICY, policy)


class Xfrm(nl.Netlink):
    """XFRM of a namespace."""

    def __init__(self, ns):
        # the module may not be there yet: opening loads it
        super().__init__(NETLINK_XFRM, ns)
        self.ns = ns
        self.encap = []
        self.out = None

    def listen_encap(self, port=4500):
        """Make UDP sockets that give ESP to XFRM, as a key daemon would."""
        for family, address in (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"):
            sock = self.ns.socket(family, socket.SOCK_DGRAM)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((address, port))
            sock.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
            bypass(sock, family)
            self.encap.append(sock)

    def close(self):
        for sock in self.encap:
            sock.close()
        super().close()

    def flush(self):
        self.request(FLUSHSA, struct.pack("B", 255))

    def flush_policies(self):
        self.request(FLUSHPOLICY, b"")

    def policy(self, local, remote, mode, protos, outer=None, proto=0):
        """Both directions of what is between two addresses; `outer` are the tunnel's."""
        olocal, oremote = outer or (local, remote)
        self.out = (POLICY_OUT, selector(local, remote, proto), (olocal, oremote), mode, protos)
        self.one_policy(*self.out)
        self.one_policy(POLICY_IN, selector(remote, local, proto), (oremote, olocal), mode, protos)

    def use(self, reqid):
        """Send by the SAs of the pair with this "reqid" from now on. Without that the newest SA
        of each protocol is taken, which while a bundle is added may be one of each of two pairs.
        """
        self.one_policy(*self.out, reqid)

    def one_policy(self, direction, sel, ends, mode, protos, reqid=0):
        """What a selector() selects is protected, or, without protos, blocked."""
        src, dst = ends or (None, None)
        action = 0 if protos else 1
        body = sel + struct.pack("=4Q", INF, INF, INF, INF) + bytes(64)
        body += struct.pack("=IIBBBB4x", 100, 0, direction, action, 0, 0)
        tmpls = b""
        for i, one in enumerate(protos):
            tunnel = mode == "tunnel" and not i
            tmpls += (_addr(dst) + struct.pack("=4xB3xH2x", one, _family(src)) + _addr(src) +
                      struct.pack("=IBBBxIII", reqid, 1 if tunnel else 0, 0, 0,
                                  0xffffffff, 0xffffffff, 0xffffffff))
        self.request(UPDPOLICY, body + (nl.tlv(A_TMPL, tmpls) if tmpls else b""))

    def delete_policy(self, direction, sel):
        self.request(DELPOLICY, sel + struct.pack("=IB3x", 0, direction))

    def add(self, pair, ways=("out", "in")):
        """The SAs of a pair, given as the driver in this namespace would take it."""
        for i, prot in enumerate(pair["protection"]):
            mode = pair.get("mode", "transport") if not i else "transport"
            for way in ways:
                src, dst = pair["local"], pair["remote"]
                if way == "in":
                    src, dst = dst, src
                self._state(pair, prot, way, src, dst, mode)

    def delete(self, pair, ways=("out", "in")):
        """The SAs that add() made."""
        for prot in pair["protection"]:
            for way in ways:
                dst = pair["remote"] if way == "out" else pair["local"]
                self.request(DELSA, _addr(dst) + struct.pack(
                    ">I", prot["spi-" + way]) + struct.pack(
                        "=HBx", _family(dst), 51 if prot["proto"] == "ah" else 50))

    def _state(self, pair, prot, way, src, dst, mode):
        esn = "esn" in pair.get("flags", [])
        window = pair.get("replay-window", 64)
        ah = prot["proto"] == "ah"
        flags = STATE_AF_UNSPEC if mode == "tunnel" else 0
        if ah and _family(src) == socket.AF_INET:
            # RFC 4302 section 2.6: 32 bits; Linux pads to 64 unless told
            flags |= STATE_ALIGN4
        if esn:
            flags |= STATE_ESN
        body = selector() + _addr(dst) + struct.pack(">IB3x", prot["spi-" + way],
                                                      51 if ah else 50) + _addr(src)
        body += struct.pack("=4Q", INF, INF, INF, INF) + bytes(32 + 32 + 12)
        body += struct.pack("=IIHBBB7x", 0, pair.get("reqid", 0), _family(src),
                            1 if mode == "tunnel" else 0, 0 if esn or window > 32 else window,
                            flags)
        if not ah:
            body += self._cipher(prot, way)
        if "integ" in prot:
            name, trunc = HASHES[prot["integ"]]
            key = prot["integ-key-" + way]
            body += nl.tlv(A_AUTH_TRUNC, struct.pack("=64sII", name.encode(), len(key) * 8,
                                                     trunc) + key)
        words = (window + 31) // 32
        if esn or window > 32:
            body += nl.tlv(A_REPLAY_ESN, struct.pack("=6I", words, 0, 0, 0, 0, window) +
                           bytes(4 * words))
        if "encap-local" in pair:
            ports = pair["encap-local"], pair["encap-remote"]
            if way == "in":
                ports = ports[::-1]
            body += nl.tlv(A_ENCAP, struct.pack("=H", UDP_ENCAP_ESPINUDP) +
                           struct.pack(">HH2x", *ports) + bytes(16))
        self.request(NEWSA, body)

    @staticmethod
    def _cipher(prot, way):
        encr = prot["encr"]
        key = prot.get("encr-key-" + way, b"")
        if encr in AEADS:
            name, icv = AEADS[encr]
            return nl.tlv(A_AEAD, struct.pack("=64sII", name.encode(), len(key) * 8, icv) + key)
        return nl.tlv(A_CRYPT, struct.pack("=64sI", CIPHERS[encr].encode(), len(key) * 8) + key)

    def failures(self):
        """(SPI, outside the window, replayed, bad ICV) of every state that has some."""
        found = []
        for data in self.request(GETSA, b"", nl.NLM_F_DUMP):
            spi = struct.unpack_from(">I", data, 72)[0]
            counts = struct.unpack_from("=3I", data, 192)
            if any(counts):
                found.append((hex(spi), *counts))
        return found

    def spis(self):
        """The SPIs of all states; not of those that wait for a key."""
        found = (struct.unpack_from(">I", data, 72)[0]
                 for data in self.request(GETSA, b"", nl.NLM_F_DUMP))
        return {spi for spi in found if spi}

    def count(self):
        """How many states there are, those that wait for a key with them."""
        return next(struct.unpack("=I", value)[0] for data in self.request(GETSADINFO, bytes(4))
                    for kind, value in nl.tlvs(data[4:]) if kind == A_SAD_CNT)

    def statistics(self):
        """/proc/net/xfrm_stat: why XFRM dropped what it dropped."""
        with self.ns, open("/proc/thread-self/net/xfrm_stat", encoding="ascii") as file:
            pairs = [line.split() for line in file]
        return {name: int(value) for name, value in pairs if int(value)}
