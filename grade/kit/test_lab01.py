"""Lab 1's grader graded: who deserves the points gets them, nobody else does."""

import re

import pytest

from grade.harness.lab import find_lab
from grade.kit import proof

LAB = find_lab(1)
IDS = [test.id for test in LAB.tests]

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


def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path):
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        work.mkdir()
    gradings = [proof.start_grading(1, "solutions", work) for work in works]
    for grading, work in zip(gradings, works):
        results = proof.result(grading, work)
        assert results["score"] == results["max"] == 100, results
        assert results["errors"] == []
    one, two = map(serial_logs, works)
    assert one == two
    assert len(one) >= len(IDS)


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


@pytest.mark.parametrize("test_id", IDS)
def test_printing_the_expected_text_earns_nothing(tmp_path, test_id):
    assert proof.grade_one(test_id, "solutions", tmp_path / "right")["verdict"] == "pass"
    log = next(iter(serial_logs(tmp_path / "right").values()))
    printed = log[log.index("KTAP version 1") :]
    stub = (LAB.folder / "defer.c").read_text()
    forged = stub[: stub.rindex("void resched(void)")] + proof.forgery(printed, "resched")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "defer.c").write_text(forged)
    entry = proof.grade_one(test_id, mine, tmp_path / "forged")
    assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
    assert any(printed in text for text in serial_logs(tmp_path / "forged").values())
