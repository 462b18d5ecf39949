"""Halting in rings and gangs: the model over all its states, and the code in
the explorer, come to the same verdict, for the solution and for every wrong
design that both can express."""

import pytest

from grade import budget
from grade.explore import Explorer
from grade.harness.lab import find_lab
from grade.harness.verdict import Failure
from grade.models.run import HERE, verify

LAB = find_lab(5)

# Of the model; those that are for the published budget only come last, and
# the largest ones by a hash of each state, 2**33 bits.
HOLDS = [{"N": 2, "ROUNDS": 2}, {"N": 3}, {"N": 4}, {"N": 3, "ROUNDS": 2}, {"N": 4, "QUEUES": 1},
         {"N": 4, "GANG": True}, {"N": 4, "GANG": True, "FICKLE": True}]
LARGER = [{"N": 5}, {"N": 6}, {"N": 5, "QUEUES": 1}, {"N": 5, "GANG": True, "FICKLE": True}]
LARGEST = [{"N": 7, "COARSE": True}, {"N": 8, "COARSE": True}]
MODELS = [(defines, None) for defines in HOLDS]
if budget.budget() == budget.FULL:
    MODELS += [(defines, None) for defines in LARGER] + [(defines, 33) for defines in LARGEST]

RING, GANG = {"harts": 2}, {"harts": 3, "gang": 1, "procs": 5}
# variant: defines of the model, options of the explorer, its bound
WRONG = {
    "no-global-lock": ({"N": 2}, RING, 1),
    "no-back-out": ({"N": 2}, RING, 1),
    "claim-kept": ({"N": 2}, RING, 1),
    "no-interrupt": ({"N": 2}, RING, 1),
    "interrupt-first": ({"N": 2}, RING, 1),
    "wakes-nobody": ({"N": 4, "GANG": True}, GANG, 0),
    "wakes-the-last": ({"N": 4, "GANG": True}, GANG, 0),
    "no-promise": ({"N": 4, "GANG": True, "ROUNDS": 2}, GANG, 0),
    "promise-for-ever": ({"N": 4, "GANG": True, "FICKLE": True}, {**GANG, "fickle": 12}, 0),
}


def told(defines):
    return " ".join(name if value is True else f"{name}={value}" for name, value in defines.items())


@pytest.mark.parametrize("defines, bits", MODELS, ids=lambda value: told(value) if isinstance(value, dict) else "")
def test_the_model_holds(defines, bits):
    result = verify("halting", defines, bits)
    print(f"{told(defines)}: {result}")
    assert result.verdict == "holds", result


@pytest.mark.parametrize("options, bound", [(RING, 1), (GANG, 0), ({**GANG, "fickle": 12}, 0)])
def test_the_code_of_the_solution_holds(explore, options, bound):
    print(explore("halt", bound=bound, random=500, options=options, reference=True))


@pytest.mark.parametrize("variant", WRONG)
def test_the_wrong_design_fails_in_both(tmp_path, variant):
    defines, options, bound = WRONG[variant]
    name = variant.replace("-", "_").upper()
    assert name in (HERE / "halting.pml").read_text()
    result = verify("halting", {**defines, name: True})
    assert result.verdict in ("wrong", "stuck"), result
    explorer = Explorer(tmp_path, LAB, LAB.solution / "variants" / variant)
    with pytest.raises(Failure) as caught:
        explorer("halt", bound=bound, random=1000, options=options)
    assert str(caught.value.verdict) in ("wrong", "timeout"), caught.value
