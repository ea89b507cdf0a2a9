# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets put on the wire towards Red, and what Red's counters must say of them."""
import driver
import packet
import tap

# what a protected packet can end as
ENDS = ["in_delivered", "in_dummy", "in_keepalive", "in_unknown_spi", "in_larval", "in_dead",
        "in_encap_mismatch", "in_short", "in_alignment", "in_replay", "in_integrity",
        "in_ah_header", "in_padding", "in_next_header", "in_inner_header", "in_ecn", "in_bundle",
        "in_selector", "in_wrong_sa", "in_expired", "in_queue_full", "in_no_memory",
        "in_crypto_error", "in_clear_permit", "in_clear_inpass", "in_clear_soft",
        "in_clear_block", "in_clear_boot", "in_clear_unprotected", "in_clear_fragment",
        "in_clear_malformed"]


class Target:
    """Red, and the wire to it."""

    def __init__(self, red, wire):
        self.red, self.wire = red, wire

    def counts(self, packets, total=None, pad=0):
        """Send; the ways that the packets ended, {name: count}. `total` ends are waited for,
        one for each packet if it is not given.
        """
        total = len(packets) if total is None else total
        before = self.red.stats()
        done = 0
        for one in packets:
            self.wire.put(one, pad=pad)
            done += 1
            # the queue of a cell is bounded, and this is no flood test
            if not done % 64:
                tap.wait(lambda: self._ended(before) >= min(done, total), 0.5)

        tap.wait(lambda: self._ended(before) >= total, 1)
        now = self.red.stats()
        return {name: now[name] - before[name] for name in ENDS if now[name] != before[name]}

    def _ended(self, before):
        now = self.red.stats()
        return sum(now[name] - before[name] for name in ENDS)

    def expect(self, name, packets, ends, total=None, pad=0):
        """The counters grow by exactly this and nothing else."""
        if isinstance(packets, bytes):
            packets = [packets]
        if isinstance(ends, str):
            ends = {ends: len(packets)}
        got = self.counts(packets, sum(ends.values()) if total is None else total, pad)
        return tap.equal(got, ends, name)


class Peer:
    """Who holds the keys of a pair with NULL and HMAC-SHA2-256, as seen from Red."""

    def __init__(self, pair, src, dst):
        self.pair, self.prot = pair, pair["protection"][0]
        self.src, self.dst = src, dst
        self.seq = 0

    def next(self):
        self.seq += 1
        return self.seq

    def esp(self, payload, nexthdr, seq=None, outer=None, **how):
        """An IP packet with ESP; a new sequence number if none is given."""
        seq = self.next() if seq is None else seq
        body = packet.esp_null(self.prot, seq, payload, nexthdr, **how)
        return packet.ip(self.src, self.dst, packet.ESP, body, **(outer or {}))

    def udp(self, data=b"hello", seq=None, sport=9000, dport=9000, **how):
        """Transport mode: a datagram."""
        return self.esp(packet.udp(self.src, self.dst, sport, dport, data), packet.UDP, seq, **how)

    def tunnel(self, inner, seq=None, **how):
        return self.esp(inner, 41 if inner[0] >> 4 == 6 else 4, seq, **how)


def null_protection():
    return driver.protection("esp", "null", "hmac-sha2-256-128")
