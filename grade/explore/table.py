"""What there is to explore, and what it comes to: `make explore S=table`.

CASES names every scenario, with the options it is explored with, and a bound
that takes some seconds.
"""

import re

from grade.harness.verdict import Failure

from .build import scenario_path

CASES = {
    "stalls": 4, "stalls harts=3": 2, "stalls callers=3": 3, "stalls fickle=2": 3, "stalls fickle=4 harts=3": 2,
    "stalls fickle=2 time=1": 3,
    "idle device=0": 5, "idle device=1": 3, "idle device=2": 3, "idle device=0 harts=3 sleepers=2": 2,
    "rings": 5, "rings harts=3": 2, "rings reuse=1": 6,
    "hooks": 6, "hooks harts=3": 3,
    "pins": 6, "pins rounds=2": 5, "pins own=1": 5, "pins idle=1": 6, "pins harts=3": 3,
    "spaces": 6, "spaces destroy=1": 6,
    "meetings": 3, "meetings meetings=2 steps=2": 3, "meetings harts=3 steps=0": 2,
    "fetch time=1": 3, "fetch objects=2": 3, "fetch objects=2 time=1": 3, "fetch move=1 time=1": 3,
    "fetch harts=3 time=1": 2,
    "capture": 5, "capture writes=2": 5, "capture kinds=1 harts=3": 3, "capture kinds=2 harts=3": 3,
}
COLUMNS = ("scenario", "harts", "bound", "interleavings", "runs", "times fewer", "states", "accesses", "seconds")


def split(case):
    """(scenario, options) of a row."""
    scenario, *options = case.split()
    return scenario, dict(option.split("=") for option in options)


def harts(scenario, options):
    """How many there are: the option, or what the scenario says."""
    return int(options.get("harts") or re.search(r"\.harts = (\d)", scenario_path(scenario).read_text())[1])


def row(explore, case, bound):
    """One line of the table; what failed is said in it."""
    scenario, options = split(case)
    try:
        result = explore(scenario, bound=bound, options=options, reference=True)
    except Failure as failure:
        return (case, harts(scenario, options), bound, f"{failure.verdict}: {failure.happened.splitlines()[0]}")
    return (case, harts(scenario, options), bound, f"{result.distinct:,}", f"{result.runs:,}",
            f"{result.distinct / result.runs:,.1f}", f"{result.states:,}", f"{result.steps:,}",
            f"{result.seconds:.1f}")


def print_table(explore, bound=None, cases=None):
    """Explores all cases, each up to its own bound or to this one, and prints
    a Markdown table as it goes on."""
    print("|", " | ".join(COLUMNS), "|")
    print("|" + "---|" * len(COLUMNS))
    for case in cases or CASES:
        print("|", " | ".join(map(str, row(explore, case, CASES.get(case, 2) if bound is None else bound))), "|", flush=True)
