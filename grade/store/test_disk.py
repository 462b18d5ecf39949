"""The disk (kernel/dev/disk.h): a virtio block device and the boot image in memory.

grade/store/disk.c, linked into the kernel, writes blocks behind the image's,
flushes, and reads them back, hundreds at once; what came of it is read from
the kernel's memory, and what was written from the disk.
"""

import json
import struct
from pathlib import Path

import pytest

from grade.harness import build, expect_equal, expect_that

ROOT = Path(__file__).parents[2]
BLOCK = 4096
LINE = 8  # of the first virtio-mmio slot, which QEMU fills first
READ, WRITE, FLUSH = range(3)


class Disk:
    """A raw image: the boot image, then `count` blocks of the test's own."""

    def __init__(self, folder, count, odd=0):
        image = build.image(ROOT / "user/image.toml").read_bytes()
        self.first, self.count = len(image) // BLOCK, count
        self.path = folder / "disk.img"
        self.path.write_bytes(image + bytes(count * BLOCK + odd))

    @property
    def append(self):
        return f"count={self.count} block={self.first}"

    def written(self, rounds=1):
        """The blocks that hold what the scenario wrote in its last round."""
        with self.path.open("rb") as f:
            f.seek(self.first * BLOCK)
            return [f.read(BLOCK) == content(i, rounds) for i in range(self.count)]


def content(i, rounds):
    value = rounds << 32 | (i + 1)
    return struct.pack("<512Q", *range(value, value + BLOCK // 8))


@pytest.fixture
def disk(boot):
    return lambda count=300, odd=0: Disk(boot.folder, count, odd)


@pytest.fixture
def start(boot):
    """Boots the scenario on a disk: behind virtio, or as the RAM disk."""

    def starter(disk, append="", ram=False, **options):
        where = {"image": disk.path} if ram else {"disk": disk.path}
        options.setdefault("limit", 60_000)
        options.setdefault("extra", ())
        return boot(scenario="disk.c", append=f"{disk.append} {append}", reference=True, **where, **options)

    return starter


def results(machine, rounds=1, count=300, failed=(0, 0, 0)):
    """Every request was done, once, as it should be; so many of them failed."""
    for op, name in enumerate(("reads", "writes", "flushes")):
        number = rounds * (1 if op == FLUSH else count)
        expect_equal(f"{name} done", machine.symbol(f"disk_test.done[{op}]"), number)
        expect_equal(f"{name} failed", machine.symbol(f"disk_test.failed[{op}]"), failed[op])
    for what in ("twice", "wrong"):
        expect_equal(what, machine.symbol(f"disk_test.{what}"), 0, look="grade/store/disk.c")
    # The kernel may have looked for an object of its own meanwhile.
    counted = machine.symbol("disk_counts.failed.v")
    expect_that(sum(failed) <= counted <= sum(failed) + 2, f"{sum(failed)} to have failed, as the kernel counts",
                f"{counted} have")


SIZES = {"as it comes": "", "8": "queue-size=8", "1024": "queue-size=1024",
         "direct": "indirect_desc=off", "8, direct": "indirect_desc=off,queue-size=8"}


@pytest.mark.parametrize("name", SIZES)
def test_virtio_writes_and_reads_back(name, disk, start):
    d = disk()
    options = SIZES[name].split(",") if SIZES[name] else []
    extra = tuple(x for o in options for x in ("-global", f"virtio-blk-device.{o}"))
    machine = start(d, "rounds=3", smp=2, extra=extra)
    machine.finish()
    results(machine, rounds=3)
    assert all(d.written(rounds=3))
    expect_equal("done() calls elsewhere than out of resched()", machine.symbol("disk_test.elsewhere"), 0)
    most = machine.symbol("disk_counts.most.v")
    expect_that(300 <= most <= 302, "300 at once, and at most one or two of the kernel's own", f"{most} at once")
    assert machine.symbol(f"irq_acknowledged[{LINE}]") >= 1, "no interrupt of the disk's was taken"


def test_virtio_on_parallel_harts(disk, start):
    d = disk()
    machine = start(d, "rounds=20", smp=2, parallel=True)
    machine.finish()
    results(machine, rounds=20)
    assert all(d.written(rounds=20))


@pytest.mark.parametrize("slow", (0, 50, 2000))
@pytest.mark.parametrize("smp", (1, 4))
def test_the_ram_disk_writes_and_reads_back(slow, smp, disk, start, seed):
    d = disk()
    chaos = "chaos=30" if smp > 1 else ""
    machine = start(d, f"rounds=2 slow={slow} {chaos}", ram=True, smp=smp)
    machine.finish()
    results(machine, rounds=2)
    overtaken = machine.symbol("disk_test.overtaken")
    assert (overtaken > 100) == (slow > 0), f"{overtaken} requests were overtaken"
    expect_equal("done() calls elsewhere", machine.symbol("disk_test.elsewhere") > 0, slow == 0)


FAULTS = {
    # boot argument: reads, writes, flushes that fail, of 300, 300 and 1
    "fail_write=7": (0, 1, 0),
    "fail_writes=290": (0, 11, 0),
    "fail_flush=1": (0, 0, 1),
    "gone={boot}": (201, 0, 0),
    "fail_read={first}": (1, 0, 0),
}


@pytest.mark.parametrize("ram", (False, True), ids=("virtio", "ram"))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_purpose_fails_what_it_names(fault, ram, disk, start):
    d = disk()
    name, number = fault.split("=")
    boots_reads = 0
    if name == "gone":
        clean = start(d, "slow=50", ram=ram)
        clean.finish()
        boots_reads = clean.symbol("disk_counts.reads.v") - 300
    number = number.format(first=d.first + 5, boot=boots_reads + 401)
    machine = start(d, f"slow=50 {name}={number}", ram=ram)
    machine.finish()
    reads, *others = FAULTS[fault]
    if name == "gone":  # what is read before the test begins is not the same each time, if a host's disk answers
        reads += machine.symbol("disk_counts.reads.v") - 300 - boots_reads
    results(machine, failed=(reads, *others))
    if name == "fail_read":
        expect_equal("the block", machine.symbol("disk_test.last_failed"), d.first + 5)
    if name == "fail_write" and not ram:
        expect_equal("blocks written", sum(d.written()), 299)


@pytest.mark.parametrize("argument", ("cut", "cut_soon"))
def test_the_power_fails_at_a_write(argument, disk, start):
    d = disk()
    machine = start(d, f"{argument}=100")
    log = machine.finish()
    assert "the power fails at write 100" in log.text, log.text
    expect_equal("writes submitted", machine.symbol("disk_counts.writes.v"), 100)
    assert not any(d.written()[99:]), "a write from the 100th on reached the disk"


def with_errors(d, rules, states=None):
    """QEMU options: the disk behind blkdebug, which makes errors by rules."""
    debug = {"driver": "blkdebug", "inject-error": rules,
             "image": {"driver": "file", "filename": str(d.path)}}
    if states:
        debug["set-state"] = states
    node = {"driver": "raw", "node-name": "errors", "file": debug}
    return ("-blockdev", json.dumps(node), "-device",
            "virtio-blk-device,drive=errors,werror=report,rerror=report")


def test_errors_of_the_device_fail_the_request(disk, start, boot):
    d = disk()
    bad = {"event": "none", "errno": 5, "sector": (d.first + 9) * 8}
    rules = [bad | {"iotype": "write", "sector": (d.first + 9) * 8},
             bad | {"iotype": "read", "sector": (d.first + 11) * 8},
             {"event": "none", "errno": 5, "iotype": "flush"}]
    machine = boot(scenario="disk.c", reference=True, append=d.append, extra=with_errors(d, rules),
                   parallel=True, limit=60_000)
    machine.finish()
    results(machine, failed=(1, 1, 1))
    expect_equal("blocks written", [i for i, ok in enumerate(d.written()) if not ok], [9])


@pytest.mark.parametrize("n", (1, 2, 40))
def test_the_nth_write_meets_an_error(n, disk, boot):
    d = disk()
    states = [{"event": "pwritev", "state": i, "new_state": i + 1} for i in range(1, n)]
    rules = [{"event": "pwritev", "state": n, "errno": 5, "once": True}]
    machine = boot(scenario="disk.c", reference=True, append=d.append, extra=with_errors(d, rules, states),
                   parallel=True, limit=60_000)
    machine.finish()
    failed = machine.symbol("disk_test.failed[1]")
    assert failed == 300 - sum(d.written()) >= 1
    results(machine, failed=(0, failed, 0))


HOSTILE = {1: "what it was not asked", 2: "what it was not asked", 3: "more than it was asked", 4: "needs a reset"}


@pytest.mark.parametrize("after", (0, 1, 150))
@pytest.mark.parametrize("how", HOSTILE)
def test_a_device_that_breaks_the_rules_is_stopped_for_good(how, after, disk, start):
    d = disk()
    machine = start(d, f"hostile={how} after={after}", smp=2)
    log = machine.finish()
    expect_equal("times it is said", log.text.count("it is not used any more"), 1)
    assert HOSTILE[how] in log.text
    failed = [machine.symbol(f"disk_test.failed[{op}]") for op in (READ, WRITE, FLUSH)]
    assert failed[READ] == 300 and failed[FLUSH] == 1, failed
    # All writes may be given before the chain that the device cannot follow.
    assert failed[WRITE] > 0 or how == 4, failed
    results(machine, failed=tuple(failed))


def test_a_flush_that_no_device_needs_is_done_at_once(disk, start):
    d = disk()
    off = ("-global", "virtio-blk-device.config-wce=off", "-global", "virtio-blk-device.write-cache=off")
    machine = start(d, extra=off)
    machine.finish()
    results(machine)
    assert all(d.written())


def test_an_old_device_is_refused(disk, start):
    d = disk()
    log = start(d, extra=("-global", "virtio-mmio.force-legacy=true")).finish(status=101)
    assert "QEMU needs -global virtio-mmio.force-legacy=false" in log.text


def test_no_disk_is_refused(boot):
    log = boot(reference=True).finish(status=101)
    assert "-initrd IMAGE" in log.text


def test_a_disk_of_less_than_a_block_is_refused(boot):
    path = boot.folder / "disk.img"
    path.write_bytes(bytes(1024))
    log = boot(reference=True, disk=path).finish(status=101)
    assert "2 sectors" in log.text and "less than a block" in log.text


def test_a_piece_of_a_block_at_the_end_is_left_alone(disk, start):
    d = disk(odd=1536)
    machine = start(d)
    log = machine.finish()
    results(machine)
    assert "the last 3 sectors are no block" in log.text
    assert all(d.written())
