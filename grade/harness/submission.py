"""What a student hands in: the lab's listed files, and nothing else of theirs.

`gather` copies the files to a work folder, regular files of bounded size
only, and refuses what reaches outside: other includes than the kernel's own
headers, inline assembly, and the ways to smuggle either in.  `check_objects`
looks at what the compiler made of them: they may import only the symbols of
the contract.  Text can always be made to look harmless, so this is the first
wall and its messages are for people; the sandbox is the second.
"""

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

from .lab import ROOT, variant_files
from .verdict import BuildFailed

MAX_BYTES = 256 * 1024

# What a compiler may call by itself, and its own freestanding headers.
HELPERS = re.compile(r"mem(cpy|set|move|cmp)|__(clz|ctz|popcount|bswap|ffs|parity)[sdt]i2")
# What the compiler and the accessors of hal/ call for the race detector.
WATCHED = re.compile(r"__tsan_\w+|races_(load|store|modify|cas|fence|hint)")
FREESTANDING = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "limits.h"}

_DIRECTIVES = set("include define undef if ifdef ifndef elif else endif error".split())
_TOKENS = re.compile(r"""(?P<comment>/\*.*?\*/|//[^\n]*|/\*.*)|(?P<string>"(?:\\.|[^"\\\n])*"|"""
                     r"""'(?:\\.|[^'\\\n])*')|(?P<lone>["'][^\n]*)""", re.DOTALL)
_DIRECTIVE = re.compile(r"\s*(?:#|%:)\s*(\w*)\s*(.*)")
_INCLUDE = re.compile(r'"([\w./-]+)"\s*$|<([\w./-]+)>\s*$')
_ASM = re.compile(r"\b(asm|__asm|__asm__)\b")
_SMUGGLED = re.compile(r"##|%:%:|\b_Pragma\b|\b__attribute(?:__)?\s*\(\((?:[^()]|\([^()]*\))*?"
                       r"\b_*(?:section|alias|ifunc|weakref|symver|target|optimize|constructor|"
                       r"destructor|no_sanitize\w*)_*\b")
_SECTIONS = re.compile(r"$|\.(text|rodata|data|bss|sdata|sbss|srodata|debug|rela|comment|note|"
                       r"riscv|symtab|strtab|shstrtab|eh_frame|group)\b|\.debug_\w+")


@dataclass(frozen=True)
class Submission:
    """The accepted files: where they came from, their copy, their digest."""

    source: Path
    folder: Path
    digest: str


def work():
    """The folder everything of this grading run is written to."""
    return Path(os.environ.get("LATCHKEY_WORK") or ROOT / "build" / "grade").resolve()


def gather(lab, source, folder=None):
    """Copies the lab's files from `source` and returns the Submission.

    BuildFailed: a file is missing, is no regular file, is too long, or says
    something that is not allowed.
    """
    folder = folder or work() / f"lab{lab.number:02}" / "submission"
    texts = {name: _read(_find(lab, source, name), name) for name in lab.files}
    texts |= variant_files(lab, source)
    complaints = [c for name, text in texts.items() for c in scan(text, name, lab)]
    if complaints:
        raise BuildFailed("C that keeps to the offered headers and the contract",
                          "\n".join(complaints[:5]), look=complaints[0].split(": ")[0])
    folder.mkdir(parents=True, exist_ok=True)
    for old in set(os.listdir(folder)) - set(texts):
        (folder / old).unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.is_file() or path.read_text() != text:
            path.write_text(text)
    digest = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:16]
    return Submission(Path(source), folder, digest)


def _find(lab, source, name):
    """The file in the source folder; a variant of the solution has only the
    files in which it differs."""
    path = Path(source) / name
    if not os.path.lexists(path) and lab.solution in Path(source).resolve().parents:
        return lab.solution / name
    return path


def _read(path, name):
    """The text of a submitted file; opening it never blocks nor follows."""
    expected = f"the file {name}: at most {MAX_BYTES // 1024} KiB of text"
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise BuildFailed(expected, f"{path}: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise BuildFailed(expected, f"{path} is not a regular file")
        data = os.read(fd, MAX_BYTES + 1)
    finally:
        os.close(fd)
    if len(data) > MAX_BYTES:
        raise BuildFailed(expected, f"{path} is longer")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BuildFailed(expected, f"{path} is not text: {error}") from error
    if "\0" in text:
        raise BuildFailed(expected, f"{path} contains a zero byte")
    return text


def scan(text, name, lab):
    """Complaints `file:line: what` about what a submission may not say."""
    code, bare = _without_comments(_spliced(text))
    complaints = [(code.count("\n", 0, m.start()) + 1, "an unmatched quote")
                  for m in _TOKENS.finditer(code) if m["lone"]]
    for number, line in enumerate(code.split("\n"), 1):
        complaints += [(number, c) for c in _directive(line, lab)]
    for pattern, reason in _forbidden(lab):
        complaints += [(bare.count("\n", 0, m.end()) + 1, f"{' '.join(m[0].split())}: {reason}")
                       for m in pattern.finditer(bare)]
    return [f"{name}:{number}: {what}" for number, what in sorted(complaints)]


def _forbidden(lab):
    yield _SMUGGLED, "not in a submission: it can hide from the grader what is compiled"
    if not lab.asm:
        where = "what enters the kernel is in user/lib/invoke.h" if lab.program else (
            "what the hardware needs has a function in hal/")
        yield _ASM, f"no assembly in this lab; {where}"


def _spliced(text):
    """Lines continued by a backslash made one, the count of lines kept."""
    done, owed = [], 0
    for line in text.replace("\r\n", "\n").split("\n"):
        continued = re.search(r"\\[ \t\f\v]*$", line)
        done.append(line[: continued.start()] if continued else line + "\n" * (1 + owed))
        owed = owed + 1 if continued else 0
    return "".join(done)


def _without_comments(text):
    """(comments blanked, strings blanked too), line for line."""

    def blank(match):
        return " " + re.sub(r"[^\n]", "", match[0])

    code = _TOKENS.sub(lambda m: blank(m) if m["comment"] else m[0], text)
    return code, _TOKENS.sub(lambda m: '""' if m["string"] else m[0], code)


def _directive(line, lab):
    found = _DIRECTIVE.match(line)
    if not found or not found[1]:
        return
    name, rest = found[1], found[2].strip()
    if name == "include":
        yield from _include(rest, lab)
    elif name not in _DIRECTIVES and (name, rest) != ("pragma", "once"):
        yield f"#{name}: not in a submission"


def _include(operand, lab):
    found = _INCLUDE.match(operand)
    header = found and (found[1] or found[2])
    if not header:
        yield f"#include {operand}: a header's name in quotes or angle brackets is meant"
        return
    offered = _offered_to_program if lab.program else _offered_to_kernel
    parts = Path(header).parts
    known = offered(header, parts) or header in lab.files or header in FREESTANDING
    if ".." in parts or not header.endswith(".h") or not known:
        what = ("the library (user/lib/NAME.h, abi/NAME.h, base/NAME.h)" if lab.program else
                "the kernel (kernel/ROOM/NAME.h, but arch/)")
        yield f"#include {operand}: not a header of {what}"


def _offered_to_kernel(header, parts):
    return len(parts) == 2 and parts[0] != "arch" and (ROOT / "kernel" / header).is_file()


def _offered_to_program(header, parts):
    if len(parts) == 1:
        return (ROOT / "user" / "lib" / header).is_file()
    return len(parts) == 2 and parts[0] in ("abi", "base") and (ROOT / "kernel" / header).is_file()


def check_objects(objects, lab, watched=False):
    """Raises BuildFailed unless the object files import only what the contract
    offers, and define nothing in sections of their own.  watched: compiled
    for the race detector, which they call, and start."""
    imports, defined, complaints = {}, set(), []
    for path in objects:
        with open(path, "rb") as file:
            elf = ELFFile(file)
            complaints += [f"{path.stem}.c puts something into the section {s.name!r}"
                           for s in elf.iter_sections()
                           if not _SECTIONS.match(s.name) and not (watched and s.name.startswith(".init_array"))]
            for symbol in elf.get_section_by_name(".symtab").iter_symbols():
                if symbol["st_info"]["bind"] == "STB_LOCAL":
                    continue
                if symbol["st_shndx"] == "SHN_UNDEF":
                    imports.setdefault(symbol.name, path.stem)
                else:
                    defined.add(symbol.name)
    foreign = [name for name in sorted(set(imports) - defined - lab.symbols)
               if not HELPERS.fullmatch(name) and not (watched and WATCHED.fullmatch(name))]
    for stem in sorted({imports[name] for name in foreign}):
        names = ", ".join(name for name in foreign if imports[name] == stem)
        complaints.append(f"{stem}.c uses {names}, which the contract does not offer")
    if complaints:
        raise BuildFailed("only what the lab's contract offers to be used",
                          "\n".join(complaints[:5]),
                          hint=f"the contract is the list `symbols` in labs/{lab.name}/lab.toml")
