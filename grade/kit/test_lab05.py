"""Lab 5's grader graded: who deserves the points gets them, nobody else does."""

import re

import pytest

from grade.budget import seeds
from grade.harness.lab import find_lab
from grade.kit import proof

LAB = find_lab(5)
FILE = "lab05/test_lab05.py"

# A case of each test, the quickest.
CASES = {
    "lab5.halt": "test_halt[2-harts]",
    "lab5.rings": "test_rings[two]",
    "lab5.order": "test_order[gang]",
    "lab5.shootdown": "test_shootdown[one]",
    "lab5.waits": "test_waits",
}

# A case of each in which a kernel is booted, which can print something.
BOOTED = {**CASES, "lab5.rings": "test_rings[2-harts]", "lab5.order": "test_order[4-harts]",
          "lab5.shootdown": "test_shootdown[2-harts]"}

# Variants that another case than the quickest is sure to catch.
CAUGHT = {
    "claim-kept": "test_halt[moves]",
    "interrupt-first": "test_halt[moves]",
    "no-interrupt": "test_halt[moves]",
    "spins": "test_rings[one-queue]",
    "one-interrupt": "test_halt[moves]",
    "wakes-all": "test_order[4-harts]",
    "promise-for-ever": "test_order[fickle]",
    "not-itself": "test_shootdown[each-other]",
}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "interrupt-under-lock": r"is interrupted for t\d under a spin lock",
    "one-interrupt": r"waits for ever in halt_and_lock",
    "no-global-lock": r"waits for ever in halt_and_lock",
    "no-back-out": r"waits for ever in halt_and_lock",
    "wakes-nobody": r"has halted its target 0 times of 1: it is on a queue",
    "no-interrupt": r"waits for ever in halt_and_lock",
    "wakes-all": r"has halted its process before t\d|were woken",
    "wakes-the-last": r"before process \d, which was stalled when it came",
    "no-promise": r"before process \d, which was stalled when it came",
    "no-wait": r"uses translation 0 of entry 0 in user mode",
    "tells-nobody": r"waits for ever in shoot_flush",
    "waits-for-all": r"meanwhile|still at work|shootdown",
}


def serial_logs(work):
    return {path.relative_to(work): path.read_text().replace("\r", "")
            for path in work.rglob("serial.log")}


def test_the_handout_has_a_section_for_each_test():
    text = (proof.ROOT / "handouts/lab05.md").read_text()
    sections = {f"lab5.{label}" for label in re.findall(r"^\((.+)\)=$", text, re.MULTILINE)}
    assert sections == set(CASES) == {test.id for test in LAB.tests}


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path, seed):
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        work.mkdir()
    gradings = [proof.start_grading(5, "solutions", work, seed) for work in works]
    for grading, work in zip(gradings, works):
        results = proof.result(grading, work)
        assert results["score"] == results["max"] == 100, results
        assert results["errors"] == []
    one, two = map(serial_logs, works)
    assert one == two
    assert set(CASES) == {path.parts[0] for path in one}


def test_the_stub_earns_nothing_and_is_told_what_to_write(tmp_path):
    results = proof.result(proof.start_grading(5, LAB.folder, tmp_path), tmp_path)
    assert results["score"] == 0
    for test in results["tests"]:
        assert test["verdict"] == "crash"
        assert "is yours to write" in test["message"]


@pytest.mark.parametrize("variant", LAB.variants)
def test_a_wrong_design_is_caught_by_the_test_named_for_it(tmp_path, variant):
    test_id = LAB.variants[variant]
    case = f"{FILE}::{CAUGHT.get(variant, CASES[test_id])}"
    entry = proof.grade_one(test_id, LAB.solution / "variants" / variant, tmp_path, case)
    assert entry["verdict"] in ("wrong", "crash", "timeout"), entry
    assert entry["points"] == 0
    assert re.search(SAYS.get(variant, ""), entry["message"]), entry["message"]


def liar(name, entries, printed):
    """A file of the stub, but whatever is called prints this and ends the machine."""
    head, body = (LAB.folder / name).read_text().split("\n\n", 1)
    body, count = re.subn(r'panic\("lab 5", "\w+ is yours to write"\);', "lie();", body)
    assert count == entries
    return f"{head}\n\n{proof.forgery(printed, 'lie')}\n{body}"


@pytest.mark.parametrize("test_id", BOOTED)
def test_printing_the_expected_text_earns_nothing(tmp_path, test_id):
    case = f"{FILE}::{BOOTED[test_id]}"
    right, mine, work = (tmp_path / name for name in ("right", "mine", "forged"))
    assert proof.grade_one(test_id, "solutions", right, case)["verdict"] == "pass"
    (log,) = serial_logs(right).values()
    printed = log[log.index("KTAP version 1") :]
    mine.mkdir()
    (mine / "halt.c").write_text((LAB.folder / "halt.c").read_text())
    (mine / "shoot.c").write_text(liar("shoot.c", 2, printed))
    entry = proof.grade_one(test_id, mine, work, case)
    assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
    assert any(printed in text for text in serial_logs(work).values())
