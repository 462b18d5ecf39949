"""Lab 1's grader graded: who deserves the points gets them, nobody else does."""

import re

import pytest

from grade.harness.lab import find_lab
from grade.kit import proof

LAB = find_lab(1)
IDS = [test.id for test in LAB.tests]


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """(work folder, results) of two gradings of the solution, at once."""
    works = [tmp_path_factory.mktemp("solution") for _ in range(2)]
    gradings = [proof.start_grading(1, "solutions", work) for work in works]
    return [(work, proof.result(grading, work)) for work, grading in zip(works, gradings)]


def test_the_solution_earns_everything_and_the_same_under_load(solved):
    for _, results in solved:
        assert results["score"] == results["max"] == 100, results
        assert [test["verdict"] for test in results["tests"]] == ["pass"] * len(IDS)
        assert results["errors"] == []


def test_runs_are_the_same_to_the_instruction(solved):
    logs = [{path.relative_to(work): path.read_text() for path in work.rglob("serial.log")}
            for work, _ in solved]
    assert logs[0] == logs[1]
    assert len(logs[0]) >= len(IDS)


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


def test_the_eros_handler_is_shown_the_queue_it_corrupts(tmp_path):
    entry = proof.grade_one("lab1.sweep", LAB.solution / "variants" / "eros", tmp_path)
    assert re.search(r"ready 12: .*(has lost it|is broken)", entry["message"]), entry["message"]
    assert "the last interrupt waited for came at instruction" in entry["message"]


@pytest.mark.parametrize("test_id", IDS)
def test_printing_the_expected_text_earns_nothing(solved, tmp_path, test_id):
    work, _ = solved[0]
    log = sorted((work / test_id).rglob("serial.log"))[0].read_text()
    printed = log[log.index("KTAP version 1") :].replace("\r", "")
    stub = (LAB.folder / "defer.c").read_text()
    mine = tmp_path / "mine"
    mine.mkdir()
    forged = stub[: stub.rindex("void resched(void)")] + proof.forgery(printed, "resched")
    (mine / "defer.c").write_text(forged)
    entry = proof.grade_one(test_id, mine, tmp_path / "work")
    assert entry["verdict"] == "wrong", entry
    assert entry["points"] == 0
    logs = [path.read_text().replace("\r", "") for path in (tmp_path / "work").rglob("serial.log")]
    assert any(printed in text for text in logs)
