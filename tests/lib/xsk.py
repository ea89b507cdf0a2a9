# SPDX-License-Identifier: GPL-2.0-or-later
"""An AF_XDP socket that sends, in copy mode."""
import ctypes
import mmap
import os
import socket
import struct

import tap

AF_XDP, SOL_XDP = 44, 283
_OFFSETS, _TX_RING, _UMEM_REG, _FILL_RING, _COMPLETION_RING = 1, 3, 4, 5, 6
_COPY = 2
_libc = ctypes.CDLL(None, use_errno=True)


class Sender:
    """Frames of up to CHUNK bytes, COUNT at a time, out of memory of this process."""

    COUNT, CHUNK = 8, 2048

    def __init__(self, ns, dev):
        self.sock = ns.socket(AF_XDP, socket.SOCK_RAW, 0)
        self.memory = mmap.mmap(-1, self.COUNT * self.CHUNK)
        self.view = (ctypes.c_char * len(self.memory)).from_buffer(self.memory)
        self.sock.setsockopt(SOL_XDP, _UMEM_REG, struct.pack(
            "QQII", ctypes.addressof(self.view), len(self.memory), self.CHUNK, 0))
        for ring in _FILL_RING, _COMPLETION_RING, _TX_RING:
            self.sock.setsockopt(SOL_XDP, ring, self.COUNT)
        # producer, consumer, desc, flags of the rings rx, tx, fill, completion
        offsets = struct.unpack("16Q", self.sock.getsockopt(SOL_XDP, _OFFSETS, 128))
        self.tx, self.done = offsets[4:8], offsets[12:16]
        self.tx_map = mmap.mmap(self.sock.fileno(), self.tx[2] + self.COUNT * 16,
                                offset=0x80000000)
        self.done_map = mmap.mmap(self.sock.fileno(), self.done[2] + self.COUNT * 8,
                                  offset=0x180000000)
        with ns:
            index = socket.if_nametoindex(dev)
        address = struct.pack("=HHIII", AF_XDP, _COPY, index, 0, 0)
        if _libc.bind(self.sock.fileno(), address, len(address)):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def send(self, frames):
        """The numbers of frames whose memory has changed when the kernel gave it back."""
        start, = struct.unpack_from("I", self.tx_map, self.tx[0])
        for i, frame in enumerate(frames):
            at = i * self.CHUNK
            self.memory[at:at + len(frame)] = frame
            struct.pack_into("QII", self.tx_map,
                             self.tx[2] + (start + i) % self.COUNT * 16, at, len(frame), 0)
        struct.pack_into("I", self.tx_map, self.tx[0], start + len(frames))
        self.sock.send(b"", socket.MSG_DONTWAIT)
        tap.wait(lambda: struct.unpack_from("I", self.done_map, self.done[0])[0] ==
                 start + len(frames), 3, "the completion ring")
        struct.pack_into("I", self.done_map, self.done[1], start + len(frames))
        return [i for i, frame in enumerate(frames)
                if self.memory[i * self.CHUNK:i * self.CHUNK + len(frame)] != frame]

    def close(self):
        self.tx_map.close()
        self.done_map.close()
        self.sock.close()
        del self.view
        self.memory.close()
