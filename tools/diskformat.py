"""The disk format of kernel/store/format.h: its structs and its numbers."""

from enum import IntEnum

from layout import Layout

MAGIC = 0x59454B484354414C
VERSION = 1
BLOCK = 4096
LOG_START = 2
NODE_SLOTS = 16
SPAN_MIN = 12
CAP_REGS = 16
CR_READONLY, CR_WEAK = 1 << 2, 1 << 3
PRIORITIES = 16

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
    ("oid", "Q"), ("version", "I"), ("span", "B"), ("zero", "x", 3),
    ("slot", DISK_CAP, NODE_SLOTS),
)  # fmt: skip
PROC_REGS = Layout("proc_regs", ("pc", "Q"), ("x", "Q", 32))
DISK_PROCESS = Layout(
    "disk_process",
    ("oid", "Q"), ("version", "I"),
    ("state", "B"), ("resting", "B"), ("fault", "B"), ("zero", "x"),
    ("calls", "Q"), ("ticks", "Q"),
    ("regs", PROC_REGS),
    ("cap", DISK_CAP, CAP_REGS), ("slot", DISK_CAP, len(Slot)),
    ("name", "s", 16),
)  # fmt: skip
DISK_ENTRY = Layout(
    "disk_entry",
    ("oid", "Q"), ("block", "Q"), ("version", "I"), ("crc", "I"),
    ("kind", "B"), ("index", "B"), ("zero", "x", 6),
)  # fmt: skip
DISK_ROOT = Layout(
    "disk_root",
    ("magic", "Q"), ("version", "I"), ("crc", "I"),
    ("generation", "Q"), ("blocks", "Q"),
    ("objects", "Q", 3), ("home_start", "Q", 3), ("home_blocks", "Q", 3),
    ("log_start", "Q"), ("log_blocks", "Q"),
    ("dir_block", "Q"), ("dir_entries", "Q"),
    ("list_block", "Q"), ("list_entries", "Q"),
    ("dir_crc", "I"), ("list_crc", "I"),
    ("ticks", "Q"), ("epoch", "I"), ("zero", "x", 4),
)  # fmt: skip
LAYOUTS = (DISK_CAP, DISK_NODE, PROC_REGS, DISK_PROCESS, DISK_ENTRY, DISK_ROOT)
