# SPDX-License-Identifier: GPL-2.0-or-later
"""The arithmetic of IKEv1 (RFC 2409), from the RFC's text alone: groups, keys, ciphers,
signatures. Nothing here was taken from tools/ipsecd.
"""
import hashlib
import hmac
import os

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HASHES = {"md5": hashlib.md5, "sha1": hashlib.sha1}
KEY_LEN = {"des": 8, "3des": 24}
BLOCK = 8


def _pi(bits):
    """floor(2^bits * pi), by Machin's formula."""
    guard = 64
    one = 1 << bits + guard

    def arctan(x):
        term = total = one // x
        n, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // n)
            n, sign = n + 2, -sign
        return total

    return 4 * (4 * arctan(5) - arctan(239)) >> guard


def _prime(bits, constant):
    """RFC 2409 sections 6.1 and 6.2, RFC 3526 section 3: how the primes are made."""
    return (1 << bits) - (1 << bits - 64) - 1 + ((_pi(bits - 130) + constant) << 64)


PRIMES = {1: _prime(768, 149686), 2: _prime(1024, 129093), 14: _prime(2048, 124476)}


class Dh:
    """One side of an exchange in a group with the generator 2."""

    def __init__(self, group):
        self.prime = PRIMES[group]
        self.len = (self.prime.bit_length() + 7) // 8
        self.secret = int.from_bytes(os.urandom(self.len), "big") % (self.prime - 3) + 2
        self.public = pow(2, self.secret, self.prime).to_bytes(self.len, "big")

    def shared(self, theirs):
        value = int.from_bytes(theirs, "big")
        if len(theirs) != self.len or not 1 < value < self.prime - 1:
            raise ValueError(f"a public value of {len(theirs)} bytes in a group of {self.len}")
        return pow(value, self.secret, self.prime).to_bytes(self.len, "big")


class Keys:
    """SKEYID and its family (RFC 2409 section 5), and what appendix B makes of them."""

    def __init__(self, suite, skeyid_key, skeyid_data, shared, cookies):
        self.encr, self.hash = suite
        self.skeyid = self.prf(skeyid_key, skeyid_data)
        tail = shared + cookies
        self.d = self.prf(self.skeyid, tail + b"\0")
        self.a = self.prf(self.skeyid, self.d + tail + b"\1")
        self.e = self.prf(self.skeyid, self.a + tail + b"\2")
        self.key = self.e
        if len(self.e) < KEY_LEN[self.encr]:
            self.key = part = self.prf(self.e, b"\0")
            while len(self.key) < KEY_LEN[self.encr]:
                part = self.prf(self.e, part)
                self.key += part
        self.key = self.key[:KEY_LEN[self.encr]]

    def digest(self, data):
        return HASHES[self.hash](data).digest()

    def prf(self, key, data):
        return hmac.new(key, data, HASHES[self.hash]).digest()

    def cipher(self, iv):
        # DES is 3DES with the same key three times
        key = self.key * 3 if self.encr == "des" else self.key
        return Cipher(algorithms.TripleDES(key), modes.CBC(iv))

    def encrypt(self, iv, data):
        engine = self.cipher(iv).encryptor()
        return engine.update(data) + engine.finalize()

    def decrypt(self, iv, data):
        engine = self.cipher(iv).decryptor()
        return engine.update(data) + engine.finalize()

    def keymat(self, length, shared, proto, spi, nonces):
        """RFC 2409 section 5.5."""
        seed = shared + bytes([proto]) + spi + nonces
        out = part = b""
        while len(out) < length:
            part = self.prf(self.d, part + seed)
            out += part
        return out[:length]


class Identity:
    """A certificate with its key, and the CA that is believed."""

    def __init__(self, cert, key, ca):
        self.cert = x509.load_pem_x509_certificate(cert.read_bytes())
        self.key = serialization.load_pem_private_key(key.read_bytes(), None)
        self.ca = x509.load_pem_x509_certificate(ca.read_bytes())

    def der(self):
        return self.cert.public_bytes(serialization.Encoding.DER)

    def subject(self):
        return self.cert.subject.public_bytes()

    def ca_name(self):
        return self.ca.subject.public_bytes()

    def sign(self, digest):
        """RFC 2409 section 5.1: PKCS #1 of the bare hash, no DigestInfo."""
        numbers = self.key.private_numbers()
        n = numbers.public_numbers.n
        size = (n.bit_length() + 7) // 8
        block = b"\0\1" + b"\xff" * (size - 3 - len(digest)) + b"\0" + digest
        return pow(int.from_bytes(block, "big"), numbers.d, n).to_bytes(size, "big")

    def check(self, der, name, digest, signature):
        """The peer's certificate, that it is the name's, and its signature."""
        cert = x509.load_der_x509_certificate(der)
        self.ca.public_key().verify(cert.signature, cert.tbs_certificate_bytes,
                                    padding.PKCS1v15(), cert.signature_hash_algorithm)
        if cert.issuer != self.ca.subject or cert.subject.public_bytes() != name:
            raise ValueError("the certificate is another's")
        numbers = cert.public_key().public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        block = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n).to_bytes(size, "big")
        if block != b"\0\1" + b"\xff" * (size - 3 - len(digest)) + b"\0" + digest:
            raise ValueError("the signature is wrong")
