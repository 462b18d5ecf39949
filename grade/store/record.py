"""Records what a workload writes to its disk, and boots what a power cut leaves.

QEMU runs the workload with the filter that logs writes.  The recording is a
copy of the disk as it was, the disk as it became, and the log in between.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from checkimage import File, ImageError, check  # noqa: E402

from grade.harness import build  # noqa: E402
from grade.harness.verdict import Infrastructure, Wrong  # noqa: E402
from grade.store import snapshot, writelog  # noqa: E402
from grade.store.crash import BLOCK, History  # noqa: E402
from grade.store.judge import Base  # noqa: E402

TESTS = Path(__file__).parents[2] / "user/tests"
_CHUNK = 1 << 16


# The workload while checkpoints are taken by time, as it changes what is being
# written, through a log that it fills many times over.
_BUSY = {
    '5 = "number(0)", 6 = "number(0)"': '5 = "number(100000)", 6 = "number(1000)"',  # 10 ms, 0.1 ms
    '3 = "number(40)"': '3 = "number(60)"',
    '4 = "number(4)"': '4 = "number(0)"',
    "[image]\n": "[image]\nlog = 90\n",
}


def workload(name):
    """The image of a workload: of user/tests/NAME.toml; of the test program
    NAME alone; or `busy`, which is ckptload while checkpoints are taken by
    time, through a small log.  Infrastructure: there is no such workload."""
    if name == "busy":
        return build.image(build.manifest(name, _changed("ckptload", _BUSY)))
    if (TESTS / f"{name}.toml").is_file():
        return build.image(TESTS / f"{name}.toml")
    if not (TESTS / f"{name}.c").is_file():
        raise Infrastructure(f"{TESTS} has neither {name}.toml nor {name}.c; try ckptload, or busy")
    program = {'program = "invocation"': f'program = "{name}"'}
    return build.image(build.manifest(name, _changed("tests", program)))


def _changed(manifest, changes):
    text = (TESTS / f"{manifest}.toml").read_text()
    for old, new in changes.items():
        if old not in text:
            raise Infrastructure(f"{manifest}.toml does not say {old!r} any more")
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class Recording:
    """Paths of the disk before and after, the WriteLog, and the serial log."""

    base: Path
    disk: Path
    log: writelog.WriteLog
    text: str

    def history(self):
        """The History to sweep."""
        return History.of_log(Base(File(self.base)), self.log)


def record(boot, image, until=None, **options):
    """Runs the workload of an image to its end; or, where `until` is given, a
    pattern, until it prints that, and then pulls the plug.

    boot, options: as in grade.harness.  Whatever the run deserves is raised.
    """
    folder = boot.folder
    base, disk, writes = (folder / name for name in ("before.disk", "disk", "writes.log"))
    copy_disk(image, base)
    copy_disk(image, disk)
    machine = boot(disk=disk, writes=writes, **options)
    if until:
        machine.expect(until)
        machine.kill()
        return Recording(base, disk, writelog.read(writes).flushed(), machine.text)
    text = machine.finish().text
    log = writelog.read(writes)
    _require_all(log, machine)
    return Recording(base, disk, log, text)


def _require_all(log, machine):
    """Infrastructure: the log has not what the kernel wrote, but for what was
    under way when the machine ended."""
    counts, logged = machine.symbol("disk_counts"), sum(len(e.data) for e in log.entries) // BLOCK
    asked, open_still = (counts[name]["v"] for name in ("writes", "under_way"))
    if log.cut or not asked - open_still <= logged <= asked:
        raise Infrastructure(f"of {asked} writes, {open_still} under way, the log has {logged}", hint=log.cut)


def copy_disk(source, path):
    """Copies a disk image, with holes where it is zero."""
    with open(source, "rb") as old, open(path, "wb") as new:
        while chunk := old.read(_CHUNK):
            if any(chunk):
                new.write(chunk)
            else:
                new.seek(len(chunk), 1)
        new.truncate(old.tell())


# What a power cut left goes on.

DURABLE = re.compile(r"^durable (\d+):", re.MULTILINE)
JOURNALED = re.compile(r"^journaled (\d+): page (\d+)$", re.MULTILINE)
ENDS = re.compile(r"^ok end\b", re.MULTILINE)
RESTART = re.compile(r"^ok restart \d+: generation (\d+)\b", re.MULTILINE)


def goes_on(boot, path, generation=None, **options):
    """Boots a disk that a power cut left, and lets its workload look at itself
    and work to its end; then the checker looks at the disk.  Gives the Log.

    generation: what the image checker found, which the guest must agree with.
    Whatever the run deserves is raised, Wrong if only its words are wrong.
    """
    with boot(disk=path, **options) as machine:
        log = machine.finish()
    require_end(log, generation)
    require_sound(File(path), f"the disk {path}, when its workload had come to its end")
    return log


def require_end(log, generation=None):
    """Wrong: the workload did not find itself right, or not come to its end."""
    text = log.text.replace("\r", "")
    wrong = re.search(r"^wrong: .*$", text, re.MULTILINE)
    if wrong:
        raise Wrong("the workload to find its objects as one snapshot has them", wrong[0], log=str(log.path))
    if not ENDS.search(text):
        raise Wrong("the workload to come to its end: ok end", "it ended without it", log=str(log.path))
    found = RESTART.search(text)
    if generation is not None and found and int(found[1]) != generation:
        raise Wrong(f"the kernel to restart from generation {generation}, which the checker found",
                    f"it says {found[0]!r}", log=str(log.path))


def require_durable(text, disk, what):
    """The checker's Report.  Wrong: the disk is not sound, or the workload was
    told that something is durable, and said so in `text`, and it is not there."""
    report, text = require_sound(disk, what), text.replace("\r", "")
    told = max(map(int, DURABLE.findall(text)), default=0)
    if report.generation < told:
        raise Wrong(f"{what} to be of generation {told}, which the workload was told is durable",
                    f"it is of generation {report.generation}")
    for page, number in {int(page): int(number) for number, page in JOURNALED.findall(text)}.items():
        found = snapshot.journaled_in(disk, page)
        if found is None or found < number:
            raise Wrong(f"{what} to have {number} in page {page}, which was journaled",
                        "it has a torn page" if found is None else f"it has {found}")
    return report


def require_sound(disk, what):
    """The checker's Report.  Wrong: it finds something wrong."""
    try:
        return check(disk)
    except ImageError as error:
        raise Wrong(f"{what} to be sound", f"the checker says: {error}") from None


class Memory:
    """A disk in bytes."""

    def __init__(self, data):
        self.blocks, self._data = len(data) // BLOCK, data

    def read(self, block):
        return self._data[block * BLOCK : (block + 1) * BLOCK]
