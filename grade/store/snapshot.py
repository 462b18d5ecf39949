"""What the workloads' objects look like on a disk.

user/tests/ckptload.c writes the number of the round into each of its objects,
in a fixed order.  So at any instant they hold the same number up to some place,
and from there on the one before; and how far it has come stands in a page.  A
checkpoint that is no snapshot, because an object went to the disk as it was a
little later, or a little earlier, does not look like that.

user/tests/ckptjournal.c journals pages that it writes rising numbers into.
"""

import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from diskformat import BLOCK, CapType, Slot  # noqa: E402
from diskimage import Node, Page, read_image  # noqa: E402

NAME = "load"
TABLE = 10  # its register with the table of its objects
JOURNALING, PAGES = "journal", 8  # the other workload, its register with its first page
PROGRESS = 0xB0000  # where in its space: round << 16 | objects written in it


def fault_of(disk):
    """What is wrong with the workload's objects on a sound disk, or nothing;
    nothing, too, where that is another workload's."""
    image = read_image(disk)
    load = _process(image, NAME)
    if load is None or load.cap[TABLE].type != CapType.node:
        return ""
    held = [numbers for entry in _entries(image, load.cap[TABLE]) for numbers in _numbers(image, entry)]
    for (_, what), numbers in held:
        if len(set(numbers)) > 1:
            return f"no snapshot: {what} holds {min(numbers)} and {max(numbers)} at once"
    return _order_fault(held) or _progress_fault(image, load, held)


def journaled_in(disk, page):
    """The number in a page of ckptjournal, by its place among them: what the
    next restart finds there.  None: the page holds two."""
    image = read_image(disk)
    words = struct.unpack(f"<{BLOCK // 8}Q", _at(image, _process(image, JOURNALING).cap[PAGES + page]).data)
    return words[0] if len(set(words)) == 1 else None


def _process(image, name):
    return next((process for process in image.processes.values() if process.name == name), None)


def _at(image, cap):
    """The object that a page or node capability names, or None."""
    if cap.type == CapType.node:
        return image.nodes.get(cap.oid) or Node(cap.oid)
    return (image.pages.get(cap.oid) or Page(cap.oid)) if cap.type == CapType.page else None


def _entries(image, table):
    """(place, capability) of the objects, in the order they are written in."""
    leaves = [_at(image, cap) for cap in _at(image, table).slot]
    caps = [cap for leaf in leaves if leaf for cap in leaf.slot]
    return [(place, cap) for place, cap in enumerate(caps) if cap.type != CapType.void]


def _numbers(image, entry):
    """((place, what), numbers that are written at once), of one object."""
    place, cap = entry
    if cap.type == CapType.page:
        yield (place, f"page {cap.oid}"), struct.unpack(f"<{BLOCK // 8}Q", _at(image, cap).data)
    elif cap.type == CapType.node:
        slots = _at(image, cap).slot
        for slot in (slots[0], slots[-1]):
            yield (place, f"node {cap.oid}"), (slot.oid if slot.type == CapType.number else 0,)
    elif cap.oid in image.processes:
        regs = image.processes[cap.oid].regs
        yield (place, f"process {cap.oid}"), (regs["pc"], regs["x"][10])


def _order_fault(held):
    first = held[0][1][0] if held else 0
    before = first
    for (place, what), (number, *_) in held:
        if number > before or number < first - 1:
            return (f"no snapshot: {what}, number {place}, holds {number},"
                    f" one before it {before}, the first {first}")
        before = number
    return ""


def _progress_fault(image, load, held):
    """What is written agrees with how far the workload says it has come: the
    object at that place may have been written."""
    page = _mapped(image, load.slot[Slot.space], PROGRESS)
    number, reached = divmod(int.from_bytes(page.data[:8], "little"), 1 << 16) if page else (0, 0)
    for (place, what), (found, *_) in held:
        before = max(0, number - 1)
        if found != (before if place > reached else number) and (place, found) != (reached, before):
            return (f"no snapshot: {what}, number {place}, holds {found}, but {reached} objects"
                    f" were written in round {number}")
    return ""


def _mapped(image, cap, address):
    """The page at an address of a space, or None."""
    while cap.type == CapType.node:
        node = _at(image, cap)
        index, address = address >> node.span, address & ((1 << node.span) - 1)
        if index >= len(node.slot):
            return None
        cap = node.slot[index]
    return _at(image, cap)
