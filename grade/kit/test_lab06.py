"""Lab 6's grader graded: who deserves the points gets them, nobody else does."""

import re

import pytest

from grade.budget import seeds
from grade.harness.lab import find_lab
from grade.kit import proof

LAB = find_lab(6)
FILE = "lab06/test_lab06.py"

# A case of each test, the quickest.
CASES = {
    "lab6.snapshot": "test_snapshot[held]",
    "lab6.commit": "test_commit[asked]",
    "lab6.restart": "test_restart[lab06kinds]",
    "lab6.log": "test_log[pools]",
    "lab6.errors": "test_errors[fail_write=30]",
    "lab6.pause": "test_pause",
}

# Variants that another case of theirs is sure to catch.
OTHERS = {
    "clean-whatever": "test_snapshot[slow]",
    "clean-when-begun": "test_snapshot[slow]",
    "nodes-not-captured": "test_snapshot[slow]",
    "writing-not-awaited": "test_snapshot[slow]",
}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "root-before-flush": r"after \d+ writes, without \d+ .*: the checker says: page \d+ in block \d+ does not",
    "no-second-flush": r"generation 2 to be said durable .*\n.*a power cut then leaves generation 1",
    "durable-at-snapshot": r"a power cut then leaves generation 1",
    "one-root": r"the other root is of, when the first object of generation 2 goes home",
    "clean-when-begun": r"memory that the disk is reading",
    "captured-uncopied": r"memory that the disk is reading",
    "writing-not-awaited": r"memory that the disk is reading",
    "nodes-not-captured": r"node \d+: it is not as it was then",
    "processes-not-captured": r"process \d+: it is not as it was then",
    "mappings-kept": r"memory that the disk is reading|page \d+: it is not as it was then",
    "worry-listed": r"\(t5\) has no work to do, and is listed 1 times",
    "rings-not-listed": r"\(t\d\) has work to do, and is listed 0 times",
    "junk-not-listed": r"\(t3\) has work to do, and is listed 0 times",
    "ready-only": r"\(t\d\) has work to do, and is listed 0 times",
    "room-not-given-back": r"it is reserved for \d+ objects",
    "all-memory": r"ticks there",
}


def serial_logs(work):
    return {path.relative_to(work): path.read_text().replace("\r", "")
            for path in work.rglob("serial.log")}


def test_the_handout_has_a_section_for_each_test():
    text = (proof.ROOT / "handouts/lab06.md").read_text()
    sections = {f"lab6.{label}" for label in re.findall(r"^\((.+)\)=$", text, re.MULTILINE)}
    assert sections == set(CASES) == {test.id for test in LAB.tests}


def test_the_handout_names_each_variant():
    text = (proof.ROOT / "handouts/lab06.md").read_text()
    assert not [name for name in LAB.variants if f"`{name}`" not in text]


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path, seed):
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        work.mkdir()
    gradings = [proof.start_grading(6, "solutions", work, seed) for work in works]
    for grading, work in zip(gradings, works):
        results = proof.result(grading, work)
        assert (results["score"], results["max"]) == (100, 100), results["tests"]
    logs = [serial_logs(work) for work in works]
    assert len(logs[0]) > 20
    assert logs[0] == logs[1]


def test_the_stub_earns_nothing_and_is_told_what_is_missing(tmp_path):
    results = proof.result(proof.start_grading(6, LAB.folder, tmp_path), tmp_path)
    assert results["score"] == 0
    for test in results["tests"]:
        assert test["verdict"] == "crash"
        assert "is yours to write" in test["message"]


@pytest.mark.parametrize("variant", LAB.variants)
def test_a_wrong_design_is_caught_by_the_test_named_for_it(tmp_path, variant):
    test_id = LAB.variants[variant]
    case = f"{FILE}::{OTHERS.get(variant, CASES[test_id])}"
    entry = proof.grade_one(test_id, LAB.solution / "variants" / variant, tmp_path, case)
    assert entry["verdict"] in ("wrong", "crash", "timeout"), entry
    assert entry["points"] == 0
    assert re.search(SAYS.get(variant, ""), entry["message"]), entry["message"]


def liar(name, printed):
    """A file of the stub, but whatever is called prints this and ends the
    machine."""
    head, body = (LAB.folder / name).read_text().split("\n\n", 1)
    body, count = re.subn(r'panic\("lab 6", "\w+ is yours to write"\);', f"lie_{name[0]}();", body)
    assert count == {"snapshot.c": 3, "ckpt.c": 2}[name]
    return f"{head}\n\n{proof.forgery(printed, f'lie_{name[0]}')}\n{body}"


@pytest.mark.parametrize("test_id", CASES)
def test_printing_the_expected_text_earns_nothing(tmp_path, test_id):
    case = f"{FILE}::{CASES[test_id]}"
    right, mine, work = (tmp_path / name for name in ("right", "mine", "forged"))
    assert proof.grade_one(test_id, "solutions", right, case)["verdict"] == "pass"
    log = next(text for path, text in sorted(serial_logs(right).items()) if "boot2" not in str(path))
    printed = log[log.index("latchkey: ") :]
    mine.mkdir()
    for name in LAB.files:
        (mine / name).write_text(liar(name, printed))
    entry = proof.grade_one(test_id, mine, work, case)
    assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
    assert any(printed in text for text in serial_logs(work).values())
