# SPDX-License-Identifier: GPL-2.0-or-later
"""A good request of every command of the family, with every attribute that it takes."""
import errno

import driver

FILTER = {
    "id": 7, "name": "web %s%n", "dir": "out", "action": "negotiate",
    "flags": ["mirrored", "soft", "tunnel"], "tunnel-local": "192.0.2.1",
    "tunnel-remote": "192.0.2.2", "narrow": "pair", "require": ["esp"], "soft-reasons": 1,
    "soft-delay": 1000, "soft-lifetime": 300, "cookie": 5,
    "selector": {"family": 2, "src": "10.0.0.0", "src-plen": 24, "dst": "10.1.0.1",
                 "dst-last": "10.1.0.9", "proto": 6, "sport": 1000, "sport-last": 2000,
                 "dport": 80, "iface-class": "lan"},
}
LIFETIME = {"soft-seconds": 80, "hard-seconds": 100, "soft-bytes": 10, "hard-bytes": 20,
            "soft-packets": 1, "hard-packets": 2, "idle-seconds": 60}
NO_ENCAP = {"encap-local": None, "encap-remote": None, "keepalive": None, "flags": ["esn"]}


def pair(**more):
    """A pair with every attribute, of the filter that base() makes."""
    made = {
        "filter": 1, "mode": "transport", "local": "10.0.0.1", "remote": "10.1.0.1",
        "selector": {"src": "10.0.0.1", "dst": "10.1.0.1"},
        "encap-local": 4500, "encap-remote": 4501, "keepalive": 20, "flags": ["esn", "float"],
        "replay-window": 64, "lifetime": LIFETIME, "owner": 9,
        "protection": [driver.protection("esp", "aes-cbc", "hmac-sha2-256-128")],
    }
    made.update(more)
    return {name: value for name, value in made.items() if value is not None}


def requests(red):
    """(command, values, error that it gives all the same, or 0), each to be done in turn,
    after base().
    """
    transaction = red.do("table-begin")["transaction"]
    yield "table-begin", {}, 0
    yield "table-get", {}, 0
    yield "stats-get", {}, 0
    yield "config-get", {}, 0
    yield "filter-get", {"id": 1}, 0
    yield "sa-get", {"id": 1}, 0
    yield "explain", {"dir": "in", "protected": True, "sa": 1, "packet": {
        "family": 2, "src": "10.1.0.1", "src-plen": 32, "dst": "10.0.0.1", "dst-plen": 32,
        "proto": 6, "sport": 5, "dport": 6, "ifname": "lo"}}, 0
    yield "sa-update", {"id": 1, "remote": "10.1.0.1", "encap-remote": 4502, "keepalive": 9,
                        "lifetime": LIFETIME, "owner": 3}, 0
    yield "acquire-refuse", {"slot": 4711, "reason": "policy", "soft": True}, errno.ENOENT
    yield "sa-get-spi", {"proto": "esp", "local": "10.0.0.1", "first": 300, "last": 310,
                         "lifetime": 1, "slot": 0}, 0
    yield "config-set", {
        "default-action": "permit", "exemptions": ["ike"], "hold-per-flow": 5, "hold-total": 50,
        "hold-seconds": 5, "filters-max": 5000, "sas-max": 5000, "encap-port": 4500,
        "legacy": 1, "drain-seconds": 3, "padding-check": 1, "boot-mode": "stateful",
        "log-level": ["bad", "outbound"], "log-interval": 600,
        "boot-exemptions": {"exemption": [
            {"proto": 6, "sport": 5, "dport": 22, "dir": "in"}]}}, 0
    yield "filter-add", {"transaction": transaction, "filter": [FILTER]}, 0
    yield "filter-add", {"filter": [FILTER]}, 0
    yield "sa-add", pair(), 0
    yield "sa-add", pair(**NO_ENCAP, protection=[
        driver.protection("esp", "aes-gcm-16"), driver.protection("ah", integ="hmac-sha1-96")]), 0
    yield "table-abort", {"transaction": red.do("table-begin")["transaction"]}, 0
    yield "filter-del", {"id": 7}, 0
    yield "sa-flush", {"filter": 99, "owner": 99, "remote": "10.1.0.77"}, 0
    yield "sa-del", {"id": 2}, 0
    yield "table-commit", {"transaction": transaction,
                           "generation": red.do("table-get")["generation"],
                           "agent": True}, 0


def state(red):
    """All that a request could have changed."""
    return [red.do("table-get"), red.do("config-get"), red.dump("filter-dump"),
            [{name: sa.get(name) for name in ("id", "remote", "owner", "flags", "lifetime")}
             for sa in red.dump("sa-dump") if "id" in sa]]


def base(red):
    """A filter and a pair to work on."""
    red.do("filter-add", {"filter": [driver.filter_of(1, "negotiate", "10.0.0.0/24",
                                                      "10.1.0.0/24")]})
    red.do("sa-add", pair())
