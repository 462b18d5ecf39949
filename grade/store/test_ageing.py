"""Memory as a cache (kernel/obj/age.h): working sets larger than the pools.

user/tests/ageing.c walks over pages, nodes and processes, more of them than
there are headers, on one hart and several, and checks all it sees.  The
pressure sweep takes away all that can be taken, before the k-th header since
boot is taken, for every k: what the program prints must not change.
"""

from pathlib import Path

import pytest

from grade.budget import seeds, size
from grade.harness import expect_that, require
from grade.harness.chaos import with_workers
from grade.harness.far import groups, node, pages

ROOT = Path(__file__).parents[2]
PAGES, NODES = 256, 208
# For each number of harts that work.
SMALL = {workers: f"preload=0 pages=64 processes=20 nodes={96 if workers == 4 else 64}" for workers in (1, 2, 4)}


def manifest_of(folder, steps):
    """The image of the test program and of what it walks over."""
    text = (ROOT / "user/tests/tests.toml").read_text()
    text = text.replace('program = "invocation"', 'program = "ageing"')
    text = text.replace("pages = 160", "pages = 480").replace("processes = 26", "processes = 64")
    text = text.replace("nodes = 96", "nodes = 320")
    text = text.replace('"start(watch, 1)"', '"start(watch, 1)", 11 = "node(far)"')
    parts = [text, *pages(folder, PAGES)]
    parts += [node(f"node{i}", [None, None, None, f"number({7000 + i})"]) for i in range(NODES)]
    parts += groups("leafs", [f"node{i}" for i in range(NODES)], "node")
    parts.append(node("far", ["node(pages)", "node(leafs)", f"number({steps})"]))
    path = folder / "ageing.toml"
    path.write_text("\n".join(parts))
    return path


RUNS = [(workers, debug, seed) for workers in SMALL for debug in (False, True) for seed in seeds("ageing.seeds")
        if workers > 1 or seed == 1]


@pytest.mark.parametrize("workers, debug, seed", RUNS)
def test_working_set_larger_than_memory(boot, tmp_path, workers, debug, seed):
    steps = 18 if debug else 300
    run = boot(
        reference=True, debug=debug, image=manifest_of(tmp_path, steps), seed=seed, limit=120000,
        **with_workers(workers, SMALL[workers], debug=debug),
    )
    require(run.finish())
    for kind, headers in enumerate((64, 96)):
        expect_that(run.symbol(f"fetch_counts[{kind}].v") > headers, f"more objects to come in than {headers}",
                    "there was room for all: nothing was tested")


@pytest.fixture
def workload(tmp_path):
    """The image of a few hundred steps."""
    return manifest_of(tmp_path, 3)


@pytest.mark.parametrize("part", range(4))
def test_taken_away_before_every_header(boot, workload, part):
    """All that can be taken is, before the k-th header is: the same answers for every k."""
    plain = boot(reference=True, debug=False, image=workload, limit=60000, append="preload=0")
    require(plain.finish())
    headers = plain.symbol("headers_taken.v")
    step = -(-headers // size("ageing.squeezes"))
    for k in range(1 + part * step, headers + 1, 4 * step):
        run = boot(reference=True, debug=False, image=workload, limit=60000, append=f"preload=0 squeeze={k}")
        require(run.finish())
        expect_that(run.symbol("squeeze_at.v") == 0, f"a kernel that took {headers} headers to take {k}",
                    "it never took away what it could")


@pytest.mark.parametrize("workers", (2, 4))
def test_taken_away_while_others_work(boot, workload, workers):
    """The same on several harts, some of which have found what others would take."""
    plain = boot(reference=True, debug=False, image=workload, limit=60000, **with_workers(workers, "preload=0"))
    require(plain.finish())
    headers = plain.symbol("headers_taken.v")
    step = -(-headers // size("ageing.squeezes"))
    for k in range(headers // 3, headers + 1, 4 * step):
        run = boot(reference=True, debug=False, image=workload, seed=k, limit=60000,
                   **with_workers(workers, f"preload=0 squeeze={k}"))
        require(run.finish())


TOO_SMALL = {
    "pages=4": "boot arguments: pages=4: one transaction may need 8, times 2 harts: 16",
    "nodes=47": "boot arguments: nodes=47: one transaction may need 24, times 2 harts: 48",
    "processes=7": "boot arguments: processes=7: one transaction may need 3, times 2 harts, and 2 more: 8",
    "maprefs=1": "boot arguments: maprefs=1: one transaction may need 18, times 2 harts: 36",
    "spaces=4": "boot arguments: spaces=4: one transaction may need 2, times 2 harts, and 1 more: 5",
}


@pytest.mark.parametrize("argument", TOO_SMALL)
def test_what_is_too_small_is_said(boot, workload, argument):
    run = boot(reference=True, debug=False, image=workload, smp=2, limit=60000, append=argument)
    run.finish(status=101)
    expect_that(TOO_SMALL[argument] in run.text, TOO_SMALL[argument], run.text.strip()[-200:])


def test_the_least_that_will_do(boot, workload):
    """Mapping references and spaces, too: they make way, and all goes on."""
    run = boot(
        reference=True, debug=False, image=workload, limit=120000,
        **with_workers(2, "preload=0 pages=48 nodes=48 processes=20 maprefs=36 spaces=5"),
    )
    require(run.finish())
