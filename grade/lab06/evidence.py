"""What the machines of lab 6's tests leave behind, and what it must say.

The scenario (record.c) notes every write and flush of the disk as they end, and
what each object was at the moment of each snapshot.  From the first this module
makes the disks that a power cut at any moment would leave; the image checker
and the second say what must be on them.  What the kernel prints is never asked.
"""

import random
import re
import struct
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from checkimage import Bytes, File, ImageError, Overlay, check, newest_root, read_root  # noqa: E402
from crc32c import crc32c  # noqa: E402
from diskformat import BLOCK, DISK_NODE, DISK_PROCESS, SPAN_MIN, Kind  # noqa: E402

from grade.harness import Wrong, build, expect_equal, expect_that  # noqa: E402
from grade.harness.verdict import Infrastructure  # noqa: E402
from grade.store.crash import ROOTS, Disks, History, State, Write, plan  # noqa: E402
from grade.store.judge import Base, Judge  # noqa: E402
from grade.store.sweep import write_disk  # noqa: E402

TESTS = Path(__file__).parents[2] / "user/tests"
SECTORS = BLOCK // 512
TICKS_PER_US = 10
GROUPS = ("ready", "worry", "junk", "irq", "io", "wait", "checkpoint", "stop", "frames", "nodes",
          "processes", "maprefs", "requests", "log")  # enum queue_group
KIT = "slots = { " + ", ".join(f'{i} = "number({n})"' for i, n in enumerate((24, 6, 4, 40, 4, 0)))


def load(pages=24, nodes=6, processes=4, rounds=10, request=0, every=0, log=None, room=128):
    """The manifest of the workload ckptload with these numbers of objects and
    so many rounds.  A checkpoint is asked for every `request` rounds, and taken
    every so many microseconds; log: blocks; room: pages of the image."""
    numbers = (pages, nodes, processes, rounds, request, every * TICKS_PER_US)
    kit = "slots = { " + ", ".join(f'{i} = "number({n})"' for i, n in enumerate(numbers))
    text = _changed((TESTS / "ckptload.toml").read_text(), KIT, kit)
    if log:
        text = _changed(text, "[image]\n", f"[image]\nlog = {log}\n")
    return build.manifest("ckptload", _changed(text, "pages = 128", f"pages = {room}"))


def program(name, **changes):
    """The manifest of a test program of user/tests."""
    text = _changed((TESTS / "tests.toml").read_text(), 'program = "invocation"', f'program = "{name}"')
    return build.manifest(name, text)


def _changed(text, old, new):
    if old not in text:
        raise Infrastructure(f"the manifest does not say {old!r} any more")
    return text.replace(old, new, 1)


class Recording:
    """What one machine wrote to the disk that its image was."""

    def __init__(self, machine, image):
        """image: bytes of the RAM disk at boot.  Wrong: what was written is not
        what the RAM disk has in the end."""
        record = machine.symbol("record")
        if record["lost"]:
            raise Wrong("the recorder to have room for all writes, and objects at all snapshots",
                        f"{record['lost']} more were too many: does a checkpoint ever end?")
        self.base, self.record = Bytes(image), record
        self.history = History(Base(self.base), *_writes(machine, record))
        self.witnesses = _witnesses(machine, record)
        self._told = _told(machine, record)
        changed = _changed_meanwhile(machine, record)
        expect_that(not changed, "nobody to write to memory that the disk is reading",
                    f"that happened to what goes to block {changed[0] if changed else 0}"
                    f" (and {len(changed) - 1} more)", look="ckpt_dirty_locked",
                    hint="of a page that is being written there is no copy")

    @property
    def snapshots(self):
        return self.record["snapshots"]

    def listed(self, group):
        """How many hooks on queues of this group all snapshots found."""
        return self.record["groups"][GROUPS.index(group)]

    def judge_generations(self, least):
        """Wrong: a generation, when its root was first written, is not what all
        objects were at its snapshot; or there are fewer than `least`."""
        judge = Judge(self.history, fault_of=lambda disk: "")
        for generation, found in judge.expected.items():
            if generation in self.witnesses:
                _expect_as_witnessed(generation, found, self.witnesses[generation])
        seen = len(judge.expected.keys() & self.witnesses.keys())
        expect_that(seen >= least, f"{least} generations or more on the disk", f"{seen} were written")
        return judge

    def expect_told_truth(self):
        """Wrong: a generation was said to be durable before a flush had made
        sure that its root is there."""
        disks, found = Disks(self.history), 0
        for sure, told in self._told:
            generation = check(disks.disk(State(sure))).generation
            expect_that(generation >= told, f"generation {told} to be said durable when a flush has made "
                        "sure that its root is on the disk", f"a power cut then leaves generation {generation}",
                        look="ckpt_durable_locked", hint="a write that has ended may still be lost")
            found = max(found, told)
        return found

    def expect_both_roots(self):
        """Wrong: when the first object of a generation goes home, its root
        stands only once; damaged, it would leave one that leads to old homes."""
        disks, seen = Disks(self.history), {newest_root(self.base)[0]["generation"]}
        for end in range(1, len(self.history.writes) + 1):
            disk = disks.disk(State(end))
            root, _ = newest_root(disk)
            if not self._goes_home(end, root) or root["generation"] in seen:
                continue
            seen.add(root["generation"])
            newest = max(ROOTS, key=lambda slot: _sequence(disk, slot))
            left = _sequence(Overlay(disk, {newest: bytes(BLOCK)}), 1 - newest, "generation")
            expect_equal(f"the generation that the other root is of, when the first object of generation "
                         f"{root['generation']} goes home", left, root["generation"], look="ckpt_step",
                         hint="a root that is damaged later is to cost nothing")
        return len(seen) - 1

    def _goes_home(self, end, root):
        """Whether the last of so many writes is to a home of an object."""
        block = self.history.writes[end - 1].sector // SECTORS
        return block >= min(root["home_start"]) and not 0 <= block - root["log_start"] < root["log_blocks"]

    def sweep(self, judge, limit, seed):
        """Judges the disks that power cuts leave: all prefixes, and so many
        reorderings.  Wrong: the first that is not right."""
        states = plan(self.history, limit, seed)
        for state in states:
            wrong, _ = judge.judge(state)
            if wrong:
                raise Wrong("every disk that a power cut leaves to hold one whole generation, "
                            "the newest that was durable", f"{state} (of {len(self.history.writes)}): {wrong}")
        return len(states)


    def draw(self, count, seed):
        """So many of the states that a power cut can leave."""
        return random.Random(seed).sample(plan(self.history, 1000, seed), count)

    def write(self, state, path):
        """Writes the disk of a state to a file."""
        write_disk(Disks(self.history).disk(state), path)


def _entries(machine, record):
    data = machine.read(record["entry"], record["entries"] * 32)
    return list(struct.iter_unpack("<QQQQ", data))


def _writes(machine, record):
    """([Write], [after how many of them a flush ended])."""
    writes, flushes = [], []
    data = machine.read(record["data"], record["entries"] * BLOCK)
    for i, (flush, block, *_) in enumerate(_entries(machine, record)):
        if flush:
            flushes.append(len(writes))
        else:
            writes.append(Write(block * SECTORS, data[i * BLOCK : (i + 1) * BLOCK]))
    return writes, flushes


def _told(machine, record):
    """[(writes that a flush has made sure, generation)] where a new generation
    was said to be durable."""
    told, made, sure, before = [], 0, 0, None
    for flush, _, _, durable in _entries(machine, record):
        if before is not None and durable > before:
            told.append((sure, durable))
        before = durable
        made, sure = (made, made) if flush else (made + 1, sure)
    return told


def _changed_meanwhile(machine, record):
    return [block for _, block, changed, _ in _entries(machine, record) if changed]


def _witnesses(machine, record):
    """{generation: {(kind, OID): (change, version, CRC)}}."""
    found = defaultdict(dict)
    data = machine.read(record["witness"], record["witnesses"] * 32)
    for generation, kind, change, oid, version, crc in struct.iter_unpack("<QIIQII", data):
        found[generation][Kind(kind), oid] = (change, version, crc)
    return dict(found)


def _crc(data):
    return crc32c(data) or 1


def _sequence(disk, slot, field="sequence"):
    """A field of one root; 0 if that is not valid."""
    try:
        return read_root(disk, slot)[field]
    except ImageError:
        return 0


def _null(kind, oid):
    """The bytes of an object that is not on the disk."""
    if kind == Kind.page:
        return bytes(BLOCK)
    layout = DISK_NODE if kind == Kind.node else DISK_PROCESS
    data = bytearray(layout.size)
    data[:8] = oid.to_bytes(8, "little")
    if kind == Kind.node:
        data[layout.offsets["span"]] = SPAN_MIN
    return bytes(data)


def _expect_as_witnessed(generation, found, witnesses):
    for name, (change, version, crc) in sorted(witnesses.items()):
        on_disk = found.get(name)
        have = on_disk or (0, _null(*name))
        if (have[0], _crc(have[1])) == (version, crc):
            continue
        other = "it is not there" if on_disk is None else "it is not as it was then"
        raise Wrong(f"generation {generation} to hold every object as it was at its snapshot",
                    f"{name[0].name} {name[1]}: {other} (it was {_CHANGES[change]} then)",
                    look="ckpt_snapshot", hint="what was dirty must be captured before it is dirty again")


_CHANGES = ("clean", "dirty", "frozen", "being written")


def recorded(machine, image):
    """The Recording of a machine, when it has ended."""
    try:
        machine.finish()
    except Wrong as failure:
        found = re.search(r"^wrong: (.*)$", machine.text.replace("\r", ""), re.MULTILINE)
        if found:
            failure.expected, failure.happened = "the workload to find its objects as it left them", found[1]
        raise
    return Recording(machine, Path(image).read_bytes())


def disk_of(machine, path=None):
    """The checker's Report of the RAM disk, which is written to a file if one
    is named.  Wrong: it is not sound."""
    data = machine.ramdisk()
    if path:
        Path(path).write_bytes(data)
    try:
        return check(Bytes(data))
    except ImageError as error:
        raise Wrong("the disk to be sound when the machine has ended",
                    f"the checker says: {error}") from None


def expect_room_given_back(machine):
    """Wrong: more is reserved than is dirty or on its way to the log."""
    log, now = machine.symbol("sides"), machine.symbol("ckpt")
    reserved = sum(n - (n >> 63 << 64) for n in log[machine.symbol("turn")]["pending"])
    dirty, under_way = now["dirty_count"], now["under_way"][now["next"] % 2]
    expect_that(dirty <= reserved <= dirty + under_way, "room to be reserved for what is dirty, or on its way "
                "to the log, and for nothing else", f"it is reserved for {reserved} objects; {dirty} are dirty, "
                f"{under_way} on their way", look="ckpt_dirty_locked",
                hint="reserve first, then mark; and who is told to wait has reserved nothing")


__all__ = ["File", "Recording", "check", "disk_of", "expect_room_given_back", "load", "program", "recorded"]
