"""Lab 0, a first invocation: the tests that make the mark.

Two or three machines for each step.  What they are asked is drawn (`draw`), so
that no file can have the answers in it.
"""

import pytest

from grade.harness import Wrong, expect_equal, expect_that
from grade.lab00.first import (
    AS_CLOCK, AS_STRANGER, NODE_SLOTS, RC_LIMIT, RC_OK, RC_VOID, RESULTS, UNKNOWN, answer, calls, run,
)

PAGE = "handouts/lab00.md"
DECOYS = ("page(letter)", "start(stand, 1)", "schedule(1)", "discrim", "node(granted)", "wait(1)")
LETTER = b"Nobody but you reads this page."


def expect_result(machine, function, field, wanted):
    """The function returned the result code that it was answered."""
    is_code = answer(machine, field)
    expect_equal(f"what {function} returns", RESULTS.get(is_code, is_code), RESULTS[wanted], look=function)


def expect_untouched(machine, function, field, result):
    value = answer(machine, field)
    expect_that(value == UNKNOWN, f"{function} to store nothing, for the answer was {RESULTS[result]}",
                f"it stored {value}: nobody looked at the result code", look=function)


@pytest.mark.points(30, id="lab0.number", where=f"{PAGE}#number",
                    hint="words.w0 is the result code, and says whether words.w1 is worth anything")
@pytest.mark.parametrize("register", ["number", "void"])
def test_number(boot, draw, register):
    if register == "void":
        machine = run(boot, "read_number", number="void")
        expect_untouched(machine, "read_number", "number", RC_VOID)
        expect_result(machine, "read_number", "number_result", RC_VOID)
        return
    number = draw.randrange(1 << 32, 1 << 63)
    machine = run(boot, "read_number", number=f"number({number})")
    expect_result(machine, "read_number", "number_result", RC_OK)
    expect_equal("the number", answer(machine, "number"), number, look="read_number")


@pytest.mark.points(30, id="lab0.clock", where=f"{PAGE}#clock",
                    hint="clock.h says which word of the answer is what")
@pytest.mark.parametrize("clock", ["answers", "refuses"])
def test_clock(boot, draw, clock):
    result = RC_OK if clock == "answers" else RC_LIMIT
    ticks, seconds = draw.randrange(1 << 40), draw.randrange(1 << 30, 1 << 31)
    machine = run(boot, "read_clock", clock=(result, ticks, seconds))
    expect_that(calls(machine, AS_CLOCK) > 0, "the clock to be called", "nobody called it",
                look="read_clock", hint="caps.h says in which register it is")
    if result != RC_OK:
        expect_untouched(machine, "read_clock", "seconds", result)
    expect_result(machine, "read_clock", "clock_result", result)
    if result == RC_OK:
        expect_equal("the seconds since 1970", answer(machine, "seconds"), seconds, look="read_clock")


@pytest.mark.points(40, id="lab0.find", where=f"{PAGE}#find",
                    hint="the discriminator says of any capability what it is, and does nothing to it")
@pytest.mark.parametrize("numbers", [1, 2, 0])
def test_find(boot, draw, numbers):
    slots = draw.sample(range(NODE_SLOTS), len(DECOYS) + numbers)
    held = [*DECOYS, *(f"number({draw.randrange(100)})" for _ in range(numbers))]
    parcel = dict(zip(slots, held))
    machine = run(boot, "find_number", parcel=parcel)
    expect_left_alone(machine)
    wanted = min(slots[len(DECOYS) :], default=NODE_SLOTS)
    slot = answer(machine, "slot")
    if slot != wanted:
        there = f", where there is {parcel.get(slot, 'void')}" if slot < NODE_SLOTS else ""
        raise Wrong(f"the slot of the first number to be {wanted}" if numbers else
                    f"{NODE_SLOTS}, for no slot holds a number",
                    "find_number was not asked" if slot == UNKNOWN else f"it is {slot}{there}",
                    look="find_number")


def expect_left_alone(machine):
    """What was in the parcel was looked at, and not invoked."""
    letter = b"".join(word.to_bytes(8, "little") for word in machine.symbol("letter->words"))
    expect_that(letter.startswith(LETTER), "the page in the parcel to be as it was",
                "it is full of zeros: what asks a number for its value, order 0, tells a page to forget "
                "all it holds (NUMBER_READ and PAGE_ZERO in abi/orders.h)", look="find_number")
    expect_that(calls(machine, AS_STRANGER) == 0, "what is in the parcel not to be invoked",
                "a process in it was called; asked for its type, it says that it is a number",
                look="find_number")
