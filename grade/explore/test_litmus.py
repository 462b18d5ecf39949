"""The explorer explored: what its machine can do, and what it cannot.

Each case is a scenario of a few lines, known from the literature on memory
models or made to fail in one way only.
"""

import re

import pytest

from grade.explore.run import BOUND_MAX
from grade.harness.verdict import Crash, Failure, Timeout, Wrong

HEAD = """
#include <explore.h>
#include <hal/atomic.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <diag/check.h>
#include <lock/spin.h>

static struct atomic32 x, y, z;
static u32 data __attribute__((used)), seen[4] __attribute__((used));
static struct spinlock lock = SPINLOCK(LR_RING);
static inline void set(struct atomic32 *a, u32 v) { atomic32_store_relaxed(a, v); }
static inline void publish(struct atomic32 *a, u32 v) { atomic32_store_release(a, v); }
static inline u32 get(struct atomic32 *a) { return atomic32_load_relaxed(a); }
static inline u32 take(struct atomic32 *a) { return atomic32_load_acquire(a); }
"""


def write(folder, bodies, final, more=""):
    """A scenario file: the body of each hart, and what must hold in the end."""
    functions = "".join(f"static void body{i}(void) {{ {body} }}\n" for i, body in enumerate(bodies))
    names = ", ".join(f"body{i}" for i in range(len(bodies)))
    path = folder / "litmus.c"
    path.write_text(f"/* Links: kernel/lock/spin.c */{HEAD}{more}{functions}"
                    f'static void final(void) {{ explore_require({final}, "it does not hold"); }}\n'
                    f"const struct scenario scenario = {{ .expects = \"{'it to hold'}\", "
                    f".harts = {len(bodies)}, .body = {{ {names} }}, .final = final }};\n")
    return path


# What the memory may show, and what each kind of order forbids.
ALLOWED = {
    "store buffering": (["set(&x, 1); seen[0] = get(&y);", "set(&y, 1); seen[1] = get(&x);"],
                        "seen[0] || seen[1]"),
    "store buffering, release and acquire": (
        ["publish(&x, 1); seen[0] = take(&y);", "publish(&y, 1); seen[1] = take(&x);"], "seen[0] || seen[1]"),
    "store buffering, one fence": (
        ["set(&x, 1); fence_full(); seen[0] = get(&y);", "set(&y, 1); seen[1] = get(&x);"], "seen[0] || seen[1]"),
    "store, then another word's modify": (
        ["set(&x, 1); atomic32_swap_acquire(&z, 1); seen[0] = get(&y);",
         "set(&y, 1); fence_full(); seen[1] = get(&x);"], "seen[0] || seen[1]"),
    "store buffering, by modifies": (
        ["atomic32_or_relaxed(&x, 1); seen[0] = get(&y);", "atomic32_or_relaxed(&y, 1); seen[1] = get(&x);"],
        "seen[0] || seen[1]"),
    "message passing": (["set(&x, 1); set(&y, 1);", "seen[0] = get(&y); seen[1] = get(&x);"],
                        "!seen[0] || seen[1]"),
    "two writers": (["set(&x, 1); set(&y, 2);", "set(&y, 1); set(&x, 2);"], "get(&x) == 2 || get(&y) == 2"),
    "lost update": (["set(&x, get(&x) + 1);", "set(&x, get(&x) + 1);"], "get(&x) == 2"),
}

FORBIDDEN = {
    "store buffering, two fences": (
        ["set(&x, 1); fence_full(); seen[0] = get(&y);", "set(&y, 1); fence_full(); seen[1] = get(&x);"],
        "seen[0] || seen[1]"),
    "message passing, release": (
        ["set(&x, 1); publish(&y, 1);", "seen[0] = take(&y); seen[1] = get(&x);"], "!seen[0] || seen[1]"),
    "message passing, fence": (
        ["set(&x, 1); fence_full(); set(&y, 1);", "seen[0] = get(&y); seen[1] = get(&x);"], "!seen[0] || seen[1]"),
    "message passing, modify with release": (
        ["set(&x, 1); atomic32_add_release(&y, 1);", "seen[0] = take(&y); seen[1] = get(&x);"],
        "!seen[0] || seen[1]"),
    "coherence": (["set(&x, 1); set(&x, 2);", "seen[0] = get(&x); seen[1] = get(&x);"], "seen[0] <= seen[1]"),
    "coherence, own store": (["set(&x, 1); seen[0] = get(&x);", "set(&y, 1);"], "seen[0] == 1"),
    "atomic update": (["atomic32_add_relaxed(&x, 1);", "atomic32_add_relaxed(&x, 1);"], "get(&x) == 2"),
    "atomic update, a load late": (
        ["atomic32_add_relaxed(&x, 1); seen[0] = get(&y);", "atomic32_add_relaxed(&x, 1); set(&y, 1);"],
        "get(&x) == 2"),
    "nothing in the middle of a modify": (
        ["set(&x, 10); seen[0] = get(&y);", "atomic32_add_relaxed(&x, 1);", "set(&y, get(&x));"], "get(&x) >= 10"),
    "store buffering, by modifies and fences": (
        ["atomic32_or_relaxed(&x, 1); fence_full(); seen[0] = get(&y);",
         "atomic32_or_relaxed(&y, 1); fence_full(); seen[1] = get(&x);"], "seen[0] || seen[1]"),
    "compare and swap": (
        ["seen[0] = atomic32_cas_relaxed(&x, 0, 1);", "seen[1] = atomic32_cas_relaxed(&x, 0, 2);"],
        "seen[0] + seen[1] == 1"),
    "release is cumulative": (
        ["set(&x, 1); publish(&y, 1);", "if (take(&y)) publish(&z, 1);", "if (take(&z)) seen[0] = 1 + get(&x);"],
        "seen[0] != 1"),
    "a lock": (["spin_lock(&lock); data++; spin_unlock(&lock);"] * 3, "data == 3"),
    "publication": (["data = 7; publish(&x, 1);", "if (take(&x)) seen[0] = data;"], "!seen[0] || seen[0] == 7"),
    "publication by fences": (
        ["data = 7; fence_full(); set(&x, 1);", "if (get(&x)) { fence_full(); seen[0] = data; }"],
        "!seen[0] || seen[0] == 7"),
    "waiting": (["while (!take(&x)) spin_hint(); seen[0] = data;", "data = 7; publish(&x, 1);"], "seen[0] == 7"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(explore, tmp_path, name):
    with pytest.raises(Wrong, match="it does not hold"):
        explore(write(tmp_path, *ALLOWED[name]), bound=3)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden(explore, tmp_path, name):
    explore(write(tmp_path, *FORBIDDEN[name]), bound=4, random=500)


SWAPPED_WORDS = "static struct spinlock other = SPINLOCK(LR_QUEUE);"
UNORDERED = "static void unlock(void) { set(&lock.taken, 0); }"
CAUGHT = {
    "a race": (["data = 1;", "seen[0] = data;"], Wrong, "a data race.*data.*body.*body", ""),
    "a race without acquire": (["data = 7; publish(&x, 1);", "if (get(&x)) seen[0] = data;"], Wrong,
                               "a data race", ""),
    "a race without release": (["data = 7; set(&x, 1);", "if (take(&x)) seen[0] = data;"], Wrong,
                               "a data race", ""),
    "an unlock that does not release": (
        ["atomic32_swap_acquire(&x, 1); data++; set(&x, 0);",
         "if (!atomic32_swap_acquire(&x, 1)) { data++; set(&x, 0); }"], Wrong, "a data race", ""),
    "a race of neighbours is none": (["((u8 *)&data)[0] = 1;", "((u8 *)&data)[1] = 1;"], None, "", ""),
    "a deadlock": (
        ["while (atomic32_swap_acquire(&x, 1)) spin_hint(); while (atomic32_swap_acquire(&y, 1)) spin_hint();"
         "publish(&x, 0); publish(&y, 0);",
         "while (atomic32_swap_acquire(&y, 1)) spin_hint(); while (atomic32_swap_acquire(&x, 1)) spin_hint();"
         "publish(&x, 0); publish(&y, 0);"], Wrong, "waits for ever in body", ""),
    "the order of locks": (["spin_lock(&other); spin_lock(&lock);"], Crash, "spin_note_taken: assertion",
                           SWAPPED_WORDS),
    "a wild access": (["if (get(&x)) *(u32 *)8 = 1;", "set(&x, 1);"], Crash, "a wild access at address 8", ""),
    "an endless loop": (["while (get(&x) < 2) ;", "set(&x, 1);"], Timeout, "the run does not end", ""),
    "an endless loop without an access": (["if (get(&x)) for (;;) asm volatile(\"\");", "set(&x, 1);"],
                                          Timeout, "a loop without an access", ""),
    "a smashed stack": (["char a[8]; char *p = a; asm(\"\" : \"+r\"(p)); for (int i = 0; i < 64; i++) p[i] = 1;"
                         "asm(\"\" :: \"r\"(p) : \"memory\");"], Crash, "wrote beyond its own variables|wild", ""),
    "a panic": (["if (get(&x)) panic(\"who\", \"what %u\", 5u);", "set(&x, 1);"], Crash, "who: what 5", ""),
    "an interrupt that does not come": (["irqs_enable(); set(&x, 1); irqs_disable();"], None, "", ""),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_caught(explore, tmp_path, name):
    bodies, kind, message, more = CAUGHT[name]
    path = write(tmp_path, bodies, "true", more)
    if kind is None:
        explore(path, bound=3)
        return
    with pytest.raises(kind) as caught:
        explore(path, bound=3)
    assert re.search(message, caught.value.happened, re.DOTALL), caught.value.happened


def choices(failure):
    return re.search(r"--replay ([\w:.,]+)", failure.hint)[1]


def test_the_same_answers_give_the_same_run(explore, tmp_path):
    path = write(tmp_path, *ALLOWED["message passing"])
    stories = []
    found = None
    for again in (False, False, True):
        with pytest.raises(Wrong) as caught:
            explore(path, replay=found if again else None)
        failure = caught.value
        found = choices(failure)
        stories.append(re.sub(r"expected.*\n\n", "", open(failure.log).read(), flags=re.DOTALL))
    assert stories[0] == stories[1] == stories[2]


def test_the_first_failure_has_as_few_preemptions_as_any(explore, tmp_path):
    with pytest.raises(Wrong) as caught:
        explore(write(tmp_path, *ALLOWED["lost update"]), bound=4)
    assert choices(caught.value).count(":") == 1


def test_a_random_failure_is_made_small(explore, tmp_path):
    with pytest.raises(Wrong) as caught:
        explore(write(tmp_path, *ALLOWED["lost update"]), bound=0, random=1000)
    assert choices(caught.value).count(":") == 1


PANICS = 'if (get(&x)) panic("who", "what");'
BUSY = "for (u32 i = 0; i < 5; i++) set(&z, i);"


@pytest.mark.parametrize("bound, random", [(1, 0), (0, 1000)])
def test_a_failure_is_told_without_harts_that_do_not_matter(explore, tmp_path, bound, random):
    """One that is busy with something else before; one that has to end, too."""
    bodies = [BUSY, "seen[0] = get(&y); if (seen[0] != get(&y)) panic(\"who\", \"what\");", "set(&y, 1);"]
    with pytest.raises(Crash) as caught:
        explore(write(tmp_path, bodies, "true"), bound=bound, random=random)
    story = open(caught.value.log).read()
    assert "hart 1" in story and "hart 2" in story and "hart 0" not in story, story
    assert "hart 2  set " in story and "atomic32_" not in story, story  # who calls the accessors
    lost, final = ALLOWED["lost update"]
    with pytest.raises(Wrong) as caught:
        explore(write(tmp_path, [*lost, BUSY], final), bound=bound, random=random)
    story = open(caught.value.log).read()
    assert "hart 2 takes no part" in story and "  hart 2  " not in story, story


def test_a_failure_is_told_in_as_few_steps_as_it_takes(explore, tmp_path):
    """The long way round is found first, for hart 0 is the first to go."""
    bodies = [f"{BUSY} {PANICS}", f"set(&x, 1); {BUSY}", PANICS]
    with pytest.raises(Crash) as caught:
        explore(write(tmp_path, bodies, "true"), bound=0)
    story = open(caught.value.log).read().splitlines()
    assert not [line for line in story if line.startswith("  hart 0") or " z = " in line], story


def test_what_was_made_small_fails_as_before(explore, tmp_path):
    """Not in some other way, which would be shorter."""
    bodies = ['if (get(&y)) { set(&z, 1); set(&z, 2); if (get(&x)) panic("late", "it"); }', "set(&x, 1); set(&y, 1);",
              'if (get(&z) == 1) panic("early", "it");']
    with pytest.raises(Crash, match="late: it"):
        explore(write(tmp_path, bodies, "true"), bound=2)


def test_another_seed_gives_other_runs_and_the_same_seed_the_same(explore, tmp_path):
    path = write(tmp_path, *FORBIDDEN["a lock"])
    steps = [explore(path, bound=0, random=300, seed=seed).steps for seed in (1, 1, 2)]
    assert steps[0] == steps[1] != steps[2]


def test_the_bound_is_bounded(explore, tmp_path):
    path = write(tmp_path, *FORBIDDEN["coherence"])
    assert explore(path, bound=BOUND_MAX, complete=True).finished == BOUND_MAX
    with pytest.raises(ValueError, match="0 to 23"):
        explore(path, bound=BOUND_MAX + 1)


def test_too_few_interleavings_are_no_pass(explore, tmp_path):
    with pytest.raises(Failure, match="at least 1,000,000 interleavings"):
        explore(write(tmp_path, *FORBIDDEN["a lock"]), bound=1, least=1000000)
