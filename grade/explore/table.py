"""What there is to explore, and what it comes to: `make explore S=table`.

The columns: the bound, and whether no higher one brings anything new: then that
was all there is; interleavings that the search stands for; runs made for that, and
how many interleavings each stands for; then, of all bounds up to this one, the
states, the accesses to memory, and processor seconds.

CASES names scenarios, with the options they are explored with, and a bound that
takes some seconds.  One that it does not name is explored as it is.
"""

from grade.harness.verdict import Failure

from .build import HERE

CASES = {
    "stalls": 3, "stalls harts=3": 2, "stalls callers=3": 2, "stalls fickle=2": 3, "stalls fickle=4 harts=3": 2,
    "stalls fickle=2 time=1": 3,
    "idle device=0": 9, "idle device=1": 3, "idle device=2": 2, "idle device=0 harts=3 sleepers=2": 3,
    "rings": 15, "rings harts=3": 3, "rings reuse=1": 15,
    "hooks": 9, "hooks harts=3": 9,
    "pins": 17, "pins rounds=2": 20, "pins own=1": 16, "pins idle=1": 17, "pins harts=3": 3,
    "spaces": 11, "spaces destroy=1": 8,
    "meetings": 4, "meetings meetings=2 steps=2": 3, "meetings harts=3 steps=0": 2,
    "fetch time=1": 3, "fetch objects=2": 3, "fetch objects=2 time=1": 2, "fetch move=1 time=1": 3,
    "fetch harts=3 time=1": 1,
    "capture": 4, "capture writes=2": 4, "capture kinds=1 harts=3": 2, "capture kinds=2 harts=3": 2,
    "mrow plan=0": 11, "mrow plan=0 harts=3": 3, "mrow plan=1": 10, "mrow plan=1 harts=3": 3, "mrow plan=2 harts=3": 3,
    "mrow plan=3": 10, "mrow plan=4": 12, "mrow plan=6": 12, "mrow plan=6 harts=3": 3,
    "opsets": 4, "opsets destroy=1": 4, "opsets leave=1": 3, "answers": 3, "answers cross=1": 3,
    "halt": 2, "halt procs=3": 1, "shoot": 14,
    **{f"discipline_{name}{options}": bound for name in ("one", "shared", "clusters", "spin", "serial", "marked")
       for options, bound in (("", 4), (" harts=3", 2), (" halt=1", 2))},
    "virtio": 3, "virtio requests=1": 4, "virtio indirect=0": 3, "virtio harts=4 requests=1": 2,
}
COLUMNS = ("scenario", "harts", "bound", "interleavings", "runs made", "for each", "states", "accesses", "seconds")


def all_cases():
    """CASES, and every scenario that it does not name."""
    named = {split(case)[0] for case in CASES}
    there = sorted(path.stem for path in (HERE / "scenarios").glob("*.c"))
    return {**CASES, **{name: 2 for name in there if name not in named}}


def split(case):
    """(scenario, options) of a row."""
    scenario, *options = case.split()
    return scenario, dict(option.split("=") for option in options)


def row(explore, case, bound):
    """One line of the table; what failed is said in it."""
    scenario, options = split(case)
    try:
        result = explore(scenario, bound=bound, options=options, reference=True)
    except Failure as failure:
        return (case, "?", bound, f"{failure.verdict}: {failure.happened.splitlines()[0]}")
    reached = f"{bound}: all" if result.complete >= 0 else bound
    return (case, result.harts, reached, f"{result.distinct:,}", f"{result.runs:,}",
            f"{result.distinct / result.runs:,.1f}", f"{result.states:,}", f"{result.steps:,}",
            f"{result.seconds:.1f}")


def print_table(explore, bound=None, cases=None):
    """Explores all cases, each up to its own bound or to this one, and prints
    a Markdown table as it goes on.  0 if all hold, 1 if one does not."""
    complete = True
    print("|", " | ".join(COLUMNS), "|")
    print("|" + "---|" * len(COLUMNS))
    bounds = all_cases()
    for case in cases or bounds:
        figures = row(explore, case, bounds.get(case, 2) if bound is None else bound)
        complete &= len(figures) == len(COLUMNS)
        print("|", " | ".join(map(str, figures)), "|", flush=True)
    return int(not complete)
