"""What shares a cache line: no word that other harts write, or look at all the
time, stands beside one that a hart writes for itself.

The groups of struct hart are those of the comments in hal/hart.h, so a field
that is added is looked at without a change here; where everything stands is
read from the kernel's debug information.
"""

import re
from collections import defaultdict

import pytest
from elftools.elf.elffile import ELFFile

from grade.harness import build
from grade.harness.elf import Elf
from grade.harness.lab import ROOT

LINE = 64
OTHERS, LOOKED_AT, ENTRY, OWN = "others", "looked at", "at each entry", "own"
# How the comment above a group begins: what that means for who shares its line.
GROUPS = {
    "arch/ only": OWN,
    "shared by the interrupt handler": OWN,
    "this hart only": OWN,
    "atomic: written by this hart at each entry": ENTRY,
    "atomic: written by this hart at dispatch": LOOKED_AT,
    "immutable after boot": LOOKED_AT,
    "atomic: set by others": OTHERS,
}


def groups_of(text):
    """{field: what GROUPS says} of struct hart, as its comments say."""
    body = re.search(r"^struct hart \{\n(.*?)^\};", text, re.MULTILINE | re.DOTALL)[1]
    found, group = {}, None
    for comment, declared in re.findall(r"^\t/\* (.*?)\*/$|^\t([^/\n*].*?);", body, re.MULTILINE | re.DOTALL):
        if comment:
            group = next(kind for start, kind in GROUPS.items() if comment.startswith(start))
            continue
        declared = re.sub(r"\[.*?\]|\baligned_to_line\b|\)\(void\).*", "", declared)
        for name in declared.split(","):
            found[re.findall(r"\w+", name)[-1]] = group
    return found


def offences(lines):
    """The lines on which more than one kind of field stands."""
    return {line: kinds for line, kinds in lines.items() if len(set(kinds.values())) > 1}


@pytest.fixture(scope="module")
def kernel():
    return build.kernel(debug=False)


def test_harts_write_to_lines_of_their_own(kernel):
    elf, lines = Elf(kernel), defaultdict(dict)
    groups = groups_of((ROOT / "kernel/hal/hart.h").read_text())
    first, second = elf.place("harts[0]"), elf.place("harts[1]")
    assert first.address % LINE == 0 and (second.address - first.address) % LINE == 0
    assert set(elf.fields("harts[0]")) == set(groups)
    for name, group in groups.items():
        place = elf.place(f"harts[0].{name}")
        for line in range(place.address // LINE, (place.address + place.size - 1) // LINE + 1):
            lines[line][name] = group
    assert not offences(lines)
    assert set(groups.values()) == {OTHERS, LOOKED_AT, ENTRY, OWN}


def test_one_field_in_the_wrong_place_is_found():
    text = "struct hart {\n\t/* this hart only */\n\tu64 a, b[4];\n\t/* atomic: set by others, or so\n\t   it is */\n" \
           "\tstruct atomic32 c aligned_to_line; /* d */\n\tvoid (*e)(void) noreturn;\n};\n"
    groups = groups_of(text)
    assert groups == {"a": OWN, "b": OWN, "c": OTHERS, "e": OTHERS}
    assert offences({0: {"a": OWN, "b": OWN}, 1: {"c": OTHERS}}) == {}
    assert offences({0: {"a": OWN, "c": OTHERS}}) == {0: {"a": OWN, "c": OTHERS}}


def variables(path):
    """(name, struct or None, address, size) of the global variables."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        sizes = {(s.name, s["st_value"]): s["st_size"] for s in elf.get_section_by_name(".symtab").iter_symbols()}
        for unit in elf.get_dwarf_info().iter_CUs():
            for die in unit.get_top_DIE().iter_children():
                at = die.attributes.get("DW_AT_location")
                if die.tag != "DW_TAG_variable" or not at or at.value[0] != 3:  # DW_OP_addr
                    continue
                if "DW_AT_specification" in die.attributes:
                    die = die.get_DIE_from_attribute("DW_AT_specification")
                kind, address = die.get_DIE_from_attribute("DW_AT_type"), int.from_bytes(at.value[1:], "little")
                name = die.attributes["DW_AT_name"].value.decode()
                named = kind.attributes.get("DW_AT_name")
                yield name, named and named.value.decode(), address, sizes.get((name, address), 1)


def test_locks_that_all_harts_take_have_lines_of_their_own(kernel):
    found, lines = list(variables(kernel)), defaultdict(list)
    for name, _, address, size in found:
        for line in range(address // LINE, (address + max(size, 1) - 1) // LINE + 1):
            lines[line].append(name)
    locks = [(name, address) for name, kind, address, _ in found if kind == "spinlock"]
    assert len(locks) >= 8
    for name, address in [*locks, *((n, a) for n, _, a, _ in found if n in ("ready_mask", "meet_called"))]:
        assert lines[address // LINE] == [name], f"{name} shares its cache line"
