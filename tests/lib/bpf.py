# SPDX-License-Identifier: GPL-2.0-or-later
"""A program of a cgroup that drops what it sends of one IPv4 protocol."""
import ctypes
import os
import struct

_BPF, _LOAD, _ATTACH, _CGROUP_SKB, _EGRESS = 321, 5, 8, 8, 1
_libc = ctypes.CDLL(None, use_errno=True)


def _bpf(command, attr):
    attr = attr.ljust(128, b"\0")
    fd = _libc.syscall(_BPF, command, attr, len(attr))
    if fd < 0:
        raise OSError(ctypes.get_errno(), f"bpf: {os.strerror(ctypes.get_errno())}")
    return fd


def _insn(code, regs=0, off=0, imm=0):
    return struct.pack("=BBhi", code, regs, off, imm)


def drop_egress(cgroup, proto):
    """Attach it to a folder of cgroup2; it goes with the folder."""
    text = b"".join((
        _insn(0x61, 0x12, 76),  # r2 = skb->data
        _insn(0x61, 0x13, 80),  # r3 = skb->data_end
        _insn(0xbf, 0x24), _insn(0x07, 4, imm=10),  # r4 = r2 + 10
        _insn(0x2d, 0x34, 2),  # if r4 > r3 goto +2
        _insn(0x71, 0x25, 9),  # r5 = r2[9], the protocol of an IPv4 header
        _insn(0x15, 5, 2, proto),  # if r5 == proto goto +2
        _insn(0xb7, imm=1), _insn(0x95),  # return 1
        _insn(0xb7, imm=0), _insn(0x95)))  # return 0
    code, licence = ctypes.create_string_buffer(text), ctypes.create_string_buffer(b"GPL")
    prog = _bpf(_LOAD, struct.pack("=IIQQIIQII16sII", _CGROUP_SKB, len(text) // 8,
                                   ctypes.addressof(code), ctypes.addressof(licence), 0, 0, 0, 0,
                                   0, b"", 0, _EGRESS))
    where = os.open(cgroup, os.O_RDONLY)
    _bpf(_ATTACH, struct.pack("=IIII", where, prog, _EGRESS, 0))
    os.close(where)
    os.close(prog)
