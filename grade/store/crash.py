"""The states in which a power cut can leave a disk.

What a disk promises: it writes a sector of 512 bytes whole or not at all, and
what was written before a flush that ended is there.  It promises nothing else.
So of a history, which is a disk as it was and what was written to it since, in
order, with the flushes in between, a cut after any number of writes leaves

  - these writes and nothing else (a prefix);
  - the last of them in part (torn);
  - of those that no flush has made sure, any subset, each whole or in part
    (reordered): the disk may write them in any order.

Prefixes are all looked at, and so is each way to tear a root.  Of the subsets
there are too many: those that lose one or two writes, or keep one or two, and
some at random, are drawn as far as a limit allows; but where a root was written
or a flush was to come, each write is lost once, always.
"""

import itertools
import random
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import comb, isqrt

from grade.store.writelog import DISCARD, FLUSH, FUA, MARK, LogError

BLOCK, SECTOR = 4096, 512
SECTORS = BLOCK // SECTOR  # of a block
ROOTS = (0, 1)  # the blocks that hold them
RANDOM_SHARE = 4  # of so many reordered states, one is random


@dataclass(frozen=True)
class Write:
    """Bytes that were written from a sector on; sure: at once, without a flush."""

    sector: int
    data: bytes
    sure: bool = False

    @cached_property
    def sectors(self):
        return len(self.data) // SECTOR

    @cached_property
    def pieces(self):
        """(block, first sector in it, bytes) of each block it touches."""
        out, at = [], 0
        while at < len(self.data):
            block, first = divmod(self.sector + at // SECTOR, SECTORS)
            size = min(BLOCK - first * SECTOR, len(self.data) - at)
            out.append((block, first, self.data[at : at + size]))
            at += size
        return tuple(out)

    @cached_property
    def is_root(self):
        return any(block in ROOTS for block, _, _ in self.pieces)


def _blocks_of(write):
    """The write, as one of each block."""
    return [Write(block * SECTORS + first, data, write.sure) for block, first, data in write.pieces]


@dataclass(frozen=True)
class State:
    """A cut after `end` writes.  lost: those of them, by number, that did not
    reach the disk; torn: (number, mask of its sectors that did)."""

    end: int
    lost: tuple = ()
    torn: tuple = ()

    @property
    def kind(self):
        if self.lost or len(self.torn) > 1 or any(number != self.end - 1 for number, _ in self.torn):
            return "reordered"
        return "torn" if self.torn else "prefix"

    def __str__(self):
        text = f"after {self.end} writes"
        if self.lost:
            text += f", without {', '.join(map(str, _ranges(self.lost)))}"
        for number, mask in self.torn:
            sectors = [i for i in range(mask.bit_length()) if mask >> i & 1]
            text += f", of {number} only sectors {', '.join(_ranges(sectors)) or 'none'}"
        return text


def _ranges(numbers):
    """Numbers in order, as text: 3, 5-9."""
    out = []
    for _, run in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in run]
        out.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return out


class History:
    """A disk as it was (`base`: .blocks, .read(block)) and its writes since.

    flushes: numbers of writes, in order: a flush ended when so many were made.
    """

    def __init__(self, base, writes, flushes):
        self.base, self.writes = base, tuple(writes)
        self.flushes = tuple(sorted(set(flushes)))
        self._sure = self._count_sure()

    @classmethod
    def of_log(cls, base, log):
        """From the entries of a WriteLog, block by block: what the disk's driver
        was asked for one by one QEMU may have made one entry of.  LogError: it
        holds what no store does."""
        writes, flushes = [], []
        for entry in log.entries:
            if entry.flags & DISCARD:
                raise LogError(f"{entry.size} bytes at {entry.offset} were discarded: what is there now?")
            if entry.flags & FLUSH:
                flushes.append(len(writes))
            if entry.data and not entry.flags & MARK:
                if entry.offset + len(entry.data) > base.blocks * BLOCK:
                    raise LogError(f"a write at byte {entry.offset}: the disk has {base.blocks} blocks")
                writes += _blocks_of(Write(entry.offset // SECTOR, entry.data, bool(entry.flags & FUA)))
        return cls(base, writes, flushes)

    def _count_sure(self):
        sure, ended = [0], set(self.flushes)
        for end in range(1, len(self.writes) + 1):
            sure.append(end - 1 if end - 1 in ended else sure[-1])
        return sure

    def sure(self, state):
        """How many writes are on the disk for certain: those before the last
        flush that had ended.  One that ends just here has, in a prefix."""
        if state.kind == "prefix" and state.end in self.flushes:
            return state.end
        return self._sure[state.end]

    def pending(self, end):
        """Numbers of the writes before the last of `end` that may be lost."""
        return [i for i in range(self._sure[end], end - 1) if not self.writes[i].sure]

    def is_critical(self, end):
        """Whether a root was written last, or a flush comes next."""
        return self.writes[end - 1].is_root or end in self.flushes

    @cached_property
    def changed(self):
        """Blocks that are written to."""
        return frozenset(block for write in self.writes for block, _, _ in write.pieces)


class Disks:
    """Makes the disks of states; quick if they come in order of `end`."""

    def __init__(self, history):
        self.history = history
        self._made, self._kept = 0, {}

    def disk(self, state):
        """The disk of a state: .blocks, .read(block), .changes {block: bytes}."""
        writes, sure = self.history.writes, self.history.sure(state)
        self._keep(sure)
        changes, torn = dict(self._kept), dict(state.torn)
        for number in range(sure, state.end):
            if number not in state.lost:
                _apply(self.history.base, changes, writes[number], torn.get(number))
        return CutDisk(self.history.base, changes)

    def _keep(self, sure):
        if sure < self._made:
            self._made, self._kept = 0, {}
        for number in range(self._made, sure):
            _apply(self.history.base, self._kept, self.history.writes[number])
        self._made = sure


def _apply(base, changes, write, mask=None):
    """Puts what of the write the mask of its sectors says into `changes`."""
    at = 0
    for block, first, data in write.pieces:
        count = len(data) // SECTOR
        part = (1 << count) - 1 if mask is None else mask >> at & ((1 << count) - 1)
        at += count
        if part == (1 << SECTORS) - 1:
            changes[block] = data
        elif part:
            new = bytearray(changes[block] if block in changes else base.read(block))
            for i in range(count):
                if part >> i & 1:
                    new[(first + i) * SECTOR : (first + i + 1) * SECTOR] = data[i * SECTOR : (i + 1) * SECTOR]
            changes[block] = bytes(new)


class CutDisk:
    """The disk of a state."""

    def __init__(self, base, changes):
        self.blocks, self.changes, self._base = base.blocks, changes, base

    def read(self, block):
        found = self.changes.get(block)
        return self._base.read(block) if found is None else found


# Which states are looked at.


def plan(history, limit, seed):
    """The states to look at, in order: what is always, and of the others as
    many as `limit` leaves room for, drawn by the seed."""
    states = set(_always(history, seed))
    rooms = {end: _room(len(history.pending(end))) for end in range(1, len(history.writes) + 1)}
    shares = _shares(rooms, max(0, limit - len(states)))
    for end, share in shares.items():
        states.update(_drawn(history, end, share, random.Random(f"{seed} {end} reordered")))
    return sorted(states, key=lambda state: (state.end, len(state.lost), state.lost, state.torn))


def _always(history, seed):
    yield State(0)
    for end, write in enumerate(history.writes, 1):
        yield State(end)
        pending, cuts = history.pending(end), range(1, write.sectors)
        if not write.is_root:
            cuts = random.Random(f"{seed} {end} torn").sample(cuts, min(1, len(cuts)))
        yield from (State(end, torn=((end - 1, (1 << cut) - 1),)) for cut in cuts)
        if history.is_critical(end):
            yield State(end, tuple(pending))
            yield from (State(end, (number,)) for number in pending)


def _reorderings(m):
    """How many subsets of m writes lose or keep, of all m + 1, one or two: the
    last was made, or it would be an earlier cut."""
    if m == 0:
        return 0
    few = m + comb(m, 2)
    return few + (1 if m > 2 else 0) + (m if m > 3 else 0)


def _room(m):
    """The same, and some at random."""
    return _reorderings(m) * RANDOM_SHARE // (RANDOM_SHARE - 1) + 1 if m else 0


def _reordering(pending, number):
    """What is lost in the number-th of them."""
    m = len(pending)
    if number < m:
        return (pending[number],)
    number -= m
    if number < comb(m, 2):
        second = (1 + isqrt(1 + 8 * number)) // 2
        return (pending[number - comb(second, 2)], pending[second])
    number -= comb(m, 2)
    return tuple(pending) if number == 0 else tuple(pending[: number - 1] + pending[number:])


def _random(history, end, dice):
    """Of what is not sure each write whole, lost, or in part."""
    lost, torn = [], []
    for number in [*history.pending(end), end - 1]:
        fate, sectors = dice.randrange(4), history.writes[number].sectors
        if fate == 1 and sectors > 1:
            torn.append((number, dice.randrange(1, (1 << sectors) - 1)))
        elif fate == 2:
            lost.append(number)
    return tuple(lost), tuple(torn)


def _drawn(history, end, share, dice):
    pending = history.pending(end)
    at_random = share // RANDOM_SHARE
    room = _reorderings(len(pending))
    for number in dice.sample(range(room), min(room, share - at_random)):
        yield State(end, _reordering(pending, number))
    for _ in range(at_random):
        yield State(end, *_random(history, end, dice))


def _shares(rooms, limit):
    """How much of a limit each gets: what it has room for, at most the same."""
    shares, left = {}, limit
    for count, (end, room) in enumerate(sorted(rooms.items(), key=lambda item: (item[1], item[0]))):
        shares[end] = min(room, left // (len(rooms) - count))
        left -= shares[end]
    return shares


def count_kinds(states):
    """{kind: how many} of the states."""
    counts = Counter(state.kind for state in states)
    return {kind: counts[kind] for kind in ("prefix", "torn", "reordered")}
