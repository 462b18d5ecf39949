"""From a manifest (TOML) and linked programs to the first Image.

    [image]        pages, nodes, processes: how many OIDs of each kind exist
                   [log: how many blocks; at least 1024, and three times what
                   the first image fills, unless it says]
    [[program]]    name [stack_pages]: NAME.elf as a frozen, read-only space; its
                   node holds space root, entry, stack pointer, name, stack pages
    [[page]]       name [file]
    [[node]]       name [slots = { 0 = CAPABILITY ... }]
    [[process]]    name, program, priority (or schedule = CAPABILITY)
                   [state = "running" or "available"] [keeper, meter, brand]
                   [caps = { 1 = CAPABILITY ... }] [map = { ADDRESS = CAPABILITY }]
                   [stack_pages = 2] [heap_pages = 0: zero pages behind its bss]

A CAPABILITY is an expression of capexpr.py.  Spaces are laid out by space.py.
Every mistake is one ManifestError that names the file and the entry.
"""

import os

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

from capexpr import ExpressionError, evaluate
from diskformat import BLOCK, CAP_REGS, NODE_SLOTS, CapType, Kind, Slot, State
from diskimage import VOID, Cap, Image, Node, Page, Process, default_log, log_need
from elf import ElfError, read_program
from space import Space, SpaceError

_KEYS = {
    "image": {"pages", "nodes", "processes", "log"},
    "program": {"name", "stack_pages"},
    "page": {"name", "file"},
    "node": {"name", "slots"},
    "process": {
        "name", "program", "priority", "schedule", "state", "keeper", "meter", "brand",
        "caps", "map", "stack_pages", "heap_pages",
    },
}  # fmt: skip
_NAME_MAX = {"program": 8, "process": 15}


class ManifestError(Exception):
    """The manifest cannot be built; the message says where and why."""


def load_manifest(path):
    """The manifest as a dict; ManifestError if it is not TOML."""
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from None


def build_image(path, *programs):
    """The Image of the manifest at `path`; a program's ELF file is taken from
    the first of the folders `programs` that has it."""
    return _Builder(path, load_manifest(path), programs).build()


class _Builder:
    """Builds in three passes: names get OIDs, spaces get pages, capabilities
    get filled in; only the last one knows what OIDs are left over."""

    epoch = 1

    def __init__(self, path, manifest, programs):
        self.path = path
        self.manifest = manifest
        self.programs = programs
        self.where = "[image]"
        self.elves = {}
        self.shared_text = {}
        self.oids = {table: {} for table in ("program", "page", "node", "process", "space")}
        self.next_oid = [0, 0, 0]

    def build(self):
        try:
            self._check_tables()
            self._name_objects()
            for entry in self._entries("program"):
                self._build_program(entry)
            for entry in self._entries("process"):
                self._build_space(entry)
            for entry in self._entries("node"):
                self._fill_node(entry)
            for entry in self._entries("process"):
                self._fill_process(entry)
            self._set_log()
        except (ExpressionError, ElfError, SpaceError, OSError, _Mistake) as error:
            raise ManifestError(f"{self.path}: {self.where}: {error}") from None
        return self.image

    def _entries(self, table):
        """The entries of a [[table]], noting where we are for a message."""
        for number, entry in enumerate(self.manifest.get(table, ()), 1):
            name = entry.get("name") if isinstance(entry, dict) else None
            self.where = f"[[{table}]] {name or f'number {number}'}"
            yield entry

    # What capexpr.evaluate() asks.

    def find(self, table, name):
        if name not in self.oids[table]:
            owner = "process" if table == "space" else table
            raise ExpressionError(f"no [[{owner}]] is named {name!r}")
        return self.oids[table][name]

    def range(self, kind, which):
        return (self.next_oid[kind] if which == "rest" else 0), self.image.objects[kind]

    def _evaluate(self, what, text):
        try:
            return evaluate(text, self)
        except ExpressionError as error:
            raise ExpressionError(f"{what}: {error}") from None

    # First pass: the tables are well formed, every named object has its OID.

    def _check_tables(self):
        for table in self.manifest:
            if table not in _KEYS:
                raise _Mistake(f"there is no table {table!r}; there are: {', '.join(_KEYS)}")
            wanted = dict if table == "image" else list
            if not isinstance(self.manifest[table], wanted):
                raise _Mistake(f"{table!r} is written {'[image]' if wanted is dict else f'[[{table}]]'}")
        sizes = self.manifest.get("image", {})
        _check_keys("image", sizes)
        self.image = Image([_count(sizes, key, 1, None) for key in ("pages", "nodes", "processes")])

    def _set_log(self):
        self.where = "[image]"
        need = log_need(self.image)
        self.image.log_blocks = _count(self.manifest.get("image", {}), "log", need + 1, default_log(need))

    def _name_objects(self):
        for table in ("page", "node", "process", "program"):
            for entry in self._entries(table):
                _check_keys(table, entry)
                name = _check_name(table, entry)
                if name in self.oids[table]:
                    raise _Mistake("two entries have this name")
                kind = Kind.node if table == "program" else Kind[table]
                self.oids[table][name] = self.allocate(kind)
                if table == "page" and "file" in entry:
                    self._add_page(self.oids[table][name], self._page_file(entry["file"]))

    def allocate(self, kind):
        """The next OID of the kind."""
        oid = self.next_oid[kind]
        if oid == self.image.objects[kind]:
            raise _Mistake(f"all {oid} {kind.name} OIDs are used up; raise the number in [image]")
        self.next_oid[kind] += 1
        return oid

    def _page_file(self, name):
        with open(os.path.join(os.path.dirname(self.path), name), "rb") as file:
            data = file.read()
        if len(data) > BLOCK:
            raise _Mistake(f"{name} has {len(data)} bytes, a page holds {BLOCK}")
        return data

    def _add_page(self, oid, data):
        """Null pages are left out of an image (format.h)."""
        if any(data):
            self.image.pages[oid] = Page(oid, data + bytes(BLOCK - len(data)))

    # Second pass: programs and spaces.

    def _elf(self, name):
        if name not in self.elves:
            path = self._elf_path(name)
            try:
                self.elves[name] = read_program(path)
            except ElfError as error:
                raise ElfError(f"{path}: {error}") from None
        return self.elves[name]

    def _elf_path(self, name):
        paths = [os.path.join(folder, f"{name}.elf") for folder in self.programs]
        for path in filter(os.path.isfile, paths):
            return path
        raise _Mistake(f"there is no program {paths[-1]}")

    def _private_page(self, data=b""):
        oid = self.allocate(Kind.page)
        self._add_page(oid, data)
        return Cap(CapType.page, oid=oid)

    def _text_pages(self, name):
        """Read-only pages, which all spaces of the program share."""
        if name not in self.shared_text:
            text = self._elf(name).text
            self.shared_text[name] = {at: self._private_page(data) for at, data in text.items()}
        return self.shared_text[name]

    def _program_space(self, name, stack_pages, heap_pages=0):
        """A Space with the program's text, and room made for all the rest."""
        program = self._elf(name)
        space = Space(stack_pages, program.end + heap_pages * BLOCK)
        for at, cap in self._text_pages(name).items():
            space.map_readonly(at, cap)
        return program, space

    def _build_program(self, entry):
        """A frozen program: whoever holds its node can make a process of it."""
        name, stack_pages = entry["name"], _count(entry, "stack_pages", 1, 2)
        program, space = self._program_space(name, stack_pages)
        for at, data in program.data.items():
            space.map_readonly(at, self._private_page(data))
        root = space.build(self, frozen=True)
        label = int.from_bytes(name.encode().ljust(8, b"\0"), "little")
        numbers = [program.entry, space.stack_top, label, stack_pages]
        node = Node(self.oids["program"][name])
        node.slot[0] = root
        for slot, value in enumerate(numbers, 1):
            node.slot[slot] = Cap(CapType.number, oid=value)
        self.image.nodes[node.oid] = node

    def _build_space(self, entry):
        """The private space of a first process, writable but for its text."""
        heap_pages = _count(entry, "heap_pages", 0, 0)
        stack_pages = _count(entry, "stack_pages", 1, 2)
        program, space = self._program_space(_program_of(entry), stack_pages, heap_pages)
        for at, data in program.data.items():
            space.map(at, self._private_page(data))
        heap = range(program.end, program.end + heap_pages * BLOCK, BLOCK)
        for at in (*program.zero, *heap, *space.stack):
            space.map(at, self._private_page())
        for key, text in entry.get("map", {}).items():
            cap = self._evaluate(f"map {key}", text)
            if cap.type not in (CapType.page, CapType.devpage):
                raise _Mistake(f"map {key}: {text} is not a page")
            space.map_extra(key, cap)
        self.oids["space"][entry["name"]] = space.build(self, frozen=False).oid

    def add_node(self, span, slots):
        """Puts a new node into the image; returns its OID."""
        node = Node(self.allocate(Kind.node), span)
        for slot, cap in slots.items():
            node.slot[slot] = cap
        self.image.nodes[node.oid] = node
        return node.oid

    # Third pass: capabilities.

    def _fill_node(self, entry):
        node = Node(self.oids["node"][entry["name"]])
        for key, text in entry.get("slots", {}).items():
            node.slot[_index("slots", key, 0, NODE_SLOTS)] = self._evaluate(f"slots {key}", text)
        if any(cap != VOID for cap in node.slot):
            self.image.nodes[node.oid] = node

    def _fill_process(self, entry):
        name, state = entry["name"], entry.get("state", "running")
        if state not in ("running", "available"):
            raise _Mistake(f"state is 'running' or 'available', not {state!r}")
        process = Process(self.oids["process"][name], name, State[state])
        process.regs["pc"] = self._elf(_program_of(entry)).entry
        process.regs["x"][2] = Space.stack_top
        for slot in ("keeper", "meter", "brand"):
            process.slot[Slot[slot]] = self._evaluate(slot, entry.get(slot, "void"))
        process.slot[Slot.schedule] = self._evaluate("schedule", _schedule_of(entry))
        process.slot[Slot.space] = Cap(CapType.node, oid=self.oids["space"][name])
        for key, text in entry.get("caps", {}).items():
            process.cap[_index("caps", key, 1, CAP_REGS)] = self._evaluate(f"caps {key}", text)
        self.image.processes[process.oid] = process
        if process.state == State.running:
            self.image.runnable.append(process.oid)


class _Mistake(Exception):
    """A mistake in the entry at hand."""


def _check_keys(table, entry):
    unknown = sorted(set(entry) - _KEYS[table])
    if unknown:
        raise _Mistake(f"unknown key {unknown[0]!r}; there are: {', '.join(sorted(_KEYS[table]))}")


def _check_name(table, entry):
    name = entry.get("name")
    if not isinstance(name, str) or not name.isascii() or not name:
        raise _Mistake("an entry needs a name in ASCII letters")
    if len(name) > _NAME_MAX.get(table, len(name)):
        raise _Mistake(f"a {table}'s name has at most {_NAME_MAX[table]} letters")
    return name


def _count(entry, key, low, default):
    value = entry.get(key, default)
    if type(value) is not int or value < low:
        raise _Mistake(f"{key} = {value!r}: a number of at least {low} is needed")
    return value


def _index(what, key, low, end):
    try:
        index = int(key, 0)
    except ValueError:
        index = -1
    if not low <= index < end:
        raise _Mistake(f"{what} {key}: they are numbered {low} to {end - 1}")
    return index


def _program_of(entry):
    if not isinstance(entry.get("program"), str):
        raise _Mistake("program = NAME is missing")
    return entry["program"]


def _schedule_of(entry):
    if ("priority" in entry) == ("schedule" in entry):
        raise _Mistake("either priority or schedule is needed")
    return entry.get("schedule", f"schedule({entry.get('priority')})")
