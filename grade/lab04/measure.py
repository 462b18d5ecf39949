"""What a service costs when one caller is woken, and when all are.

    python3 -m grade.lab04.measure      (a Python as `make print-PYTHON` says)

Boots the finished kernel and two of its variants, each with more and more
callers of one server, on one hart whose instructions are counted.  Prints, for
each service, wakeups, joins of the worry queue and instructions of everybody.
"""

import os
import sys
import tempfile
from pathlib import Path

from grade.harness import build
from grade.harness.artefacts import Artefacts
from grade.harness.lab import find_lab
from grade.harness.machine import Machine
from grade.harness.qemu import Config

from . import evidence

CALLERS = (1, 2, 3, 4, 8, 16, 22)
ROUNDS = 16


def measure(source, callers, folder):
    """(wakeups, joins of the worry queue, instructions) of one service."""
    kernel = build.kernel(find_lab(4), source, Path(__file__).with_name("ledger.c"), debug=False)
    image = build.image(evidence.program("herd", folder, number=callers))
    config = Config(kernel=kernel, image=image, shift=0, limit=3000, append="look=0 check=0")
    with Machine(config, Artefacts(folder / "run")) as machine:
        evidence.run(machine, 1)
        totals = (evidence.read(machine, "wakeups"), evidence.queue(machine, "worry"),
                  evidence.read(machine, "figure")[0])
    return [total / (callers * ROUNDS) for total in totals]


def main():
    lab = find_lab(4)
    sources = {"one wakeup": lab.solution,
               "one, nobody worries": lab.solution / "variants" / "nobody-worries",
               "wake all": lab.solution / "variants" / "herd"}
    rows = {}
    for number, (design, source) in enumerate(sources.items()):
        os.environ["LATCHKEY_RUN"] = f"measure-{os.getpid()}-{number}"
        for callers in CALLERS:
            print(f"{design}, {callers} callers", file=sys.stderr)
            with tempfile.TemporaryDirectory() as folder:
                rows[callers, design] = measure(source, callers, Path(folder))
    print("| callers | design | wakeups | joins of the worry queue | instructions |")
    print("|---:|---|---:|---:|---:|")
    for callers in CALLERS:
        for design in sources:
            wakeups, worries, instructions = rows[callers, design]
            print(f"| {callers} | {design} | {wakeups:.2f} | {worries:.2f} | {instructions:,.0f} |")


if __name__ == "__main__":
    main()
