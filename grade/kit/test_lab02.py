"""Lab 2's grader graded: who deserves the points gets them, nobody else does."""

import pytest

from grade.budget import seeds
from grade.kit import proof

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

PROOF = proof.Proof(2, CASES, OTHER_CASE, SAYS, silent=["lab2.handshake"])


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
