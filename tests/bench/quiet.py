# SPDX-License-Identifier: GPL-2.0-or-later
"""ipsecd and strongSwan as they are measured: without a log. And what CPU they have taken."""
import json
import os
import socket

from peers import ours, strongswan

NO_LOG = """
	filelog {
	}
"""


class StrongSwan(strongswan.StrongSwan):
    """Nothing but what is measured."""

    settings = NO_LOG

    def up(self):
        self.vici.request("initiate", child="child", ike="link")

    def down(self):
        self.vici.request("terminate", ike="link")


class Ours(ours.Ours):
    def _policy(self, side):
        policy = super()._policy(side)
        policy["ike"] = {"log": "error"}
        return policy

    def tell(self, command, **more):
        """A command to the control socket; the answer."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(10)
            sock.connect(self.room.path("/run/ipsecd/control"))
            sock.sendall(json.dumps({"command": command, **more}).encode() + b"\n")
            with sock.makefile() as file:
                answer = json.loads(file.readline())
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer}")
        return answer

    def up(self):
        self.tell("up", rule="link")

    def down(self):
        self.tell("down", rule="link")


def _stat(pid):
    """What follows the name in /proc/PID/stat: from the third field on."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rsplit(")", 1)[1].split()


def processes(pid):
    """A daemon's processes: itself and what it started."""
    return [one for one in map(int, filter(str.isdigit, os.listdir("/proc")))
            if one == pid or int(_stat(one)[1]) == pid]


def spent(daemon):
    """Nanoseconds of the CPU; a kernel that does not count them counts ticks."""
    total = 0
    for pid in processes(daemon.process.pid):
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                    total += int(file.read().split()[0])
        except FileNotFoundError:
            total += sum(map(int, _stat(pid)[11:13])) * 10**9 // os.sysconf("SC_CLK_TCK")
    return total
