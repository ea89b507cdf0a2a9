# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the benchmark in groups, and a picture (SVG, by gnuplot) of each group."""
import re
import subprocess

CIPHERS = ("aes-gcm", "aes-256-gcm", "chacha20-poly1305", "aes-cbc+sha256", "ah-sha256",
           "null+gmac", "null")
CONTENDERS = ("ours", "xfrm", "wireguard", "floor")
TITLES = {"ours": "ours", "xfrm": "XFRM", "wireguard": "WireGuard", "floor": "floor"}
COLOURS = {"ours": "#1b6ca8", "xfrm": "#d1495b", "wireguard": "#8d6a9f", "floor": "#a5a58d"}
# of what is not of packets, by its unit
OTHERS = {"": "memory", "install": "installs", "s": "installs", "change": "changes"}
NUMBER = re.compile(r"(.*), (?:window )?(\d+) ?(.*)")
# from where on a linear scale shows only the largest
WIDE = 30


class Group:
    """Rows of one ring that belong in one picture: bars, or lines over a number."""

    def __init__(self, ring, unit, title, lines):
        self.ring, self.unit, self.title, self.lines = ring, unit, title, lines
        self.rows = []

    def name(self):
        """Of its file."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.ring} {self.title}".lower()).strip("-")

    def contenders(self):
        return [one for one in CONTENDERS if any(row[one] for row, _ in self.rows)]

    def values(self):
        return [row[one] for row, _ in self.rows for one in CONTENDERS if row[one]]

    def wide(self):
        return max(self.values()) > WIDE * min(self.values())


def place(row):
    """The title of a row's group, what tells it from the others there, and whether the latter
    is a number: (N, which line)."""
    name = row["row"]
    number = NUMBER.fullmatch(name)
    if number:
        return number[1], (int(number[2]), number[3]), True
    words = name.split()
    if len(words) > 1 and words[1].rstrip(",") in CIPHERS:
        return words[0], " ".join(words[1:]), False
    base, _, rest = name.partition(", ")
    if rest:
        return base, rest, False
    return OTHERS[row["unit"].partition("/")[2]], name, False


def groups(rows):
    """All rows in groups, in the order of appearance."""
    made = {}
    for row in rows:
        title, label, lines = place(row)
        key = (row["ring"], row["unit"], title, lines)
        made.setdefault(key, Group(*key)).rows.append((row, label))
    return list(made.values())


def bars(group):
    """A cluster for each row."""
    empty = "NaN" if group.wide() else "0"
    lines = ["$data << EOD"]
    for row, label in group.rows:
        values = [str(row[one]) if row[one] else empty for one in CONTENDERS]
        lines.append(f'"{label}" ' + " ".join(values))
    lines += ["EOD", "set style data histogram", "set style histogram clustered gap 1",
              "set style fill solid 0.9 noborder", "set xtics rotate by -20 scale 0"]
    plots = [f'$data using {CONTENDERS.index(one) + 2}:xtic(1) title "{TITLES[one]}" '
             f'lc rgb "{COLOURS[one]}"' for one in group.contenders()]
    return lines, plots


def curves(group):
    """A line for each contender, or several, if there are several kinds of a number."""
    kinds = list(dict.fromkeys(label[1] for _, label in group.rows))
    of_what = {"": "window (packets)", "SA pairs": "SA pairs"}.get(kinds[0], "filters")
    lines = ["set logscale x", f"set xlabel '{of_what}'", "set format x '%.0f'"]
    plots = []
    for dash, kind in enumerate(kinds, 1):
        for one in group.contenders():
            points = [(label[0], row[one]) for row, label in group.rows
                      if label[1] == kind and row[one]]
            # the floor has none of what there are several kinds of
            if not points or one == "floor" and dash > 1:
                continue
            name = f"$d{len(plots)}"
            lines += [f"{name} << EOD"] + [f"{n} {value}" for n, value in points] + ["EOD"]
            title = TITLES[one] if one == "floor" else f"{TITLES[one]} {kind}"
            plots.append(f'{name} with linespoints title "{title}" dt {dash} '
                         f'lw 2 pt {5 + 2 * (dash - 1)} lc rgb "{COLOURS[one]}"')
    return lines, plots


def script(group, path):
    """What gnuplot is to do."""
    lines, plots = curves(group) if group.lines else bars(group)
    scale = "set logscale y" if group.wide() else "set yrange [0:*]"
    head = ["set terminal svg size 960,440 font 'sans-serif,13' background 'white'",
            f"set output '{path}'", f"set title '{group.title} ({group.ring})' noenhanced",
            f"set ylabel '{group.unit}'", "set grid ytics lc rgb '#dddddd'", "set border 3",
            "set tics nomirror noenhanced", "set key outside top right noenhanced",
            "set format y '%.0f'", scale]
    return "\n".join(head + lines + ["plot " + ", ".join(plots)]) + "\n"


def draw(group, folder):
    """Write the picture, and return its file's name."""
    name = group.name() + ".svg"
    subprocess.run(["gnuplot"], input=script(group, f"{folder}/{name}"), text=True, check=True)
    return name
