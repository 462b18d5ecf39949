"""How a run ended, and whose doing that was.  Pure.

QEMU's exit status is what the guest wrote to the machine's test device:
0 done, 100 the tests in the guest found failures, 101 panic, 102 the limit in
guest time was reached.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import ktap
from .verdict import BootFailed, Crash, Infrastructure, Timeout, Wrong, unwritten

DONE, FAILED, PANIC, TIME_UP = 0, 100, 101, 102

# The kernel's first line, or that of a test; before it, it is not up.
UP = re.compile(r"^(latchkey\b|KTAP version 1)", re.MULTILINE | re.IGNORECASE)
_PANIC = re.compile(r"^panic: .*$", re.MULTILINE)


@dataclass(frozen=True)
class Log:
    """A finished run: what was printed (`text`), where it is kept, and QEMU's
    exit status, negative if a signal ended it."""

    text: str
    status: int
    path: Path = Path("serial.log")

    @cached_property
    def ktap(self):
        """The results in it (ktap.Suite)."""
        return ktap.parse(self.text)


def judge(log, limit, started=True, complaints="", expected=DONE):
    """Raises what a run deserves that did not end with the status `expected`.

    started: QEMU greeted on its monitor, or the guest printed something.
    complaints: what QEMU printed itself.
    """
    failure = _failure(log, limit, started, complaints.strip()[-500:], expected)
    if failure:
        failure.log = str(log.path)
        raise failure


def _failure(log, limit, started, complaints, expected):
    if log.status < 0:
        return Infrastructure(f"QEMU was ended by signal {-log.status}, which the grader did not send",
                              hint=complaints)
    if not started or (log.status == 1 and _errors(complaints)):
        return Infrastructure(f"QEMU did not start: {complaints or 'it said nothing'}",
                              hint="run `make doctor`")
    if log.status == expected:
        return None
    stub = unwritten(log.text)
    if stub:
        return Crash(f"{stub[1]} to be written", f"the kernel stopped in the stub of lab {stub[0]}: "
                     f"{stub[1]} is yours to write", look=stub[1])
    if log.status == FAILED:
        return _guest_failures(log)
    if log.status == TIME_UP:
        return Timeout(f"the machine to be done within {limit} ms of guest time",
                       "it was still at work", hint=_last_words(log.text))
    said = _PANIC.findall(log.text)
    happened = "\n".join(said[:3]) or f"it ended with status {log.status}; {_last_words(log.text)}"
    kind = Crash if UP.search(log.text) else BootFailed
    return kind(f"the machine to end with status {expected}", happened)


def _errors(complaints):
    """Whether QEMU complained of an error: then status 1 is its own."""
    return any(line and "warning:" not in line for line in complaints.split("\n"))


def _guest_failures(log):
    try:
        ktap.require(log)
    except Wrong as wrong:
        return wrong
    return Wrong("every test in the guest to pass", "the guest says that some did not")


def _last_words(text):
    lines = [line for line in text.replace("\r", "").split("\n")
             if line.strip() and not line.startswith("limit:")]
    return f"the last line it printed is: {lines[-1][:200]}" if lines else "it printed nothing"
