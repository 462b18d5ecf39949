"""Lab 1's grader graded: who deserves the points gets them, nobody else does."""

import pytest

from grade.budget import seeds
from grade.harness.lab import find_lab
from grade.kit import proof

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

# A wrong design gets the whole test.
PROOF = proof.Proof(1, CASES, dict.fromkeys(find_lab(1).variants), SAYS)


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
