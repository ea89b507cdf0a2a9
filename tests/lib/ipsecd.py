# SPDX-License-Identifier: GPL-2.0-or-later
"""ipsecd in a test: a daemon in a namespace, its policy, and what it says of itself."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from tap import cmd, note, wait

TOP = os.environ.get("IPSECDRV_TOP", os.path.realpath(os.path.dirname(__file__) + "/../.."))
BIN = TOP + "/build/bin"


class Daemon:
    """An ipsecd, started when policy() was called; files are beside its policy. One that is
    not fixed takes other policies by apply().
    """

    def __init__(self, ns, name=None, fixed=True):
        self.ns = ns
        self.name = name or ns.name
        self.folder = tempfile.mkdtemp(prefix=f"ipsecd-{self.name}-", dir="/run")
        os.chmod(self.folder, 0o755)
        self.run = f"{self.folder}/run"
        self.path = f"{self.folder}/policy.yaml"
        self.state = f"{self.folder}/state"
        self.fixed = fixed
        self.log = f"{self.folder}/log"
        self.process = None

    def write(self, name, text, mode=0o600):
        path = f"{self.folder}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def policy(self, text, secret="open sesame\n"):
        self.write("policy.yaml", text)
        self.write("secret", secret)

    def start(self, *options, ready=True, program=f"{BIN}/ipsecd"):
        # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
        words = [program, "-f", "-s", self.run, "-S", self.state, *options]
        if self.fixed:
            words += ["-p", self.path]
        elif not os.path.exists(self.state):
            os.mkdir(self.state, 0o700)
            os.symlink(self.path, f"{self.state}/assigned")
        note(f"{self.name}: {' '.join(words)}")
        self.process = subprocess.Popen(words, preexec_fn=self.ns.enter,
                                        stdin=subprocess.DEVNULL,
                                        stderr=open(self.log, "ab"))
        if ready:
            wait(self.is_ready, 10, f"{self.name}'s ipsecd to be ready")

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"ipsecd ended with {self.process.returncode}: {self.said()}")
        try:
            return self.ask("status")["ready"]
        except (OSError, ValueError):
            return False

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def raw(self, data, end=False):
        """Bytes to the control socket, and the line that comes back."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(10)
            sock.connect(f"{self.run}/control")
            sock.sendall(data)
            if end:
                sock.shutdown(socket.SHUT_WR)
            got = b""
            while not got.endswith(b"\n"):
                part = sock.recv(65536)
                if not part:
                    break
                got += part
        return got

    def ask(self, command, rule=None, **more):
        request = {"command": command, **more}
        if rule:
            request["rule"] = rule
        return json.loads(self.raw(json.dumps(request).encode() + b"\n"))

    def ipsecctl(self, *words, check=True):
        return cmd("env", f"IPSECD_RUN={self.run}", f"IPSECD_STATE={self.state}",
                   f"{BIN}/ipsecctl", *words, ns=self.ns, check=check)

    def ctl(self, *words, check=True):
        """ipsecctl ike WORDS"""
        return self.ipsecctl("ike", *words, check=check)

    def sas(self):
        return self.ask("sas")["sas"]

    def counters(self):
        return self.ask("counters")["counters"]

    def worker(self):
        return self.ask("status")["worker"]

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self, how=signal.SIGTERM):
        """Its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(10)
        finally:
            self.process = None

    def delete(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.folder)
