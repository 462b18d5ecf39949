"""The two roots of a disk: which one counts, and where it says all lies."""

import struct

from diskformat import BLOCK, DISK_ROOT, INFO_PER_BLOCK, MAGIC, POT, VERSION, Kind, blocks_of, checksum
from diskread import ImageError, Memo


def _make_root(block):
    """The root as a dict, or what is wrong with it as a string."""
    if len(block) < BLOCK:
        return "is cut off"
    if not any(block):
        return "is empty"
    magic, version, crc = struct.unpack_from("<QII", block)
    if magic != MAGIC:
        return f"has magic {magic:#x}, not {MAGIC:#x}"
    at = DISK_ROOT.offsets["crc"]
    if checksum(block[:at] + bytes(4) + block[at + 4 :]) != crc:
        return "does not have the checksum it says (a torn write, or damage)"
    if version != VERSION:
        age = "an older" if version < VERSION else "a newer"
        return f"is of format version {version}, {age} one: this reads version {VERSION}"
    try:
        return DISK_ROOT.unpack(block)
    except ValueError as error:
        return f"is wrong: {error}"


_roots = Memo(_make_root, 256)


def read_root(disk, number):
    """Root 0 or 1 as a dict of struct disk_root's fields; ImageError."""
    root = _roots[disk.read(number)] if number < disk.blocks else "is cut off"
    if isinstance(root, str):
        raise ImageError(f"root {number} {root}")
    if root["sequence"] % 2 != number:
        raise ImageError(f"root {number} has sequence number {root['sequence']}, which is the other's")
    return root


def newest_root(disk):
    """The valid root of the greatest sequence number, and a word about the
    other.  ImageError: there is none."""
    roots, reasons = [], []
    for number in (0, 1):
        try:
            roots.append((number, read_root(disk, number)))
        except ImageError as error:
            reasons.append(str(error))
    if not roots:
        raise ImageError("no valid root: " + "; ".join(reasons))
    if reasons:
        return roots[0][1], reasons[0]
    (_, old), (number, new) = sorted(roots, key=lambda pair: pair[1]["sequence"])
    _check_succession(old, new)
    return new, f"root {1 - number} has sequence {old['sequence']}, generation {old['generation']}"


_FIXED = (
    "blocks", "objects", "journal_start", "journal_slots", "info_start", "home_start", "log_start",
    "log_blocks",
)  # fmt: skip


def _check_succession(old, new):
    """Two valid roots are of the same disk, one after the other."""
    for name in _FIXED:
        if old[name] != new[name]:
            raise ImageError(
                f"the roots disagree: {name} is {old[name]} in the older, {new[name]} in the newer"
            )
    if new["sequence"] != old["sequence"] + 1:
        raise ImageError(
            f"the roots have sequence numbers {old['sequence']} and {new['sequence']}, not neighbours"
        )
    for name in ("generation", "journal_sequence", "epoch"):
        if new[name] < old[name]:
            raise ImageError(f"{name} went back from {old[name]} to {new[name]} in the newer root")


def check_ranges(root):
    """ImageError unless all ranges of the root lie on the disk, side by side."""
    count, home = root["objects"], root["home_start"]
    ranges = [
        ("the roots", 0, 2),
        ("the journal", root["journal_start"], 2 * root["journal_slots"]),
        ("page information", root["info_start"], blocks_of(count[Kind.page], INFO_PER_BLOCK)),
        *((f"the home range of kind {k.name}", home[k], blocks_of(count[k], POT[k])) for k in Kind),
        ("the log", root["log_start"], root["log_blocks"]),
    ]
    before, end = "the start", 0
    for what, start, blocks in sorted(ranges, key=lambda item: item[1:]):
        if start < end:
            raise ImageError(f"{what} (from block {start}) and {before} (up to {end - 1}) overlap")
        if start + blocks > root["blocks"]:
            raise ImageError(f"{what} ends at block {start + blocks}, the image has {root['blocks']}")
        before, end = what, start + blocks
    for name in ("log_tail", "log_head", "dir_at", "list_at"):
        if root[name] >= root["log_blocks"]:
            raise ImageError(f"{name} is {root[name]}, the log has {root['log_blocks']} blocks")
