"""make bench: measures, prints the table, writes build/bench.json.

    python -m grade.bench [--rounds N] [--explain] [--out FILE] [RUN ...]

RUN names some of the runs only.  A goal that is missed is shown; it is no
failure.  What has changed since the file was written last is shown too.
"""

import argparse
import json
import subprocess
import sys
import textwrap
from pathlib import Path

from grade.harness import build
from grade.harness.lab import ROOT
from grade.harness.verdict import Failure

from . import harts, runs, store, table
from .rows import ROWS

RUNS = {
    "services": ("calls, system calls, faults", lambda options: runs.services(options.rounds)),
    "interrupts": ("from a device to its driver", lambda options: runs.interrupts()),
    "wakeups": ("a crowd that waits", lambda options: runs.wakeups()),
    "halting": ("a process on another hart", lambda options: runs.halting()),
    "writes": ("what small durable writes cost the disk", lambda options: store.writes()),
    "pauses": ("snapshots of what is dirty", lambda options: store.pauses()),
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


def last_time(path):
    """{id: value} of the run before, as far as it can be read."""
    try:
        return {record["id"]: record["value"] for record in json.loads(path.read_text())}
    except (AttributeError, OSError, ValueError, TypeError, KeyError):
        return {}


def explain(rows):
    print("\nWhat is counted")
    for row in rows:
        print(textwrap.fill(f"{row.id}: {row.counts}", 100, initial_indent="  ",
                            subsequent_indent="    "))


def parse():
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the kernel.")
    parser.add_argument("--rounds", type=int, default=10_000, help="of each service")
    parser.add_argument("--explain", action="store_true", help="say what is counted")
    parser.add_argument("--out", type=Path, help="build/bench.json, or nothing where only some "
                        "runs are named")
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"one of {', '.join(RUNS)}")
    options = parser.parse_args()
    for name in options.runs:
        if name not in RUNS:
            parser.error(f"{name} is no run; there are {', '.join(RUNS)}")
    if not options.runs and not options.out:
        options.out = ROOT / "build/bench.json"
    return options


def report(options, values, notes):
    """The table, and what there is to say."""
    rows = [row for row in ROWS if row.id in values or not options.runs]
    print(f"Guest instructions, one hart unless said, release kernel, {compiler()}\n")
    print("\n".join(table.lines(rows, values, colour=sys.stdout.isatty())) + "\n")
    for name, note in notes.items():
        print(textwrap.fill(f"{name}: {note}", 100, subsequent_indent="  "))
    for line in table.changes(values, last_time(options.out)):
        print(line)
    if options.explain:
        explain(rows)


def main():
    options = parse()
    try:
        values, notes = measure(options)
    except Failure as failure:
        sys.exit(f"bench: {failure.happened}\n  expected: {failure.expected}\n  log: {failure.log}")
    report(options, values, notes)
    if options.out:
        text = json.dumps(table.records(ROWS, values), indent=1)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text + "\n")
        print(f"\nwritten to {options.out}")
    if not options.runs:
        harts.report(options.out.with_name("bench-harts.json"), [harts.USUAL])
        print("the other disciplines: make bench-harts")


if __name__ == "__main__":
    main()
