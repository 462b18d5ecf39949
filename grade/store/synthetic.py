"""A small store that writes as the kernel does, for tests of the sweep.

It keeps a few pages, nodes and processes, writes checkpoints to a log that is
used in a circle, migrates them home, and journals pages.  What it wrote, and
where it flushed, is a History.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from diskformat import (  # noqa: E402
    BLOCK, DISK_ENTRY, DISK_INFO_SECTOR, DISK_JOURNAL, DISK_NODE, DISK_PROCESS, DISK_ROOT,
    INFO_PER_BLOCK, INFO_PER_SECTOR, JOURNAL_MAGIC, MAGIC, POT, RECORD, SECTOR, VERSION, CapType,
    Kind, State, checksum, place_ranges,
)

from grade.store.crash import SECTORS, History, Write  # noqa: E402

OBJECTS = (200, 21, 9)  # pages, nodes, processes
LOG_BLOCKS, JOURNAL_SLOTS = 40, 3
ZERO = bytes(BLOCK)
_VOID = dict(type=CapType.void, rights=0, badge=0, version=0, oid=0)


class Plain:
    """A disk in memory."""

    def __init__(self, blocks, contents=()):
        self.blocks, self.contents = blocks, dict(contents)

    def read(self, block):
        return self.contents.get(block, ZERO)


def page(number):
    """A page that says a number."""
    return number.to_bytes(8, "little") * (BLOCK // 8)


def node(oid, number, version=0):
    """The record of a node that holds a number."""
    slots = [dict(_VOID, type=CapType.number, oid=number), *[_VOID] * 15]
    return _sealed(DISK_NODE, oid=oid, version=version, span=12, slot=slots)


def process(oid, number, version=0):
    """The record of a running process that has come to a number."""
    fields = dict(oid=oid, version=version, state=State.running, resting=0, fault=0, calls=1,
                  ticks=number, owed=0, regs=dict(pc=4096, x=[0] * 31 + [number]), cap=[_VOID] * 16,
                  slot=[_VOID] * 5, name=b"sample")
    return _sealed(DISK_PROCESS, **fields)


def _sealed(layout, **fields):
    crc = checksum(layout.pack(**fields, crc=0))
    return layout.pack(**fields, crc=crc)


class Store:
    """A disk, at first with a checkpoint of one process and nothing else."""

    def __init__(self):
        self.writes, self.flushes = [], []
        self._now = {}  # what was written: {block: bytes}
        self._home = {}  # {(kind, OID): (version, data)} that migrated
        self._recent = {}  # that did not yet
        self.root = dict(
            place_ranges(OBJECTS, LOG_BLOCKS, JOURNAL_SLOTS), magic=MAGIC, version=VERSION, sequence=0,
            generation=0, log_tail=0, log_head=0, dir_at=0, dir_entries=0, list_at=0, list_entries=0,
            dir_crc=checksum(b""), list_crc=checksum(b""), journal_sequence=0, ticks=0, real_time=0,
            epoch=1,
        )
        self._journal_sequence, self._journaled = 0, {}
        self.checkpoint({(Kind.process, 1): (0, process(1, 0))}, migrate=False)
        self.base = Plain(self.root["blocks"], self._now)
        self.writes, self.flushes = [], []

    def history(self):
        return History(self.base, self.writes, self.flushes)

    # Writing.

    def _write(self, block, data):
        data = data.ljust(BLOCK, b"\0")
        self._now[block] = data
        self.writes.append(Write(block * SECTORS, data))

    def _flush(self):
        self.flushes.append(len(self.writes))

    def _write_root(self, **changes):
        self.root.update(changes, sequence=self.root["sequence"] + 1)
        block = DISK_ROOT.pack(**{**self.root, "crc": 0}).ljust(BLOCK, b"\0")
        at = DISK_ROOT.offsets["crc"]
        block = block[:at] + checksum(block).to_bytes(4, "little") + block[at + 4 :]
        self._write(self.root["sequence"] % 2, block)
        self._flush()

    def _append(self, data):
        """Writes a block at the log's head; gives its number."""
        block = self.root["log_start"] + self.root["log_head"]
        self.root["log_head"] = (self.root["log_head"] + 1) % LOG_BLOCKS
        self._write(block, data)
        return block

    def _append_all(self, data):
        at = self.root["log_head"]
        for start in range(0, len(data), BLOCK):
            self._append(data[start : start + BLOCK])
        return at

    # A checkpoint.

    def checkpoint(self, changes, migrate=True):
        """Takes one: `changes` is {(kind, OID): (version, page or record)}."""
        self._recent.update({**self._journaled, **changes})
        self._journaled = {}
        entries = b"".join(self._write_objects())
        runnable = (1).to_bytes(8, "little")
        dir_at, list_at = self._append_all(entries), self._append_all(runnable)
        self._flush()
        self._write_root(
            generation=self.root["generation"] + 1, dir_at=dir_at, list_at=list_at,
            dir_entries=len(entries) // DISK_ENTRY.size, list_entries=1, dir_crc=checksum(entries),
            list_crc=checksum(runnable), journal_sequence=self._journal_sequence,
        )
        if migrate:
            self.migrate()

    def _write_objects(self):
        for kind in Kind:
            things = sorted((oid, *thing) for (k, oid), thing in self._recent.items() if k == kind)
            for start in range(0, len(things), POT[kind]):
                pot = things[start : start + POT[kind]]
                block = self._append(b"".join(data for _, _, data in pot))
                for index, (oid, version, data) in enumerate(pot):
                    crc = checksum(data) if kind == Kind.page else _crc_of(kind, data)
                    yield DISK_ENTRY.pack(oid=oid, block=block, version=version, crc=crc, kind=kind,
                                          index=index)

    def migrate(self):
        """Brings home what the log holds, and gives the log's space back."""
        self._home.update(self._recent)
        for kind, group in sorted({(kind, oid // POT[kind]) for kind, oid in self._recent}):
            members = range(group * POT[kind], (group + 1) * POT[kind])
            records = [self._home.get((kind, oid), (0, bytes(RECORD[kind])))[1] for oid in members]
            self._write(self.root["home_start"][kind] + group, b"".join(records))
        for block in sorted({oid // INFO_PER_BLOCK for kind, oid in self._recent if kind == Kind.page}):
            self._write(self.root["info_start"] + block, b"".join(self._info(block)))
        self._flush()
        self._recent = {}
        # The list alone is still needed.
        self._write_root(dir_entries=0, dir_crc=checksum(b""), log_tail=self.root["list_at"])

    def _info(self, block):
        for sector in range(BLOCK // SECTOR):
            first = block * INFO_PER_BLOCK + sector * INFO_PER_SECTOR
            infos = [self._home.get((Kind.page, oid)) for oid in range(first, first + INFO_PER_SECTOR)]
            pages = [dict(version=i[0], crc=checksum(i[1])) if i else dict(version=0, crc=0) for i in infos]
            yield _sealed(DISK_INFO_SECTOR, page=pages) if any(infos) else bytes(SECTOR)

    # Journal.

    def journal(self, oid, data, version=0):
        """Makes a page durable at once."""
        self._journal_sequence += 1
        self._journaled[Kind.page, oid] = (version, data)
        slot = self.root["journal_start"] + 2 * self._slot()
        record = dict(magic=JOURNAL_MAGIC, sequence=self._journal_sequence, oid=oid, version=version,
                      page_crc=checksum(data))
        self._write(slot + 1, data)
        self._write(slot, _sealed(DISK_JOURNAL, **record))
        self._flush()

    def _slot(self):
        return self._journal_sequence % JOURNAL_SLOTS


def _crc_of(kind, record):
    layout = DISK_NODE if kind == Kind.node else DISK_PROCESS
    return int.from_bytes(record[layout.offsets["crc"] :][:4], "little")


def sample(rounds=3, store=Store):
    """A store that has worked for some rounds, each with a checkpoint."""
    store = store()
    for r in range(1, rounds + 1):
        changes = {(Kind.page, oid): (0, page(100 * r + oid)) for oid in (3, 64, 130 + r)}
        changes.update({(Kind.node, oid): (0, node(oid, 100 * r + oid)) for oid in (0, 7, 13 + r)})
        changes[Kind.process, 1] = (0, process(1, r))
        store.checkpoint(changes)
        store.journal(5, page(1000 + r))
        store.journal(6, page(2000 + r))
    return store
