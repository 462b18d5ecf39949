"""make bench: measures, prints the table, writes build/bench.json.

    python -m grade.bench [--rounds N] [--explain] [--out FILE] [RUN ...]

RUN names some of the runs only.  A goal that is missed is shown; it is no
failure.
"""

import argparse
import json
import subprocess
import sys
import textwrap

from grade.harness import build
from grade.harness.lab import ROOT
from grade.harness.verdict import Failure

from . import runs, table
from .rows import ROWS

RUNS = {
    "services": ("calls, system calls, faults", lambda options: runs.services(options.rounds)),
    "interrupts": ("from a device to its driver", lambda options: runs.interrupts()),
    "wakeups": ("a crowd that waits", lambda options: runs.wakeups()),
    "halting": ("a process on another hart", lambda options: runs.halting()),
    "start": ("to the shell's prompt", lambda options: runs.start()),
    "paths": ("every operation, traced", lambda options: runs.paths()),
}


def compiler():
    """Name and version of the compiler; another one gives other figures."""
    line = [build.tool("CROSS") + "gcc", "--version"]
    return subprocess.run(line, capture_output=True, text=True).stdout.splitlines()[0]


def measure(options):
    """All figures, {id: value}, and {id: note}."""
    values, notes = {}, {}
    for name in options.runs or RUNS:
        what, run = RUNS[name]
        print(f"bench: {name} ({what}) ...", file=sys.stderr, flush=True)
        found, said = run(options)
        values.update(found)
        notes.update(said)
    return values, notes


def explain():
    print("\nWhat is counted")
    for row in ROWS:
        print(textwrap.fill(f"{row.id}: {row.counts}", 100, initial_indent="  ",
                            subsequent_indent="    "))


def parse():
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the kernel.")
    parser.add_argument("--rounds", type=int, default=10_000, help="of each service")
    parser.add_argument("--explain", action="store_true", help="say what is counted")
    parser.add_argument("--out", default=ROOT / "build/bench.json")
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"one of {', '.join(RUNS)}")
    options = parser.parse_args()
    for name in options.runs:
        if name not in RUNS:
            parser.error(f"{name} is no run; there are {', '.join(RUNS)}")
    return options


def main():
    options = parse()
    try:
        values, notes = measure(options)
    except Failure as failure:
        sys.exit(f"bench: {failure.happened}\n  expected: {failure.expected}\n  log: {failure.log}")
    print(f"Guest instructions, one hart, release kernel, {compiler()}\n")
    print("\n".join(table.lines(ROWS, values, colour=sys.stdout.isatty())))
    for name, note in notes.items():
        print(f"{name}: {note}")
    if options.explain:
        explain()
    with open(options.out, "w") as file:
        json.dump(table.records(ROWS, values), file, indent=1)
        file.write("\n")
    print(f"\nwritten to {options.out}")


main()
