"""The image checker: what is sound, and objects that contradict each other."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from disk_sample import (  # noqa: F401
    built, disk_of, folder, journal, migrated, put, refusal, root_of, running, state, with_root,
)  # fmt: skip
from image_sample import ROOT

import diskread
from checkimage import Bytes, File, Overlay, check, objects
from diskformat import BLOCK, SECTOR, CapType, Kind, Slot
from diskimage import Cap, lay_out, read_image, save_image, write_image


# What is sound.


def test_the_three_states_hold_the_same_objects(built):
    wanted = objects(disk_of(*reversed(lay_out(built))))
    assert len(wanted) == sum(map(len, built.table))
    assert wanted[Kind.page, 98] == (3, bytes(BLOCK))
    assert objects(disk_of(*reversed(migrated(built)))) == wanted
    disk = disk_of(*reversed(running(built)))
    assert objects(disk, journal=False) == wanted
    first, second, _ = sorted(built.pages)[:3]
    wanted[Kind.page, first] = (0, b"j" * BLOCK)
    wanted[Kind.page, second] = (0, b"k" * BLOCK)
    assert objects(disk) == wanted


def test_report(built):
    blocks, contents = running(built)
    report = check(disk_of(contents, blocks))
    first, second = sorted(built.pages)[:2]
    assert (report.generation, report.sequence, report.epoch) == (7, 2, 3)
    assert report.processes == built.runnable
    assert report.journaled == {first: 41, second: 42}
    assert sum(report.in_log) + sum(report.at_home) == sum(map(len, built.table))
    assert report.other_root == "root 1 has sequence 1, generation 1"
    root = root_of(contents)
    assert root["log_tail"] > root["log_head"], "this sample's log goes round its end"
    assert report.log_used == (root["log_head"] - root["log_tail"]) % root["log_blocks"]


def test_round_trip_of_what_the_log_and_home_hold(built):
    blocks, contents = migrated(built)
    again = read_image(disk_of(contents, blocks))
    assert again == replace(built, sequence=2)


def test_of_several_journal_records_the_greatest_counts(built):
    blocks, contents = running(built)
    page = sorted(built.pages)[0]
    journal(contents, 3, 50, page, b"m" * BLOCK)
    journal(contents, 4, 49, page, b"n" * BLOCK)
    disk = disk_of(contents, blocks)
    assert check(disk).journaled[page] == 50
    assert objects(disk)[Kind.page, page] == (0, b"m" * BLOCK)


def test_a_page_made_anew_since_is_another(built):
    blocks, contents = running(built)
    clean = objects(disk_of(contents, blocks))
    journal(contents, 3, 50, 97, b"m" * BLOCK, version=3)
    disk = disk_of(contents, blocks)
    assert 97 not in check(disk).journaled
    assert objects(disk) == clean


def test_a_torn_journal_record_does_not_count(built):
    blocks, contents = running(built)
    page = sorted(built.pages)[1]
    start = root_of(contents)["journal_start"]
    for block, at in ((start + 2, 8), (start + 3, 4000)):
        torn = dict(contents)
        put(torn, block, at, b"torn")
        assert page not in check(disk_of(torn, blocks)).journaled


def test_the_other_root_counts_where_one_is_torn(state):
    blocks, contents = state
    old = root_of(contents)
    contents = with_root(contents, sequence=old["sequence"] + 1, generation=old["generation"] + 1)
    assert check(disk_of(contents, blocks)).generation == old["generation"] + 1
    slot = (old["sequence"] + 1) % 2
    for sectors in range(1, BLOCK // SECTOR):
        before = {**contents, slot: b"\xa5" * BLOCK}
        put(before, slot, 0, contents[slot][: sectors * SECTOR])
        report = check(disk_of(before, blocks))
        assert report.generation == old["generation"]
        assert report.other_root.startswith(f"root {slot} does not have the checksum")
    gone = {**contents, 0: b"\xa5" * BLOCK, 1: b"\xa5" * BLOCK}
    assert refusal(disk_of(gone, blocks)).startswith("no valid root: root 0 has magic ")


# Contradictions between objects.


def cap(*args, **kwargs):
    return lambda image: image.nodes[49].slot.__setitem__(5, Cap(*args, **kwargs))


def field(kind, oid, name, value):
    return lambda image: setattr(image.table[kind][oid], name, value)


WRONG = {
    "hook": (cap(CapType.hook), "slot 5: a capability of type 17 is never on a disk"),
    "type": (cap(200), "a capability of type 200 is never on a disk"),
    "rights": (cap(CapType.page, rights=1), "rights 0x1 do not exist"),
    "no such page": (cap(CapType.page, oid=100), "node 49, slot 5: page 100: only 100 of them exist"),
    "no such process": (cap(CapType.start, oid=8), "start 8: only 8 of them exist"),
    "page of the future": (cap(CapType.page, version=4, oid=98), "page 98 of version 4, which is only at 3"),
    "null page of the future": (
        cap(CapType.page, version=1, oid=90), "page 90 of version 1, which is only at 0"),
    "node of the future": (
        cap(CapType.meter, version=6, oid=49), "meter 49 of version 6, which is only at 5"),
    "process of the future": (
        cap(CapType.start, version=5, oid=0), "start 0 of version 5, which is only at 4"),
    "call of the future": (cap(CapType.resume, version=10, oid=0), "resume 0 of call 10"),
    "call of one that runs": (cap(CapType.resume, version=0, oid=1), "resume 1 of call 0"),
    "high call": (cap(CapType.resume, badge=1, oid=0), "resume 0 of call 4294967296"),
    "range kind": (cap(CapType.range, badge=3), "a range of kind 3"),
    "range": (cap(CapType.range, badge=0, oid=99, version=2), "a range up to 100, past the last page"),
    "priority": (cap(CapType.schedule, badge=16), "priority 16 is above 15"),
    "quantum": (cap(CapType.schedule, oid=10_000_001), "a quantum of 10000001 ticks is above 10000000"),
    "line": (cap(CapType.irq, oid=62), "interrupt line 62 is not in 1 to 61"),
    "epoch": (cap(CapType.irq, oid=1, version=2), "irq 1 of epoch 2, it is only 1"),
    "devpage": (cap(CapType.devpage, oid=0x1001), "the device page 0x1001 is not the address of a page"),
    "wait": (cap(CapType.wait, oid=16), "wait queue 16 is above 15"),
    "span": (field(Kind.node, 49, "span", 13), "its slots span 13 bits"),
    "wide span": (field(Kind.node, 49, "span", 32), "its slots span 32 bits"),
    "state": (field(Kind.process, 1, "state", 3), "state 3 does not exist"),
    "fault": (field(Kind.process, 1, "fault", 14), "fault 14 does not exist"),
    "resting": (field(Kind.process, 1, "resting", 1), "it is running, and resting is 1"),
    "calls": (field(Kind.process, 0, "calls", 1 << 48), "call count 281474976710656 has more than 48 bits"),
    "long name": (field(Kind.process, 0, "name", "x" * 16), "its name does not end in a zero byte"),
    "x0": (lambda image: image.processes[1].regs["x"].__setitem__(0, 1), "its register x0 is not 0"),
    "register 0": (lambda image: image.processes[1].cap.__setitem__(0, Cap(CapType.discrim)),
                   "its capability register 0 is not void"),
    "keeper": (lambda image: image.processes[1].slot.__setitem__(Slot.keeper, Cap(CapType.start, oid=9)),
               "process 1 (client), slot keeper: start 9: only 8 of them exist"),
    "not listed": (lambda image: image.runnable.clear(), "process 1 is running, but not in the process list"),
    "listed twice": (lambda image: image.runnable.append(1), "the process list names a process twice"),
    "listed": (lambda image: image.runnable.append(0), "names process 0, which is not running"),
    "listed null": (lambda image: image.runnable.append(7), "names process 7, which is not running"),
    "listed none": (lambda image: image.runnable.append(1 << 40), "which is not running"),
}  # fmt: skip


@pytest.mark.parametrize("place", (lay_out, migrated), ids=("log", "home"))
@pytest.mark.parametrize("what", WRONG)
def test_contradictions_of_objects(built, what, place):
    change, message = WRONG[what]
    change(built)
    blocks, contents = place(built)
    assert message in refusal(disk_of(contents, blocks))


# Variations of one disk are cheap, and do not disturb each other.


def test_overlays_do_not_disturb_each_other(built):
    blocks, contents = migrated(built)
    base = disk_of(contents, blocks)
    home = root_of(contents)["home_start"][Kind.page]
    clean = objects(base)
    for oid in built.pages:
        assert f"page {oid} at home" in refusal(Overlay(base, {home + oid: b"?" * BLOCK}))
        assert objects(base) == clean
    grown = Overlay(base, {blocks + 3: b"?" * BLOCK})
    assert grown.blocks == blocks + 4 and grown.read(blocks + 1) == bytes(BLOCK)
    assert objects(grown) == clean


def test_only_what_differs_is_computed_again(built, monkeypatch):
    """The cost of a variation, counted in checksums."""
    blocks, contents = migrated(built)
    base = disk_of(contents, blocks)
    check(base)
    made = []
    for name in ("block_crc", "infos"):
        memo = getattr(diskread, name)
        monkeypatch.setattr(memo, "make", lambda key, make=memo.make: made.append(key) or make(key))
    check(base)
    assert made == []
    home = root_of(contents)["home_start"][Kind.page] + 97
    refusal(Overlay(base, {home: b"q" * BLOCK}))
    assert made == [b"q" * BLOCK]


# The command, and files.


def run_tool(*args):
    tool = [sys.executable, str(ROOT / "tools" / "checkimage.py")]
    return subprocess.run(tool + [str(arg) for arg in args], capture_output=True, text=True)


def test_used_blocks_of_a_file_with_holes(built, tmp_path):
    blocks, contents = running(built)
    path = tmp_path / "a.img"
    with open(path, "wb") as file:
        for block, data in contents.items():
            file.seek(block * BLOCK)
            file.write(data)
        file.truncate(blocks * BLOCK)
    disk = File(path)
    filled = {block for block, data in contents.items() if any(data)}
    assert filled <= set(disk.used(0, blocks)) < set(range(blocks))
    assert [block for block in disk.used(1, 9)] == [block for block in disk.used(0, blocks) if 1 <= block < 9]
    overlay = Overlay(disk, {100: b"?" * BLOCK, blocks + 2: b"?" * BLOCK})
    assert set(overlay.used(0, blocks)) == set(disk.used(0, blocks)) | {100}
    assert objects(disk) == objects(disk_of(contents, blocks))


def test_command(built, tmp_path):
    path = tmp_path / "a.img"
    save_image(built, path)
    assert path.read_bytes() == write_image(built)
    assert objects(File(path)) == objects(Bytes(path.read_bytes()))
    done = run_tool(path)
    assert (done.returncode, done.stderr) == (0, "")
    for text in (f"{path}: generation 1, root sequence 1, epoch 1", "root 0 is empty",
                 "processes with work to do: 1", "journal: 0 records count"):  # fmt: skip
        assert text in done.stdout
    line = run_tool("--line", path).stdout
    assert line.count("\n") == 1 and "generation 1, epoch 1, 1 process with work to do" in line


def test_command_refuses_with_one_line(built, tmp_path):
    path = tmp_path / "a.img"
    for content in (b"", b"not an image", bytes(BLOCK), write_image(built)[:-BLOCK]):
        path.write_bytes(content)
        done = run_tool(path)
        assert done.returncode == 1 and done.stdout == ""
        assert done.stderr.startswith(f"checkimage: {path}: ") and done.stderr.count("\n") == 1
    assert run_tool(tmp_path / "none").returncode == 1
