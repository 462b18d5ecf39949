"""A manifest that uses every kind of entry, and the files it names."""

import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import image

TEXT, DATA, ENTRY = 0x10000, 0x12000, 0x10010
MANIFEST = """
[image]
pages = 100
nodes = 50
processes = 8

[[program]]
name = "hello"
stack_pages = 3

[[page]]
name = "greeting"
file = "greeting.txt"

[[node]]
name = "meter1"
slots = { 0 = "number(1_000)", 1 = "start(server, 0x3)", 15 = "number(-1)" }

[[process]]
name = "server"
program = "hello"
schedule = "schedule(6, 100000)"
state = "available"
map = { 0x80000 = "devpage(0x10000000)", 0x81000 = "page(greeting)" }

[[process]]
name = "client"
program = "hello"
priority = 5
keeper = "start(server, 2)"
meter = "meter(meter1)"
brand = "number(7)"
heap_pages = 2
[process.caps]
1 = "start(server, 0)"
2 = "range(page, rest)"
3 = "range(node, all)"
4 = "program(hello)"
5 = "space(server)"
6 = "irq(10)"
7 = "wait(2)"
8 = "process(server)"
9 = "checkpoint"
15 = "discrim"
"""


def elf_file(text, data, bss):
    """A linked program: text at TEXT, data and `bss` zero bytes at DATA."""
    offset = 64 + 2 * 56
    segments = ((TEXT, 5, text, 0), (DATA, 6, data, bss))
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 243, 1, ENTRY, 64, 0, 0, 64, 56, 2, 0, 0, 0
    )
    table = body = b""
    for at, flags, content, zeros in segments:
        table += struct.pack(
            "<IIQQQQQQ", 1, flags, offset + len(body), at, at, len(content), len(content) + zeros, 16
        )
        body += content
    return header + table + body


def write_sample(folder):
    """Writes the manifest and its files; returns the folder."""
    (folder / "image.toml").write_text(MANIFEST)
    (folder / "greeting.txt").write_text("good day\n")
    (folder / "hello.elf").write_bytes(elf_file(b"t" * 5000, b"d" * 100, 9000))
    return folder


def build_sample(folder):
    """The Image of the manifest in the folder, or image.ManifestError."""
    return image.build_image(str(folder / "image.toml"), str(folder))
