"""Lab 1's grader graded: who deserves the points gets them, nobody else does."""

import re

import pytest

from grade.budget import seeds
from grade.harness.lab import find_lab
from grade.kit import proof

LAB = find_lab(1)

# A case of each test, the quickest.
CASES = {
    "lab1.sweep": "test_sweep[timer]",
    "lab1.latch": "test_latch[1]",
    "lab1.idle": "test_idle[worrier]",
    "lab1.window": "test_window",
    "lab1.frames": "test_frames",
    "lab1.preempt": "test_preempt[1]",
}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "eros": r"ready 12: .*(has lost it|is broken)(.|\n)*came at instruction \d+, in \w+\+0x",
    "no-recheck": r"interrupted by a device at instruction \d+: it was not woken",
    "always-preempt": r"it was woken at 1\d\d\d us",
    "deaf": r"interrupts to be disabled for 100 instructions at most",
    "handler-locks": r"the interrupt handler takes a lock",
}


def serial_logs(work):
    return {path.relative_to(work): path.read_text().replace("\r", "")
            for path in work.rglob("serial.log")}


def test_the_handout_has_a_section_for_each_test():
    text = (proof.ROOT / "handouts/lab01.md").read_text()
    sections = {f"lab1.{label}" for label in re.findall(r"^\((.+)\)=$", text, re.MULTILINE)}
    assert sections == set(CASES) == {test.id for test in LAB.tests}


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path, seed):
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        work.mkdir()
    gradings = [proof.start_grading(1, "solutions", work, seed) for work in works]
    for grading, work in zip(gradings, works):
        results = proof.result(grading, work)
        assert results["score"] == results["max"] == 100, results
        assert results["errors"] == []
    one, two = map(serial_logs, works)
    assert one == two
    assert set(CASES) == {path.parts[0] for path in one}


def test_the_stub_earns_nothing_and_is_told_what_to_write(tmp_path):
    results = proof.result(proof.start_grading(1, LAB.folder, tmp_path), tmp_path)
    assert results["score"] == 0
    for test in results["tests"]:
        assert test["verdict"] == "crash"
        assert "is yours to write" in test["message"]


@pytest.mark.parametrize("variant", LAB.variants)
def test_a_wrong_design_is_caught_by_the_test_named_for_it(tmp_path, variant):
    entry = proof.grade_one(LAB.variants[variant], LAB.solution / "variants" / variant, tmp_path)
    assert entry["verdict"] in ("wrong", "crash", "timeout"), entry
    assert entry["points"] == 0
    assert re.search(SAYS.get(variant, ""), entry["message"]), entry["message"]


@pytest.mark.parametrize("test_id", CASES)
def test_printing_the_expected_text_earns_nothing(tmp_path, test_id):
    case = f"lab01/test_lab01.py::{CASES[test_id]}"
    right, mine, work = (tmp_path / name for name in ("right", "mine", "forged"))
    assert proof.grade_one(test_id, "solutions", right, case)["verdict"] == "pass"
    (log,) = serial_logs(right).values()
    printed = log[log.index("KTAP version 1") :]
    stub = (LAB.folder / "defer.c").read_text()
    mine.mkdir()
    forged = stub[: stub.rindex("void resched(void)")] + proof.forgery(printed, "resched")
    (mine / "defer.c").write_text(forged)
    entry = proof.grade_one(test_id, mine, work, case)
    assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
    assert any(printed in text for text in serial_logs(work).values())
