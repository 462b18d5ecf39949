"""Disks in states that only a running kernel makes: {block: bytes}.

`migrated` has all objects at home; `running` has half of them there, the rest
in a log that goes round its end, and a journal.
"""

from dataclasses import replace

import pytest

from image_sample import build_sample, write_sample

from checkimage import Bytes, ImageError, Overlay, check
from diskformat import (
    BLOCK, DISK_ENTRY, DISK_INFO_SECTOR, DISK_JOURNAL, DISK_ROOT, INFO_PER_SECTOR, JOURNAL_MAGIC, POT,
    RECORD, SECTOR, CapType, Kind, State, checksum, seal_block,
)  # fmt: skip
from diskimage import Cap, Node, Page, lay_out


def disk_of(contents, blocks):
    """The disk of so many blocks with these contents, zeros elsewhere."""
    return Overlay(Bytes(b""), {blocks - 1: bytes(BLOCK), **contents})


def root_of(contents):
    """The newer root as a dict."""
    roots = [DISK_ROOT.unpack(contents[slot]) for slot in (0, 1) if any(contents.get(slot, b""))]
    return max(roots, key=lambda root: root["sequence"])


def with_root(contents, **values):
    """The same, the newer root changed (where it stands, or where its new
    sequence number says) and sealed."""
    root = {**root_of(contents), **values}
    return {**contents, root["sequence"] % 2: seal_block(DISK_ROOT, root)}


def put(contents, block, at, data):
    """Writes bytes at a place of a block."""
    old = contents.get(block, bytes(BLOCK))
    contents[block] = old[:at] + data + old[at + len(data) :]


def seal_sector(pages):
    """A sector of page information from {index: (version, checksum)}."""
    rows = [dict(version=v, crc=c) for v, c in (pages.get(i, (0, 0)) for i in range(INFO_PER_SECTOR))]
    crc = checksum(DISK_INFO_SECTOR.pack(crc=0, page=rows))
    return DISK_INFO_SECTOR.pack(crc=crc, page=rows)


def put_home(contents, root, image, wanted=lambda oid: True):
    """Writes the objects of the image that are `wanted` to their home."""
    sectors = {}
    for oid, page in image.pages.items():
        if wanted(oid):
            contents[root["home_start"][Kind.page] + oid] = page.data
            sector, index = divmod(oid, INFO_PER_SECTOR)
            sectors.setdefault(sector, {})[index] = (page.version, checksum(page.data))
    per_block = BLOCK // SECTOR
    for sector, pages in sectors.items():
        block = root["info_start"] + sector // per_block
        put(contents, block, sector % per_block * SECTOR, seal_sector(pages))
    for kind in (Kind.node, Kind.process):
        for oid, thing in image.table[kind].items():
            if wanted(oid):
                pot, index = divmod(oid, POT[kind])
                put(contents, root["home_start"][kind] + pot, index * RECORD[kind], thing.pack()[0])


def migrated(image):
    """All objects at home, the process list alone in the log."""
    _, contents = lay_out(image)
    root = root_of(contents)
    first, last = root["log_start"], root["log_start"] + root["log_blocks"]
    contents = {block: data for block, data in contents.items() if not first <= block < last}
    put(contents, first, 0, b"".join(oid.to_bytes(8, "little") for oid in image.runnable))
    put_home(contents, root, image)
    contents = with_root(
        contents, sequence=root["sequence"] + 1, dir_entries=0, dir_crc=checksum(b""), list_at=0, log_tail=0,
        log_head=1,
    )  # fmt: skip
    return root["blocks"], contents


def rotated(contents, by):
    """The log moved on by so many blocks, round its end."""
    root = root_of(contents)
    start, length = root["log_start"], root["log_blocks"]
    spots = {block: start + (block - start + by) % length for block in contents if block >= start}
    contents = {spots.get(block, block): data for block, data in contents.items()}
    at, size = root["dir_at"], DISK_ENTRY.size
    old = b"".join(contents.get(start + (at + by + i) % length, b"") for i in range(root["list_at"] - at))
    entries = [DISK_ENTRY.unpack(old, i * size) for i in range(root["dir_entries"])]
    new = b"".join(DISK_ENTRY.pack(**{**entry, "block": spots[entry["block"]]}) for entry in entries)
    for i in range(0, len(new), BLOCK):
        put(contents, start + (at + by + i // BLOCK) % length, 0, new[i : i + BLOCK])
    moved = {name: (root[name] + by) % length for name in ("log_tail", "log_head", "dir_at", "list_at")}
    return with_root(contents, dir_crc=checksum(new), **moved)


def journal(contents, slot, sequence, oid, page, version=0):
    """Writes one pair of the journal."""
    block = root_of(contents)["journal_start"] + 2 * slot
    values = dict(
        magic=JOURNAL_MAGIC, sequence=sequence, oid=oid, version=version, page_crc=checksum(page), crc=0
    )  # fmt: skip
    crc = checksum(DISK_JOURNAL.pack(**values))
    contents[block] = DISK_JOURNAL.pack(**{**values, "crc": crc}).ljust(BLOCK, b"\0")
    contents[block + 1] = page


def running(image):
    """Objects of even OIDs at home, the others in the log and older at home;
    two roots; three journal records, of which two count."""
    odd = replace(image, table=tuple({o: t for o, t in table.items() if o % 2} for table in image.table))
    blocks, contents = lay_out(odd)
    put_home(contents, root_of(contents), image)
    contents = rotated(contents, root_of(contents)["log_blocks"] - 3)
    root = root_of(contents)
    contents = with_root(contents, sequence=root["sequence"] + 1, generation=7, epoch=3, journal_sequence=40)
    pages = sorted(image.pages)
    journal(contents, 0, 41, pages[0], b"j" * BLOCK)
    journal(contents, 1, 42, pages[1], b"k" * BLOCK)
    journal(contents, 7, 40, pages[2], b"l" * BLOCK)
    return blocks, contents


def sector_of(oid):
    """(block of page information, byte) of the sector that has a page."""
    per_block = BLOCK // SECTOR
    sector = oid // INFO_PER_SECTOR
    return sector // per_block, sector % per_block * SECTOR


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def built(folder):
    """The sample, with an object of each kind that was destroyed and made
    again, one capability to it, and a process that waits for an answer."""
    image = build_sample(folder)
    image.pages[98] = Page(98, bytes(BLOCK), 3)
    image.pages[97] = Page(97, b"p" * BLOCK, 2)
    image.nodes[49] = Node(49, span=16, version=5)
    image.nodes[49].slot[1] = Cap(CapType.page, version=2, oid=98)
    server = image.processes[0]
    server.state, server.calls, server.version = State.waiting, 9, 4
    image.nodes[49].slot[2] = Cap(CapType.resume, version=9, oid=0)
    image.nodes[49].slot[3] = Cap(CapType.resume, version=3, oid=0)
    image.nodes[49].slot[4] = Cap(CapType.page, oid=90)
    return image


STATES = {"first": lay_out, "migrated": migrated, "running": running}


@pytest.fixture(params=STATES)
def state(request, built):
    """(blocks, contents) of a sound disk."""
    return STATES[request.param](built)


def refusal(disk):
    """What the checker says against the disk."""
    with pytest.raises(ImageError) as caught:
        check(disk)
    assert "\n" not in str(caught.value)
    return str(caught.value)
