"""What the machines of lab 2's tests leave behind, and what it must say.

The programs in the guest print results, and write them into the ledger, a page
of memory (user/tests/lab02.h), in which the scenario books every pin and all
that is taken.  A point needs all of them to agree.
"""

from grade.harness import expect_equal
from grade.harness.far import groups, node, pages
from grade.harness.ledger import Ledger

LEDGER = Ledger(2, 0x6C61623032626F6F)
read = LEDGER.read
PAGES, NODES = 96, 64


def program(name, folder):
    """The manifest of one test program, and of what is far away: see
    user/tests/lab02user.h."""
    parts = [LEDGER.text(name, "walk"), *pages(folder, PAGES)]
    parts += [node(f"node{i}", [None, None, None, f"number({7000 + i})"]) for i in range(NODES)]
    parts += groups("leafs", [f"node{i}" for i in range(NODES)], "node")
    parts.append(node("far", ["node(pages)", "node(leafs)", "range(page, all)"]))
    path = folder / f"lab02{name}.toml"
    path.write_text("\n".join(parts))
    return path


def run(machine, plan, checks):
    """Lets the machine run to its end, looks whether the guest's `plan` tests
    passed and whether the ledger says so too: of so many things looked at."""
    LEDGER.run(machine, plan)
    if checks:
        expect_equal("the objects that were looked at, and right", read(machine, "checks"), checks)
    return machine
