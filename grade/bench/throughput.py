"""How fast the store is, beside the raw disk: a ratio, not a figure.

    python -m grade.bench.throughput

The same 2,000 pages on the same virtual disk: written and read in sequence, 64
at once; written by a checkpoint, to the log up to the commit, and on to their
homes; brought in one after the other, as faults bring them in.  In real time,
on this machine, under this load: so only the ratios mean something.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from grade.harness import build
from grade.harness.artefacts import Artefacts, fresh
from grade.harness.lab import ROOT
from grade.harness.machine import Machine
from grade.harness.qemu import Config
from grade.harness.submission import work

_PAGES = 2000


def _ticks(kernel, disk, folder, append):
    """What the guest printed, as {word: ticks}."""
    config = Config(kernel=kernel, disk=disk, append=f"{append} preload=0", limit=60_000, memory=256)
    with Machine(config, Artefacts(fresh(folder))) as machine:
        text = machine.finish().text
    return {word: int(ticks) for word, ticks in re.findall(r"(raw|committed|home|in) (\d+)", text)}


def measure():
    """(writing, reading): ticks of 100 ns, by what was done."""
    kernel = build.kernel(scenario=ROOT / "grade/bench/throughput.c", debug=False)
    image = build.image(ROOT / "user/image.toml")
    with tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
        disk = Path(folder) / "disk"
        subprocess.run([sys.executable, ROOT / "tools/image.py", "disk", "--image", image, "--out", disk,
                        "--size", "128M"], check=True)
        base = work() / "throughput"
        return (_ticks(kernel, disk, base / "writing", "read=0"),
                _ticks(kernel, disk, base / "reading", "read=1"))


def main():
    writing, reading = measure()
    for what, beside, ticks, raw in (
        ("a checkpoint, to the commit", "writes", writing["committed"], writing["raw"]),
        ("a checkpoint, to home", "writes", writing["home"], writing["raw"]),
        ("pages brought in one by one", "reads", reading["in"], reading["raw"]),
    ):
        print(f"{what:28} {raw / ticks:5.2f} of raw sequential {beside}"
              f" ({_PAGES * 40960 / ticks:.0f} against {_PAGES * 40960 / raw:.0f} MB/s)")


if __name__ == "__main__":
    main()
