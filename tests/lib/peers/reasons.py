# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a cell of the matrix does not apply: what a peer's own documentation or source says.

Each reason has the words as they stand in the text that comes with the unpacked package, so
a newer package that says something else is found out (check()), and what to say of it. Where
no text says it, the daemon itself does when it is told to: interop/ike tries.
"""
import glob
import gzip
import os
import re

from .model import Link
from .room import cache

EDDSA = 'RFC 8420 is "Using the Edwards-Curve Digital Signature Algorithm (EdDSA) in the ' \
    'Internet Key Exchange Protocol Version 2 (IKEv2)" alone'
GAP = " ... "
TOLD = "when it is told to"

# reason: (what cannot be done, package, man page or TOLD, the words: GAP is for those in between,
# which are silent about Ed25519)
REASONS = {
    "openiked-ikev1": (
        "OpenIKED has no IKEv1", "openiked", "iked.8", "iked only supports the IKEv2 protocol"),
    "openiked-ed25519": (
        "OpenIKED has no Ed25519", "openiked", "iked.8",
        "iked supports mutual authentication using RSA or ECDSA public keys and X.509 "
        "certificates"),
    "libreswan-ed25519": (
        "Libreswan has no Ed25519: of all that leftauth= takes, nothing is like it", "libreswan",
        "ipsec.conf.5",
        "acceptable values are rsasig or rsa for RSA Authentication with SHA-1 ... ecdsa for "
        "ECDSA digital signatures based authentication, secret for shared secrets (PSK) "
        "authentication and null for null-authentication"),
    "libreswan-ikev1-ecdsa": (
        "Libreswan has no ECDSA in IKEv1", "libreswan", "ipsec.conf.5",
        "For IKEv1, SHA2 based signatures are not defined and ECDSA is not implemented"),
    "strongswan-ikev1-ed25519": (
        f"strongSwan has no Ed25519 in IKEv1: {EDDSA}", "strongswan", TOLD,
        "private key of type ED25519 not supported"),
    "libreswan-ikev1-rekey": (
        "as the responder of IKEv1 Libreswan does not rekey, so the initiator alone did",
        "libreswan", TOLD, "cannot force rekey of IKEv1 connection"),
    "ours-ikev1-ed25519": (
        f"ipsecd has no Ed25519 in IKEv1: {EDDSA}", "ours", "ipsecd-policy.5",
        "IKE version 1 has no method for Ed25519: RFC 8420 defines it for version 2 alone"),
}
# what no daemon has to be asked for: of IKEv1 and Ed25519, by the peer
IKEV1_ED25519 = {"openiked": "openiked-ikev1", "libreswan": "libreswan-ed25519",
                 "strongswan": "strongswan-ikev1-ed25519", "ours": "ours-ikev1-ed25519"}


def attempt():
    """A link that strongSwan refuses, and in which words."""
    return Link("strongswan", "strongswan", "IKEv1", "ed25519", "initiator", "transport",
                "direct", "IPv4"), words("strongswan-ikev1-ed25519")


def words(name):
    return REASONS[name][-1]


def _plain(roff):
    """A man page's words without its markup."""
    text = re.sub(r"\\f.|\\&|\\\(aq|\\-", lambda m: "-" if m[0] == "\\-" else "", roff)
    lines = []
    for line in text.splitlines():
        if line.startswith(('.\\"', "'\\\"")):
            continue
        line = re.sub(r"^\.(Nm)$", "iked", line)
        lines.append(re.sub(r"^\.[A-Z][A-Za-z]( |$)", "", line))
    return re.sub(r"\s+", " ", " ".join(lines))


def check():
    """The reasons whose words are not in the peer's documentation any more."""
    return [name for name, (_, package, page, said) in REASONS.items()
            if page != TOLD and not any(_stands(said, text) for text in _texts(package, page))]


def _stands(said, text):
    """Whether it is there, and what is in its gaps is silent about Ed25519."""
    found = re.search("(.{1,900}?)".join(map(re.escape, said.split(GAP))), text)
    return found and not any(re.search("ed25519|eddsa", gap, re.I) for gap in found.groups())


def _texts(package, page):
    made = []
    if package == "ours":
        with open(f"{os.path.dirname(__file__)}/../../../Documentation/man/{page}",
                  encoding="utf-8") as file:
            return [_plain(file.read())]
    for path in glob.glob(f"{cache()}/{package}/usr/share/man/man*/{page}.gz"):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            made.append(_plain(file.read()))
    return made


def quote(name):
    """A reason as it is printed."""
    why, package, page, said = REASONS[name]
    if page != TOLD:
        page = f"{page[:-2]}({page[-1]})"
    return f'{why} ({"ipsecd" if package == "ours" else package}, {page}: "{said}")'
