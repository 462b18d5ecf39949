"""What all harts together get done, with each locking discipline.

    python -m grade.bench.harts [--window US] [--out FILE]

On 1, 2, 4 and 8 harts, at five kinds of work (user/tests/benchharts.c), with
each file of kernel/lock/discipline/: instructions of the whole machine for one
operation, how often somebody waited for a lock, restarted, or was serialized,
all counted in the guest; and beside it operations a second on real threads,
which say more about this machine than about the kernel.

The emulator runs one hart at a time.  A timer of its own ends each turn after
TURN instructions, so that locks are met as harts beside each other would meet
them, and always the same way.  When a timer ends a turn the hart whose turn
comes next gets none; so the machine has a hart behind each that the kernel
uses, of which the device tree says that it is broken.
"""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from grade.harness import build
from grade.harness.artefacts import Artefacts
from grade.harness.lab import ROOT
from grade.harness.machine import Machine
from grade.harness.qemu import Config
from grade.harness.verdict import Failure, Infrastructure, Wrong

from . import runs

SHIFT = 2  # an instruction takes 4 ns
TURN = 1000 >> SHIFT  # instructions: a microsecond
HARTS = (1, 2, 4, 8)
USUAL = "serial"
DISCIPLINES = ("one", "shared", "clusters", "spin", "serial", "marked")
WORK = {
    "private": "private work: each hart sets slots of a node of its own",
    "reads": "shared reads: all get slots of one node",
    "writes": "shared writes: all set slots of one node",
    "pairs": "between harts: of each two, one sends to the other",
    "server": "one server: all harts call it",
}
WINDOW = 3_000  # microseconds of the guest for each kind of work
WALL_WINDOW = 20_000  # likewise, on real threads
TICKS = 10_000_000  # a second


@dataclass(frozen=True)
class Figures:
    """One kind of work on one machine, over one stretch of time."""

    work: str
    locks: str
    harts: int
    operations: int    # of all workers
    least: int         # of the worker that got least done
    instructions: int  # of all harts
    ticks: int
    transactions: int  # these and those below in a little longer a time
    restarts: int
    serialized: int    # attempts after contention
    waits_discipline: int  # times somebody waited for a lock of the discipline,
    waits_objects: int     # of an object,
    waits_others: int      # of any other kind

    @property
    def each(self):
        """Instructions for an operation."""
        return self.instructions / max(self.operations, 1)

    @property
    def shares(self):
        """Of 1,000 transactions: how many waits, restarts, serialized attempts."""
        waits = self.waits_discipline + self.waits_objects + self.waits_others
        return [1000 * n / max(self.transactions, 1) for n in (waits, self.restarts, self.serialized)]


def _image(window):
    text = (ROOT / "user/tests/benchharts.toml").read_text()
    return build.image(build.manifest("benchharts", text.replace("number(10000)", f"number({window})")))


def _tree(folder, harts):
    """The device tree of a machine with every second hart broken."""
    path = folder / "tree.dtb"
    line = [build.tool("QEMU"), "-M", f"virt,dumpdtb={path}", "-m", "128M", "-smp", str(2 * harts), "-seed", "1",
            "-nodefaults", "-display", "none"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    if not path.is_file():
        raise Infrastructure(f"QEMU gives no device tree: {done.stderr.strip()[-300:]}")
    tree = bytearray(path.read_bytes())
    for node in re.finditer(rb"cpu@([0-9a-f]+)\0", tree):
        if int(node[1], 16) % 2:
            status = tree.index(b"okay\0", node.end())
            tree[status : status + 5] = b"fail\0"
    path.write_bytes(tree)
    return path


def _run(kept, locks, harts, window, **options):
    """[Figures] of one machine, a kind of work each."""
    config = Config(kernel=build.kernel(debug=False, locks=locks), image=_image(window), shift=SHIFT,
                    limit=60_000, **options)
    with Machine(config, kept) as machine:
        log = machine.finish()
    found = []
    for line in log.text.replace("\r", "").splitlines():
        kind, *numbers = line.split() or [""]
        if kind in WORK:
            operations, least, cycles, *others = map(int, numbers)
            found.append(Figures(kind, locks, harts, operations, least, cycles >> SHIFT, *others))
    if [figures.work for figures in found] != list(WORK):
        raise Wrong(f"a line for each of {', '.join(WORK)}", "there is not", log=str(log.path))
    return found


def counted(locks, harts, window=WINDOW):
    """[Figures], counted: the same each time."""
    kept = Artefacts(runs.folder(f"harts-{locks}-{harts}"))
    if harts == 1:
        return _run(kept, locks, harts, window)
    extra = (*runs.TURNS, "-dtb", str(_tree(kept.folder, harts)))
    return _run(kept, locks, harts, window, smp=2 * harts, extra=extra)


def timed(locks, harts, window=WALL_WINDOW):
    """{kind: operations a second} on real threads, on this machine as it is
    now; what it counts as cycles there means nothing."""
    kept = Artefacts(runs.folder(f"harts-{locks}-{harts}-threads"))
    found = _run(kept, locks, harts, window, smp=harts, parallel=True)
    return {figures.work: figures.operations * TICKS / max(figures.ticks, 1) for figures in found}


def measure(disciplines, window):
    """([Figures], {(locks, harts): timed()}) of all machines."""
    figures, times = [], {}
    for locks in disciplines:
        print(f"bench: harts (1 to 8 at work, LOCKS={locks}) ...", file=sys.stderr, flush=True)
        for harts in HARTS:
            figures += counted(locks, harts, window)
            times[locks, harts] = timed(locks, harts)
    return figures, times


def lines(figures, times):
    """The table, a part for each kind of work."""
    by = {(f.work, f.locks, f.harts): f for f in figures}
    disciplines = dict.fromkeys(f.locks for f in figures)
    counts = "".join(f"{n:9}" for n in HARTS)
    yield f"{'':10}{'instructions for one, harts:':>36} | {'of 1,000 transactions, 8:':>27} | {'a second, on threads:':>36}"
    yield f"{'LOCKS':10}{counts} | {'waits':>9}{'restarts':>9}{'serial':>9} | {counts}"
    for work, what in WORK.items():
        yield f"\n{what}"
        for locks in disciplines:
            yield (f"{locks:10}" + "".join(f"{by[work, locks, n].each:9,.0f}" for n in HARTS)
                   + " | " + "".join(f"{share:9,.0f}" for share in by[work, locks, max(HARTS)].shares)
                   + " | " + "".join(f"{times[locks, n][work]:9,.0f}" for n in HARTS))


def records(figures, times):
    """What build/bench-harts.json holds."""
    return [{"id": f"harts.{f.work}.{f.locks}.{f.harts}", "what": WORK[f.work], "value": round(f.each, 1),
             "unit": "instructions of all harts for an operation", **asdict(f),
             "per_second_on_threads": round(times[f.locks, f.harts][f.work])} for f in figures]


def report(out, disciplines=DISCIPLINES, window=WINDOW):
    """Measures, prints, and writes the file."""
    found = measure(disciplines, window)
    print(f"\nHarts at work: instructions of all of them together, in turns of {TURN}; the usual is LOCKS={USUAL}\n")
    print("\n".join(lines(*found)))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(records(*found), indent=1) + "\n")
    print(f"\nwritten to {out}")


def main():
    parser = argparse.ArgumentParser(prog="make bench-harts", description="Measures all harts at once.")
    parser.add_argument("--window", type=int, default=WINDOW, help="microseconds for each kind of work")
    parser.add_argument("--out", type=Path, default=ROOT / "build/bench-harts.json")
    options = parser.parse_args()
    try:
        report(options.out, window=options.window)
    except Failure as failure:
        sys.exit(f"bench: {failure.happened}\n  expected: {failure.expected}\n  log: {failure.log}")


if __name__ == "__main__":
    main()
