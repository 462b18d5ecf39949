"""The locking disciplines (kernel/lock/discipline/) in every order: who excludes
whom, who is let go while he waits, and what is forgotten in the end; and mutants
that must be caught."""

import re

import pytest

from grade import budget
from grade.harness.verdict import Failure

DISCIPLINES = ("one", "shared", "clusters", "spin", "serial", "marked")
DEEPER = budget.size("explore.bounds") - 1

# options of the scenarios: bound, interleavings at least
HOLDS = {"": (4, 1000), "halt=1": (2, 5000), "harts=3": (2, 5000)}

RACE, NEVER, STILL = "a data race", "does not end|hart \\d waits|deadlock", "nobody contends any more"
GOES = "\tif (discipline_must_go()) {\n\t\topen(closed);\n\t\tresched();\n\t}\n"

# name: discipline, options, old text, new text, what the failure says
MUTANTS = {
    "one: nobody waits": ("one", "", "discipline_lock(&everything)", "spin_try(&everything)", f"{RACE}|assertion"),
    "one: waits and does not let go": (
        "one", "halt=1", "discipline_lock(&everything)", "spin_lock(&everything)", NEVER),
    "one: is not given up": ("one", "", "\tspin_unlock(&everything);\n", "", f"{NEVER}|assertion"),
    "shared: not alone": ("shared", "", "while (!gate_is_empty(&gate)) {", "while (false) {", RACE),
    "shared: the next is not to be alone": (
        "shared", "", "\talone[hart_self()->id].wanted = true;\n", "", "tries again and excludes nobody"),
    "shared: for ever alone": ("shared", "", "\t\talone[h->id].wanted = false;\n", "", STILL),
    "shared: goes and leaves it closed": ("shared", "halt=1", "\t\t\tgate_open(&gate);\n\t\t\tresched();", "\t\t\tresched();",
                                          NEVER),
    "shared: waits for the last to leave, and does not go": (
        "shared", "halt=1", "\t\tif (discipline_must_go()) {\n\t\t\tgate_open(&gate);\n\t\t\tresched();\n\t\t}\n", "", NEVER),
    "clusters: closes only the first": ("clusters", "harts=3", "for (u32 i = 0; i < CLUSTERS; i++) {",
                                        "for (u32 i = 0; i < 1; i++) {", f"{RACE}|assertion|{NEVER}"),
    "clusters: does not wait for those inside": (
        "clusters", "", "\t\twhile (!gate_is_empty(&clusters[i].gate))\n\t\t\twait_with(i + 1);\n", "", RACE),
    "clusters: waits and does not let go": ("clusters", "halt=1", GOES, "\t(void)closed;\n", NEVER),
    "clusters: goes and leaves one closed": ("clusters", "halt=1", "wait_with(i + 1);", "wait_with(i);", NEVER),
    "spin: does not wait": ("spin", "", "return mrow_write(l);", "return mrow_try_write(l);", RACE),
    "serial: those who collide do not take turns": (
        "serial", "harts=3", "discipline_lock(&serialization)", "spin_try(&serialization)", f"{RACE}|assertion"),
    "serial: nothing is due": ("serial", "", "\thart_self()->guard_due = true;\n", "", "tries again and excludes nobody"),
    "serial: due for ever": ("serial", "", "\th->guard_due = false;\n", "", STILL),
    "marked: the mark stays": ("marked", "", "\t\tatomic32_store_relaxed(met[h->id], 0);\n", "\t\t;\n", STILL),
    "marked: who was serialized waits for who is": (
        "marked", "", "\tif (hart_self()->guarded)\n\t\treturn mrow_write(l);\n", "", f"{NEVER}|assertion|{STILL}"),
}


def numbers(options):
    return dict(option.split("=") for option in options.split())


@pytest.mark.parametrize("options", HOLDS)
@pytest.mark.parametrize("locks", DISCIPLINES)
def test_the_discipline_holds(explore, locks, options):
    bound, least = HOLDS[options]
    print(explore(f"discipline_{locks}", bound=bound + DEEPER, random=500, least=least, options=numbers(options),
                  reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    locks, options, old, new, says = MUTANTS[name]
    file = f"kernel/lock/discipline/{locks}.c"
    with pytest.raises(Failure) as caught:
        explore(f"discipline_{locks}", bound=2, random=2000, options=numbers(options), mutant=(file, old, new))
    assert re.search(says, caught.value.happened), caught.value.happened
