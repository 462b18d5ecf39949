"""A snapshot that is written while the system runs on: copy before write, and
what the disk is reading (solutions/06-checkpoint/, kernel/store/job.c)."""

import re

import pytest

from grade import budget
from grade.harness.verdict import Failure

DEEPER = budget.size("explore.bounds") - 1
SNAPSHOT, CKPT, JOB = "solutions/06-checkpoint/snapshot.c", "solutions/06-checkpoint/ckpt.c", "kernel/store/job.c"

# options of the scenario: bound, interleavings at least
HOLDS = {"": (3, 40000), "writes=2": (2, 2000), "kinds=1 harts=3": (2, 5000), "kinds=2 harts=3": (2, 5000)}
NOT_AS_IT_WAS, RACE = "is not what it was at the snapshot", "a data race"

# name: options, file, old text, new text, what the failure says
MUTANTS = {
    "written to while the disk reads it": (
        "kinds=1", SNAPSHOT, "\tif (change == CH_WRITING && o->kind == OK_PAGE)\n\t\treturn false;\n", "",
        f"{NOT_AS_IT_WAS}|{RACE}"),
    "dirty again without being captured": (
        "", SNAPSHOT, "if (change == CH_FROZEN && !capture_locked(o, true))", "if (false)",
        f"{NOT_AS_IT_WAS}|{RACE}|assertion|written . times"),
    "captured, and not copied": (
        "kinds=1", SNAPSHOT, "!capture_locked(o, true)", "!capture_locked(o, false)", f"{NOT_AS_IT_WAS}|{RACE}"),
    "captured, and frozen still": (
        "kinds=1", SNAPSHOT, "\tatomic32_store_relaxed(&o->change, CH_WRITING);\n", "",
        "written (again|twice|. times)|count as|not dirty|never|assertion"),
    "clean, though it was dirtied meanwhile": (
        "kinds=2", CKPT, "if (o && atomic32_load_relaxed(&o->change) == CH_WRITING)", "if (o)",
        "was changed, and is not dirty"),
    "a job taken outside the lock": (
        "", JOB, "\tspin_lock(&store_lock);\n\tstruct job *j = first_of(&ready_jobs);\n",
        "\tstruct job *j = first_of(&ready_jobs);\n\tspin_lock(&store_lock);\n", RACE),
    "all is written, while a job is under way": (
        "kinds=1", CKPT, "\treturn link_is_alone(&ckpt.frozen) &&\n\t       ckpt.under_way[(ckpt.next - 1) % 2] == 0;",
        "\treturn link_is_alone(&ckpt.frozen);", "the directory is made, and object . is not written"),
}


def numbers(options):
    return dict(option.split("=") for option in options.split())


@pytest.mark.parametrize("options", HOLDS)
def test_every_object_is_written_as_it_was(explore, options):
    bound, least = HOLDS[options]
    print(explore("capture", bound=bound + DEEPER, random=1000, least=least, options=numbers(options), reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    options, file, old, new, says = MUTANTS[name]
    with pytest.raises(Failure) as caught:
        explore("capture", bound=2, options=numbers(options), mutant=(file, old, new))
    assert re.search(says, caught.value.happened), caught.value.happened
