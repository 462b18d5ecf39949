"""Disk images as objects: `write_image` lays them out, `read_image` checks them.

An Image holds pages, nodes and processes by OID.  Objects that are null (see
format.h) are in none of its dictionaries.
"""

from dataclasses import dataclass, field, replace

from diskformat import (
    BLOCK, CAP_REGS, CR_READONLY, CR_WEAK, DISK_ENTRY, DISK_NODE, DISK_PROCESS, DISK_ROOT, MAGIC,
    NODE_SLOTS, POT, RECORD, SPAN_MIN, VERSION, CapType, Kind, Slot, State, blocks_of, checksum,
    place_ranges,
)  # fmt: skip

JOURNAL_SLOTS = 8
LOG_LEAST = 1024


class ImageError(Exception):
    """The bytes are not a sound image; the message says what is wrong."""


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
        return _seal(DISK_NODE.pack(**_plain(self)))

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
        return _seal(DISK_PROCESS.pack(**{**_plain(self), "name": self.name.encode()}))

    @classmethod
    def unpack(cls, data, at):
        values = _with_caps(DISK_PROCESS.unpack(data, at), "cap", "slot")
        name = values["name"].split(b"\0")[0].decode(errors="replace")
        regs = {"pc": values["regs"]["pc"], "x": list(values["regs"]["x"])}
        return cls(**{**values, "name": name, "regs": regs})


_CRC = slice(12, 16)  # of either record: behind oid and version


def record_checksum(record):
    """The checksum of a node's or process's record, its own field read as 0."""
    return checksum(record[: _CRC.start] + bytes(4) + record[_CRC.stop :])


def _seal(record):
    crc = checksum(record)
    return record[: _CRC.start] + crc.to_bytes(4, "little") + record[_CRC.stop :], crc


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


def pack_root(values):
    """The block of a root, its CRC made right.  Returns 4096 bytes."""
    block = _to_blocks(DISK_ROOT.pack(**{**values, "crc": 0}))
    return _to_blocks(DISK_ROOT.pack(**{**values, "crc": checksum(block)}))


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
    root = pack_root(
        dict(
            ranges, magic=MAGIC, version=VERSION, sequence=image.sequence,
            generation=image.generation, log_tail=0, log_head=len(log),
            dir_at=dir_at, dir_entries=len(directory) // DISK_ENTRY.size, dir_crc=checksum(directory),
            list_at=list_at, list_entries=len(image.runnable), list_crc=checksum(runnable),
            journal_sequence=image.journal_sequence, ticks=image.ticks,
            real_time=image.real_time, epoch=image.epoch,
        )
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


def read_root(data, number):
    """Root 0 or 1 as a dict of struct disk_root's fields, or ImageError."""
    block = bytes(data[number * BLOCK : (number + 1) * BLOCK])
    if len(block) < BLOCK:
        raise ImageError(f"root {number} is cut short")
    if not any(block):
        raise ImageError(f"root {number} is empty")
    try:
        root = DISK_ROOT.unpack(block)
    except ValueError as error:
        raise ImageError(f"root {number}: {error}") from None
    if root["magic"] != MAGIC:
        raise ImageError(f"root {number} has magic {root['magic']:#x}, not {MAGIC:#x}")
    if root["version"] != VERSION:
        raise ImageError(f"root {number} is of format {root['version']}, not {VERSION}")
    if pack_root(root) != block:
        raise ImageError(f"root {number} does not have the CRC it says")
    return root


def newest_root(data):
    """The valid root of the greatest sequence number; ImageError: there is none."""
    roots, reasons = [], []
    for number in (0, 1):
        try:
            roots.append(read_root(data, number))
        except ImageError as error:
            reasons.append(str(error))
    if not roots:
        raise ImageError("no valid root: " + "; ".join(reasons))
    return max(roots, key=lambda root: root["sequence"])


class _Reader:
    """Reads what one root names, checking every step."""

    def __init__(self, data, root):
        self.data = data
        self.root = root
        if root["blocks"] * BLOCK > len(data):
            raise ImageError(f"it should have {root['blocks']} blocks, it has {len(data) // BLOCK}")

    def block(self, number):
        return bytes(self.data[number * BLOCK : (number + 1) * BLOCK])

    def table(self, what, prefix, size):
        """The directory or the list: bytes with the CRC that the root says."""
        size *= self.root[prefix + "_entries"]
        log = range(self.root["log_start"], self.root["log_start"] + self.root["log_blocks"])
        if size > len(log) * BLOCK:
            raise ImageError(f"{what} is larger than the log")
        at = self.root[prefix + "_at"]
        data = b"".join(self.block(log[(at + i) % len(log)]) for i in range(-(-size // BLOCK)))[:size]
        if checksum(data) != self.root[prefix + "_crc"]:
            raise ImageError(f"{what} does not have the CRC in the root")
        return data

    def entries(self):
        data = self.table("the directory", "dir", DISK_ENTRY.size)
        for at in range(0, len(data), DISK_ENTRY.size):
            try:
                yield DISK_ENTRY.unpack(data, at)
            except ValueError as error:
                raise ImageError(f"entry {at // DISK_ENTRY.size}: {error}") from None

    def thing(self, entry):
        """The object that an entry of the directory names."""
        kind = entry["kind"]
        if kind not in POT:
            raise ImageError(f"the directory names an object of kind {kind}")
        what = f"{Kind(kind).name} {entry['oid']}"
        if entry["oid"] >= self.root["objects"][kind]:
            raise ImageError(f"{what}: only {self.root['objects'][kind]} exist")
        if entry["index"] >= POT[kind]:
            raise ImageError(f"{what} has index {entry['index']}, a pot holds {POT[kind]}")
        at = entry["block"] - self.root["log_start"]
        if not 0 <= at < self.root["log_blocks"]:
            raise ImageError(f"{what} lies in block {entry['block']}, outside the log")
        start, size = entry["index"] * RECORD[kind], RECORD[kind]
        record = self.block(entry["block"])[start : start + size]
        crc = checksum(record) if kind == Kind.page else record_checksum(record)
        if crc != entry["crc"]:
            raise ImageError(f"{what} in block {entry['block']} does not have the CRC in its entry")
        return self.unpack(what, entry, record)

    def unpack(self, what, entry, record):
        if entry["kind"] == Kind.page:
            return Page(entry["oid"], record, entry["version"])
        try:
            thing = (Node if entry["kind"] == Kind.node else Process).unpack(record, 0)
        except ValueError as error:
            raise ImageError(f"{what}: {error}") from None
        if (thing.oid, thing.version) != (entry["oid"], entry["version"]):
            raise ImageError(
                f"{what} version {entry['version']}: its record says"
                f" {thing.oid} version {thing.version}"
            )
        return thing

    def runnable(self):
        data = self.table("the process list", "list", 8)
        return [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]


def read_image(data, root=None):
    """The Image that `root` (default: the newest valid one) names.

    ImageError: whatever is not as format.h says, CRCs and references included.
    """
    root = root or newest_root(data)
    reader = _Reader(data, root)
    image = Image(
        list(root["objects"]), root["generation"], root["epoch"], root["ticks"], root["sequence"],
        root["journal_sequence"], root["real_time"], root["log_blocks"],
    )  # fmt: skip
    for entry in reader.entries():
        table = image.table[min(entry["kind"], len(Kind) - 1)]
        if entry["oid"] in table and entry["kind"] < len(Kind):
            raise ImageError(f"{Kind(entry['kind']).name} {entry['oid']} is in the directory twice")
        table[entry["oid"]] = reader.thing(entry)
    image.runnable = reader.runnable()
    check_image(image)
    return image


_OBJECT_KIND = {
    CapType.page: Kind.page,
    CapType.node: Kind.node,
    CapType.meter: Kind.node,
    CapType.process: Kind.process,
    CapType.start: Kind.process,
    CapType.resume: Kind.process,
}


def cap_fault(image, cap):
    """What is wrong with a capability of the image: a string, or None."""
    if cap.type not in CapType._value2member_map_ or cap.type == CapType.hook:
        return f"capability type {cap.type} is never on a disk"
    if cap.rights & ~(CR_READONLY | CR_WEAK):
        return f"rights {cap.rights:#x} do not exist"
    kind = _OBJECT_KIND.get(cap.type)
    if cap.type == CapType.range:
        if cap.badge >= len(Kind):
            return f"a range of kind {cap.badge}"
        if cap.oid + cap.version > image.objects[cap.badge]:
            return f"a range past the last {Kind(cap.badge).name}"
    elif kind is not None and cap.oid >= image.objects[kind]:
        return f"{CapType(cap.type).name} {cap.oid}: only {image.objects[kind]} exist"
    return None


def check_image(image):
    """ImageError unless capabilities and process list agree with the objects."""
    for node in image.nodes.values():
        _check_caps(image, f"node {node.oid} slot", node.slot)
    for process in image.processes.values():
        what = f"process {process.oid} ({process.name})"
        if process.state not in State._value2member_map_:
            raise ImageError(f"{what} has state {process.state}")
        _check_caps(image, f"{what} register", process.cap)
        _check_caps(image, f"{what} slot", process.slot)
    _check_list(image)


def _check_list(image):
    """Exactly the running processes have work to do."""
    if len(set(image.runnable)) != len(image.runnable):
        raise ImageError("the process list names a process twice")
    running = {oid for oid, p in image.processes.items() if p.state == State.running}
    for oid in sorted(set(image.runnable) ^ running):
        if oid in running:
            raise ImageError(f"process {oid} is running, but not in the process list")
        raise ImageError(f"the process list names process {oid}, which is not running")


def _check_caps(image, what, caps):
    for number, cap in enumerate(caps):
        fault = cap_fault(image, cap)
        if fault:
            raise ImageError(f"{what} {number}: {fault}")


def read_only(cap):
    """The same capability, read-only."""
    return replace(cap, rights=cap.rights | CR_READONLY)
