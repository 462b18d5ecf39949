#!/usr/bin/env python3
"""The wrong answers of the labs: small changes of the solution.

A variant is solutions/NN-name/variants/NAME.patch: a few sentences that say
what is wrong, the line "Caught by ID." with the test, and a unified diff of
files of solutions/NN-name.  It is applied when it is asked for, and never
loosely: the lines of a hunk stand in the file as they are, and once; only the
line numbers may be others.  VARIANT is the path, with or without .patch.

    variant.py apply VARIANT [FOLDER]  writes the files (build/variants/NN-NAME)
                                       and prints the folder
    variant.py edit VARIANT            writes them to build/variants/NN-NAME-edit,
                                       without the hunks that do not fit, to be
                                       changed there; also to begin a new variant
    variant.py save VARIANT            makes the patch from that folder, which is
                                       removed
    variant.py refresh [VARIANT...]    brings line numbers and surroundings up to
                                       date, of all variants by default

Exit status 1: a patch does not fit; standard error says which hunk, and what to do.
"""

import argparse
import contextlib
import difflib
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_RANGE = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_FUNCTION = re.compile(r"[A-Za-z_].*\(")


class Misfit(ValueError):
    """A patch that cannot be read, or does not fit the solution.  The text is
    `patch:line: what`, and what to do."""


@dataclass(frozen=True)
class Hunk:
    """Lines to be replaced, and by what, each with its line end.  `number`
    counts the hunks of a patch from 1, `line` is where in the patch it begins."""

    number: int
    line: int
    old: list
    new: list


@dataclass(frozen=True)
class Variant:
    """A patch: what its header says, and the hunks for each file's name."""

    patch: Path
    header: str
    hunks: dict

    @property
    def solution(self):
        return self.patch.parents[1]

    @property
    def name(self):
        """NN-NAME: the lab's number, and the patch's name."""
        return f"{self.solution.name[:2]}-{self.patch.stem}"


def shown(path):
    """A path as people type it: relative, if it is below where they are."""
    path = Path(path)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def find(source, solution):
    """The patch that `source` names, with or without .patch, if that is a
    variant of `solution` (a folder) and no folder itself; None otherwise."""
    source = Path(source)
    folder = (Path(solution) / "variants").resolve()
    patch = folder / f"{source.name.removesuffix('.patch')}.patch"
    known = source.parent.resolve() == folder and patch.is_file() and not source.is_dir()
    return patch if known else None


def read(patch, text=None):
    """The Variant that a patch describes; with `text`, as if that stood in it.
    Misfit: it is no such patch."""
    lines = (patch.read_text() if text is None else text).splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if line.startswith("--- ")), len(lines))
    hunks, name, number, i = {}, None, 0, start
    while i < len(lines):
        if lines[i].startswith("--- "):
            name = _file_name(patch, lines, i)
            i += 2
        else:
            number += 1
            hunk, i = _hunk(patch, lines, i, number)
            hunks.setdefault(name, []).append(hunk)
    return Variant(patch, "".join(lines[:start]), hunks)


def _file_name(patch, lines, i):
    """The file that the two lines from index i on name: one of the solution."""
    folder = patch.parents[1]
    found = re.fullmatch(r"--- a/(.*)\n\+\+\+ b/(.*)\n", "".join(lines[i : i + 2]))
    path = Path(found[1]) if found and found[1] == found[2] else Path()
    if path.parent.name != folder.name or not (folder / path.name).is_file():
        raise Misfit(f"{shown(patch)}:{i + 1}: a file of {shown(folder)} should be named here, "
                     "twice: --- a/FILE, +++ b/FILE")
    return path.name


def _hunk(patch, lines, i, number):
    """The hunk that begins at index i, and the index behind it."""
    found = _RANGE.match(lines[i])
    if not found:
        raise Misfit(f"{shown(patch)}:{i + 1}: a hunk should begin here: @@ -line,lines +line,lines @@")
    line, old, new = i + 1, [], []
    counts = [int(count or 1) for count in found.groups()]
    while [len(old), len(new)] != counts:
        i += 1
        said = lines[i] if i < len(lines) else "@"
        said = " \n" if said == "\n" else said  # an empty line, its blank trimmed
        if said[0] not in " +-" or len(old) > counts[0] or len(new) > counts[1]:
            raise Misfit(f"{shown(patch)}:{line}: hunk {number} does not have the lines that it announces")
        old += [said[1:]] if said[0] in " -" else []
        new += [said[1:]] if said[0] in " +" else []
    return Hunk(number, line, old, new), i + 1


def texts(variant, missed=None):
    """The changed files: {name: text}.  Misfit: a hunk does not fit, or nothing
    is changed; hunks that do not fit are left out and their messages appended
    to `missed` (a list), if that is given."""
    changed = {}
    for name, hunks in variant.hunks.items():
        path = variant.solution / name
        changed[name] = _applied(variant, path, hunks, missed)
    if missed is None and not any(text != (variant.solution / n).read_text() for n, text in changed.items()):
        raise Misfit(f"{shown(variant.patch)}:1: it does not change the solution")
    return changed


def _applied(variant, path, hunks, missed):
    lines, done = path.read_text().splitlines(keepends=True), 0
    for hunk in hunks:
        size = len(hunk.old)
        places = [i for i in range(done, len(lines) - size + 1) if lines[i : i + size] == hunk.old]
        if len(places) == 1:
            lines[places[0] : places[0] + size] = hunk.new
            done = places[0] + len(hunk.new)
            continue
        said = _misfit(variant, path, hunk, len(places))
        if missed is None:
            raise Misfit(f"{said}\nTo mend it: tools/variant.py edit {shown(variant.patch)}")
        missed.append(said)
    return "".join(lines)


def _misfit(variant, path, hunk, places):
    first = next((line.strip() for line in hunk.old if len(line.strip()) > 1), "")
    stand = f"stand there {places} times" if places else "no longer stand there"
    return (f"{shown(variant.patch)}:{hunk.line}: hunk {hunk.number} does not fit {shown(path)}: "
            f"its {len(hunk.old)} lines from {first!r} on {stand}")


def difference(old, new, name, around):
    """The unified diff of two texts, for the file `name`, with so many lines
    `around` each change; each hunk says which function it stands in, and empty
    lines have no blank."""
    lines = old.splitlines(keepends=True)
    after = new.splitlines(keepends=True)
    for line in difflib.unified_diff(lines, after, f"a/{name}", f"b/{name}", n=around):
        found = re.match(r"@@ -(\d+)", line)
        if found:
            before = [said for said in lines[: int(found[1]) - 1] if _FUNCTION.match(said)]
            line = f"{line.rstrip()} {before[-1].rstrip()}\n" if before else line
        yield "\n" if line == " \n" else line


def write(path, text):
    """Replaces a file, as a whole, if its text is another."""
    if path.is_file() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text)
    new.replace(path)


def sources(variant):
    """The files of the solution, by name."""
    return {path.name: path for path in sorted(variant.solution.glob("*.[ch]"))}


def put(variant, folder, missed=None):
    """Writes the variant's files to a folder, all that the solution has.
    Misfit: as `texts`."""
    changed = texts(variant, missed)
    ours = sources(variant)
    for name, path in ours.items():
        write(folder / name, changed[name] if name in changed else path.read_text())
    for old in folder.glob("*.[ch]"):
        if old.name not in ours:
            old.unlink()


def made(variant, changed):
    """The text of the patch that has this variant's header and leads from the
    solution to `changed`: {name: text}.  Misfit: nothing is changed, or there
    is no such patch."""
    old = {name: path.read_text() for name, path in sources(variant).items()}
    changed = {name: changed[name] for name in old if changed.get(name, old[name]) != old[name]}
    if not changed:
        raise Misfit(f"{shown(variant.patch)}: not written, for nothing of the solution is changed")
    if not all(text.endswith("\n") for text in changed.values()):
        raise Misfit(f"{shown(variant.patch)}: not written, for a file does not end with a line end")
    folder = f"solutions/{variant.solution.name}"
    for around in (3, 12, 48, sys.maxsize):  # more where the lines of a hunk stand there twice
        text = variant.header + "".join(line for name, new in changed.items() for line in
                                        difference(old[name], new, f"{folder}/{name}", around))
        with contextlib.suppress(Misfit):
            if texts(read(variant.patch, text)) == changed:
                return text
    raise Misfit(f"{shown(variant.patch)}: not written, for no patch can say what is changed")


# The commands.


def _named(argument):
    """The Variant of an argument."""
    source = Path(argument)
    patch = find(source, source.resolve().parents[1])
    if not patch:
        raise Misfit(f"there is no variant {argument}: solutions/NN-name/variants/NAME.patch is meant; "
                     "a new one begins as the few sentences that say what is wrong")
    return read(patch)


def _edit_folder(variant):
    return ROOT / "build" / "variants" / f"{variant.name}-edit"


def do_apply(options):
    variant = _named(options.variant)
    folder = Path(options.folder or ROOT / "build" / "variants" / variant.name)
    put(variant, folder)
    print(shown(folder))


def do_edit(options):
    variant, missed = _named(options.variant), []
    folder = _edit_folder(variant)
    if folder.exists():
        raise Misfit(f"{shown(folder)} is there from before: save it, or remove it")
    put(variant, folder, missed)
    for said in missed:
        print(f"left out: {said}")
    print(f"Change the files in {shown(folder)}, then run tools/variant.py save {shown(variant.patch)}")


def do_save(options):
    variant = _named(options.variant)
    folder = _edit_folder(variant)
    if not folder.is_dir():
        raise Misfit(f"there is no {shown(folder)}: run tools/variant.py edit {options.variant} first")
    write(variant.patch, made(variant, {path.name: path.read_text() for path in folder.glob("*.[ch]")}))
    shutil.rmtree(folder)
    print(f"wrote {shown(variant.patch)}")


def do_refresh(options):
    patches = options.variants or sorted(ROOT.glob("solutions/*/variants/*.patch"))
    for variant in map(_named, patches):
        text = made(variant, texts(variant))
        if variant.patch.read_text() != text:
            write(variant.patch, text)
            print(f"wrote {shown(variant.patch)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in (do_apply, do_edit, do_save):
        sub = commands.add_parser(command.__name__.removeprefix("do_"))
        sub.add_argument("variant", metavar="VARIANT")
        sub.set_defaults(run=command)
    commands.choices["apply"].add_argument("folder", metavar="FOLDER", nargs="?")
    refresh = commands.add_parser("refresh")
    refresh.add_argument("variants", metavar="VARIANT", nargs="*")
    refresh.set_defaults(run=do_refresh)
    options = parser.parse_args()
    try:
        options.run(options)
    except (Misfit, OSError) as error:
        print(f"latchkey: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
