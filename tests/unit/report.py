#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py: what tests/bench/report makes of samples. Whom a row is compared with, medians and
spreads, the page and its pictures; gnuplot is one of our own that keeps what it was told.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
sys.path.insert(0, sys.path[0] + "/../lib")
import tap

REPORT = pathlib.Path(__file__).resolve().parents[1] / "bench" / "report"
SAMPLES = """
bench: turn 1 of 1
sample icount tcp floor instructions/packet 3700 0.00
sample icount tcp_ipv6 floor instructions/packet 3600 0.00
sample icount forward64 floor instructions/packet 8300 0.00
sample icount udp64 floor instructions/packet 10000 0.00
sample icount tcp wireguard instructions/packet 46000 0.25
sample icount tcp wireguard instructions/packet 48000 0.50
sample icount tcp_aes-gcm xfrm instructions/packet 18000 0.00
sample icount tcp_aes-gcm xfrm instructions/packet 20000 0.00
sample icount tcp_aes-gcm xfrm instructions/packet 19000 0.00
sample icount tcp_aes-gcm ours instructions/packet 12000 0.00
sample icount tcp_aes-gcm ours instructions/packet 14000 0.00
sample icount tcp_aes-gcm ours instructions/packet 13000 0.00
sample icount tcp_aes-gcm_transport_ipv6 ours instructions/packet 12500 0.00
sample icount tcp_null xfrm instructions/packet 10000 0.00
sample icount forward64_aes-gcm xfrm instructions/packet 19000 0.00
sample icount forward64_aes-gcm,_fast_path ours instructions/packet 10640 0.00
sample icount udp64_aes-gcm,_window_64 xfrm instructions/packet 20000 0.00
sample icount udp64_aes-gcm,_window_64 ours instructions/packet 17000 0.00
sample icount udp64_aes-gcm,_window_65536 ours instructions/packet 17000 0.00
sample icount forward64_cached floor instructions/packet 8400 0.00
sample icount forward64_cached,_10_ports ours instructions/packet 12600 0.00
sample icount forward64_cached,_10000_ports xfrm instructions/packet 1400000 0.00
sample icount memory_of_a_filter xfrm bytes 1000 0
sample icount memory_of_a_filter ours bytes 1500 0
sample um-simd tcp_aes-gcm xfrm Mbit/s 2000 -1
sample um-simd tcp_aes-gcm ours Mbit/s 3000 -1
""".lstrip()
GNUPLOT = """#!/usr/bin/python3
import re, sys
text = sys.stdin.read()
open(re.search("set output '(.*)'", text)[1], "w").write(text)
"""


def report(samples, folder):
    """What it ends with, and what it leaves in a folder."""
    stand_in = folder / "bin"
    stand_in.mkdir()
    (stand_in / "gnuplot").write_text(GNUPLOT)
    (stand_in / "gnuplot").chmod(0o755)
    (folder / "samples.txt").write_text(samples)
    (folder / "old.svg").write_text("of an earlier run")
    return subprocess.run([REPORT, folder / "samples.txt", folder], text=True,
                          capture_output=True, check=False,
                          env=dict(os.environ, PATH=f"{stand_in}:{os.environ['PATH']}"))


def check_rows(rows):
    """Of the results."""
    row = rows["icount", "tcp aes-gcm"]
    tap.equal((row["ours"], row["xfrm"], row["wireguard"], row["floor"]),
              (13000, 19000, 47000, 3700), "a row has the medians, and the floor of its workload")
    tap.equal(row["spreads"], {"ours": 7.69, "xfrm": 5.26, "wireguard": 2.13, "floor": 0.0},
              "and the distance between the quartiles of each")
    tap.equal((row["spread"], row["idle"], row["samples"], row["unit"], row["better"]),
              (7.69, 0.5, 1, "instructions/packet", "lower"), "the worst, the fewest, the unit")
    tap.equal(round(row["ratio"], 3), 0.684, "and the ratio to XFRM")
    row = rows["icount", "tcp aes-gcm transport ipv6"]
    tap.equal((row["xfrm"], row["wireguard"], row["floor"], row["ratio"]),
              (None, None, 3600, None), "IPv6 is compared with IPv6 alone")
    row = rows["icount", "tcp null"]
    tap.equal((row["ours"], row["xfrm"], row["ratio"]), (None, 10000, None),
              "a row may be XFRM's alone")
    row = rows["icount", "forward64 aes-gcm, fast path"]
    tap.equal((row["xfrm"], row["floor"], round(row["ratio"], 2)), (19000, 8300, 0.56),
              "the fast path is compared with XFRM, which has none")
    tap.equal((rows["icount", "udp64 aes-gcm, window 64"]["xfrm"],
               rows["icount", "udp64 aes-gcm, window 65536"]["xfrm"]), (20000, None),
              "a window that XFRM does not know with nothing")
    tap.equal(rows["icount", "forward64 cached, 10 ports"]["floor"], 8400,
              "a row of numbers with the floor of what it measures")
    tap.equal((rows["um-simd", "tcp aes-gcm"]["better"], rows["um-simd", "tcp aes-gcm"]["ratio"]),
              ("higher", 1.5), "another ring is apart, and more may be better")
    tap.ok(("icount", "tcp") not in rows, "what the floor and WireGuard have alone is no row")


def check_page(page, folder):
    """The pictures, and what refers to them."""
    pictures = {path.name: path.read_text() for path in folder.glob("*.svg")}
    tap.equal(set(pictures), {
        "icount-tcp.svg", "icount-forward64.svg", "icount-udp64-aes-gcm.svg",
        "icount-forward64-cached.svg", "icount-memory.svg", "um-simd-tcp.svg"},
        "a picture for each group, and none of an earlier run")
    tap.ok(all(f"({name})" in page for name in pictures), "the page shows each", page)
    tap.ok("| tcp aes-gcm | 13,000 | 19,000 | 47,000 | 3,700 | 0.68 | 7.7 | 0.5 |" in page,
           "and has the rows", page)
    tap.ok('"aes-gcm" 13000.0 19000.0 47000.0 3700.0' in pictures["icount-tcp.svg"],
           "a cluster of bars has the numbers", pictures["icount-tcp.svg"])
    bars = pictures["icount-forward64.svg"]
    tap.ok('"aes-gcm" 0 19000.0' in bars and '"aes-gcm, fast path" 10640.0 19000.0' in bars,
           "the fast path stands beside the row without it", bars)
    lines = pictures["icount-forward64-cached.svg"]
    tap.ok("10 12600.0" in lines and "10000 1400000.0" in lines and "set logscale y" in lines,
           "so have lines over a number, with a scale that shows all", lines)


def test_report():
    """Rows, page and pictures of samples."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        done = report(SAMPLES, folder)
        if not tap.equal(done.returncode, 0, "samples make a report"):
            tap.note(done.stderr)
            return
        results = json.loads((folder / "results.json").read_text())
        check_rows({(row["ring"], row["row"]): row for row in results["rows"]})
        tap.equal(results["idle_max"], 0.5, "the results say how long a CPU idled at most")
        tap.ok("at most 0.50 %" in done.stdout and "warning" not in done.stdout,
               "so does the table", done.stdout)
        check_page((folder / "results.md").read_text(), folder)


def test_idle():
    """A sample in which the CPU idled."""
    with tempfile.TemporaryDirectory() as name:
        done = report("sample icount tcp_aes-gcm ours instructions/packet 13000 1.5\n",
                      pathlib.Path(name))
        tap.ok(not done.returncode and "warning: time that a CPU idled" in done.stdout,
               "is warned of", done.stdout)


def test_nothing():
    """No samples."""
    with tempfile.TemporaryDirectory() as name:
        done = report("bench: turn 1 of 1\n", pathlib.Path(name))
        tap.ok(done.returncode == 1 and "no samples" in done.stderr, "are an error", done.stderr)


tap.run(test_report, test_idle, test_nothing)
