"""Lab 4's grader graded: who deserves the points gets them, nobody else does."""

import pytest

from grade.budget import seeds
from grade.kit import proof

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

PROOF = proof.Proof(4, CASES, EXPLORED, SAYS)


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
