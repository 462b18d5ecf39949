"""Lab 2's grader graded: who deserves the points gets them, nobody else does."""

import re

import pytest

from grade.budget import seeds
from grade.harness.lab import find_lab
from grade.kit import proof

LAB = find_lab(2)
FILE = "lab02/test_lab02.py"

# A case of each test, the quickest.
CASES = {
    "lab2.handshake": "test_handshake[two]",
    "lab2.numbers": "test_numbers",
    "lab2.room": "test_room[1]",
    "lab2.ages": "test_ages",
    "lab2.wait": "test_wait[1]",
    "lab2.squeeze": "test_squeeze",
}

# Variants that another case is sure to catch.
OTHER_CASE = {"own-pins-do-not-count": "test_handshake[own]"}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "pinner-without-fence": r"has pinned object 7 and finds|a data race",
    "ager-without-fence": r"has pinned object 7 and finds|a data race",
    "own-pins-do-not-count": r"what it has pinned itself",
    "eight-bits": r"begins with number \d+, (and has \w+ \d+ pinned already|after \d+)",
    "no-new-number": r"begins with number (\d+), after \1",
    "takes-pinned": r"which hart 0 has pinned",
    "takes-hooked": r"for which somebody waits",
    "takes-dirty": r"the disk does not have it",
    "comes-back-empty": r"it returns, and no header",
    "blind-to-loads": r"by loads",
    "takes-the-first": r"by orders",
    "wakes-nobody": r"is not woken",
}


def serial_logs(work):
    return {path.relative_to(work): path.read_text().replace("\r", "")
            for path in work.rglob("serial.log")}


def test_the_handout_has_a_section_for_each_test():
    text = (proof.ROOT / "handouts/lab02.md").read_text()
    sections = {f"lab2.{label}" for label in re.findall(r"^\((.+)\)=$", text, re.MULTILINE)}
    assert sections == set(CASES) == {test.id for test in LAB.tests}


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path, seed):
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        work.mkdir()
    gradings = [proof.start_grading(2, "solutions", work, seed) for work in works]
    for grading, work in zip(gradings, works):
        results = proof.result(grading, work)
        assert results["score"] == results["max"] == 100, results
        assert results["errors"] == []
    one, two = map(serial_logs, works)
    assert one == two
    assert set(CASES) - {path.parts[0] for path in one} == {"lab2.handshake"}


def test_the_stub_earns_nothing_and_is_told_what_to_write(tmp_path):
    results = proof.result(proof.start_grading(2, LAB.folder, tmp_path), tmp_path)
    assert results["score"] == 0
    for test in results["tests"]:
        assert test["verdict"] == "crash"
        assert "is yours to write" in test["message"]


@pytest.mark.parametrize("variant", LAB.variants)
def test_a_wrong_design_is_caught_by_the_test_named_for_it(tmp_path, variant):
    test_id = LAB.variants[variant]
    case = f"{FILE}::{OTHER_CASE.get(variant, CASES[test_id])}"
    entry = proof.grade_one(test_id, LAB.solution / "variants" / variant, tmp_path, case)
    assert entry["verdict"] in ("wrong", "crash", "timeout"), entry
    assert entry["points"] == 0
    assert re.search(SAYS.get(variant, ""), entry["message"]), entry["message"]


def liar(printed, folder):
    """The stub, but whatever is called prints this and ends the machine."""
    folder.mkdir()
    for name in LAB.files:
        head, body = (LAB.folder / name).read_text().split("\n\n", 1)
        body, count = re.subn(r'panic\("lab 2", "\w+ is yours to write"\);', f"lie_{name[:-2]}();", body)
        assert count in (5, 3)
        forged = proof.forgery(printed, f"lie_{name[:-2]}")
        (folder / name).write_text(f"{head}\n\n{forged.replace('void lie', 'static noreturn void lie')}\n{body}")
    return folder


@pytest.mark.parametrize("test_id", [test_id for test_id in CASES if test_id != "lab2.handshake"])
def test_printing_the_expected_text_earns_nothing(tmp_path, test_id):
    case = f"{FILE}::{CASES[test_id]}"
    right, work = (tmp_path / name for name in ("right", "forged"))
    assert proof.grade_one(test_id, "solutions", right, case)["verdict"] == "pass"
    (log,) = serial_logs(right).values()
    printed = log[log.index("KTAP version 1") :]
    entry = proof.grade_one(test_id, liar(printed, tmp_path / "mine"), work, case)
    assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
    assert any(printed in text for text in serial_logs(work).values())
