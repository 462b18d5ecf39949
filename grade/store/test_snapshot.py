"""What is a snapshot of the workload and what is none, on images made here."""

import pytest

from grade.store import snapshot
from grade.store.record import Memory, workload
from grade.store.snapshot import BLOCK, PROGRESS, TABLE, CapType, Node, Page, Slot

from diskimage import Cap, Image, Process, write_image  # snapshot.py says where it is

OBJECTS = ("page", "page", "node", "node", "process")


def number(value):
    return Cap(CapType.number, oid=value)


def page(oid, value):
    return Page(oid, value.to_bytes(8, "little") * (BLOCK // 8))


def load(values, at):
    """The disk of a workload whose objects hold these values, a pair where one
    holds two, and that has written `at` (round, place)."""
    image = Image([16, 16, 4])
    image.pages[0] = Page(0, (at[0] << 16 | at[1]).to_bytes(8, "little").ljust(BLOCK, b"\0"))
    slots = []
    for place, (kind, value) in enumerate(zip(OBJECTS, values)):
        low, high = value if isinstance(value, tuple) else (value, value)
        slots.append(Cap(CapType[kind], oid=place + 1 if kind != "process" else 1))
        if kind == "page":
            data = page(place + 1, low).data
            image.pages[place + 1] = Page(place + 1, data[:-8] + high.to_bytes(8, "little"))
        elif kind == "node":
            image.nodes[place + 1] = Node(place + 1, slot=[number(low), *[Cap()] * 14, number(high)])
        else:
            regs = dict(pc=low, x=[0] * 10 + [high] + [0] * 21)
            image.processes[1] = Process(1, "object", state=0, regs=regs)
    image.nodes[7] = Node(7, slot=slots + [Cap()] * (16 - len(slots)))
    image.nodes[8] = Node(8, slot=[Cap(CapType.node, oid=7)] + [Cap()] * 15)
    image.nodes[9] = Node(9, slot=[Cap(CapType.page, oid=0)] + [Cap()] * 15)
    root = [Cap()] * 16
    root[PROGRESS >> 16] = Cap(CapType.node, oid=9)
    image.nodes[10] = Node(10, span=16, slot=root)
    caps, own = [Cap()] * 16, [Cap()] * 5
    caps[TABLE], own[Slot.space] = Cap(CapType.node, oid=8), Cap(CapType.node, oid=10)
    image.processes[0] = Process(0, "load", cap=caps, slot=own)
    image.runnable = [0]
    return Memory(write_image(image))


@pytest.mark.parametrize(
    "values, at",
    [
        ((0, 0, 0, 0, 0), (0, 0)),
        ((7, 7, 7, 7, 7), (8, 0)),
        ((8, 7, 7, 7, 7), (8, 0)),  # the first is written, and it is not yet noted
        ((8, 8, 7, 7, 7), (8, 2)),
        ((8, 8, (8, 7), 7, 7), (8, 2)),  # a node takes two invocations
        ((8, 8, 8, 8, 8), (8, 4)),
        ((8, 8, 8, 8, 8), (8, 5)),
    ],
)
def test_a_snapshot(values, at):
    assert snapshot.fault_of(load(values, at)) == ""


@pytest.mark.parametrize(
    "values, at, says",
    [
        ((8, (8, 7), 7, 7, 7), (8, 1), "page 2 holds 7 and 8 at once"),
        ((8, 8, 8, 8, (8, 7)), (8, 4), "process 1 holds 7 and 8 at once"),
        ((8, 7, 8, 7, 7), (8, 1), "node 3, number 2, holds 8, one before it 7"),
        ((8, 8, 6, 6, 6), (8, 2), "node 3, number 2, holds 6, one before it 8"),
        ((8, 8, (7, 8), 7, 7), (8, 2), "node 3, number 2, holds 8, one before it 7"),
        ((8, 8, 8, 7, 7), (8, 1), "node 3, number 2, holds 8, but 1 objects were written in round 8"),
        ((8, 7, 7, 7, 7), (8, 3), "page 2, number 1, holds 7, but 3 objects were written in round 8"),
        ((7, 7, 7, 7, 7), (9, 0), "page 1, number 0, holds 7, but 0 objects were written in round 9"),
    ],
)
def test_no_snapshot(values, at, says):
    assert says in snapshot.fault_of(load(values, at))


def test_the_workload_as_it_is_begins_with_one():
    """And is known by the names and places that snapshot.py has."""
    disk = Memory(workload("ckptload").read_bytes())
    image = snapshot.read_image(disk)
    assert snapshot.fault_of(disk) == ""
    process = next(p for p in image.processes.values() if p.name == snapshot.NAME)
    assert process.cap[TABLE].type == CapType.node
    assert snapshot._mapped(image, process.slot[Slot.space], PROGRESS) is not None
