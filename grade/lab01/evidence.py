"""What the machines of lab 1's tests leave behind, and what it must say.

The programs in the guest print results, and write what happened to them on the
board, a page of memory (user/tests/lab01.h).  A point needs both to agree with
what code of the kernel that is not the lab's has counted.
"""

from elftools.elf.elffile import ELFFile

from grade.harness import expect_equal, expect_that
from grade.harness.ledger import Ledger
from grade.harness.verdict import Failure, unwritten

BOARD = Ledger(1, 0x6C61623031626F61, "board")
read = BOARD.read
LINE = 11  # of the real-time clock
DEVICE, TIMER = 0, 1
MODES = ("the kernel", "user mode")

# The kinds of kernel entry that user/tests/lab01sweep.c sweeps, in its order,
# and how many instructions each has at the very least.
KINDS = {
    "a call of a kernel object": 250,
    "a call of a process and its answer": 1000,
    "a stall on a ring and the wakeup": 2000,
    "a timed wait and idling": 1000,
    "a page fault": 300,
    "a change of a mapping": 300,
    "the wait for the interrupt": 1000,
    "another interrupt": 1000,
}
OWN_WAIT, ANOTHER = 6, 7


def run(machine, plan):
    """Lets the machine run to its end, looks whether the guest's `plan` tests
    passed and whether the board says so too."""
    try:
        return BOARD.run(machine, plan)
    except Failure as failure:
        if not unwritten(failure.happened):
            failure.happened += _last_interrupt(machine)
        raise


def waiter(machine, source):
    """What became of the driver (DEVICE) or the sleeper (TIMER)."""
    return read(machine, "waiter")[source]


def expect_interrupts(machine, at_least):
    """The device interrupted, the kernel acknowledged and delivered, and the
    driver was woken: the same number of times, and often enough."""
    driver = waiter(machine, DEVICE)
    counts = {
        "the driver's wakeups": driver["wakes"],
        "calls of the handler for the device": driver["arrivals"],
        "interrupts acknowledged": machine.symbol(f"irq_acknowledged[{LINE}]"),
        "interrupts delivered": machine.symbol(f"irq_lines[{LINE}].delivered.v"),
    }
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    expect_that(len(set(counts.values())) == 1, "as many wakeups as interrupts", told,
                look="irq_line_deliver")
    expect_that(driver["wakes"] >= at_least, f"at least {at_least} interrupts", told)


def expect_sweep(result, name, shortest, stride=1):
    """A sweep of one kind went from its first to its last instruction."""
    expect_that(result["last"] >= shortest, f"{name} to take {shortest} instructions or more",
                f"it took {result['last']}: the kernel did not do what was asked of it")
    expect_equal(f"the number of interrupts during {name}", result["done"],
                 result["last"] // stride + 1)


def where(machine, address):
    """`function+0x12` of an address in the kernel."""
    with open(machine.config.kernel, "rb") as file:
        for symbol in ELFFile(file).get_section_by_name(".symtab").iter_symbols():
            start, size = symbol["st_value"], symbol["st_size"]
            if symbol["st_info"]["type"] == "STT_FUNC" and start <= address < start + size:
                return f"{symbol.name}+{address - start:#x}"
    return f"{address:#x}"


def _last_interrupt(machine):
    """Where the last interrupt hit, for the message of a test that failed."""
    if read(machine, "magic") != BOARD.magic:
        return ""
    last = [w for w in read(machine, "waiter") if w["handled"] and w["handled"] >= w["due"]]
    if not last:
        return ""
    last = max(last, key=lambda w: w["handled"])
    place = "user mode" if last["from_user"] else where(machine, last["pc"])
    return f"\nthe last interrupt waited for came at instruction {read(machine, 'offset')}, in {place}"
