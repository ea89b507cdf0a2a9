# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that talk, all in this one process: sockets are made inside the namespaces, the
payload is compared byte by byte, and nothing waits longer than it has to.
"""
import errno
import hashlib
import os
import select
import socket

from tap import SLOW

SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33

_noise = hashlib.shake_128(b"ipsecdrv").digest(1 << 18)


def payload(size, seed=0):
    """Bytes that do not repeat, other ones for each seed."""
    start = seed * 7919 % (len(_noise) - (1 << 17))
    if size <= 1 << 17:
        return _noise[start:start + size]
    return (_noise * (size // len(_noise) + 2))[start:start + size]


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Udp:
    """A UDP socket at each end."""

    def __init__(self, a_ns, a, b_ns, b, port=9000):
        self.ends = []
        for ns, address in (a_ns, a), (b_ns, b):
            sock = ns.socket(family(a), socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
            sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 24)
            sock.bind((address, port))
            sock.setblocking(False)
            self.ends.append(sock)
        self.ends[0].connect((b, port))
        self.ends[1].connect((a, port))

    def drain(self):
        for sock in self.ends:
            try:
                while True:
                    sock.recv(1 << 16)
            except (BlockingIOError, ConnectionRefusedError, OSError):
                pass

    def send(self, way, data):
        """way 0: from a to b. An errno, or 0."""
        try:
            self.ends[way].send(data)
            return 0
        except OSError as err:
            return err.errno

    def recv(self, way, seconds=2):
        """What arrives for way; None if nothing does."""
        sock = self.ends[1 - way]
        for _ in range(8):
            try:
                return sock.recv(1 << 17)
            except BlockingIOError:
                if not select.select([sock], [], [], seconds * SLOW)[0]:
                    return None
            except OSError:
                continue
        return None

    def one(self, way, size, seed=0, seconds=2):
        """Send and compare: "" or what went wrong."""
        data = payload(size, seed)
        error = self.send(way, data)
        if error:
            return f"size {size}: {errno.errorcode.get(error, error)}"
        got = self.recv(way, seconds)
        if got is None:
            return f"size {size}: lost"
        if got != data:
            return f"size {size}: {len(got)} bytes arrived, or others"
        return ""

    def sizes(self, there, seed=0, back=None):
        """Every size both ways, several on the way at a time; the complaints. Order is checked,
        and on several CPUs a sender that moves gives the network no order to keep.
        """
        everywhere = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(everywhere)})
        try:
            return self._sizes(there, seed, back)
        finally:
            os.sched_setaffinity(0, everywhere)

    def _sizes(self, there, seed, back):
        wrong = []
        for way, sizes in enumerate((there, there if back is None else back)):
            name = ("there", "back")[way]
            for i in range(0, len(sizes), 16):
                sent = []
                for size in sizes[i:i + 16]:
                    data = payload(size, seed + size)
                    error = self.send(way, data)
                    if error:
                        wrong.append(f"{name}, size {size}: {errno.errorcode.get(error, error)}")
                    else:
                        sent.append(data)
                for data in sent:
                    got = self.recv(way)
                    if got is None:
                        wrong.append(f"{name}, size {len(data)} or one near it: lost")
                        return wrong
                    if got not in sent:
                        wrong.append(f"{name}, size {len(data)}: {len(got)} other bytes")
                    elif got != data:
                        wrong.append(f"{name}, size {len(data)}: {len(got)} came first")
        return wrong

    def close(self):
        for sock in self.ends:
            sock.close()


def tcp(a_ns, a, b_ns, b, size, port=9001, seed=1, seconds=20, both=False):
    """A TCP transfer from a to b (and back); "" or what went wrong. The checksum is
    SHA-256 of what was sent and of what came.
    """
    server = b_ns.socket(family(a), socket.SOCK_STREAM)
    client = a_ns.socket(family(a), socket.SOCK_STREAM)
    peer = None
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((b, port))
        server.listen(1)
        client.bind((a, 0))
        client.settimeout(seconds * SLOW)
        client.connect((b, port))
        server.settimeout(seconds * SLOW)
        peer = server.accept()[0]
        wrong = _stream(client, peer, size, seed, seconds)
        if not wrong and both:
            wrong = _stream(peer, client, size, seed + 1, seconds)
        return wrong
    except OSError as err:
        return f"TCP: {err}"
    finally:
        for sock in server, client, peer:
            if sock:
                # a reset, so that nothing of it is left to be sent again
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                sock.close()


def _stream(source, sink, size, seed, seconds):
    data = memoryview(payload(size, seed))
    source.setblocking(False)
    sink.setblocking(False)
    digest, sent, got = hashlib.sha256(), 0, 0
    while got < size:
        readable, writable, _ = select.select([sink], [source] if sent < size else [], [],
                                              seconds * SLOW)
        if not readable and not writable:
            return f"TCP: stalled at {got} of {size}"
        if writable:
            try:
                sent += source.send(data[sent:sent + (1 << 18)])
            except BlockingIOError:
                pass
        if readable:
            part = sink.recv(1 << 18)
            if not part:
                return f"TCP: ended at {got} of {size}"
            digest.update(part)
            got += len(part)
    if digest.digest() != hashlib.sha256(data).digest():
        return "TCP: the checksum is wrong"
    return ""


def ping(ns, address, count=3, size=56, **how):
    """ping(8); the number of replies."""
    done = ns.cmd("ping", "-q", "-i", "0.01", "-c", count, "-s", size, "-W", 1 * SLOW, address,
                  check=False, **how)
    for line in done.stdout.splitlines():
        if "received" in line:
            return int(line.split(",")[1].split()[0])
    return 0
