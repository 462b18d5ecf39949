"""Interleavings that come to the same are not run twice, and nothing is lost by
it: with and without the reduction there are as many interleavings, the same
final states, the same failures at the same cost (engine/search.c)."""

import pytest

from grade import budget
from grade.harness.verdict import Failure, Wrong

from grade.explore.test_explore import MUTANTS, split
from grade.explore.test_litmus import ALLOWED, FORBIDDEN, write
from grade.explore.test_pins import MUTANTS as PIN_MUTANTS
from grade.explore.test_pins import PIN, numbers

DEEPER = budget.size("explore.bounds") - 1

# scenario and options: bound
SCENARIOS = {
    "stalls": 2, "stalls fickle=2 time=1": 1, "stalls harts=3": 1, "idle device=1": 1, "idle device=2": 1,
    "idle device=0 harts=3 sleepers=2": 1, "rings": 2, "rings reuse=1": 3, "hooks": 3, "meetings": 1,
    "spaces": 3, "spaces destroy=1": 3, "fetch move=1 time=1": 1, "fetch harts=3 time=1": 0, "pins idle=1": 2,
}
# Waiting loops that change what they look at go round in a circle, and each
# round is a run of its own only where nothing is passed over.
CIRCLES = {"pins idle=1"}
SMALL = {name: case for name, case in {**ALLOWED, **FORBIDDEN}.items() if len(case[0]) == 2}
RUNS = 400_000  # an end to a search without the reduction


def both(explore, scenario, bound, **more):
    """What comes of the search without the reduction, and with it."""
    options = more.pop("options", {})
    results = []
    for reduce in (0, 1):
        try:
            results.append(explore(scenario, bound=bound, options={**options, "reduce": reduce}, **more))
        except Failure as failure:
            results.append(failure)
    return results


def assert_same(plain, reduced, circles=False):
    assert not isinstance(plain, Failure) and not isinstance(reduced, Failure), (plain, reduced)
    assert plain.outcomes == reduced.outcomes
    assert plain.finished == reduced.finished
    assert plain.distinct == reduced.distinct or circles and plain.distinct > reduced.distinct
    assert reduced.runs <= plain.runs == plain.distinct


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios(explore, name):
    scenario, options = split(name)
    plain, reduced = both(explore, scenario, SCENARIOS[name] + DEEPER, options=options, reference=True)
    assert_same(plain, reduced, name in CIRCLES)
    print(f"{plain.runs / reduced.runs:.1f} times fewer runs, {plain.steps / reduced.steps:.1f} times fewer steps")


@pytest.mark.parametrize("name", [*ALLOWED, *FORBIDDEN])
def test_litmus(explore, tmp_path, name):
    bodies, _ = {**ALLOWED, **FORBIDDEN}[name]
    path = write(tmp_path, bodies, "true")
    assert_same(*both(explore, path, 4))


@pytest.mark.parametrize("name", SMALL)
def test_all_there_is(explore, tmp_path, name):
    """When a bound brings nothing new, none does."""
    path = write(tmp_path, SMALL[name][0], "true")
    result = explore(path, bound=10, complete=True)
    plain = explore(path, bound=min(result.complete + 1, 6), options={"reduce": 0})
    assert plain.outcomes == result.outcomes


def test_not_all_there_is(explore):
    with pytest.raises(Wrong, match="all interleavings there are, by bound 3"):
        explore("hooks", bound=3, complete=True)
    assert explore("hooks", bound=3).states < explore("hooks", bound=9, complete=True).states


@pytest.mark.parametrize("name", ALLOWED)
def test_litmus_failures(explore, tmp_path, name):
    assert_same_failure(*both(explore, write(tmp_path, *ALLOWED[name]), 3))


def replay(failure):
    """The choices that repeat it; - if it needs none."""
    return failure.hint.split("--replay ")[1].split()[0].rstrip('"')


def assert_same_failure(plain, reduced):
    """Nothing is passed over but what was searched; so the first to fail is the same."""
    assert isinstance(plain, Failure) and isinstance(reduced, Failure), (plain, reduced)
    assert plain.verdict == reduced.verdict
    assert plain.happened == reduced.happened
    assert replay(plain) == replay(reduced)


@pytest.mark.parametrize("name", list(MUTANTS)[:: -(-len(MUTANTS) // budget.size("explore.proofs"))])
def test_mutants(explore, name):
    case, file, old, new, _ = MUTANTS[name]
    scenario, options = split(case)
    assert_same_failure(*both(explore, scenario, 2, options=options, runs=RUNS, random=0, mutant=(file, old, new)))


@pytest.mark.parametrize("name", PIN_MUTANTS)
def test_pin_mutants(explore, name):
    options, old, new, _ = PIN_MUTANTS[name]
    assert_same_failure(*both(explore, "pins", 3, options=numbers(options), mutant=(PIN, old, new)))
