"""Meetings of all harts (kernel/proc/meet.c) in every order, and mutants that
must be caught: some by what happens, some by what nothing orders."""

import re

import pytest

from grade import budget
from grade.harness.verdict import Failure

MEET, DISPATCH = "kernel/proc/meet.c", "kernel/proc/dispatch.c"
DEEPER = budget.size("explore.bounds") - 1

# options: (bound, interleavings at least)
HOLDS = {
    "one": ({}, 3, 100000),
    "two, one after the other": ({"meetings": 2, "steps": 2}, 2, 8000),
    "a third hart comes late": ({"harts": 3, "steps": 0}, 1, 1000),
}

# name: options, file, old text, new text, what the failure says
MUTANTS = {
    "dispatch does not look": (
        {}, DISPATCH, "\tmeet_if_called();\n", "", "not everybody comes"),
    "one is not waited for": (
        {}, MEET, "complete = arrived == members;", "complete = arrived + 1 >= members;",
        "has a process loaded"),
    "nobody is interrupted": (
        {}, MEET, "\t\t\tipi_send(i);\n", "\t\t\t(void)i;\n", "not everybody comes"),
    "the caller is not told": (
        {}, MEET, "\tatomic32_store_relaxed(&self->need_resched, 1);\n", "", "not everybody comes"),
    "arrived without the lock": (
        {}, MEET, "\tspin_lock(&lock);\n\tarrived++;", "\tarrived++;\n\tspin_lock(&lock);", "a data race"),
    "over, without release": (
        {}, MEET, "\tspin_lock(&lock);\n\tarrived = 0;\n\tcomplete = false;\n"
        "\tatomic32_store_relaxed(&meet_called, 0);\n\tatomic32_add_release(&over, 1);\n\tspin_unlock(&lock);",
        "\tspin_lock(&lock);\n\tarrived = 0;\n\tcomplete = false;\n"
        "\tatomic32_store_relaxed(&meet_called, 0);\n\tspin_unlock(&lock);\n\tatomic32_add_relaxed(&over, 1);",
        "a data race"),
    "gone without acquire": (
        {}, MEET, "while (atomic32_load_acquire(&over) == before)",
        "while (atomic32_load_relaxed(&over) == before)", "a data race"),
    "over, while it is still called": (
        {"meetings": 2}, MEET,
        "\tatomic32_store_relaxed(&meet_called, 0);\n\tatomic32_add_release(&over, 1);\n",
        "\tatomic32_add_release(&over, 1);\n\tatomic32_store_relaxed(&meet_called, 0);\n",
        "1 meetings of 2 were held"),
    "who joins does not wait": (
        {"harts": 3, "steps": 0}, MEET, "\twhile (complete) {\n\t\tspin_unlock(&lock);\n\t\tspin_hint();\n"
        "\t\tspin_lock(&lock);\n\t}\n", "", "a data race"),
}


@pytest.mark.parametrize("name", HOLDS)
def test_the_reference_holds(explore, name):
    options, bound, least = HOLDS[name]
    print(explore("meetings", bound=bound + DEEPER, random=2000, least=least, options=options, reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    options, file, old, new, says = MUTANTS[name]
    with pytest.raises(Failure) as caught:
        explore("meetings", bound=2, random=4000, options=options, mutant=(file, old, new))
    assert re.search(says, caught.value.happened), caught.value.happened
