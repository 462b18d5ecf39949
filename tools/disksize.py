"""Disks of any size from one image: how many objects and how long a log."""

import re
from dataclasses import replace

from diskformat import BLOCK, CapType, Kind, place_ranges
from diskimage import JOURNAL_SLOTS, default_log, log_need
from diskread import ImageError

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_LOG_MOST = 1 << 16  # blocks: what a checkpoint of 128 MiB of memory needs, twice
_PAGES_MOST = 1 << 31  # a range capability counts them in 32 bits


def parse_size(text):
    """Bytes from 64M, 2G, 8388608 and the like; ImageError."""
    match = re.fullmatch(r"(\d+)([KMGT]?)(i?B)?", text.strip(), re.IGNORECASE)
    if not match:
        raise ImageError(f"{text!r} is no size; write 64M or 2G")
    return int(match[1]) * _UNITS[match[2].upper()]


def show_size(blocks):
    """The shortest exact way to write a number of blocks as a size."""
    size = blocks * BLOCK
    unit = next(u for u in ("T", "G", "M", "K") if size % _UNITS[u] == 0)
    return f"{size // _UNITS[unit]}{unit}"


def _scaled(image, pages):
    """OIDs of each kind, in the image's own proportions but never fewer."""
    own = image.objects
    return [max(own[kind], pages * own[kind] // own[Kind.page]) for kind in Kind]


def _blocks(objects, log):
    return place_ranges(objects, log, JOURNAL_SLOTS)["blocks"]


def fit(image, size):
    """(objects, log blocks) of a disk of `size` bytes that holds the image: a
    quarter for the log, up to 256 MiB, and as many objects as then fit.
    ImageError: it is too small."""
    blocks = size // BLOCK
    least_log = default_log(log_need(image))
    least = _blocks(image.objects, least_log)
    if blocks < least:
        given = show_size(blocks) if blocks else size
        raise ImageError(f"{given} is too small: needs at least {show_size(least)}")
    log = max(least_log, min(blocks // 4, _LOG_MOST))
    if _blocks(image.objects, log) > blocks:
        log = least_log
    low, high = image.objects[Kind.page], min(blocks, _PAGES_MOST) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _blocks(_scaled(image, middle), log) <= blocks else (low, middle)
    objects = _scaled(image, low)
    return objects, log + blocks - _blocks(objects, log)


def with_pages(image, pages, log=None):
    """(objects, log blocks) of a disk of so many page OIDs."""
    need = log_need(image)
    if pages < image.objects[Kind.page] or pages > _PAGES_MOST:
        raise ImageError(f"{pages} pages: it takes {image.objects[Kind.page]} to {_PAGES_MOST}")
    if log is not None and log <= need:
        raise ImageError(f"a log of {log} blocks is too small: needs at least {need + 1}")
    return _scaled(image, pages), default_log(need) if log is None else log


def resize(image, objects, log):
    """The image with more OIDs.  A range that went up to the last of its kind
    does so again: that is what range(KIND, rest) and range(KIND, all) mean."""
    def stretch(cap):
        if cap.type != CapType.range or cap.oid + cap.version != image.objects[cap.badge]:
            return cap
        return replace(cap, version=objects[cap.badge] - cap.oid)

    for node in image.nodes.values():
        node.slot = [stretch(cap) for cap in node.slot]
    for process in image.processes.values():
        process.cap = [stretch(cap) for cap in process.cap]
        process.slot = [stretch(cap) for cap in process.slot]
    return replace(image, objects=list(objects), log_blocks=log)
