"""What a transient pin costs, next to a read lock and to ageing in batches.

    python3 -m grade.lab02.measure      (a Python as `make print-PYTHON` says)

Counts the instructions of each on one hart; then boots a working set larger
than memory on one, two and four harts, and counts how often each is needed.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from grade.harness import build
from grade.harness.artefacts import Artefacts
from grade.harness.chaos import with_workers
from grade.harness.lab import find_lab
from grade.harness.machine import Machine
from grade.harness.qemu import Config

from . import evidence

TICK = 100  # instructions, at shift 0
FIELDS = ("numbers", "pins", "agings", "under_way")
SMALL = "preload=0 pages=48 nodes=96 processes=20"


def _boot(scenario, folder, program, **options):
    here = Path(__file__).parent
    kernel = build.kernel(find_lab(2), find_lab(2).solution, here / scenario, debug=False)
    image = build.image(evidence.program(program, folder))
    return Machine(Config(kernel=kernel, image=image, limit=20000, **options), Artefacts(folder / "run"))


def costs():
    """Instructions of each thing, without those of calling it."""
    os.environ["LATCHKEY_RUN"] = f"measure-{os.getpid()}-costs"
    with tempfile.TemporaryDirectory() as folder:
        with _boot("costs.c", Path(folder), "walk", shift=0) as machine:
            said = machine.finish().text
    found = re.findall(r"cost (\w+) (\d+) (\d+)", said)
    each = {name: TICK * int(ticks) / int(rounds) for name, ticks, rounds in found}
    return {name: count - each["nothing"] for name, count in each.items()}


def workload(workers):
    """How often each thing was done in the walk over more than there is room for."""
    os.environ["LATCHKEY_RUN"] = f"measure-{os.getpid()}-{workers}"
    with tempfile.TemporaryDirectory() as folder:
        options = with_workers(workers, SMALL)
        with _boot("ledger.c", Path(folder), "walk", **options) as machine:
            evidence.run(machine, 2, None)
            return [evidence.read(machine, field) for field in FIELDS]


def main():
    each = costs()
    sixth = each["six"] - each["five"]
    print("| instructions | |\n|---|---:|")
    for what, count in (
        ("a pin", each["pin"]), ("a number: begin and end", each["number"]),
        ("the ager's look at all pins of an object, one hart", each["holders"]),
        ("a read lock, alone, and its release", each["read"]), ("the sixth read lock, and its release", sixth),
        ("under way, which batch, done", each["batch"]),
    ):
        print(f"| {what} | {count:.0f} |")
    print("\n| harts | transactions | pins | agings | others under way then |\n|---:|---:|---:|---:|---:|")
    for workers in (1, 2, 4):
        print(f"{workers} harts", file=sys.stderr)
        numbers, pins, agings, under_way = workload(workers)
        print(f"| {workers} | {numbers:,} | {pins:,} | {agings:,} | {under_way:,} |")


if __name__ == "__main__":
    main()
