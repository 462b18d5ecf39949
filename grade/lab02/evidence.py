"""What the machines of lab 2's tests leave behind, and what it must say.

The programs in the guest print results, and write them into the ledger, a page
of memory (user/tests/lab02.h), in which the scenario books every pin and all
that is taken.  A point needs all of them to agree.
"""

import struct

from grade.harness import expect_equal, require
from grade.harness.elf import NoSymbol
from grade.harness.lab import ROOT

MAGIC = 0x6C61623032626F6F
PAGES, NODES, SLOTS = 96, 64, 16


def _node(name, slots):
    inside = ", ".join(f'{i} = "{cap}"' for i, cap in slots)
    return f'[[node]]\nname = "{name}"\nslots = {{ {inside} }}\n'


def _groups(name, members, kind):
    """Nodes of 16 members each, and the node of these."""
    parts = [members[i : i + SLOTS] for i in range(0, len(members), SLOTS)]
    for i, part in enumerate(parts):
        yield _node(f"{name}{i}", enumerate(f"{kind}({member})" for member in part))
    yield _node(name, enumerate(f"node({name}{i})" for i in range(len(parts))))


def program(name, folder):
    """The manifest of one test program, and of what is far away: see
    user/tests/lab02user.h."""
    parts = [(ROOT / "user/tests/lab02.toml").read_text().replace('"lab02walk"', f'"lab02{name}"')]
    for i in range(PAGES):
        (folder / f"page{i}").write_bytes(struct.pack("<512Q", *range(1000 * i, 1000 * i + 512)))
        parts.append(f'[[page]]\nname = "page{i}"\nfile = "page{i}"\n')
    parts += _groups("pages", [f"page{i}" for i in range(PAGES)], "page")
    parts += [_node(f"node{i}", [(3, f"number({7000 + i})")]) for i in range(NODES)]
    parts += _groups("leafs", [f"node{i}" for i in range(NODES)], "node")
    parts.append(_node("far", enumerate(["node(pages)", "node(leafs)", "range(page, all)"])))
    path = folder / f"lab02{name}.toml"
    path.write_text("\n".join(parts))
    return path


def workers(count, arguments="", chaos=30):
    """Options for so many harts that work, disturbed where there are several."""
    if count == 1:
        return {"append": arguments}
    return {"smp": 2 * count, "append": f"chaos={chaos} {arguments}"}


def run(machine, plan, checks):
    """Lets the machine run to its end, looks whether the guest's `plan` tests
    passed and whether the ledger says so too: of so many things looked at."""
    require(machine.finish(), plan=plan)
    expect_equal("what the test programs leave in memory when they end", read(machine, "finished"),
                 MAGIC, hint="they did not run to their end, whatever was printed")
    if checks:
        expect_equal("the objects that were looked at, and right", read(machine, "checks"), checks)
    return machine


def read(machine, path):
    """A field of the ledger, or 0 where there is no ledger."""
    try:
        return machine.symbol(f"ledger->{path}")
    except NoSymbol:
        return 0
