"""Lab 3, MROW locks: the tests that make the mark."""

import pytest

from grade.harness import expect_that
from grade.harness.chaos import with_workers
from grade.lab03 import evidence

PAGE = "handouts/lab03.md"

# What the explorer is to look at: scenario, options, bound, and how many
# interleavings that gives at least.
SHARED = {
    "two": ("mrow", {"plan": 0}, 3, 200),
    "three": ("mrow", {"plan": 0, "harts": 3}, 1, 100),
    "tried": ("mrow", {"plan": 1}, 4, 200),
    "readers": ("mrow", {"plan": 5, "harts": 3}, 2, 100),
}
AGAIN = {
    "roles": ("mrow", {"plan": 3}, 2, 100),
    "passing": ("mrow", {"plan": 2, "harts": 3}, 1, 200),
}
GANG = {"explored": ("mrow", {"plan": 4}, 2, 100)}
TRIES = {
    "both": ("opsets", {}, 2, 200),
    "read": ("opsets", {"reads": 1}, 2, 200),
    "alone": ("opsets", {"alone": 1}, 2, 200),
}
SETS = {
    "roles": ("opsets", {"same": 1}, 2, 200),
    "destroyed": ("opsets", {"destroy": 1}, 2, 200),
    "paged": ("opsets", {"leave": 1}, 2, 200),
}
WRITERS = {
    "behind": ("mrow", {"plan": 2, "harts": 3}, 1, 200),
    "turns": ("mrow", {"plan": 6, "harts": 3}, 1, 100),
}

# Instructions that a lock may cost which nobody else wants, with its release.
ALONE, EACH_MORE, REFUSED = 110, 150, 60
WRITES = 100
OVERTAKEN = 35  # of these: how many may find that a reader gets in first


def look(explore, what):
    scenario, options, bound, least = what
    explore(scenario, bound=bound, random=500, least=least, options=options)


def play(boot, folder, name, plan, checks, workers=1, **options):
    """One of the test programs, on so many harts that hesitate before they lock."""
    machine = boot(scenario="ledger.c", image=evidence.program(name, folder), limit=8000, **options,
                   **with_workers(workers, f"hesitate={20 if workers > 1 else 1}", chaos=100))
    return evidence.run(machine, plan, checks)


@pytest.mark.points(20, id="lab3.share", where=f"{PAGE}#share",
                    hint="what may another hart do between your look at the word and your change of it?")
@pytest.mark.parametrize("case", [*SHARED, "seed1", "seed2", "races"])
def test_share(boot, explore, tmp_path, seed, case):
    if case in SHARED:
        look(explore, SHARED[case])
        return
    if case == "races":
        machine = play(boot, tmp_path, "share", 3, 900, workers=2, seed=seed, races=True, shift=0)
        evidence.expect_used(machine, reads=1000, writes=500, sets=600)
        return
    number = int(case[-1])
    machine = play(boot, tmp_path, "share", 3, 900, workers=2 * number, seed=seed + number)
    evidence.expect_used(machine, reads=1000, writes=500, sets=600)


@pytest.mark.points(15, id="lab3.again", where=f"{PAGE}#again",
                    hint="who asks, and what has it already?")
@pytest.mark.parametrize("case", [*AGAIN, "orders"])
def test_again(boot, explore, tmp_path, case):
    if case in AGAIN:
        look(explore, AGAIN[case])
        return
    machine = play(boot, tmp_path, "sets", 4, 200)
    evidence.expect_used(machine, again=20, merged=2)


@pytest.mark.points(10, id="lab3.gang", where=f"{PAGE}#gang",
                    hint="what does a hart have when it goes to user mode?")
@pytest.mark.parametrize("case", [*GANG, "orders"])
def test_gang(boot, explore, tmp_path, case):
    if case in GANG:
        look(explore, GANG[case])
        return
    machine = play(boot, tmp_path, "share", 3, 900)
    evidence.expect_used(machine, gangs=500)


@pytest.mark.points(15, id="lab3.tries", where=f"{PAGE}#tries",
                    hint="what does a hart have while it waits, and who waits for that?")
@pytest.mark.parametrize("case", TRIES)
def test_tries(explore, case):
    look(explore, TRIES[case])


@pytest.mark.points(20, id="lab3.sets", where=f"{PAGE}#sets",
                    hint="what may have become of an object since its capability was copied?")
@pytest.mark.parametrize("case", [*SETS, "seed1", "seed2"])
def test_sets(boot, explore, tmp_path, seed, case):
    if case in SETS:
        look(explore, SETS[case])
        return
    number = int(case[-1])
    machine = play(boot, tmp_path, "sets", 4, 300, workers=2 * number, seed=seed + number)
    evidence.expect_used(machine, seconds=200, merged=2, gone=5)


@pytest.mark.points(10, id="lab3.writers", where=f"{PAGE}#writers",
                    hint="how does a reader that comes know that somebody waits to write?")
@pytest.mark.parametrize("case", [*WRITERS, "stream"])
def test_writers(boot, explore, tmp_path, seed, case):
    if case in WRITERS:
        look(explore, WRITERS[case])
        return
    machine = play(boot, tmp_path, "stream", 1, 50, workers=4, seed=seed)
    overtaken, writes, reads = evidence.read(machine, "figure")[:3]
    expect_that(writes == WRITES and reads > 50, f"{WRITES} writes among more than 50 reads",
                f"{writes} among {reads}")
    expect_that(overtaken <= OVERTAKEN, f"a reader to get in first in {OVERTAKEN} of {WRITES} writes at most",
                f"one did in {overtaken} of them", look="mrow_try_read")


@pytest.mark.points(10, id="lab3.cost", where=f"{PAGE}#cost",
                    hint="what is looked through, and how long is that?")
def test_cost(boot, tmp_path):
    machine = boot(scenario="costs.c", image=evidence.program("share", tmp_path), debug=False, shift=0, limit=2000)
    machine.finish()
    cost = evidence.costs(machine)
    for what in ("read", "write", "again"):
        expect_that(10 < cost[what] <= ALONE, f"{what}: {ALONE} instructions at most, with the release",
                    f"{cost[what]:.0f}", look=f"mrow_try_{'write' if what == 'write' else 'read'}")
    more = (cost["many"] - cost["read"]) / 7
    expect_that(10 < more <= EACH_MORE, f"each of seven reads more to cost {EACH_MORE} instructions at most",
                f"{more:.0f}", look="mrow_try_read")
    expect_that(1 < cost["refused"] <= REFUSED, f"a try that is refused to cost {REFUSED} instructions at most",
                f"{cost['refused']:.0f}", look="mrow_try_read")
