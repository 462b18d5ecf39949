"""The locking disciplines that the usual one is not (kernel/lock/discipline.h):
each passes the tests of the kernel, under seeded schedules.

Whatever a transaction does when it cannot have a lock, nothing else changes:
so these are the programs of test_kernel.py, the stress, and a workload that is
restarted from its last checkpoint, as they are.
"""

import pytest

from grade.budget import FULL, budget, seeds, size
from grade.harness import build, expect_equal, require
from grade.harness.chaos import with_workers
from grade.harness.lab import ROOT
from grade.kernel.test_kernel import PROGRAMS, manifest_of
from grade.kernel.test_races import SHIFT
from grade.kernel.test_stress import CHAOS, ROOM, finish, image_of
from grade.store.test_checkpoint import ROUNDS, manifest, says, sound

DISCIPLINES = ("marked", "shared", "clusters", "one", "spin")
# (mode, workers, program): those in which most transactions collide, and in
# which harts halt each other; in the published budget all.
FEW = [("release", 4, "races"), ("debug", 2, "stops")]
ALL = [(mode, workers, program) for mode, workers in (("debug", 2), ("release", 4)) for program in PROGRAMS]

each_discipline = pytest.mark.parametrize("locks", DISCIPLINES)


def test_all_are_tested():
    there = {path.stem for path in (ROOT / "kernel/lock/discipline").glob("*.c")}
    assert there == {*DISCIPLINES, "serial"}


@pytest.mark.parametrize("seed", seeds("locks.seeds"))
@pytest.mark.parametrize("mode, workers, program", ALL if budget() == FULL else FEW)
@each_discipline
def test_kernel(boot, locks, mode, workers, program, seed):
    debug = mode == "debug"
    run = boot(
        kernel=build.kernel(debug=debug, locks=locks), image=manifest_of(program, seed), seed=seed,
        limit=60000, **with_workers(workers, debug=debug),
    )
    require(run.finish())


@pytest.mark.parametrize("seed", seeds("locks.seeds"))
@each_discipline
def test_stress(boot, locks, seed):
    kernel = build.kernel(debug=False, locks=locks)
    finish(boot(kernel=kernel, image=image_of(seed), seed=seed, limit=60000, **with_workers(4, ROOM[4], CHAOS)),
           "the same schedule again")


@pytest.mark.parametrize("seed", seeds("races.stress"))
@pytest.mark.parametrize("locks", DISCIPLINES[:size("locks.races")])
def test_the_stress_has_no_race(boot, locks, seed):
    kernel = build.kernel(debug=False, races=True, locks=locks)
    finish(boot(kernel=kernel, image=image_of(seed), seed=seed, shift=SHIFT, limit=60000,
                **with_workers(2, ROOM[2], CHAOS)), "the same schedule again")


@each_discipline
def test_it_goes_on_after_a_restart(boot, tmp_path, locks):
    kernel = build.kernel(debug=False, locks=locks)
    how = dict(kernel=kernel, limit=200_000, **with_workers(2, "preload=0 slow=200"))
    run = boot(image=manifest(tmp_path), **how)
    says(run.finish(), rf"ok end: {ROUNDS} rounds")
    report, image = sound(run)
    expect_equal("the newest generation", report.generation, 1 + ROUNDS // 4)
    says(boot(image=image, **how).finish(), rf"ok restart 1: generation {report.generation}, round {ROUNDS}")
