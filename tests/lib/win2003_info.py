# SPDX-License-Identifier: GPL-2.0-or-later
"""Informational exchanges of the test double of Windows Server 2003: notifies in clear and
protected, and deletes that are acknowledged (MS-IKEE 3.8).
"""
import os
import struct

import isakmp
from isakmp import need

NONCE_LEN = 32
TIMES = [1, 2, 4, 8]
DRAIN = 1


class Delete:
    """One that was sent; `answer` is the message while nobody acknowledged it."""

    def __init__(self, nonce, body):
        self.nonce, self.body, self.answer, self.iv = nonce, body, None, b""


class Info:
    """Part of win2003.Peer."""

    def notify_clear(self, main, kind, data):
        """Before there is an SA: not protected, no HASH."""
        after, body = isakmp.chain([isakmp.notify(isakmp.IKE, kind, b"", data)])
        ident = 0 if kind == isakmp.DOS_COOKIE else int.from_bytes(os.urandom(4), "big")
        self.raw(main, isakmp.message(main.cky_i, main.cky_r, isakmp.INFORMATIONAL, 0, ident,
                                      after, body))

    def clear(self, main, head, data):
        need(not head.flags & isakmp.ENCRYPTED, "encrypted before there are keys")
        payloads, _ = isakmp.unchain(head.next, data[isakmp.HEADER:])
        need(len(payloads) == 1 and payloads[0].kind == isakmp.NOTIFY, "not one notify")
        notify = isakmp.read_notify(payloads[0].body)
        self.say(f"notify {notify.kind:#x} in clear")
        if notify.kind == isakmp.DOS_COOKIE and main.initiator and main.expect == 2:
            need(len(notify.data) == 8, "the cookie's length")
            main.cky_r = notify.data
            self.send_first(main)

    def first_iv(self, main, ident):
        return main.keys.digest(main.last + struct.pack(">I", ident))[:8]

    def seal(self, main, iv, exchange, ident, payloads, flags=isakmp.ENCRYPTED):
        """A message of phase 2, and the IV of the next one."""
        kind, body = isakmp.chain(payloads)
        body = main.keys.encrypt(iv, body + bytes(-len(body) % 8))
        return isakmp.message(main.cky_i, main.cky_r, exchange, flags, ident, kind,
                              body), body[-8:]

    @staticmethod
    def hash1(main, ident, more):
        """prf(SKEYID_a, M-ID | what follows), with the headers of the payloads."""
        return main.keys.prf(main.keys.a, struct.pack(">I", ident) + more)

    def send_delete(self, main, payload):
        ident, nonce = int.from_bytes(os.urandom(4), "big") or 1, os.urandom(NONCE_LEN)
        rest = [isakmp.Payload(isakmp.NONCE, nonce), payload]
        digest = self.hash1(main, ident, isakmp.chain(rest)[1])
        sent = Delete(nonce, payload.body)
        data, sent.iv = self.seal(main, self.first_iv(main, ident), isakmp.INFORMATIONAL, ident,
                                  [isakmp.Payload(isakmp.HASH, digest)] + rest)
        main.deletes[ident] = sent
        sent.answer = data
        self.raw(main, data)
        # MS-IKEE: again only to a peer that is Microsoft's
        if main.spoken("MS NT5 ISAKMPOAKLEY"):
            self.after(TIMES[0], self.again, main, sent, 1)

    def again(self, main, sent, tries):
        if sent.answer and tries < len(TIMES):
            self.raw(main, sent.answer)
            self.after(TIMES[tries], self.again, main, sent, tries + 1)

    def delete_pair(self, pair):
        """One exchange for each protocol; the SPIs are of what we receive."""
        with self.lock:
            for prot in pair["protection"]:
                self.send_delete(self.established()[-1], isakmp.delete(
                    isakmp.AH if prot["proto"] == "ah" else isakmp.ESP,
                    struct.pack(">I", prot["spi-in"])))
            self.remove(pair)

    def delete_main(self, main):
        """Its pairs stay. It is still there for the acknowledgement."""
        with self.lock:
            self.send_delete(main, isakmp.delete(isakmp.IKE, main.cky_i + main.cky_r))
            main.established = False

    def info_message(self, main, head, data):
        body = data[isakmp.HEADER:]
        need(main.last, "protected before main mode is done")
        need(len(body) % 8 == 0, "not of whole blocks")
        sent = main.deletes.get(head.ident)
        iv = sent.iv if sent else self.first_iv(main, head.ident)
        plain = main.keys.decrypt(iv, body)
        payloads, end = isakmp.unchain(head.next, plain, True)
        need(payloads and payloads[0].kind == isakmp.HASH, "the hash is not the first")
        digest = payloads[0].body
        if sent:
            self.acknowledged(main, head, payloads, sent)
            return
        need(digest == self.hash1(main, head.ident, plain[4 + len(digest):end]),
             "HASH(1) is wrong")
        nonces = [one.body for one in payloads if one.kind == isakmp.NONCE]
        deletes = [one.body for one in payloads if one.kind == isakmp.DELETE]
        for one in payloads:
            if one.kind == isakmp.NOTIFY:
                self.say(f"notify {isakmp.read_notify(one.body).kind:#x}")
        if not deletes:
            return
        if nonces:
            need(len(deletes) == 1 and len(nonces[0]) == NONCE_LEN, "a reliable delete's form")
            self.acknowledge(main, head, nonces[0], deletes[0], body[-8:])
        else:
            self.say("delete without a nonce")
        for one in deletes:
            self.deleted(main, *isakmp.read_delete(one))

    def acknowledge(self, main, head, nonce, body, iv):
        if self.lost_acks:
            self.lost_acks -= 1
            self.say("acknowledgement lost")
            return
        ours = os.urandom(NONCE_LEN)
        digest = main.keys.prf(main.keys.a, nonce + struct.pack(">I", head.ident) + ours + body)
        data, _ = self.seal(main, iv, isakmp.INFORMATIONAL, head.ident, [
            isakmp.Payload(isakmp.HASH, digest), isakmp.Payload(isakmp.DELETE, body),
            isakmp.Payload(isakmp.NONCE, ours)])
        self.raw(main, data)

    def acknowledged(self, main, head, payloads, sent):
        kinds = [one.kind for one in payloads]
        need(kinds == [isakmp.HASH, isakmp.DELETE, isakmp.NONCE], f"payloads {kinds}")
        digest, body, nonce = [one.body for one in payloads]
        need(body == sent.body, "the delete is not copied")
        need(digest == main.keys.prf(main.keys.a, sent.nonce + struct.pack(
            ">I", head.ident) + nonce + body), "HASH(2) of an acknowledgement is wrong")
        sent.answer = None
        self.say("delete acknowledged")

    def deleted(self, main, proto, spis):
        if proto == isakmp.IKE:
            need(spis == [main.cky_i + main.cky_r], "a delete of other cookies")
            main.established = False
            self.say("main mode deleted by the peer")
            return
        name = {isakmp.AH: "ah", isakmp.ESP: "esp"}[proto]
        for pair in list(self.pairs):
            for prot in pair["protection"]:
                if prot["proto"] == name and struct.pack(">I", prot["spi-out"]) in spis:
                    self.remove(pair)
                    self.say("quick mode deleted by the peer")
                    break

    def remove(self, pair):
        """It receives what is on its way for a moment."""
        self.pairs.remove(pair)
        if self.pairs:
            self.xfrm.use(self.pairs[-1]["reqid"])
        self.xfrm.delete(pair, ("out",))
        self.after(DRAIN, self.xfrm.delete, pair, ("in",))
