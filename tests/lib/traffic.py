# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that talk, all in this one process: sockets are made inside the namespaces, the
payload is compared byte by byte, and nothing waits longer than it has to.
"""
import contextlib
import errno
import hashlib
import os
import select
import socket
import struct
import threading
import time

from tap import SLOW, note, wait

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


@contextlib.contextmanager
def staying():
    """On one CPU: a sender that moves gives the network no order to keep."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(everywhere)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)


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
        """Every size both ways, several on the way at a time; the complaints. Order is checked."""
        with staying():
            return self._sizes(there, seed, back)

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


def ping(ns, address, count=3, size=56, source=None, **how):
    """ping(8); the number of replies."""
    more = ["-I", source] if source else []
    done = ns.cmd("ping", "-q", "-i", "0.01", "-c", count, "-s", size, "-W", 1 * SLOW, *more,
                  address, check=False, **how)
    for line in done.stdout.splitlines():
        if "received" in line:
            return int(line.split(",")[1].split()[0])
    return 0


class Stream(threading.Thread):
    """TCP from Red to Blue until it is told to end; both ends' sums."""

    def __init__(self, net, pause=0.0005, size=1 << 12):
        super().__init__()
        self.pause = pause  # others are to have a share of the CPU
        self.block = bytes(range(256)) * (size >> 8)
        self.go, self.address = True, (net.blue4, 7000)
        self.server, self.client = net.blue.socket(), net.red.socket()
        self.sent, self.got, self.bytes = hashlib.sha256(), hashlib.sha256(), 0

    def run(self):
        self.server.bind(self.address)
        self.server.listen(1)
        self.client.connect(self.address)
        end = self.server.accept()[0]
        reader = threading.Thread(target=self.read, args=(end,))
        reader.start()
        block = self.block
        while self.go:
            block = block[1:] + block[:1]
            self.client.sendall(block)
            self.sent.update(block)
            time.sleep(self.pause)
            self.bytes += len(block)
        self.client.close()
        reader.join()
        self.server.close()

    def read(self, end):
        while data := end.recv(1 << 16):
            self.got.update(data)
        end.close()


class Echo:
    """Pings of a host by a raw socket: many are on their way at once, each has a number."""

    def __init__(self, ns):
        self.sock = ns.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        # all that were held may be answered at once
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.sock.setblocking(False)
        self.answered = set()

    @staticmethod
    def request(number):
        body = struct.pack(">HI", 0x1b5e, number) + bytes(30)
        total = 0x0800 + sum(struct.unpack(">18H", body))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        return struct.pack(">BBH", 8, 0, ~total & 0xffff) + body

    def send(self, address, number):
        try:
            self.sock.sendto(self.request(number), (address, 0))
        except OSError as err:  # it is lost
            note(f"ping {number} to {address}: {err}")

    def read(self):
        while True:
            try:
                got = self.sock.recv(2048)
            except BlockingIOError:
                return
            kind, _, _, ident, number = struct.unpack_from(">BBHHI", got, (got[0] & 15) * 4)
            if kind == 0 and ident == 0x1b5e:
                self.answered.add(number)

    def close(self):
        self.sock.close()


class Pings(threading.Thread):
    """A ping from Red to Blue each 5 ms until it is told to end, and which were answered."""

    def __init__(self, net, address=None):
        super().__init__()
        self.address = address or net.blue4
        self.echo = Echo(net.red)
        self.go, self.sent = True, 0

    def run(self):
        while self.go:
            self.sent += 1
            self.echo.send(self.address, self.sent - 1)
            self.echo.read()
            time.sleep(0.005)

    def more(self, count=30):
        """Wait until as many more were sent."""
        until = self.sent + count
        wait(lambda: self.sent >= until, 20, f"{count} pings")

    def end(self):
        """Those that got no answer."""
        self.go = False
        self.join()
        wait(lambda: self.echo.read() or len(self.echo.answered) == self.sent, 5)
        self.echo.close()
        return sorted(set(range(self.sent)) - self.echo.answered)
