"""How much the tests do: two budgets, in one table.

`make check` takes the fixed size of each row, on every change; `make
check-full` (LATCHKEY_BUDGET=full) takes the published size, which is what the
documentation claims.  A budget changes how many runs, seeds or steps there
are, never what is looked at in one of them.  The tests that make a mark read
nothing here: a mark does not depend on who asks for it.
"""

import os

FIXED, FULL = "fixed", "full"

# name: (fixed, published), in alphabetical order
SIZES = {
    "ageing.seeds": (1, 40),     # schedules of a working set larger than memory
    "ageing.squeezes": (24, 10**6),  # headers at which all is taken away, spread evenly
    "crash.boots": (2, 60),      # states after a power cut that are booted
    "crash.chains": (4, 200),    # runs that are cut, and cut again when they go on, and again
    "crash.cuts": (24, 10**6),   # writes to the RAM disk at which the power is cut, spread evenly
    "crash.flushes": (4, 100),   # cuts after which all is lost that was not flushed
    "crash.states": (4_000, 400_000),  # states of a disk that a power cut can leave
    "explore.bounds": (1, 2),    # bounds tried of each scenario, the published one higher
    "explore.proofs": (10, 10**6),  # mutants that are also caught without the reduction, spread evenly
    "halting.seeds": (1, 40),    # schedules of rings and gangs of processes that halt each other
    "kernel.debug": (1, 40),     # schedules of each test program, on 2 and on 4 workers,
    "kernel.release": (1, 100),  # with the kernel that checks itself, and with the quick one
    "lab.again": (2, 20),        # tests of each lab whose machines say the same again
    "lab.liars": (2, 20),        # tests of each lab at which somebody prints what the solution prints
    "lab.seeds": (1, 100),       # with which each lab's solution earns everything
    "locks.races": (1, 5),       # locking disciplines before the race detector
    "locks.seeds": (1, 20),      # schedules of each test program and of the stress, with each discipline
    "races.programs": (1, 15),   # test programs before the race detector, on 2 and on 4 workers,
    "races.stress": (1, 20),     # and schedules of the stress
    "shell.seeds": (3, 20),      # hostile clients, on 1, 2 and 4 harts
    "stress.parallel": (1, 20),  # the stress on real threads, of 2, 4 and 8 harts
    "stress.seeds": (2, 200),    # schedules of it, on 2 and on 4 workers
}


def budget():
    """The budget of this run: FIXED or FULL.  ValueError: it is another."""
    name = os.environ.get("LATCHKEY_BUDGET") or FIXED
    if name not in (FIXED, FULL):
        raise ValueError(f"LATCHKEY_BUDGET is {name!r}; there are: {FIXED}, {FULL}")
    return name


def size(name):
    """The size of this name in this run's budget.  KeyError: there is none."""
    return SIZES[name][budget() == FULL]


def seeds(name):
    """The seeds 1 to size(name)."""
    return range(1, size(name) + 1)
