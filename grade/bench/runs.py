"""The runs behind the figures: each boots a machine and gives {id: value}, and
{id: note} where there is something to say, such as where the longest path is.

All are deterministic: one instruction is one cycle and one nanosecond, every
random number comes from a seed, and nothing waits for the host.
"""

import re
import time
from pathlib import Path

from grade.harness import build
from grade.harness.artefacts import Artefacts, fresh
from grade.harness.lab import ROOT
from grade.harness.machine import Machine
from grade.harness.qemu import Config
from grade.harness.verdict import Wrong

from . import trace

BASE = ROOT / "build/bench"
LIMIT = 4_000  # ms of guest time
OPERATIONS = ROOT / "user/tests/benchpath.toml"
CLEARING = 4  # instructions for eight bytes of the bss, before any C (entry.S)
SNAPSHOT = "ckpt_snapshot"  # a path that takes one has a row of its own
SLOW = 20  # microseconds at most that the disk takes, so that it completes later
TOLD = 4  # of the longest paths
# A timer of the emulator's own, which ends whichever turn is on each microsecond.
TURNS = ("-netdev", "hubport,id=turns,hubid=0",
         "-object", "filter-buffer,id=turn,netdev=turns,interval=1")
FIGURE = re.compile(r"^([a-z]+\.[a-z0-9.]+) +(\d+\.\d+)", re.MULTILINE)


def folder(name):
    """A fresh folder for what the run called `name` leaves behind."""
    return fresh(BASE / name)


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
    kernel, _, addresses = _traced("operations", image, append=f"slow={SLOW} interval=0")
    return kernel, trace.Reading(addresses, kernel, trace.Program(_program("benchpath")))


def _traced(name, image, extra=(), **options):
    """Runs a machine to its end: its kernel, and what trace.read() gives."""
    log = BASE / name / "instructions"
    with boot(name, image, extra=(*extra, *trace.options(log)), **options) as machine:
        machine.finish()
        kernel = trace.Program(machine.config.kernel)
    with open(log) as lines:
        harts, addresses = trace.read(lines)
    log.unlink()
    return kernel, harts, addresses


def _program(name):
    """The ELF file of a user program that an image was built of."""
    return ROOT / "build/user" / f"{name}.elf"


def paths():
    """The longest way through the kernel, the longest stretch with interrupts
    disabled, and where they were."""
    kernel, reading = operations()
    longest = _by_operation([path for path in reading.paths if SNAPSHOT not in path.functions])
    path, mask = longest[0], max(reading.masked, key=lambda mask: mask.length)
    touch = sum(reading.windows["touch"].functions.values())
    notes = {
        "fault.zero": f"a fault that the kernel serves alone, from the space tree, takes {touch:,}",
        "path.max": "; ".join(map(_told, longest[:TOLD])),
        "irq.off.max": f"{_told(mask)}; from {kernel.name(mask.first)} to {kernel.name(mask.last)}",
    }
    return {"path.max": path.length, "irq.off.max": mask.length}, notes


def _told(stretch):
    """How long, why, and where to look: `make profile OP=...` shows the rest."""
    parts = ", ".join(f"{name} {count:,}" for name, count in stretch.functions.most_common(3))
    return f"{stretch.length:,} ({stretch.cause}, OP={stretch.op}: {parts})"


def _by_operation(paths):
    """The longest path of each operation, the longest first; what came
    between operations only if none was as long."""
    found = {}
    for path in sorted(paths, key=lambda path: path.op == trace.BETWEEN):
        if path.op == trace.BETWEEN and any(path.length <= other.length for other in found.values()):
            continue
        if path.op not in found or found[path.op].length < path.length:
            found[path.op] = path
    return sorted(found.values(), key=lambda path: -path.length)


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


def start():
    """From the kernel's first instruction to the shell's prompt."""
    scenario = Path(__file__).with_name("boot.c")
    with boot("start", build.image(ROOT / "user/image.toml"), scenario=scenario) as machine:
        log = machine.finish()
        times = machine.symbol("boot_times")
        cleared = machine.address("bss_end") - machine.address("bss_start")
    if not log.text.endswith("latchkey> "):
        raise Wrong("the shell's prompt at the end", log.text[-200:], log=str(log.path))
    count = times["prompted"] - times["started"] - times["slept"]
    return {"boot.prompt": count + cleared // 8 * CLEARING}, {"boot.prompt": _wall_clock()}


def _wall_clock():
    """How long that takes on this machine, as it is now."""
    kept = Artefacts(folder("start-parallel"))
    config = Config(kernel=build.kernel(debug=False), image=build.image(ROOT / "user/image.toml"),
                    limit=60_000, interactive=True, parallel=True)
    began = time.monotonic()
    with Machine(config, kept) as machine:
        machine.expect("latchkey> ")
        return f"{time.monotonic() - began:.2f} s on this machine, firmware and emulator included"


def halting():
    """A process is halted that is loaded on another hart.

    Two harts work, in turns of a microsecond, which a timer of the emulator
    ends; the spare hart behind each takes the empty turn that follows."""
    image = build.image(ROOT / "user/tests/benchhalt.toml")
    _, harts, addresses = _traced("halting", image, TURNS, smp=4, append="spare=1")
    rounds = trace.by_hart(harts, addresses, trace.Program(_program("benchhalt")), "halt")
    remote = [(own, other) for own, other in rounds if other]
    if not remote:
        raise Wrong("a process to be halted on another hart", "it was never loaded there")
    own, other = (min(counts) for counts in zip(*remote))
    return {"halt.remote": own + other}, {
        "halt.remote": f"{own:,} of the hart that asks, {other:,} of the one that lets go"}
