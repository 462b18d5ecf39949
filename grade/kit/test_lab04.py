"""Lab 4's grader graded: who deserves the points gets them, nobody else does."""

import re

import pytest

from grade.budget import seeds
from grade.harness.lab import find_lab
from grade.kit import proof

LAB = find_lab(4)
FILE = "lab04/test_lab04.py"

# A case of each test, the quickest.
CASES = {
    "lab4.order": "test_order",
    "lab4.herd": "test_herd[1]",
    "lab4.lost": "test_lost[seed1]",
    "lab4.worrier": "test_worrier[1]",
    "lab4.flat": "test_flat",
    "lab4.queues": "test_queues[1]",
}

# Variants that only the explorer is sure to catch.
EXPLORED = {"test-outside": "test_lost[callers]", "no-second-look": "test_lost[worrier]"}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "herd": r"256 services took \d{4} wakeups, 7\.5 for each",
    "test-outside": r"a data race: .*proc_await_available",
    "last-in-first-out": r"t12 is woken, but t11 has been stalled on t0 for longer",
    "no-promise": r"mine.w0 to be 3",
    "no-worrier": r"caller 2, 0 ms after",
    "no-alarm": r"caller 2, 7\d\d ms after",
    "worries-once": r"nobody worries about t0",
    "never-leaves-worry": r"on the worry queue, and is not available",
    "counts-callers": r"with 2, .* with 1000 others",
    "until-unsorted": r"sleeper 2",
}


def serial_logs(work):
    return {path.relative_to(work): path.read_text().replace("\r", "")
            for path in work.rglob("serial.log")}


def test_the_handout_has_a_section_for_each_test():
    text = (proof.ROOT / "handouts/lab04.md").read_text()
    sections = {f"lab4.{label}" for label in re.findall(r"^\((.+)\)=$", text, re.MULTILINE)}
    assert sections == set(CASES) == {test.id for test in LAB.tests}


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path, seed):
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        work.mkdir()
    gradings = [proof.start_grading(4, "solutions", work, seed) for work in works]
    for grading, work in zip(gradings, works):
        results = proof.result(grading, work)
        assert results["score"] == results["max"] == 100, results
        assert results["errors"] == []
    one, two = map(serial_logs, works)
    assert one == two
    assert set(CASES) == {path.parts[0] for path in one}


def test_the_stub_earns_nothing_and_is_told_what_to_write(tmp_path):
    results = proof.result(proof.start_grading(4, LAB.folder, tmp_path), tmp_path)
    assert results["score"] == 0
    for test in results["tests"]:
        assert test["verdict"] == "crash"
        assert "is yours to write" in test["message"]


@pytest.mark.parametrize("variant", LAB.variants)
def test_a_wrong_design_is_caught_by_the_test_named_for_it(tmp_path, variant):
    test_id = LAB.variants[variant]
    case = f"{FILE}::{EXPLORED.get(variant, CASES[test_id])}"
    entry = proof.grade_one(test_id, LAB.solution / "variants" / variant, tmp_path, case)
    assert entry["verdict"] in ("wrong", "crash", "timeout"), entry
    assert entry["points"] == 0
    assert re.search(SAYS.get(variant, ""), entry["message"]), entry["message"]


def liar(printed):
    """The stub, but whatever is called prints this and ends the machine."""
    head, body = (LAB.folder / "stall.c").read_text().split("\n\n", 1)
    body, count = re.subn(r'panic\("lab 4", "\w+ is yours to write"\);', "lie();", body)
    assert count == 10
    return f"{head}\n\n{proof.forgery(printed, 'lie')}\n{body}"


@pytest.mark.parametrize("test_id", CASES)
def test_printing_the_expected_text_earns_nothing(tmp_path, test_id):
    case = f"{FILE}::{CASES[test_id]}"
    right, mine, work = (tmp_path / name for name in ("right", "mine", "forged"))
    assert proof.grade_one(test_id, "solutions", right, case)["verdict"] == "pass"
    (log,) = serial_logs(right).values()
    printed = log[log.index("KTAP version 1") :]
    mine.mkdir()
    (mine / "stall.c").write_text(liar(printed))
    entry = proof.grade_one(test_id, mine, work, case)
    assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
    assert any(printed in text for text in serial_logs(work).values())
