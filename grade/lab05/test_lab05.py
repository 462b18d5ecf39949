"""Lab 5, halting and shootdown: the tests that make the mark."""

import pytest

from grade.harness import expect_equal, expect_that
from grade.harness.chaos import with_workers
from grade.lab05 import evidence

PAGE = "handouts/lab05.md"
# What the explorer is to look at: options of its scenario, the bound, and how
# many interleavings that gives at least.
RINGS = {
    "two": ({"harts": 2}, 2, 3000),
    "three": ({"harts": 3}, 0, 1),
    "one-queue": ({"harts": 3, "hash": 1}, 0, 1),
    "ready": ({"harts": 2, "procs": 3}, 1, 100),
}
GANGS = {
    "gang": ({"harts": 3, "gang": 1, "procs": 5}, 0, 1),
    "fickle": ({"harts": 3, "gang": 1, "procs": 5, "fickle": 12}, 0, 1),
}
MOVES = {"moves": ({"harts": 3, "gang": 1, "procs": 3, "yields": 2}, 0, 1)}
SHOTS = {
    "one": ({"entries": 2, "changes": 2}, 3, 500),
    "two": ({"harts": 3}, 2, 3000),
    "users": ({"harts": 3, "users": 2}, 2, 3000),
    "each-other": ({"users": 0, "asked": 1}, 3, 500),
}


def explored(explore, scenario, case):
    options, bound, least = case
    explore(scenario, bound=bound, random=1000, least=least, options=options)


@pytest.mark.points(20, id="lab5.halt", where=f"{PAGE}#halt",
                    hint="where can the process be by the time the interrupt has come?")
@pytest.mark.parametrize("case", ["2-harts", "4-harts", "races", *MOVES])
def test_halt(boot, explore, tmp_path, seed, case):
    if case in MOVES:
        explored(explore, "halt", MOVES[case])
        return
    races = {"races": True, "shift": 0} if case == "races" else {}
    machine = boot(scenario="ledger.c", image=evidence.program("halt", tmp_path), limit=20000, seed=seed,
                   **races, **with_workers(2 if races else int(case[0])))
    evidence.run(machine, 7)
    evidence.expect_halts(machine, 100, 20)


@pytest.mark.points(25, id="lab5.rings", where=f"{PAGE}#rings",
                    hint="each of a ring waits for the next: who gives way, and who decides that?")
@pytest.mark.parametrize("case", ["2-harts", "4-harts", *RINGS])
def test_rings(boot, explore, tmp_path, seed, case):
    if case in RINGS:
        explored(explore, "halt", RINGS[case])
        return
    machine = boot(scenario="ledger.c", image=evidence.program("rings", tmp_path), limit=30000, seed=seed,
                   **with_workers(int(case[0])))
    evidence.run(machine, 3)
    expect_equal("the halts of each member of rings of 2 to 8", evidence.read(machine, "figure")[2:9], [3] * 7)
    evidence.expect_halts(machine, 105, 5)


@pytest.mark.points(20, id="lab5.order", where=f"{PAGE}#order",
                    hint="who is woken, and who may claim while that one is on its way?")
@pytest.mark.parametrize("case", ["4-harts", "minds", *GANGS])
def test_order(boot, explore, tmp_path, seed, case):
    if case in GANGS:
        explored(explore, "halt", GANGS[case])
        return
    minds = case == "minds"
    harts = 4 if minds else int(case[0])
    machine = boot(scenario="ledger.c", image=evidence.program("minds" if minds else "gang", tmp_path),
                   limit=30000, seed=seed, **with_workers(harts, f"minds={0 if minds else 1}"))
    evidence.run(machine, 3)
    stalls = evidence.expect_one_wakeup(machine)
    expect_that(stalls >= 6, "some to stall because another halts their target", f"{stalls} did")
    if minds:
        expect_equal("the members that changed their mind", evidence.read(machine, "figure")[0], 3)


@pytest.mark.points(25, id="lab5.shootdown", where=f"{PAGE}#shootdown",
                    hint="two stores and two loads: which of them may change places?")
@pytest.mark.parametrize("case", ["2-harts", "4-harts", *SHOTS])
def test_shootdown(boot, explore, tmp_path, seed, case):
    if case in SHOTS:
        explored(explore, "shoot", SHOTS[case])
        return
    machine = boot(scenario="ledger.c", image=evidence.program("shoot", tmp_path), limit=20000, seed=seed,
                   **with_workers(int(case[0])))
    evidence.run(machine, 2)
    expect_equal("the changes of mappings", evidence.read(machine, "figure")[:3], [24, 0, 72])
    flushes = evidence.read(machine, "flushes")
    expect_that(flushes >= 90, "90 shootdowns", f"there were {flushes}", look="shoot_flush")


@pytest.mark.points(10, id="lab5.waits", where=f"{PAGE}#waits",
                    hint="what can a hart do with an old translation while it is in the kernel?")
def test_waits(boot, tmp_path, seed):
    machine = boot(scenario="ledger.c", image=evidence.program("waits", tmp_path), limit=20000, seed=seed,
                   **with_workers(2))
    evidence.run(machine, 1)
    meanwhile = evidence.read(machine, "meanwhile")
    expect_that(meanwhile > 6, "shootdowns to be over while another hart is in the kernel", f"{meanwhile} were",
                look="shoot_flush")
