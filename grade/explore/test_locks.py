"""Object locks and operation sets in every order (solutions/03-mrow-locks), and
answers to a third process (kernel/ipc); and mutants that must be caught, beside
the variants of lab 3."""

import re

import pytest

from grade import budget
from grade.harness.verdict import Failure

MROW, SEND = "solutions/03-mrow-locks/mrow.c", "kernel/ipc/send.c"
DEEPER = budget.size("explore.bounds") - 1

# scenario and options: (bound, interleavings at least)
HOLDS = {
    "mrow plan=0": (3, 100),
    "mrow plan=0 harts=3": (2, 2000),
    "mrow plan=0 harts=4": (1, 200),
    "mrow plan=1": (4, 150),
    "mrow plan=1 harts=3": (2, 300),
    "mrow plan=2 harts=3": (2, 2000),
    "mrow plan=3": (3, 400),
    "mrow plan=4": (3, 400),
    "mrow plan=5 harts=3": (3, 200),
    "mrow plan=6": (3, 200),
    "mrow plan=6 harts=3": (2, 200),
    "opsets": (2, 100),
    "opsets alone=1": (2, 100),
    "opsets reads=1": (2, 100),
    "opsets reads=1 harts=3": (1, 200),
    "opsets same=1": (2, 100),
    "opsets destroy=1": (2, 100),
    "opsets leave=1": (2, 100),
    "answers": (2, 300),
    "answers cross=1": (1, 100),
}

RACE = "a data race: hart . (reads|writes) (word|frame)"

# Who marshals waits.  Where one object is written and one read it takes three.
WAITS = "\t}\n\treturn LOCK_BUSY;\n}\n\nenum lock_result mrow_try_write"

# name: scenario and options, file, old text, new text, what the failure says
MUTANTS = {
    "a reader does not acquire": ("mrow plan=0", MROW, "cas_acquire(&l->word, w, w + READER)",
                                  "cas_relaxed(&l->word, w, w + READER)", RACE),
    "a writer that tries does not": ("mrow plan=1", MROW, "cas_acquire(&l->word, w, w | WRITER(h->id))",
                                     "cas_relaxed(&l->word, w, w | WRITER(h->id))", RACE),
    "a writer that waits does not": ("mrow plan=0", MROW, "cas_acquire(&l->word, w,\n", "cas_relaxed(&l->word, w,\n",
                                     RACE),
    "nor does one to whom it is handed": ("mrow plan=6", MROW, "w = atomic32_load_acquire(&l->word)",
                                          "w = atomic32_load_relaxed(&l->word)", RACE.replace("word", "turns")),
    "what a set has changed is not released": ("opsets", MROW, "add_release(&l->word", "add_relaxed(&l->word", RACE),
    "nor the process": ("mrow plan=4", MROW, "add_release(&l->word", "add_relaxed(&l->word", RACE),
    "nor what a reader has looked at": ("mrow plan=0", MROW, "add_release(&held->lock->word",
                                        "add_relaxed(&held->lock->word", RACE),
    "marshalling waits": ("opsets reads=1 harts=3", MROW, WAITS,
                          WAITS.replace("return LOCK_BUSY", "spin_hint();\n\treturn mrow_try_read(l)"),
                          "waits for ever in mrow_write"),
    "a writer waits unseen": ("mrow plan=2 harts=3", MROW, "#define WAITING(id) (0x10000u << (id))", "#define WAITING(id) (0u * (id))",
                              "hart 0 waits to write, and the word of its lock is 1, as before"),
    "a writer is not told": ("mrow plan=3", MROW, "WRITER_OF(w) == h->id + 1 ? LOCK_ALIASED : LOCK_BUSY",
                                  "LOCK_BUSY", "a second mrow_write of hart 0 says LOCK_OK"),
    "who is to get an answer is waited for": ("answers cross=1", SEND, "if (mrow_try_write(&o->lock) != LOCK_BUSY)",
                                              "if (mrow_write(&o->lock) != LOCK_BUSY)", "waits for ever in mrow_write"),
    "who is busy gets none": ("answers cross=1", SEND, "\trestart_if_waiting(p, resume);\n",
                              "\t(void)restart_if_waiting;\n", "which waited, was answered 0 times"),
}


def asked(text):
    """The scenario, and its options as a dict."""
    scenario, *options = text.split()
    return scenario, dict(option.split("=") for option in options)


@pytest.mark.parametrize("name", HOLDS)
def test_the_reference_holds(explore, name):
    scenario, options = asked(name)
    bound, least = HOLDS[name]
    print(explore(scenario, bound=bound + DEEPER, random=1000, least=least, options=options, reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    what, file, old, new, says = MUTANTS[name]
    scenario, options = asked(what)
    with pytest.raises(Failure) as caught:
        explore(scenario, bound=3, random=1000, options=options, mutant=(file, old, new))
    assert re.search(says, caught.value.happened), caught.value.happened


def test_a_story_names_functions_of_the_mechanism(explore):
    what, file, old, new, _ = MUTANTS["a writer waits unseen"]
    scenario, options = asked(what)
    with pytest.raises(Failure) as caught:
        explore(scenario, options=options, mutant=(file, old, new))
    assert re.search(r"hart 0  mrow_write +03-mrow-locks/mrow.c:\d+ +lock\[0\]\.word", caught.value.happened)
    assert "atomic32" not in caught.value.happened
