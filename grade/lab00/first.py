"""The machine of lab 0's tests: the submitted program, alone with a stand-in.

The program finds the registers it finds at the shell, but behind the clock,
the factory and its keeper there is one process of the grader's
(user/tests/lab00stand.c).  What the program is asked for is drawn afresh for
each submission and seed, reaches it through capabilities only, and its answers
are read from the page it was told to write them to.  What it prints is not
looked at, but for the word of a stub that it is one.
"""

from pathlib import Path

from grade.harness.elf import Elf
from grade.harness.verdict import Crash, Wrong, unwritten

UNKNOWN = 0x756E6B6E6F776E21  # user/lib/lab00.h: what is not asked yet
NODE_SLOTS = 16
RC_OK, RC_VOID, RC_LIMIT = 0, 1, 9
RESULTS = {RC_OK: "RC_OK", RC_VOID: "RC_VOID", RC_LIMIT: "RC_LIMIT"}
STEPS = ("read_number", "read_clock", "find_number")
AS_CLOCK, AS_STRANGER = 0, 1  # user/tests/lab00.h

_ADDED = """
[[node]]
name = "granted"
slots = {{ 0 = "page(answers)", 1 = "{number}", 2 = "node(parcel)" }}

[[node]]
name = "parcel"
slots = {{ {parcel} }}

[[process]]
name = "stand"
program = "lab00stand"
priority = 10
caps = {{ 1 = "conlog", 4 = "discrim", 10 = "number({clock[0]})", 11 = "number({clock[1]})", 12 = "number({clock[2]})" }}
map = {{ 0xc0000 = "devpage(0x100000)", 0xc1000 = "page(board)" }}
"""


def run(boot, function, number="number(1)", clock=(RC_OK, 1, 1), parcel=None):
    """Lets the program run to its end and gives the machine.

    function: the one that is tested; those after it need not be written yet.
    number: the capability (as manifests write it) it is to read.  clock: the
    answer of the clock, words 0 to 2.  parcel: {slot: capability}.
    """
    slots = ", ".join(f'{slot} = "{cap}"' for slot, cap in (parcel or {}).items())
    manifest = boot.folder / "image.toml"
    manifest.write_text((Path(__file__).parent / "first.toml").read_text()
                        + _ADDED.format(number=number, clock=clock, parcel=slots))
    machine = boot(scenario="pages.c", image=manifest, limit=200)
    log = machine.finish()
    stub = unwritten(log.text)
    if stub and stub[1] in STEPS[: STEPS.index(function) + 1]:
        raise Wrong(f"{stub[1]} to be written", f"the program ended in the stub of lab {stub[0]}: {stub[1]} "
                    "is yours to write", look=stub[1])
    _expect_no_fault(machine)
    return machine


def answer(machine, field):
    """What the program has written down (struct answers)."""
    return machine.symbol(f"answers->{field}")


def calls(machine, badge):
    """How often the stand-in was called by this badge."""
    return machine.symbol("board->calls")[badge]


def _expect_no_fault(machine):
    if machine.symbol("board->fault"):
        program = Elf(machine.config.image.parent / "programs" / "first.elf")
        address, pc = machine.symbol("board->address"), machine.symbol("board->pc")
        raise Crash("the program to run to its end", f"it faulted at address {address:#x}, in {program.where(pc)}",
                    look=program.line(pc), log=machine.artefacts.serial)
    if not machine.symbol("board->ended"):
        raise Crash("the program to run to its end", "the machine was turned off before",
                    log=machine.artefacts.serial)
