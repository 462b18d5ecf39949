"""The image tools against kernel/store/format.h, and against damage."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from image_sample import ROOT, build_sample, write_sample

import diskformat
import image
from crc32c import crc32c
from diskformat import BLOCK, CR_READONLY, CR_WEAK, CapType, Kind, Slot, State


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path)


@pytest.fixture
def built(folder):
    return build_sample(folder)


# The format is that of the header.


def c_facts(tmp_path):
    """sizeof, offsetof and constants, as the host's compiler sees format.h."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "a C compiler for this machine is needed: install gcc"
    lines = []
    for layout in diskformat.LAYOUTS:
        lines.append(f'P("{layout.name}", sizeof(struct {layout.name}));')
        lines += [
            f'P("{layout.name}.{name}", offsetof(struct {layout.name}, {name}));'
            for name in layout.offsets
        ]
    for name in ("FORMAT_MAGIC", "FORMAT_VERSION", "FORMAT_BLOCK", "NODE_SLOTS", "SPAN_MIN", "CAP_REGS",
                 "PRIORITIES", "CR_READONLY", "CR_WEAK", "NODES_PER_POT", "PROCS_PER_POT"):  # fmt: skip
        lines.append(f'P("{name}", {name});')
    for table in ("CAP_TYPES", "OBJ_KINDS", "PROC_STATES", "PROC_SLOTS"):
        lines.append(f'#define X(id, n, name) P("{table}:" name, n);\n{table}(X)\n#undef X')
    source = tmp_path / "facts.c"
    source.write_text(
        "#include <stdio.h>\n#include <store/format.h>\n"
        '#define P(name, value) printf("%s %lu\\n", name, (unsigned long)(value))\n'
        "int main(void)\n{\n" + "\n".join(lines) + "\nreturn 0;\n}\n"
    )
    program = tmp_path / "facts"
    subprocess.run([compiler, f"-I{ROOT}/kernel", "-o", program, source], check=True)
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return {name: int(value) for name, value in (line.rsplit(" ", 1) for line in output.splitlines())}


def test_layouts_are_those_of_format_h(tmp_path):
    expected = {
        "FORMAT_MAGIC": diskformat.MAGIC, "FORMAT_VERSION": diskformat.VERSION,
        "FORMAT_BLOCK": BLOCK, "NODE_SLOTS": diskformat.NODE_SLOTS, "SPAN_MIN": diskformat.SPAN_MIN,
        "CAP_REGS": diskformat.CAP_REGS, "PRIORITIES": diskformat.PRIORITIES,
        "CR_READONLY": CR_READONLY, "CR_WEAK": CR_WEAK,
        "NODES_PER_POT": BLOCK // diskformat.DISK_NODE.size,
        "PROCS_PER_POT": BLOCK // diskformat.DISK_PROCESS.size,
    }  # fmt: skip
    for layout in diskformat.LAYOUTS:
        expected[layout.name] = layout.size
        expected |= {f"{layout.name}.{name}": at for name, at in layout.offsets.items()}
    tables = (("CAP_TYPES", CapType), ("OBJ_KINDS", Kind), ("PROC_STATES", State), ("PROC_SLOTS", Slot))
    for table, enum in tables:
        expected |= {f"{table}:{member.name}": member.value for member in enum}
    assert c_facts(tmp_path) == expected


def test_crc32c_known_answers():
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43


# Images.


def test_round_trip(built):
    data = image.write_image(built)
    assert len(data) % BLOCK == 0
    assert image.read_image(data) == built


def test_first_root_and_empty_other(built):
    data = image.write_image(built)
    root = image.read_root(data, 1)
    assert (root["generation"], root["sequence"], root["epoch"]) == (1, 1, 1)
    assert root["log_start"] + root["log_blocks"] == root["blocks"] == len(data) // BLOCK
    assert not any(data[:BLOCK])


# Damage.


def flip(data, bit):
    damaged = bytearray(data)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def meaningful_bits(data):
    """Some bits of every structure: all of the root's, and then every
    thousandth of what a CRC covers, with both ends of each block."""
    root = image.read_root(data, 0)
    yield from range(0, 8 * diskformat.DISK_ROOT.size, 5)
    for block in range(2, root["dir_block"]):
        kind_size = BLOCK
        entries = [e for e in directory(data, root) if e["block"] == block]
        if entries[0]["kind"] != Kind.page:
            layout = diskformat.DISK_NODE if entries[0]["kind"] == Kind.node else diskformat.DISK_PROCESS
            kind_size = layout.size * len(entries)
        yield from range(8 * BLOCK * block, 8 * (BLOCK * block + kind_size), 1009)
        yield 8 * (BLOCK * block + kind_size) - 1
    start = root["dir_block"] * BLOCK
    yield from range(8 * start, 8 * (start + diskformat.DISK_ENTRY.size * root["dir_entries"]), 101)
    start = root["list_block"] * BLOCK
    yield from range(8 * start, 8 * (start + 8 * root["list_entries"]), 7)


def directory(data, root):
    start = root["dir_block"] * BLOCK
    size = diskformat.DISK_ENTRY.size
    return [diskformat.DISK_ENTRY.unpack(data, start + i * size) for i in range(root["dir_entries"])]


def test_flipped_bits_are_refused(built):
    data = image.write_image(built)
    accepted = []
    for bit in meaningful_bits(data):
        try:
            image.read_image(flip(data, bit))
            accepted.append(f"byte {bit // 8:#x} bit {bit % 8}")
        except image.ImageError as error:
            assert "\n" not in str(error)
    assert accepted == []


def test_cut_image_is_refused(built):
    data = image.write_image(built)
    for size in (0, 100, BLOCK, 2 * BLOCK, len(data) - BLOCK):
        with pytest.raises(image.ImageError):
            image.read_image(data[:size])


def test_newest_valid_root_counts(built):
    old = image.write_image(built)
    built.generation, built.ticks = 2, 77
    new = image.write_image(built)
    both = old[:BLOCK] + new[:BLOCK] + old[2 * BLOCK :]
    assert image.read_image(both).ticks == 77
    assert image.read_image(flip(both, 8 * (BLOCK + 20))).generation == 1


def damage(img, what):
    """One inconsistency that no CRC can show."""
    process = img.processes[1]
    if what == "hook":
        process.cap[1] = image.Cap(CapType.hook)
    elif what == "past the end":
        process.cap[1] = image.Cap(CapType.page, oid=100)
    elif what == "range":
        process.cap[1] = image.Cap(CapType.range, badge=Kind.page, oid=99, version=2)
    elif what == "not listed":
        img.runnable.clear()
    elif what == "listed twice":
        img.runnable.append(img.runnable[0])
    elif what == "available":
        img.runnable.append(0)
    elif what == "rights":
        process.cap[1] = image.Cap(CapType.page, rights=1)


@pytest.mark.parametrize(
    "what", ["hook", "past the end", "range", "not listed", "listed twice", "available", "rights"]
)
def test_contradictions_are_refused(built, what):
    damage(built, what)
    with pytest.raises(image.ImageError):
        image.read_image(image.write_image(built))


# The commands.


def run_tool(*args):
    tool = [sys.executable, str(ROOT / "tools" / "image.py")]
    return subprocess.run(tool + [str(arg) for arg in args], capture_output=True, text=True)


def test_build_and_show(folder):
    out, rules = folder / "boot.img", folder / "boot.d"
    built = run_tool("build", folder / "image.toml", "--programs", folder, "--out", out, "--depfile", rules)
    assert (built.returncode, built.stderr) == (0, "")
    assert f"{out}: {folder}/greeting.txt" in rules.read_text()
    shown = run_tool("show", out)
    assert shown.returncode == 0
    for text in ("root 0: generation 1, epoch 1", "root 1 is empty", "process 1 client: running",
                 "keeper   start(server, 2)", "c7       wait(2)", "c4       node(1, read-only)"):  # fmt: skip
        assert text in shown.stdout


def test_show_refuses_with_one_line(folder):
    path = folder / "bad.img"
    path.write_bytes(b"not an image")
    shown = run_tool("show", path)
    assert shown.returncode == 1
    assert shown.stderr == f"image: {path}: no valid root: root 0 is cut short; root 1 is cut short\n"
