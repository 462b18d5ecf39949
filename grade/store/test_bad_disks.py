"""Disks that are cut off, torn, flipped, too old, or that fail: one clear message
each, the older root where that is right, and never a byte written over.

The disk is the RAM disk: a file, damaged on the host, given to QEMU, and read out
of the guest's memory afterwards.
"""

import re
import sys
from pathlib import Path

import pytest

from grade.harness import Wrong, build
from grade.harness.verdict import Failure

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from checkimage import check, objects  # noqa: E402
from diskformat import DISK_ROOT, Kind, seal_block  # noqa: E402
from diskread import Bytes  # noqa: E402

BLOCK = 4096
MANIFEST = ROOT / "user/tests/ckptload.toml"


@pytest.fixture(scope="module")
def made():
    """A new image: everything is in its log, as a checkpoint leaves it."""
    return build.image(MANIFEST).read_bytes()


@pytest.fixture
def run_before(boot, tmp_path):
    """An image that ran for long after its one checkpoint: everything is home,
    both roots are written."""
    manifest = tmp_path / "once.toml"
    manifest.write_text(MANIFEST.read_text().replace('3 = "number(40)", 4 = "number(4)"',
                                                     '3 = "number(58)", 4 = "number(30)"'))
    machine = boot(image=manifest, debug=False, limit=200_000, append="preload=0")
    machine.finish()
    if machine.symbol("ckpt.phase"):
        raise Wrong("the workload to end when nothing is being written", "a checkpoint was")
    return bytes(machine.ramdisk())


def root_of(image):
    return check(Bytes(image)).root


def changed(image, at, data):
    return image[:at] + data + image[at + len(data):]


def flipped(image, block, byte=100):
    at = block * BLOCK + byte
    return changed(image, at, bytes([image[at] ^ 0x10]))


def home_block(image, kind, oid):
    per = {Kind.page: 1, Kind.node: 14, Kind.process: 6}[kind]
    return root_of(image)["home_start"][kind] + oid // per


def start(boot, image, append="preload=0", limit=2_000):
    """Boots a damaged image to its end: (what was printed, how it ended), and
    the bytes of the disk afterwards."""
    path = boot.folder / "damaged.img"
    path.write_bytes(image)
    machine = boot(image=path, debug=True, limit=limit, append=append)
    try:
        machine.finish()
        how = ""
    except Failure as failure:
        how = failure.happened
    text = machine.text
    return text[text.find("Boot HART MEDELEG"):], how, bytes(machine.ramdisk())


def refused(boot, image, message):
    text, _, after = start(boot, image)
    said = re.findall(r"^panic: .*$", text, re.MULTILINE)
    if len(said) != 1 or not re.search(message, said[0]):
        raise Wrong(f"one panic: {message}", "\n".join(said) or text[-500:])
    if after != image:
        raise Wrong("the disk to be as it was", "the kernel wrote to a disk that it refused")


# A new image, and what the kernel says of it.  Its only root is in slot 1.
def cut_off(image):
    return image[: len(image) // BLOCK // 2 * BLOCK]


def in_both_roots(at, value):
    return lambda image: changed(changed(image, at, value), BLOCK + at, value)


def in_directory(image):
    root = root_of(image)
    return flipped(image, root["log_start"] + root["dir_at"])


def in_list(image):
    root = root_of(image)
    return flipped(image, root["log_start"] + root["list_at"], 1)


def in_listed_process(image):
    """The log ends with directory and list; before it stand pots of processes."""
    root = root_of(image)
    return flipped(image, root["log_start"] + root["dir_at"] - 1, 300)


REFUSED = {
    "cut off": (cut_off, r"image: \d+ blocks, but the disk has only \d+: it is cut off"),
    "zeros": (lambda image: bytes(len(image)), "image: no valid root: this is no image, or it is damaged"),
    "garbage": (lambda image: b"garbage!" * (len(image) // 8), "image: no valid root"),
    "wrong magic": (in_both_roots(0, b"NOTLATCH"), "image: no valid root"),
    "older version": (in_both_roots(8, b"\1\0\0\0"),
                      "format version 1, this kernel reads 2: make a new disk, or use the kernel it was made with"),
    "the only root": (lambda image: flipped(image, 1), "image: no valid root"),
    "the directory": (in_directory, "image: the directory is damaged: bad checksum"),
    "the list": (in_list, "image: the process list is damaged: bad checksum"),
    "a listed process": (in_listed_process, r"image: process \d+ cannot be read"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_and_left_alone(boot, made, what):
    damage, message = REFUSED[what]
    refused(boot, damage(made), message)


def test_damaged_page_information_is_refused(boot, run_before):
    refused(boot, flipped(run_before, root_of(run_before)["info_start"], 20),
            r"image: the page information is damaged: bad checksum in sector 0 of block \d+")


@pytest.mark.parametrize("torn", (16, 512, 2048), ids=("magic", "sector", "half"))
def test_a_torn_root_leaves_the_other(boot, run_before, torn):
    """Of the newest root some bytes were not written: those of before are there."""
    root = root_of(run_before)
    slot = root["sequence"] % 2
    image = changed(run_before, slot * BLOCK + 12, bytes(torn))
    other = check(Bytes(image)).root
    if other["sequence"] != root["sequence"] - 1:
        raise Wrong(f"root {root['sequence'] - 1} to be the newest that is left", str(other["sequence"]))
    text, how, _ = start(boot, image, limit=200_000)
    if how or f"image: root {slot} is damaged" not in text or "ok restart 1" not in text:
        raise Wrong(f"a word on root {slot}, and a restart from the other", how or text[-500:])


@pytest.mark.parametrize("kind, size", ((Kind.page, BLOCK), (Kind.node, 280)), ids=("page", "node"))
def test_a_damaged_object_is_a_fault_of_who_wants_it(boot, run_before, kind, size):
    """The last objects that are not null: the workload's own, which its keeper
    does not need."""
    per = BLOCK // size
    image = run_before
    for oid in sorted(oid for k, oid in objects(Bytes(image)) if k == kind)[-5:]:
        image = flipped(image, home_block(run_before, kind, oid), oid % per * size + 100)
    text, how, _ = start(boot, image)
    said = re.search(rf"disk: {kind.name} \d+, in block \d+: bad checksum", text)
    if not said or "panic" in text or "object cannot be read" not in text:
        raise Wrong(f"a damaged {kind.name} to be said, and a fault", how or text[-500:])


def test_a_block_that_cannot_be_read_is_a_fault(boot, run_before):
    """Every page of the program's, by the page that its text begins with."""
    first = home_block(run_before, Kind.page, 0)
    text, how, after = start(boot, run_before, append=f"preload=0 fail_read={first}")
    if "disk: page 0, in block" not in text or "the disk cannot read it" not in text or "panic" in text:
        raise Wrong("page 0 to be a fault of who wants it", how or text[-500:])


def test_a_disk_that_vanishes(boot, run_before):
    """All requests fail from one on: what is in memory goes on, and the disk
    has the last checkpoint."""
    text, how, after = start(boot, run_before, append="preload=0 slow=50 gone=120")
    if not text or "panic" in text:
        raise Wrong("a machine that goes on without its disk", how or text[-500:])
    check(Bytes(after))


def lying(image, **fields):
    """The newest root with other values, and a checksum that is right."""
    root = dict(root_of(image))
    block = seal_block(DISK_ROOT, {**root, **fields})
    return changed(image, root["sequence"] % 2 * BLOCK, block)


LIES = {
    "a list longer than there are processes": (dict(list_entries=1 << 60), r"\d+ processes are listed, there are \d+"),
    "a directory longer than the log can have": (dict(dir_entries=1 << 40), "entries do not fit into the log"),
    "a journal without end": (dict(journal_slots=1 << 63), r"a journal of \d+ slots"),
    "checkpoints without a pause": (dict(interval=1), "a checkpoint every 1 ticks"),
    "a log outside": (dict(log_start=1 << 40), "the log lies outside"),
}


@pytest.mark.parametrize("what", LIES)
def test_a_root_that_lies_is_refused(boot, made, what):
    fields, message = LIES[what]
    refused(boot, lying(made, **fields), message)
