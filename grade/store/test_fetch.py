"""Objects that come in from the disk on demand (kernel/obj/fetch.h), from user mode.

user/tests/fetch.c touches objects that the image has and memory has not, by
several processes at once, and counts the reads.  Completions come as late as
`slow` microseconds, in an order drawn by the seed, and of the requests there
are few: so the object I/O queues and the request queue have members.
"""

import struct
from pathlib import Path

import pytest

from grade.harness import require

ROOT = Path(__file__).parents[2]
PAGES, NODES, PROCESSES, SLOTS = 256, 8, 4, 16
MACHINES = {"1-worker": (1, ""), "2-workers": (4, "chaos=30"), "4-workers": (8, "chaos=30")}
# Microseconds that a read takes at most, and requests.
DISKS = ((0, 8), (5, 2), (50, 1), (50, 8), (2000, 3))
# The debug kernel, which checks itself at every entry, where it is quick enough.
RUNS = [("1-worker", debug, *disk) for debug in (True, False) for disk in DISKS]
RUNS += [(name, False, *disk) for name in ("2-workers", "4-workers") for disk in DISKS]
RUNS += [("2-workers", True, 200, 1), ("4-workers", True, 50, 2)]


def node(name, slots):
    inside = ", ".join(f'{i} = "{cap}"' for i, cap in enumerate(slots) if cap)
    return f'[[node]]\nname = "{name}"\nslots = {{ {inside} }}\n'


def pages(folder):
    """Page i holds the words 1000 * i and on."""
    for i in range(PAGES):
        (folder / f"page{i}").write_bytes(struct.pack("<512Q", *range(1000 * i, 1000 * i + 512)))
        yield f'[[page]]\nname = "page{i}"\nfile = "page{i}"\n'
    for group in range(PAGES // SLOTS):
        yield node(f"pages{group}", [f"page(page{group * SLOTS + i})" for i in range(SLOTS)])
    yield node("groups", [f"node(pages{group})" for group in range(PAGES // SLOTS)])


def nodes():
    """Nodes with a number each, and one that holds the last page."""
    for i in range(NODES):
        yield node(f"node{i}", [f"number({7000 + i})"])
    yield node("leaf", [f"page(page{PAGES - 1})"])
    yield node("nodes", [*(f"node(node{i})" for i in range(NODES)), "node(leaf)"])


def processes():
    """Available processes, each with a number in register 14."""
    for i in range(PROCESSES):
        yield (
            f'[[process]]\nname = "absent{i}"\nprogram = "watch"\npriority = 1\nstate = "available"\n'
            f'caps = {{ 14 = "number({9000 + i})" }}\n'
        )
    yield node("processes", [f"process(absent{i})" for i in range(PROCESSES)])


def manifest_of(folder, slow):
    """The image of the test program and of what it is to touch."""
    text = (ROOT / "user/tests/tests.toml").read_text()
    text = text.replace('program = "invocation"', 'program = "fetch"')
    text = text.replace("pages = 160", "pages = 480").replace("processes = 26", "processes = 32")
    text = text.replace('"start(watch, 1)"', '"start(watch, 1)", 11 = "node(absent)"')
    absent = ["node(groups)", "node(nodes)", "node(processes)", f"number({slow})", "range(page, all)"]
    parts = [text, *pages(folder), *nodes(), *processes(), node("absent", absent)]
    path = folder / "fetch.toml"
    path.write_text("\n".join(parts))
    return path


@pytest.mark.parametrize("machine, debug, slow, requests", RUNS)
def test_fetch(boot, tmp_path, seed, machine, debug, slow, requests):
    harts, arguments = MACHINES[machine]
    run = boot(
        reference=True, debug=debug, image=manifest_of(tmp_path, slow), smp=harts, seed=seed, limit=60000,
        append=f"{arguments} preload=0 slow={slow} requests={requests}",
    )
    require(run.finish())
