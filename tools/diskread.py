"""The parts of a disk as format.h defines them, each by itself: the
directory, page information, pots, the journal.

A disk is any object with `blocks` (how many) and `read(block)`, which gives
4096 bytes.  If it has `used(first, end)`, that gives, in order, at least those
of the blocks `first` to `end` - 1 that are not zero.

What is made of a block is kept by the block's bytes: of disks that differ in
little, only what differs is looked at again.
"""

import os
import struct
from functools import partial
from typing import NamedTuple

from diskformat import (
    BLOCK, CALLS_MAX, CAP_REGS, CR_READONLY, CR_WEAK, DISK_CAP, DISK_ENTRY, DISK_JOURNAL, DISK_NODE,
    DISK_PROCESS, FAULTS, INFO_PER_SECTOR, IRQ_LINES, JOURNAL_MAGIC, NODE_SLOTS, POT,
    PRIORITIES, QUANTUM_MAX, RECORD, SECTOR, SPAN_MAX, SPAN_MIN, WAIT_QUEUES, CapType, Kind,
    Slot, State, checksum,
)  # fmt: skip

ZERO = bytes(BLOCK)


class ImageError(Exception):
    """The disk is not sound; the message says what is wrong, in one line."""


class Bytes:
    """A disk that is held in memory."""

    def __init__(self, data):
        self.data = data
        self.blocks = len(data) // BLOCK

    def read(self, block):
        return bytes(self.data[block * BLOCK : (block + 1) * BLOCK])


class File:
    """A disk that is a file and does not change; what was read first is kept
    (64 MiB).  Its holes are not read."""

    _KEPT = 1 << 14

    def __init__(self, path):
        self._file = open(path, "rb", buffering=0)
        self.blocks = os.fstat(self._file.fileno()).st_size // BLOCK
        self._kept = {}
        self._used = Memo(lambda span: list(self._find_used(*span)), 64)

    def used(self, first, end):
        return self._used[first, end]

    def _find_used(self, first, end):
        if not hasattr(os, "SEEK_DATA"):
            yield from range(first, end)
            return
        seek = partial(os.lseek, self._file.fileno())
        while first < end:
            try:
                data = seek(first * BLOCK, os.SEEK_DATA)
            except OSError:
                return  # none from here on
            stop = min(end, -(-seek(data, os.SEEK_HOLE) // BLOCK))
            yield from range(data // BLOCK, stop)
            first = max(stop, data // BLOCK)

    def read(self, block):
        data = self._kept.get(block)
        if data is None:
            data = os.pread(self._file.fileno(), BLOCK, block * BLOCK)
            data = ZERO if data == ZERO else data
            if len(self._kept) < self._KEPT:
                self._kept[block] = data
        return data


class Overlay:
    """A disk as it is once the blocks of `changed`, {block: bytes}, are
    written.  It gets larger if one lies behind its end."""

    def __init__(self, base, changed):
        self._read, self._base = base.read, base
        self._end = base.blocks
        self.changed = changed
        self.blocks = max(base.blocks, max(changed, default=-1) + 1)

    def read(self, block):
        data = self.changed.get(block)
        if data is not None:
            return data
        return self._read(block) if block < self._end else ZERO


    def used(self, first, end):
        below = used(self._base, first, min(end, self._end))
        above = {block for block in self.changed if first <= block < end}
        return sorted(above.union(below)) if above else below


def used(disk, first, end):
    """The blocks of a range that may be something else than zero."""
    find = getattr(disk, "used", None)
    return find(first, end) if find else range(first, end)


class Memo(dict):
    """memo[key] is make(key), made once.  When there are too many it forgets
    them all, which costs time only."""

    def __init__(self, make, most=1 << 15):
        super().__init__()
        self.make, self.most = make, most

    def __missing__(self, key):
        value = self.make(key)
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value


# memo of {bytes: checksum}.
block_crc = Memo(checksum)


# Directory, process list, page information, journal.


class Entry(NamedTuple):
    """One of the directory."""

    oid: int
    block: int
    version: int
    crc: int
    kind: int
    index: int


_ENTRY = struct.Struct("<QQIIBB6s")
assert _ENTRY.size == DISK_ENTRY.size


def _make_directory(data):
    entries = []
    for number, (*fields, zero) in enumerate(_ENTRY.iter_unpack(data)):
        if any(zero):
            raise ImageError(f"directory entry {number}: its last bytes are not zero")
        entries.append(Entry(*fields))
    return entries


# memo of {bytes: [Entry]}.
directories = Memo(_make_directory, 256)

_INFO = struct.Struct("<II")


def _make_info(block):
    """The pages that are not null, or what is wrong as a string."""
    pages = []
    for number in range(BLOCK // SECTOR):
        sector = block[number * SECTOR : (number + 1) * SECTOR]
        if not any(sector):
            continue
        crc, zero = _INFO.unpack_from(sector)
        if checksum(bytes(4) + sector[4:]) != crc:
            return f"sector {number} does not have the checksum it says"
        if zero:
            return f"sector {number}: bytes 4 to 7 are not zero"
        for i, (version, crc) in enumerate(_INFO.iter_unpack(sector[8:])):
            if crc:
                pages.append((number * INFO_PER_SECTOR + i, version, crc))
            elif version:
                return f"sector {number}, page {i} of it: version {version}, but no checksum"
    return pages


# memo of {block: [(index in the block, version, checksum)] or an error}.
infos = Memo(_make_info)


def _make_journal(block):
    """The record (sequence, oid, version, checksum of its page); None: none."""
    at = DISK_JOURNAL.offsets["crc"]
    magic, sequence, oid, version, page_crc, crc, zero = struct.unpack_from("<QQQIIII", block)
    if magic != JOURNAL_MAGIC or checksum(block[:at] + bytes(4) + block[at + 4 : DISK_JOURNAL.size]) != crc:
        return None
    if zero:
        raise ImageError(f"journal record {sequence}: its last bytes are not zero")
    return sequence, oid, version, page_crc


# memo of {block: record or None}.
journals = Memo(_make_journal, 256)


# Pots and their records.


class Ref(NamedTuple):
    """A capability that names an object, a range, or depends on the epoch."""

    where: str
    type: int
    badge: int
    version: int
    oid: int


class Record(NamedTuple):
    """A node or a process, as far as it can be judged by itself."""

    oid: int
    version: int
    crc: int
    sound: bool    # the checksum holds
    zero: bool     # it is all zeros
    fault: str     # what else is wrong, or ""
    refs: tuple    # of Ref
    name: str      # of a process
    state: int
    calls: int
    data: bytes    # the record, its field crc 0

    def is_null(self):
        """Whether it is the same as all zeros: what an object never used is."""
        return self.version == 0 and not any(self.data[8:]) or self._is_empty_node()

    def _is_empty_node(self):
        at = DISK_NODE.offsets["span"]
        rest = self.data[8:at] + self.data[at + 1 :]
        return len(self.data) == DISK_NODE.size and self.data[at] == SPAN_MIN and not any(rest)


_CAP = struct.Struct("<BBHIQ")
_TYPES = frozenset(CapType) - {CapType.hook}
_REFS = {CapType.page, CapType.node, CapType.process, CapType.start, CapType.resume, CapType.meter,
         CapType.range, CapType.irq}  # fmt: skip
_VOID = bytes(DISK_CAP.size)


def _cap_fault(kind, rights, badge, version, oid):
    """What is wrong with a capability by itself, or ''."""
    if kind not in _TYPES:
        return f"a capability of type {kind} is never on a disk"
    if rights & ~(CR_READONLY | CR_WEAK):
        return f"rights {rights:#x} do not exist"
    if kind == CapType.schedule and badge >= PRIORITIES:
        return f"priority {badge} is above {PRIORITIES - 1}"
    if kind == CapType.schedule and oid > QUANTUM_MAX:
        return f"a quantum of {oid} ticks is above {QUANTUM_MAX}"
    if kind == CapType.range and badge not in POT:
        return f"a range of kind {badge}"
    if kind == CapType.irq and not 1 <= oid < IRQ_LINES:
        return f"interrupt line {oid} is not in 1 to {IRQ_LINES - 1}"
    if kind == CapType.devpage and oid % BLOCK:
        return f"the device page {oid:#x} is not the address of a page"
    if kind == CapType.wait and oid >= WAIT_QUEUES:
        return f"wait queue {oid} is above {WAIT_QUEUES - 1}"
    return ""


def _scan_caps(data, names, refs):
    """Adds the references among some slots to `refs`; returns a fault or ''."""
    for where, cap in zip(names, _CAP.iter_unpack(data)):
        fault = _cap_fault(*cap)
        if fault:
            return f"{where}: {fault}"
        if cap[0] in _REFS:
            refs.append(Ref(where, cap[0], *cap[2:]))
    return ""


_NODE_AT = DISK_NODE.offsets
_NODE_NAMES = [f"slot {i}" for i in range(NODE_SLOTS)]
_PROC_AT = DISK_PROCESS.offsets
_PROC_NAMES = [f"register {i}" for i in range(CAP_REGS)] + [f"slot {slot.name}" for slot in Slot]
_HEAD = struct.Struct("<QII")
_PROC_HEAD = struct.Struct("<QIIBBB5sQ")


def _node_fault(data, refs):
    span, zero = data[_NODE_AT["span"]], data[_NODE_AT["zero"] : _NODE_AT["slot"]]
    if any(zero):
        return "the bytes behind its span are not zero"
    if not SPAN_MIN <= span <= SPAN_MAX or (span - SPAN_MIN) % 4:
        return f"its slots span {span} bits"
    return _scan_caps(data[_NODE_AT["slot"] :], _NODE_NAMES, refs)


def _process_fault(data, refs):
    *_, state, resting, fault, zero, calls = _PROC_HEAD.unpack_from(data)
    x0 = data[_PROC_AT["regs"] + 8 : _PROC_AT["regs"] + 16]
    if state >= len(State):
        return f"state {state} does not exist"
    if resting > 1 or (resting and state != State.waiting):
        return f"it is {State(state).name}, and resting is {resting}"
    if fault >= FAULTS:
        return f"fault {fault} does not exist"
    if any(zero):
        return "the bytes behind its fault are not zero"
    if calls > CALLS_MAX:
        return f"call count {calls} has more than 48 bits"
    if any(x0):
        return "its register x0 is not 0"
    if data[_PROC_AT["cap"] : _PROC_AT["cap"] + DISK_CAP.size] != _VOID:
        return "its capability register 0 is not void"
    if data[-1]:
        return "its name does not end in a zero byte"
    return _scan_caps(data[_PROC_AT["cap"] : _PROC_AT["name"]], _PROC_NAMES, refs)


def _make_record(kind, data):
    oid, version, crc = _HEAD.unpack_from(data)
    if not any(data):
        return Record(oid, version, crc, True, True, "", (), "", 0, 0, data)
    refs = []
    fault = (_node_fault if kind == Kind.node else _process_fault)(data, refs)
    state = calls = 0
    name = ""
    if kind == Kind.process:
        *_, state, _, _, _, calls = _PROC_HEAD.unpack_from(data)
        name = data[_PROC_AT["name"] :].split(b"\0")[0].decode(errors="replace")
    plain = data[:12] + bytes(4) + data[16:]
    sound = checksum(plain) == crc
    return Record(oid, version, crc, sound, False, fault, tuple(refs), name, state, calls, plain)


def _pot_maker(kind):
    size = RECORD[kind]

    def make(block):
        """The records of a pot, and whether what is behind them is zero."""
        records = [_make_record(kind, block[i * size : (i + 1) * size]) for i in range(POT[kind])]
        return records, not any(block[POT[kind] * size :])

    return Memo(make)


# memo of {block: ([Record], bool)}, by kind.
pots = {kind: _pot_maker(kind) for kind in (Kind.node, Kind.process)}
