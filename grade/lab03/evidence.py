"""What the machines of lab 3's tests leave behind, and what it must say.

The programs in the guest print results, and write them into the ledger, a page
of memory (user/tests/lab03.h), in which the scenario books every lock.  The
words of the locks are read from outside, too.  A point needs all of them to
agree.
"""

import struct

from grade.harness import expect_equal, expect_that
from grade.harness.ledger import Ledger

LEDGER = Ledger(3, 0x6C61623033626F6F)
read = LEDGER.read
HARTS = 8
INSTRUCTIONS = 100  # a tick, where each takes a nanosecond
PAGE, NODE, PROCESS = range(3)


def program(name, folder):
    """The manifest of one test program."""
    path = folder / f"lab03{name}.toml"
    path.write_text(LEDGER.text(name, "share"))
    return path


def run(machine, plan, checks=0):
    """Lets the machine run to its end, looks whether the guest's `plan` tests
    passed and whether the ledger says so too: of so many things looked at, or
    more.  Then no lock is left."""
    LEDGER.run(machine, plan)
    right = read(machine, "checks")
    expect_that(right >= checks, f"{checks} orders to be answered as they should, or more", f"{right} were")
    expect_no_lock_left(machine)
    return machine


def words(machine, kind):
    """The words of all locks of a kind, as they stand in memory."""
    pool = {what: machine.symbol(f"pools[{kind}].{what}") for what in ("headers", "size", "room")}
    memory = machine.read(pool["headers"], pool["size"] * pool["room"])
    at = read(machine, "lock_offset")
    return [struct.unpack_from("<I", memory, i * pool["size"] + at)[0] for i in range(pool["room"])]


def expect_no_lock_left(machine):
    """All is over and only the test's own process is loaded: nobody has a lock
    of a page or a node, and of processes one for each hart at most."""
    for kind, name in ((PAGE, "page"), (NODE, "node")):
        held = {i: word for i, word in enumerate(words(machine, kind)) if word}
        expect_that(not held, f"no {name} to be locked when all is over",
                    f"of {len(held)} headers the lock's word is not 0: {held}", look="mrow_release_all")
    locked = sum(1 for word in words(machine, PROCESS) if word)
    loaded = sum(1 for i in range(HARTS) if machine.symbol(f"harts[{i}].current"))
    expect_that(loaded and locked == loaded, "as many processes to be locked as are loaded on harts",
                f"{loaded} are loaded, {locked} are locked", look="mrow_drop")


def expect_used(machine, **least):
    """So many of each of these were booked, or more: or it was not a test."""
    for what, number in least.items():
        booked = read(machine, what)
        expect_that(booked >= number, f"{number} {what} to be booked, or more", f"{booked} were")


def costs(machine):
    """Instructions of one round of each loop of costs.c, without the loop."""
    names = ("nothing", "release", "read", "many", "again", "write", "refused")
    rounds = machine.symbol("lock_cost_rounds")
    ticks = dict(zip(names, machine.symbol("lock_costs")))
    return {name: INSTRUCTIONS * (ticks[name] - ticks["nothing"]) / rounds for name in names}
