# SPDX-License-Identifier: GPL-2.0-or-later
"""Quick mode of the test double of Windows Server 2003."""
import os
import struct

import isakmp
import oakley
from isakmp import need

CIPHERS = {"des": (2, "des-cbc", 8), "3des": (3, "des3-cbc", 24), "null": (11, "null", 0)}
# AH's transform, the attribute, XFRM's name, key
HASHES = {"md5": (2, 1, "hmac-md5-96", 16), "sha1": (3, 2, "hmac-sha1-96", 20)}
# a method is what each protocol uses: ("ah", hash) and ("esp", cipher, hash)
METHODS = [[("esp", "3des", "sha1")], [("esp", "3des", "md5")], [("esp", "des", "sha1")],
           [("esp", "des", "md5")], [("ah", "sha1")], [("ah", "md5")]]
NUMBERS = {"ah": isakmp.AH, "esp": isakmp.ESP}
TUNNEL, TRANSPORT, UDP_TUNNEL, UDP_TRANSPORT = 1, 2, 61443, 61444


class State:
    """One quick mode."""

    def __init__(self, main, ident, iv, initiator):
        self.main, self.ident, self.iv, self.initiator = main, ident, iv, initiator
        self.heard = self.answer = self.dh = self.pair = self.replaces = None
        self.shared, self.expect = b"", 2 if initiator else 1
        self.nr = b""


class Quick:
    """Part of win2003.Peer."""

    def init_quick(self):
        self.methods, self.group, self.mode = METHODS, None, "transport"
        self.seconds, self.kbytes = 3600, 100000
        self.ids = None             # (ours, the peer's), "10.1.0.0/24"
        self.fourth = None          # "connected" (with the commit bit) or "initial-contact"
        self.lifetimes = {}         # that the peer last told
        self.reqid = 0

    def encap_mode(self, main):
        if main.encap:
            return UDP_TUNNEL if self.mode == "tunnel" else UDP_TRANSPORT
        return TUNNEL if self.mode == "tunnel" else TRANSPORT

    def transform(self, main, prot, number):
        """A transform; lifetimes as four bytes, as Windows writes them."""
        ident = HASHES[prot[1]][0] if prot[0] == "ah" else CIPHERS[prot[1]][0]
        attributes = isakmp.attribute(1, 1) + isakmp.attribute(2, self.seconds, 4) + \
            isakmp.attribute(1, 2) + isakmp.attribute(2, self.kbytes, 4) + \
            isakmp.attribute(4, self.encap_mode(main)) + \
            isakmp.attribute(5, HASHES[prot[-1]][1])
        if self.group:
            attributes += isakmp.attribute(3, self.group)
        return isakmp.Transform(number, ident, attributes)

    def identities(self, main, initiator):
        ours, theirs = self.ids or (self.local, main.address[0])
        pair = [isakmp.identity(ours), isakmp.identity(theirs)]
        return pair if initiator else pair[::-1]

    def nat_oa(self, main):
        """The draft's, by the host behind the NAT alone."""
        if not main.behind_nat or self.mode == "tunnel":
            return []
        return [isakmp.Payload(isakmp.NATOA, isakmp.identity(self.local).body)]

    def quick_start(self, main, replaces=None):
        ident = int.from_bytes(os.urandom(4), "big") or 1
        state = State(main, ident, self.first_iv(main, ident), True)
        state.replaces, state.ni = replaces, os.urandom(20)
        state.spis = {name: os.urandom(1).replace(b"\0", b"\1") + os.urandom(3)
                      for name in NUMBERS}
        state.sa = isakmp.sa([
            isakmp.Proposal(i + 1, NUMBERS[prot[0]], state.spis[prot[0]],
                            [self.transform(main, prot, 1)])
            for i, method in enumerate(self.methods) for prot in method])
        state.ids = self.identities(main, True)
        rest = [isakmp.Payload(isakmp.SA, state.sa), isakmp.Payload(isakmp.NONCE, state.ni)]
        if self.group:
            state.dh = oakley.Dh(self.group)
            rest.append(isakmp.Payload(isakmp.KE, state.dh.public))
        rest += state.ids + self.nat_oa(main)
        main.quicks[ident] = state
        digest = self.hash1(main, ident, isakmp.chain(rest)[1])
        self.send_quick(state, digest, rest, insist=True)

    def send_quick(self, state, digest, rest, insist=False, flags=isakmp.ENCRYPTED):
        payloads = [isakmp.Payload(isakmp.HASH, digest)] + rest
        data, state.iv = self.seal(state.main, state.iv, isakmp.QUICK, state.ident, payloads,
                                   flags)
        has_id = any(one.kind == isakmp.ID for one in rest)
        if insist:
            self.insist(state, state.main, data, has_id)
        else:
            state.answer = data
            self.transmit(state.main, data, has_id)

    def quick_message(self, main, head, data):
        need(head.flags & isakmp.ENCRYPTED and head.ident and main.last, "a quick mode's header")
        state = main.quicks.get(head.ident)
        if state and state.heard == data:
            self.say("answered again")
            if state.answer:
                self.transmit(main, state.answer, state.expect == 3)
            return
        if not state:
            state = State(main, head.ident, self.first_iv(main, head.ident), False)
            main.quicks[head.ident] = state
        need(state.expect, "a quick-mode message too many")
        body, kept = data[isakmp.HEADER:], state.iv
        need(len(body) % 8 == 0, "not of whole blocks")
        plain = main.keys.decrypt(state.iv, body)
        payloads, end = isakmp.unchain(head.next, plain, True)
        need(payloads and payloads[0].kind == isakmp.HASH, "the hash is not the first")
        state.iv = body[-8:]
        try:
            rest = plain[4 + len(payloads[0].body):end]
            {1: self.quick_first, 2: self.quick_second, 3: self.quick_third}[state.expect](
                state, payloads, rest)
        except Exception:
            state.iv = kept
            raise
        state.heard = data

    def quick_first(self, state, payloads, rest):
        main = state.main
        need(payloads[0].body == self.hash1(main, state.ident, rest), "HASH(1) is wrong")
        state.ni = self.one(payloads, isakmp.NONCE)
        need(8 <= len(state.ni) <= 256, "the nonce's length")
        state.ids = [one for one in payloads if one.kind == isakmp.ID]
        need([one.body for one in state.ids] == [
            one.body for one in self.identities(main, False)] or main.encap or self.ids,
             "other identities than the addresses")
        self.check_nat_oa(main, payloads)
        chosen, method = self.choose(state, isakmp.read_sa(self.one(payloads, isakmp.SA)))
        if not chosen:
            self.say("no quick-mode proposal chosen")
            self.refuse_quick(state, isakmp.NO_PROPOSAL_CHOSEN)
            return
        said = chosen[0].transforms[0].attributes
        group = dict(said).get(3)
        kes = [one.body for one in payloads if one.kind == isakmp.KE]
        need(bool(kes) == bool(group), "a group without KE, or KE without a group")
        state.nr = os.urandom(20)
        state.spis = {name: os.urandom(1).replace(b"\0", b"\1") + os.urandom(3)
                      for name in NUMBERS}
        answer = [isakmp.Payload(isakmp.SA, isakmp.sa([
            isakmp.Proposal(one.number, one.proto, state.spis[name_of(one)],
                            [isakmp.Transform(form.number, form.ident, encode(form.attributes))
                             for form in one.transforms]) for one in chosen])),
                  isakmp.Payload(isakmp.NONCE, state.nr)]
        if group:
            state.dh = oakley.Dh(group)
            state.shared = state.dh.shared(kes[0])
            answer.append(isakmp.Payload(isakmp.KE, state.dh.public))
        answer += state.ids + self.nat_oa(main) + self.responder_lifetime(state, method, said)
        self.make_pair(state, chosen, method)
        # a renewed one sends when the peer has it, too; the first has nothing to wait for
        state.late = ("out",) if self.pairs else ()
        self.add(state.pair, ("in",) if state.late else ("in", "out"))
        state.expect = 3
        flags = isakmp.ENCRYPTED
        if self.fourth == "connected":
            flags |= isakmp.COMMIT
        digest = main.keys.prf(main.keys.a, struct.pack(">I", state.ident) + state.ni +
                               isakmp.chain(answer)[1])
        self.send_quick(state, digest, answer, flags=flags)

    @staticmethod
    def check_nat_oa(main, payloads):
        count = sum(one.kind == isakmp.NATOA for one in payloads)
        need(count <= 1 and (not count or main.peer_behind_nat),
             "NAT-OA by a host that is behind no NAT")

    def responder_lifetime(self, state, method, said):
        told = isakmp.lifetimes(said, 1)
        less = b""
        if self.seconds < told.get(1, 28800):
            less += isakmp.attribute(1, 1) + isakmp.attribute(2, self.seconds, 4)
        if self.kbytes < told.get(2, 1 << 32):
            less += isakmp.attribute(1, 2) + isakmp.attribute(2, self.kbytes, 4)
        if not less:
            return []
        name = method[0][0]
        return [isakmp.notify(NUMBERS[name], isakmp.RESPONDER_LIFETIME, state.spis[name], less)]

    def choose(self, state, proposals):
        """The first of the peer's that is one of our methods."""
        for number in sorted({one.number for one in proposals}):
            group = [one for one in proposals if one.number == number]
            for method in self.methods:
                chosen = self.match(state, group, method)
                if chosen:
                    return chosen, method
        return None, None

    def match(self, state, group, method):
        if sorted(map(name_of, group)) != sorted(prot[0] for prot in method):
            return None
        chosen = []
        for one in group:
            prot = next(prot for prot in method if prot[0] == name_of(one))
            need(len(one.spi) == 4, "an SPI of another length")
            for form in one.transforms:
                if self.meets(state, form, prot):
                    chosen.append(one._replace(transforms=[form]))
                    break
            else:
                return None
        return chosen

    def meets(self, state, form, prot):
        said = dict(form.attributes)
        want = self.transform(state.main, prot, 1)
        need(4 in said, "no encapsulation mode")
        return form.ident == want.ident and said[4] == self.encap_mode(state.main) and \
            said.get(5) == HASHES[prot[-1]][1] and \
            (self.group is None or said.get(3) == self.group)

    def make_pair(self, state, chosen, method):
        main, protection = state.main, []
        for prot in sorted(method, reverse=True):       # ESP is inside AH
            theirs = next(one.spi for one in chosen if name_of(one) == prot[0])
            made = {"proto": prot[0]}
            for way, spi in ("in", state.spis[prot[0]]), ("out", theirs):
                made["spi-" + way] = int.from_bytes(spi, "big")
                _, _, integ, integ_len = HASHES[prot[-1]]
                encr, encr_len = CIPHERS[prot[1]][1:] if prot[0] == "esp" else (None, 0)
                key = main.keys.keymat(encr_len + integ_len, state.shared, NUMBERS[prot[0]],
                                       spi, state.ni + state.nr)
                if encr:
                    made["encr"], made["encr-key-" + way] = encr, key[:encr_len]
                made["integ"], made["integ-key-" + way] = integ, key[encr_len:]
            protection.append(made)
        self.reqid += 1
        state.pair = {"reqid": self.reqid, "mode": self.mode, "local": self.local,
                      "remote": main.address[0], "protection": protection, "replay-window": 32}
        if main.encap:
            state.pair["encap-local"], state.pair["encap-remote"] = 4500, main.address[1]

    def add(self, pair, ways):
        """As in Windows, a packet goes by one pair or by the other, never by some SAs of each."""
        self.xfrm.add(pair, ways)
        if "out" in ways:
            self.xfrm.use(pair["reqid"])

    def quick_second(self, state, payloads, rest):
        main = state.main
        need(payloads[0].body == main.keys.prf(main.keys.a, struct.pack(
            ">I", state.ident) + state.ni + rest), "HASH(2) is wrong")
        state.nr = self.one(payloads, isakmp.NONCE)
        ids = [one for one in payloads if one.kind == isakmp.ID]
        need(ids == state.ids, f"the identities came back as {ids}, not {state.ids}")
        self.check_nat_oa(main, payloads)
        chosen = isakmp.read_sa(self.one(payloads, isakmp.SA))
        offered = isakmp.read_sa(state.sa)
        method = self.methods[chosen[0].number - 1]
        need(sorted(map(name_of, chosen)) == sorted(prot[0] for prot in method),
             "other protocols than one proposal's")
        for one in chosen:
            there = next(two for two in offered
                         if (two.number, two.proto) == (one.number, one.proto))
            need(len(one.transforms) == 1, "more than one transform is chosen")
            form, two = one.transforms[0], there.transforms[0]
            need((form.number, form.ident, sorted(form.attributes)) ==
                 (two.number, two.ident, sorted(two.attributes)),
                 f"the offer was changed: {form} {two}")
        kes = [one.body for one in payloads if one.kind == isakmp.KE]
        need(bool(kes) == bool(state.dh), "KE")
        if kes:
            state.shared = state.dh.shared(kes[0])
        for one in payloads:
            if one.kind == isakmp.NOTIFY:
                self.quick_notify(isakmp.read_notify(one.body))
        self.make_pair(state, chosen, method)
        self.add(state.pair, ("in", "out"))
        digest = main.keys.prf(main.keys.a, b"\0" + struct.pack(">I", state.ident) + state.ni +
                               state.nr)
        self.send_quick(state, digest, [])
        self.quick_done(state)

    def quick_notify(self, notify):
        self.say(f"notify {notify.kind:#x} in quick mode")
        if notify.kind == isakmp.RESPONDER_LIFETIME:
            self.lifetimes = isakmp.lifetimes(isakmp.attributes(notify.data), 1)

    def quick_third(self, state, payloads, _rest):
        main = state.main
        need(len(payloads) == 1, "something beside the hash in the third message")
        need(payloads[0].body == main.keys.prf(main.keys.a, b"\0" + struct.pack(
            ">I", state.ident) + state.ni + state.nr), "HASH(3) is wrong")
        self.add(state.pair, state.late)
        if self.fourth:
            self.send_fourth(state)
        self.quick_done(state)

    def send_fourth(self, state):
        """A message that RFC 2409 does not have: HASH as in the first, and a notify."""
        prot = state.pair["protection"][0]
        kind = isakmp.CONNECTED if self.fourth == "connected" else isakmp.INITIAL_CONTACT
        rest = [isakmp.notify(NUMBERS[prot["proto"]], kind, struct.pack(">I", prot["spi-in"]))]
        self.send_quick(state, self.hash1(state.main, state.ident, isakmp.chain(rest)[1]), rest)
        self.say("fourth message sent")

    def quick_done(self, state):
        state.expect = 0
        self.pairs.append(state.pair)
        self.say("quick mode done")
        if state.replaces and state.replaces in self.pairs:
            self.delete_pair(state.replaces)

    def refuse_quick(self, state, kind):
        ident = int.from_bytes(os.urandom(4), "big") or 1
        rest = [isakmp.notify(isakmp.ESP, kind)]
        data, _ = self.seal(state.main, self.first_iv(state.main, ident), isakmp.INFORMATIONAL,
                            ident, [isakmp.Payload(isakmp.HASH, self.hash1(
                                state.main, ident, isakmp.chain(rest)[1]))] + rest)
        self.raw(state.main, data)


def name_of(proposal):
    return {isakmp.AH: "ah", isakmp.ESP: "esp"}[proposal.proto]


def encode(pairs):
    """Attributes again, lifetimes in four bytes."""
    return b"".join(isakmp.attribute(kind, value, 4 if kind == 2 else 2)
                    for kind, value in pairs)
