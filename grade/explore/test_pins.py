"""Transient pins against the ager: the handshake under every interleaving with
store buffers (solutions/02-transient-pins/pin.c); without either fence, or if
numbers do not count on, it must fail."""

import pytest

from grade.harness.verdict import Failure

PIN = "solutions/02-transient-pins/pin.c"

# options of the scenario: bound, interleavings at least
HOLDS = {"": (17, 10**7), "rounds=2": (20, 10**10), "own=1": (16, 10**8), "idle=1": (17, 10**7), "harts=3": (2, 4000)}
FOUND, RACE, NEVER = "has pinned object 7 and finds", "a data race", "never gets|does not end|has a pin, long after"

# name: options, old text, new text, what the failure says
MUTANTS = {
    "the pinner looks before its store is seen": (
        "", "\tfence_full();\n\treturn atomic32", "\treturn atomic32", f"{FOUND}|{RACE}"),
    "the ager looks before its store is seen": ("", "\tfence_full();\n\tif", "\tif", f"{FOUND}|{RACE}"),
    "the pinner does not look": (
        "", "atomic32_load_acquire(&o->residency) == OBJ_HERE &&\n\t       ", "", f"{FOUND}|{RACE}"),
    "the pinner looks at the mark without acquire": (
        "", "atomic32_load_acquire(&o->residency)", "atomic32_load_relaxed(&o->residency)", RACE),
    "the pinner does not look whose header it is": ("", " &&\n\t       o->oid == oid", "", FOUND),
    "the ager looks first and marks it then": (
        "", "\tatomic32_store_relaxed(&o->residency, OBJ_LEAVING);\n\tfence_full();\n\tif (!pin_holders(o))\n",
        "\tbool free = !pin_holders(o);\n\tatomic32_store_relaxed(&o->residency, OBJ_LEAVING);\n"
        "\tfence_full();\n\tif (free)\n", f"{FOUND}|{RACE}"),
    "the ager does not mark it": (
        "", "\tatomic32_store_relaxed(&o->residency, OBJ_LEAVING);\n\tfence_full();\n", "\tfence_full();\n",
        f"{FOUND}|{RACE}|assertion"),
    "what is not taken stays marked": ("rounds=2", "\tobj_stay(o);\n", "", "assertion"),
    "no new number at dispatch": ("", "(atomic64_load_relaxed(&h->txn) + 1) | 1", "atomic64_load_relaxed(&h->txn) | 1",
                                  NEVER),
    "the number is not published": ("", "atomic64_load_acquire(&harts[i].txn) == number",
                                    "atomic64_load_acquire(&hart_self()->txn) == number", f"{FOUND}|{RACE}|{NEVER}"),
    "counted on without release": ("", "atomic64_store_release(&h->txn, number)",
                                   "atomic64_store_relaxed(&h->txn, number)", RACE),
    "read without acquire": ("", "atomic64_load_acquire(&harts[i].txn)", "atomic64_load_relaxed(&harts[i].txn)", RACE),
    "the number stays as it is when the hart idles": (
        "idle=1", "(atomic64_load_relaxed(&h->txn) + 1) & ~1ul", "atomic64_load_relaxed(&h->txn)", NEVER),
    "the ager's own pins do not count": ("own=1", "\t\tif ((number & 1)", "\t\tif (i != hart_self()->id && (number & 1)",
                                         "what it has pinned itself"),
}


def numbers(options):
    return dict(option.split("=") for option in options.split())


@pytest.mark.parametrize("options", HOLDS)
def test_what_is_pinned_stays(explore, options):
    bound, least = HOLDS[options]
    print(explore("pins", bound=bound, random=1000, least=least, complete="harts" not in options,
                  options=numbers(options), reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    options, old, new, says = MUTANTS[name]
    with pytest.raises(Failure, match=says):
        explore("pins", bound=3, options=numbers(options), mutant=(PIN, old, new))
