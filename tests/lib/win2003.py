# SPDX-License-Identifier: GPL-2.0-or-later
"""A peer that speaks IKE as Windows Server 2003 does, as a test double of it.

It was written from RFC 2407 to 2409, draft-ietf-ipsec-nat-t-ike-02 and what MS-IKEE says in
public, and shares no code with tools/ipsecd, so that a text that was read wrongly there shows
here. It speaks over UDP 500 and 4500 of a namespace and gives its keys to that namespace's
XFRM. What a peer must not send is kept in `faults`; what was said, in `said`.

    windows = win2003.Peer(ns, "10.0.0.2", "10.0.0.1", psk=b"secret")
    windows.quick()                    # main mode first if there is none
    tap.wait(lambda: windows.pairs)

The settings of a peer are attributes, with Windows' defaults; a test changes them before it
lets the two talk. The peer's thread has the lock while it works, and so has whoever calls.
"""
import hashlib
import os
import select
import socket
import struct
import threading
import time
import traceback

import isakmp
import oakley
import xfrm
from isakmp import need
from win2003_info import Info
from win2003_quick import Quick

VENDORS = {
    "MS NT5 ISAKMPOAKLEY": bytes.fromhex("1e2b516905991c7d7c96fcbfb587e46100000004"),
    "FRAGMENTATION": bytes.fromhex("4048b7d56ebce88525e7de7f00d6c2d3"),
    "draft-ietf-ipsec-nat-t-ike-02\n": bytes.fromhex("90cb80913ebb696e086381b5ec427b1f"),
    "Vid-Initial-Contact": bytes.fromhex("26244d38eddb61b3172a36e3d0cfb819"),
    "NLBS_PRESENT": bytes.fromhex("72872b95fcda2eb708efe322119b4971"),
}
# main-mode offers in Windows' order: cipher, hash, group
OFFERS = [("3des", "sha1", 2), ("3des", "md5", 2), ("des", "sha1", 1), ("des", "md5", 1)]
ENCR = {"des": 1, "3des": 5}
HASH = {"md5": 1, "sha1": 2}
PSK, RSA = 1, 3
INTERVALS = [1, 2, 4, 8, 16, 32]
FRAGMENT_PACKET = 576
NONE = bytes(8)


class Main:
    """A main-mode SA. `expect` is the number of the message that comes next."""

    def __init__(self, initiator, address, floated):
        self.initiator, self.address, self.floated = initiator, address, floated
        self.cky_i = self.cky_r = NONE
        self.expect = 0
        self.vendors = []
        self.established = self.fragmenting = False
        self.behind_nat = self.peer_behind_nat = False
        self.keys = self.ident = self.replaces = None
        self.iv = self.last = b""
        self.heard = self.answer = None
        self.quicks, self.deletes, self.then = {}, {}, []
        self.parts = {}

    @property
    def encap(self):
        return self.behind_nat or self.peer_behind_nat

    def spoken(self, name):
        return any(vid[:16] == VENDORS[name][:16] for vid in self.vendors)


class Peer(Quick, Info, threading.Thread):
    """The double. Quick mode and informational exchanges are in files of their own."""

    def __init__(self, ns, local, remote, psk=None, identity=None):
        super().__init__(daemon=True)
        self.local, self.remote, self.psk, self.who = local, remote, psk, identity
        self.offers, self.mm_seconds = OFFERS, 28800
        self.vendors = list(VENDORS)[:3]
        self.cluster = self.dos = self.clear_notify = False
        self.keepalive = 20
        self.path_limit = None      # packets that are longer get lost, both ways
        self.fragment_after = sum(INTERVALS[:2])
        self.init_quick()
        self.said, self.faults, self.mains, self.pairs = [], [], [], []
        self.lost_acks = 0          # so many acknowledgements of deletes are not sent
        self.fragment_id = 0
        self.key = os.urandom(50)
        self.lock, self.timers, self.running = threading.RLock(), [], True
        self.xfrm = xfrm.Xfrm(ns)
        self.xfrm.listen_encap()
        self.plain = ns.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.plain.bind((local, 500))
        xfrm.bypass(self.plain)
        self.natt = self.xfrm.encap[0]
        self.start()

    # the thread

    def run(self):
        while self.running:
            with self.lock:
                pause = min([0.2] + [when - time.monotonic() for when, _, _ in self.timers])
            ready = select.select([self.plain, self.natt], [], [], max(pause, 0))[0]
            with self.lock:
                for sock in ready:
                    try:
                        data, address = sock.recvfrom(1 << 16, socket.MSG_DONTWAIT)
                    except BlockingIOError:
                        continue
                    self.guard(self.datagram, data, address, sock is self.natt)
                now = time.monotonic()
                due = [one for one in self.timers if one[0] <= now]
                self.timers = [one for one in self.timers if one[0] > now]
                for _, function, words in due:
                    self.guard(function, *words)

    def guard(self, function, *words):
        try:
            function(*words)
        except Exception as err:  # pylint: disable=broad-except
            self.faults.append(f"{type(err).__name__}: {err}\n{traceback.format_exc()}")

    def close(self):
        self.running = False
        self.join()
        with self.lock:
            self.xfrm.flush()
            self.xfrm.flush_policies()
            self.plain.close()
            self.xfrm.close()

    def after(self, seconds, function, *words):
        self.timers.append((time.monotonic() + seconds, function, words))

    def say(self, text):
        self.said.append(text)

    def heard(self, text):
        return [one for one in self.said if text in one]

    # the wire

    def raw(self, main, data):
        if main.floated:
            data = bytes(4) + data
        if self.path_limit and len(data) + 28 > self.path_limit:
            self.say(f"lost on the way: {len(data)} bytes of ours")
            return
        (self.natt if main.floated else self.plain).sendto(data, main.address)

    def transmit(self, main, data, has_id):
        room = FRAGMENT_PACKET - 28 - isakmp.HEADER - 8 - (4 if main.floated else 0)
        if not (main.fragmenting and has_id and len(data) > room):
            self.raw(main, data)
            return
        head = isakmp.header(data)
        self.fragment_id = (self.fragment_id + 1) & 0xffff
        pieces = [data[i:i + room] for i in range(0, len(data), room)]
        self.say(f"{len(pieces)} fragments sent")
        for i, piece in enumerate(pieces):
            kind, body = isakmp.chain([isakmp.fragment(self.fragment_id, i + 1,
                                                       i + 1 == len(pieces), piece)])
            self.raw(main, isakmp.message(head.cky_i, head.cky_r, head.exchange,
                                          head.flags & ~isakmp.ENCRYPTED, head.ident, kind,
                                          body))

    def insist(self, owner, main, data, has_id, tries=0):
        """Send, and again while `owner.answer` is what it is now."""
        if tries and owner.answer is not data:
            return
        owner.answer = data
        if tries:
            self.say("sent again")
        self.transmit(main, data, has_id)
        if tries < len(INTERVALS):
            self.after(INTERVALS[tries], self.insist, owner, main, data, has_id, tries + 1)

    def datagram(self, data, address, floated):
        if self.path_limit and len(data) + 28 > self.path_limit:
            self.say(f"lost on the way: {len(data)} bytes of the peer's")
            return
        if floated and data == b"\xff":
            return
        if floated:
            need(data[:4] == bytes(4), "no marker in front of IKE on port 4500")
            data = data[4:]
        self.take(data, address, floated)

    def take(self, data, address, floated):
        head = isakmp.header(data)
        main = next((one for one in self.mains if one.cky_i == head.cky_i), None)
        if head.exchange == isakmp.MAIN and \
                (not main or head.cky_r == NONE and not main.initiator):
            self.first(head, data, address, floated, main)
            return
        if main and main.initiator and main.expect == 2:
            if head.exchange == isakmp.INFORMATIONAL:
                self.clear(main, head, data)
                return
            need(head.cky_r != NONE, "no responder's cookie in the second message")
            main.cky_r = head.cky_r
        if not main or main.cky_r != head.cky_r:
            self.say(f"unknown cookies, exchange {head.exchange}")
            return
        if head.next == isakmp.FRAGMENT:
            self.piece(main, head, data, address, floated)
            return
        if head.exchange == isakmp.MAIN:
            self.main_message(main, head, data, address, floated)
        elif head.exchange == isakmp.QUICK:
            self.quick_message(main, head, data)
        else:
            need(head.exchange == isakmp.INFORMATIONAL, f"exchange {head.exchange}")
            if head.flags & isakmp.ENCRYPTED:
                self.info_message(main, head, data)
            else:
                self.clear(main, head, data)

    def piece(self, main, head, data, address, floated):
        need(not head.flags & isakmp.ENCRYPTED, "a fragment with the encryption bit")
        need(len(data) + 28 + (4 if floated else 0) <= FRAGMENT_PACKET, "a fragment too long")
        payloads, _ = isakmp.unchain(head.next, data[isakmp.HEADER:])
        need(len(payloads) == 1, "a fragment is not alone in its message")
        ident, number, last, part = isakmp.read_fragment(payloads[0].body)
        parts = main.parts.setdefault(ident, {"last": None})
        need(number not in parts, "a fragment twice")
        need(not last or not parts["last"], "two last fragments")
        parts[number] = part
        parts["last"] = number if last else parts["last"]
        main.fragmenting = True
        if parts["last"] and len(parts) == parts["last"] + 1:
            del main.parts[ident]
            whole = b"".join(parts[i] for i in range(1, parts["last"] + 1))
            self.say(f"{parts['last']} fragments taken")
            self.take(whole, address, floated)

    # main mode

    def main(self, then=None, replaces=None):
        """Start one; `then` is called when it is established."""
        with self.lock:
            old = replaces
            main = Main(True, old.address if old else (self.remote, 500),
                        bool(old and old.floated))
            main.cky_i, main.replaces = os.urandom(8), old
            main.then = [then] if then else []
            main.sa = isakmp.sa([isakmp.Proposal(1, isakmp.IKE, b"", [
                isakmp.Transform(i + 1, 1, self.suite(one))
                for i, one in enumerate(self.offers)])])
            self.mains.append(main)
            self.send_first(main)
            return main

    def method(self):
        return RSA if self.who else PSK

    def suite(self, offer):
        encr, hash_, group = offer
        return isakmp.attribute(1, ENCR[encr]) + isakmp.attribute(2, HASH[hash_]) + \
            isakmp.attribute(4, group) + isakmp.attribute(3, self.method()) + \
            isakmp.attribute(11, 1) + isakmp.attribute(12, self.mm_seconds, 4)

    def vendor_payloads(self):
        names = list(self.vendors)
        if not any(one.established for one in self.mains):
            names.append("Vid-Initial-Contact")
        if self.cluster:
            names.append("NLBS_PRESENT")
        return [isakmp.Payload(isakmp.VENDOR, VENDORS[name]) for name in names]

    def send_first(self, main):
        main.expect = 2
        self.send_clear(main, [isakmp.Payload(isakmp.SA, main.sa)] + self.vendor_payloads())

    def send_clear(self, main, payloads, insist=True):
        kind, body = isakmp.chain(payloads)
        data = isakmp.message(main.cky_i, main.cky_r, isakmp.MAIN, 0, 0, kind, body)
        if insist and main.initiator:
            self.insist(main, main, data, False)
        else:
            main.answer = data
            self.transmit(main, data, False)

    def cookie(self, head, address):
        seed = self.key + head.cky_i + repr(address).encode()
        return hashlib.sha1(seed + struct.pack(">I", int(time.time()) // 150)).digest()[:8]

    def first(self, head, data, address, floated, main):
        """A peer's first message."""
        need(head.flags == 0 and head.ident == 0, "flags or message ID in a first message")
        if main and main.heard == data:
            self.transmit(main, main.answer, False)
            return
        payloads, _ = isakmp.unchain(head.next, data[isakmp.HEADER:])
        need(payloads[0].kind == isakmp.SA, "the SA payload is not the first")
        main = Main(False, address, floated)
        main.cky_i, main.cky_r = head.cky_i, os.urandom(8)
        cookie = self.cookie(head, address)
        if self.dos and head.cky_r != cookie:
            need(head.cky_r == NONE, "a cookie that is not ours")
            main.cky_r = NONE
            self.say("cookie asked for")
            self.notify_clear(main, isakmp.DOS_COOKIE, cookie)
            return
        need(self.dos or head.cky_r == NONE, "a responder's cookie in a first message")
        if self.dos:
            self.say("cookie came back")
        main.vendors = [one.body for one in payloads if one.kind == isakmp.VENDOR]
        main.sa = payloads[0].body
        main.heard = data
        proposals = isakmp.read_sa(main.sa)
        need(len(proposals) == 1 and proposals[0].proto == isakmp.IKE, "phase 1's proposal")
        for form in proposals[0].transforms:
            offer = self.offer_of(form)
            if form.ident == 1 and offer in self.offers and \
                    dict(form.attributes).get(3) == self.method():
                break
        else:
            self.say("no proposal chosen")
            self.notify_clear(main, isakmp.NO_PROPOSAL_CHOSEN, b"")
            return
        main.offer = offer
        self.mains.append(main)
        self.say(f"main mode {'-'.join(map(str, offer))}")
        chosen = isakmp.sa([isakmp.Proposal(proposals[0].number, isakmp.IKE, b"", [
            isakmp.Transform(form.number, 1, self.suite(offer)[:16] + isakmp.attribute(11, 1) +
                             isakmp.attribute(12, isakmp.lifetimes(form.attributes, 11).get(
                                 1, 28800), 4))])])
        main.expect = 3
        self.send_clear(main, [isakmp.Payload(isakmp.SA, chosen)] + self.vendor_payloads())

    @staticmethod
    def offer_of(form):
        """(cipher, hash, group) of a transform, or None."""
        said = dict(form.attributes)
        names = {value: name for name, value in ENCR.items()}
        hashes = {value: name for name, value in HASH.items()}
        return names.get(said.get(1)), hashes.get(said.get(2)), said.get(4)

    def main_message(self, main, head, data, address, floated):
        if data == main.heard:
            self.say("answered again")
            self.transmit(main, main.answer, main.expect != 3 and main.expect != 5)
            return
        need(head.ident == 0, "a message ID in main mode")
        step, body, kept = main.expect, data[isakmp.HEADER:], main.iv
        if not step:
            self.say("a main-mode message that nobody waits for")
            return
        encrypted = bool(head.flags & isakmp.ENCRYPTED)
        need(encrypted == (step >= 5), f"message {step}: encryption")
        if encrypted:
            need(len(body) % 8 == 0, "not of whole blocks")
            main.iv, body = body[-8:], main.keys.decrypt(main.iv, body)
        try:
            payloads, _ = isakmp.unchain(head.next, body, encrypted)
            if not main.initiator:
                main.address, main.floated = address, floated
            {2: self.second, 3: self.third, 4: self.fourth_main, 5: self.fifth,
             6: self.sixth}[step](main, payloads)
        except Exception:
            main.iv = kept
            raise
        main.heard = data

    def second(self, main, payloads):
        need(payloads[0].kind == isakmp.SA, "the SA payload is not the first")
        main.vendors = [one.body for one in payloads if one.kind == isakmp.VENDOR]
        chosen = isakmp.read_sa(payloads[0].body)
        need(len(chosen) == 1 and len(chosen[0].transforms) == 1, "more than one is chosen")
        form = chosen[0].transforms[0]
        need(1 <= form.number <= len(self.offers), "a transform of another number")
        main.offer = self.offers[form.number - 1]
        # RFC 2409 section 5: nothing of an offer may be changed but its encoding
        need(sorted(form.attributes) == sorted(isakmp.attributes(self.suite(main.offer))),
             f"the offer was changed: {form.attributes}")
        self.say(f"main mode {'-'.join(map(str, main.offer))}")
        main.dh, main.ni = oakley.Dh(main.offer[2]), os.urandom(20)
        main.ke_i = main.dh.public
        if self.clear_notify:
            self.notify_clear(main, isakmp.NOTIFY_STATUS, struct.pack(">I", 13801))
        main.expect = 4
        self.after(self.fragment_after, self.fragment_due, main)
        self.send_clear(main, self.exchange(main, main.ke_i, main.ni))

    def exchange(self, main, ke, nonce):
        """KE, nonce, NAT-D: the receiver's address first."""
        made = [isakmp.Payload(isakmp.KE, ke), isakmp.Payload(isakmp.NONCE, nonce)]
        if not main.initiator and self.who:
            made.append(isakmp.Payload(isakmp.CERTREQ, b"\4" + self.who.ca_name()))
        if self.natt_spoken(main):
            ours = self.local, 4500 if main.floated else 500
            made += [isakmp.Payload(isakmp.NATD, self.natd(main, one))
                     for one in (main.address, ours)]
        return made

    def natt_spoken(self, main):
        name = "draft-ietf-ipsec-nat-t-ike-02\n"
        return name in self.vendors and main.spoken(name)

    @staticmethod
    def natd(main, address):
        return oakley.HASHES[main.offer[1]](
            main.cky_i + main.cky_r + socket.inet_aton(address[0]) +
            struct.pack(">H", address[1])).digest()

    def fragment_due(self, main):
        if not main.established and main.spoken("FRAGMENTATION"):
            main.fragmenting = True

    def find_nat(self, main, payloads):
        found = [one.body for one in payloads if one.kind == isakmp.NATD]
        need(not any(one.kind in (20, 21) for one in payloads), "RFC 3947's payload numbers")
        if not self.natt_spoken(main):
            need(not found, "NAT-D payloads and nobody speaks of it")
            return
        need(len(found) >= 2, f"{len(found)} NAT-D payloads")
        ours = self.local, 4500 if main.floated else 500
        main.behind_nat = found[0] != self.natd(main, ours)
        main.peer_behind_nat = self.natd(main, main.address) not in found[1:]
        if main.encap:
            self.say("NAT found: " + ("us" if main.behind_nat else "") +
                     ("peer" if main.peer_behind_nat else ""))
            if main.behind_nat:
                self.after(self.keepalive, self.keep_alive, main)

    def keep_alive(self, main):
        if self.running and (main.established or main.expect):
            if main.floated:
                self.natt.sendto(b"\xff", main.address)
            self.after(self.keepalive, self.keep_alive, main)

    @staticmethod
    def one(payloads, kind):
        found = [one.body for one in payloads if one.kind == kind]
        need(len(found) == 1, f"{len(found)} payloads of type {kind}")
        return found[0]

    def third(self, main, payloads):
        main.ke_i, main.ni = self.one(payloads, isakmp.KE), self.one(payloads, isakmp.NONCE)
        need(8 <= len(main.ni) <= 256, "the nonce's length")
        self.find_nat(main, payloads)
        main.dh, main.nr = oakley.Dh(main.offer[2]), os.urandom(20)
        main.ke_r = main.dh.public
        self.derive(main, main.ke_i)
        if self.clear_notify:
            self.notify_clear(main, isakmp.NOTIFY_STATUS, struct.pack(">I", 13801))
        main.expect = 5
        self.after(self.fragment_after, self.fragment_due, main)
        self.send_clear(main, self.exchange(main, main.ke_r, main.nr))

    def derive(self, main, theirs):
        shared = main.dh.shared(theirs)
        nonces, cookies = main.ni + main.nr, main.cky_i + main.cky_r
        key, data = (nonces, shared) if self.who else (self.psk, nonces)
        main.keys = oakley.Keys(main.offer[:2], key, data, shared, cookies)
        main.iv = main.keys.digest(main.ke_i + main.ke_r)[:8]

    def fourth_main(self, main, payloads):
        main.ke_r, main.nr = self.one(payloads, isakmp.KE), self.one(payloads, isakmp.NONCE)
        self.find_nat(main, payloads)
        self.derive(main, main.ke_r)
        if main.encap and not main.floated:
            main.floated, main.address = True, (main.address[0], 4500)
        main.expect = 6
        data = self.seal_main(main, self.proof(main, True))
        self.insist(main, main, data, True)

    def seal_main(self, main, payloads):
        kind, body = isakmp.chain(payloads)
        body = main.keys.encrypt(main.iv, body + bytes(-len(body) % 8))
        main.iv = body[-8:]
        return isakmp.message(main.cky_i, main.cky_r, isakmp.MAIN, isakmp.ENCRYPTED, 0, kind,
                              body)

    def proof(self, main, initiator):
        """ID, and HASH or CERT and SIG."""
        if self.who:
            main.ident = struct.pack(">BBH", 9, 0, 0) + self.who.subject()
        else:
            main.ident = struct.pack(">BBH", 1, 0, 0) + socket.inet_aton(self.local)
        made = [isakmp.Payload(isakmp.ID, main.ident)]
        digest = self.hash_of(main, initiator, main.ident)
        if not self.who:
            return made + [isakmp.Payload(isakmp.HASH, digest)]
        made += [isakmp.Payload(isakmp.CERT, b"\4" + self.who.der()),
                 isakmp.Payload(isakmp.SIG, self.who.sign(digest))]
        if initiator:
            made.append(isakmp.Payload(isakmp.CERTREQ, b"\4" + self.who.ca_name()))
        return made

    @staticmethod
    def hash_of(main, initiator, ident):
        public, cookies = [main.ke_i, main.ke_r], [main.cky_i, main.cky_r]
        if not initiator:
            public.reverse()
            cookies.reverse()
        return main.keys.prf(main.keys.skeyid, b"".join(public + cookies) + main.sa + ident)

    def check_proof(self, main, payloads, initiator):
        ident = self.one(payloads, isakmp.ID)
        need(ident[1:4] in (bytes(3), b"\x11\x01\xf4", b"\x11\0\0"), "the identity's port")
        digest = self.hash_of(main, initiator, ident)
        if not self.who:
            need(self.one(payloads, isakmp.HASH) == digest, "the hash is wrong")
            need(ident[0] == 1, f"an identity of type {ident[0]}")
        else:
            cert = next(one.body for one in payloads if one.kind == isakmp.CERT)
            need(ident[0] == 9 and cert[0] == 4, "an identity or certificate of another type")
            self.who.check(cert[1:], ident[4:], digest, self.one(payloads, isakmp.SIG))

    def fifth(self, main, payloads):
        self.check_proof(main, payloads, True)
        need(not main.peer_behind_nat or main.floated, "the initiator did not float")
        main.expect = 0
        main.answer = self.seal_main(main, self.proof(main, False))
        self.transmit(main, main.answer, True)
        self.establish(main, payloads)

    def sixth(self, main, payloads):
        self.check_proof(main, payloads, False)
        main.expect, main.answer = 0, None
        self.establish(main, payloads)

    def establish(self, main, payloads):
        main.last, main.established = main.iv, True
        for one in payloads:
            if one.kind == isakmp.NOTIFY:
                self.say(f"notify {isakmp.read_notify(one.body).kind} in main mode")
        self.say("main mode done")
        for then in main.then:
            then(main)
        if main.replaces:
            self.delete_main(main.replaces)

    # what a test asks for

    def established(self):
        return [one for one in self.mains if one.established]

    def quick(self, replaces=None):
        """Negotiate an SA pair, on a new main mode if there is none."""
        with self.lock:
            if self.established():
                self.quick_start(self.established()[-1], replaces)
            else:
                self.main(lambda main: self.quick_start(main, replaces))

    def rekey_main(self):
        with self.lock:
            self.main(replaces=self.established()[-1])
