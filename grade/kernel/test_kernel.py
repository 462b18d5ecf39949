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
from grade.harness import require

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
SEEDS = seeds("kernel.seeds")


def manifest_of(program, seed, folder):
    """The image of one program; the seed is for what it draws at random."""
    text = (ROOT / "user/tests/tests.toml").read_text()
    text = text.replace('program = "invocation"', f'program = "{program}"')
    path = folder / f"{program}-{seed}.toml"
    path.write_text(text.replace("number(1)", f"number({seed})"))
    return path


# One hart alone has one schedule, so one seed is enough for it.
SCHEDULES = [(name, seed) for name in MACHINES for seed in SEEDS if name != "1-worker" or seed == 1]


@pytest.mark.parametrize("machine, seed", SCHEDULES)
@pytest.mark.parametrize("debug", (True, False), ids=("debug", "release"))
@pytest.mark.parametrize("program", PROGRAMS)
def test_kernel(boot, tmp_path, program, debug, machine, seed):
    harts, arguments = MACHINES[machine]
    run = boot(
        reference=True, debug=debug, image=manifest_of(program, seed, tmp_path),
        smp=harts, append=arguments, seed=seed, limit=60000,
    )
    require(run.finish())
