# SPDX-License-Identifier: GPL-2.0-or-later
"""The counters of one host through all that shows them, which has to agree; and how far
each moved.
"""
import json
import re

import ipsecd
import nl
from tap import cmd, equal, ok, wait

DOC = nl.TOP / "Documentation" / "counters.rst"


def documented(title):
    """The rows of a table of counters.rst: [[name, ...]], what is continued left out."""
    text = DOC.read_text(encoding="utf-8").split(f"\n{title}\n=", 1)[1]
    bar = re.search(r"^=+( =+)+$", text, flags=re.M)[0]
    edges, at = [], 0
    for column in bar.split(" "):
        edges.append((at, at + len(column)))
        at += len(column) + 1
    body = text.split(bar)[2]
    return [[line[a:b].strip() for a, b in edges] for line in body.splitlines()
            if line[:1].strip()]


MAIN = {row[0]: row[1] for row in documented("Main mode")}
QUICK = {row[0]: row[1] for row in documented("Quick mode")}


def fields(text):
    """{name: number} of lines `name ... number`, with or without a colon."""
    return {name.strip(): int(value)
            for name, value in re.findall(r"^(\S[^:\n]*?) *[: ] *(\d+)$", text, flags=re.M)}


def proc_stats(ns):
    with ns, open("/proc/thread-self/net/ipsecdrv/stats", encoding="ascii") as file:
        return dict((line.split()[0], int(line.split()[1])) for line in file)


class Readers:
    """Of the driver in a namespace, and of its ipsecd if there is one."""

    def __init__(self, driver, daemon=None):
        self.driver, self.daemon = driver, daemon
        self.names = dict(QUICK)
        if daemon:
            self.names.update(MAIN)

    def ctl(self, *words):
        return self.batch(words)[0]

    def batch(self, *commands):
        """What ipsecctl says to each of several commands, in one process of this one's."""
        run = [f"IPSECD_RUN={self.daemon.run}"] if self.daemon else ["-"]
        script = "".join(f"{ipsecd.BIN}/ipsecctl {' '.join(map(str, words))} || exit; echo '\f';"
                         for words in commands)
        out = cmd("env", *run, "sh", "-c", script, ns=self.driver.ns, quiet=True)
        return out.split("\f\n")[:-1]

    def ways(self):
        """{reader: {name: value}}; those of the daemon are left out where none runs."""
        kind = "type=all" if self.daemon else "type=ipsec"
        commands = [("dynamic", "show", "stats", kind), ("dynamic", "show", "stats", kind, "-j"),
                    ("driver", "stats"), ("driver", "stats", "-j")]
        if self.daemon:
            commands += [("ike", "counters"), ("ike", "counters", "-j")]
        said = self.batch(*commands)
        shown, typed = fields(said[0]), json.loads(said[1])
        found = {
            "/proc": proc_stats(self.driver.ns),
            "netlink": self.driver.stats(),
            "driver stats": fields(said[2]),
            "driver stats --json": json.loads(said[3])["stats"],
            "dynamic show stats": {name: shown[title] for name, title in self.names.items()
                                   if title in shown},
            "dynamic show stats --json": {**typed["ipsec"], **typed.get("ike", {})},
        }
        if self.daemon:
            found["ike counters"] = fields(said[4])
            found["ike counters --json"] = json.loads(said[5])["counters"]
        return found

    def quick(self):
        """{name: value} of Windows' counters as one reader has them."""
        values = {**self.driver.stats(), **(self.daemon.counters() if self.daemon else {})}
        return {name: values[name] for name in self.names}

    def read(self):
        """The same, and what is not the same in every reader that should have it."""
        ways = self.ways()
        values, wrong = {}, []
        for name in self.names:
            ike = name in MAIN
            seen = {way: got.get(name) for way, got in ways.items()
                    if way.startswith("dynamic") or way.startswith("ike") == ike}
            if len(set(seen.values())) != 1 or None in seen.values():
                wrong.append(f"{name}: {seen}")
            values[name] = next(iter(seen.values()))
        return values, wrong


class Moves:
    """with Moves(readers, what, name=by how much, ...): every other one of Windows' counters
    that `only` names (by default all of the driver's, or of both) stays as it is.
    """

    def __init__(self, readers, what, only=None, **want):
        self.readers, self.what, self.want = readers, what, want
        self.only = only or readers.names

    def __enter__(self):
        self.before = self.readers.quick()
        if self.readers.daemon:
            self.daemon = self.readers.daemon.counters()
        return self

    def agreed(self):
        now, wrong = self.readers.read()
        return None if wrong else (now, wrong)

    def __exit__(self, *exc):
        if exc[0]:
            return
        # again, if something moved while one after the other read it
        now, wrong = wait(self.agreed, 5) or self.readers.read()
        ok(not wrong, f"{self.what}: all readers agree", "\n".join(wrong))
        moved = {name: now[name] - self.before[name] for name in self.only
                 if now[name] != self.before[name]}
        equal(moved, self.want, f"{self.what}: " + (", ".join(
            f"{name} {value:+d}" for name, value in self.want.items()) or "nothing moves"))
        covered.update(self.want)


covered = set()     # counters that moved as they should


def shim(folder):
    """A library that lets recvmmsg(2) fail once for each file `fail` in the folder."""
    source = f"{folder}/shim.c"
    with open(source, "w", encoding="ascii") as file:
        file.write("""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
int recvmmsg(int fd, struct mmsghdr *msg, unsigned int n, int flags, struct timespec *t)
{
	int (*next)(int, struct mmsghdr *, unsigned int, int, struct timespec *) =
		(int (*)(int, struct mmsghdr *, unsigned int, int, struct timespec *))
			dlsym(RTLD_NEXT, "recvmmsg");
	if (!unlink(FAIL)) {
		errno = EIO;
		return -1;
	}
	return next(fd, msg, n, flags, t);
}
""")
    cmd("cc", "-shared", "-fPIC", f"-DFAIL=\"{folder}/fail\"", "-o", f"{folder}/shim.so", source,
        "-ldl")
    return f"{folder}/shim.so"
