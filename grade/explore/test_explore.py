"""The reference mechanisms explored, and mutants of them that must be caught."""

import re

import pytest

from grade import budget
from grade.explore import Explorer
from grade.harness.lab import find_lab
from grade.harness.verdict import Failure

DEEPER = budget.size("explore.bounds") - 1

STALL = "solutions/04-stall-queues/stall.c"
SCHED = "kernel/sched/sched.c"
DEFER = "solutions/01-interrupt-deferral/defer.c"
HOOK = "kernel/wait/hook.c"
CAP = "kernel/cap/cap.c"
SLOT = "kernel/obj/slot.c"
DISPATCH = "kernel/proc/dispatch.c"
MROW = "solutions/03-mrow-locks/mrow.c"

# scenario and options: (bound, random runs, interleavings at least)
HOLDS = {
    "rings": (15, 2000, 10**11),
    "rings harts=3": (2, 2000, 20000),
    "rings reuse=1": (15, 2000, 10**10),
    "hooks": (9, 2000, 9000),
    "hooks harts=3": (3, 2000, 10000),
    "idle device=0": (9, 2000, 700000),
    "idle device=1": (2, 2000, 10000),
    "idle device=2": (1, 4000, 800),
    "idle device=0 harts=3 sleepers=2": (2, 4000, 20000),
    "stalls": (3, 2000, 1000000),
    "stalls harts=3": (1, 2000, 1000),
    "stalls callers=3": (2, 2000, 50000),
    "stalls fickle=2": (2, 2000, 5000),
    "stalls fickle=4 harts=3": (1, 2000, 1000),
    "stalls fickle=2 time=1": (2, 2000, 5000),
}

# Those of which all interleavings are run that there are, whatever they cost.
COMPLETE = {"rings", "rings reuse=1", "hooks", "idle device=0"}

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
        "stalls time=1 harts=3", STALL, "\tbool still = hook_ring(&p->hook) == worry;\n\tif (still)\n"
        "\t\thook_unlink_locked(&p->hook);", "\tbool still = true;\n\thook_unlink_locked(&p->hook);", "."),
    "a copy, not looked at again": (
        "rings reuse=1", CAP, "if (likely(atomic64_load_relaxed(&slot->name) == *name))", "if (true)",
        "the copy of slot 0 is torn: OID 6"),
    "prepared, not looked at again": (
        "rings", CAP, "\t\tif (name_ring(atomic64_load_relaxed(&slot->name)) == r) {\n", "\t\tif (true) {\n", "slot . was prepared for a page that is gone|slot . is not prepared"),
    "linked without a look at the version": ("rings", CAP, "bool valid = hint_holds_locked(value);",
                                             "bool valid = true;", "was prepared for a page that is gone"),
    "linked twice": ("rings harts=3", CAP, "valid && !name_ring(atomic64_load_acquire(&slot->name))", "valid",
                     "does not end|broken"),
    "unprepared without release": (
        "rings", SLOT, "atomic64_store_release(&c->name, name_of_oid(oid));",
        "atomic64_store_relaxed(&c->name, name_of_oid(oid));", "a data race: .*holder.slot.0..link"),
    "unlinked without acquire": ("rings", CAP, "*name = atomic64_load_acquire(&slot->name);",
                                 "*name = atomic64_load_relaxed(&slot->name);", "a data race"),
    "read locks let go without release": (
        "rings", MROW, "atomic32_add_release(&held->lock->word, 0 - READER);",
        "atomic32_add_relaxed(&held->lock->word, 0 - READER);", "a data race"),
    "a hook taken off, not looked at again": (
        "hooks", HOOK, "\t\tbool still = hook_ring(hook) == r;", "\t\tbool still = true;", "assertion failed"),
    "readying without a fence": ("idle device=0", SCHED, "\tfence_full();\n\tleast = least_busy();",
                                 "\tleast = least_busy();", "sleeper is ready, and hart 1 idles"),
    "idling without a fence": (
        "idle device=0", DEFER, "\tatomic32_store_relaxed(&h->priority, 0);\n\tfence_full();",
        "\tatomic32_store_relaxed(&h->priority, 0);", "sleeper is ready, and hart 1 idles"),
    "the rest not offered": ("idle device=0 harts=3 sleepers=2", DISPATCH, "\tsched_offer_rest();\n", "",
                             "sleeper is ready, and hart . idles"),
    "the ready mask outside the lock": (
        "idle device=1", SCHED,
        "\tif (!ring_has_hooks_locked(r))\n\t\tatomic32_and_relaxed(&ready_mask, ~(1u << priority));\n"
        "\tspin_unlock(&r->lock);",
        "\tbool none = !ring_has_hooks_locked(r);\n\tspin_unlock(&r->lock);\n"
        "\tif (none)\n\t\tatomic32_and_relaxed(&ready_mask, ~(1u << priority));",
        "is ready, and hart . idles"),
    "the self-lock dropped without release": (
        "idle device=1", MROW, "\tatomic32_add_release(&l->word, change);",
        "\tatomic32_add_relaxed(&l->word, change);", "a data race"),
    "the self-lock dropped too early": (
        "idle device=1", DISPATCH, "\tif (goes_on)\n\t\tqueue_again(p, now);\n",
        "\tmrow_drop(&proc_obj(p)->lock);\n\tif (goes_on)\n\t\tqueue_again(p, now);\n", "."),
    "noted, and not said": ("idle device=1", DEFER, "\tatomic32_store_relaxed(&h->need_resched, 1);\n}", "}",
                            "has noted an interrupt that it does not serve"),
}

# Variants of lab 1 that only time can tell: the sweeps in QEMU catch them.
BEYOND = {"always-preempt", "deaf"}
VARIANTS = {
    "eros": "a data race: .*ring",
    "flag-last": "computes, and has noted an interrupt that it does not serve",
    "handler-locks": "assertion failed",
    "idle-unannounced": "sleeper is ready, and hart 1 idles",
    "lost-latch": "the driver was not served after interrupt 1",
    "no-kick": "sleeper is ready, and hart 1 idles",
    "no-recheck": "computes in user mode, and need_resched is set",
    "unmask-first": "the driver was not served after interrupt 1",
    "wfi-before-look": "hart 1 idles, and has noted an interrupt that it does not serve",
}


def split(name):
    """(scenario, options) of a name as above."""
    scenario, *options = name.split()
    return scenario, dict(option.split("=") for option in options)


@pytest.mark.parametrize("name", HOLDS)
def test_the_reference_holds(explore, name):
    bound, random, least = HOLDS[name]
    scenario, options = split(name)
    print(explore(scenario, bound=bound + DEEPER, random=random, least=least, complete=name in COMPLETE,
                  options=options))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    case, file, old, new, says = MUTANTS[name]
    scenario, options = split(case)
    bound = 3 if case == "idle device=0" else 1 if "harts" in options else 2
    with pytest.raises(Failure) as caught:
        explore(scenario, bound=bound + DEEPER, random=4000, options=options, mutant=(file, old, new))
    assert str(caught.value.verdict) in ("wrong", "crash", "timeout"), caught.value
    assert re.search(says, caught.value.happened), caught.value.happened


@pytest.mark.parametrize("name", VARIANTS)
def test_the_variant_of_lab_1_is_caught(tmp_path, name):
    lab = find_lab(1)
    explorer = Explorer(tmp_path, lab, lab.solution / "variants" / name)
    with pytest.raises(Failure) as caught:
        explorer("idle", bound=2, options={"device": 1})
    assert re.search(VARIANTS[name], caught.value.happened), caught.value.happened


def test_no_variant_of_lab_1_is_forgotten():
    assert set(find_lab(1).variants) == BEYOND | set(VARIANTS)
