"""The image checker: what it accepts is right, and damage is named."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from disk_sample import (
    disk_of, journal, migrated, put, put_home, root_of, rotated, running, seal_sector, sector_of, with_root,
)
from image_sample import ROOT, build_sample, write_sample

import diskread
from checkimage import Bytes, File, ImageError, Overlay, check, objects
from diskformat import (
    BLOCK, DISK_ENTRY, DISK_ROOT, POT, RECORD, SECTOR, CapType, Kind, Slot, State, checksum, seal_block,
)
from diskimage import Cap, Node, Page, lay_out, read_image, save_image, write_image

FLIPS = 400
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def built(folder):
    """The sample, with an object of each kind that was destroyed and made
    again, one capability to it, and a process that waits for an answer."""
    image = build_sample(folder)
    image.pages[98] = Page(98, bytes(BLOCK), 3)
    image.pages[97] = Page(97, b"p" * BLOCK, 2)
    image.nodes[49] = Node(49, span=16, version=5)
    image.nodes[49].slot[1] = Cap(CapType.page, version=2, oid=98)
    server = image.processes[0]
    server.state, server.calls, server.version = State.waiting, 9, 4
    image.nodes[49].slot[2] = Cap(CapType.resume, version=9, oid=0)
    image.nodes[49].slot[3] = Cap(CapType.resume, version=3, oid=0)
    image.nodes[49].slot[4] = Cap(CapType.page, oid=90)
    return image


STATES = {"first": lay_out, "migrated": migrated, "running": running}


@pytest.fixture(params=STATES)
def state(request, built):
    """(blocks, contents) of a sound disk."""
    return STATES[request.param](built)


def refusal(disk):
    """What the checker says against the disk."""
    with pytest.raises(ImageError) as caught:
        check(disk)
    assert "\n" not in str(caught.value)
    return str(caught.value)


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
    journal(contents, 3, 50, page, b"m" * BLOCK, version=1)
    journal(contents, 4, 49, page, b"n" * BLOCK)
    disk = disk_of(contents, blocks)
    assert check(disk).journaled[page] == 50
    assert objects(disk)[Kind.page, page] == (1, b"m" * BLOCK)


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


# Damage: flipped bits, cut ends.


def covered(disk):
    """{block: [(first, end)]}: the bytes on which what the disk says depends."""
    report, places = check(disk), {0: [(0, BLOCK)], 1: [(0, BLOCK)]}
    root = report.root

    def log_bytes(at, size):
        for i in range(0, size, BLOCK):
            block = root["log_start"] + (at + i // BLOCK) % root["log_blocks"]
            places.setdefault(block, []).append((0, min(BLOCK, size - i)))
            yield disk.read(block)

    directory = b"".join(log_bytes(root["dir_at"], root["dir_entries"] * DISK_ENTRY.size))
    list(log_bytes(root["list_at"], 8 * root["list_entries"]))
    named = set()
    for i in range(root["dir_entries"]):
        entry = DISK_ENTRY.unpack(directory, i * DISK_ENTRY.size)
        size = RECORD[entry["kind"]]
        places.setdefault(entry["block"], []).append((entry["index"] * size, (entry["index"] + 1) * size))
        named.add((entry["kind"], entry["oid"]))
    for block in range(root["info_start"], root["home_start"][Kind.page]):
        places[block] = [(0, BLOCK)]
    for kind, oid in set(objects(disk, journal=False)) - named:
        if kind == Kind.page:
            places[root["home_start"][kind] + oid] = [(0, BLOCK)]
    for kind in (Kind.node, Kind.process):
        size = RECORD[kind]
        for pot in range(-(-root["objects"][kind] // POT[kind])):
            indices = [i for i in range(POT[kind]) if (kind, pot * POT[kind] + i) not in named]
            slack = (POT[kind] * size, BLOCK)
            places[root["home_start"][kind] + pot] = [slack, *((i * size, (i + 1) * size) for i in indices)]
    return places


def outcome(disk, clean):
    """'refused', 'same', or what differs."""
    try:
        report = check(disk)
    except ImageError as error:
        assert "\n" not in str(error)
        return "refused"
    if report.sequence != clean[0].sequence:
        return "other root"
    if report.other_root != clean[0].other_root:
        return "root not counting"
    if report.journaled != clean[0].journaled:
        return "journal"
    return "same" if objects(disk) == clean[1] and report.processes == clean[0].processes else "different"


def expected(block, byte, root, places):
    if block < 2:
        return {"refused", "other root", "root not counting"}
    if root["journal_start"] <= block < root["info_start"]:
        return {"journal", "same"}
    inside = any(first <= byte < end for first, end in places.get(block, ()))
    return {"refused"} if inside else {"same"}


@pytest.mark.parametrize("seed", SEEDS)
def test_flipped_bits(state, seed):
    blocks, contents = state
    base = disk_of(contents, blocks)
    clean, places, root = (check(base), objects(base)), covered(base), root_of(contents)
    chooser = random.Random(seed)
    used, seen = sorted(set(contents) | set(places)), set()
    for _ in range(FLIPS):
        block = chooser.choice(used) if chooser.random() < 0.9 else chooser.randrange(blocks)
        bit = chooser.randrange(8 * BLOCK)
        data = bytearray(base.read(block))
        data[bit // 8] ^= 1 << bit % 8
        got = outcome(Overlay(base, {block: bytes(data)}), clean)
        assert got in expected(block, bit // 8, root, places), (
            f"seed {seed}: block {block}, byte {bit // 8}, bit {bit % 8} flipped: {got}"
        )
        seen.add(got)
    assert {"refused", "same"} <= seen


def test_every_bit_of_the_newer_root(state):
    blocks, contents = state
    base, slot = disk_of(contents, blocks), root_of(contents)["sequence"] % 2
    for bit in range(0, 8 * DISK_ROOT.size):
        data = bytearray(contents[slot])
        data[bit // 8] ^= 1 << bit % 8
        try:
            report = check(Overlay(base, {slot: bytes(data)}))
        except ImageError:
            continue
        assert report.sequence < root_of(contents)["sequence"], f"bit {bit} is not noticed"


def test_cut_at_every_block(state):
    blocks, contents = state
    disk = disk_of(contents, blocks)
    data = memoryview(b"".join(disk.read(block) for block in range(blocks)))
    assert check(Bytes(data)).processes == check(disk).processes
    for size in range(blocks):
        assert "cut off" in refusal(Bytes(data[: size * BLOCK]))
    assert "cut off" in refusal(Bytes(data[:-1]))


# Damage whose checksums are right.


def entries_of(contents):
    root = root_of(contents)
    data = b"".join(
        contents[root["log_start"] + (root["dir_at"] + i) % root["log_blocks"]]
        for i in range(-(-root["dir_entries"] * DISK_ENTRY.size // BLOCK))
    )
    return [DISK_ENTRY.unpack(data, i * DISK_ENTRY.size) for i in range(root["dir_entries"])]


def with_entries(contents, entries):
    """The directory written over by another, which is not longer in blocks."""
    root, contents = root_of(contents), dict(contents)
    data = b"".join(DISK_ENTRY.pack(**entry) for entry in entries)
    for i in range(0, len(data), BLOCK):
        block = root["log_start"] + (root["dir_at"] + i // BLOCK) % root["log_blocks"]
        put(contents, block, 0, data[i : i + BLOCK])
    return with_root(contents, dir_entries=len(entries), dir_crc=checksum(data))


def change_entry(**values):
    def change(contents):
        first, *rest = entries_of(contents)
        return with_entries(contents, [{**first, **{k: v(first, contents) for k, v in values.items()}}, *rest])

    return change


def add_entry(choose, **values):
    def change(contents):
        entries = entries_of(contents)
        return with_entries(contents, [*entries, {**next(e for e in entries if choose(e)), **values}])

    return change


def change_root(**values):
    return lambda contents: with_root(contents, **{k: v(root_of(contents)) for k, v in values.items()})


DISK_DAMAGE = {
    "older format": (change_root(version=lambda root: 1), "is of format version 1, an older one: this reads version 2"),
    "newer format": (change_root(version=lambda root: 3), "is of format version 3, a newer one: this reads version 2"),
    "magic": (change_root(magic=lambda root: 7), "root 1 has magic 0x7, not 0x59454b484354414c"),
    "overlapping": (
        change_root(info_start=lambda root: root["home_start"][0]), "the home range of kind page (from block"),
    "journal over roots": (change_root(journal_start=lambda root: 1), "and the roots (up to 1) overlap"),
    "log past the end": (change_root(log_blocks=lambda root: root["log_blocks"] + 1), "the log ends at block"),
    "huge": (change_root(objects=lambda root: (1 << 62, 5, 5)), "ends at block"),
    "tail": (change_root(log_tail=lambda root: root["log_blocks"]), "log_tail is"),
    "head before list": (
        change_root(log_head=lambda root: root["list_at"]), "the process list is not in the live part of the log"),
    "tail behind objects": (change_root(log_tail=lambda root: 1), "outside the live part of the log"),
    "directory on list": (change_root(list_at=lambda root: root["dir_at"]), "the process list (from block"),
    "long directory": (change_root(dir_entries=lambda root: 1 << 50), "the directory is not in the live part"),
    "fewer pages": (change_root(objects=lambda root: (10, *root["objects"][1:])), "only 10 "),
    "entry outside": (change_entry(block=lambda e, c: root_of(c)["log_start"] - 1), "page 0 lies in block"),
    "entry behind head": (
        change_entry(block=lambda e, c: root_of(c)["log_start"] + root_of(c)["log_head"]),
        "outside the live part of the log"),
    "entry in directory": (
        change_entry(block=lambda e, c: root_of(c)["log_start"] + root_of(c)["dir_at"]),
        "page 0 and the directory or the process list both lie in block"),
    "entry kind": (change_entry(kind=lambda e, c: 3), "the directory names an object of kind 3"),
    "entry oid": (change_entry(oid=lambda e, c: 100), "the directory names page 100, only 100 exist"),
    "entry index": (change_entry(index=lambda e, c: 1), "page 0 has index 1, a pot holds 1"),
    "entry checksum": (change_entry(crc=lambda e, c: 1), "page 0 in block"),
    "entry twice": (add_entry(lambda e: True), "page 0 is in the directory twice"),
    "node shared": (add_entry(lambda e: e["kind"] == Kind.node, oid=48), "both lie in block"),
    "record is another": (
        add_entry(lambda e: e["kind"] == Kind.process, oid=5, index=3), "process 5 in block"),
}  # fmt: skip


@pytest.mark.parametrize("what", DISK_DAMAGE)
def test_contradictions_of_the_disk(built, what):
    change, message = DISK_DAMAGE[what]
    blocks, contents = lay_out(built)
    assert message in refusal(disk_of(change(contents), blocks))


def test_entry_version(built):
    blocks, contents = lay_out(built)
    entries = entries_of(contents)
    for entry in entries:
        entry["version"] += entry["kind"] == Kind.node
    assert "has version 0, the directory says 1" in refusal(disk_of(with_entries(contents, entries), blocks))


def test_roots_that_do_not_belong_together(state):
    blocks, contents = state
    root = root_of(contents)
    sequence = root["sequence"] + 1

    def second(**values):
        return refusal(disk_of(with_root(contents, **{"sequence": sequence, **values}), blocks))

    assert "the roots disagree: objects is" in second(objects=(9, 9, 9))
    assert "not neighbours" in second(sequence=sequence + 2)
    assert "generation went back" in second(generation=root["generation"] - 1)
    other = seal_block(DISK_ROOT, {**root, "sequence": sequence + 1})
    wrong = {**contents, sequence % 2: other}
    report = check(disk_of(wrong, blocks))
    assert "which is the other's" in report.other_root


def test_damage_at_home(built):
    blocks, clean = migrated(built)
    root = root_of(clean)
    node, page = 49, 97
    pot = root["home_start"][Kind.node] + node // POT[Kind.node]
    at = node % POT[Kind.node] * RECORD[Kind.node]

    def after(block, byte, data):
        contents = dict(clean)
        put(contents, block, byte, data)
        return refusal(disk_of(contents, blocks))

    assert f"node 49 at home in block {pot} does not have the checksum it says" in after(pot, at + 40, b"?")
    assert "node 49 at home" in after(pot, at + 12, bytes(4))
    moved = Node(48, version=1).pack()[0]
    assert f"node 49 at home in block {pot} says that it is 48" in after(pot, at, moved)
    assert "only 50 exist" in after(pot, at + RECORD[Kind.node], Node(50, version=1).pack()[0])
    assert "is not zero behind its last record" in after(pot, BLOCK - 1, b"?")
    home = root["home_start"][Kind.page] + page
    assert f"page 97 at home in block {home} does not have the checksum" in after(home, 5, b"?")
    block, byte = sector_of(page)
    block += root["info_start"]
    assert f"page information in block {block}: sector" in after(block, byte + 99, b"?")
    assert "version 4, but no checksum" in after(block, byte, seal_sector({50: (4, 0)}))
    assert "names page 125, only 100 exist" in after(block, byte, seal_sector({62: (0, 4)}))


def test_journal_records_that_cannot_be(built):
    page = 97  # of version 2
    cases = [
        ((5, 60, 100, b"x" * BLOCK, 0), "journal record 60 is of page 100, only 100 exist"),
        ((5, 60, page, b"x" * BLOCK, 1), "journal record 60 has page 97 at version 1"),
        ((5, 42, page, b"x" * BLOCK, 2), "two journal records have sequence number 42"),
    ]
    for arguments, message in cases:
        blocks, contents = running(built)
        journal(contents, *arguments)
        assert message in refusal(disk_of(contents, blocks))


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
    "null page of the future": (cap(CapType.page, version=1, oid=90), "page 90 of version 1, which is only at 0"),
    "node of the future": (cap(CapType.meter, version=6, oid=49), "meter 49 of version 6, which is only at 5"),
    "process of the future": (cap(CapType.start, version=5, oid=0), "start 0 of version 5, which is only at 4"),
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
