"""The race detector (kernel/diag/races_on/races.h), and nothing for it to find.

Its kernel does up to twenty times the work of the other, so an instruction takes an
eighth of the time here (shift 0): the chaos harts come about as often in a
program's life as in test_kernel.py.
"""

import re

import pytest

from grade.budget import seeds, size
from grade.harness import build, require
from grade.harness.chaos import with_workers
from grade.harness.lab import find_lab
from grade.harness.verdict import Crash
from grade.kernel.test_kernel import PROGRAMS, manifest_of
from grade.kernel.test_stress import CHAOS, ROOM, finish, image_of

RACE = re.compile(r"panic: hart \d+: races: hart (\d+) (?:reads|writes) .+? in (.+?), "
                  r"hart (\d+) (?:reads|writes) it(?: atomically)? in (.+?), and nothing orders the two")
PLACE = re.compile(r"\w+ \(\w+\.[ch]:\d+\)( in \w+)?")
WORKERS = (2, 4)
SHIFT = 0
MUTANT_SEEDS = range(1, 6)

# What is left out or too weak: file, text, what stands there instead; and a
# function that is one of the two places.
MUTANTS = {
    "lock-left-out": (
        "kernel/obj/object.c",
        "\tspin_lock(&p->lock);\n\tlink_insert_after(&p->free, &o->hash);\n"
        "\tatomic64_add_relaxed(&p->used, ~0ul);\n\tspin_unlock(&p->lock);\n",
        "\tlink_insert_after(&p->free, &o->hash);\n\tatomic64_add_relaxed(&p->used, ~0ul);\n",
        "header_"),
    "released-early": (
        "kernel/sched/timed.c", "\tspin_lock(&r->lock);\n\ttimed_wake_locked(r, now);",
        "\tspin_lock(&r->lock);\n\tspin_unlock(&r->lock);\n\ttimed_wake_locked(r, now);", ""),
    "acquire-relaxed": (
        "solutions/03-mrow-locks/mrow.c", "atomic32_cas_acquire", "atomic32_cas_relaxed", ""),
}


@pytest.mark.parametrize("seed", seeds("races.stress"))
@pytest.mark.parametrize("workers", WORKERS)
def test_the_stress_has_no_race(boot, workers, seed):
    finish(boot(reference=True, races=True, image=image_of(seed), seed=seed, shift=SHIFT, limit=60000,
                **with_workers(workers, ROOM[workers], CHAOS)), "the same schedule again")


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("program", PROGRAMS[:size("races.programs")])
def test_a_program_has_no_race(boot, program, workers):
    require(boot(reference=True, races=True, image=manifest_of(program, 1), seed=1, shift=SHIFT, limit=60000,
                 **with_workers(workers)).finish())


def race_of(boot, kernel, seed):
    """What the stress says of a race under this schedule, or nothing."""
    try:
        boot(kernel=kernel, reference=True, image=image_of(seed), seed=seed, shift=SHIFT, limit=60000,
             **with_workers(4, ROOM[4], CHAOS)).finish()
    except Crash as crash:
        return crash.happened
    return ""


def expect_race(boot, kernel, place=""):
    """One of a few schedules ends in a race, as the mutant is one under some of
    them; one of its places is in that function."""
    said = next(filter(None, (race_of(boot, kernel, seed) for seed in MUTANT_SEEDS)), "")
    found = RACE.search(said)
    assert found and found[1] != found[3], said or "no race"
    places = found[2], found[4]
    assert all(PLACE.fullmatch(p) for p in places) and any(place in p for p in places), said


@pytest.mark.parametrize("name", MUTANTS)
def test_a_race_is_found_and_both_places_named(boot, tmp_path, name):
    file, old, new, place = MUTANTS[name]
    expect_race(boot, build.mutant(tmp_path, file, old, new, debug=False, races=True), place)


def test_a_race_in_a_submission_is_found(boot, tmp_path):
    lab = find_lab(3)
    for name in lab.files:
        text = (lab.solution / name).read_text()
        (tmp_path / name).write_text(text.replace("atomic32_add_release", "atomic32_add_relaxed"))
    expect_race(boot, build.kernel(lab, tmp_path, debug=False, races=True))
