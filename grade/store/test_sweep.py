"""The crash sweep finds what is wrong, and nothing where nothing is.

The histories are of a small store that writes as the kernel does
(synthetic.py), or of one that makes a mistake.
"""

import json
import re

import pytest

from grade.harness import Wrong
from grade.store import crash, synthetic, writelog
from grade.store.crash import BLOCK, History, State, Write
from grade.store.judge import Judge, Memory
from grade.store.ramdisk import Timeline
from grade.store.sweep import Sweep, explain
from grade.store.synthetic import Kind, Plain, page
from grade.store.writelog import DISCARD, FLUSH, FUA, Entry, LogError

STATES = 3000


def swept(history, **options):
    return Sweep(history, STATES, 1).run(**options)


# What a power cut leaves.


def letters(count, flushes=(), sure=()):
    """A history of `count` writes: block 2 + i becomes the i-th letter."""
    writes = [Write(8 * (2 + i), bytes([65 + i]) * BLOCK, i in sure) for i in range(count)]
    return History(Plain(2 + count), writes, flushes)


def text(history, state):
    """The first letters of the blocks of a state's disk."""
    disk = crash.Disks(history).disk(state)
    return "".join(chr(disk.read(2 + i)[0] or 46) for i in range(len(history.writes)))


@pytest.mark.parametrize(
    "state, left",
    [
        (State(0), "....."),
        (State(3), "ABC.."),
        (State(5, (3,)), "ABC.E"),
        (State(5, (2, 3), ()), "AB..E"),
        (State(4, (), ((2, 0b10),)), "AB.D."),
    ],
)
def test_what_a_state_is(state, left):
    assert text(letters(5, flushes=[2]), state) == left


def test_sectors_are_written_whole_or_not():
    history = letters(1)
    disk = crash.Disks(history).disk(State(1, torn=((0, 0b10000101),)))
    assert [disk.read(2)[512 * i : 512 * i + 512] for i in range(8)] == [
        b"A" * 512 if i in (0, 2, 7) else bytes(512) for i in range(8)
    ]


def test_writes_of_any_sectors():
    history = History(Plain(8), [Write(9, b"a" * 1024), Write(15, b"b" * 8192)], [])
    disk = crash.Disks(history).disk(State(2, torn=((1, 0b1_0000_0000_0000_0101),)))
    assert disk.read(1) == bytes(512) + b"a" * 1024 + bytes(2048) + b"b" * 512
    assert disk.read(2) == bytes(512) + b"b" * 512 + bytes(3072) and disk.read(3) == bytes(4096)


def test_what_was_flushed_is_never_lost():
    history = letters(9, flushes=[3, 6])
    for state in crash.plan(history, STATES, 1):
        left, sure = text(history, state), 0 if state.end <= 3 else 3 if state.end <= 6 else 6
        assert left[:sure] == "ABCDEFGHI"[:sure], state
        assert set(left[state.end :]) <= {"."}, state


def test_a_sure_write_is_lost_to_no_later_cut():
    history = letters(6, sure=[2])
    for state in crash.plan(history, STATES, 1):
        assert state.end <= 3 or text(history, state)[2] == "C", state


def test_every_few_are_lost_and_kept():
    """Of seven writes that no flush separates: all subsets that lose or keep
    at most two, each once."""
    history = letters(7)
    left = [text(history, s) for s in crash.plan(history, STATES, 1) if s.kind != "torn" and not s.torn]
    wanted = {
        "".join("ABCDEFG"[i] if mask >> i & 1 else "." for i in range(7))
        for mask in range(128)
        for count, size in [(mask.bit_count(), mask.bit_length())]
        if count <= 2 or size - count <= 2
    }
    assert set(left) >= wanted


def test_the_plan_keeps_to_its_limit_and_to_its_seed():
    history = letters(40, flushes=[20])
    plans = [crash.plan(history, limit, seed) for limit, seed in ((500, 1), (500, 1), (500, 2), (0, 1))]
    assert plans[0] == plans[1] != plans[2]
    assert len(plans[3]) < len(plans[0]) <= 500 and set(map(str, plans[3])) <= set(map(str, plans[0]))
    assert {state.end for state in plans[3] if state.kind == "prefix"} == set(range(41))


def test_every_tear_of_a_root_is_looked_at():
    history = History(Plain(4), [Write(8, page(1)), Write(16, page(2))], [])
    torn = [state.torn for state in crash.plan(history, 0, 1) if state.kind == "torn"]
    assert torn[:7] == [((0, (1 << k) - 1),) for k in range(1, 8)] and len(torn) == 8


def test_a_state_says_what_it_is():
    assert str(State(9, (3, 4, 5, 7), ((8, 0b1011),))) == (
        "after 9 writes, without 3-5, 7, of 8 only sectors 0-1, 3"
    )


def test_a_log_becomes_a_history():
    entries = [Entry(0, b"a" * 4096), Entry(0, b"", FLUSH), Entry(4096, b"b" * 4096, FUA),
               Entry(7680, b"c" * 8192, FLUSH)]
    history = History.of_log(Plain(4), writelog.WriteLog(tuple(entries)))
    writes = [(write.sector, write.sectors, write.sure) for write in history.writes]
    assert writes == [(0, 8, False), (8, 8, True), (15, 1, False), (16, 8, False), (24, 7, False)]
    assert history.flushes == (1, 2)


@pytest.mark.parametrize(
    "entry, message",
    [(Entry(0, b"", DISCARD, 4096), "discarded"), (Entry(8192, b"a" * 8192), "has 3 blocks")],
)
def test_what_no_store_does_is_refused(entry, message):
    with pytest.raises(LogError, match=message):
        History.of_log(Plain(3), writelog.WriteLog((entry,)))


# The sweep.


@pytest.fixture(scope="module")
def sample():
    return synthetic.sample(6)


def test_a_right_store_is_right(sample):
    result = swept(sample.history())
    assert result.wrong == 0, result.first[0]
    assert result.states > 1000 and result.generations == list(range(1, 8))
    assert result.prefixes == len(sample.writes) + 1 and result.torn > result.prefixes
    assert result.checked < result.states / 4


def test_the_result_does_not_depend_on_the_processors(sample):
    history = changed(sample, drop=find(sample, Kind.page, 2))
    one, two = (swept(history, processors=count) for count in (1, 2))
    assert one.first == two.first and one.right == two.right and one.wrong == two.wrong > 0


def changed(sample, drop=None, replace=None, unflush=None):
    """The history of this store with a mistake in it."""
    writes, flushes = list(sample.writes), list(sample.flushes)
    for number, data in (replace or {}).items():
        writes[number] = Write(writes[number].sector, data)
    flushes = [end for end in flushes if end != unflush]
    if drop is not None:
        del writes[drop]
        flushes = [end - (end > drop) for end in flushes]
    return History(sample.base, writes, flushes)


def find(sample, where, which=0):
    """The number of a write: the `which`-th root ("root"), or to the journal,
    the log, or the home range of a kind."""
    root = sample.root
    start = {"journal": root["journal_start"], "log": root["log_start"], "root": 0}
    ends = {"journal": root["info_start"], "log": root["blocks"], "root": 2}
    ranges = [*root["home_start"], root["log_start"]]
    for kind in Kind:
        start[kind], ends[kind] = ranges[kind], ranges[kind + 1]
    found = [i for i, w in enumerate(sample.writes) if start[where] <= w.sector // 8 < ends[where]]
    return found[which]


def flipped(sample, number, byte=100):
    data = bytearray(sample.writes[number].data)
    data[byte] ^= 4
    return {number: bytes(data)}


MISTAKES = {
    "root before the flush": (lambda s: dict(unflush=find(s, "root", 2)), "checker says"),
    "root of retirement before the flush": (lambda s: dict(unflush=find(s, "root", 3)), "checker says"),
    "a page that never reached the log": (lambda s: dict(drop=find(s, "log", 9)), "checker says"),
    "a page that never came home": (lambda s: dict(drop=find(s, Kind.page, 0)), ""),
    "a node that never came home": (lambda s: dict(drop=find(s, Kind.node, 3)), "mixture of generations"),
    "a root that was never written": (lambda s: dict(drop=find(s, "root", 4)), ""),
    "a bit in the log": (lambda s: dict(replace=flipped(s, find(s, "log", 0))), "checker says"),
    "a bit at home": (lambda s: dict(replace=flipped(s, find(s, Kind.page, 1))), "checker says"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(sample, mistake):
    make, says = MISTAKES[mistake]
    result = swept(changed(sample, **make(sample)))
    assert result.wrong > 0, f"{mistake} was not noticed in {result}"
    assert any(says in wrong for _, wrong in result.first), result.first[:3]


class TooEager(synthetic.Store):
    """Gives the log's space back before the pages in it are home."""

    def migrate(self):
        self._recent = {name: thing for name, thing in self._recent.items() if name[0] != Kind.page}
        super().migrate()


class Forgetful(synthetic.Store):
    """Says in the root that a journaled page is in the checkpoint; it is not."""

    def checkpoint(self, changes, migrate=True):
        self._journaled = {}
        super().checkpoint(changes, migrate)


class Unflushed(synthetic.Store):
    """Flushes behind its roots, and nowhere else: as if the disk kept order."""

    def _flush(self):
        if self.writes and self.writes[-1].is_root:
            super()._flush()


class Late(synthetic.Store):
    """Writes part of a checkpoint behind its root."""

    def _write_root(self, **changes):
        last = self.writes.pop() if changes.get("generation", 1) > 1 else None
        super()._write_root(**changes)
        if last:
            self.writes.append(last)


class Overwriting(synthetic.Store):
    """Changes at home what the generation that counts still has there."""

    def checkpoint(self, changes, migrate=True):
        for (kind, oid), (_, data) in sorted(changes.items()):
            if kind == Kind.page:
                self._write(self.root["home_start"][kind] + oid, data)
        super().checkpoint(changes, migrate)


class Backward(synthetic.Store):
    """Goes on, after a checkpoint, from the root before."""

    def checkpoint(self, changes, migrate=True):
        before = dict(self.root)
        super().checkpoint(changes, migrate=False)
        if before["generation"] == 3:
            del before["sequence"]
            self._write_root(**before)
            self._write_root()
        self.migrate()


class Crowded(synthetic.Store):
    """Has one place for all journal records."""

    def _slot(self):
        return 0


class Rewinding(synthetic.Store):
    """Journals under the same numbers again and again."""

    def journal(self, oid, data, version=0):
        self._journal_sequence = 0
        super().journal(oid, data, version)


STORES = {
    TooEager: "a mixture of generations",
    Forgetful: "lost journaled page 6: generation 3 is said to hold",
    Unflushed: "checker says",
    Late: "checker says",
    Overwriting: "checker says",
    Backward: "lost committed state: root 9 and generation 4 were flushed, root 9 with generation 3 is",
    Crowded: "lost journaled page 5: record 1 was flushed, none is found",
    Rewinding: "is not what was journaled",
}


@pytest.mark.parametrize("store", STORES)
def test_a_store_that_is_wrong_is_found(store):
    result = swept(synthetic.sample(6, store).history())
    assert result.wrong > 0, f"{store.__doc__.splitlines()[0]} Not noticed in {result}"
    assert any(re.search(STORES[store], wrong) for _, wrong in result.first), set(w for _, w in result.first)


def test_a_wrong_state_is_kept_and_can_be_booted(sample, tmp_path):
    result = swept(changed(sample, drop=find(sample, Kind.node, 3)), keep=tmp_path)
    record = json.loads((tmp_path / "crash.json").read_text())
    state, wrong = result.first[0]
    assert record["wrong"] == result.wrong and record["wrong_states"][0]["wrong"] == wrong
    assert record["wrong_states"][0]["boot"] == f"make run DISK={tmp_path / 'wrong1.disk'}"
    disk = crash.Disks(changed(sample, drop=find(sample, Kind.node, 3))).disk(state)
    assert (tmp_path / "wrong1.disk").read_bytes() == b"".join(map(disk.read, range(disk.blocks)))
    assert any(f"wrong: {state}: {wrong}" == line for line in explain(result, tmp_path))


# What was read is remembered.


def test_only_what_reads_differently_is_asked_again():
    asked = []

    def find_sum(disk):
        asked.append(disk)
        first = disk.read(2)[0]
        return first + (disk.read(4)[0] if first == 65 else disk.read(3)[0])

    history = letters(3)
    memory, disks = Memory(find_sum, history.changed), crash.Disks(history)
    for state in crash.plan(history, STATES, 1) * 2:
        disk = disks.disk(state)
        assert memory(disk) == find_sum(disk), state
    assert memory.asked < 8 and len(asked) > memory.asked


def test_a_base_that_is_wrong_is_no_history(sample):
    broken = Plain(sample.base.blocks, sample.base.contents)
    broken.contents[0] = broken.contents[1] = page(1)
    with pytest.raises(Exception, match="root"):
        Judge(History(broken, sample.writes, sample.flushes))


# The disks of cuts that really were made (ramdisk.py).


def test_a_timeline_of_right_disks(sample):
    timeline, disks = Timeline(), crash.Disks(sample.history())
    for end in range(len(sample.writes) + 1):
        assert timeline.look(f"cut {end}", disks.disk(State(end))).generation == timeline.generation


def test_a_timeline_goes_forward(sample):
    timeline, disks = Timeline(), crash.Disks(sample.history())
    timeline.look("a cut", disks.disk(State(len(sample.writes))))
    with pytest.raises(Wrong, match="committed before"):
        timeline.look("a cut", disks.disk(State(40)))


TIMES = [(Kind.node, 3, "differs from it in node"), ("log", 9, "the checker says")]


@pytest.mark.parametrize("where, which, says", TIMES)
def test_a_timeline_with_a_mistake(sample, where, which, says):
    history = changed(sample, drop=find(sample, where, which))
    timeline, disks = Timeline(), crash.Disks(history)
    with pytest.raises(Wrong, match=says):
        for end in range(len(history.writes) + 1):
            timeline.look(f"cut {end}", disks.disk(State(end)))
