"""The runs behind the figures of the single-level store; as runs.py.

Under a clock that counts instructions the disk is the one in memory: what is
counted is what the kernel does, not what a disk takes.
"""

from dataclasses import dataclass

from grade.harness import build
from grade.harness.lab import ROOT
from grade.harness.verdict import Wrong

from . import runs, table

PAUSE = ROOT / "user/tests/benchpause.toml"
PAUSE_PAGES = (1400, 1000)  # of the image; of them in memory, clean
FEW, MANY, LARGER = 16, 64, 4
KINDS = ("page", "mapped page", "node", "process")  # written in turn, few and many of each
WRITES = 100  # of user/tests/benchwrite.c
WAITING = 4  # snapshots at the end: of processes that came to wait, and wait


@dataclass(frozen=True)
class Pause:
    """One snapshot: instructions, and what it found (grade/bench/pause.c)."""

    cycles: int
    objects: int
    mappings: int
    processes: int


def snapshots(times=1):
    """Every Pause of a run, with so many times as much memory and as many
    clean pages in it."""
    pages, resident = (count * times for count in PAUSE_PAGES)
    text = PAUSE.read_text().replace(f"pages = {PAUSE_PAGES[0]}", f"pages = {pages}")
    manifest = runs.folder(f"pause-{times}-image") / "pause.toml"
    manifest.write_text(text.replace(f"number({PAUSE_PAGES[1]})", f"number({resident})"))
    scenario = ROOT / "grade/bench/pause.c"
    with runs.boot(f"pause-{times}", build.image(manifest), scenario=scenario, memory=128 * times,
                   append="interval=0") as machine:
        machine.finish()
        found = machine.symbol("pauses")
    if not 2 * len(KINDS) + WAITING < found["taken"] <= len(found["of"]):
        raise Wrong(f"at most {len(found['of'])} snapshots, two for each step", found["taken"])
    return [Pause(**one) for one in found["of"][: found["taken"]]]


def quiet(taken):
    """The pauses before the steps that found as little dirty as the last of
    them did: what whoever asked has changed by asking."""
    before = taken[: -2 * len(KINDS) - WAITING]
    found = before[-1].objects, before[-1].mappings
    return [pause for pause in before if (pause.objects, pause.mappings) == found]


def base_of(taken, each):
    """The first of these, with what is dirty taken off."""
    pause = quiet(taken)[0]
    others = pause.objects - pause.mappings
    return pause.cycles - pause.mappings * each["mapped page"] - others * each["process"]


def slopes(taken):
    """{what: instructions that one more of them adds to a pause}."""
    steps = taken[-2 * len(KINDS) - WAITING :]
    found = {kind: (many.cycles - few.cycles) / (many.objects - few.objects)
             for kind, few, many in zip(KINDS, steps[::2], steps[1::2])}
    found["process that waits"] = (steps[-1].cycles - steps[-3].cycles) / (MANY - FEW)
    first, *_, last = quiet(taken)
    found["process in memory"] = (last.cycles - first.cycles) / (last.processes - first.processes)
    return found


def writes():
    """What small durable writes cost in writes of the disk's own blocks."""
    manifest = runs.folder("writes-image") / "writes.toml"
    text = (ROOT / "user/tests/tests.toml").read_text().replace('"invocation"', '"benchwrite"')
    manifest.write_text(text.replace("pages = 160", "pages = 240"))
    with runs.boot("writes", build.image(manifest), append="interval=0") as machine:
        found = runs.figures_in(machine.finish())
    flushes = {name: found.pop(f"flushes.{name}") for name in ("append", "write", "journal")}
    return found, {
        "durable.append": f"{flushes['append'] * WRITES:.0f} flushes for all {WRITES}",
        "durable.journal": f"{table.number(flushes['journal'])} flush for each",
    }


def pauses():
    """What a snapshot takes when nothing is dirty, and for each dirty object."""
    taken = snapshots()
    larger, each = snapshots(LARGER), slopes(taken)
    base = base_of(taken, each)
    most = max(KINDS, key=each.get)
    adds = ", ".join(f"{table.number(cost)} for each {what}" for what, cost in each.items())
    same = slopes(larger) == each and base_of(larger, each) == base
    return {"ckpt.pause.base": base, "ckpt.pause.object": each[most]}, {
        "ckpt.pause.object": f"the {most}; {adds}",
        "ckpt.pause.base": f"{'the same' if same else 'NOT the same'} with {LARGER} times the memory and "
        f"as many more clean pages in it"}
