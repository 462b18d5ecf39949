"""What the machines of lab 4's tests leave behind, and what it must say.

The programs in the guest print results, and write them into the ledger, a page
of memory (user/tests/lab04.h), in which the scenario books every stall and
every wakeup.  A point needs all of them to agree.
"""

from grade.harness import expect_equal, expect_that
from grade.harness.ledger import Ledger

LEDGER = Ledger(4, 0x6C61623034626F6F)
read = LEDGER.read
run = LEDGER.run


def program(name, folder, processes=40, number=1):
    """The manifest of one test program, with room for so many processes, and
    with a number that it may ask for."""
    text = LEDGER.text(name, "order").replace("number(1)", f"number({number})")
    path = folder / f"lab04{name}.toml"
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


def expect_no_herd(machine):
    """Each service took one wakeup at most, and nobody was woken for nothing."""
    services, wakeups, again = (read(machine, what) for what in ("services", "wakeups", "again"))
    expect_that(wakeups <= services and not again, "one wakeup for each service, at most",
                f"{services} services took {wakeups} wakeups, {wakeups / max(services, 1):.1f} for each; "
                f"{again} times who had been woken stalled again")


def queue(machine, name):
    """How many hooks were put on one of the kernel's queues since boot."""
    return machine.symbol(f"queues[{read(machine, name)}].enqueued.v")
