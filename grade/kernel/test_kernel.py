"""The kernel, from user mode: every program of user/tests that is one of these
topics, on one worker and on several under seeded schedules.

Each program runs a table of cases as the first process of an image of its own
(user/tests/tests.toml), prints KTAP, and ends the machine with status 0, or 100
if a case failed.  A panic is 101, so the exit status agrees with what was
printed, or the run is wrong.  The debug kernel checks itself at every entry and
exit; the release kernel is the one whose schedule the seeds disturb most.
"""

from pathlib import Path

import pytest

from grade.budget import seeds
from grade.harness import build, require
from grade.harness.chaos import with_workers

ROOT = Path(__file__).parents[2]
PROGRAMS = (
    "destruction", "fuzz", "invocation", "keepers", "mappings", "meters", "objects", "processes",
    "races", "resumes", "rights", "scheduling", "spaces", "stops", "strings",
)
WORKERS = (1, 2, 4)


def manifest_of(program, seed):
    """The image of one program; the seed is for what it draws at random."""
    text = (ROOT / "user/tests/tests.toml").read_text()
    text = text.replace('program = "invocation"', f'program = "{program}"')
    return build.manifest(program, text.replace("number(1)", f"number({seed})"))


# Mode, workers and seed.  One hart alone has one schedule, so one seed is
# enough for it.
SCHEDULES = [(mode, workers, seed) for mode in ("debug", "release") for workers in WORKERS
             for seed in seeds(f"kernel.{mode}") if workers > 1 or seed == 1]


@pytest.mark.parametrize("mode, workers, seed", SCHEDULES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_kernel(boot, program, mode, workers, seed):
    debug = mode == "debug"
    run = boot(
        reference=True, debug=debug, image=manifest_of(program, seed), seed=seed, limit=60000,
        **with_workers(workers, debug=debug),
    )
    require(run.finish())


@pytest.mark.parametrize("program", PROGRAMS)
def test_slow_disk(boot, program):
    """The same while every object comes in late, by one of two requests."""
    run = boot(
        reference=True, debug=False, image=manifest_of(program, 1), seed=1, limit=60000,
        **with_workers(2, "preload=0 slow=200 requests=2"),
    )
    require(run.finish())


@pytest.mark.parametrize("program", PROGRAMS)
def test_small_memory(boot, program):
    """The same with hardly more room than what the programs cannot do without."""
    run = boot(
        reference=True, debug=False, image=manifest_of(program, 1), seed=1, limit=60000,
        **with_workers(2, "preload=0 pages=40 nodes=56 processes=26 maprefs=64 spaces=8"),
    )
    require(run.finish())
