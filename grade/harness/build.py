"""Builds kernels and boot images by calling make, each once in a run.

Every kernel has a folder of its own under the work folder; workers of one run
agree by a file lock, and the outcome, good or bad, is kept beside it.  The
objects all kernels share are built first, outside the sandbox and without the
submission; then make runs in the sandbox, where it can write to the kernel's
folder alone.
"""

import contextlib
import fcntl
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import sandbox, submission
from .lab import ROOT
from .submission import work
from .verdict import BuildFailed, Infrastructure

MAKE_SECONDS = 900  # wall clock: past it the machine is at fault, not the work
CPU_SECONDS = 60  # of one process: a compiler that needs more was tricked
FILE_BYTES = 256 << 20
MEMORY_BYTES = 4 << 30

_ERROR = re.compile(r"^(?P<place>[^\s:]+:\d+)(?::\d+)?: (?:fatal )?error: (?P<text>.*)$", re.MULTILINE)
_LINK = re.compile(r"(?:undefined reference to|multiple definition of) [`'](?P<name>\w+)'")
_EXHAUSTED = re.compile(r"^.*(?:limit exceeded signal|Killed signal|memory exhausted|"
                        r"out of memory allocating).*$", re.MULTILINE)


@dataclass(frozen=True)
class _Mode:
    """A way to build the kernel: what make is told, and a name for it."""

    debug: bool
    races: bool

    @property
    def name(self):
        return ("debug" if self.debug else "release") + ("-races" if self.races else "")

    @property
    def arguments(self):
        return [f"DEBUG={1 if self.debug else ''}", f"RACES={1 if self.races else ''}"]


@functools.cache
def tool(name):
    """A tool as the Makefile finds it: CROSS (a prefix), MARCH (an option of
    it), QEMU or GDB; PYTHON is the one that runs this.  Infrastructure: there
    is none."""
    if name == "PYTHON":
        return sys.executable
    if os.environ.get(f"LATCHKEY_{name}"):
        return os.environ[f"LATCHKEY_{name}"]
    done = subprocess.run(["make", "-s", f"print-{name}"], cwd=ROOT, env=_environment(),
                          capture_output=True, text=True, timeout=120)
    found = done.stdout.strip()
    if done.returncode or not found:
        raise Infrastructure(f"make finds no {name}: {done.stderr.strip()[-500:]}",
                             hint="run `make doctor`")
    return found


def known_tools():
    """Variables that keep make from looking for these tools each time."""
    return [f"{name}={tool(name)}" for name in ("CROSS", "MARCH", "PYTHON")]


def shared():
    """Environment variables for other runs of the grader that this one starts:
    they take from it what does not depend on who is graded."""
    tools = {f"LATCHKEY_{name}": tool(name) for name in ("CROSS", "MARCH", "QEMU")}
    return {**tools, "LATCHKEY_TRUSTED": json.dumps([str(_trusted()), _trusted_run()])}


def _trusted():
    """Where the reference kernels and images are."""
    known = os.environ.get("LATCHKEY_TRUSTED")
    return Path(json.loads(known)[0]) if known else work()


def _trusted_run():
    """The run in which they are to have been built."""
    known = os.environ.get("LATCHKEY_TRUSTED")
    return json.loads(known)[1] if known else run_id()


def run_id():
    """Names this grading run; workers inherit it from whoever started them."""
    return os.environ.setdefault("LATCHKEY_RUN", f"{os.getpid()}-{time.time_ns()}")


def gather(lab, source):
    """Collects the submission, once in a run, and gives its digest.
    BuildFailed: it is refused."""
    out = work() / f"lab{lab.number:02}" / "gathered"
    product = _once(out, "digest", lambda _: (out / "digest").write_text(
        submission.gather(lab, source).digest))
    return product.read_text()


def kernel(lab=None, source=None, scenario=None, debug=True, locks=None, races=False):
    """Path of a kernel.elf: with the submission for `lab` from the folder
    `source`, or with all reference mechanisms; `scenario` is a C file linked in,
    `locks` the locking discipline (kernel/lock/discipline/), if not the usual one,
    `races`: the data-race detector, too.
    A lab that is about a user program has the reference kernel.

    BuildFailed: the submission does not compile, link or keep the contract.
    Infrastructure: anything else does not.
    """
    mode = _Mode(debug, races)
    name, arguments = mode.name, mode.arguments
    if scenario:
        scenario = Path(scenario).resolve()
        name = f"{name}-{scenario.parent.name}-{scenario.stem}"
        arguments = [*arguments, f"SCENARIO={scenario}"]
    if locks:
        name = f"{name}-{locks}"
        arguments = [*arguments, f"LOCKS={locks}"]
    theirs = lab is not None and not lab.program
    out = (work() / f"lab{lab.number:02}" if theirs else _trusted() / "reference") / name
    arguments += [f"OUT={out}"]
    if not theirs:
        return _once(out, "kernel.elf", lambda log: _make_trusted(["kernel", *arguments], log), _trusted_run())
    gather(lab, source)
    _warm(mode)
    return _once(out, "kernel.elf", lambda log: _make_submission(
        lab, out, ["kernel", *arguments], log, watched=races))


def mutant(folder, file, old, new, debug=True, races=False):
    """Path of a kernel.elf of which one trusted file says `new` where it says
    `old` in the tree; the rest is compiled no second time.  `folder` is empty."""
    mode = _Mode(debug, races)
    kernel(debug=debug, races=races)
    objects = subprocess.run(["make", "-s", "print-OBJ", *mode.arguments], cwd=ROOT, env=_environment(),
                             capture_output=True, text=True, check=True).stdout.strip()
    for name in ("Makefile", "kernel", "solutions", "labs", "tools", "user", objects):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", ROOT / name, folder / name], check=True)
    text = (folder / file).read_text()
    assert old in text, f"the mutant does not apply: {file} does not say {old!r}"
    (folder / file).write_text(text.replace(old, new))
    if _make(["make", *known_tools(), "kernel", "OUT=mutant", *mode.arguments], folder / "build.log", root=folder):
        raise Infrastructure(f"the mutant does not compile: {_tail(folder / 'build.log')}")
    return folder / "mutant/kernel.elf"


def image(manifest, lab=None, source=None):
    """Path of the boot image of a manifest (TOML): with the submission for
    `lab` from the folder `source`, if the lab is about a user program, or with
    all reference programs.  BuildFailed, Infrastructure: as `kernel`."""
    manifest = Path(manifest).resolve()
    text = manifest.read_bytes()
    beside = str(manifest).encode() if b"file = " in text else b""  # what it names is beside it
    digest = hashlib.sha256(beside + text).hexdigest()[:8]
    theirs = lab is not None and lab.program
    out = (work() / f"lab{lab.number:02}" if theirs else _trusted()) / "images" / f"{manifest.stem}-{digest}"
    arguments = ["image", f"OUT={out}", f"MANIFEST={manifest}"]
    if not theirs:
        return _once(out, "boot.img", lambda log: _make_trusted(arguments, log), _trusted_run())
    gather(lab, source)
    image(ROOT / "user" / "image.toml")  # builds what all images share
    return _once(out, "boot.img", lambda log: _make_submission(lab, out, arguments, log, [
        sandbox.program(tool("PYTHON")), sandbox.read(manifest)]))


def manifest(name, text):
    """Path of a manifest that a test made up; of the same name and text there
    is one, so that its image is built once."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    path = work() / "manifests" / f"{name}-{digest}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text)
    new.replace(path)
    return path


def build_log(product):
    """The log of the make that built a kernel or image."""
    return product.parent / "build.log"


@contextlib.contextmanager
def _locked(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _once(out, product, build, run=None):
    """Builds unless this run has (or `run`, if it is another's business), and
    gives the product or raises again what the first attempt raised."""
    run = run or run_id()
    with _locked(out.with_name(out.name + ".lock")):
        stamp = out / "built.json"
        known = json.loads(stamp.read_text()) if stamp.is_file() else {}
        if known.get("run") != run:
            known = {"run": run, "failure": None}
            out.mkdir(parents=True, exist_ok=True)
            try:
                build(out / "build.log")
                if not (out / product).is_file():
                    raise Infrastructure(f"make ended well and made no {product}",
                                         hint=f"see {out / 'build.log'}")
            except (BuildFailed, Infrastructure) as failure:
                known["failure"] = [type(failure).__name__, vars(failure)]
            stamp.write_text(json.dumps(known))
    if known["failure"]:
        kind, said = known["failure"]
        raise {"BuildFailed": BuildFailed, "Infrastructure": Infrastructure}[kind](**said)
    return out / product


def _warm(mode):
    """Builds the objects shared by all kernels of a mode.  What fails here
    fails again, and is reported, where it is needed."""
    if not sandbox.available():
        return
    out = _trusted() / "reference" / mode.name
    with contextlib.suppress(Infrastructure):
        _once(out, "kernel.elf", lambda log: _make_trusted(
            ["-k", "kernel", f"OUT={out}", *mode.arguments], log), _trusted_run())


def _make_trusted(arguments, log):
    if _make(["make", *known_tools(), *arguments], log):
        raise Infrastructure(f"make {arguments[0]} failed: {_tail(log)}", hint=f"see {log}")


def _make_submission(lab, out, arguments, log, more=(), watched=False):
    """Makes arguments[0] with the submission, in a sandbox that also has the
    mounts `more`.  watched: it calls the race detector, besides."""
    folder = work() / f"lab{lab.number:02}" / "submission"
    command = ["make", *known_tools(), f"LAB={lab.number}", f"FROM={folder}", *arguments]
    mounts = [sandbox.program(tool("CROSS") + "gcc"), sandbox.read(ROOT), sandbox.hide(ROOT / ".git"),
              sandbox.hide(lab.solution), sandbox.hide(work()), sandbox.hide(_trusted()), sandbox.read(folder),
              sandbox.write(out), *more]
    for product in ("kernel.elf", "boot.img"):
        (out / product).unlink(missing_ok=True)
    limits = sandbox.limits(CPU_SECONDS, FILE_BYTES, MEMORY_BYTES)
    if _make(sandbox.wrap(command, mounts, ROOT), log, limits):
        raise _explain(lab, folder, log, arguments[0])
    objects = [out / "from" / Path(name).with_suffix(".o") for name in lab.files if name.endswith(".c")]
    submission.check_objects(objects, lab, watched)


def _make(command, log, limits=None, root=ROOT):
    """Runs make from the root of a tree; its output goes to `log`."""
    with open(log, "w") as file:
        try:
            return subprocess.run(command, cwd=root, env=_environment(), stdin=subprocess.DEVNULL,
                                  stdout=file, stderr=subprocess.STDOUT, timeout=MAKE_SECONDS,
                                  preexec_fn=limits or sandbox.limits()).returncode
        except subprocess.TimeoutExpired as error:
            raise Infrastructure(f"make did not end within {MAKE_SECONDS} s", hint=f"see {log}") from error


def _environment():
    """The caller's, without what would be taken for variables of make."""
    keep = ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT")
    return {**{k: v for k, v in os.environ.items() if k in keep}, "LC_ALL": "C"}


def _explain(lab, folder, log, target):
    """The exception for a make of `target` that failed: BuildFailed if the
    submission is to blame, Infrastructure if it is not."""
    text = log.read_text(errors="replace").replace(str(folder), f"labs/{lab.name}")
    exhausted = _EXHAUSTED.search(text)
    if exhausted:
        return BuildFailed(f"the submission to compile within {CPU_SECONDS} s and "
                           f"{MEMORY_BYTES >> 30} GiB", exhausted[0].strip())
    errors = [said for said in _ERROR.finditer(text) if _is_theirs(said, lab)]
    if errors:
        return BuildFailed("the submission to compile", look=errors[0]["place"],
                           happened="\n".join(f"{e['place']}: {e['text']}" for e in errors[:3]))
    for said in _LINK.finditer(text):
        if "/from/" in said.string[: said.end()].rsplit("\n", 1)[-1] or _defines(lab, said["name"]):
            return BuildFailed("the submission to link", said[0], look=said["name"],
                               hint="every function of the stub must be defined, once")
    return Infrastructure(f"make {target} failed: {_tail(log)}", hint=f"see {log}")


def _is_theirs(error, lab):
    """Whether the compiler stands in the submission's file, or in a header
    that one of them includes."""
    place, included = error["place"], re.compile(rf"from labs/{lab.name}/\w+\.[ch]:\d")
    in_header = place.split(":")[0].endswith(".h")
    return place.startswith(f"labs/{lab.name}/") or bool(in_header and included.search(error.string))


def _defines(lab, name):
    """Whether the lab's own files speak of this function."""
    texts = [path.read_text() for path in lab.folder.glob("*.[ch]")]
    return any(re.search(rf"\b{name}\b", text) for text in texts)


def _tail(log, lines=3):
    return "\n".join(log.read_text(errors="replace").strip().split("\n")[-lines:])
