"""What the machines of lab 4's tests leave behind, and what it must say.

The programs in the guest print results, and write them into the ledger, a page
of memory (user/tests/lab04.h), in which the scenario books every stall and
every wakeup.  A point needs all of them to agree.
"""

from grade.harness import expect_equal, expect_that, require
from grade.harness.elf import NoSymbol
from grade.harness.lab import ROOT

MAGIC = 0x6C61623034626F6F


def program(name, folder, processes=40, number=1):
    """The manifest of one test program, with room for so many processes, and
    with a number that it may ask for."""
    text = (ROOT / "user/tests/lab04.toml").read_text()
    text = text.replace('program = "lab04order"', f'program = "lab04{name}"')
    path = folder / f"lab04{name}.toml"
    text = text.replace("number(1)", f"number({number})")
    path.write_text(text.replace("processes = 40", f"processes = {processes}"))
    return path


def with_pages(manifest):
    """The manifest with a node of pages that are on the disk: the page in slot
    i begins with the word 1000 + i, and the OID of the last is that of the
    first plus the number of I/O queues."""
    parts = [manifest.read_text().replace('"start(watch, 1)"', '"start(watch, 1)", 11 = "node(pages)"')]
    numbers = [*range(15), 99, 15]
    for number in numbers:
        file = manifest.parent / f"page{number}"
        file.write_bytes((1000 + number).to_bytes(8, "little"))
        parts.append(f'[[page]]\nname = "page{number}"\nfile = "{file.name}"\n')
    slots = ", ".join(f'{i} = "page(page{i})"' for i in range(16))
    parts.append(f'[[node]]\nname = "pages"\nslots = {{ {slots} }}\n')
    manifest.write_text("\n".join(parts))
    return manifest


def workers(count, arguments="", chaos=30):
    """Options for so many harts that work, disturbed where there are several."""
    if count == 1:
        return {"append": arguments}
    return {"smp": 2 * count, "append": f"chaos={chaos} {arguments}"}


def run(machine, plan):
    """Lets the machine run to its end, looks whether the guest's `plan` tests
    passed and whether the ledger says so too."""
    require(machine.finish(), plan=plan)
    expect_equal("what the test programs leave in memory when they end", read(machine, "finished"),
                 MAGIC, hint="they did not run to their end, whatever was printed")
    return machine


def read(machine, path):
    """A field of the ledger, or 0 where there is no ledger."""
    try:
        return machine.symbol(f"ledger->{path}")
    except NoSymbol:
        return 0


def expect_no_herd(machine):
    """Each service took one wakeup at most, and nobody was woken for nothing."""
    services, wakeups, again = (read(machine, what) for what in ("services", "wakeups", "again"))
    expect_that(wakeups <= services and not again, "one wakeup for each service, at most",
                f"{services} services took {wakeups} wakeups, {wakeups / max(services, 1):.1f} for each; "
                f"{again} times who had been woken stalled again")


def queue(machine, name):
    """How many hooks were put on one of the kernel's queues since boot."""
    return machine.symbol(f"queues[{read(machine, name)}].enqueued.v")
