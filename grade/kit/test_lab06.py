"""Lab 6's grader graded: who deserves the points gets them, nobody else does."""

import pytest

from grade.budget import seeds
from grade.kit import proof

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

PROOF = proof.Proof(6, CASES, OTHERS, SAYS, start="latchkey: ")


def test_the_handout_has_a_section_for_each_test():
    PROOF.check_handout()


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path, seed):
    PROOF.check_solution(tmp_path, seed)


def test_the_stub_earns_nothing_and_is_told_what_to_write(tmp_path):
    PROOF.check_stub(tmp_path)


@pytest.mark.parametrize("variant", PROOF.lab.variants)
def test_a_wrong_design_is_caught_by_the_test_named_for_it(tmp_path, variant):
    PROOF.check_variant(variant, tmp_path)


@pytest.mark.parametrize("test_id", PROOF.heard)
def test_printing_the_expected_text_earns_nothing(tmp_path, test_id):
    PROOF.check_liar(test_id, tmp_path)
