"""Lab 2, transient pins: the tests that make the mark."""

import pytest

from grade.harness import expect_equal, expect_that
from grade.harness.chaos import with_workers
from grade.lab02 import evidence

PAGE = "handouts/lab02.md"
# What the explorer is to look at: options of its scenario, the bound, and how
# many interleavings that gives at least.
EXPLORED = {
    "two": ({}, 5, 3000),
    "own": ({"own": 1}, 4, 3000),
    "idle": ({"idle": 1}, 5, 3000),
    "again": ({"rounds": 2}, 4, 3000),
    "three": ({"harts": 3}, 2, 3000),
}
SMALL = "preload=0 pages=48 nodes=48 processes=20"


@pytest.mark.points(25, id="lab2.handshake", where=f"{PAGE}#handshake",
                    hint="which of the two sees the other, if both look at the same time?")
@pytest.mark.parametrize("case", EXPLORED)
def test_handshake(explore, case):
    options, bound, least = EXPLORED[case]
    explore("pins", bound=bound, random=1000, least=least, options=options)


@pytest.mark.points(15, id="lab2.numbers", where=f"{PAGE}#numbers",
                    hint="what does a word say that was written long ago?")
def test_numbers(boot, tmp_path):
    machine = boot(scenario="ledger.c", debug=False, image=evidence.program("numbers", tmp_path), limit=8000,
                   append="preload=0")
    evidence.run(machine, 3, 2 * 120 + 2)
    numbers = evidence.read(machine, "numbers")
    expect_that(numbers > 1000, "a thousand transactions, each with a number", f"{numbers} numbers were given")


@pytest.mark.points(20, id="lab2.room", where=f"{PAGE}#room",
                    hint="what may not be taken, and may that change while you look?")
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_room(boot, tmp_path, seed, workers):
    small = SMALL.replace("nodes=48", "nodes=96") if workers == 4 else SMALL
    machine = boot(scenario="ledger.c", debug=False, image=evidence.program("walk", tmp_path), limit=20000,
                   seed=seed + workers, **with_workers(workers, small))
    evidence.run(machine, 2, 4 * 60 + 2 * 4 * 60)
    for kind, what in enumerate(("pages", "nodes")):
        taken = evidence.read(machine, f"taken[{kind}]")
        expect_that(taken > 20 or (kind and workers == 4), f"many {what} to be taken out of memory",
                    f"{taken} were")


@pytest.mark.points(10, id="lab2.ages", where=f"{PAGE}#ages",
                    hint="how does the ager learn that a page is used, by an order, or by a load?")
def test_ages(boot, tmp_path):
    machine = boot(scenario="ledger.c", debug=False, image=evidence.program("ages", tmp_path), limit=20000,
                   append=SMALL)
    evidence.run(machine, 1, None)
    taken = evidence.read(machine, "taken[0]")
    expect_that(taken > 200, "pages that come and go", f"{taken} were taken")
    for i, how in enumerate(("orders", "loads")):
        watched = evidence.read(machine, f"watched_taken[{i}]")
        expect_that(watched <= 1, f"the page that is used all the time, by {how}, to stay",
                    f"it was taken {watched} times")


@pytest.mark.points(10, id="lab2.wait", where=f"{PAGE}#wait",
                    hint="who tells those who wait that there is room?")
@pytest.mark.parametrize("workers", [1, 2])
def test_wait(boot, tmp_path, workers):
    machine = boot(scenario="ledger.c", debug=False, image=evidence.program("wait", tmp_path), limit=20000,
                   **with_workers(workers, f"{SMALL}"))
    evidence.run(machine, 1, 2 * 3 * 60)
    woken = evidence.read(machine, "woken")
    expect_that(woken > 0, "processes that wait for a page to be clean, and are woken then",
                f"{evidence.read(machine, 'stalls')} stalled, {woken} were woken", look="obj_room_made")


@pytest.mark.points(20, id="lab2.squeeze", where=f"{PAGE}#squeeze",
                    hint="what did the transaction rely on that is not there any more?")
def test_squeeze(boot, tmp_path):
    machine = boot(scenario="ledger.c", debug=False, image=evidence.program("squeeze", tmp_path), limit=30000,
                   append="preload=0")
    evidence.run(machine, 1, None)
    most = evidence.read(machine, "figure")[0]
    expect_that(most > 20, "work that takes more than 20 headers", f"it took {most}")
    expect_equal("how often all was taken away", evidence.read(machine, "squeezes"), 2 * most + 1)
    expect_equal("the objects that were looked at, and right", evidence.read(machine, "checks"),
                 (most + 1) * (2 + 3 * 5 + 3))
