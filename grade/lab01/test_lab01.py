"""Lab 1, interrupt deferral: the tests that make the mark."""

import pytest

from grade.harness import expect_equal, expect_that
from grade.lab01 import evidence
from grade.lab01.evidence import ANOTHER, DEVICE, KINDS, OWN_WAIT, TIMER

PAGE = "handouts/lab01.md"
PROMPT = 16_000  # instructions within which a program must be woken,
PROMPT_OF_TWO = 60_000  # and of two harts together
WINDOW = 100  # instructions for which interrupts may be disabled


def programs(name):
    return f"user/tests/lab01{name}.toml"


def two_harts(microseconds):
    """Options for two working harts that run that long in turn.  A timer of
    the emulator's own ends each turn; the spare hart behind each working one
    takes the empty turn that follows."""
    timer = ("-netdev", "hubport,id=turns,hubid=0",
             "-object", f"filter-buffer,id=turn,netdev=turns,interval={microseconds}")
    arguments = f"spare=1 shift=3 rotate={microseconds} prompt={PROMPT_OF_TWO}"
    return {"smp": 4, "shift": 3, "append": arguments, "extra": timer}


@pytest.mark.points(30, id="lab1.sweep", where=f"{PAGE}#sweep",
                    hint="what can change, and who can see it, between the instruction that was "
                         "interrupted and user mode?")
@pytest.mark.parametrize("source", [DEVICE, TIMER], ids=["device", "timer"])
def test_sweep(boot, source):
    machine = boot(scenario="sweep.c", debug=False, image=programs("sweep"), shift=0,
                   append=f"kinds={0xFF << 8 * source} prompt={PROMPT}", limit=800)
    evidence.run(machine, len(KINDS))
    results = evidence.read(machine, "result")[8 * source :]
    for result, (name, shortest) in zip(results, KINDS.items()):
        evidence.expect_sweep(result, name, shortest)
    swept = sum(result["done"] for result in results)
    if source == DEVICE:
        evidence.expect_interrupts(machine, swept)
    woken = evidence.waiter(machine, source)["wakes"]
    expect_that(woken >= swept, f"{swept} wakeups or more", f"{woken}")


@pytest.mark.points(15, id="lab1.latch", where=f"{PAGE}#latch",
                    hint="enqueue, unmask, release: which interrupt is lost in any other order?")
@pytest.mark.parametrize("harts", [1, 2])
def test_latch(boot, harts):
    if harts == 1:
        machine = boot(scenario="window.c", image=programs("latch"), shift=0, limit=2000)
        evidence.run(machine, 8)
        evidence.expect_interrupts(machine, 104)
        line = machine.symbol(f"irq_lines[{evidence.LINE}]")
        expect_equal("the latch at the end", line["latched"], False, look="irq_line_wait")
    else:
        cut(boot, "window.c", 13)


def cut(boot, scenario, turn):
    """The driver's hart stops at every instruction of its wait."""
    machine = boot(scenario=scenario, debug=False, image=programs("cut"), limit=4000,
                   **two_harts(turn))
    evidence.run(machine, 1)
    result = evidence.read(machine, "result")[0]
    evidence.expect_sweep(result, "the wait", 1000)
    evidence.expect_interrupts(machine, result["done"])
    return machine


@pytest.mark.points(15, id="lab1.idle", where=f"{PAGE}#idle",
                    hint="what if the interrupt comes just before the hart waits for one?")
@pytest.mark.parametrize("case", ["alone", "cut", "seeded", "worrier"])
def test_idle(boot, seed, case):
    if case == "alone":
        machine = idle(boot, {"shift": 0})
    elif case == "cut":
        machine = cut(boot, "idle.c", 16)
    elif case == "seeded":
        machine = idle(boot, two_harts(3 + seed % 5), stride=3)
    else:
        machine = worry(boot)
    rests = sum(evidence.read(machine, "rests"))
    # Where the interrupt comes early in the wait there is no rest.
    least = 2 if case == "worrier" else evidence.read(machine, "result")[0]["done"] // 2
    expect_that(rests >= least, f"a hart with nothing to run to rest, {least} times or more",
                f"it called irqs_wait() {rests} times", look="resched")


def idle(boot, options, stride=1):
    """The alarm slides over the way to idle, of the driver and of a sleeper."""
    append = f"{options.pop('append', '')} stride={stride}"
    machine = boot(scenario="idle.c", debug=False, image=programs("idle"), append=append, **options)
    evidence.run(machine, 2)
    results = evidence.read(machine, "result")[:2]
    for result, name in zip(results, ("the wait for a device", "the timed wait")):
        evidence.expect_sweep(result, name, 3000, stride)
    evidence.expect_interrupts(machine, results[DEVICE]["done"])
    woken = evidence.waiter(machine, TIMER)["wakes"]
    expect_that(woken >= results[TIMER]["done"], "a wakeup at each time", f"{woken} in all")
    return machine


def worry(boot):
    """Callers that only the worrier can wake, while nobody runs."""
    machine = boot(scenario="idle.c", debug=False, image=programs("worry"))
    evidence.run(machine, 1)
    first, *others = evidence.read(machine, "mark")[:3]
    expect_that(not first and all(others), "the second and the third caller to be served",
                f"they were at {others}, the first at {first}")
    return machine


@pytest.mark.points(10, id="lab1.window", where=f"{PAGE}#window",
                    hint="what is done with interrupts disabled that could be done before, or after?")
def test_window(boot):
    kinds = 0xFF & ~(1 << OWN_WAIT)  # there the line itself is masked
    machine = boot(scenario="window.c", debug=False, image=programs("sweep"), shift=0,
                   append=f"kinds={kinds} prompt={PROMPT}", limit=800)
    evidence.run(machine, len(KINDS) - 1)
    evidence.expect_interrupts(machine, 5000)
    least = evidence.read(machine, "least")
    for mode in (0, 1):
        expect_that(20 <= least[mode] < 100, f"the handler to begin at once in {evidence.MODES[mode]}",
                    f"{least[mode]} instructions after the interrupt at the earliest")
    windows = list(_windows(machine, least))
    longest, kind, mode, kept = max(windows, key=lambda window: window[0])
    expect_that(longest <= WINDOW, f"interrupts to be disabled for {WINDOW} instructions at most",
                f"they were for {longest}, in {kind}, at instruction {kept['offset']}, until the "
                f"interrupt could come in {evidence.MODES[mode]}",
                look=evidence.where(machine, kept["pc"]) if mode == 0 else "return_to_user")


def _windows(machine, least):
    """(instructions, kind, mode, where) of the longest stretch of each kind:
    from when the interrupt was due to the handler, less what that takes at the
    least, and less the noting of the timer's, where that came first."""
    note = evidence.read(machine, "note_cost")
    for number, (result, name) in enumerate(zip(evidence.read(machine, "result"), KINDS)):
        for mode, kept in enumerate(result["kept"]):
            if kept["longest"]:
                noted = note if name in ("a timed wait and idling", "another interrupt") else 0
                yield kept["longest"] - least[mode] - noted, name, mode, kept


@pytest.mark.points(10, id="lab1.frames", where=f"{PAGE}#frames",
                    hint="the handler and the kernel share two words, and nothing else")
def test_frames(boot):
    kinds = 0xFF & ~(1 << ANOTHER)
    machine = boot(scenario="frames.c", image=programs("sweep"), shift=0, limit=1500,
                   append=f"kinds={kinds} stride=5 prompt={PROMPT_OF_TWO}")
    evidence.run(machine, len(KINDS) - 1)
    for result, (name, shortest) in zip(evidence.read(machine, "result"), list(KINDS.items())[:ANOTHER]):
        evidence.expect_sweep(result, name, shortest, stride=5)
    evidence.expect_interrupts(machine, 2000)
    expect_equal("the most interrupt frames at a time", evidence.read(machine, "frames_most"), 1)
    modes = evidence.read(machine, "modes")
    locked = evidence.read(machine, "locked")
    expect_that(modes[0] > 1000 and modes[1] > 100 and locked > 100,
                "interrupts in the kernel, in user mode, and while a lock is held",
                f"{modes[0]}, {modes[1]} and {locked} of them")


@pytest.mark.points(20, id="lab1.preempt", where=f"{PAGE}#preempt",
                    hint="resched() puts the process back, delivers, and then asks who is first")
@pytest.mark.parametrize("harts", [1, 2])
def test_preempt(boot, harts):
    options = {"shift": 3, "append": "shift=3"} if harts == 1 else two_harts(5)
    tests, interrupts = {1: (5, 3), 2: (8, 8)}[harts]
    machine = boot(scenario="window.c", debug=False, image=programs("preempt"), limit=2000, **options)
    evidence.run(machine, tests)
    evidence.expect_interrupts(machine, interrupts)
    slices = evidence.read(machine, "slices")
    expect_that(slices >= 2, "the spinning processes to have run", f"{slices} turns were written down")
