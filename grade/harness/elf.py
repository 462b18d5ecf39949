"""Where things stand in a linked kernel: symbols, and fields by their DWARF.

A path is C as far as it names a place: `harts[0].need_resched.v`,
`harts[1].current->state`.  Arrays of several dimensions count as one.
Follows the DWARF 4 and 5 of GCC and Clang.
"""

import functools
import re
from dataclasses import dataclass

from elftools.elf.elffile import ELFFile

_STEP = re.compile(r"\[(\d+)\]|(?:\.|->)([A-Za-z_]\w*)")
_HEAD = re.compile(r"[A-Za-z_]\w*")
_THROUGH = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type", "DW_TAG_atomic_type")
_AGGREGATES = ("DW_TAG_structure_type", "DW_TAG_union_type")


class NoSymbol(KeyError):
    """The path names nothing in this program."""

    def __str__(self):
        return self.args[0]


@dataclass(frozen=True)
class Place:
    """A variable or part of one: address and size in bytes, and its type."""

    address: int
    size: int
    type: object


class Elf:
    """One linked program.  Reads what it is asked for, and keeps it."""

    def __init__(self, path):
        self._file = open(path, "rb")
        self._elf = ELFFile(self._file)
        self._symbols = {s.name: s for s in self._elf.get_section_by_name(".symtab").iter_symbols()}
        self._variables = {}
        self._definitions = {}
        self._unread = None  # the units that are not in these yet

    @functools.cached_property
    def _dwarf(self):
        return self._elf.get_dwarf_info()

    def close(self):
        self._file.close()

    def address(self, name):
        """The address of a symbol.  NoSymbol."""
        return self._symbol(name)["st_value"]

    def where(self, address):
        """`function+0x12` of an address in the code, or the address alone."""
        for name, symbol in self._symbols.items():
            start, size = symbol["st_value"], symbol["st_size"]
            if symbol["st_info"]["type"] == "STT_FUNC" and start <= address < start + size:
                return f"{name}+{address - start:#x}"
        return f"{address:#x}"

    def line(self, address):
        """`file.c:12`, where the code at an address comes from, or nothing."""
        for unit in self._dwarf.iter_CUs():
            program = self._dwarf.line_program_for_CU(unit)
            rows = [entry.state for entry in program.get_entries() if entry.state]
            for row, after in zip(rows, rows[1:]):
                if row.address <= address < after.address and not row.end_sequence:
                    first = 0 if program["version"] >= 5 else 1
                    return f"{program['file_entry'][row.file - first].name.decode()}:{row.line}"
        return ""

    def place(self, path, read_pointer=None):
        """The Place a path names.  `read_pointer(address)` gives the eight
        bytes there as a number, and is needed for `->` only.  NoSymbol."""
        head = _HEAD.match(path)
        if not head:
            raise NoSymbol(f"{path!r} does not begin with a name")
        address, rest = self.address(head[0]), path[head.end() :]
        kind = self._variable_type(head[0])
        if kind is None:
            if rest:
                raise NoSymbol(f"{head[0]} has no debug information, so {path!r} is not known")
            return Place(address, self._symbol(head[0])["st_size"] or 8, None)
        while rest:
            step = _STEP.match(rest)
            if not step:
                raise NoSymbol(f"{path!r}: cannot follow {rest!r}")
            if rest.startswith("->"):
                address, kind = self._follow(address, kind, path, read_pointer)
            address, kind = self._step(address, kind, step, path)
            rest = rest[step.end() :]
        return Place(address, self._size(kind), kind)

    def fields(self, path):
        """The names of the fields of a struct, those of its unnamed parts
        among them.  NoSymbol."""
        return [name for name, _, _ in self._fields(self._plain(self.place(path).type))]

    def name(self, address):
        """The path that names the place at an address, down to a field that
        has no parts; None where no variable is."""
        for symbol in self._symbols.values():
            start, size = symbol["st_value"], symbol["st_size"]
            if symbol["st_info"]["type"] == "STT_OBJECT" and start <= address < start + size:
                kind = self._variable_type(symbol.name)
                return symbol.name + (self._path(kind, address - start) if kind else "")
        return None

    def field(self, struct, offset):
        """The path of what lies so many bytes into a struct of this name.
        NoSymbol: there is no such struct."""
        kind = self._definition("DW_TAG_structure_type", struct)
        if kind is None:
            raise NoSymbol(f"there is no struct {struct}")
        return self._path(kind, offset).lstrip(".")

    def _path(self, kind, offset):
        """The rest of a path, `offset` bytes into a thing of this type."""
        kind = self._plain(kind)
        if kind.tag == "DW_TAG_array_type":
            size = self._size(self._of(kind))
            return f"[{offset // size}]" + self._path(self._of(kind), offset % size)
        for name, start, of in self._fields(kind):
            if start <= offset < start + self._size(of):
                return f".{name}" + self._path(of, offset - start)
        return ""

    def value(self, kind, data):
        """Bytes as what their type says: a number, a bool, a list for an
        array, a dict for a struct.  Without a type, an unsigned number."""
        kind = kind and self._plain(kind)
        if kind and kind.tag == "DW_TAG_array_type":
            element, size = self._of(kind), self._size(self._of(kind))
            return [self.value(element, data[i : i + size]) for i in range(0, len(data), size)]
        if kind and kind.tag in _AGGREGATES:
            return {name: self.value(of, data[start : start + self._size(of)])
                    for name, start, of in self._fields(kind)}
        encoding = kind.attributes.get("DW_AT_encoding") if kind else None
        number = int.from_bytes(data, "little", signed=bool(encoding) and encoding.value in (5, 6))
        return bool(number) if encoding and encoding.value == 2 else number

    def _symbol(self, name):
        if name not in self._symbols:
            raise NoSymbol(f"there is no symbol {name}")
        return self._symbols[name]

    def _follow(self, address, kind, path, read_pointer):
        pointer = self._plain(kind)
        if pointer.tag != "DW_TAG_pointer_type":
            raise NoSymbol(f"{path!r}: -> where there is no pointer")
        target = read_pointer(address)
        if not target:
            raise NoSymbol(f"{path!r}: the pointer is null")
        return target, self._of(pointer)

    def _step(self, address, kind, step, path):
        """One [index] or .field further."""
        kind = self._plain(kind)
        if step[1] is not None:
            if kind.tag != "DW_TAG_array_type" or int(step[1]) >= _count(kind):
                raise NoSymbol(f"{path!r}: no element {step[0]}")
            return address + int(step[1]) * self._size(self._of(kind)), self._of(kind)
        for name, offset, of in self._fields(kind):
            if name == step[2]:
                return address + offset, of
        raise NoSymbol(f"{path!r}: there is no field {step[2]}")

    def _fields(self, kind):
        """(name, offset, type) of the fields of a struct or union, those of
        its unnamed parts among them.  Bit fields have no address: left out."""
        for member in kind.iter_children() if kind.tag in _AGGREGATES else ():
            if member.tag != "DW_TAG_member" or "DW_AT_bit_size" in member.attributes:
                continue
            of = self._of(member)
            if _name(member):
                yield _name(member), _offset(member), of
            else:
                for name, offset, inner in self._fields(self._plain(of)):
                    yield name, _offset(member) + offset, inner

    def _size(self, kind):
        kind = self._plain(kind)
        if kind.tag == "DW_TAG_array_type":
            return _count(kind) * self._size(self._of(kind))
        return kind.attributes["DW_AT_byte_size"].value if "DW_AT_byte_size" in kind.attributes else 8

    def _plain(self, kind):
        """The type without its other names; a struct that is only announced
        here is looked up where it is defined."""
        while kind.tag in _THROUGH:
            kind = self._of(kind)
        if "DW_AT_declaration" in kind.attributes:
            kind = self._definition(kind.tag, _name(kind)) or kind
        return kind

    @staticmethod
    def _of(die):
        if "DW_AT_type" not in die.attributes:
            raise NoSymbol("a pointer to void leads nowhere")
        return die.get_DIE_from_attribute("DW_AT_type")

    def _variable_type(self, name):
        """The type of a global variable, or None.  It is looked for in the unit
        that says its address, then in all."""
        if name not in self._variables and name in self._symbols:
            self._read([unit for unit in self._units() if self._says(unit, self.address(name))])
        if name not in self._variables:
            self._read(self._units())
        return self._variables.get(name)

    def _definition(self, tag, name):
        """Where a struct or union is defined, or None."""
        for unit in self._units():
            if (tag, name) in self._definitions:
                break
            self._read([unit])
        return self._definitions.get((tag, name))

    def _units(self):
        """Those not read yet.  All there are take a second or more."""
        if self._unread is None:
            self._unread = list(self._dwarf.iter_CUs()) if self._elf.has_dwarf_info() else []
        return list(self._unread)

    def _says(self, unit, address):
        """Whether a unit has this address where GCC puts a variable's: in an
        expression of nine bytes, the first of which is DW_OP_addr."""
        info = self._dwarf.debug_info_sec.stream
        info.seek(unit.cu_offset)
        return b"\x09\x03" + address.to_bytes(8, "little") in info.read(unit.size)

    def _read(self, units):
        """Takes the types of global variables, and definitions of structs."""
        for unit in units:
            self._unread.remove(unit)
            for die in unit.get_top_DIE().iter_children():
                if die.tag == "DW_TAG_variable":
                    self._index_variable(die)
                elif die.tag in _AGGREGATES and "DW_AT_declaration" not in die.attributes:
                    self._definitions.setdefault((die.tag, _name(die)), die)

    def _index_variable(self, die):
        if "DW_AT_specification" in die.attributes:
            named = die.get_DIE_from_attribute("DW_AT_specification")
        else:
            named = die
        holder = die if "DW_AT_type" in die.attributes else named
        if "DW_AT_location" in die.attributes and "DW_AT_type" in holder.attributes:
            self._variables.setdefault(_name(named), self._of(holder))


def _name(die):
    return die.attributes["DW_AT_name"].value.decode() if "DW_AT_name" in die.attributes else ""


def _offset(member):
    found = member.attributes.get("DW_AT_data_member_location")
    return found.value if found else 0


def _count(array):
    """Elements of all dimensions together."""
    total = 1
    for part in array.iter_children():
        if part.tag == "DW_TAG_subrange_type":
            if "DW_AT_count" in part.attributes:
                total *= part.attributes["DW_AT_count"].value
            elif "DW_AT_upper_bound" in part.attributes:
                total *= part.attributes["DW_AT_upper_bound"].value + 1
            else:
                return 0
    return total
