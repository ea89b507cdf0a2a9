# SPDX-License-Identifier: GPL-2.0-or-later
"""The packets of a link as Wireshark sees them, with the keys that ipsecd wrote: nothing is
malformed, every message of IKE is opened, and in every packet of ESP is one of the datagrams that
were sent.
"""
import os
import shutil
import struct

import packet
import wireshark

from . import model
from .scenario import PORT

FIELDS = ["frame.number", "isakmp.version", "isakmp.flag_e", "isakmp.enc.decrypted",
          "isakmp.typepayload", "isakmp.frag.number", "isakmp.frag.total", "esp.spi", "ah.spi",
          "udp.port"]
SK, SKF = "46", "53"


def folder_of(report, link):
    return f"{report}/captures/{model.text(link).replace(' ', '-')}"


def once(frames):
    """Without the messages that were sent again: Wireshark's IV of version 1 goes on with each."""
    seen = set()
    for frame in frames:
        one = packet.parse(frame[14:])
        if one and one.proto == packet.UDP and not one.frag and \
                {500, 4500} & set(struct.unpack_from(">HH", one.payload)):
            if one.payload[8:] in seen:
                continue
            seen.add(one.payload[8:])
        yield frame


def save(ground, daemons, link, folder):
    """Leave the packets in a folder, and the keys beside them, so that it does as a folder of
    Wireshark's configuration.
    """
    os.makedirs(folder, exist_ok=True)
    first = "red" if link.role == "initiator" else "blue"
    ours = next((one for one in sorted(daemons, key=lambda one: one.end != first) if one.keys),
                None)
    # it knows addresses and ports as they are on its own side of a NAT
    wire = ground.inside if ours and ours.end == "red" else ground.wire
    wire.pcap(f"{folder}/wire.pcap", once)
    for name in wireshark.KEYS:
        if ours and os.path.exists(f"{ours.keys}/{name}"):
            shutil.copy(f"{ours.keys}/{name}", folder)


def judge(link, folder):
    """("pass" | "fail", why) of what save() left."""
    try:
        shown = wireshark.tshark(f"{folder}/wire.pcap", *FIELDS, config=os.path.abspath(folder))
    except RuntimeError as err:
        return "fail", str(err)
    wrong = [f"packet {one[0]} is malformed" for one in wireshark.troubles(shown)]
    if "ours" in model.ends(link):
        # Wireshark 4.0 has no ChaCha20
        known = not link.suite.startswith("chacha20")
        wrong += [f"packet {one[0]}: {kind} is not opened" for one in shown
                  for kind in [_closed(*one[1:len(FIELDS)])] if kind and known]
        protected = FIELDS.index("esp.spi"), FIELDS.index("ah.spi")
        if not any(one[i] for one in shown for i in protected):
            wrong.append("neither ESP nor AH")
    return ("fail", "; ".join(wrong[:5])) if wrong else ("pass", "")


def _closed(version, flag_e, decrypted, payloads, part, parts, esp, ah, ports):
    """What is left closed of a packet: "ESP", "AH", "IKE", or None."""
    payloads = payloads.split(",")
    if esp or ah:
        closed = str(PORT) not in ports.split(",")
    elif version == "0x20":
        # the last fragment shows what is in all of them
        closed = {SK, SKF} & set(payloads) and not decrypted or part and part == parts and \
            payloads == [SKF]
    else:
        # of version 1 a message is open when payloads are seen in it
        closed = flag_e == "1" and payloads == [""]
    return ("AH" if ah else "ESP" if esp else "IKE") if closed else None
