"""Objects that come in from the disk on demand (kernel/obj/fetch.h), from user mode.

user/tests/fetch.c touches objects that the image has and memory has not, by
several processes at once, and counts the reads.  Completions come as late as
`slow` microseconds, in an order drawn by the seed, and of the requests there
are few: so the object I/O queues and the request queue have members.
"""

from pathlib import Path

import pytest

from grade.harness import require
from grade.harness.chaos import with_workers
from grade.harness.far import node, pages

ROOT = Path(__file__).parents[2]
PAGES, NODES, PROCESSES = 256, 8, 4
# Microseconds that a read takes at most, and requests.
DISKS = ((0, 8), (5, 2), (50, 1), (50, 8), (2000, 3))
# Workers; the debug kernel, which checks itself at every entry, where it is quick enough.
RUNS = [(1, debug, *disk) for debug in (True, False) for disk in DISKS]
RUNS += [(workers, False, *disk) for workers in (2, 4) for disk in DISKS]
RUNS += [(2, True, 200, 1), (4, True, 50, 2)]


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
    parts = [text, *pages(folder, PAGES, "groups"), *nodes(), *processes(), node("absent", absent)]
    path = folder / "fetch.toml"
    path.write_text("\n".join(parts))
    return path


@pytest.mark.parametrize("workers, debug, slow, requests", RUNS)
def test_fetch(boot, tmp_path, seed, workers, debug, slow, requests):
    run = boot(
        reference=True, debug=debug, image=manifest_of(tmp_path, slow), seed=seed, limit=60000,
        **with_workers(workers, f"preload=0 slow={slow} requests={requests}", debug=debug),
    )
    require(run.finish())
