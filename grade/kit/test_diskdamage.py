"""The image checker on damaged disks: bits, ends, and what contradicts."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from disk_sample import (  # noqa: F401
    built, disk_of, folder, journal, migrated, put, refusal, root_of, running, seal_sector, sector_of, state,
    with_root,
)  # fmt: skip

from checkimage import Bytes, ImageError, Overlay, check, objects
from diskformat import BLOCK, DISK_ENTRY, DISK_ROOT, POT, RECORD, Kind, checksum, seal_block
from diskimage import Node, lay_out

FLIPS = 400
SEEDS = (1, 2)


# Flipped bits, cut ends.


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


# Contradictions whose checksums are right.


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
        changed = {**first, **{name: value(first, contents) for name, value in values.items()}}
        return with_entries(contents, [changed, *rest])

    return change


def add_entry(choose, **values):
    def change(contents):
        entries = entries_of(contents)
        return with_entries(contents, [*entries, {**next(e for e in entries if choose(e)), **values}])

    return change


def change_root(**values):
    return lambda contents: with_root(contents, **{k: v(root_of(contents)) for k, v in values.items()})


DISK_DAMAGE = {
    "older format": (
        change_root(version=lambda root: 1), "is of format version 1, an older one: this reads version 2"),
    "newer format": (
        change_root(version=lambda root: 3), "is of format version 3, a newer one: this reads version 2"),
    "magic": (change_root(magic=lambda root: 7), "root 1 has magic 0x7, not 0x59454b484354414c"),
    "overlapping": (
        change_root(info_start=lambda root: root["home_start"][0]),
        "the home range of kind page (from block"),
    "journal over roots": (change_root(journal_start=lambda root: 1), "and the roots (up to 1) overlap"),
    "log past the end": (
        change_root(log_blocks=lambda root: root["log_blocks"] + 1), "the log ends at block"),
    "huge": (change_root(objects=lambda root: (1 << 62, 5, 5)), "ends at block"),
    "tail": (change_root(log_tail=lambda root: root["log_blocks"]), "log_tail is"),
    "head before list": (
        change_root(log_head=lambda root: root["list_at"]),
        "the process list is not in the live part of the log"),
    "tail behind objects": (change_root(log_tail=lambda root: 1), "outside the live part of the log"),
    "directory on list": (change_root(list_at=lambda root: root["dir_at"]), "the process list (from block"),
    "long directory": (
        change_root(dir_entries=lambda root: 1 << 50), "the directory is not in the live part"),
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
