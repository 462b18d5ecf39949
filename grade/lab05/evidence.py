"""What the machines of lab 5's tests leave behind, and what it must say.

The programs in the guest print results, and write them into the ledger, a page
of memory (user/tests/lab05.h), in which the scenario books every halt, stall,
wakeup and shootdown, and stops the machine where one is not what it promises.
A point needs all of them to agree.
"""

from grade.harness import expect_equal, expect_that
from grade.harness.ledger import Ledger

LEDGER = Ledger(5, 0x6C61623035626F6F)
read = LEDGER.read
run = LEDGER.run


def program(name, folder):
    """The manifest of one test program."""
    path = folder / f"lab05{name}.toml"
    path.write_text(LEDGER.text(name, "halt"))
    return path


def expect_halts(machine, halts, loaded):
    """At least so many processes were halted, so many of them on a hart."""
    had = [read(machine, what) for what in ("halts", "loaded")]
    expect_that(had[0] >= halts and had[1] >= loaded,
                f"{halts} processes to be halted, {loaded} of them while they are loaded",
                f"{had[0]} were, and {had[1]} of them", look="halt_and_lock")
    asking = read(machine, "asking")
    expect_that(2 * asking >= had[1], "the harts that have them to be asked to let go",
                f"{asking} interrupts were sent for {had[1]} of them", look="ipi_send")


def expect_one_wakeup(machine):
    """One for each claim that was dropped, at most, and nobody for nothing."""
    claims, wakeups, again, expired, stalls = (
        read(machine, what) for what in ("claims", "wakeups", "again", "expired", "stalls"))
    expect_that(wakeups - expired <= claims and again <= expired,
                "one process to be woken for each claim that is dropped, and to get its turn",
                f"{claims} claims were dropped and {wakeups} woken; {again} of them stalled again")
    return stalls
