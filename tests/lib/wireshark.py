# SPDX-License-Identifier: GPL-2.0-or-later
"""What Wireshark sees in a capture, with keys as ipsecd writes them, and what it does not like
of it.
"""
import os
import subprocess

import tap

KEYS = "ikev1_decryption_table", "ikev2_decryption_table", "esp_sa"
TROUBLES = "_ws.malformed", "_ws.expert.severity"
WARNING = 0x600000  # a comment is an expert's word, too, but less than that
ERROR = 0x800000


def tshark(path, *fields, config):
    """These fields of each packet, and what tshark does not like of it. The keys are in the folder
    config.
    """
    env = os.environ | {"WIRESHARK_CONFIG_DIR": config, "HOME": config}
    words = ["tshark", "-n", "-r", path, "-T", "fields", "-o",
             "esp.enable_encryption_decode:TRUE", "-o", "esp.enable_authentication_check:TRUE"]
    for field in (*fields, *TROUBLES):
        words += ["-e", field]
    done = subprocess.run(words, env=env, capture_output=True, text=True,
                          timeout=60 * tap.SLOW, check=False)
    said = [line for line in done.stderr.splitlines() if not line.startswith("Running as user")]
    if done.returncode or said:
        raise RuntimeError(f"tshark {path}: {said}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def troubles(shown, least=WARNING):
    """The packets of tshark()'s answer that are malformed, or that an expert warns of."""
    return [line for line in shown if line[-2] or
            any(int(one, 0) >= least for one in line[-1].split(",") if one)]
