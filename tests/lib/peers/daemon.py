# SPDX-License-Identifier: GPL-2.0-or-later
"""What the matrix asks of every daemon, whoever wrote it."""
import re

import xfrm
from tap import wait

from . import reasons
from .model import NotApplicable, Status
from .room import Room

# seconds that a daemon may take to be there: on a busy host several begin at one time
START = 30


class Daemon:
    """One daemon in one of the ends. A subclass says how its configuration is spelled, how
    it is told what to do, and how it is asked.
    """

    name = ""
    packages = None
    # a folder with the keys of its link, where it writes them down
    keys = None
    # seconds without a message after which an exchange has left nothing behind
    quiet = 0.2
    # ends an SA in the moment in which it has the next: what is on its way to that one is lost
    abrupt = False

    def __init__(self, ground, end, pki, prefix=""):
        self.ground = ground
        self.end = end
        self.pki = pki
        self.ns = ground.ns(end)
        self.room = Room(self.ns, f"{prefix}{end}-{self.name}", self.packages)
        self.logfile = self.room.path(f"/var/log/{self.name}.log")
        self.process = None
        self.side = None
        self.mark = 0
        self.xfrm = None

    # what a subclass has

    def furnish(self):
        """Write the files of /etc that do not depend on a link."""

    def start(self):
        """Start the daemon and wait until it listens to its control socket."""
        raise NotImplementedError

    def configure(self, side):
        """Load a link."""
        raise NotImplementedError

    def unconfigure(self):
        """Forget the link and everything that is left of it."""
        raise NotImplementedError

    def initiate(self):
        """Begin to negotiate; do not wait."""
        raise NotImplementedError

    def status(self):
        """A model.Status of what is established and not replaced."""
        raise NotImplementedError

    def refuses(self, what):
        """The key of reasons.REASONS why it cannot be told to (rekey_child, rekey_ike) when the
        peer began the link, if so.
        """
        return None

    def rekey_child(self):
        """Returns the bytes that have to pass first, if any."""
        raise NotImplementedError

    def rekey_ike(self):
        raise NotImplementedError

    def liveness(self):
        """The daemon probes by itself as soon as it is quiet."""

    def delete(self):
        raise NotImplementedError

    # what all share

    def prepare(self):
        self.furnish()
        self.room.furnish()
        self.start()

    def dead(self):
        """Did it end by itself?"""
        return self.process is not None and self.process.poll() is not None

    def stop(self):
        if self.process:
            self.room.end(self.process)
            self.process = None

    def close(self):
        self.stop()
        self.room.close()
        if self.xfrm:
            self.xfrm.close()

    def begin(self):
        """From here on is what log() gives."""
        self.mark = len(self._log())

    def _log(self):
        try:
            with open(self.logfile, errors="replace", encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def log(self):
        return self._log()[self.mark:]

    def established(self):
        """The status, if there is what there has to be."""
        status = self.status()
        one = len(status.ike) == 1 or self.side.version == 1 and status.ike
        return status if one and len(status.child) == 1 else None

    def wait_established(self, seconds=8):
        return wait(self.established, seconds)

    def kernel(self):
        """The SPIs that the data path of this end has: XFRM's."""
        if not self.xfrm:
            self.xfrm = xfrm.Xfrm(self.ns)
        return self.xfrm.spis()

    def statistics(self):
        """Why the data path dropped what it dropped, so far."""
        self.kernel()
        return self.xfrm.statistics()

    def flush(self):
        """Leave nothing in the kernel for the next link."""
        self.kernel()
        self.xfrm.flush()
        self.xfrm.flush_policies()

    @staticmethod
    def refuse(reason):
        """It cannot be done, for a reason of the table."""
        assert reason in reasons.REASONS, reason
        raise NotApplicable(reason)


def found(pattern, text):
    return re.findall(pattern, text, re.M)


def status_of(ike, child):
    return Status(frozenset(ike), frozenset(child))
