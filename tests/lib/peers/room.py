# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a daemon lives: a network namespace, and a mount namespace in which /usr has the
daemon's packages on top of the system's, /etc has its files on top of both, and /run and
/var are its own. Nothing of it is ever installed.

The daemon's /run is FOLDER/run for the test, so a control socket there can be used from
outside.
"""
import ctypes
import os
import shutil
import subprocess

from tap import SLOW, CommandError, note, wait

CLONE_NEWNS = 0x00020000
BASE = "/run/peers"
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong,
                        ctypes.c_char_p]
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18


def cache():
    """Where tests/guest/peers unpacked the packages."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.environ.get("IPSECDRV_CACHE", home + "/ipsecdrv") + "/peers/current"
    if not os.path.exists(folder + "/.complete"):
        raise CommandError("the daemons are not there: tests/guest/deps peers")
    return folder


def _mount(source, target, kind=None, flags=0, data=None):
    words = [word.encode() if word else None for word in (source, target, kind)]
    if _libc.mount(*words, flags, data.encode() if data else None):
        err = ctypes.get_errno()
        raise OSError(err, f"mount {source} on {target}: {os.strerror(err)}")


class Room:
    """A place for one daemon."""

    def __init__(self, ns, name, packages=None):
        self.ns = ns
        self.name = name
        self.folder = f"{BASE}/{name}"
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in "etc", "run", "var/lib", "var/log", "var/tmp":
            os.makedirs(f"{self.folder}/{part}")
        os.symlink("/run", f"{self.folder}/var/run")
        self.packages = packages
        self.mnt = None
        self.children = []

    def path(self, name):
        """A file of the room as the test sees it."""
        return self.folder + name

    def write(self, name, data, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        os.chmod(path, mode)

    def furnish(self):
        """Make the mounts; /etc does not change after this."""
        ready, done = os.pipe(), os.pipe()
        child = os.fork()
        if not child:
            try:
                self._mounts()
                os.write(ready[1], b"1")
                os.read(done[0], 1)
            except OSError as err:
                note(f"{self.name}: {err}")
            finally:
                os._exit(0)
        os.close(ready[1])
        good = os.read(ready[0], 1)
        if good:
            self.mnt = os.open(f"/proc/{child}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        os.write(done[1], b"1")
        os.waitpid(child, 0)
        for end in (ready[0], *done):
            os.close(end)
        if not good:
            raise CommandError(f"{self.name}: no mount namespace")

    def _mounts(self):
        if _libc.unshare(CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "unshare")
        _mount(None, "/", None, MS_REC | MS_PRIVATE)
        root = f"{cache()}/{self.packages}" if self.packages else None
        lower = [self.path("/etc")] + ([root + "/etc"] if root else []) + ["/etc"]
        _mount("overlay", "/etc", "overlay", 0, "lowerdir=" + ":".join(lower))
        if root:
            _mount("overlay", "/usr", "overlay", 0, f"lowerdir={root}/usr:/usr")
        _mount(self.path("/var"), "/var", None, MS_BIND)
        # last: what is above is seen through it no more
        _mount(self.path("/run"), "/run", None, MS_BIND)

    def enter(self):
        """For a process that is about to run a command."""
        if _libc.setns(self.mnt, CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "setns")
        self.ns.enter()
        os.chdir("/")

    def cmd(self, *words, check=True, stdin=None, timeout=30, env=None):
        """Run a command there to its end."""
        words = [str(word) for word in words]
        done = subprocess.run(words, input=stdin, text=True, capture_output=True, check=False,
                              timeout=timeout * SLOW, preexec_fn=self.enter, env=env)
        if check and done.returncode:
            raise CommandError(f"{self.name}: {' '.join(words)}: exit status "
                               f"{done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout if check else done

    def spawn(self, *words, log, env=None):
        """Start a daemon; what it says is appended to the file log."""
        with open(log, "ab") as file:
            child = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL,
                                     stdout=file, stderr=file, preexec_fn=self.enter,
                                     env={**os.environ, **(env or {})}, start_new_session=True)
        self.children.append(child)
        return child

    def end(self, child, seconds=5):
        """Ask a daemon to end, then make it."""
        if child.poll() is None:
            child.terminate()
            if wait(lambda: child.poll() is not None, seconds) is False:
                note(f"{self.name}: {child.args[0]} had to be killed")
                child.kill()
            child.wait()
        if child in self.children:
            self.children.remove(child)

    def close(self):
        for child in list(self.children):
            self.end(child)
        if self.mnt is not None:
            os.close(self.mnt)
            self.mnt = None
        shutil.rmtree(self.folder, ignore_errors=True)
