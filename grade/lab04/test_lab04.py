"""Lab 4, stall queues: the tests that make the mark."""

import pytest

from grade.harness import expect_equal, expect_that
from grade.harness.chaos import with_workers
from grade.lab04 import evidence

PAGE = "handouts/lab04.md"
# What the explorer is to look at: options of its scenario, and how many
# interleavings that gives at least.
EXPLORED = {
    "callers": ({"callers": 2}, 5000),
    "mind": ({"fickle": 2}, 2500),
    "worrier": ({"callers": 3, "fickle": 6, "time": 1}, 10000),
}
FLAT = 16  # instructions by which a stall or a wakeup may differ


@pytest.mark.points(15, id="lab4.order", where=f"{PAGE}#order",
                    hint="at which end does a hook join the ring, and at which does it leave?")
def test_order(boot, tmp_path):
    machine = boot(scenario="ledger.c", image=evidence.program("order", tmp_path), shift=0, limit=1500,
                   append="look=1")
    evidence.run(machine, 6)
    evidence.expect_no_herd(machine)


@pytest.mark.points(15, id="lab4.herd", where=f"{PAGE}#herd",
                    hint="how many of those who wait can the server take on now?")
@pytest.mark.parametrize("workers", [1, 2])
def test_herd(boot, tmp_path, workers):
    manifest = evidence.program("herd", tmp_path, number=16)
    machine = boot(scenario="ledger.c", debug=False, image=manifest, limit=2000,
                   **with_workers(workers, "look=1"))
    evidence.run(machine, 1)
    expect_equal("the number of services", evidence.read(machine, "services"), 256)
    evidence.expect_no_herd(machine)


@pytest.mark.points(25, id="lab4.lost", where=f"{PAGE}#lost",
                    hint="what can happen between the look and the stall?")
@pytest.mark.parametrize("case", ["seed1", "seed2", "seed3", "sweep", *EXPLORED])
def test_lost(boot, explore, tmp_path, seed, case):
    if case == "sweep":
        sweep(boot, tmp_path)
    elif case in EXPLORED:
        options, least = EXPLORED[case]
        explore("stalls", bound=2, random=1500, least=least, options=options)
    else:
        race(boot, tmp_path, seed + int(case[-1]), workers=4 if case == "seed3" else 2)


def race(boot, folder, seed, workers):
    """Clients against servers, on harts that hesitate before they lock a ring."""
    machine = boot(scenario="ledger.c", image=evidence.program("lost", folder), limit=6000, seed=seed,
                   **with_workers(workers, "hesitate=100", chaos=100))
    evidence.run(machine, 3)
    expect_equal("the number of services", evidence.read(machine, "services"), 1400)


def sweep(boot, folder):
    """An interrupt at every instruction, after which somebody else calls."""
    machine = boot(scenario="ledger.c", debug=False, shift=0, limit=1500, append="look=0",
                   image=evidence.program("sweep", folder, processes=6))
    evidence.run(machine, 2)
    done, wanted = (evidence.read(machine, "figure")[i : i + 2] for i in (0, 2))
    expect_equal("the number of interrupts", done, wanted)
    expect_that(min(done) > 3000, "a stall and a wakeup to take 3000 instructions or more",
                f"they took {done}: the kernel did not do what was asked of it")
    evidence.expect_no_herd(machine)


@pytest.mark.points(20, id="lab4.worrier", where=f"{PAGE}#worrier",
                    hint="whom does the one wakeup help, if the woken one does not come?")
@pytest.mark.parametrize("workers", [1, 2])
def test_worrier(boot, tmp_path, workers):
    if workers == 1:
        machine = boot(scenario="ledger.c", debug=False, image=evidence.program("worry", tmp_path),
                       limit=15000)
        evidence.run(machine, 10)
    else:
        machine = boot(scenario="ledger.c", debug=False, image=evidence.program("minds", tmp_path),
                       limit=8000, **with_workers(workers))
        evidence.run(machine, 1)


@pytest.mark.points(15, id="lab4.flat", where=f"{PAGE}#flat",
                    hint="what is done for each of those who wait, and could be done without?")
def test_flat(boot, tmp_path):
    machine = boot(scenario="ledger.c", debug=False, shift=0, limit=1500, append="look=0 check=0",
                   image=evidence.program("flat", tmp_path, processes=1010))
    evidence.run(machine, 1)
    figures = evidence.read(machine, "figure")
    expect_equal("the callers that learn that their server was destroyed", figures[10], 1000)
    for what, costs in (("a stall", figures[2:10:2]), ("a wakeup", figures[3:10:2])):
        told = ", ".join(f"{cost} with {others}" for cost, others in zip(costs, (2, 10, 100, 1000)))
        expect_that(min(costs) > 200, f"{what} to take some time", f"it takes {told} others")
        expect_that(max(costs) - min(costs) <= FLAT, f"{what} to cost the same with 2 others stalled "
                    f"and with 1,000, give or take {FLAT} instructions", f"it takes {told} others")


@pytest.mark.points(10, id="lab4.queues", where=f"{PAGE}#queues",
                    hint="a queue of the kernel has the shape of a ring: what is different about it?")
@pytest.mark.parametrize("workers", [1, 2])
def test_queues(boot, tmp_path, workers):
    manifest = evidence.with_pages(evidence.program("queues", tmp_path))
    options = with_workers(workers, "look=1 preload=0 slow=2000 requests=2")
    machine = boot(scenario="ledger.c", debug=False, image=manifest, limit=8000, **options)
    evidence.run(machine, 6)
    expect_equal("the reads of one page, and of two", evidence.read(machine, "figure")[:2], [1, 2])
    expect_equal("the most reads under way at once", machine.symbol("disk_counts.most.v"), 2)
    expect_that(evidence.queue(machine, "requests") >= 4, "some to stall until the disk takes a request",
                f"{evidence.queue(machine, 'requests')} did", look="txn_stall")
    expect_equal("the processes that came to the junk queue", evidence.queue(machine, "junk"), 4)
