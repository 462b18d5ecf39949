"""What the machines of lab 5's tests leave behind, and what it must say.

The programs in the guest print results, and write them into the ledger, a page
of memory (user/tests/lab05.h), in which the scenario books every halt, stall,
wakeup and shootdown, and stops the machine where one is not what it promises.
A point needs all of them to agree.
"""

from grade.harness import expect_equal, expect_that, require
from grade.harness.elf import NoSymbol
from grade.harness.lab import ROOT

MAGIC = 0x6C61623035626F6F


def program(name, folder):
    """The manifest of one test program."""
    text = (ROOT / "user/tests/lab05.toml").read_text()
    path = folder / f"lab05{name}.toml"
    path.write_text(text.replace('program = "lab05halt"', f'program = "lab05{name}"'))
    return path


def workers(count, arguments="", chaos=30):
    """Options for so many harts that work, disturbed by as many that do not."""
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
