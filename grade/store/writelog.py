"""Reads the log of a disk's writes that QEMU's filter `blklogwrites` keeps.

The format is that of Linux's dm-log-writes (drivers/md/dm-log-writes.c), little
endian, everything padded to sectors: a super block of magic, version, number of
entries and sector size; then each entry's head, and behind it its data.  An
entry stands where the disk was done with it.

A log is cut short where its machine was killed: what was being written then is
there in part, or not at all.  Such a log is good up to there.  Anything else
that makes no sense is a LogError.

The number in the super block may lag behind: QEMU writes the super block after
each entry, and of two such writes under way at once either may be the last.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

MAGIC, VERSION = 0x6A736677736872, 1
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
SECTOR_SIZES = (512, 1024, 2048, 4096)
_SUPER = struct.Struct("<QQQI")
_HEAD = struct.Struct("<QQQQ")


class LogError(Exception):
    """The bytes are no log of writes; the message says what is wrong."""


@dataclass(frozen=True)
class Entry:
    """One entry: `data` was written at byte `offset`.  A flush has none; where
    an entry has both, the flush came first.  flags: FLUSH, FUA, DISCARD, MARK."""

    offset: int
    data: bytes
    flags: int = 0
    size: int = 0  # bytes discarded, of a DISCARD


@dataclass(frozen=True)
class WriteLog:
    """A log.  cut: why it ends early, or nothing."""

    entries: tuple
    cut: str = ""

    def flushed(self):
        """The log up to its last flush: all that is certain where QEMU was
        killed, for of the entries behind it some may be there in part."""
        last = max((i for i, e in enumerate(self.entries) if e.flags & FLUSH), default=-1)
        return WriteLog(self.entries[: last + 1], self.cut)


def read(path):
    """The WriteLog of a file.  LogError; OSError."""
    try:
        return parse(Path(path).read_bytes())
    except LogError as error:
        raise LogError(f"{path}: {error}") from None


def parse(data):
    """The WriteLog of a log's bytes.  LogError."""
    count, sector = _read_super(data)
    entries, at = [], sector
    while at < len(data) or len(entries) < count:
        number = len(entries)
        if not data[at : at + _HEAD.size].strip(b"\0"):
            return WriteLog(tuple(entries), f"entry {number} of {count} was not written")
        entry, after = _read_entry(data, at, sector, number)
        if after > len(data):
            return WriteLog(tuple(entries), f"entry {number} of {count} was written in part")
        entries.append(entry)
        at = after
    return WriteLog(tuple(entries))


def _read_super(data):
    if not data:
        raise LogError("the log is empty: was the disk written to at all?")
    if len(data) < _SUPER.size:
        raise LogError(f"no log of writes: it has {len(data)} bytes")
    magic, version, count, sector = _SUPER.unpack_from(data)
    if magic != MAGIC:
        raise LogError(f"no log of writes: its magic is {magic:#x}, not {MAGIC:#x}")
    if version != VERSION:
        raise LogError(f"a log of version {version}, not {VERSION}")
    if sector not in SECTOR_SIZES:
        raise LogError(f"its sectors have {sector} bytes, not one of {SECTOR_SIZES}")
    return count, sector


def _read_entry(data, at, sector, number):
    """(entry, where the next one begins).  The entry may be cut short."""
    if at + _HEAD.size > len(data):
        return None, at + sector
    start, count, flags, length = _HEAD.unpack_from(data, at)
    what = f"entry {number} at byte {at}"
    if flags & ~(FLUSH | FUA | DISCARD | MARK):
        raise LogError(f"{what} has flags {flags:#x}, which do not exist")
    if flags & MARK:
        size = length
    else:
        size = 0 if flags & DISCARD else count * sector
        if length not in (0, size):
            raise LogError(f"{what} says {count} sectors and {length} bytes")
    if not flags & (FLUSH | MARK) and not count:
        raise LogError(f"{what} writes nothing")
    body = at + sector
    entry = Entry(start * sector, data[body : body + size], flags, count * sector)
    return entry, body + -(-size // sector) * sector


def pack(entries, sector=512):
    """The bytes of a log of these entries: what `parse` reads."""
    out = [_SUPER.pack(MAGIC, VERSION, len(entries), sector).ljust(sector, b"\0")]
    for entry in entries:
        size = entry.size if entry.flags & DISCARD else len(entry.data)
        length = size if entry.flags & MARK else 0
        count = 0 if entry.flags & MARK else size // sector
        out.append(_HEAD.pack(entry.offset // sector, count, entry.flags, length).ljust(sector, b"\0"))
        out.append(entry.data + bytes(-len(entry.data) % sector))
    return b"".join(out)
