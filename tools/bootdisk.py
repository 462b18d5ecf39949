#!/usr/bin/env python3
"""Gets the disk ready that `make run` boots from.

    bootdisk.py ready DISK IMAGE SIZE   makes it from the image if there is
        none; checks it; says in a line what is on it.  Status 1, and one
        message, if it cannot be booted
    bootdisk.py new DISK IMAGE SIZE [--fresh]   makes a new one; --fresh: an
        old one is kept as DISK.old

Beside DISK stands DISK.from, the digest of the image it was made from: to say
that the programs were built again since.  A disk is never written over.
"""

import argparse
import fcntl
import hashlib
import os
import sys
from pathlib import Path

from checkimage import File, ImageError, check, summary_line
from diskimage import read_image, replace_file, save_image
from disksize import fit, parse_size, resize


class Refusal(Exception):
    """What stands in the way, and what to do about it."""


def _digest(image):
    return hashlib.sha256(Path(image).read_bytes()).hexdigest()


def _fresh(disk):
    return f"make disk DISK={disk} FRESH=1"


def _make(disk, image, size):
    first = read_image(File(image))
    Path(disk).parent.mkdir(parents=True, exist_ok=True)
    resized = resize(first, *fit(first, parse_size(size)))
    replace_file(disk, lambda path: save_image(resized, path))
    Path(f"{disk}.from").write_text(_digest(image) + "\n")


def _is_in_use(disk):
    """Whether a QEMU has it: that holds locks on bytes 100 to 299."""
    with open(disk, "r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 200, 100)
        except OSError:
            return True
    return False


def _refuse_in_use(disk):
    if _is_in_use(disk):
        raise Refusal(
            f"disk {disk} is in use by another `make run` or `make debug`: quit that one (Ctrl-A, then X),"
            " or take another disk: DISK=build/second.disk"
        )


def ready(disk, image, size):
    """Lines about the disk; Refusal if it cannot be booted."""
    made = not os.path.exists(disk)
    if made:
        _make(disk, image, size)
    _refuse_in_use(disk)
    try:
        report = check(File(disk))
    except ImageError as error:
        raise Refusal(
            f"disk {disk}: {error}\nIt was left as it is.  `{_fresh(disk)}` keeps it as {disk}.old"
            " and makes a new one; `make run DISK=other.disk` takes another."
        ) from None
    yield f"disk {disk}: {'new, ' if made else ''}{summary_line(report)}"
    origin = Path(f"{disk}.from")
    if origin.exists() and origin.read_text().strip() != _digest(image):
        yield (
            "Its programs are those it was made with, not those just built.  To start again with these:"
            f" {_fresh(disk)} (keeps it as {disk}.old)"
        )


def new(disk, image, size, fresh):
    if os.path.exists(disk):
        if not fresh:
            raise Refusal(
                f"disk {disk} exists.  `{_fresh(disk)}` keeps it as {disk}.old and makes a new one"
            )
        _refuse_in_use(disk)
        for name in (disk, f"{disk}.from"):
            if os.path.exists(name):
                os.replace(name, f"{disk}.old{name[len(disk):]}")
        yield f"kept {disk} as {disk}.old"
    _make(disk, image, size)
    yield f"made {disk}: {os.path.getsize(disk) >> 20} MiB, of which it takes only what is used"


def main(argv=None):
    parser = argparse.ArgumentParser(description="Gets a disk ready to boot from.")
    parser.add_argument("what", choices=("ready", "new"))
    parser.add_argument("disk")
    parser.add_argument("image")
    parser.add_argument("size")
    parser.add_argument("--fresh", action="store_true")
    args = parser.parse_args(argv)
    try:
        lines = (
            ready(args.disk, args.image, args.size)
            if args.what == "ready"
            else new(args.disk, args.image, args.size, args.fresh)
        )
        for line in lines:
            print(line, flush=True)
    except (ImageError, OSError, Refusal) as error:
        sys.exit(f"latchkey: {error}")


if __name__ == "__main__":
    main()
