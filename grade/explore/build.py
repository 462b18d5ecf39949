"""Builds an explorer: the model, the engine, a scenario and what it links.

Trusted files are compiled once and kept by their contents.  A submission is
compiled, linked and later run in the sandbox, and only if it keeps to the
lab's contract; what the compiler made of it is looked at for inline assembly.
"""

import hashlib
import os
import platform
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grade.harness import sandbox, submission
from grade.harness.lab import ROOT
from grade.harness.submission import work
from grade.harness.verdict import BuildFailed, Infrastructure

HERE = Path(__file__).resolve().parent
MODEL = ROOT / "kernel/arch/model"
ENGINE = HERE / "engine"

_INCLUDES = ["-Igrade/explore", "-Igrade/explore/scenarios", "-Ikernel", "-Ikernel/arch/model",
             "-Ikernel/diag/debug", "-Ikernel/diag/trace_off"]
_COMMON = ["-std=gnu11", "-O2", "-g", "-fno-common", "-fPIE", "-Wall", "-Wextra", *_INCLUDES]
# As the kernel is compiled, and a call before each plain access, which returns
# to where the access is.
_CHECKED = [*_COMMON, "-ffreestanding", "-fstack-protector-strong", "-fno-optimize-sibling-calls"]
_WATCHED = ["-ffunction-sections", "-fsanitize=thread", "--param", "tsan-instrument-func-entry-exit=0"]
_LINK = ["-pie", "-Wl,--gc-sections", "-Wl,-z,now"]

# What the accessors of hal/ and debug checks become here.
_MODEL_SYMBOLS = frozenset("""hart_self model_load model_store model_modify model_cas model_fence
    model_spin __stack_chk_fail _GLOBAL_OFFSET_TABLE_""".split())

CPU_SECONDS, FILE_BYTES, MEMORY_BYTES = 60, 64 << 20, 4 << 30


@dataclass(frozen=True)
class Mutant:
    """A textual change of one file, wherever the text stands in it."""

    file: str
    old: str
    new: str

    def apply(self, text):
        assert self.old in text, f"the mutant does not apply: {self.file} does not say {self.old!r}"
        return text.replace(self.old, self.new)


def scenario_path(name):
    """The file of a scenario: a name in scenarios/, or a path."""
    path = Path(name) if str(name).endswith(".c") else HERE / "scenarios" / f"{name}.c"
    return path if path.is_absolute() else ROOT / path


def links(scenario):
    """The files that the scenario's first comment says it needs."""
    comment = scenario.read_text().split("*/")[0]
    found = re.search(r"\bLinks:(.*)", comment, re.DOTALL)
    return re.findall(r"[\w./-]+\.c\b", found[1]) if found else []


def build(scenario, folder, lab=None, source=None, mutant=None):
    """Builds the explorer of a scenario into `folder` and gives its path.

    BuildFailed: the submission (of `lab`, from the folder `source`) is refused
    or does not compile or link.  Infrastructure: anything else does not.
    """
    scenario = scenario_path(scenario)
    trusted = [*sorted(MODEL.glob("*.c")), MODEL / "context.S", *sorted(ENGINE.glob("*.c"))]
    objects = [_compile(path, _COMMON) for path in trusted]
    objects.append(_compile(scenario, _CHECKED + _WATCHED))
    assert not mutant or mutant.file in links(scenario), f"{scenario.name} does not link {mutant.file}"
    theirs = []
    for name in links(scenario):
        path = ROOT / name
        if lab and path.parent == lab.solution and path.name in lab.files:
            theirs.append(path.name)
        else:
            text = mutant.apply(path.read_text()) if mutant and mutant.file == name else None
            objects.append(_compile(path, _CHECKED + _WATCHED, text))
    if theirs:
        objects += _compile_submission(lab, source, theirs, folder)
    return _link(objects, folder / "explorer", lab if theirs else None)


@cache
def _headers():
    """A digest of all headers, so that any change of one compiles anew."""
    digest = hashlib.sha256()
    for top in (ROOT / "kernel", HERE):
        for path in sorted(top.rglob("*.h")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _run(command, what, **options):
    """Runs a compiler; Infrastructure if there is none."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace",
                              timeout=600, **options)
    except FileNotFoundError as error:
        raise Infrastructure(f"there is no {error.filename} on this host", hint="install gcc") from error
    except subprocess.TimeoutExpired as error:
        raise Infrastructure(f"{what} did not end within 600 s") from error


def _compile(path, flags, text=None):
    """The object of a trusted file; with `text`, as if that stood in it."""
    code = path.read_text() if text is None else text
    name = os.path.relpath(path, ROOT) if path.is_relative_to(ROOT) else str(path)
    key = hashlib.sha256("\0".join([_headers(), platform.machine(), name, *flags, code]).encode())
    out = work() / "explore" / "objects" / f"{path.stem}-{key.hexdigest()[:20]}.o"
    if out.is_file():
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.with_suffix(f".{os.getpid()}.o")
    if text is None:
        inputs = [name]
    else:
        changed = out.with_suffix(".c")
        changed.write_text(f'#line 1 "{name}"\n{text}')
        inputs = [str(changed), f"-iquote{path.parent}"]
    done = _run(["gcc", *flags, "-c", *inputs, "-o", str(new)], f"compiling {path.name}")
    if done.returncode:
        raise Infrastructure(f"{path.name} does not compile for the host: {done.stderr.strip()[-800:]}")
    new.replace(out)
    return out


def _compile_submission(lab, source, names, folder):
    """The objects of the submitted files, after all that speaks against them."""
    theirs = submission.gather(lab, source, folder / "submission").folder
    flags = ["-Werror=implicit-function-declaration", "-iquote", str(theirs),
             f"-ffile-prefix-map={theirs}=labs/{lab.name}"]
    plain = []
    for name in names:
        stem = str(folder / Path(name).stem)
        file = str((theirs / name).resolve())
        _compile_theirs(lab, theirs, folder, [*_CHECKED, *flags, "-S", file, "-o", f"{stem}.s"])
        _refuse_assembly(lab, name, Path(f"{stem}.s").read_text(errors="replace"))
        _compile_theirs(lab, theirs, folder, [*_CHECKED, *flags, "-c", file, "-o", f"{stem}.plain.o"])
        _compile_theirs(lab, theirs, folder, [*_CHECKED, *_WATCHED, *flags, "-c", file, "-o", f"{stem}.o"])
        plain.append(Path(f"{stem}.plain.o"))
    submission.check_objects(plain, _HostLab(lab))
    return [folder / f"{Path(name).stem}.o" for name in names]


class _HostLab:
    """The lab's contract, as the model's headers spell it."""

    def __init__(self, lab):
        self.symbols, self.name = lab.symbols | _MODEL_SYMBOLS, lab.name


def _refuse_assembly(lab, name, assembly):
    if "#APP" in assembly or re.search(r"^\s*\.(incbin|include)\b", assembly, re.MULTILINE):
        raise BuildFailed("C that keeps to the kernel's own headers and the contract",
                          f"{name} contains inline assembly", look=name)


def _in_sandbox(command, folder, *mounts):
    inside = sandbox.wrap(command, [sandbox.program("gcc"), sandbox.read(ROOT), sandbox.hide(ROOT / ".git"),
                                    sandbox.hide(ROOT / "solutions"), sandbox.hide(work()), *mounts,
                                    sandbox.write(folder)], ROOT)
    limits = sandbox.limits(CPU_SECONDS, FILE_BYTES, MEMORY_BYTES)
    return _run(inside, "compiling the submission", preexec_fn=limits)


def _compile_theirs(lab, theirs, folder, arguments):
    done = _in_sandbox(["gcc", *arguments], folder, sandbox.read(theirs))
    if done.returncode == 0:
        return
    said = done.stderr.replace(str(theirs), f"labs/{lab.name}")
    errors = re.findall(r"^(\S+:\d+):\d+: (?:fatal )?error: (.*)$", said, re.MULTILINE)
    happened = "\n".join(f"{place}: {text}" for place, text in errors[:3]) or said.strip()[-400:]
    raise BuildFailed("the submission to compile for the explorer, too", happened or "gcc was ended",
                      look=errors[0][0] if errors else "")


def _link(objects, out, lab):
    command = ["gcc", *_LINK, "-o", str(out), *map(str, objects)]
    if lab:
        shared = work() / "explore" / "objects"
        done = _in_sandbox(command, out.parent, sandbox.read(shared))
    else:
        done = _run(command, "linking")
    if done.returncode == 0:
        return out
    found = re.search(r"(?:undefined reference to|multiple definition of) [`'](\w+)'", done.stderr)
    if lab and found:
        raise BuildFailed("the submission to link", found[0], look=found[1],
                          hint="every function of the stub must be defined, once")
    raise Infrastructure(f"the explorer does not link: {done.stderr.strip()[-800:]}")
