#!/usr/bin/env python3
"""Checks the order of the rooms, and the house rules that text can show.

    layers.py [ROOT]     prints every offence, one a line; status 1 if any

Each check is a generator of messages "file:line: what is wrong".
"""

import re
import sys
from pathlib import Path

import house
import stubs

# The rooms from the bottom up.  A file includes headers of its own room and of
# rooms below; rooms in one line do not include each other.
RANKS = [
    {"abi"}, {"base"}, {"hal"}, {"diag"}, {"lock"}, {"mem"}, {"obj"}, {"cap"}, {"wait"}, {"sched"},
    {"dev"}, {"proc", "space"}, {"store"}, {"ipc"}, {"kcap"}, {"trap"}, {"boot"},
]  # fmt: skip
RANK = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms}

# Between rooms of one rank, (from, to): what is allowed all the same.
SAME_RANK_ALLOWED = set()

# A mechanism stands in the room of the header that it implements, which has
# its name.  Where it must see more than that room does: file -> highest room.
MECHANISM_ROOMS = {"stall.c": "proc", "age.c": "store"}
MECHANISM_DEFAULT = "trap"

_INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]')
_COMPILER_HEADERS = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h"}


def includes(path):
    """(line number, header) of each #include of a file."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = _INCLUDE.match(line)
        if match:
            yield number, match.group(1)


def room_of(path, root):
    """The room a source file stands in."""
    parts = path.relative_to(root).parts
    if parts[0] == "kernel":
        return parts[1]
    if path.name in MECHANISM_ROOMS:
        return MECHANISM_ROOMS[path.name]
    headers = sorted(root.glob(f"kernel/*/{path.stem}.h"))
    return room_of(headers[0], root) if len(headers) == 1 else MECHANISM_DEFAULT


def resolve(header, path, root):
    """The file that an #include in `path` means, or None if it is not ours."""
    places = [path.parent, root / "kernel", *root.glob("kernel/arch/*"), *root.glob("kernel/diag/*")]
    for place in places:
        if (place / header).is_file():
            return (place / header).resolve()
    return None


def may_include(room, other):
    """Whether a file of `room` may include a header of the room `other`."""
    if room == other or (room, other) in SAME_RANK_ALLOWED:
        return True
    if room == "arch":
        return RANK.get(other, len(RANKS)) <= RANK["hal"]
    if other == "arch":
        return room == "hal"
    return RANK[other] < RANK[room]


def check_ranks(root):
    """Includes go downward only."""
    for path in house.sources(root, "kernel", "solutions", "labs"):
        if house.is_program(root, path):
            continue  # it stands above the kernel
        room = room_of(path, root)
        if room not in RANK and room != "arch":
            yield f"{path.relative_to(root)}:1: the room {room} has no rank in tools/layers.py"
            continue
        for number, header in includes(path):
            target = resolve(header, path, root)
            if target is None:
                if header not in _COMPILER_HEADERS:
                    yield f"{path.relative_to(root)}:{number}: includes {header}, which is not there"
                continue
            if target.is_relative_to(root / "kernel"):
                other = room_of(target, root)
                if other not in RANK and other != "arch":
                    yield f"{path.relative_to(root)}:{number}: the room {other} has no rank"
                elif not may_include(room, other):
                    yield f"{path.relative_to(root)}:{number}: {room} may not include {header}"


def check_cycles(root):
    """No header includes itself, by way of others or not."""
    graph = {
        path: [target for _, header in includes(path) if (target := resolve(header, path, root))]
        for path in house.sources(root, "kernel")
        if path.suffix == ".h"
    }
    done, reported = set(), set()

    def visit(path, trail):
        if path in trail:
            cycle = trail[trail.index(path) :]
            if frozenset(cycle) not in reported:
                reported.add(frozenset(cycle))
                names = [str(p.relative_to(root)) for p in [*cycle, path]]
                yield f"{names[0]}:1: include cycle: {' -> '.join(names)}"
        elif path not in done:
            for target in graph.get(path, ()):
                yield from visit(target, [*trail, path])
            done.add(path)

    for path in sorted(graph):
        yield from visit(path, [])


CHECKS = {
    "ranks": check_ranks,
    "cycles": check_cycles,
    "words": house.check_words,
    "conditionals": house.check_conditionals,
    "lengths": house.check_lengths,
    "stubs": stubs.check_stubs,
}


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]).resolve()
    offences = [message for check in CHECKS.values() for message in check(root)]
    print("\n".join(offences) or "layers: all is in order")
    sys.exit(1 if offences else 0)


if __name__ == "__main__":
    main()
