"""make bench-harts: that it counts, the same each time, and that the figures
say what the disciplines do."""

import json

import pytest

from grade.bench import harts, runs
from grade.bench.harts import DISCIPLINES, HARTS, WORK, Figures
from grade.harness.lab import ROOT

WINDOW = 1_500


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Nothing is written where a `make bench` may be at work."""
    monkeypatch.setattr(runs, "BASE", tmp_path)


def by_work(locks, count):
    return {figures.work: figures for figures in harts.counted(locks, count, WINDOW)}


def test_all_disciplines_are_measured():
    assert {*DISCIPLINES} == {path.stem for path in (ROOT / "kernel/lock/discipline").glob("*.c")}


@pytest.mark.parametrize("locks", DISCIPLINES)
def test_four_harts_work(locks):
    """Nobody restarts at work of his own, whatever the discipline; one lock is
    waited for, others are not."""
    found = by_work(locks, 4)
    assert all(figures.least > 0 and figures.instructions > figures.operations for figures in found.values())
    assert found["private"].restarts == 0
    assert found["private"].serialized == 0
    assert found["private"].waits_objects == 0
    if locks == "one":
        assert found["private"].waits_discipline > found["private"].operations / 2
        assert found["writes"].waits_objects == 0
    if locks in ("shared", "clusters", "marked"):
        assert found["writes"].restarts > 0 and found["writes"].serialized > 0
    if locks in ("spin", "serial"):
        assert found["writes"].waits_objects > 0
        assert found["private"].waits_discipline == 0


def test_same_each_time_and_for_work_of_ones_own_on_any_number():
    first, again = (harts.counted("serial", 4, WINDOW) for _ in range(2))
    assert first == again
    alone = by_work("serial", 1)
    private = first[list(WORK).index("private")]
    assert private.each == pytest.approx(alone["private"].each, rel=0.02)
    assert all(figures.restarts == 0 for figures in alone.values())


def test_one_lock_for_all_makes_them_wait():
    """With four harts an operation costs all of them together much more."""
    assert by_work("one", 4)["private"].each > 1.5 * by_work("one", 1)["private"].each


def test_threads_of_the_host():
    """Real time: no limit is set, only that all was done."""
    found = harts.timed("serial", 2, 5_000)
    assert set(found) == set(WORK) and all(rate >= 0 for rate in found.values())


# The table.

def made_up():
    """Each operation takes as many instructions as there are harts, and each
    fourth transaction restarts."""
    figures = [Figures(work, locks, n, 100, 10, 100 * n, 50, 40, 10, 4, 0, 0, 0)
               for locks in ("one", "serial") for n in HARTS for work in WORK]
    return figures, {(locks, n): dict.fromkeys(WORK, 7) for locks in ("one", "serial") for n in HARTS}


def test_table():
    lines = list(harts.lines(*made_up()))
    rows = [line.split() for line in lines if line.startswith("one ")]
    assert len(rows) == len(WORK)
    assert rows[0] == "one 1 2 4 8 | 0 250 100 | 7 7 7 7".split()
    assert all(what in lines or f"\n{what}" in lines for what in WORK.values())


def test_records():
    records = json.loads(json.dumps(harts.records(*made_up())))
    assert len(records) == 2 * len(HARTS) * len(WORK)
    assert len({record["id"] for record in records}) == len(records)
    last = next(record for record in records if record["id"] == "harts.private.one.8")
    assert (last["value"], last["restarts"], last["per_second_on_threads"]) == (8, 10, 7)
