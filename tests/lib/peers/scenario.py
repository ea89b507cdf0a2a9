# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of a link: set up, replaced child, replaced IKE SA, a sign of life, the end.
What the daemons say of it is compared with what passed on the wire, and with traffic: it
never stops, never passes in clear, and uses the new SPIs after a rekey.
"""
import select
import socket
import time

import traffic
from tap import SLOW, wait

from .model import ACTIONS, NotApplicable, Side

CREATE_CHILD_SA, INFORMATIONAL, MAIN, QUICK, INFORMATIONAL1 = 36, 37, 2, 32, 5
PUMP = 1200  # bytes of a datagram that uses up a volume
PORT = 9000


class Wrong(Exception):
    """A cell failed; the text says why."""


class Echo:
    """Red talks, Blue answers, wherever from it heard."""

    def __init__(self, ground, link):
        family = 6 if link.family == "IPv6" else 4
        where = ground.inner if link.mode == "tunnel" else ground.address
        kind = traffic.family(where("red", family))
        self.red = ground.red.socket(kind, socket.SOCK_DGRAM)
        self.blue = ground.blue.socket(kind, socket.SOCK_DGRAM)
        for sock, end in (self.red, "red"), (self.blue, "blue"):
            sock.bind((where(end, family), PORT))
            sock.setblocking(False)
        self.red.connect((where("blue", family), PORT))
        self.number = self.lost = 0

    def close(self):
        self.red.close()
        self.blue.close()

    def once(self, size=64, seconds=1):
        """One there and one back: is it answered?"""
        self.number += 1
        data = self.number.to_bytes(4, "big") + bytes(size - 4)
        try:
            self.red.send(data)
        except OSError:
            return False
        end = time.monotonic() + seconds * SLOW
        while True:
            left = end - time.monotonic()
            ready = select.select([self.red, self.blue], [], [], max(left, 0))[0]
            if not ready:
                return False
            for sock in ready:
                try:
                    got, source = sock.recvfrom(4096)
                    if sock is self.blue:
                        self.blue.sendto(got, source)
                    elif got == data:
                        return True
                except OSError:
                    pass

    def count(self, size=64):
        """As once(), and a loss is remembered."""
        good = self.once(size)
        self.lost += not good
        return good


class Life:
    """One link between two daemons that run."""

    def __init__(self, ground, red, blue, link):
        self.ground, self.link = ground, link
        self.wire = ground.wire
        self.ends = {"red": red, "blue": blue}
        self.sides = {end: Side(link, end, ground) for end in self.ends}
        # as seen on the wire
        family = self.sides["red"].family
        self.source = {"red": self.sides["blue"].remote, "blue": ground.address("blue", family)}
        self.echo = None
        # what was left out of an action that passed
        self.notes = {}
        self.strays = 0

    def both(self):
        return self.ends.values()

    def run(self):
        """The verdict of each action: None if it passed, or why not. NotApplicable if a
        daemon cannot do it.
        """
        self.ground.set_nat(self.link.path == "nat")
        self.wire.forget()
        self.ground.inside.forget()
        try:
            for daemon in self.both():
                daemon.begin()
            for end in "blue", "red":
                self.ends[end].configure(self.sides[end])
            self.echo = Echo(self.ground, self.link)
            return self._actions()
        finally:
            if self.echo:
                self.echo.close()
            for daemon in self.both():
                daemon.unconfigure()
                daemon.flush()

    def _actions(self):
        verdicts = {}
        try:
            self._set_up()
        except Wrong as why:
            return {action: f"not established: {why}" for action in ACTIONS}
        for action in ACTIONS:
            try:
                getattr(self, "_" + action.replace("-", "_"))()
                verdicts[action] = None
            except Wrong as why:
                verdicts[action] = str(why)
                if action != ACTIONS[-1] and not self._recover():
                    for rest in ACTIONS[ACTIONS.index(action) + 1:]:
                        verdicts[rest] = f"no SA any more after {action}: {why}"
                    break
        return verdicts

    def _set_up(self):
        self.ends["red"].initiate()
        for end, daemon in self.ends.items():
            if not daemon.wait_established(8):
                raise Wrong(f"{daemon.name} in {end} has {daemon.status()}")
        # a responder may have its SA a moment before it may use it
        if not wait(lambda: self.echo.once(seconds=0.3), 3):
            raise Wrong("no traffic")
        self._only_esp()

    def _recover(self):
        """Is there still something to go on with?"""
        return all(daemon.established() for daemon in self.both()) and self.echo.once()

    def _only_esp(self):
        self.wire.take()
        if self.wire.clear:
            raise Wrong(f"in clear on the wire: {self.wire.clear[:2]}")

    def _exchange(self, kinds, end):
        """An exchange that an end began and the other answered."""
        self.wire.take()
        other = "blue" if end == "red" else "red"
        asked = [one for one in self.wire.ike if one.exchange in kinds and
                 one.src == self.source[end] and not one.response]
        told = [one for one in self.wire.ike if one.exchange in kinds and
                one.src == self.source[other]]
        if self.link.version == "IKEv2":
            told = [one for one in told if one.response]
        return bool(asked and told)

    def _settle(self):
        """What one exchange leaves behind ends before the next: Libreswan 4.10 loses its own
        request when one of the peer comes meanwhile.
        """
        seconds = max(daemon.quiet for daemon in self.both())

        def quiet():
            self.wire.take()
            seen = len(self.wire.ike)
            time.sleep(seconds)
            return len(self.wire.take().ike) == seen

        wait(quiet, 3 + 3 * seconds)

    def _rekey(self, what, end, kinds):
        """Replace an SA of a kind, with traffic going on."""
        self._settle()
        before = {name: daemon.status() for name, daemon in self.ends.items()}
        self.wire.clean()
        self.echo.lost = 0
        self.strays = self._strays(end)
        pump = getattr(self.ends[end], "rekey_" + what)() or 0
        # Who rekeys by volume begins at 85 % of it, and after the last byte nothing goes through:
        # from 80 % on it gets what time it needs.
        hurry = pump * 4 // 5 // PUMP

        def changed():
            nonlocal hurry
            for _ in range(20 if hurry > 0 else 1):
                self.echo.count(PUMP if pump else 64)
                hurry -= 1
            # to ask a daemon takes a process: not before it can have something to tell
            if not self._exchange(kinds, end):
                return None
            now = {name: daemon.established() for name, daemon in self.ends.items()}
            return all(now[name] and self._new(getattr(before[name], what),
                                               getattr(now[name], what), what) for name in now)

        # with a pump so many bytes have to go through first, on whatever machine
        good = wait(changed, 40 if pump else 8)
        if not self._exchange(kinds, end):
            raise Wrong(f"by {self.ends[end].name} in {end}: no such exchange on the wire")
        if not good:
            raise Wrong(f"by {self.ends[end].name} in {end}: before {before}, now " + str(
                {name: daemon.status() for name, daemon in self.ends.items()}))

    def _new(self, before, now, what):
        """Nothing of what was before, but that in IKEv1 nothing replaces a main-mode SA:
        the old one lives until somebody deletes it.
        """
        if what == "ike" and self.link.version == "IKEv1":
            return now - before
        return not now & before

    def _rekey_child(self):
        for end in self._who("rekey_child"):
            old = self.wire.take().spis()
            self._rekey("child", end, {CREATE_CHILD_SA, QUICK})

            def fresh():
                self.wire.clean()
                self.echo.count()
                self.wire.take()
                return all(self.wire.spis(source) and not self.wire.spis(source) & old
                           for source in self.source.values())

            if not wait(fresh, 3):
                raise Wrong(f"by {self.ends[end].name} in {end}: still the old SPIs in use")
            self._traffic_went_on(end)

    def _rekey_ike(self):
        first = {CREATE_CHILD_SA} if self.link.version == "IKEv2" else {MAIN}
        for end in self._who("rekey_ike"):
            self._rekey("ike", end, first)
            self._traffic_went_on(end)

    def _who(self, what):
        """Both ends, one after the other, where the responder can be told to."""
        why = self.ends["blue"].refuses(what)
        if why:
            self.notes[what.replace("_", "-")] = why
        return ["red"] if why else ["red", "blue"]

    def _strays(self, end):
        """How many packets XFRM had no SA for, at an end that is abrupt."""
        daemon = self.ends[end]
        return sum(daemon.statistics().values()) if daemon.abrupt else 0

    def _traffic_went_on(self, end):
        if not self.echo.count() or self.echo.lost > self._strays(end) - self.strays:
            raise Wrong(f"by {self.ends[end].name} in {end}: {self.echo.lost} datagrams lost")
        self._only_esp()

    def _liveness(self):
        self._settle()
        self.wire.clean()
        before = [daemon.status() for daemon in self.both()]
        self.ends["red"].liveness()
        if not wait(lambda: self._exchange({INFORMATIONAL, INFORMATIONAL1}, "red"), 8):
            raise Wrong(f"{self.ends['red'].name} did not ask, or was not answered")
        if self.link.version == "IKEv2":
            self._same_identifier()
        now = [daemon.status() for daemon in self.both()]
        # a timer, of OpenIKED or of Libreswan in version 1, may replace the IKE SA meanwhile
        rekeyed = any(one.exchange in (CREATE_CHILD_SA, MAIN) for one in self.wire.take().ike)
        if not all(then.child == after.child and (self._lives(then, after) or rekeyed)
                   for then, after in zip(before, now)):
            raise Wrong(f"the SAs were {before}, are {now}")
        if not self.echo.once():
            raise Wrong("no traffic afterwards")
        self._only_esp()

    def _lives(self, then, after):
        """The same IKE SA; a main-mode SA that was replaced may go at any time."""
        if self.link.version == "IKEv1":
            return after.ike and after.ike <= then.ike
        return after.ike == then.ike

    def _same_identifier(self):
        asked = {one.ident for one in self.wire.ike if not one.response}
        told = {one.ident for one in self.wire.ike if one.response}
        if not asked & told:
            raise Wrong(f"asked {asked}, answered {told}")

    def _delete(self):
        self._only_esp()
        self.wire.clean()
        self.ends["red"].delete()
        gone = all(wait(lambda d=daemon: not d.status().ike | d.status().child, 6)
                   for daemon in self.both())
        if not gone:
            raise Wrong("still there: " + str({name: daemon.status()
                                               for name, daemon in self.ends.items()}))
        for name, daemon in self.ends.items():
            if not wait(lambda d=daemon: not d.kernel(), 3):
                raise Wrong(f"{daemon.name} in {name}: its data path still has "
                            f"{[hex(spi) for spi in daemon.kernel()]}")
        self.wire.take()
        if not any(one.exchange in (INFORMATIONAL, INFORMATIONAL1) and
                   one.src == self.source["red"] for one in self.wire.ike):
            raise Wrong("no INFORMATIONAL on the wire")


def play(ground, red, blue, link):
    """The verdicts of a link's cells: ("pass" | "fail" | "n/a", why)."""
    life = Life(ground, red, blue, link)
    try:
        verdicts = life.run()
    except NotApplicable as reason:
        return {action: ("n/a", str(reason)) for action in ACTIONS}
    return {action: ("fail", why) if why else ("pass", life.notes.get(action, ""))
            for action, why in verdicts.items()}
