"""The command line of QEMU: one machine, the same one every time.

Deterministic by construction: virtual time counts instructions (`-icount`),
never waits for the host (`sleep=off`), and every random number of the device
tree comes from the seed.  Two things this rests on, found by experiment:

- The serial line goes to a pipe, not to a socket.  A socket fills after a few
  hundred characters if the reader is late; the guest then sees a busy UART,
  and its instruction count depends on the host.  A pipe of PIPE_BYTES does not
  fill before the log is longer than is allowed.
- The guest's memory is a file shared with the grader, who reads it at any
  time without disturbing the guest, even after QEMU has gone.
"""

import functools
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import build

PIPE_BYTES = 1 << 20
RAM_START = 0x80000000
TICKS_PER_SECOND = 10_000_000
CLOCK = 0x0200BFF8  # physical: the machine's timer register, in ticks

SECOND_WALL = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"


@dataclass(frozen=True)
class Config:
    """What distinguishes one run from another.  Paths are absolute.

    memory in MiB; shift: an instruction takes 2**shift ns of guest time;
    limit in ms of guest time, told the guest by a boot argument and enforced
    from outside at twice that and a second; image: read-only, loaded as the initial RAM disk; disk: a raw
    image, attached as virtio-blk and written to: the run is then in real time
    and no two are the same, but for what is read and written; writes: a file
    that gets the log of what is written to the disk (grade/store/writelog.py);
    extra: further options.
    interactive: typing is possible, determinism is not.  gdb: waits for GDB
    at the first instruction, in real time.  parallel: harts are threads of
    the host, in real time: stress, not a mark.
    """

    kernel: Path
    append: str = ""
    image: "Path | None" = None
    disk: "Path | None" = None
    writes: "Path | None" = None
    smp: int = 1
    memory: int = 128
    shift: int = 3
    seed: int = 1
    limit: int = 5_000
    interactive: bool = False
    gdb: bool = False
    parallel: bool = False
    extra: tuple = ()

    @property
    def bootargs(self):
        # Most tests must not see objects come in, nor checkpoints by time; one
        # that wants to says preload=0, interval=S, and the first of two counts.
        return " ".join([*self.append.split(), f"limit={self.limit}", f"seed={self.seed}", "preload=1", "interval=0"])


def machine(config):
    """The options that make the machine, without its connections to the host."""
    options = ["-m", f"{config.memory}M", "-smp", str(config.smp), "-display", "none",
               "-nodefaults", "-no-user-config", "-nic", "none", "-no-reboot",
               *_timing(config), "-seed", str(config.seed), "-rtc", _real_time(config),
               "-global", "virtio-mmio.force-legacy=false",
               "-kernel", str(config.kernel), "-append", config.bootargs]
    if config.image:
        options += ["-initrd", str(config.image)]
    if config.disk:
        options += [*_disk(config), "-device", "virtio-blk-device,drive=disk"]
    return [*options, *config.extra]


def _disk(config):
    if not config.writes:
        return ["-drive", f"file={config.disk},if=none,format=raw,id=disk"]
    # Only the guest's power is cut: the host need not bring each flush to its own disk.
    return ["-blockdev", f"driver=file,filename={config.disk},node-name=image,cache.no-flush=on",
            "-blockdev", f"driver=file,filename={config.writes},node-name=writes,cache.no-flush=on",
            "-blockdev", "driver=blklogwrites,node-name=disk,file=image,log=writes,"
            "log-sector-size=512,log-super-update-interval=1"]


def _timing(config):
    """How guest time goes on.  A disk answers when the host does, and a machine
    that counts its instructions waits for that at the wrong time: it skips to
    its next deadline (sleep=off), or rests for good (7.2)."""
    if config.parallel or config.disk:
        return ["-accel", f"tcg,thread={'multi' if config.parallel else 'single'}"]
    sleep = "" if config.interactive or config.gdb else ",sleep=off"
    return ["-icount", f"shift={config.shift}{sleep}"]


def _real_time(config):
    """The clock that a battery keeps: the host's, or always the same."""
    runs_free = config.parallel or config.disk or config.interactive or config.gdb
    return "clock=vm" if runs_free else "base=2026-01-01T00:00:00,clock=vm"


def command(config, ram, serial, monitor, gdb_socket):
    """The command line of a graded run.  ram, serial, monitor: descriptors
    QEMU inherits, ram possibly a path; serial is the writing end of a pipe,
    or a socket if the run is interactive."""
    memory = ram if isinstance(ram, Path) else f"/proc/self/fd/{ram}"
    line = [build.tool("QEMU"), "-M", "virt,memory-backend=ram", *machine(config),
            "-object", f"memory-backend-file,id=ram,size={config.memory}M,mem-path={memory},share=on",
            "-chardev", f"socket,id=monitor,fd={monitor}", "-mon", "chardev=monitor,mode=control"]
    if config.interactive:
        line += ["-chardev", f"socket,id=serial,fd={serial}"]
    else:
        line += ["-add-fd", f"fd={serial},set=1", "-chardev", "file,id=serial,path=/dev/fdset/1,append=on"]
    line += ["-serial", "chardev:serial", *_second_wall()]
    if config.gdb:
        line += ["-chardev", f"socket,id=gdb,path={gdb_socket},server=on,wait=off",
                 "-gdb", "chardev:gdb", "-S"]
    return line


def by_hand(config):
    """A command line for people: the same machine, the serial line here."""
    return [build.tool("QEMU"), "-M", "virt", *machine(config), "-serial", "stdio"]


def _second_wall():
    return ["-sandbox", SECOND_WALL] if _has_sandbox() else []


@functools.cache
def _has_sandbox():
    """Whether this QEMU can filter its own system calls."""
    line = [build.tool("QEMU"), "-M", "none", "-nodefaults", "-no-user-config", "-display", "none",
            "-sandbox", SECOND_WALL, "-qmp", "stdio"]
    quit_now = "\n".join(json.dumps({"execute": name}) for name in ("qmp_capabilities", "quit"))
    done = subprocess.run(line, input=quit_now, capture_output=True, text=True, timeout=60)
    return done.returncode == 0
