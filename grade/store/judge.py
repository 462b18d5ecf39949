"""Whether the disk that a power cut left is right.

A disk is right if the image checker finds nothing wrong with it, and if it
agrees with the history it was cut out of:

  - Each generation is one logical state: the objects are those that were found
    when its root was first written.  So a mixture of two generations shows.
  - That state is a snapshot, as far as its workload can be understood from
    outside (snapshot.py).
  - The newest root whose write was flushed counts, or one after it: nothing
    that was committed is lost.
  - A page that was journaled, and flushed, is there as it was then, or newer,
    or part of the generation; which does not have it as it was before.

Many states differ only in blocks that nobody reads.  The checker is a function
of what it reads, so what it read is remembered, with what it said; of a state
that reads the same it would say the same (`Memory`).
"""

import contextlib
import sys
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import checkimage  # noqa: E402
from checkimage import ImageError  # noqa: E402
from diskformat import BLOCK, Kind  # noqa: E402
from diskread import block_crc, journals  # noqa: E402

from grade.store import snapshot  # noqa: E402
from grade.store.crash import ROOTS, Disks, State  # noqa: E402

_NULL = (0, bytes(BLOCK))  # a page nobody has written to


@dataclass(frozen=True)
class Finding:
    """What can be said of a disk alone.  wrong: what is wrong with it, or
    nothing; then the rest counts: the root's numbers, and {OID: sequence
    number} of the newest journal records, whether they count or not."""

    wrong: str = ""
    sequence: int = 0
    generation: int = 0
    journal_sequence: int = 0
    records: dict = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Need:
    """What must be there once so many writes are sure."""

    sequence: int
    generation: int
    journaled: dict = field(hash=False)  # {OID: sequence number}


class Base:
    """A disk that is read often: each block once."""

    def __init__(self, disk):
        self.blocks, self._disk, self._read = disk.blocks, disk, {}

    def read(self, block):
        found = self._read.get(block)
        if found is None:
            found = self._read[block] = self._disk.read(block)
        return found


class Memory:
    """Remembers what `find(disk)` said, by what it read of the blocks in
    `changed`.  A question is [block, {contents: next question or answer}]."""

    def __init__(self, find, changed):
        self._find, self._changed, self._first = find, changed, None
        self.asked = 0  # how often `find` had to be

    def __call__(self, disk):
        at = self._first
        while type(at) is list:
            at = at[1].get(disk.read(at[0]))
        return self._ask(disk) if at is None else at

    def _ask(self, disk):
        self.asked += 1
        reader = _Reader(disk, self._changed)
        answer = self._find(reader)
        at = answer
        for block, data in reversed(reader.seen.items()):
            at = [block, {data: at}]
        self._first = _joined(self._first, at)
        return answer


def _joined(tree, path):
    """The tree of questions with one path more."""
    if type(tree) is not list:
        return path
    top = tree
    while True:
        assert tree[0] == path[0], "the checker reads differently what is the same"
        ((data, after),) = path[1].items()
        if data not in tree[1]:
            tree[1][data] = after
            return top
        tree, path = tree[1][data], after


class _Reader:
    """A disk that notes which of the blocks in `changed` are read."""

    def __init__(self, disk, changed):
        self.blocks, self._disk, self._changed, self.seen = disk.blocks, disk, changed, {}

    def read(self, block):
        data = self._disk.read(block)
        if block in self._changed:
            self.seen.setdefault(block, data)
        return data


class Judge:
    """Judges the states of one history.  ImageError: its base is wrong.

    fault_of(disk): what is wrong with a generation by itself, or nothing.
    """

    def __init__(self, history, fault_of=snapshot.fault_of):
        self.history, self._disks, self._fault_of = history, Disks(history), fault_of
        root = newest_root(history.base)
        self._slots = range(root["journal_start"], root["journal_start"] + 2 * root["journal_slots"], 2)
        self._journal = {}  # sequence number: (OID, (version, page))
        self._covered = 0  # up to here the generation looked at last holds them
        self.expected = {}  # generation: {(kind, OID): (version, bytes)}
        self._broken = {}  # generation: what is wrong with it as it was written
        self._needs = self._find_needs()
        self._find_expected()
        self.memory = Memory(self.find, history.changed)

    @property
    def journaled(self):
        """How many journal records a flush has made sure."""
        return len(self._journal)

    # What the history says.

    def _find_needs(self):
        """[(writes, Need)] in order: what a flush after so many writes made sure."""
        needs, roots, journaled = [], [], {}
        for end in sorted({0, *self.history.flushes}):
            disk = self._disks.disk(State(end))
            roots += roots_of(disk)
            newest = [max(root[name] for root in roots) for name in ("sequence", "generation")]
            for sequence, oid, page in self._records(disk):
                self._journal[sequence] = (oid, page)
                journaled[oid] = max(journaled.get(oid, 0), sequence)
            needs.append((end, Need(*newest, dict(journaled))))
        return needs

    def _records(self, disk):
        """(sequence number, OID, (version, page)) of the journal's records that
        are whole, as their pages are."""
        for block in self._slots:
            record, page = journals[disk.read(block)], disk.read(block + 1)
            if record and record[-1] == block_crc[page]:
                yield *record[:2], (record[2], page)

    def _find_expected(self):
        """The state of each generation, when its root was first written."""
        checkimage.check(self.history.base)
        for end in range(len(self.history.writes) + 1):
            if end and not self.history.writes[end - 1].is_root:
                continue
            disk = self._disks.disk(State(end))
            try:
                root, objects = newest_root(disk), checkimage.objects(disk, journal=False)
            except ImageError:
                continue  # this state is judged like any other
            if root["generation"] not in self.expected:
                self._broken[root["generation"]] = self._fault_of(disk)
                self._note_lost_page(root["generation"], root["journal_sequence"], objects)
                self.expected[root["generation"]] = objects

    def _note_lost_page(self, generation, journal_sequence, objects):
        """A page whose journal record this generation makes void is in it as
        it was journaled, or has changed since; it did not change back."""
        before, records = self.expected.get(generation - 1), {}
        for sequence, (oid, data) in sorted(self._journal.items()):
            if sequence <= journal_sequence:
                records.setdefault(oid, []).append((sequence, data))
        for oid, journaled in records.items() if before else ():
            (sequence, newest), name = journaled[-1], (Kind.page, oid)
            older = [before.get(name, _NULL), *(data for _, data in journaled[:-1])]
            now = objects.get(name, _NULL)
            if sequence > self._covered and now[0] == newest[0] and now in older and now != newest:
                self._broken[generation] = (
                    f"lost journaled page {oid}: generation {generation} is said to hold what was journaled"
                    f" as {sequence}, but there it is as it was before")
        self._covered = journal_sequence

    # What a disk says.

    def find(self, disk):
        """The Finding about a disk."""
        try:
            report, objects = checkimage.check(disk), checkimage.objects(disk, journal=False)
        except ImageError as error:
            return Finding(f"the checker says: {error}")
        wrong = self._broken.get(report.generation) or self._differs(report, objects)
        wrong = wrong or self._changed(disk, report)
        if wrong:
            return Finding(wrong)
        records = {oid: sequence for sequence, oid, _ in sorted(self._records(disk))}
        covered = newest_root(disk)["journal_sequence"]
        return Finding("", report.sequence, report.generation, covered, records)

    def _differs(self, report, objects):
        """How the objects differ from those of their generation, or nothing."""
        expected = self.expected.get(report.generation)
        if expected is None:
            return f"generation {report.generation} was found, which was never written as a whole"
        if objects == expected:
            return ""
        names = sorted(objects.keys() | expected.keys())
        name = next(name for name in names if objects.get(name) != expected.get(name))
        return self._mixture(report, name, objects.get(name))

    def _changed(self, disk, report):
        """Which journaled page is not what was journaled, or nothing."""
        if report.journaled:
            objects = checkimage.objects(disk)
            for oid, sequence in report.journaled.items():
                page = objects.get((Kind.page, oid), _NULL)
                if self._journal.get(sequence, (oid, page)) != (oid, page):
                    return f"page {oid} is not what was journaled as {sequence}"
        return ""

    def _mixture(self, report, name, found):
        others = [g for g, objects in sorted(self.expected.items()) if objects.get(name) == found]
        whose = f"that of generation {', '.join(map(str, others))}" if others else "of no generation"
        return (f"a mixture of generations: generation {report.generation},"
                f" but {Kind(name[0]).name} {name[1]} is {whose}")

    # A state.

    def judge(self, state):
        """What is wrong with a state, or nothing; and its generation, 0 where
        that is not known."""
        found = self.memory(self._disks.disk(state))
        if found.wrong:
            return found.wrong, 0
        need = self._needs[bisect_right(self._needs, self.history.sure(state), key=lambda n: n[0]) - 1][1]
        return self._lost(found, need), found.generation

    @staticmethod
    def _lost(found, need):
        if found.sequence < need.sequence or found.generation < need.generation:
            return (f"lost committed state: root {need.sequence} and generation {need.generation} were"
                    f" flushed, root {found.sequence} with generation {found.generation} is found")
        for oid, sequence in need.journaled.items():
            if max(found.journal_sequence, found.records.get(oid, 0)) < sequence:
                return (f"lost journaled page {oid}: record {sequence} was flushed,"
                        f" {found.records.get(oid) or 'none'} is found")
        return ""


def roots_of(disk):
    """The roots that are valid, as dicts of struct disk_root's fields."""
    for number in ROOTS:
        with contextlib.suppress(ImageError):
            yield checkimage.read_root(disk, number)


def newest_root(disk):
    """The one that counts.  ImageError: there is none."""
    roots = list(roots_of(disk))
    if not roots:
        raise ImageError("no valid root")
    return max(roots, key=lambda root: root["sequence"])
