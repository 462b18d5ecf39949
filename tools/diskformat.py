"""The disk format of kernel/store/format.h: its structs and its numbers."""

from enum import IntEnum

from crc32c import crc32c
from layout import Layout

MAGIC = 0x59454B484354414C
VERSION = 2
BLOCK, SECTOR = 4096, 512
JOURNAL_MAGIC = 0x4C414E52554F4A4C
INFO_PER_SECTOR = 63
INFO_PER_BLOCK = INFO_PER_SECTOR * (BLOCK // SECTOR)
NODE_SLOTS = 16
SPAN_MIN, SPAN_MAX = 12, 28
CAP_REGS = 16
CR_READONLY, CR_WEAK = 1 << 2, 1 << 3
PRIORITIES = 16
TICKS_PER_S = 10_000_000
QUANTUM_MAX = 10_000_000
IRQ_LINES = 62
WAIT_QUEUES = 16
FAULTS = 14
CALLS_MAX = (1 << 48) - 1

CapType = IntEnum(
    "CapType",
    "void number page node process start resume schedule meter range irq devpage"
    " wait checkpoint conlog inspector discrim hook",
    start=0,
)
Kind = IntEnum("Kind", "page node process", start=0)
State = IntEnum("State", "available running waiting", start=0)
Slot = IntEnum("Slot", "space keeper schedule meter brand", start=0)

DISK_CAP = Layout(
    "disk_cap", ("type", "B"), ("rights", "B"), ("badge", "H"), ("version", "I"), ("oid", "Q")
)
DISK_NODE = Layout(
    "disk_node",
    ("oid", "Q"), ("version", "I"), ("crc", "I"), ("span", "B"), ("zero", "x", 7),
    ("slot", DISK_CAP, NODE_SLOTS),
)  # fmt: skip
PROC_REGS = Layout("proc_regs", ("pc", "Q"), ("x", "Q", 32))
DISK_PROCESS = Layout(
    "disk_process",
    ("oid", "Q"), ("version", "I"), ("crc", "I"),
    ("state", "B"), ("resting", "B"), ("fault", "B"), ("zero", "x", 5),
    ("calls", "Q"), ("ticks", "Q"), ("owed", "Q"),
    ("regs", PROC_REGS),
    ("cap", DISK_CAP, CAP_REGS), ("slot", DISK_CAP, len(Slot)),
    ("name", "s", 16),
)  # fmt: skip
DISK_INFO = Layout("disk_info", ("version", "I"), ("crc", "I"))
DISK_INFO_SECTOR = Layout(
    "disk_info_sector", ("crc", "I"), ("zero", "x", 4), ("page", DISK_INFO, INFO_PER_SECTOR)
)
DISK_ENTRY = Layout(
    "disk_entry",
    ("oid", "Q"), ("block", "Q"), ("version", "I"), ("crc", "I"),
    ("kind", "B"), ("index", "B"), ("zero", "x", 6),
)  # fmt: skip
DISK_JOURNAL = Layout(
    "disk_journal",
    ("magic", "Q"), ("sequence", "Q"), ("oid", "Q"),
    ("version", "I"), ("page_crc", "I"), ("crc", "I"), ("zero", "x", 4),
)  # fmt: skip
DISK_ROOT = Layout(
    "disk_root",
    ("magic", "Q"), ("version", "I"), ("crc", "I"),
    ("sequence", "Q"), ("generation", "Q"), ("blocks", "Q"),
    ("objects", "Q", 3),
    ("journal_start", "Q"), ("journal_slots", "Q"),
    ("info_start", "Q"), ("home_start", "Q", 3),
    ("log_start", "Q"), ("log_blocks", "Q"), ("log_tail", "Q"), ("log_head", "Q"),
    ("dir_at", "Q"), ("dir_entries", "Q"), ("list_at", "Q"), ("list_entries", "Q"),
    ("dir_crc", "I"), ("list_crc", "I"),
    ("journal_sequence", "Q"), ("ticks", "Q"), ("real_time", "Q"),
    ("interval", "Q"), ("epoch", "I"), ("zero", "x", 4),
)  # fmt: skip
LAYOUTS = (
    DISK_CAP, DISK_NODE, PROC_REGS, DISK_PROCESS, DISK_INFO, DISK_INFO_SECTOR, DISK_ENTRY,
    DISK_JOURNAL, DISK_ROOT,
)  # fmt: skip

RECORD = {Kind.page: BLOCK, Kind.node: DISK_NODE.size, Kind.process: DISK_PROCESS.size}
POT = {kind: BLOCK // size for kind, size in RECORD.items()}


def checksum(data):
    """The CRC-32C of bytes as the format stores it: what comes out as 0 is 1."""
    return crc32c(data) or 1


_CRC = slice(12, 16)  # of a node's or a process's record
assert DISK_NODE.offsets["crc"] == DISK_PROCESS.offsets["crc"] == _CRC.start


def record_checksum(record):
    """The checksum of a node's or process's record, its own field read as 0."""
    return checksum(record[: _CRC.start] + bytes(4) + record[_CRC.stop :])


def seal_record(record):
    """The record with its checksum in it, and the checksum."""
    crc = record_checksum(record)
    return record[: _CRC.start] + crc.to_bytes(4, "little") + record[_CRC.stop :], crc


def seal_block(layout, values):
    """A block that begins with this struct, whose field `crc` is of the whole."""
    at = layout.offsets["crc"]
    block = layout.pack(**{**values, "crc": 0}).ljust(BLOCK, b"\0")
    return block[:at] + checksum(block).to_bytes(4, "little") + block[at + 4 :]


def blocks_of(count, each):
    """How many blocks `count` things need, `each` to a block."""
    return -(-count // each)


def place_ranges(objects, log_blocks, journal_slots):
    """Where everything lies: the root's fields that say so, as a dict.

    `objects` counts the OIDs of each kind.  Roots, journal, page information,
    home ranges and log follow each other without gaps.
    """
    info = 2 + 2 * journal_slots
    at = info + blocks_of(objects[Kind.page], INFO_PER_BLOCK)
    home = []
    for kind in Kind:
        home.append(at)
        at += blocks_of(objects[kind], POT[kind])
    return dict(
        objects=tuple(objects), journal_start=2, journal_slots=journal_slots, info_start=info,
        home_start=tuple(home), log_start=at, log_blocks=log_blocks, blocks=at + log_blocks,
    )  # fmt: skip
