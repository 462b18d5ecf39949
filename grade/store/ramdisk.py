"""Power cuts at each write to the RAM disk, all the same every time.

A run on the RAM disk is deterministic, so `cut=N`, with which the power goes
when the N-th write is about to be done, gives the disk as it is after N - 1 of
them; and this disk, given to QEMU again, the next run of a chain of crashes.
The kernel is not asked what it wrote: its memory is read from outside.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from checkimage import objects  # noqa: E402
from diskformat import Kind  # noqa: E402

from grade.harness.verdict import Wrong  # noqa: E402
from grade.store import snapshot  # noqa: E402
from grade.store.record import Memory, require_durable, require_sound  # noqa: E402
from grade.store.sweep import write_disk  # noqa: E402

WRITES = "disk_counts.writes.v"  # the kernel's count of them
FLUSHES = "disk_counts.flushes.v"
NEVER = 999_999


def _boot(boot, image, number, append="", **options):
    """The boot argument has always the same length, or it were another run: its
    first timer would come an instruction or two later."""
    return boot(image=image, append=f"{append} cut={number:06}", **options)


def count_writes(boot, image, **options):
    """How many writes the workload of an image does, to its end."""
    with _boot(boot, image, NEVER, **options) as machine:
        machine.finish()
        return machine.symbol(WRITES)


def cut(boot, image, number, **options):
    """The disk (.blocks, .read) that a power cut at the number-th write of the
    run of this image leaves; and the path of a copy, to go on from.  Wrong:
    something is not there that the workload was told is durable."""
    disk, path, text, _ = _cut(boot, image, number, **options)
    require_durable(text, disk, f"the disk after a cut at write {number}")
    return disk, path


def _cut(boot, image, number, **options):
    """(disk, path of a copy, what was printed, flushes asked for)."""
    with _boot(boot, image, number, **options) as machine:
        log, path = machine.finish(), machine.artefacts.folder / "cut.img"
        disk = Memory(machine.ramdisk())
        write_disk(disk, path)
        return disk, path, log.text, machine.symbol(FLUSHES)


def forget_unflushed(boot, image, number, **options):
    """A cut at the number-th write, as it were if the disk kept in a cache what
    is not flushed: the workload's words are those of that cut, the disk is that
    of the earliest since the last flush.  Wrong: as cut().

    Only where the disk needs no time: then a write is done when it is asked for.
    """
    disk, _, text, flushes = _cut(boot, image, number, **options)
    for earlier in range(number - 1, 0, -1):
        before, _, _, count = _cut(boot, image, earlier, **options)
        if count < flushes:
            break
        disk = before
    require_durable(text, disk, f"the disk after a cut at write {number}, but for what was not flushed,")


class Timeline:
    """The disks that cuts at ever later writes of one run leave: each sound,
    each generation one logical state, and no generation lost.

    It takes many runs to cut one, and about one in a hundred and fifty is a
    little off: so a generation is known by the moment of its snapshot, too.
    """

    def __init__(self):
        self.generation = 0  # of the disk looked at last
        self._expected = {}  # {(generation, ticks): objects, journal aside}

    def look(self, what, disk):
        """The checker's Report.  Wrong: this disk cannot be."""
        report, found = require_sound(disk, what), objects(disk, journal=False)
        moment = report.generation, report.root["ticks"]
        known = moment in self._expected
        if report.generation < self.generation and (known or not self._has_seen(report.generation)):
            raise Wrong(f"{what} to be of generation {self.generation}, which was committed before",
                        f"it is of generation {report.generation}")
        fault = "" if known else snapshot.fault_of(disk)
        if fault:
            raise Wrong(f"{what} to hold a snapshot of the workload", fault)
        expected = self._expected.setdefault(moment, found)
        for name in sorted(found.keys() | expected.keys()):
            if found.get(name) != expected.get(name):
                raise Wrong(f"one state of generation {report.generation}",
                            f"{what} differs from it in {Kind(name[0]).name} {name[1]}")
        self.generation = max(self.generation, report.generation)
        return report

    def _has_seen(self, generation):
        return any(generation == seen for seen, _ in self._expected)
