#!/usr/bin/env python3
"""Builds and shows boot images (kernel/store/format.h).

As a library: build_image(manifest, programs), read_image(data),
write_image(image), and the classes of diskimage.py.
"""

import argparse
import os
import sys
from pathlib import Path

from checkimage import File, ImageError, check, summary
from diskformat import CapType, CR_READONLY, CR_WEAK, Kind, Slot, State
from diskimage import VOID, Cap, Image, Node, Page, Process, read_image, replace_file, save_image, write_image
from disksize import fit, parse_size, resize, with_pages
from manifest import ManifestError, build_image, load_manifest

__all__ = [
    "Cap", "Image", "ImageError", "ManifestError", "Node", "Page", "Process", "build_image",
    "describe_cap", "read_image", "save_image", "write_image",
]  # fmt: skip


def describe_cap(image, cap):
    """A capability as the manifest writes it, objects without a name by OID."""
    name = CapType(cap.type).name
    if cap.type in (CapType.process, CapType.start, CapType.resume):
        process = image.processes.get(cap.oid)
        target = process.name if process and process.name else str(cap.oid)
        return f"{name}({target}, {cap.badge})" if cap.type == CapType.start else f"{name}({target})"
    if cap.type == CapType.schedule:
        return f"schedule({cap.badge}, {cap.oid})" if cap.oid else f"schedule({cap.badge})"
    if cap.type == CapType.range:
        return f"range({Kind(cap.badge).name}, {cap.oid} to {cap.oid + cap.version - 1})"
    if cap.type == CapType.devpage:
        return f"devpage({cap.oid:#x})"
    if cap.type in (CapType.page, CapType.node, CapType.meter):
        rights = [word for bit, word in ((CR_READONLY, "read-only"), (CR_WEAK, "weak")) if cap.rights & bit]
        return f"{name}({', '.join([str(cap.oid), *rights])})"
    if cap.type in (CapType.number, CapType.irq, CapType.wait):
        return f"{name}({cap.oid})"
    return name


def _show_process(image, process):
    yield (
        f"process {process.oid} {process.name}: {State(process.state).name},"
        f" pc {process.regs['pc']:#x}, sp {process.regs['x'][2]:#x}"
    )
    named = [(Slot(i).name, cap) for i, cap in enumerate(process.slot)]
    named += [(f"c{i}", cap) for i, cap in enumerate(process.cap)]
    for name, cap in named:
        if cap != VOID:
            yield f"    {name:9}{describe_cap(image, cap)}"


def show(disk):
    """The lines of a summary; ImageError if the image is not sound."""
    yield from summary(check(disk), disk)
    image = read_image(disk)
    for process in image.processes.values():
        yield from _show_process(image, process)


def _build(args):
    image = build_image(args.manifest, *args.programs)
    replace_file(args.out, lambda path: save_image(image, path))
    if args.depfile:
        folder = os.path.dirname(args.manifest)
        pages = load_manifest(args.manifest).get("page", ())
        files = " ".join(os.path.join(folder, page["file"]) for page in pages if "file" in page)
        rules = f"{args.out}: {files}\n{files}{':' if files else ''}\n"
        replace_file(args.depfile, lambda path: Path(path).write_text(rules))


def _disk(args):
    if os.path.exists(args.out) and not args.force:
        raise ImageError(
            f"{args.out} is there already, and what is on it would be lost; --force writes over it"
        )
    image = read_image(File(args.image))
    if args.size and (args.pages or args.log):
        raise ImageError("either --size or --pages and --log")
    if args.size:
        shape = fit(image, parse_size(args.size))
    else:
        shape = with_pages(image, args.pages or image.objects[Kind.page], args.log)
    replace_file(args.out, lambda path: save_image(resize(image, *shape), path))


def _show(args):
    try:
        print("\n".join(show(File(args.image))))
    except ImageError as error:
        raise ImageError(f"{args.image}: {error}") from None


def main(argv=None):
    parser = argparse.ArgumentParser(description="Builds and shows boot images.")
    commands = parser.add_subparsers(required=True, metavar="build|disk|show")
    build = commands.add_parser("build", help="from a manifest and linked programs to an image")
    build.add_argument("manifest")
    build.add_argument("--programs", required=True, nargs="+", metavar="FOLDER",
                       help="folders of NAME.elf; the first that has it counts")
    build.add_argument("--out", required=True)
    build.add_argument("--depfile", help="make rules for the page files it read")
    build.set_defaults(run=_build)
    disk = commands.add_parser("disk", help="from an image to a disk of any size")
    disk.add_argument("--image", required=True, help="the image it begins with")
    disk.add_argument("--out", required=True)
    disk.add_argument("--size", help="64M, 2G, ...; as large as the image unless given")
    disk.add_argument("--pages", type=int, help="instead of --size: page OIDs, the others in proportion")
    disk.add_argument("--log", type=int, help="with --pages: blocks of the log")
    disk.add_argument("--force", action="store_true", help="write over what is there")
    disk.set_defaults(run=_disk)
    command = commands.add_parser("show", help="print a summary, or why the image is refused")
    command.add_argument("image")
    command.set_defaults(run=_show)
    args = parser.parse_args(argv)
    try:
        args.run(args)
    except (ImageError, ManifestError, OSError) as error:
        sys.exit(f"image: {error}")


if __name__ == "__main__":
    main()
