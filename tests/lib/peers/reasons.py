# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a cell of the matrix does not apply: what a peer's own documentation or source says.

Each reason has the words as they stand in the text that comes with the unpacked package, so
a newer package that says something else is found out (check()), and what to say of it.
"""
import glob
import gzip
import re

from .room import cache

# reason: (what cannot be done, package, man page or file, the words)
REASONS = {
    "openiked-ikev1": (
        "OpenIKED has no IKEv1", "openiked", "iked.8", "iked only supports the IKEv2 protocol"),
    "openiked-ed25519": (
        "OpenIKED has no Ed25519", "openiked", "iked.8",
        "iked supports mutual authentication using RSA or ECDSA public keys and X.509 "
        "certificates"),
    "libreswan-ed25519": (
        "Libreswan 4.10 has no Ed25519: authby= takes neither that nor anything like it",
        "libreswan", "ipsec.conf.5",
        "the default value is rsasig,ecdsa which allows ECDSA with SHA-2 and RSA with SHA2 or "
        "SHA1"),
    "libreswan-ikev1-ecdsa": (
        "Libreswan has no ECDSA in IKEv1", "libreswan", "ipsec.conf.5",
        "For IKEv1, SHA2 based signatures are not defined and ECDSA is not implemented"),
    "ikev1-ed25519": (
        "IKEv1 has no EdDSA: RFC 8420 defines it for IKEv2 alone; strongSwan's phase1.c says",
        "strongswan", "/usr/lib/ipsec/libcharon.so.0",
        "private key of type %N not supported"),
}


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
    return [name for name, (_, package, page, words) in REASONS.items()
            if not any(words in text for text in _texts(f"{cache()}/{package}", page))]


def _texts(root, page):
    if page.startswith("/"):
        with open(root + page, "rb") as file:
            return [file.read().decode("latin-1")]
    made = []
    for path in glob.glob(f"{root}/usr/share/man/man*/{page}.gz"):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            made.append(_plain(file.read()))
    return made


def quote(name):
    """A reason as it is printed."""
    why, package, page, words = REASONS[name]
    page = f"{page[:-2]}({page[-1]})" if page[0] != "/" else page.rpartition("/")[2]
    return f'{why} ({package}, {page}: "{words}")'
