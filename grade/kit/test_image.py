"""The image tools against kernel/store/format.h, and disks of any size."""

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from image_sample import ROOT, build_sample, write_sample

import diskformat
import image
from crc32c import MULTIPLES, by_bytes, crc32c
from checkimage import Bytes, File, check, read_root
from diskformat import BLOCK, CR_READONLY, CR_WEAK, CapType, Kind, Slot, State
from disksize import parse_size


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
    for name in ("FORMAT_MAGIC", "FORMAT_VERSION", "FORMAT_BLOCK", "FORMAT_SECTOR", "JOURNAL_MAGIC",
                 "INFO_PER_SECTOR", "INFO_PER_BLOCK", "NODE_SLOTS", "SPAN_MIN", "SPAN_MAX", "CAP_REGS",
                 "PRIORITIES", "QUANTUM_MAX", "FAULT_COUNT", "CR_READONLY", "CR_WEAK", "NODES_PER_POT",
                 "PROCS_PER_POT"):  # fmt: skip
        lines.append(f'P("{name}", {name});')
    for table in ("CAP_TYPES", "OBJ_KINDS", "PROC_STATES", "PROC_SLOTS"):
        lines.append(f'#define X(id, n, name) P("{table}:" name, n);\n{table}(X)\n#undef X')
    source = tmp_path / "facts.c"
    source.write_text(
        "#include <stdio.h>\n#include <store/format.h>\n#include <abi/faults.h>\n#include <abi/types.h>\n"
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
        "FORMAT_BLOCK": BLOCK, "FORMAT_SECTOR": diskformat.SECTOR,
        "JOURNAL_MAGIC": diskformat.JOURNAL_MAGIC, "INFO_PER_SECTOR": diskformat.INFO_PER_SECTOR,
        "INFO_PER_BLOCK": diskformat.INFO_PER_BLOCK, "NODE_SLOTS": diskformat.NODE_SLOTS,
        "SPAN_MIN": diskformat.SPAN_MIN, "SPAN_MAX": diskformat.SPAN_MAX,
        "CAP_REGS": diskformat.CAP_REGS, "PRIORITIES": diskformat.PRIORITIES,
        "QUANTUM_MAX": diskformat.QUANTUM_MAX, "FAULT_COUNT": diskformat.FAULTS,
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


@pytest.mark.parametrize(
    "header, name, value",
    [
        ("hal/irq.h", "IRQ_LINES", diskformat.IRQ_LINES),
        ("wait/queue.h", "WAIT_QUEUES", diskformat.WAIT_QUEUES),
        ("proc/process.h", "CALLS_BITS", diskformat.CALLS_MAX.bit_length()),
    ],
)
def test_numbers_of_other_headers(header, name, value):
    text = (ROOT / "kernel" / header).read_text()
    assert re.findall(rf"#define {name} (\d+)$", text, re.MULTILINE) == [str(value)]


def test_crc32c_known_answers():
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(b"") == 0


def test_crc32c_of_any_length():
    """The quick way against the plain one, at every length up to where each
    of its steps begins, and some far beyond."""
    chooser = random.Random(5)
    for size in (*range(1000), 4095, 4096, 4097, 70001):
        data = chooser.randbytes(size)
        assert crc32c(data) == by_bytes(data) ^ 0xFFFFFFFF, f"{size} bytes, seed 5"


def test_the_generator_divides_its_multiples():
    generator = 0x11EDC6F41
    for exponents in MULTIPLES:
        rest = sum(1 << exponent for exponent in exponents)
        while rest.bit_length() >= generator.bit_length():
            rest ^= generator << rest.bit_length() - generator.bit_length()
        assert rest == 0, exponents


# Images.


def test_round_trip(built):
    data = image.write_image(built)
    assert len(data) % BLOCK == 0
    assert image.read_image(data) == built


def test_first_root_and_empty_other(built):
    data = image.write_image(built)
    root = read_root(Bytes(data), 1)
    assert (root["generation"], root["sequence"], root["epoch"]) == (1, 1, 1)
    assert (root["log_tail"], root["journal_sequence"], root["ticks"], root["real_time"]) == (0, 0, 0, 0)
    assert root["log_start"] + root["log_blocks"] == root["blocks"] == len(data) // BLOCK
    assert not any(data[:BLOCK])
    assert not any(data[2 * BLOCK : root["log_start"] * BLOCK]), "nothing is home, and no journal"


def test_first_image_is_one_checkpoint_from_the_start_of_the_log(built):
    data = image.write_image(built)
    root = read_root(Bytes(data), 1)
    assert 0 < root["dir_at"] < root["list_at"] < root["log_head"] <= root["log_blocks"] // 3
    used = [any(data[(root["log_start"] + i) * BLOCK :][:BLOCK]) for i in range(root["log_blocks"])]
    assert used == [i < root["log_head"] for i in range(root["log_blocks"])]


def test_log_of_an_image(built):
    assert built.log_blocks == 1024
    need = read_root(Bytes(image.write_image(built)), 1)["log_head"]
    built.log_blocks = need
    with pytest.raises(image.ImageError, match=f"a log of {need} blocks is too small, {need + 1} are needed"):
        image.write_image(built)
    built.log_blocks = need + 1
    assert image.read_image(image.write_image(built)) == built


def test_a_file_has_holes(built, tmp_path):
    path = tmp_path / "a.img"
    image.save_image(built, path)
    assert path.read_bytes() == image.write_image(built)
    assert path.stat().st_blocks * 512 < path.stat().st_size // 4


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
    for text in ("generation 1, root sequence 1, epoch 1", "root 0 is empty", "process 1 client: running",
                 "keeper   start(server, 2)", "c7       wait(2)", "c4       node(1, read-only)"):  # fmt: skip
        assert text in shown.stdout


def test_show_refuses_with_one_line(folder):
    path = folder / "bad.img"
    path.write_bytes(b"not an image")
    shown = run_tool("show", path)
    assert shown.returncode == 1
    assert shown.stderr == f"image: {path}: no valid root: root 0 is cut off; root 1 is cut off\n"


# Disks.


@pytest.fixture
def boot(built, tmp_path):
    path = tmp_path / "boot.img"
    image.save_image(built, path)
    return path


def make_disk(boot, *args):
    out = boot.parent / "a.disk"
    done = run_tool("disk", "--image", boot, "--out", out, *args)
    return out, done


@pytest.mark.parametrize("size", ("5M", "8M", "9000K", "64M", "1G", "300G"))
def test_disk_of_a_size(boot, built, size):
    out, done = make_disk(boot, "--size", size)
    assert (done.returncode, done.stderr) == (0, "")
    assert out.stat().st_size == parse_size(size)
    assert out.stat().st_blocks * 512 < 1 << 20
    root = check(File(out)).root
    assert root["blocks"] == parse_size(size) // BLOCK
    assert all(now >= was for now, was in zip(root["objects"], built.objects))
    assert root["log_blocks"] >= 1024
    # As large as there is room for: one more of each would take what is left
    # of the disk beside log and objects, which is nothing.
    kinds = sum(-(-n // per) for n, per in zip(root["objects"], diskformat.POT.values()))
    assert kinds + root["log_blocks"] > 0.99 * (root["blocks"] - 100)


def test_disk_of_so_many_pages(boot):
    out, done = make_disk(boot, "--pages", "1000", "--log", "300")
    assert (done.returncode, done.stderr) == (0, "")
    root = check(File(out)).root
    assert (root["objects"], root["log_blocks"]) == ((1000, 500, 80), 300)


def test_ranges_reach_the_last_object_of_the_disk(boot, built):
    out, _ = make_disk(boot, "--pages", "1000")
    larger = image.read_image(File(out))
    small, large = built.processes[1].cap, larger.processes[1].cap
    assert large[2].oid == small[2].oid and large[2].oid + large[2].version == 1000
    assert large[3] == image.Cap(CapType.range, badge=Kind.node, version=500)
    for cap in (2, 3):
        large[cap] = small[cap]
    larger.objects, larger.log_blocks = built.objects, built.log_blocks
    assert larger == built, "and nothing else differs"


def test_a_disk_is_not_written_over(boot):
    out, done = make_disk(boot)
    assert done.returncode == 0
    out.write_bytes(b"precious")
    _, done = make_disk(boot, "--size", "8M")
    assert done.returncode == 1 and out.read_bytes() == b"precious"
    assert done.stderr == (
        f"image: {out} is there already, and what is on it would be lost; --force writes over it\n"
    )
    _, done = make_disk(boot, "--size", "8M", "--force")
    assert done.returncode == 0 and out.stat().st_size == 8 << 20


@pytest.mark.parametrize(
    "args, message",
    [
        (("--size", "1M"), "1M is too small: needs at least 4596K"),
        (("--size", "0"), "too small: needs at least 4596K"),
        (("--size", "much"), "'much' is no size; write 64M or 2G"),
        (("--pages", "10"), "10 pages: it takes 100 to"),
        (("--pages", "100", "--log", "5"), "a log of 5 blocks is too small: needs at least"),
        (("--pages", "100", "--size", "8M"), "either --size or --pages and --log"),
    ],
)
def test_disk_that_cannot_be(boot, args, message):
    out, done = make_disk(boot, *args)
    assert done.returncode == 1 and message in done.stderr and done.stderr.count("\n") == 1
    assert not out.exists()
    assert not list(boot.parent.glob("a.disk.*")), "nothing is left behind"


# What make run does with its disk.


def boot_disk(*args):
    tool = [sys.executable, str(ROOT / "tools" / "bootdisk.py")]
    return subprocess.run(tool + [str(arg) for arg in args], capture_output=True, text=True)


def test_the_disk_is_made_once(boot):
    disk = boot.parent / "new" / "latchkey.disk"
    done = boot_disk("ready", disk, boot, "8M")
    assert done.stdout == f"disk {disk}: new, generation 1, epoch 1, 1 process with work to do, 19 objects\n"
    before = disk.read_bytes()
    done = boot_disk("ready", disk, boot, "64M")
    assert done.stdout == f"disk {disk}: generation 1, epoch 1, 1 process with work to do, 19 objects\n"
    assert (done.returncode, done.stderr) == (0, "") and disk.read_bytes() == before


def test_programs_built_since_are_mentioned(boot, built):
    disk = boot.parent / "latchkey.disk"
    boot_disk("ready", disk, boot, "8M")
    before = disk.read_bytes()
    built.pages[90] = image.Page(90, b"x" * BLOCK)
    image.save_image(built, boot)
    done = boot_disk("ready", disk, boot, "8M")
    assert done.returncode == 0 and disk.read_bytes() == before
    assert "not those just built" in done.stdout and f"make disk DISK={disk} FRESH=1" in done.stdout


def test_a_new_disk_only_when_asked_for(boot):
    disk, old = boot.parent / "latchkey.disk", boot.parent / "latchkey.disk.old"
    assert boot_disk("new", disk, boot, "8M").returncode == 0
    first = disk.read_bytes()
    done = boot_disk("new", disk, boot, "16M")
    assert done.returncode == 1 and f"`make disk DISK={disk} FRESH=1`" in done.stderr and disk.read_bytes() == first
    done = boot_disk("new", disk, boot, "16M", "--fresh")
    assert (done.returncode, done.stderr) == (0, "")
    assert disk.stat().st_size == 16 << 20 and old.read_bytes() == first


def test_a_damaged_disk_is_left_as_it_is(boot):
    disk = boot.parent / "latchkey.disk"
    boot_disk("ready", disk, boot, "8M")
    damaged = bytearray(disk.read_bytes())
    damaged[BLOCK + 100] ^= 1
    disk.write_bytes(damaged)
    done = boot_disk("ready", disk, boot, "8M")
    assert done.returncode == 1 and disk.read_bytes() == damaged
    assert f"latchkey: disk {disk}: no valid root: root 0 is empty; root 1 does not have" in done.stderr
    assert f"`make disk DISK={disk} FRESH=1` keeps it as {disk}.old" in done.stderr


def test_a_disk_in_use_is_refused(boot):
    disk = boot.parent / "latchkey.disk"
    boot_disk("ready", disk, boot, "8M")
    holder = (
        "import fcntl, sys; f = open(sys.argv[1], 'r+b');"
        " fcntl.lockf(f, fcntl.LOCK_SH, 1, 101); print(); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, disk], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        for command in (("ready",), ("new", "--fresh")):
            done = boot_disk(command[0], disk, boot, "8M", *command[1:])
            assert done.returncode == 1
            assert f"disk {disk} is in use by another `make run`" in done.stderr
        other.communicate("\n")
    assert boot_disk("ready", disk, boot, "8M").returncode == 0
