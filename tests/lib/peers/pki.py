# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates for Red and Blue, made by openssl(1) when a test starts: one authority, and
for each end one key of each kind. The names are in the subject alternative name, as IKE
wants them, and so are the addresses.
"""
import os
import shutil

from tap import cmd

IDS = {"red": "red.ipsec.test", "blue": "blue.ipsec.test"}
PSK = "between-red-and-blue-0123456789"
PPK = "post-quantum", "0123456789-0123456789-0123456789-0123456789"
KEYS = {
    "rsa": ["rsa:2048"],
    "ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "ed25519": ["ed25519"],
}


class Pki:
    """A folder with ca.crt, and END-KIND.key, .crt and .p12."""

    def __init__(self, folder, addresses):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, mode=0o700)
        self._authority()
        for number, end in enumerate(IDS):
            for offset, kind in enumerate(KEYS):
                self._end(end, kind, 16 * (number + 1) + offset, addresses[end])

    def path(self, name):
        return f"{self.folder}/{name}"

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def _openssl(self, *words):
        cmd("openssl", *words, quiet=True)

    def _authority(self):
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", 30,
                      "-subj", "/O=ipsecdrv/CN=authority", "-keyout", self.path("ca.key"),
                      "-out", self.path("ca.crt"),
                      "-addext", "basicConstraints=critical,CA:TRUE",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def _end(self, end, kind, serial, addresses):
        base = self.path(f"{end}-{kind}")
        self._openssl("req", "-new", "-newkey", *KEYS[kind], "-nodes",
                      # NSS gives certificates of one subject one name
                      "-subj", f"/O=ipsecdrv/OU={kind}/CN={IDS[end]}", "-keyout", base + ".key",
                      "-out", base + ".csr")
        names = [f"DNS:{IDS[end]}"] + [f"IP:{address}" for address in addresses]
        with open(base + ".ext", "w", encoding="ascii") as file:
            file.write("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                       f"subjectAltName={','.join(names)}\n"
                       "extendedKeyUsage=serverAuth,clientAuth,1.3.6.1.5.5.7.3.17\n")
        self._openssl("x509", "-req", "-in", base + ".csr", "-CA", self.path("ca.crt"),
                      "-CAkey", self.path("ca.key"), "-set_serial", serial, "-days", 30,
                      "-sha256", "-extfile", base + ".ext", "-out", base + ".crt")
        self._openssl("pkcs12", "-export", "-inkey", base + ".key", "-in", base + ".crt",
                      "-certfile", self.path("ca.crt"), "-name", f"{end}-{kind}",
                      "-passout", "pass:", "-out", base + ".p12")
        self._openssl("pkey", "-in", base + ".key", "-pubout", "-out", base + ".pub")
