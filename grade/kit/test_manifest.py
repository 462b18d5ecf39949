"""From a manifest to an image: what comes out, and what is refused."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from image_sample import DATA, ENTRY, MANIFEST, TEXT, build_sample, elf_file, write_sample

import image
from diskformat import BLOCK, CR_READONLY, CapType, Kind, Slot, State


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path)


@pytest.fixture
def built(folder):
    return build_sample(folder)


def walk(img, process, address):
    """The capability that maps the address in a process's space."""
    root = img.nodes[process.slot[Slot.space].oid]
    assert root.span == 16
    lower = root.slot[address >> 16]
    if lower.type == CapType.void:
        return lower
    assert img.nodes[lower.oid].span == 12
    return img.nodes[lower.oid].slot[(address >> 12) & 15]


def test_space_of_a_process(built):
    server, client = built.processes[0], built.processes[1]
    text = walk(built, client, TEXT)
    assert text.rights == CR_READONLY
    assert built.pages[text.oid].data == b"t" * BLOCK
    assert text == walk(built, server, TEXT), "text is shared"
    data = walk(built, client, DATA)
    assert data.rights == 0
    assert built.pages[data.oid].data == b"d" * 100 + bytes(BLOCK - 100)
    assert data.oid != walk(built, server, DATA).oid, "data is private"
    mapped = [at for at in range(0, 1 << 20, BLOCK) if walk(built, client, at).type == CapType.page]
    program = [*range(TEXT, TEXT + 2 * BLOCK, BLOCK), *range(DATA, DATA + 3 * BLOCK, BLOCK)]
    heap = [DATA + 3 * BLOCK, DATA + 4 * BLOCK]
    assert mapped == [*program, *heap, 0xFE000, 0xFF000]
    oids = [walk(built, client, at).oid for at in mapped]
    assert len(set(oids)) == len(oids)


def test_maps(built):
    server = built.processes[0]
    assert walk(built, server, 0x80000) == image.Cap(CapType.devpage, oid=0x10000000)
    greeting = walk(built, server, 0x81000)
    assert built.pages[greeting.oid].data.rstrip(b"\0") == b"good day\n"


def test_process_fields(built):
    server, client = built.processes[0], built.processes[1]
    assert (server.state, client.state) == (State.available, State.running)
    assert built.runnable == [client.oid]
    assert (client.name, client.regs["pc"], client.regs["x"][2]) == ("client", ENTRY, 0x100000)
    assert server.slot[Slot.schedule] == image.Cap(CapType.schedule, badge=6, oid=100000)
    assert client.slot[Slot.schedule] == image.Cap(CapType.schedule, badge=5)
    assert client.slot[Slot.keeper] == image.Cap(CapType.start, badge=2, oid=server.oid)
    assert client.slot[Slot.meter] == image.Cap(CapType.meter, oid=0)
    assert client.slot[Slot.brand] == image.Cap(CapType.number, oid=7)


def test_capabilities(built):
    client = built.processes[1]
    used = {thing.oid for thing in built.nodes.values()}
    rest = client.cap[2]
    assert rest.type == CapType.range and rest.badge == Kind.page
    assert rest.oid + rest.version == 100
    assert client.cap[3] == image.Cap(CapType.range, badge=Kind.node, version=50)
    assert max(used) < 50
    assert client.cap[6] == image.Cap(CapType.irq, version=1, oid=10)
    assert client.cap[5] == image.Cap(CapType.node, oid=built.processes[0].slot[Slot.space].oid)
    assert client.cap[8] == image.Cap(CapType.process, oid=0)
    assert built.nodes[0].slot[15] == image.Cap(CapType.number, oid=(1 << 64) - 1)


def test_frozen_program(built):
    held = built.processes[1].cap[4]
    assert (held.type, held.rights) == (CapType.node, CR_READONLY)
    node = built.nodes[held.oid]
    numbers = [cap.oid for cap in node.slot[1:5]]
    assert numbers == [ENTRY, 0x100000, int.from_bytes(b"hello", "little"), 3]
    holder = image.Process(0)
    holder.slot[Slot.space] = node.slot[0]
    assert node.slot[0].rights == CR_READONLY
    frozen = {at: walk(built, holder, at) for at in range(0, 1 << 20, BLOCK)}
    frozen = {at: cap for at, cap in frozen.items() if cap.type != CapType.void}
    assert sorted(frozen) == [TEXT, TEXT + BLOCK, DATA]
    assert all(cap.rights == CR_READONLY for cap in frozen.values())


def test_log_that_the_manifest_names(folder):
    path = folder / "image.toml"
    path.write_text(MANIFEST.replace("processes = 8", "processes = 8\nlog = 77"))
    assert build_sample(folder).log_blocks == 77
    path.write_text(MANIFEST)
    assert build_sample(folder).log_blocks == 1024


# Mistakes in a manifest.

MISTAKES = [
    ("processes = 8", "processes = 8\nlog = 5", "[image]: log = 5: a number of at least "),
    ("processes = 8", "processes = 8\nlogs = 5", "[image]: unknown key 'logs'"),
    ("wait(2)", "wait(16)", "client: caps 7: 16 is not in 0 to 15"),
    ("irq(10)", "irq(99)", "[[process]] client: caps 6: 99 is not in 1 to 61"),
    ("start(server, 0)", "start(nobody, 0)", "client: caps 1: no [[process]] is named 'nobody'"),
    ("space(server)", "space(nobody)", "client: caps 5: no [[process]] is named 'nobody'"),
    ("program(hello)", "program(x)", "client: caps 4: no [[program]] is named 'x'"),
    ("wait(2)", "sleep(2)", "client: caps 7: no capability is called 'sleep'"),
    ("wait(2)", "wait()", "client: caps 7: 'wait()' should be wait(INDEX)"),
    ("wait(2)", "wait 2", "client: caps 7: 'wait 2' is not a capability"),
    ('15 = "discrim"', '16 = "discrim"', "client: caps 16: they are numbered 1 to 15"),
    ('1 = "start(server, 0)"', '0 = "void"', "client: caps 0: they are numbered 1 to 15"),
    ("15 = \"number(-1)\"", '16 = "void"', "[[node]] meter1: slots 16: they are numbered 0 to 15"),
    ('name = "client"', 'name = "server"', "[[process]] server: two entries have this name"),
    ('name = "client"', 'name = "sixteen-letters-"', "a process's name has at most 15 letters"),
    ("pages = 100", "pages = 10", "all 10 page OIDs are used up; raise the number in [image]"),
    ("nodes = 50", "nodes = 3", "all 3 node OIDs are used up; raise the number in [image]"),
    ("processes = 8", "processes = 1", "[[process]] client: all 1 process OIDs are used up"),
    ("priority = 5", "priority = 16", "client: schedule: 16 is not in 0 to 15"),
    ("priority = 5", "", "client: either priority or schedule is needed"),
    ("priority = 5", "prority = 5", "client: unknown key 'prority'"),
    ("heap_pages = 2", "heap_pages = 300", "client: the program ends at 0x141000"),
    ("0x80000 =", "0x10000 =", "[[process]] server: map 0x10000: taken by the program"),
    ("0x80000 =", "0xfd000 =", "server: map 0xfd000: the guard page"),
    ("0x80000 =", "0x100000 =", "server: map 0x100000: not the address of a page below 0x100000"),
    ("devpage(0x10000000)", "devpage(0x10000010)", "server: map 0x80000: 0x10000010 is not the address"),
    ("devpage(0x10000000)", "number(1)", "server: map 0x80000: number(1) is not a page"),
    ('state = "available"', 'state = "asleep"', "server: state is 'running' or 'available'"),
    ('program = "hello"', 'program = "missing"', "[[process]] server: there is no program"),
    ("greeting.txt", "nothing.txt", "[[page]] greeting: [Errno 2]"),
    ("[[node]]", "[node]", "'node' is written [[node]]"),
    ("[[node]]", "[[knot]]", "there is no table 'knot'"),
    ("[image]", "[image", "line 2"),
]  # fmt: skip


@pytest.mark.parametrize("right, wrong, message", MISTAKES, ids=[case[1] or case[0] for case in MISTAKES])
def test_mistake_in_manifest(folder, right, wrong, message):
    path = folder / "image.toml"
    assert right in MANIFEST
    path.write_text(MANIFEST.replace(right, wrong, 1))
    with pytest.raises(image.ManifestError) as caught:
        build_sample(folder)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "blob, message",
    [
        (b"\x7fELF", "not a 64-bit little-endian ELF file"),
        (elf_file(b"t" * 99, b"d", 0)[:200], "cut short"),
        (elf_file(b"", b"d", 0), "its entry 0x10010 lies outside its segments"),
    ],
)
def test_program_that_is_none(folder, blob, message):
    (folder / "hello.elf").write_bytes(blob)
    with pytest.raises(image.ManifestError, match=message):
        build_sample(folder)
