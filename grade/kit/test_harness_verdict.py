"""Verdicts and marks, and what the end of a run is judged to be."""

import pickle
from pathlib import Path

import pytest

from grade.harness import Wrong, expect_equal, expect_that
from grade.harness.outcome import Log, judge
from grade.harness.qmp import QmpError
from grade.harness.verdict import (
    BootFailed, BuildFailed, Crash, Infrastructure, Timeout, Verdict, mark, total, unwritten, worst,
)
from grade.harness.watchdog import Watchdog

UP = "latchkey: 1 harts, 128 MiB, 3 processes\n"
STUB = UP + "\npanic: hart 0: trap: lab 1: irq_arrived is yours to write\n"
KTAP_FAILED = "KTAP version 1\n1..1\n# expected: 4 links\n# happened: 3 links\nnot ok 1 ring\n"


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], "infrastructure"),
        (["pass", "pass"], "pass"),
        (["pass", "infrastructure"], "infrastructure"),
        (["infrastructure", "wrong"], "wrong"),
        (["wrong", "timeout", "crash"], "crash"),
        (["crash", "build", "boot"], "build"),
        (["pass", "timeout"], "timeout"),
    ],
)
def test_worst(verdicts, expected):
    assert str(worst(map(Verdict, verdicts))) == expected


def test_a_timeout_is_no_pass_and_infrastructure_no_zero():
    assert {verdict: mark(verdict, 7) for verdict in Verdict} == {
        Verdict.PASS: 7, Verdict.INFRASTRUCTURE: None, Verdict.WRONG: 0, Verdict.BUILD: 0,
        Verdict.BOOT: 0, Verdict.TIMEOUT: 0, Verdict.CRASH: 0}
    assert total([7, 0, 3]) == 10
    assert total([7, None, 3]) is None


@pytest.mark.parametrize("failure", [
    Wrong("a", "b", "c", "d", "e"), BuildFailed("a", "b"), Infrastructure("a", hint="b", log="c")])
def test_failures_travel_between_processes(failure):
    again = pickle.loads(pickle.dumps(failure))
    assert (type(again), vars(again)) == (type(failure), vars(failure))


def test_expectations():
    expect_equal("x", 1, 1)
    expect_that(True, "a", "b")
    with pytest.raises(Wrong, match="expected x to be 2; it is 1"):
        expect_equal("x", 1, 2)
    with pytest.raises(Wrong, match="expected a; b"):
        expect_that(False, "a", "b")


def test_an_unwritten_stub_names_lab_and_function():
    assert unwritten(STUB) == (1, "irq_arrived")
    assert unwritten(UP) is None


@pytest.mark.parametrize(
    ("status", "text", "expected", "said"),
    [
        (101, UP + "\npanic: hart 1: ring: x is 3\n", Crash, "panic: hart 1: ring: x is 3"),
        (101, "OpenSBI\npanic: hart 0: memory: none\n", BootFailed, "panic: hart 0: memory: none"),
        (101, STUB, Crash, "irq_arrived is yours to write"),
        (102, UP, Timeout, "still at work"),
        (100, KTAP_FAILED, Wrong, "3 links"),
        (100, UP, Wrong, "KTAP"),
        (100, "KTAP version 1\n1..1\nok 1 a\n", Wrong, "the guest says that some did not"),
        (77, UP, Crash, "it ended with status 77"),
        (3, "", BootFailed, "it printed nothing"),
        (-9, UP, Infrastructure, "signal 9"),
    ],
)
def test_judge(status, text, expected, said):
    with pytest.raises(expected) as failure:
        judge(Log(text, status, Path("here")), limit=100)
    assert said in failure.value.happened
    assert failure.value.log == "here"


def test_judge_passes_the_status_that_was_wanted():
    judge(Log(UP, 0), limit=100)
    judge(Log(UP, 101), limit=100, expected=101)
    with pytest.raises(Crash):
        judge(Log(UP, 0), limit=100, expected=101)


def test_a_qemu_that_never_greeted_is_infrastructure():
    with pytest.raises(Infrastructure, match="no such option"):
        judge(Log("", 1), limit=100, started=False, complaints="qemu: no such option")


def test_status_1_is_qemus_own_if_it_complained_of_an_error():
    with pytest.raises(Crash):
        judge(Log(UP, 1), limit=100, complaints="qemu: warning: no active timers")
    with pytest.raises(Infrastructure, match="no such device"):
        judge(Log(UP, 1), limit=100, complaints="qemu: no such device")


class Monitor:
    """A guest's clock that shows these values (ms) one after the other."""

    def __init__(self, *clocks, greets=True):
        self._clocks, self._greets = iter(clocks), greets

    def greeted(self):
        return self._greets

    def read_word(self, _address, _size):
        value = next(self._clocks)
        if value is None:
            raise QmpError("no answer")
        return value * 10_000


def looks(monitor, seconds, limit=1000):
    """Looks once in each of `seconds`, with a backstop of 100 s."""
    now = iter([0, *seconds])
    watchdog = Watchdog(monitor, limit, backstop=100, now=lambda: next(now))
    for _ in seconds:
        watchdog.look()


def test_the_watchdog_lets_a_guest_work():
    looks(Monitor(10, 500, 2999), [1, 2, 3])


def test_the_limit_is_one_of_guest_time():
    with pytest.raises(Timeout, match="went on to 3001 ms"):
        looks(Monitor(10, 3001), [1, 2])


def test_a_slow_host_is_waited_for_and_then_blamed():
    looks(Monitor(10, 20, 30), [90, 500, 999])
    with pytest.raises(Infrastructure, match="the host is too slow: 30 ms"):
        looks(Monitor(10, 20, 30), [90, 500, 1001])


def test_a_clock_that_stands_still_is_a_timeout():
    with pytest.raises(Timeout, match="nothing moved any more; its clock stands at 20 ms"):
        looks(Monitor(20, 20, 20), [50, 149, 150])


def test_an_answer_that_is_late_is_waited_for():
    looks(Monitor(20, None, 20, 30, None, 40), [50, 99, 149, 150, 249, 250])


def test_a_qemu_that_hangs_after_its_greeting_is_a_timeout():
    with pytest.raises(Timeout, match="nothing moved"):
        looks(Monitor(20, None, None), [50, 149, 150])


def test_a_qemu_that_does_not_start_is_infrastructure():
    with pytest.raises(Infrastructure, match="did not start"):
        looks(Monitor(None, None, greets=False), [99, 100])


def test_a_sleep_without_end_is_named():
    with pytest.raises(Timeout, match="every hart sleeps"):
        looks(Monitor(9 * 10**12), [1])
