# SPDX-License-Identifier: GPL-2.0-or-later
"""What the matrix is made of.

A link is one negotiation between two daemons, Red and Blue, the initiator always in Red; a
cell is a link and one action of its life. The four actions of a link are tried one after
the other on the same SAs, so a link is set up once for its four cells. A fifth cell is what
Wireshark says of the packets of all that.
"""
import collections

from .pki import IDS, PPK, PSK

PEERS = ["strongswan", "libreswan", "openiked", "ours"]
TITLES = {"strongswan": "strongSwan", "libreswan": "Libreswan", "openiked": "OpenIKED",
          "ours": "ipsecd"}
VERSIONS = ["IKEv2", "IKEv1"]
AUTHS = ["psk", "rsa", "ecdsa", "ed25519"]
ROLES = ["initiator", "responder"]
MODES = ["transport", "tunnel"]
PATHS = ["direct", "nat"]
FAMILIES = ["IPv4", "IPv6"]
ACTIONS = ["rekey-child", "rekey-ike", "liveness", "delete"]
CAPTURE = "capture"
CELLS = ACTIONS + [CAPTURE]

# What else a link may be about: the version of IKE, the proposals for it and for the Child SA,
# which strongSwan and ipsecd spell alike, the mode and the family that one link of it has.
Suite = collections.namedtuple("Suite", "version ike child mode family ah", defaults=[False])
GCM, CBC, PLAIN = "aes128gcm16-x25519", "aes128-sha256-modp2048", "aes128-sha256-x25519"
SUITES = {
    "chacha20": Suite("IKEv2", "chacha20poly1305-prfsha256-x25519", "chacha20poly1305-x25519",
                      "transport", "IPv6"),
    "gcm-x448": Suite("IKEv2", "aes256gcm16-prfsha512-x448", "aes256gcm16-x448", "tunnel",
                      "IPv6"),
    "ecp": Suite("IKEv2", "aes256-sha384-ecp384", "aes256-sha512-ecp256", "transport", "IPv4"),
    "modp": Suite("IKEv2", "aes256-sha512-modp4096", "aes192-sha384-modp3072", "tunnel", "IPv4"),
    "no-pfs": Suite("IKEv2", PLAIN, "aes128gcm16", "transport", "IPv4"),
    "ah": Suite("IKEv2", PLAIN, "sha256-x25519", "transport", "IPv4", True),
    "ah-tunnel": Suite("IKEv2", PLAIN, "sha512-ecp384", "tunnel", "IPv6", True),
    "ppk": Suite("IKEv2", PLAIN, GCM, "transport", "IPv4"),
    "childless": Suite("IKEv2", PLAIN, GCM, "tunnel", "IPv6"),
    "ikev1-ecp": Suite("IKEv1", "aes256-sha384-ecp384", "aes256-sha256-ecp256", "transport",
                       "IPv4"),
    "ikev1-no-pfs": Suite("IKEv1", CBC, "aes128-sha256", "tunnel", "IPv4"),
    "ikev1-ah": Suite("IKEv1", CBC, "sha256-modp2048", "transport", "IPv6", True),
}

Link = collections.namedtuple("Link", "subject peer version auth role mode path family suite",
                              defaults=[""])

# What a daemon says of itself: sets of names that change when the SA does.
Status = collections.namedtuple("Status", "ike child")


def links(subject, peers=None):
    """Every link of a subject, those of one daemon and role together; of ipsecd with strongSwan,
    which has the most of them, links of other suites, too.
    """
    made = [Link(subject, peer, version, auth, role, mode, path, family)
            for peer in peers or PEERS for role in ROLES for version in VERSIONS
            for path in PATHS for auth in AUTHS for mode in MODES for family in FAMILIES]
    if subject == "ours" and "strongswan" in (peers or PEERS):
        made += [Link(subject, "strongswan", suite.version, "psk", role, suite.mode, "direct",
                      suite.family, name) for role in ROLES for name, suite in SUITES.items()]
    return made


def text(link, action=None):
    """The name of a link or a cell."""
    words = [TITLES[link.peer], link.version, link.auth, link.role, link.mode, link.path,
             link.family] + [word for word in (link.suite, action) if word]
    if link.subject != "ours":
        words.insert(0, TITLES[link.subject] + " with")
    return " ".join(words)


def ends(link):
    """The daemons in Red and in Blue."""
    both = (link.subject, link.peer)
    return both if link.role == "initiator" else both[::-1]


class Side:
    """A link as one of the daemons has to be configured for it."""

    def __init__(self, link, end, ground):
        other = "blue" if end == "red" else "red"
        self.link = link
        self.end = end
        self.initiator = end == "red"
        self.family = 6 if link.family == "IPv6" else 4
        self.version = 2 if link.version == "IKEv2" else 1
        self.auth = link.auth
        self.mode = link.mode
        self.nat = link.path == "nat"
        self.local = ground.address(end, self.family)
        self.remote = ground.seen(other, self.family, self.nat and end == "blue")
        # what the peer calls itself, where it is behind a NAT
        self.remote_inside = ground.address(other, self.family)
        self.tunnel = link.mode == "tunnel"
        self.inner_local = ground.inner(end, self.family)
        self.inner_remote = ground.inner(other, self.family)
        self.id_local, self.id_remote = IDS[end], IDS[other]
        self.psk = PSK
        self.suite = SUITES.get(link.suite)
        self.ppk = PPK if link.suite == "ppk" else None
        self.pfs = not link.suite.endswith("no-pfs")
        self.childless = link.suite == "childless"
        # each combination of daemons gets what both can do
        self.other = ends(link)[1 if self.initiator else 0]
        self.me = ends(link)[0 if self.initiator else 1]
        # the initiator alone probes, so that it is known who asked
        self.liveness = self.initiator

    def with_(self, name):
        """Is this daemon one of the two?"""
        return name in (self.me, self.other)


class NotApplicable(Exception):
    """What a daemon cannot do; the text is a key of reasons.REASONS."""
