"""Everything at once (user/tests/stress.c), self-checking: under seeded
schedules, on real threads, and before the race detector.

The pools are smaller than the working set, the RAM disk answers late, and
checkpoints follow one another.  A failure says its seed and how to run the
same machine again: the schedule is the same then, but on real threads, of
which nothing is asked that not every schedule gives.
"""

from pathlib import Path

import pytest

from grade.budget import seeds
from grade.harness import build, expect_that, require
from grade.harness.chaos import with_workers
from grade.harness.verdict import Failure

ROOT = Path(__file__).parents[2]
PAGES, CHECKPOINTS = 36, 3
CHAOS = 30  # twice as often as elsewhere
SMALL = f"preload=0 slow=50 requests=4 pages={PAGES} maprefs=150"
# What the harts need among them, for each number of those that work.
ROOM = {
    2: f"nodes=64 processes=22 {SMALL}",
    4: f"nodes=96 processes=22 {SMALL}",
    8: f"nodes=192 processes=26 pages=64 {SMALL}",
}
REAL_MS = 1_800_000  # of real time, for what hangs: what is slow has as much as it needs


def image_of(seed):
    text = (ROOT / "user/tests/tests.toml").read_text()
    text = text.replace('program = "invocation"', 'program = "stress"').replace("nodes = 96", "nodes = 256")
    return build.manifest("stress", text.replace("number(1)", f"number({seed})"))


def finish(run, again):
    """The run, to its end."""
    try:
        require(run.finish())
    except Failure as failure:
        failure.happened += f"\nseed {run.config.seed}, {again}: sh {run.artefacts.folder}/command.sh"
        raise
    expect_that(run.symbol("ckpt.durable") > CHECKPOINTS, f"{CHECKPOINTS} checkpoints", "there were fewer")
    return run


@pytest.mark.parametrize("seed", seeds("stress.seeds"))
@pytest.mark.parametrize("workers", (2, 4))
def test_stress(boot, workers, seed):
    run = finish(boot(reference=True, debug=False, image=image_of(seed), seed=seed, limit=60000,
                      **with_workers(workers, ROOM[workers], CHAOS)), "the same schedule again")
    expect_that(run.symbol("fetch_counts[0].v") > PAGES, f"more pages to come in than {PAGES}",
                "there was room for all: nothing was tested")


@pytest.mark.parametrize("seed", seeds("stress.parallel"))
@pytest.mark.parametrize("harts", ROOM)
def test_on_real_threads(boot, harts, seed):
    finish(boot(reference=True, debug=False, image=image_of(seed), smp=harts, seed=seed, limit=REAL_MS,
                parallel=True, append=ROOM[harts]), "another schedule")
