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

ROOT = Path(__file__).parents[2]
PROGRAMS = (
    "destruction", "fuzz", "invocation", "keepers", "mappings", "meters", "objects", "processes",
    "races", "resumes", "rights", "scheduling", "spaces", "stops", "strings",
)
# Name, harts (every second one a chaos hart), boot arguments.
MACHINES = {
    "1-worker": (1, ""),
    "2-workers": (4, "chaos=30"),
    "4-workers": (8, "chaos=30"),
}


def manifest_of(program, seed):
    """The image of one program; the seed is for what it draws at random."""
    text = (ROOT / "user/tests/tests.toml").read_text()
    text = text.replace('program = "invocation"', f'program = "{program}"')
    return build.manifest(program, text.replace("number(1)", f"number({seed})"))


# Mode, machine and seed.  One hart alone has one schedule, so one seed is
# enough for it.
SCHEDULES = [(mode, name, seed) for mode in ("debug", "release") for name in MACHINES
             for seed in seeds(f"kernel.{mode}") if name != "1-worker" or seed == 1]


@pytest.mark.parametrize("mode, machine, seed", SCHEDULES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_kernel(boot, program, mode, machine, seed):
    harts, arguments = MACHINES[machine]
    if mode == "debug":  # its entries are long: preempted as often, a hart that has a lock may not run for ages
        arguments = arguments.replace("chaos=30", "chaos=100")
    run = boot(
        reference=True, debug=mode == "debug", image=manifest_of(program, seed),
        smp=harts, append=arguments, seed=seed, limit=60000,
    )
    require(run.finish())


@pytest.mark.parametrize("program", PROGRAMS)
def test_slow_disk(boot, program):
    """The same while every object comes in late, by one of two requests."""
    run = boot(
        reference=True, debug=False, image=manifest_of(program, 1), smp=4, seed=1, limit=60000,
        append="chaos=30 preload=0 slow=200 requests=2",
    )
    require(run.finish())


@pytest.mark.parametrize("program", PROGRAMS)
def test_small_memory(boot, program):
    """The same with hardly more room than what the programs cannot do without."""
    run = boot(
        reference=True, debug=False, image=manifest_of(program, 1), smp=4, seed=1, limit=60000,
        append="chaos=30 preload=0 pages=40 nodes=56 processes=26 maprefs=64 spaces=8",
    )
    require(run.finish())
