"""The power is cut at every write, and everything is there.

The workload (user/tests/ckptload.c) writes the number of the round into each of
its objects in turn, takes checkpoints, and knows what a snapshot looks like.
On the virtio disk its writes are recorded, and the disks that power cuts could
have left are looked at on the host (crash.py, judge.py), some of them booted.
On the RAM disk the power is really cut, at each write, and again when the
machine goes on.
"""

import random

import pytest

from grade.budget import size
from grade.store.ramdisk import Timeline, count_writes, cut, forget_unflushed
from grade.store.record import File, goes_on, record, require_durable, require_end, workload
from grade.store.sweep import Sweep, explain

LIMIT = 60_000
TIMES = 3  # the power is cut in a chain
# Checkpoints that are asked for, or taken by time while everything changes; the
# second is too much for the kernel that checks itself.
RUNS = {
    "asked-1-hart": ("ckptload", dict(smp=1, debug=True)),
    "asked-2-harts": ("ckptload", dict(smp=2, parallel=True, debug=False)),
    "busy-1-hart": ("busy", dict(smp=1, debug=False)),
    "busy-2-harts": ("busy", dict(smp=2, parallel=True, debug=False)),
    "journal-1-hart": ("ckptjournal", dict(smp=1, debug=False)),
}


@pytest.mark.parametrize("run", RUNS)
def test_every_prefix_and_bounded_reorderings(boot, seed, run):
    """Of the disk's writes each prefix; of those between two flushes some
    subsets; roots torn in every place: nothing committed is lost, and no two
    generations are mixed.  Some of the states go on to the workload's end."""
    name, options = RUNS[run]
    options = dict(options, limit=LIMIT)
    recording = record(boot, workload(name), **options)
    swept = Sweep(recording.history(), size("crash.states"), seed)
    result = swept.run(keep=recording.base.parent, processors=1)
    assert result.wrong == 0, "\n".join(explain(result, recording.base.parent))
    assert len(result.generations) > 5 and result.prefixes > 100, str(result)
    for state, generation in swept.draw(size("crash.boots")):
        path = boot.folder / "cut.disk"
        swept.write(state, path)
        goes_on(boot, path, generation, **options)
        path.unlink()


@pytest.mark.parametrize("append", ["", "requests=2"], ids=["many", "few"])
def test_journaled_pages(boot, seed, append):
    """A page that was journaled is there as it was then, or newer."""
    recording = record(boot, workload("journaling"), append=append, limit=LIMIT)
    result = Sweep(recording.history(), size("crash.states"), seed).run(recording.base.parent, processors=1)
    assert result.wrong == 0, "\n".join(explain(result, recording.base.parent))
    assert result.journaled > 20, "the workload is to journal pages"


@pytest.mark.parametrize("name, until", [("ckptload", "durable 6:"), ("ckptjournal", "journaled 40: page 1")])
def test_a_killed_machine(boot, seed, name, until):
    """QEMU is killed; its disk, and those of earlier cuts, go on."""
    recording = record(boot, workload(name), until=until, limit=LIMIT)
    result = Sweep(recording.history(), 0, seed).run(keep=recording.base.parent, processors=1)
    assert result.wrong == 0, "\n".join(explain(result, recording.base.parent))
    what = f"the disk {recording.disk}, when QEMU was killed"
    require_durable(recording.text, File(recording.disk), what)
    goes_on(boot, recording.disk, limit=LIMIT)


RAM = dict(smp=1, debug=False, limit=LIMIT)
# While writes take up to a millisecond each, and few are under way at once,
# everything changes that is to be written.
SLOW = dict(RAM, append="slow=1000 jobs=4")


def some(writes, count):
    """`count` of the numbers from 1 to `writes`, evenly spread: or all."""
    count = min(count, writes)
    return [1 + i * (writes - 1) // max(1, count - 1) for i in range(count)]


@pytest.mark.parametrize("name, options", [("ckptload", RAM), ("busy", SLOW), ("ckptjournal", SLOW)],
                         ids=["asked", "busy", "journal"])
def test_the_ram_disk_at_each_write(boot, name, options):
    """Cuts at ever later writes: each disk is sound, and none older; each
    generation is a snapshot; and whatever was said to be durable is there."""
    image, timeline = workload(name), Timeline()
    for number in some(count_writes(boot, image, **options), size("crash.cuts")):
        disk, path = cut(boot, image, number, **options)
        timeline.look(f"the disk after a cut at write {number}", disk)
        path.unlink()
    assert timeline.generation > 5


def test_what_is_said_to_be_durable_was_flushed(boot, seed):
    """A journaled page does not depend on writes that no flush has made sure."""
    image, dice = workload("ckptjournal"), random.Random(f"{seed} flushed")
    writes = count_writes(boot, image, **RAM)
    for _ in range(size("crash.flushes")):
        forget_unflushed(boot, image, dice.randrange(20, writes), **RAM)


@pytest.mark.parametrize("chain", range(1, size("crash.chains") + 1))
def test_crash_and_restart_and_crash_again(boot, seed, chain):
    """The power goes three times, early and late after each restart, with
    writes done in another order than asked for; then the workload ends well."""
    dice, debug = random.Random(f"{seed} {chain}"), chain == 1
    image = workload("ckptload" if debug else dice.choice(("busy", "ckptjournal")))
    options = dict(RAM, append=f"slow={dice.choice((1, 20, 200, 1000))} jobs={dice.choice((4, 32))}",
                   debug=debug, seed=dice.randrange(1, 1 << 30))
    writes, timeline = count_writes(boot, image, **options), Timeline()
    for time in range(1, TIMES + 1):
        number = dice.randrange(1, writes if time % 2 else 30)
        disk, image = cut(boot, image, number, **options)
        timeline.look(f"the disk after cut {time}, at write {number},", disk)
    require_end(boot(image=image, **options).finish())
