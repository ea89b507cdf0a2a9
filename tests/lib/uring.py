# SPDX-License-Identifier: GPL-2.0-or-later
"""As much of io_uring as a test needs: one request at a time, sent from a registered buffer."""
import ctypes
import mmap
import os
import struct

_SETUP, _ENTER, _REGISTER = 425, 426, 427
_REGISTER_BUFFERS = 0
WRITE_FIXED, SEND, SEND_ZC = 5, 26, 47
_FIXED_BUF = 4
_CQE_MORE, _CQE_NOTIF = 2, 8
_libc = ctypes.CDLL(None, use_errno=True)


def _call(*words):
    result = _libc.syscall(*(ctypes.c_long(word) if isinstance(word, int) else word
                             for word in words))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class Ring:
    """`memory`, an mmap, is registered."""

    def __init__(self, memory):
        params = ctypes.create_string_buffer(120)
        self.fd = _call(_SETUP, 8, params)
        entries, self.size = struct.unpack_from("II", params)
        # offsets of head, tail, ring_mask, ring_entries, flags, dropped, array
        self.sq = struct.unpack_from("7I", params, 40)
        # of head, tail, ring_mask, ring_entries, overflow, cqes
        self.cq = struct.unpack_from("6I", params, 80)
        self.sq_map = mmap.mmap(self.fd, self.sq[6] + entries * 4, offset=0)
        self.cq_map = mmap.mmap(self.fd, self.cq[5] + self.size * 16, offset=0x8000000)
        self.sqes = mmap.mmap(self.fd, entries * 64, offset=0x10000000)
        self.view = (ctypes.c_char * len(memory)).from_buffer(memory)
        self.base = ctypes.addressof(self.view)
        vector = ctypes.create_string_buffer(struct.pack("PN", self.base, len(memory)))
        _call(_REGISTER, self.fd, _REGISTER_BUFFERS, vector, 1)
        self.waiting = 0

    def close(self):
        for one in self.sq_map, self.cq_map, self.sqes:
            one.close()
        os.close(self.fd)
        del self.view

    def _submit(self, opcode, fd, at, size, fixed):
        tail, = struct.unpack_from("I", self.sq_map, self.sq[1])
        mask, = struct.unpack_from("I", self.sq_map, self.sq[2])
        index = tail & mask
        ioprio = _FIXED_BUF if fixed and opcode == SEND_ZC else 0
        self.sqes[index * 64:index * 64 + 64] = struct.pack(
            "=BBHiQQIIQHHi16x", opcode, 0, ioprio, fd, 0, self.base + at, size, 0, 1, 0, 0, 0)
        struct.pack_into("I", self.sq_map, self.sq[6] + index * 4, index)
        struct.pack_into("I", self.sq_map, self.sq[1], tail + 1)
        self._enter(1, 1)

    def _enter(self, submit, complete):
        _call(_ENTER, self.fd, submit, complete, 1, None, 0)

    def _complete(self):
        """(result, flags) of what is there."""
        head, tail = (struct.unpack_from("I", self.cq_map, off)[0] for off in self.cq[:2])
        while head != tail:
            at = self.cq[5] + (head & (self.size - 1)) * 16
            _, result, flags = struct.unpack_from("=QiI", self.cq_map, at)
            head += 1
            struct.pack_into("I", self.cq_map, self.cq[0], head)
            yield result, flags

    def send(self, opcode, sock, at, size, fixed=True):
        """From the memory's offset `at`; how much was taken. An error is raised."""
        self._submit(opcode, sock.fileno(), at, size, fixed)
        taken = None
        while True:
            for result, flags in self._complete():
                if flags & _CQE_NOTIF:
                    self.waiting -= 1
                    continue
                taken = result
                self.waiting += bool(flags & _CQE_MORE)
            if taken is not None:
                break
            self._enter(0, 1)
        if taken < 0:
            raise OSError(-taken, os.strerror(-taken))
        return taken

    def settled(self):
        """Has the kernel given all memory back that it sends from?"""
        self._enter(0, 0)
        for _, flags in self._complete():
            self.waiting -= bool(flags & _CQE_NOTIF)
        return not self.waiting
