"""The pin handshake as a model (pins.pml), and that model and code are of one
mind: what spin says of each design, the explorer says of its C."""

import re

import pytest

from grade.explore import Explorer
from grade.harness.lab import find_lab
from grade.harness.verdict import Failure

from grade.models.run import verify

# name of a variant of lab 2, "" for the solution: options of both, by name
HOLDS = {"plain": {}, "idle": {"idle": 1}, "own": {"own": 1}, "again": {"rounds": 2}, "two": {"pinners": 2}}
VARIANTS = {
    "pinner-without-fence": ({}, "wrong"),
    "ager-without-fence": ({}, "wrong"),
    "looks-then-marks": ({}, "wrong"),
    "pins-blindly": ({}, "wrong"),
    "own-pins-do-not-count": ({"own": 1}, "wrong"),
    "no-new-number": ({}, "stuck"),
    "odd-for-ever": ({"idle": 1}, "stuck"),
}
# What the explorer says when the model says this.
SAYS = {
    "wrong": "has pinned object 7 and finds|a data race|what it has pinned itself",
    "stuck": "never gets|does not end|has a pin, long after|waits for ever",
}


def defines(options):
    """The options as the model spells them."""
    return {name.upper(): value if name in ("rounds", "pinners") else True for name, value in options.items()}


def options_of_code(options):
    """The options as the scenario spells them: the ager has a hart, too."""
    return {"harts" if name == "pinners" else name: value + (name == "pinners") for name, value in options.items()}


@pytest.mark.parametrize("name", HOLDS)
def test_the_solution_holds(explore, name):
    result = verify("pins", defines(HOLDS[name]))
    print(result)
    assert result.verdict == "holds" and result.states > 1000
    explore("pins", bound=2, options=options_of_code(HOLDS[name]), reference=True)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_variant_fails_in_both(tmp_path, name):
    options, verdict = VARIANTS[name]
    lab = find_lab(2)
    assert verify("pins", {**defines(options), name.replace("-", "_").upper(): True}).verdict == verdict
    with pytest.raises(Failure) as caught:
        Explorer(tmp_path, lab, lab.solution / "variants" / name)("pins", bound=3, options=options)
    assert re.search(SAYS[verdict], caught.value.happened), caught.value.happened
