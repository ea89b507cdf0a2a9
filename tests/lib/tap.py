# SPDX-License-Identifier: GPL-2.0-or-later
"""Results as TAP, commands that are logged, and waiting without sleeping blindly.

A test is a function; run() calls each in turn, so that one that breaks does not hide the
others, and prints the plan. What a test says beside its results goes to stderr.
"""
import os
import subprocess
import sys
import time
import traceback

# Emulated processors are slow; what a test waits for comes late there, not never.
RING = os.environ.get("IPSECDRV_RING", "host")
SLOW = {"um": 1, "um-simd": 1, "um-time": 1, "um-debug": 4, "host": 1, "debug": 30}.get(RING, 6)

_count = 0
_failed = 0


class Skip(Exception):
    """The rest of a test makes no sense here; the text says why."""


def note(*words):
    print(*words, file=sys.stderr, flush=True)


def ok(good, name, detail=""):
    """One result. Returns whether it is good."""
    global _count, _failed
    _count += 1
    print(f"{'ok' if good else 'not ok'} {_count} - {name}", flush=True)
    if not good:
        _failed += 1
        for line in str(detail() if callable(detail) else detail).splitlines():
            print(f"#   {line}", flush=True)
    return bool(good)


def equal(got, want, name):
    return ok(got == want, name, f"got  {got!r}\nwant {want!r}")


def skip(name, why):
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {why}", flush=True)


def finish():
    """The plan; the exit status."""
    print(f"1..{_count}", flush=True)
    sys.exit(1 if _failed else 0)


def run(*tests, cleanup=None):
    """Call each test; clean up; print the plan and exit."""
    for test in tests:
        name = (test.__doc__ or test.__name__).splitlines()[0]
        note(f"== {name}")
        start = time.monotonic()
        try:
            test()
        except Skip as why:
            skip(name, why)
        except Exception as err:  # pylint: disable=broad-except
            traceback.print_exc()
            ok(False, f"{name}: {type(err).__name__}", err)
        note(f"   {time.monotonic() - start:.1f} s")
    if cleanup:
        try:
            cleanup()
        except Exception as err:  # pylint: disable=broad-except
            traceback.print_exc()
            ok(False, f"clean-up: {type(err).__name__}", err)
    finish()


def wait(condition, seconds=5, what=None):
    """Until condition() is true; its value, or the last one it had. With `what`, late is
    an error.
    """
    end = time.monotonic() + seconds * SLOW
    pause = 0.0005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            if what:
                raise TimeoutError(f"waited {seconds * SLOW} s for {what}")
            return value
        time.sleep(pause)
        pause = min(pause * 2, 0.05)


class CommandError(Exception):
    pass


def cmd(*words, check=True, stdin=None, ns=None, quiet=False, timeout=60):
    """Run a command, its line logged. A single word with spaces is split. Returns its
    output; with check=False the whole CompletedProcess.
    """
    if len(words) == 1:
        words = words[0].split()
    words = [str(word) for word in words]
    if not quiet:
        note(f"{ns.name + ': ' if ns else ''}{' '.join(words)}")
    done = subprocess.run(words, input=stdin, text=True, capture_output=True,
                          timeout=timeout * SLOW, check=False,
                          preexec_fn=ns.enter if ns else None)
    if check and done.returncode:
        raise CommandError(f"{' '.join(words)}: exit status {done.returncode}\n"
                           f"{done.stdout}{done.stderr}")
    return done.stdout if check else done
