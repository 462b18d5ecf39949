"""What a kernel prints as <code ADDRESS> and <data ADDRESS>, in words.

Only for people: it says where to look, and decides nothing."""

import re
import subprocess

from . import build, sandbox
from .elf import NoSymbol

_MARKED = re.compile(r"<(code|data) ([0-9a-f]{1,16})>")
_POOLS = {"page": 0, "node": 1, "process": 2}  # enum obj_kind
# Files whose functions are seldom what one wants to know.
_PLUMBING = re.compile(r"(^|/)(atomic_calls|atomic|spin|list|string|slot)\.h$")


def in_words(text, elf, kernel, symbol):
    """The text with its marked addresses named: a return address by function
    and line, one of data by variable and field, or by object and field.
    `symbol(path)` reads a variable of the machine."""
    def name(match):
        address = int(match[2], 16)
        return code(kernel, address) if match[1] == "code" else data(elf, symbol, address)

    return _MARKED.sub(name, text)


def code(kernel, address):
    """`function (file.c:12)`; of what the compiler put in that place the
    innermost that is no plumbing, and the function that it was put in."""
    line = [build.tool("CROSS") + "addr2line", "-f", "-i", "-s", "-e", str(kernel), hex(address - 1)]
    mounts = [sandbox.program(line[0]), sandbox.read(kernel)]
    done = subprocess.run(sandbox.wrap(line, mounts), capture_output=True, text=True, errors="replace",
                          timeout=60, preexec_fn=sandbox.limits())
    return _told(done.stdout.split("\n"), address)


def _told(lines, address):
    frames = [(function, re.sub(r" \(.*", "", place)) for function, place in zip(lines[::2], lines[1::2])]
    good = [f for f in frames if not _PLUMBING.search(f[1].split(":")[0])] or frames
    if not good or good[0][1].startswith("??"):
        return f"{address:#x}"
    where = "" if good[0][0] == frames[-1][0] else f" in {frames[-1][0]}"
    return f"{good[0][0]} ({good[0][1]}){where}"


def data(elf, symbol, address):
    """`room.field` of a variable, `node 12: slot[3].version` of an object."""
    known = elf.name(address)
    if known:
        return known.removesuffix(".v")
    for kind, index in _POOLS.items():
        pool = symbol(f"pools[{index}]")
        offset = address - pool["headers"]
        if pool["size"] and 0 <= offset < pool["room"] * pool["size"]:
            try:
                field = elf.field(kind, offset % pool["size"])
            except NoSymbol:
                field = f"byte {offset % pool['size']}"
            return f"{field.removesuffix('.v')} of {kind} header {offset // pool['size']}"
    return f"{address:#x}"
