"""Ends a run that does not end itself, and says whose fault it was.

Time is the guest's: its clock is read through the monitor, which does not
disturb a deterministic run.  So a loaded host gives the same verdict as an
idle one; only when the guest's clock shows too little for too long has the
host failed, and that is no verdict on the work.  A clock that stands, or that
cannot be read, says nothing until it has done so for all of a backstop: on a
busy host QEMU may be late with an answer.
"""

import time

from .qmp import QmpError
from .qemu import CLOCK, TICKS_PER_SECOND
from .verdict import Infrastructure, Timeout

BACKSTOP = 120.0  # seconds of the host
PATIENCE = 10  # backstops for a guest whose clock moves
_NEVER = 365 * 86400 * TICKS_PER_SECOND  # past this a sleeping guest's clock has leapt


class Watchdog:
    """Looks after one machine; `look` is called about once a second.

    limit: ms of guest time the guest was told.  It has twice that, and a
    second, before the outside steps in.  now: the host's clock, in seconds.
    """

    def __init__(self, monitor, limit, backstop=BACKSTOP, now=time.monotonic):
        self._monitor, self._limit, self._backstop, self._now = monitor, limit, backstop, now
        self._start = self._moved = now()
        self._clock = None

    def look(self):
        """Raises Timeout or Infrastructure if the run must end now."""
        clock, now = self._read_clock(), self._now()
        if clock is not None and clock != self._clock:
            self._clock, self._moved = clock, now
        if clock is not None and clock * 1000 > (2 * self._limit + 1000) * TICKS_PER_SECOND:
            raise self._over(clock)
        if now - self._moved >= self._backstop:
            raise self._stands(now - self._moved)
        if now - self._start > PATIENCE * self._backstop:
            raise Infrastructure(f"the host is too slow: {_ms(self._clock)} ms of guest time "
                                 f"in {now - self._start:.0f} s", hint="run with fewer jobs")

    def _stands(self, seconds):
        if not self._monitor.greeted():
            return Infrastructure(f"QEMU did not start within {seconds:.0f} s")
        return Timeout(f"the machine to be done within {self._limit} ms of guest time",
                       f"nothing moved any more; its clock stands at {_ms(self._clock)} ms")

    def _read_clock(self):
        try:
            return self._monitor.read_word(CLOCK, 8)
        except QmpError:
            return None

    def _over(self, clock):
        expected = f"the machine to be done within {self._limit} ms of guest time"
        if clock > _NEVER:
            return Timeout(expected, "every hart sleeps and no timer is set: nothing can wake it",
                           hint="a lost wakeup, or a timer that was not armed again")
        return Timeout(expected, f"it went on to {_ms(clock)} ms and did not even stop itself",
                       hint="interrupts disabled for good, or the timer's are not taken")


def _ms(clock):
    return (clock or 0) * 1000 // TICKS_PER_SECOND
