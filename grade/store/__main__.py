"""make crash-sweep: cuts the power of a workload at every write to its disk.

    python -m grade.store [WORKLOAD] [--states N] [--seed N] [--boots N]

Records what a workload of user/tests writes to its disk, judges the disk that
is left by a power cut after each write, and by torn and reordered ones, up to N
states where the prefixes are no more, and boots some of them.  Exit status: 0,
or 1 if any state was wrong.  What is left behind is in build/crash: the numbers
in crash.json, and disks of the first wrong states.
"""

import argparse
import sys
import time

from grade.harness import build
from grade.harness.artefacts import fresh
from grade.harness.fixtures import Boot
from grade.harness.lab import ROOT
from grade.harness.verdict import Failure
from grade.store.record import ENDS, goes_on, record, workload
from grade.store.sweep import Sweep, explain

BASE = ROOT / "build/crash"
LIMIT = 60_000  # ms of guest time


def parse():
    parser = argparse.ArgumentParser(prog="make crash-sweep", description="Cuts the power at every write.")
    parser.add_argument("workload", nargs="?", default="busy", help="of user/tests, or busy (busy)")
    parser.add_argument("--states", type=int, default=20_000, help="to look at, beside all prefixes (20000)")
    parser.add_argument("--seed", type=int, default=1, help="draws the others (1)")
    parser.add_argument("--boots", type=int, default=4, help="states to boot (4)")
    parser.add_argument("--smp", type=int, default=1, help="harts (1)")
    parser.add_argument("--debug", action="store_true", help="with the kernel that checks itself")
    options = parser.parse_args()
    options.machine = dict(smp=options.smp, debug=options.debug, limit=LIMIT)
    return options


def starter(options):
    """Boots machines that leave their artefacts in build/crash."""
    def kernel_of(scenario, debug, reference):
        return build.kernel(scenario=scenario, debug=debug)

    return Boot(BASE, kernel_of, lambda path, reference: path, options.seed)


def tell(text):
    print(f"crash: {text}", file=sys.stderr, flush=True)


def boot_some(boot, swept, options):
    """Boots states drawn by the seed; each must go on to the workload's end."""
    for number, (state, generation) in enumerate(swept.draw(options.boots), 1):
        path = boot.folder / "cut.disk"
        swept.write(state, path)
        tell(f"booting {number} of {options.boots}: generation {generation}, {state}")
        goes_on(boot, path, generation, **options.machine)


def run(options):
    """True: all states were right."""
    fresh(BASE)
    boot = starter(options)
    tell(f"recording {options.workload}")
    try:
        recording = record(boot, workload(options.workload), **options.machine)
        history = recording.history()
        tell(f"{len(history.writes)} writes, {len(history.flushes)} flushes")
        start = time.monotonic()
        swept = Sweep(history, options.states, options.seed)
        result = swept.run(BASE, sys.stderr)
        print("\n".join(explain(result, BASE)))
        tell(f"{time.monotonic() - start:.1f} s; the numbers are in {BASE / 'crash.json'}")
        if not result.wrong and ENDS.search(recording.text):
            boot_some(boot, swept, options)
        return not result.wrong
    finally:
        boot.close()


def main():
    options = parse()
    try:
        sys.exit(0 if run(options) else 1)
    except Failure as failure:
        sys.exit(f"crash: {failure.happened}\n  expected: {failure.expected}\n  log: {failure.log}")


if __name__ == "__main__":
    main()
