#!/usr/bin/env python3
"""Checks a disk image against kernel/store/format.h: all that can be checked.

    checkimage.py FILE          a summary, or the first thing wrong (status 1)
    checkimage.py --line FILE   the same in one line

As a library: check(disk) and objects(disk), for disks as diskread.py says:
File(path), Bytes(data), Overlay(disk, {block: bytes}).  To check one disk in a
thousand small variations, lay Overlays over one File: then only what differs
is computed again.
"""

import argparse
import struct
import sys
from dataclasses import dataclass, field

from diskformat import BLOCK, DISK_ENTRY, INFO_PER_BLOCK, POT, Kind, blocks_of, checksum
from diskread import (
    ZERO, Bytes, File, ImageError, Overlay, block_crc, directories, infos, journals, pots, used,
)  # fmt: skip
from diskrefs import check_list, check_refs
from diskroot import check_ranges, newest_root, read_root

__all__ = ["Bytes", "File", "ImageError", "Overlay", "Report", "check", "newest_root", "objects", "read_root"]


@dataclass
class Report:
    """What is on a sound disk.

    processes  OIDs of those with work to do
    journaled  {page OID: sequence number} of the journal records that count
    in_log, at_home  how many objects that are not null, by kind
    log_used   blocks between tail and head
    other_root what became of the other root, in words
    """

    root: dict
    other_root: str
    processes: list = field(default_factory=list)
    journaled: dict = field(default_factory=dict)
    in_log: list = field(default_factory=lambda: [0, 0, 0])
    at_home: list = field(default_factory=lambda: [0, 0, 0])
    log_used: int = 0

    @property
    def generation(self):
        return self.root["generation"]

    @property
    def sequence(self):
        return self.root["sequence"]

    @property
    def epoch(self):
        return self.root["epoch"]


def check(disk):
    """A Report of what the newest valid root names.

    ImageError: the first thing that is not as format.h says, or that no
    checkpoint can hold: a capability from the future, a process that has work
    to do and is not listed.
    """
    return _Check(disk).run()


def objects(disk, journal=True):
    """The logical state: {(kind, OID): (version, bytes)} of all objects that
    are not null.  The bytes are the page, or the record with its checksum 0.

    With `journal` a page is as a restart finds it, journalled since or not;
    without, as the checkpoint has it.  ImageError: as check() says.
    """
    checked = _Check(disk)
    checked.run()
    state = {}
    for oid in checked.versions[Kind.page].keys() | checked.journal.keys():
        version, data = checked.page(oid, journal)
        if version or data != ZERO:
            state[Kind.page, oid] = version, data
    for kind, records in checked.records.items():
        for oid, record in records.items():
            if not record.is_null():
                state[kind, oid] = record.version, record.data
    return state


class _Check:
    """One pass over one disk.  What it finds:

    versions  by kind, {OID: version} of objects that are not null
    records   by kind, {OID: Record} of nodes and processes
    """

    def __init__(self, disk):
        self.disk = disk
        self.read = disk.read
        self.root, other = newest_root(disk)
        self.report = Report(self.root, other)
        self.count = self.root["objects"]
        self.versions = {kind: {} for kind in Kind}
        self.records = {Kind.node: {}, Kind.process: {}}
        self.entries = {kind: {} for kind in Kind}
        self.journal = {}

    def run(self):
        root = self.root
        check_ranges(root)
        if self.disk.blocks < root["blocks"]:
            raise ImageError(f"cut off: it should have {root['blocks']} blocks, it has {self.disk.blocks}")
        self._read_directory()
        self._read_pages()
        self._read_pots(Kind.node)
        self._read_pots(Kind.process)
        self._read_journal()
        check_refs(root, self.versions, self.records)
        check_list(self.report.processes, self.records[Kind.process])
        return self.report

    def page(self, oid, journal):
        """Version and bytes of a page that is not null."""
        if journal and oid in self.journal:
            version, block = self.journal[oid]
            return version, self.read(block)
        entry = self.entries[Kind.page].get(oid)
        if entry:
            return entry.version, self.read(entry.block)
        if oid not in self.home_versions:
            return 0, ZERO
        return self.home_versions[oid], self.read(self.root["home_start"][Kind.page] + oid)

    # The log.

    def _table(self, what, prefix, size):
        """Directory or list: its bytes, and the blocks it stands in."""
        root, size = self.root, self.root[prefix + "_entries"] * size
        start, length = root["log_start"], root["log_blocks"]
        at, blocks = root[prefix + "_at"], blocks_of(size, BLOCK)
        if blocks and not self._is_live(at, blocks):
            raise ImageError(
                f"{what} is not in the live part of the log: {blocks} blocks from {at}, live are"
                f" {root['log_tail']} to {root['log_head']} of {length}"
            )
        places = [start + (at + i) % length for i in range(blocks)]
        data = b"".join([self.read(block) for block in places])[:size]
        if checksum(data) != root[prefix + "_crc"]:
            raise ImageError(f"{what} (from block {start + at}) does not have the checksum in the root")
        return data, places

    def _is_live(self, at, blocks=1):
        """Whether blocks from an offset in the log lie between tail and head."""
        root = self.root
        behind = (at - root["log_tail"]) % root["log_blocks"]
        return behind + blocks <= self.report.log_used

    def _read_directory(self):
        root = self.root
        self.report.log_used = (root["log_head"] - root["log_tail"]) % root["log_blocks"]
        data, taken = self._table("the directory", "dir", DISK_ENTRY.size)
        listed, list_blocks = self._table("the process list", "list", 8)
        self.report.processes = [oid for (oid,) in struct.iter_unpack("<Q", listed)]
        self.places = {}
        for block in (*taken, *list_blocks):
            if block in self.places:
                raise ImageError(f"directory and process list overlap in block {block}")
            self.places[block] = "the directory or the process list"
        for entry in directories[data]:
            self._note_entry(entry)

    def _note_entry(self, entry):
        kind, start, table = entry.kind, self.root["log_start"], self.entries
        if kind not in POT:
            raise ImageError(f"the directory names an object of kind {kind}")
        name = f"{Kind(kind).name} {entry.oid}"
        if entry.oid >= self.count[kind]:
            raise ImageError(f"the directory names {name}, only {self.count[kind]} exist")
        if entry.oid in table[kind]:
            raise ImageError(f"{name} is in the directory twice")
        at = entry.block - start
        if not (0 <= at < self.root["log_blocks"] and self._is_live(at)):
            raise ImageError(f"{name} lies in block {entry.block}, outside the live part of the log")
        if entry.index >= POT[kind]:
            raise ImageError(f"{name} has index {entry.index}, a pot holds {POT[kind]}")
        self._note_place(name, entry)
        table[kind][entry.oid] = entry

    def _note_place(self, name, entry):
        """A block holds one page, or a pot of one kind, in it one record at an index."""
        used = self.places.setdefault(entry.block, (entry.kind, {}))
        if isinstance(used, str) or used[0] != entry.kind or entry.index in used[1]:
            other = used if isinstance(used, str) else f"{Kind(used[0]).name} {next(iter(used[1].values()))}"
            if not isinstance(used, str) and entry.index in used[1]:
                other = f"{Kind(used[0]).name} {used[1][entry.index]}"
            raise ImageError(f"{name} and {other} both lie in block {entry.block}")
        used[1][entry.index] = entry.oid

    # Pages.

    def _read_pages(self):
        read, crc_of, versions = self.read, block_crc, self.versions[Kind.page]
        entries = self.entries[Kind.page]
        self.home_versions = home = {}
        start = self.root["home_start"][Kind.page]
        for oid, version, crc in self._page_info():
            if oid in entries:
                continue
            home[oid] = version
            if crc_of[read(start + oid)] != crc:
                raise ImageError(
                    f"page {oid} at home in block {start + oid} does not have the checksum in its"
                    " page information"
                )
        versions.update(home)
        self.report.at_home[Kind.page] = len(home)
        for oid, entry in entries.items():
            if crc_of[read(entry.block)] != entry.crc:
                raise ImageError(
                    f"page {oid} in block {entry.block} does not have the checksum in the directory"
                )
            versions[oid] = entry.version
        self.report.in_log[Kind.page] = len(entries)

    def _page_info(self):
        """(OID, version, checksum) of all pages that are not null at home."""
        start, count = self.root["info_start"], self.count[Kind.page]
        for block in used(self.disk, start, start + blocks_of(count, INFO_PER_BLOCK)):
            pages = infos[self.read(block)]
            if isinstance(pages, str):
                raise ImageError(f"page information in block {block}: {pages}")
            first = (block - start) * INFO_PER_BLOCK
            for i, version, crc in pages:
                if first + i >= count:
                    raise ImageError(f"page information names page {first + i}, only {count} exist")
                yield first + i, version, crc

    # Nodes and processes.

    def _read_pots(self, kind):
        memo, read, size = pots[kind], self.read, POT[kind]
        entries, records, versions = self.entries[kind], self.records[kind], self.versions[kind]
        start, count = self.root["home_start"][kind], self.count[kind]
        for place in used(self.disk, start, start + blocks_of(count, size)):
            block = read(place)
            if block is ZERO or block == ZERO:
                continue
            found, rest_is_zero = memo[block]
            if not rest_is_zero:
                raise ImageError(f"block {place}, a {kind.name} pot, is not zero behind its last record")
            for oid, record in enumerate(found, (place - start) * size):
                if oid not in entries and not record.zero:
                    self._check_home(kind, oid, place, record)
                    records[oid] = record
                    versions[oid] = record.version
        self.report.at_home[kind] = len(records)
        for oid, entry in entries.items():
            records[oid] = record = memo[read(entry.block)][0][entry.index]
            versions[oid] = entry.version
            self._check_in_log(kind, entry, record)
        self.report.in_log[kind] = len(entries)

    def _check_home(self, kind, oid, block, record):
        what = f"{kind.name} {oid} at home in block {block}"
        if oid >= self.count[kind]:
            raise ImageError(f"{what} is not zero, only {self.count[kind]} exist")
        if not record.sound:
            raise ImageError(f"{what} does not have the checksum it says")
        self._check_record(what, oid, record)

    def _check_in_log(self, kind, entry, record):
        what = f"{kind.name} {entry.oid} in block {entry.block}"
        if not record.sound or record.crc != entry.crc:
            raise ImageError(f"{what} does not have the checksum in the directory")
        if record.version != entry.version:
            raise ImageError(f"{what} has version {record.version}, the directory says {entry.version}")
        self._check_record(what, entry.oid, record)

    @staticmethod
    def _check_record(what, oid, record):
        if record.oid != oid:
            raise ImageError(f"{what} says that it is {record.oid}")
        if record.fault:
            raise ImageError(f"{what}: {record.fault}")

    # The journal.

    def _read_journal(self):
        start, slots = self.root["journal_start"], self.root["journal_slots"]
        counting = {}
        for block in range(start, start + 2 * slots, 2):
            record = journals[self.read(block)]
            if not record or record[0] <= self.root["journal_sequence"]:
                continue
            sequence, oid, version, crc = record
            if block_crc[self.read(block + 1)] != crc:
                continue  # torn: it never became durable
            if sequence in counting:
                raise ImageError(f"two journal records have sequence number {sequence}")
            counting[sequence] = oid, version, block + 1
        for sequence, (oid, version, block) in sorted(counting.items()):
            self._note_journaled(sequence, oid, version, block)

    def _note_journaled(self, sequence, oid, version, block):
        if oid >= self.count[Kind.page]:
            exist = self.count[Kind.page]
            raise ImageError(f"journal record {sequence} is of page {oid}, only {exist} exist")
        versions = self.versions[Kind.page]
        if version < versions.get(oid, 0):
            raise ImageError(
                f"journal record {sequence} has page {oid} at version {version}, the checkpoint before it at"
                f" {versions[oid]}"
            )
        self.journal.pop(oid, None)
        self.report.journaled.pop(oid, None)
        # A page made anew since the checkpoint: that knows only the one before.
        if version == versions.get(oid, 0):
            self.journal[oid] = version, block
            self.report.journaled[oid] = sequence


def main(argv=None):
    parser = argparse.ArgumentParser(description="Checks a disk image.")
    parser.add_argument("image")
    parser.add_argument("--line", action="store_true", help="one line only")
    args = parser.parse_args(argv)
    try:
        disk = File(args.image)
        report = check(disk)
    except (ImageError, OSError) as error:
        sys.exit(f"checkimage: {args.image}: {error}")
    lines = [summary_line(report)] if args.line else list(summary(report, disk))
    print(f"{args.image}: " + "\n  ".join(lines))


def summary_line(report):
    """What is on the disk, in one line."""
    working = len(report.processes)
    return (
        f"generation {report.generation}, epoch {report.epoch},"
        f" {working} process{'es' if working != 1 else ''} with work to do,"
        f" {sum(report.in_log) + sum(report.at_home)} objects"
    )


def summary(report, disk):
    """The lines of a summary."""
    root = report.root
    yield f"generation {report.generation}, root sequence {report.sequence}, epoch {report.epoch}"
    yield f"{disk.blocks} blocks ({disk.blocks * BLOCK / (1 << 20):.1f} MiB); {report.other_root}"
    for kind in Kind:
        yield (
            f"{kind.name}: {report.in_log[kind]} in the log, {report.at_home[kind]} at home,"
            f" of {root['objects'][kind]} OIDs"
        )
    yield f"log: {report.log_used} of {root['log_blocks']} blocks used, from {root['log_tail']}"
    yield f"journal: {len(report.journaled)} records count"
    yield f"processes with work to do: {len(report.processes)}"


if __name__ == "__main__":
    main()
