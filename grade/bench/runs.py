"""The runs behind the figures: each boots a machine and gives {id: value}, and
{id: note} where there is something to say, such as where the longest path is.

All are deterministic: one instruction is one cycle and one nanosecond, every
random number comes from a seed, and nothing waits for the host.
"""

import re

from grade.harness import build, submission
from grade.harness.artefacts import Artefacts, fresh
from grade.harness.lab import ROOT
from grade.harness.machine import Machine
from grade.harness.qemu import Config
from grade.harness.verdict import Wrong

from . import trace

LIMIT = 4_000  # ms of guest time
OPERATIONS = ROOT / "user/tests/benchpath.toml"
TOLD = 4  # of the longest paths
FIGURE = re.compile(r"^([a-z]+\.[a-z0-9.]+) +(\d+\.\d)", re.MULTILINE)


def folder(name):
    """A fresh folder for what the run called `name` leaves behind."""
    return fresh(submission.work().parent / "bench" / name)


def boot(name, image, **options):
    """A machine of one hart with the published kernel, one cycle for each
    instruction; use as a context manager."""
    kept = Artefacts(folder(name))
    kernel = build.kernel(scenario=options.pop("scenario", None), debug=False)
    config = Config(kernel=kernel, image=image, shift=0, limit=LIMIT, **options)
    return Machine(config, kept)


def scripted_image(name, lines):
    """The boot image of the whole system, its shell told to execute these
    lines first."""
    where = folder(f"{name}-image")
    text = (ROOT / "user/image.toml").read_text()
    anchor = 'name = "shell"\nprogram = "shell"'
    start = text.index(anchor)
    text = text[:start] + text[start:].replace("caps = {", 'caps = { 12 = "page(script)",', 1)
    (where / "system.toml").write_text(text + '\n[[page]]\nname = "script"\nfile = "script.txt"\n')
    (where / "script.txt").write_text("".join(f"{line}\n" for line in lines))
    return build.image(where / "system.toml")


def figures_in(log):
    """{id: value} of the lines that begin with an id and a value."""
    found = {name: float(value) for name, value in FIGURE.findall(log.text.replace("\r", ""))}
    if not found:
        raise Wrong("figures on the serial line", "there are none", log=str(log.path))
    return found


def services(rounds):
    """What `bench` at the shell prints."""
    with boot("services", scripted_image("services", [f"bench {rounds}", "off"])) as machine:
        return figures_in(machine.finish()), {}


def operations(only=None):
    """The trace of every operation of the kernel, or of one: (kernel, Reading).
    KeyError: there is no such operation."""
    image = build.image(OPERATIONS)
    if only:
        address = trace.Program(_program("benchpath")).address[f"op_{only}"]
        manifest = folder("operations-image") / "one.toml"
        manifest.write_text(OPERATIONS.read_text().replace("number(0)", f"number({address})"))
        image = build.image(manifest)
    log = submission.work().parent / "bench/operations/instructions"
    with boot("operations", image, extra=trace.options(log)) as machine:
        machine.finish()
        kernel = trace.Program(machine.config.kernel)
    with open(log) as lines:
        _, addresses = trace.read(lines)
    log.unlink()
    return kernel, trace.Reading(addresses, kernel, trace.Program(_program("benchpath")))


def _program(name):
    """The ELF file of a user program that an image was built of."""
    return ROOT / "build/user" / f"{name}.elf"


def paths():
    """The longest way through the kernel, the longest stretch with interrupts
    disabled, and where they were."""
    kernel, reading = operations()
    longest = _by_operation(reading.paths)
    path, mask = longest[0], max(reading.masked, key=lambda mask: mask.length)
    notes = {
        "path.max": "; ".join(f"{path.length:,} {path.cause} in {_spoken(path.op)}, most of it in "
                              f"{_greatest(path.functions)}" for path in longest[:TOLD]),
        "irq.off.max": f"{mask.cause} in {_spoken(mask.op)}, from "
                       f"{kernel.name(mask.first)} to {kernel.name(mask.last)}",
    }
    return {"path.max": path.length, "irq.off.max": mask.length}, notes


def _by_operation(paths):
    """The longest path of each operation, the longest first."""
    found = {}
    for path in paths:
        if path.op not in found or found[path.op].length < path.length:
            found[path.op] = path
    return sorted(found.values(), key=lambda path: -path.length)


def _spoken(op):
    return op.replace("_", " ")


def _greatest(functions):
    return " and ".join(name for name, _ in functions.most_common(2))


def interrupts():
    """What user/tests/benchirq.c prints."""
    with boot("interrupts", build.image(ROOT / "user/tests/benchirq.toml")) as machine:
        return figures_in(machine.finish()), {}


def wakeups():
    """A stall and a wakeup, with one and with a thousand others stalled."""
    found = {}
    manifest = (ROOT / "user/tests/benchwake.toml").read_text()
    for others in (1, 1000):
        changed = folder(f"wakeups-{others}-image") / "wakeups.toml"
        changed.write_text(manifest.replace("number(1)", f"number({others})"))
        with boot(f"wakeups-{others}", build.image(changed)) as machine:
            found.update(figures_in(machine.finish()))
    return found, {}
