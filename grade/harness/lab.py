"""The labs of this tree, as labs/NN-name/lab.toml describes them.

    number = 1
    title = "Interrupt deferral"
    files = ["defer.c"]                # what a submission consists of
    symbols = ["ready_first", "panic"] # all that its objects may import
    asm = false                        # inline assembly (default false)
    program = false                    # the files are a user program: part of
                                       # the boot image, not of the kernel

    [[tests]]
    id = "lab1.sweep"
    points = 30
    title = "an interrupt at every instruction of a kernel entry"

    [variants]                         # solutions/NN-name/variants/NAME.patch,
    eros-handler = "lab1.sweep"        # or the folder NAME, is caught by this test
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import variant  # noqa: E402


class LabError(ValueError):
    """A lab, test or folder that does not exist, or a lab.toml that does not
    hold together.  The text says what there is instead."""


@dataclass(frozen=True)
class Entry:
    """One entry of the mark: its points are given whole or not at all."""

    id: str
    points: int
    title: str


@dataclass(frozen=True)
class Lab:
    """One lab.toml.  `folder` is the lab's own; `name` is NN-name."""

    number: int
    title: str
    folder: Path
    files: tuple
    symbols: frozenset
    tests: tuple
    variants: dict
    asm: bool = False
    program: bool = False

    @property
    def name(self):
        return self.folder.name

    @property
    def tests_folder(self):
        return ROOT / "grade" / f"lab{self.number:02}"

    @property
    def solution(self):
        return ROOT / "solutions" / self.name

    @property
    def points(self):
        return sum(test.points for test in self.tests)


def folders():
    """The folders of all labs, in order."""
    return sorted(path.parent for path in (ROOT / "labs").glob("[0-9][0-9]-*/lab.toml"))


def find_lab(number):
    """The lab of this number, given as a number or as text.  LabError."""
    found = [path for path in folders() if path.name[:2] == str(number).zfill(2)]
    if not found:
        there = ", ".join(path.name for path in folders()) or "none yet"
        raise LabError(f"there is no lab {number}; there are: {there}")
    return load(found[0])


def find_test(test_id):
    """(lab, test) of a test id.  LabError: no lab has it."""
    labs = [load(folder) for folder in folders()]
    for lab in labs:
        for test in lab.tests:
            if test.id == test_id:
                return lab, test
    ids = [test.id for lab in labs for test in lab.tests]
    near = [i for i in ids if i.split(".")[0] == test_id.split(".")[0]] or ids
    raise LabError(f"there is no test {test_id}; there are: {', '.join(near) or 'none yet'}")


def source_folder(lab, source=None):
    """The folder a submission is taken from: the lab's own by default,
    `solutions` for the reference.  A variant that is a patch has none; its name
    is given, and `variant_files` has the rest.  LabError: it does not exist, or
    the patch does not fit."""
    if source in (None, ""):
        return lab.folder
    folder = lab.solution if str(source).rstrip("/") == "solutions" else Path(source)
    folder = folder if folder.is_absolute() else Path.cwd() / folder
    if variant_files(lab, folder):
        return folder.with_name(folder.name.removesuffix(".patch"))
    if not folder.is_dir():
        raise LabError(f"there is no folder {source}; by default lab {lab.number} is taken from "
                       f"{lab.folder.relative_to(ROOT)}")
    return folder


def variant_files(lab, source):
    """What a variant changes, {name: text}, if `source` names one of the lab's
    that is a patch; of any other source nothing, whatever lies there.
    LabError: the patch does not fit the solution."""
    patch = variant.find(source, lab.solution)
    try:
        return variant.texts(variant.read(patch)) if patch else {}
    except variant.Misfit as error:
        raise LabError(str(error)) from error


def load(folder):
    """Reads the lab.toml of a folder.  LabError, naming file and field."""
    path = folder / "lab.toml"
    try:
        data = tomllib.loads(path.read_text())
        lab = _lab(folder, data)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise LabError(f"{path}: {reason}") from error
    return lab


def _lab(folder, data):
    known = {"number", "title", "files", "symbols", "asm", "program", "tests", "variants"}
    _refuse(sorted(set(data) - known), "unknown field")
    tests = tuple(Entry(str(t["id"]), int(t["points"]), str(t["title"])) for t in data["tests"])
    ids = [test.id for test in tests]
    _refuse([i for i in ids if ids.count(i) > 1], "two tests with the id")
    _refuse([i for i in ids if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", i)], "not an id:")
    _refuse([f for f in data["files"] if not re.fullmatch(r"[a-z0-9_]+\.[ch]", f)], "not a file name:")
    variants = dict(data.get("variants", {}))
    _refuse([v for v, i in variants.items() if i not in ids], "no such test catches the variant")
    if int(data["number"]) != int(folder.name[:2]):
        raise ValueError(f"number is {data['number']}, the folder says {folder.name[:2]}")
    return Lab(int(data["number"]), str(data["title"]), folder, tuple(data["files"]),
               frozenset(data["symbols"]), tests, variants, bool(data.get("asm", False)),
               bool(data.get("program", False)))


def _refuse(items, what):
    if items:
        raise ValueError(f"{what} {items[0]!r}")
