"""Checkpoints, seen from a workload that knows what every snapshot of it looks like.

user/tests/ckptload.c checks itself in each round and after each restart.  What it
says is not enough: the RAM disk is read out of the guest's memory and checked on
the host, and the machine is started again from it.
"""

import re
import sys
from pathlib import Path

import pytest

from grade.harness import Wrong, expect_equal, expect_that, require
from grade.harness.chaos import with_workers
from grade.harness.verdict import Crash, Timeout
from grade.store.record import Memory
from grade.store.sweep import write_disk

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from checkimage import check  # noqa: E402

ROUNDS = 40
# name: (harts that work, boot arguments)
MACHINES = {
    "plenty": (1, ""),
    "late": (1, "slow=300"),
    "few-pages": (1, "pages=12 jobs=4 slow=100"),
    "few-nodes": (1, "nodes=30 requests=1"),
    "2-workers": (2, "slow=200"),
    "4-workers-few": (4, "pages=40 processes=15 nodes=96 slow=200 requests=2"),
}


def manifest(folder, name="ckptload", **changes):
    """The workload's manifest with other numbers in its kit or its image."""
    text = (ROOT / f"user/tests/{name}.toml").read_text()
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def says(run, pattern):
    """What the workload, or the kernel, printed."""
    if not re.search(pattern, run.text):
        raise Wrong(f"the line {pattern!r}", f"the last it printed is {run.text.rstrip().splitlines()[-1]!r}")


def sound(machine):
    """The checker's report of the RAM disk, and a copy of it to boot from."""
    disk = Memory(machine.ramdisk())
    path = machine.artefacts.folder / "disk.img"
    write_disk(disk, path)
    return check(disk), path


# The kernel that checks itself at every entry, where it is quick enough.
RUNS = [(name, debug) for name, (workers, _) in MACHINES.items() for debug in (True, False)
        if workers == 1 or not debug]


@pytest.mark.parametrize("machine, debug", RUNS)
def test_it_runs_and_goes_on(boot, tmp_path, machine, debug):
    workers, arguments = MACHINES[machine]
    how = dict(debug=debug, limit=200_000, **with_workers(workers, f"preload=0 {arguments}"))
    run = boot(image=manifest(tmp_path), **how)
    says(run.finish(), rf"ok end: {ROUNDS} rounds")
    report, image = sound(run)
    expect_equal("the newest generation", report.generation, 1 + ROUNDS // 4)
    again = boot(image=image, **how)
    says(again.finish(), rf"ok restart 1: generation {report.generation}, round {ROUNDS}")


def test_a_hundred_generations_through_a_small_log(boot, tmp_path):
    image = manifest(
        tmp_path, rounds=("3 = \"number(40)\", 4 = \"number(4)\"", "3 = \"number(110)\", 4 = \"number(1)\""),
        log=("processes = 24", "processes = 24\nlog = 160"))
    run = boot(image=image, debug=False, limit=200_000, append="preload=0")
    says(run.finish(), "ok end: 110 rounds")
    report, _ = sound(run)
    expect_equal("the newest generation", report.generation, 111)
    written = run.symbol("disk_counts.writes.v")
    if written < 10 * 160:
        raise Wrong("the log to have gone round ten times", f"{written} writes in all")


@pytest.mark.parametrize("fault", ("fail_write=70", "fail_write=120", "fail_flush=3", "fail_flush=5"))
def test_a_write_that_fails_is_tried_again(boot, tmp_path, fault):
    run = boot(image=manifest(tmp_path), debug=True, limit=200_000, append=f"preload=0 slow=100 {fault}")
    log = run.finish()
    says(log, r"disk: (writing|flushing) .*failed; the checkpoint before stands")
    says(log, rf"ok end: {ROUNDS} rounds")
    report, _ = sound(run)
    expect_equal("the newest generation", report.generation, 1 + ROUNDS // 4)


def test_a_disk_that_takes_no_more_leaves_the_last_checkpoint(boot, tmp_path):
    run = boot(image=manifest(tmp_path), debug=True, limit=3_000, append="preload=0 slow=100 fail_writes=150")
    with pytest.raises(Timeout):
        run.finish()
    says(run, r"disk: writing .*failed; the checkpoint before stands")
    report, image = sound(run)
    durable = [int(line.split()[1].rstrip(":")) for line in run.text.splitlines() if line.startswith("durable")]
    expect_equal("the newest generation", report.generation, max(durable))
    again = boot(image=image, debug=True, limit=200_000, append="preload=0")
    says(again.finish(), rf"ok restart 1: generation {report.generation}")


@pytest.mark.parametrize("workers", (1, 2))
def test_a_crowd_is_woken_a_batch_at_a_time(boot, tmp_path, workers):
    """Twenty wait for a checkpoint: no path of the kernel wakes more than sixteen."""
    text = (ROOT / "user/tests/tests.toml").read_text().replace('"invocation"', '"ckptwait"')
    (tmp_path / "crowd.toml").write_text(text)
    run = boot(image=tmp_path / "crowd.toml", scenario=ROOT / "grade/store/crowd.c", debug=False,
               limit=60_000, **with_workers(workers, "slow=50"))
    require(run.finish())
    expect_equal("the most that were woken in one round", run.symbol("crowd_most"), 16)
    expect_that(run.symbol("crowd_woken") >= 20, "twenty to be woken", f"{run.symbol('crowd_woken')} were")


def test_a_small_log_makes_its_own_checkpoints(boot, tmp_path):
    """Nobody asks for one: log pressure does."""
    image = manifest(
        tmp_path, rounds=("4 = \"number(4)\"", "4 = \"number(0)\""),
        log=("processes = 24", "processes = 24\nlog = 64"))
    run = boot(image=image, debug=True, limit=200_000, append="preload=0 pages=16 slow=50")
    says(run.finish(), rf"ok end: {ROUNDS} rounds")
    by_pressure = run.symbol("ckpt.counts")[2]
    if not by_pressure:
        raise Wrong("checkpoints by log pressure", "there was none")
    sound(run)


def test_by_time(boot, tmp_path):
    """Snapshots in the middle of rounds."""
    image = manifest(tmp_path, rounds=("4 = \"number(4)\"", "4 = \"number(0)\""),
                     time=("5 = \"number(0)\"", "5 = \"number(200000)\""))
    run = boot(image=image, debug=False, limit=200_000, append="preload=0 slow=20")
    says(run.finish(), rf"ok end: {ROUNDS} rounds")
    if run.symbol("ckpt.counts")[0] < 3:
        raise Wrong("several checkpoints by time", f"counts by reason: {run.symbol('ckpt.counts')}")
    report, image = sound(run)
    again = boot(image=image, debug=True, limit=200_000, append="preload=0")
    says(again.finish(), r"ok restart 1: generation \d+")


@pytest.mark.parametrize("kind, name", ((0, "page"), (1, "node")))
def test_a_write_that_nobody_reserved_for_is_found(boot, kind, name):
    """The debug kernel compares clean objects with what the disk has."""
    run = boot(scenario="behind.c", image="user/tests/ckptload.toml", debug=True, limit=60_000,
               append=f"behind={kind}")
    with pytest.raises(Crash, match=rf"{name} \d+ is clean, but not what the disk has in block \d+"):
        run.finish()


def test_the_root_says_when_it_was_taken(boot):
    """In real time, by which the clock goes on after a restart: not that of the boot."""
    run = boot(image="user/tests/ckptload.toml", debug=False, limit=200_000, append="preload=0")
    run.finish()
    root = sound(run)[0].root
    began, ticks = run.symbol("real_time"), root["ticks"] - run.symbol("boot_time")
    if not began or ticks < 1000:
        raise Wrong("a machine that knows real time, and a checkpoint a while after the boot", f"{began}, {ticks}")
    expect_equal("ns since 1970 at the snapshot", root["real_time"], began + 100 * ticks)
