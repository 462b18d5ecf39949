"""Halting and shootdown in the finished kernel: lab 5's programs and its
scenario on three harts under seeded schedules; in the published budget with
more seeds, and on real threads, two to eight of them, where all that is asked
for is what every schedule gives."""

import pytest

from grade import budget
from grade.harness import expect_equal
from grade.harness.chaos import with_workers
from grade.lab05 import evidence

# program: (cases, boot arguments)
PROGRAMS = {"halt": (7, ""), "rings": (3, ""), "gang": (3, ""), "minds": (3, "minds=0"), "shoot": (2, "")}
SEEDED = [(name, seed, 0) for seed in budget.seeds("halting.seeds") for name in ("rings", "gang")]
THREADS = [(name, 1, harts) for harts in (2, 4, 8) for name in ("halt", "rings", "gang", "shoot")]
if budget.budget() == budget.FULL:
    SEEDED += [(name, seed, 0) for seed in budget.seeds("halting.seeds") for name in ("halt", "minds", "shoot")]
    SEEDED += THREADS


@pytest.mark.parametrize("name, seed, threads", SEEDED)
def test_halting(boot, tmp_path, name, seed, threads):
    plan, arguments = PROGRAMS[name]
    where = {"smp": threads, "parallel": True, "append": arguments} if threads else (
        with_workers(4 if name == "minds" else 3, arguments))
    machine = boot(scenario="../lab05/ledger.c", reference=True, image=evidence.program(name, tmp_path),
                   seed=seed, limit=60000, **where)
    evidence.run(machine, plan)
    expect_equal("the claims that are left", [h["claim"] for h in machine.symbol("harts")], [0] * 8)
