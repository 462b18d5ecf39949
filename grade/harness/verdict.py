"""What a test can end in, and what is said about it.

A test that does not pass raises one of the exceptions below; the plugin
(`points`) turns it into a verdict and a message.  Two rules stand above all
others: a timeout is never a pass, and an infrastructure failure is never a
zero: the mark is withheld instead.

pass            every requirement was met
wrong           the machine ran to its end and something required was not so
build           the submission was refused, or did not compile or link
boot            the kernel ended before it was up
timeout         the limit in guest time was reached, or nothing moved any more
crash           a panic, or an exit nobody asked for
infrastructure  the grader could not find out: says nothing about the work
"""

import enum
import re


class Verdict(str, enum.Enum):
    """The value is the word in results.json and in the table."""

    BUILD = "build"
    BOOT = "boot"
    CRASH = "crash"
    TIMEOUT = "timeout"
    WRONG = "wrong"
    INFRASTRUCTURE = "infrastructure"
    PASS = "pass"

    def __str__(self):
        return self.value


# A failure that is known outweighs one that might have been: a test with one
# wrong case has failed, whatever the case that could not be run would have said.
_WORST_FIRST = tuple(Verdict)

_STUB = re.compile(r"\blab (\d+): (\w+) is yours to write")


def worst(verdicts):
    """The verdict of a test whose cases ended in these; without any, the
    test was not run, which is nobody's fault: infrastructure."""
    return min(verdicts, key=_WORST_FIRST.index, default=Verdict.INFRASTRUCTURE)


def mark(verdict, points):
    """Points earned: all, none, or None where the mark is withheld."""
    if verdict is Verdict.INFRASTRUCTURE:
        return None
    return points if verdict is Verdict.PASS else 0


def total(marks):
    """The sum of the marks, or None if one of them is withheld."""
    marks = list(marks)
    return None if None in marks else sum(marks)


class Failure(Exception):
    """Why a test did not pass, for people.

    expected, happened: one sentence or a few lines each.
    look: where to look: a symbol, a file and line.  hint: what to think of.
    log: path of the serial log, filled in by the machine.
    """

    verdict = Verdict.WRONG

    def __init__(self, expected, happened, look="", hint="", log=""):
        super().__init__(expected, happened, look, hint)
        self.expected, self.happened = str(expected), str(happened)
        self.look, self.hint, self.log = str(look), str(hint), str(log)

    def __str__(self):
        return f"expected {self.expected}; {self.happened}"

    def __reduce__(self):
        return type(self), (self.expected, self.happened, self.look, self.hint, self.log)


class Wrong(Failure):
    """Something the test requires is not so."""


class BuildFailed(Failure):
    """The submission was refused, or does not compile or link."""

    verdict = Verdict.BUILD


class BootFailed(Failure):
    """The kernel ended before it was up."""

    verdict = Verdict.BOOT


class Crash(Failure):
    """A panic, or an exit with a status nobody asked for."""

    verdict = Verdict.CRASH


class Timeout(Failure):
    """The guest used up its time."""

    verdict = Verdict.TIMEOUT


class Infrastructure(Failure):
    """The grader itself could not go on."""

    verdict = Verdict.INFRASTRUCTURE

    def __init__(self, happened, hint="", expected="the grader to be able to run this test",
                 look="", log=""):
        super().__init__(expected, happened, look, hint, log)

    def __reduce__(self):
        return type(self), (self.happened, self.hint, self.expected, self.look, self.log)


def expect_equal(what, happened, expected, look="", hint=""):
    """Raises Wrong unless `happened` equals `expected`; `what` names it."""
    if happened != expected:
        raise Wrong(f"{what} to be {expected!r}", f"it is {happened!r}", look, hint)


def expect_that(condition, expected, happened, look="", hint=""):
    """Raises Wrong unless the condition holds."""
    if not condition:
        raise Wrong(expected, happened, look, hint)


def unwritten(text):
    """(lab, function) if the kernel stopped in a stub nobody has written yet,
    by its panic line `lab 3: mrow_write is yours to write`; else None."""
    found = _STUB.search(text)
    return (int(found[1]), found[2]) if found else None
