"""The locking disciplines that the usual one is not (kernel/lock/discipline.h):
each passes the tests of the kernel, under seeded schedules.

Whatever a transaction does when it cannot have a lock, nothing else changes:
so these are the programs of test_kernel.py, as they are.
"""

import pytest

from grade.budget import FULL, budget, seeds
from grade.harness import build, require
from grade.harness.lab import ROOT
from grade.kernel.test_kernel import MACHINES, PROGRAMS, manifest_of

DISCIPLINES = ("one", "shared", "clusters", "spin", "marked")
# (mode, machine, program): those in which most transactions collide, and in
# which harts halt each other; in the published budget all.
FEW = [("release", "4-workers", "races"), ("debug", "2-workers", "stops")]
ALL = [(mode, machine, program) for mode, machine in (("debug", "2-workers"), ("release", "4-workers"))
       for program in PROGRAMS]


def test_all_are_tested():
    there = {path.stem for path in (ROOT / "kernel/lock/discipline").glob("*.c")}
    assert there == {*DISCIPLINES, "serial"}


@pytest.mark.parametrize("seed", seeds("locks.seeds"))
@pytest.mark.parametrize("mode, machine, program", ALL if budget() == FULL else FEW)
@pytest.mark.parametrize("locks", DISCIPLINES)
def test_kernel(boot, locks, mode, machine, program, seed):
    harts, arguments = MACHINES[machine]
    run = boot(
        kernel=build.kernel(debug=mode == "debug", locks=locks), image=manifest_of(program, seed),
        smp=harts, append=arguments, seed=seed, limit=60000,
    )
    require(run.finish())
