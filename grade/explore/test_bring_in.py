"""Objects brought in on demand, and the disk's few requests: nobody who stalls
for either is forgotten (kernel/store/fetch.c, kernel/dev/disk.c)."""

import pytest

from grade.harness.verdict import Failure

FETCH, CROWD, DISK = "kernel/store/fetch.c", "kernel/store/crowd.c", "kernel/dev/disk.c"

# options of the scenario: bound, interleavings at least
HOLDS = {
    "time=1": (2, 5000),
    "objects=2": (2, 3000),
    "objects=2 time=1": (2, 10000),
    "move=1 time=1": (2, 5000),
    "harts=3 time=1": (1, 1000),
}
LOST = "never found its object, and every hart idles"

# name: options, file, old text, new text, what the failure says
MUTANTS = {
    "the look outside the queue's lock": (
        "time=1", FETCH, "\tspin_lock(&r->lock);\n\t/* The header may be another's by now: that one arrives elsewhere. */\n"
        "\tif (obj_is_coming(o) && o->oid == oid)\n"
        "\t\tcrowd_join_locked(crowd_of(oid));\n\tspin_unlock(&r->lock);\n",
        "\tif (!obj_is_coming(o))\n\t\treturn;\n\tspin_lock(&r->lock);\n\tcrowd_join_locked(crowd_of(oid));\n", LOST),
    "here before it is filled in": (
        "time=1", FETCH, "\tbool filled = fill(r, &at, &why);\n",
        "\tarrive(o, OBJ_HERE);\n\tbool filled = fill(r, &at, &why);\n", "record_fill"),
    "a second look at the place": (
        "move=1 time=1", FETCH, "\tbool filled = fill(r, &at, &why);\n",
        "\tat = find_place(o->kind, o->oid);\n\tbool filled = fill(r, &at, &why);\n", "from the place of another"),
    "an arrival that is not noted": ("time=1", CROWD, "\thappened[crowd] = time_now();\n", "", LOST),
    "a free request wakes nobody": (
        "objects=2", DISK, "\tbool more = wake_next_locked(r);\n\tspin_unlock(&r->lock);\n\tif (more)\n",
        "\tbool more = false;\n\tspin_unlock(&r->lock);\n\tif (more)\n", LOST),
    "the pool looked at outside its lock": (
        "objects=2", DISK, "\tspin_lock(&r->lock);\n\tif (link_is_alone(&free_requests))\n\t\ttxn_stall(r);\n",
        "\tspin_lock(&r->lock);\n\tbool none = link_is_alone(&free_requests);\n\tspin_unlock(&r->lock);\n"
        "\tspin_lock(&r->lock);\n\tif (none)\n\t\ttxn_stall(r);\n", "a data race"),
}


def numbers(options):
    return dict(option.split("=") for option in options.split())


@pytest.mark.parametrize("options", HOLDS)
def test_all_find_what_is_read_once(explore, options):
    bound, least = HOLDS[options]
    print(explore("fetch", bound=bound, random=1000, least=least, options=numbers(options), reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    options, file, old, new, says = MUTANTS[name]
    with pytest.raises(Failure) as caught:
        explore("fetch", bound=2, options=numbers(options), mutant=(file, old, new))
    assert says in caught.value.happened, caught.value.happened
