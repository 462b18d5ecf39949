"""The driver of the disk and a device that is beside it: fences, slots, and the
last look (kernel/dev/virtio.c, virtio_blk.c)."""

import re

import pytest

from grade import budget
from grade.harness.verdict import Failure

QUEUE, BLK = "kernel/dev/virtio.c", "kernel/dev/virtio_blk.c"
DEEPER = budget.size("explore.bounds") - 1

# options of the scenario: bound, interleavings at least
HOLDS = {
    "": (2, 10000), "requests=1": (3, 50000), "indirect=0": (2, 10000), "requests=3": (1, 500),
    "harts=4 requests=1": (1, 4000),
}
RACE, LOST = "a data race", "waits for ever|is done 0 times"

# name: options, file, old text, new text, what the failure says
MUTANTS = {
    "it counts before its place is filled in": (
        "", QUEUE, "\tio_fence(); /* the chain and its place, before it counts */\n", "",
        f"{RACE}|what it was not asked|before its transfer|request . failed|{LOST}|wild access"),
    "what is counted, read before the index": (
        "", QUEUE, "\tio_fence(); /* the index, before what it counts */\n", "", RACE),
    "the device is told too early": (
        "", QUEUE, "\tio_fence();\n\tput(v, R_NOTIFY, 0);", "\tput(v, R_NOTIFY, 0);", LOST),
    "quieted after the last look": (
        "", BLK, "\tlook_after(true);\n\tu64 now = time_now();\n\tif (serve_some(now) != TIME_NEVER)\n"
        "\t\ttimed_alarm(now);\n",
        "\tu64 now = time_now();\n\tif (serve_some(now) != TIME_NEVER)\n\t\ttimed_alarm(now);\n\tlook_after(true);\n",
        LOST),
    "the line stays masked": ("", BLK, "\tif (unmask)\n\t\tirq_unmask(virtio.line);\n", "\t(void)unmask;\n", LOST),
    "who found no slot is not given one": (
        "indirect=0", BLK, "\tbool tell = give_locked();\n\tbool unmask", "\tbool tell = false;\n\tbool unmask", LOST),
    "taken outside the lock": (
        "", BLK, "\tspin_lock(&lock);\n\tif (!gone)\n\t\tr = take_used_locked();\n",
        "\tif (!gone)\n\t\tr = take_used_locked();\n\tspin_lock(&lock);\n", RACE),
    "the youngest is taken for the oldest": (
        "", QUEUE, "v->used->ring[v->taken & (v->size - 1)].head", "v->used->ring[(v->given - 1) & (v->size - 1)].head",
        "what it was not asked|done . times|before its transfer|request . failed"),
}


def numbers(options):
    return dict(option.split("=") for option in options.split())


@pytest.mark.parametrize("options", HOLDS)
def test_every_request_is_done_once(explore, options):
    bound, least = HOLDS[options]
    print(explore("virtio", bound=bound + DEEPER, random=1000, least=least, options=numbers(options), reference=True))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(explore, name):
    options, file, old, new, says = MUTANTS[name]
    with pytest.raises(Failure) as caught:
        explore("virtio", bound=2, options=numbers(options), mutant=(file, old, new))
    assert re.search(says, caught.value.happened), caught.value.happened
