"""Images as objects: `write_image` lays them out, `read_image` takes them apart.

An Image holds pages, nodes and processes by OID.  Objects that are null (see
format.h) are in none of its dictionaries.
"""

import os
from dataclasses import dataclass, field, replace

from checkimage import check, objects
from diskformat import (
    BLOCK, CAP_REGS, CR_READONLY, DISK_ENTRY, DISK_NODE, DISK_PROCESS, DISK_ROOT, MAGIC, NODE_SLOTS, POT,
    SPAN_MIN, TICKS_PER_S, VERSION, CapType, Kind, Slot, State, blocks_of, checksum, place_ranges, seal_block,
    seal_record,
)  # fmt: skip
from diskread import Bytes, ImageError

JOURNAL_SLOTS = 8
LOG_LEAST = 1024


@dataclass(frozen=True)
class Cap:
    """One capability; the fields are those of struct disk_cap."""

    type: int = CapType.void
    rights: int = 0
    badge: int = 0
    version: int = 0
    oid: int = 0


VOID = Cap()


@dataclass
class Page:
    oid: int
    data: bytes = bytes(BLOCK)
    version: int = 0

    def pack(self):
        """The page and its checksum."""
        return self.data, checksum(self.data)


@dataclass
class Node:
    oid: int
    span: int = SPAN_MIN
    version: int = 0
    slot: list = field(default_factory=lambda: [VOID] * NODE_SLOTS)

    def pack(self):
        """The record, its checksum in it, and the checksum."""
        return seal_record(DISK_NODE.pack(**_plain(self)))

    @classmethod
    def unpack(cls, data, at):
        return cls(**_with_caps(DISK_NODE.unpack(data, at), "slot"))


@dataclass
class Process:
    oid: int
    name: str = ""
    state: int = State.running
    version: int = 0
    resting: int = 0
    fault: int = 0
    calls: int = 0
    ticks: int = 0
    owed: int = 0
    regs: dict = field(default_factory=lambda: {"pc": 0, "x": [0] * 32})
    cap: list = field(default_factory=lambda: [VOID] * CAP_REGS)
    slot: list = field(default_factory=lambda: [VOID] * len(Slot))

    def pack(self):
        """The record, its checksum in it, and the checksum."""
        return seal_record(DISK_PROCESS.pack(**{**_plain(self), "name": self.name.encode()}))

    @classmethod
    def unpack(cls, data, at):
        values = _with_caps(DISK_PROCESS.unpack(data, at), "cap", "slot")
        name = values["name"].split(b"\0")[0].decode(errors="replace")
        regs = {"pc": values["regs"]["pc"], "x": list(values["regs"]["x"])}
        return cls(**{**values, "name": name, "regs": regs})


def _plain(thing):
    """The fields of a dataclass as Layout.pack() takes them."""
    values = {**vars(thing), "crc": 0}
    for name in {"slot", "cap"} & set(values):
        values[name] = [vars(cap) for cap in values[name]]
    return values


def _with_caps(values, *fields):
    values = {name: value for name, value in values.items() if name != "crc"}
    return {**values, **{f: [Cap(**cap) for cap in values[f]] for f in fields}}


@dataclass
class Image:
    """The state of a machine, as one checkpoint holds it.

    objects   how many OIDs exist, by kind (list of three)
    table     the objects that are not null, by kind: {oid: Page, Node, Process}
    runnable  OIDs of the processes that have work to do
    epoch     of the boot that took it; 1 before the first
    interval  ticks between two checkpoints by time; 0: none
    ticks     the kernel's clock; real_time, the same moment, ns since 1970 or 0
    log_blocks  of its log; 0: as many as default_log() says
    """

    objects: list
    generation: int = 1
    epoch: int = 1
    ticks: int = 0
    sequence: int = 1
    journal_sequence: int = 0
    real_time: int = 0
    log_blocks: int = 0
    interval: int = 30 * TICKS_PER_S
    table: tuple = field(default_factory=lambda: ({}, {}, {}))
    runnable: list = field(default_factory=list)

    @property
    def pages(self):
        return self.table[Kind.page]

    @property
    def nodes(self):
        return self.table[Kind.node]

    @property
    def processes(self):
        return self.table[Kind.process]


def default_log(need):
    """Blocks for the log of an image whose first checkpoint needs `need`."""
    return max(LOG_LEAST, 3 * need)


def log_need(image):
    """Blocks of the log that the image takes, written as one checkpoint."""
    objects = sum(blocks_of(len(image.table[kind]), POT[kind]) for kind in Kind)
    entries = sum(map(len, image.table))
    return objects + blocks_of(entries * DISK_ENTRY.size, BLOCK) + blocks_of(len(image.runnable) * 8, BLOCK)


def _to_blocks(data):
    return data + bytes(-len(data) % BLOCK)


def _blocks(data):
    data = _to_blocks(data)
    return [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]


def _write_objects(image, first):
    """The blocks of all objects, which begin at block `first`, and the
    directory that finds them there."""
    blocks, entries = [], []
    for kind in Kind:
        objects = sorted(image.table[kind].values(), key=lambda thing: thing.oid)
        for start in range(0, len(objects), POT[kind]):
            pot = b""
            for index, thing in enumerate(objects[start : start + POT[kind]]):
                record, crc = thing.pack()
                pot += record
                entries.append(
                    DISK_ENTRY.pack(
                        oid=thing.oid, version=thing.version, kind=kind, index=index,
                        block=first + len(blocks), crc=crc,
                    )
                )  # fmt: skip
            blocks.append(_to_blocks(pot))
    return blocks, b"".join(entries)


def lay_out(image):
    """The image as (blocks, contents): how many blocks it has, and the bytes
    of those that are not zero, {block: 4096 bytes}.

    All objects stand in the log, as one checkpoint; nothing is home.
    ImageError: its log is too small for them.
    """
    need = log_need(image)
    ranges = place_ranges(image.objects, image.log_blocks or default_log(need), JOURNAL_SLOTS)
    if need >= ranges["log_blocks"]:
        raise ImageError(f"a log of {ranges['log_blocks']} blocks is too small, {need + 1} are needed")
    log, directory = _write_objects(image, ranges["log_start"])
    runnable = b"".join(oid.to_bytes(8, "little") for oid in image.runnable)
    dir_at = len(log)
    log += _blocks(directory)
    list_at = len(log)
    log += _blocks(runnable)
    root = seal_block(
        DISK_ROOT,
        dict(
            ranges, magic=MAGIC, version=VERSION, sequence=image.sequence,
            generation=image.generation, log_tail=0, log_head=len(log),
            dir_at=dir_at, dir_entries=len(directory) // DISK_ENTRY.size, dir_crc=checksum(directory),
            list_at=list_at, list_entries=len(image.runnable), list_crc=checksum(runnable),
            journal_sequence=image.journal_sequence, ticks=image.ticks,
            real_time=image.real_time, interval=image.interval, epoch=image.epoch,
        ),
    )  # fmt: skip
    contents = {ranges["log_start"] + i: block for i, block in enumerate(log)}
    return ranges["blocks"], {image.sequence % 2: root, **contents}


def write_image(image):
    """The bytes of the image, zeros and all.  For small ones: see save_image()."""
    blocks, contents = lay_out(image)
    data = bytearray(blocks * BLOCK)
    for block, content in contents.items():
        data[block * BLOCK : (block + 1) * BLOCK] = content
    return bytes(data)


def save_image(image, path):
    """Writes the image to a new file with holes where it is zero."""
    blocks, contents = lay_out(image)
    with open(path, "wb") as file:
        for block, content in sorted(contents.items()):
            file.seek(block * BLOCK)
            file.write(content)
        file.truncate(blocks * BLOCK)


def read_only(cap):
    """The same capability, read-only."""
    return replace(cap, rights=cap.rights | CR_READONLY)


def replace_file(path, write):
    """`write`s a file beside `path` and moves it there: whoever reads `path`
    sees the old contents or the new, never half."""
    temporary = f"{path}.{os.getpid()}"
    try:
        write(temporary)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise


def read_image(disk):
    """The Image that the newest valid root of a disk, or of bytes, names, with
    journalled pages as a restart finds them.  ImageError: as check() says."""
    disk = Bytes(disk) if isinstance(disk, (bytes, bytearray)) else disk
    report = check(disk)
    root = report.root
    image = Image(
        list(root["objects"]), report.generation, report.epoch, root["ticks"], report.sequence,
        max(report.journaled.values(), default=root["journal_sequence"]), root["real_time"],
        root["log_blocks"], root["interval"], runnable=report.processes,
    )  # fmt: skip
    for (kind, oid), (version, data) in objects(disk).items():
        if kind == Kind.page:
            thing = Page(oid, data, version)
        else:
            thing = (Node if kind == Kind.node else Process).unpack(data, 0)
        image.table[kind][oid] = thing
    return image
