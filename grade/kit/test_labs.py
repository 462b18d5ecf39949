"""Each lab's grader graded: who deserves the points gets them, nobody else does.

What is particular to a lab stands in labNN.py beside this.  Lab 0, whose
answer is a user program, has proofs of its own (test_lab00.py).
"""

import pytest

from grade.budget import seeds, size
from grade.kit import lab01, lab02, lab03, lab04, lab05, lab06

PROOFS = {f"lab{module.PROOF.lab.number}": module.PROOF
          for module in (lab01, lab02, lab03, lab04, lab05, lab06)}
each_lab = pytest.mark.parametrize("proof", PROOFS.values(), ids=PROOFS)


def each(what):
    """Each lab's proof with each of what there is to prove of it."""
    return pytest.mark.parametrize("proof, one", [
        pytest.param(proof, one, id=one if one.startswith(name) else f"{name}-{one}")
        for name, proof in PROOFS.items() for one in what(proof)])


@each_lab
def test_the_handout_has_a_section_for_each_test(proof):
    proof.check_handout()


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
@each_lab
def test_the_solution_earns_everything_the_same_twice_at_once(proof, tmp_path, seed):
    proof.check_solution(tmp_path, seed)


@each_lab
def test_the_stub_earns_nothing_and_is_told_what_to_write(proof, tmp_path):
    proof.check_stub(tmp_path)


@each(lambda proof: proof.lab.variants)
def test_a_wrong_design_is_caught_by_the_test_named_for_it(proof, one, tmp_path):
    proof.check_variant(one, tmp_path)


@each(lambda proof: list(proof.heard)[:size("lab.liars")])
def test_printing_the_expected_text_earns_nothing(proof, one, tmp_path):
    proof.check_liar(one, tmp_path)
