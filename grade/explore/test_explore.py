"""The reference mechanisms explored, and mutants of them that must be caught.

LATCHKEY_BUDGET=full searches one bound further.
"""

import os
import re

import pytest

from grade.harness.verdict import Failure

DEEPER = 1 if os.environ.get("LATCHKEY_BUDGET") == "full" else 0

STALL = "solutions/04-stall-queues/stall.c"
SCHED = "kernel/sched/sched.c"
DEFER = "solutions/01-interrupt-deferral/defer.c"
HOOK = "kernel/wait/hook.c"
CAP = "kernel/cap/cap.c"
SPIN = "kernel/lock/spin.h"

# scenario and options: (bound, random runs, interleavings at least)
HOLDS = {
    "stalls": (2, 2000, 10000),
    "stalls harts=3": (1, 2000, 1000),
    "stalls callers=3": (1, 2000, 300),
    "stalls fickle=2": (2, 2000, 5000),
    "stalls fickle=4 harts=3": (1, 2000, 1000),
    "stalls fickle=2 time=1": (2, 2000, 10000),
}

# name: scenario and options, file, old text, new text, what the failure says
MUTANTS = {
    "the test outside the lock": (
        "stalls", STALL,
        "\tif (valid &&\n\t    (p->state != PST_AVAILABLE || is_promised_locked(&p->base)))\n"
        "\t\ttxn_stall(r);\n\tspin_unlock(&r->lock);\n",
        "\tbool wait = valid &&\n\t\t(p->state != PST_AVAILABLE || is_promised_locked(&p->base));\n"
        "\tspin_unlock(&r->lock);\n\tif (wait) {\n\t\tspin_lock(&r->lock);\n\t\ttxn_stall(r);\n\t}\n",
        "caller . was never served: it is stalled on the server, and every hart idles"),
    "available without waking": ("stalls", STALL, "\tserve_next_locked(&p->base);\n\tspin_unlock(&proc_ring",
                                 "\tspin_unlock(&proc_ring", "was never served"),
    "no promise": ("stalls", STALL, "p->promised = hook_first_locked(r);", "p->promised = NULL;",
                   "caller . was served before caller"),
    "last come, first served": ("stalls callers=3", STALL, "\thook_link_locked(r, hart_self()->hook);",
                                "\thook_link_first_locked(r, hart_self()->hook);", "caller . was served before"),
    "nobody worries": ("stalls fickle=2", STALL, "\ttimed_alarm(due);\n", "", "was never served"),
    "a promise for ever": ("stalls fickle=2", STALL, "\tworry_locked(p);\n\treturn true;", "\treturn true;",
                           "was never served"),
    "the hook kept": ("stalls", STALL, "\th->hook = NULL;\n\tspin_unlock(&r->lock);",
                      "\tspin_unlock(&r->lock);", "assertion failed"),
    "a member of the worry queue, not looked at again": (
        "stalls fickle=2 time=1", STALL, "\tbool still = hook_ring(&p->hook) == worry;\n\tif (still)\n"
        "\t\thook_unlink_locked(&p->hook);", "\tbool still = true;\n\thook_unlink_locked(&p->hook);", "."),
}


def split(name):
    """(scenario, options) of a name as above."""
    scenario, *options = name.split()
    return scenario, dict(option.split("=") for option in options)


@pytest.mark.parametrize("name", HOLDS)
def test_the_reference_holds(explore, name):
    bound, random, least = HOLDS[name]
    scenario, options = split(name)
    print(explore(scenario, bound=bound + DEEPER, random=random, least=least, options=options))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    case, file, old, new, says = MUTANTS[name]
    scenario, options = split(case)
    with pytest.raises(Failure) as caught:
        explore(scenario, bound=2 + DEEPER, random=2000, options=options, mutant=(file, old, new))
    assert str(caught.value.verdict) in ("wrong", "crash"), caught.value
    assert re.search(says, caught.value.happened), caught.value.happened
