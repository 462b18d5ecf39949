"""Reads what an image needs of a linked RISC-V program: entry and pages."""

import struct
from dataclasses import dataclass

PAGE = 4096
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_EXECUTABLE, _RISCV, _LOAD, _WRITABLE = 2, 243, 1, 2


class ElfError(Exception):
    """The file is not a program that can be put into a space."""


@dataclass
class Program:
    """A linked program, cut into pages.

    `text` and `data` give the contents (4096 bytes) of read-only and writable
    pages by address; `zero` lists the addresses of writable pages that are all
    zero (bss); `end` is the first page-aligned address behind all of them.
    """

    entry: int
    text: dict
    data: dict
    zero: list
    end: int


def read_program(path):
    """Reads the ELF file at `path`.  ElfError: it is not what is expected."""
    with open(path, "rb") as file:
        blob = file.read()
    if blob[:6] != b"\x7fELF\x02\x01" or len(blob) < _HEADER.size:
        raise ElfError("not a 64-bit little-endian ELF file")
    _, kind, machine, _, entry, offset, *_, count, _, _, _ = _HEADER.unpack_from(blob)
    if (kind, machine) != (_EXECUTABLE, _RISCV):
        raise ElfError("not a linked RISC-V program")
    pages, writable = {}, set()
    for i in range(count):
        segment = _SEGMENT.unpack_from(blob, offset + i * _SEGMENT.size)
        if segment[0] == _LOAD and segment[6]:
            _place(blob, segment, pages, writable)
    return _sorted(entry, pages, writable)


def _place(blob, segment, pages, writable):
    """Copies one segment to the pages it touches."""
    _, flags, offset, start, _, in_file, in_memory, _ = segment
    if offset + in_file > len(blob):
        raise ElfError("cut short")
    for base in range(start // PAGE * PAGE, start + in_memory, PAGE):
        page = pages.setdefault(base, bytearray(PAGE))
        low, high = max(base, start), min(base + PAGE, start + in_file)
        if low < high:
            page[low - base : high - base] = blob[offset + low - start : offset + high - start]
        if flags & _WRITABLE:
            writable.add(base)


def _sorted(entry, pages, writable):
    if entry // PAGE * PAGE not in pages:
        raise ElfError(f"its entry {entry:#x} lies outside its segments")
    data = {base: bytes(pages[base]) for base in sorted(writable) if any(pages[base])}
    return Program(
        entry=entry,
        text={base: bytes(pages[base]) for base in sorted(pages) if base not in writable},
        data=data,
        zero=[base for base in sorted(writable) if base not in data],
        end=max(pages) + PAGE,
    )
