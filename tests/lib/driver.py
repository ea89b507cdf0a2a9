# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver in a test: the module, hosts that it protects, SA pairs for two of them, and
the checks that hold after every test (oracles O2, O3 of the verification plan; O1 is
tests/guest/run's).
"""
import hashlib
import os
import re

import nl
from tap import RING, CommandError, cmd, equal, note, ok, wait

KO = os.environ.get("IPSECDRV_KO")
CACHES = re.compile(r"^ipd_|^ipsecdrv", re.M)


def load(**params):
    """insmod, with what it depends on."""
    if os.path.isdir("/sys/module/ipsecdrv"):
        raise CommandError("the module is loaded already")
    words = [f"{key}={value}" for key, value in params.items()]
    if RING != "host":
        cmd("modprobe", "ipsecdrv", *words)
        return
    # only in a guest does modprobe know a module that is not installed
    needs = cmd("modinfo", "-F", "depends", KO).strip()
    if needs:
        cmd("modprobe", "-a", *needs.split(","))
    cmd("insmod", KO, *words)


def unload():
    """rmmod. A netlink request that is just ending holds the module for a moment."""
    def gone():
        return not cmd("rmmod", "ipsecdrv", check=False).returncode

    wait(gone, 5, "rmmod to succeed")


def set_param(name, value):
    with open(f"/sys/module/ipsecdrv/parameters/{name}", "w", encoding="ascii") as file:
        file.write(value)


def check_unload():
    """O2: nothing holds the module, it goes, and leaves no memory of its own."""
    with open("/sys/module/ipsecdrv/refcnt", encoding="ascii") as file:
        users = int(file.read())
    equal(users, 0, "nobody uses the module at the end")
    done = cmd("rmmod", "ipsecdrv", check=False)
    ok(not done.returncode, "the module unloads", done.stderr)
    with open("/proc/slabinfo", encoding="ascii") as file:
        left = CACHES.findall(file.read())
    equal(left, [], "no cache of the module is left")


# What an SA needs: bytes of key and salt.
ENCR = {
    "null": 0, "aes-gcm-8": 20, "aes-gcm-12": 20, "aes-gcm-16": 20, "chacha20-poly1305": 36,
    "aes-ccm-8": 19, "aes-ccm-12": 19, "aes-ccm-16": 19, "aes-ctr": 20, "aes-cbc": 16,
    "aes-gmac": 20, "des-cbc": 8, "des3-cbc": 24,
}
AEAD = {name for name in ENCR if name.startswith(("aes-gcm", "aes-ccm", "chacha", "aes-gmac"))}
INTEG = {
    "hmac-sha2-256-128": 32, "hmac-sha2-384-192": 48, "hmac-sha2-512-256": 64,
    "hmac-sha1-96": 20, "aes-xcbc-96": 16, "aes-cmac-96": 16, "hmac-md5-96": 16,
}
LEGACY = {"des-cbc", "des3-cbc", "hmac-md5-96"}
# on the wire
IV = {"null": 0, "aes-cbc": 16}
BLOCK = {"aes-cbc": 16, "des-cbc": 8, "des3-cbc": 8}
ICV = {"aes-gcm-8": 8, "aes-ccm-8": 8, "aes-gcm-12": 12, "aes-ccm-12": 12, "aes-gcm-16": 16,
       "aes-ccm-16": 16, "aes-gmac": 16, "chacha20-poly1305": 16,
       "hmac-sha2-256-128": 16, "hmac-sha2-384-192": 24, "hmac-sha2-512-256": 32,
       "hmac-sha1-96": 12, "aes-xcbc-96": 12, "aes-cmac-96": 12, "hmac-md5-96": 12}


def esp_length(encr, integ, payload):
    """Bytes of an ESP packet, its IP header not counted."""
    block = BLOCK.get(encr, 4)
    return 8 + IV.get(encr, 8) + (payload + 2 + block - 1) // block * block + ICV[integ or encr]


_spi = 0x1000


def key(length, *seed):
    """Bytes that look random and are the same every time."""
    out, text = b"", "|".join(map(str, seed)).encode()
    while len(out) < length:
        out += hashlib.sha256(text + len(out).to_bytes(4, "big")).digest()
    return out[:length]


def protection(proto="esp", encr="aes-gcm-16", integ=None, bits=None, seed=None):
    """One protocol of a pair as Red has it, with new SPIs and keys."""
    global _spi
    _spi += 2
    seed = seed or _spi
    made = {"proto": proto, "spi-in": _spi, "spi-out": _spi + 1}
    if proto == "esp":
        length = ENCR[encr]
        if bits:
            length += bits // 8 - 16
        made["encr"] = encr
        if length:
            made["encr-key-in"] = key(length, seed, "encr", "in")
            made["encr-key-out"] = key(length, seed, "encr", "out")
    if integ:
        made["integ"] = integ
        made["integ-key-in"] = key(INTEG[integ], seed, "integ", "in")
        made["integ-key-out"] = key(INTEG[integ], seed, "integ", "out")
    return made


def mirror(pair):
    """The pair as the peer needs it."""
    swap = {"spi-in": "spi-out", "encr-key-in": "encr-key-out", "integ-key-in": "integ-key-out"}
    swap.update({there: here for here, there in swap.items()})
    turned = dict(pair)
    turned["protection"] = [{swap.get(name, name): value for name, value in prot.items()}
                            for prot in pair["protection"]]
    for here, there in ("local", "remote"), ("encap-local", "encap-remote"):
        if here in pair:
            turned[here], turned[there] = pair[there], pair[here]
    if "selector" in pair:
        turned["selector"] = mirror_selector(pair["selector"])
    return turned


def mirror_selector(selector):
    swap = {}
    for end in "", "-plen", "-last":
        swap["src" + end], swap["dst" + end] = "dst" + end, "src" + end
    for end in "", "-last":
        swap["sport" + end], swap["dport" + end] = "dport" + end, "sport" + end
    return {swap.get(name, name): value for name, value in selector.items()}


def selector(src=None, dst=None, proto=None, sport=None, dport=None, family=None, **more):
    """Prefixes and port ranges as text: "10.0.0.0/24", "1000-2000"."""
    made = {}
    for name, text in ("src", src), ("dst", dst):
        if not text:
            continue
        family = 10 if ":" in text else 2
        if "-" in text:
            made[name], made[name + "-last"] = text.split("-")
        else:
            made[name], _, plen = text.partition("/")
            made[name + "-plen"] = int(plen or (128 if family == 10 else 32))
    if family:
        made["family"] = {4: 2, 6: 10}.get(family, family)
    if proto is not None:
        made["proto"] = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}.get(proto, proto)
    for name, text in ("sport", sport), ("dport", dport):
        if text is not None:
            first, _, last = str(text).partition("-")
            made[name], made[name + "-last"] = int(first), int(last or first)
    made.update({name.replace("_", "-"): value for name, value in more.items()})
    return made


def filter_of(ident, action, src=None, dst=None, proto=None, sport=None, dport=None, *,
              direction="out", flags=("mirrored",), name=None, tunnel=None, narrow=None,
              family=None, select=None, **more):
    """A filter as netlink wants it; tunnel is (local, remote)."""
    flags = list(flags)
    made = {"id": ident, "dir": direction, "action": action, "name": name,
            "selector": selector(src, dst, proto, sport, dport, family, **(select or {}))}
    if tunnel:
        flags.append("tunnel")
        made["tunnel-local"], made["tunnel-remote"] = tunnel
    made["flags"] = flags
    made["narrow"] = narrow
    made.update({name.replace("_", "-"): value for name, value in more.items()})
    return made


class Driver:
    """The driver in one namespace."""

    def __init__(self, ns):
        self.ns = ns
        self.nl = nl.Client(ns)

    def table(self, *filters, **config):
        """A whole new table, and settings."""
        if config:
            self.config(**config)
        number = self.nl.do("table-begin")["transaction"]
        for i in range(0, len(filters), 100):
            self.nl.do("filter-add", {"transaction": number, "filter": list(filters[i:i + 100])})
        return self.nl.do("table-commit", {"transaction": number})

    def config(self, **values):
        self.nl.do("config-set", **values)

    def filters(self):
        return [one for answer in self.nl.dump("filter-dump") for one in answer["filter"]]

    def filter(self, ident):
        return self.nl.do("filter-get", id=ident)["filter"][0]

    def add(self, pair):
        return self.nl.do("sa-add", pair)["id"]

    def sas(self):
        return self.nl.dump("sa-dump")

    def sa(self, ident):
        return self.nl.do("sa-get", id=ident)

    def flush(self):
        self.nl.do("sa-flush")

    def stats(self):
        return {one["name"]: one["value"] for one in self.nl.do("stats-get")["stat"]}

    def explain(self, direction, packet, **more):
        return self.nl.do("explain", {"dir": direction, "packet": packet, **more})


# packets that the driver drops, or leaves to a stack that has no use for them
LOST = ("in_ah_header", "in_alignment", "in_bundle", "in_clear_block", "in_clear_boot",
        "in_clear_fragment", "in_clear_malformed", "in_clear_unprotected", "in_crypto_error",
        "in_dead", "in_ecn", "in_encap_mismatch", "in_expired", "in_inner_header", "in_integrity",
        "in_larval", "in_next_header", "in_no_memory", "in_padding", "in_queue_full", "in_replay",
        "in_selector", "in_short", "in_unknown_spi", "in_wrong_sa", "out_block", "out_boot",
        "out_conntrack", "out_crypto_error", "out_expired", "out_hold_flushed", "out_hold_full",
        "out_hold_refused", "out_hold_timeout", "out_malformed", "out_no_memory", "out_no_route",
        "out_no_sa", "out_sequence", "out_too_big")


class Counting:
    """with Counting(driver) as c: ...; c["in_replay"] is how much it grew."""

    def __init__(self, driver):
        self.driver = driver

    def __enter__(self):
        self.before = self.driver.stats()
        return self

    def __exit__(self, *exc):
        if not exc[0]:
            self.take()

    def take(self):
        now = self.driver.stats()
        self.delta = {name: now[name] - self.before[name] for name in now}
        return self.delta

    def __getitem__(self, name):
        return self.delta[name]

    def grown(self):
        return {name: value for name, value in self.delta.items() if value}


def conservation(driver, name=None, orphans=False):
    """O3: every packet left the driver by exactly one way. Packets on their way (held, in
    a queue, with a cipher) are waited for. Orphans, which a cipher gave back when their pair
    was gone, have no proof any more: they come once more, among the packets in clear.
    """
    name = name or driver.ns.name

    def broken():
        stat = driver.stats()
        wrong = []
        ways = ["in_clear_permit", "in_clear_inpass", "in_clear_soft", "in_clear_block",
                "in_clear_boot", "in_clear_unprotected"]
        # fragments and malformed packets are counted before they are packets in clear
        clear = sum(stat[way] for way in ways)
        fragments = stat["in_clear_fragment"]
        if not clear <= stat["in_clear_packets"] <= clear + fragments:
            wrong.append(f"in_clear_packets {stat['in_clear_packets']} is not {clear}")
        drops = [way for way in stat if way.startswith("in_") and not way.startswith("in_clear")
                 and way not in ("in_packets", "in_delivered", "in_unknown_spi", "in_keepalive",
                                 "in_larval_held", "in_crypto_async", "in_offload")]
        gone = stat["in_delivered"] + sum(stat[way] for way in drops)
        lost = stat["in_packets"] - gone
        if not 0 <= lost <= (stat["in_clear_packets"] if orphans else 0):
            wrong.append(f"in_packets {stat['in_packets']} is not {gone}: delivered "
                         f"{stat['in_delivered']}, " +
                         ", ".join(f"{way} {stat[way]}" for way in drops if stat[way]))
        ways = ["out_permit", "out_block", "out_boot", "out_protect", "out_soft", "out_hold_full",
                "out_hold_timeout", "out_hold_refused", "out_hold_flushed", "out_no_sa",
                "out_expired", "out_malformed", "out_too_big", "out_no_route", "out_no_memory",
                "out_conntrack"]
        held = sum(one["held"] for one in driver.nl.dump("acquire-dump"))
        gone = sum(stat[way] for way in ways) + held
        if stat["out_packets"] != gone:
            wrong.append(f"out_packets {stat['out_packets']} is not {gone}: held {held}, " +
                         ", ".join(f"{way} {stat[way]}" for way in ways if stat[way]))
        return wrong

    wait(lambda: not broken(), 5)
    wrong = broken()
    return ok(not wrong, f"{name}: every packet is counted once", "\n".join(wrong))


def note_stats(driver):
    note(f"{driver.ns.name}: " + ", ".join(
        f"{name} {value}" for name, value in driver.stats().items() if value))
