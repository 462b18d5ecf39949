"""A QEMU machine: started, listened to, looked into from outside, ended.

The process is its own group in the sandbox, is killed when the machine is
closed, and dies with the grader.  Its memory can be read at any time, also
when it is gone: by physical address, by address in the kernel's direct map,
or by the name of a variable (`elf`).
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from fcntl import fcntl
from functools import lru_cache
from pathlib import Path

import pexpect
from pexpect.fdpexpect import fdspawn

from . import build, outcome, places, qemu, sandbox
from .elf import Elf
from .outcome import Log
from .qmp import Qmp
from .verdict import Crash, Failure, Infrastructure, Timeout, Wrong
from .watchdog import BACKSTOP, Watchdog

DIRECT_MAP = 0xFFFFFFC000000000  # virtual address of physical zero
LOG_BYTES = qemu.PIPE_BYTES
CPU_SECONDS = 7200  # ends what was left over, in the end
_SLICE = 1.0  # seconds between two looks of the watchdog
_F_SETPIPE_SZ = 1031

_elf = lru_cache(maxsize=16)(Elf)


class Machine:
    """One run.  Starts at once; use as a context manager, or close it."""

    def __init__(self, config, artefacts, live=None, backstop=BACKSTOP):
        """live: a text stream that gets the serial line too, as it comes."""
        self.config, self.artefacts = config, artefacts
        artefacts.record(config)
        # A socket's path must be short, and the artefacts' may not be.
        self._meeting = Path(tempfile.mkdtemp(prefix="latchkey-")) if config.gdb else None
        self._ram, ram = _memory(config.memory, artefacts.folder)
        self._serial, theirs = _line(config.interactive)
        ours, monitor = socket.socketpair()
        self.monitor = Qmp(ours)
        self._log = _Tee(artefacts.serial, live)
        self._spawn = fdspawn(self._serial, encoding="utf-8", codec_errors="replace", maxread=65536)
        self._spawn.delaybeforesend = None
        self._spawn.logfile_read = self._log
        line = qemu.command(config, ram, theirs, monitor.fileno(), self._gdb_socket)
        self._process = self._start(line, (theirs, monitor.fileno(), self._ram))
        monitor.close()
        os.close(theirs)
        self._watchdog = Watchdog(self.monitor, config.limit, backstop)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def _gdb_socket(self):
        return self._meeting and self._meeting / "gdb"

    def _start(self, line, inherited):
        config = self.config
        mounts = [sandbox.program(line[0]), sandbox.read(config.kernel),
                  sandbox.write(self.artefacts.folder)]
        if self._meeting:
            mounts.append(sandbox.write(self._meeting))
        if config.image:
            mounts.append(sandbox.read(config.image))
        if config.disk:
            mounts.append(sandbox.write(config.disk))
        if config.writes:
            config.writes.write_bytes(b"")  # QEMU wants it to be there, and empty
            mounts.append(sandbox.write(config.writes))
        with open(self.artefacts.complaints, "w") as complaints:
            return subprocess.Popen(
                sandbox.wrap(line, mounts), pass_fds=inherited, stdin=subprocess.DEVNULL,
                stdout=complaints, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=sandbox.limits(CPU_SECONDS, file=1 << 30))

    # Listening and typing.

    @property
    def text(self):
        """What was read from the serial line so far."""
        return self._log.text

    def expect(self, pattern):
        """Waits for a pattern on the serial line and gives its match.  Timeout
        and others as `finish`; Wrong: the machine ended without it."""
        if self._listen(pattern):
            return self._spawn.match
        self._judge(expected=outcome.DONE)
        raise Wrong(f"{pattern!r} on the serial line", "the machine ended without it",
                    log=self.artefacts.serial)

    def send(self, text):
        """Types.  The machine must have been started as interactive."""
        if not self.config.interactive:
            raise Infrastructure("this test types, but its machine is not interactive")
        self._spawn.send(text)

    def finish(self, status=outcome.DONE):
        """Waits for the end and gives the Log.

        Raises, unless the exit status is `status`: Crash, BootFailed, Timeout,
        Wrong (the guest's own tests failed), Infrastructure.
        """
        while self._listen(None):
            pass
        return self._judge(status)

    def _listen(self, pattern):
        """Reads until the pattern (true) or the end of the line (false)."""
        wanted = [pexpect.EOF, pexpect.TIMEOUT, *([pattern] if pattern else [])]
        while True:
            try:
                found = self._spawn.expect(wanted, timeout=_SLICE)
                if found == 1:
                    self._watchdog.look()
            except ConnectionResetError:
                found = 0
            except (_TooLong, Timeout, Infrastructure) as failure:
                self.kill()
                raise self._explained(failure) from None
            if found != 1:
                return found == 2

    def _explained(self, failure):
        if isinstance(failure, _TooLong):
            failure = Crash(f"at most {LOG_BYTES} bytes on the serial line", "it printed more")
        failure.log = str(self.artefacts.serial)
        return failure

    def _judge(self, expected):
        try:
            status = self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Infrastructure("QEMU closed the serial line and did not exit") from None
        if sandbox.available() and status > 128:
            status = 128 - status  # bubblewrap's way to say: by a signal
        log = Log(self.text, status, self.artefacts.serial)
        complaints = self.artefacts.complaints.read_text(errors="replace")
        # A guest that is done soon may end QEMU before it gets to greet.
        started = bool(log.text) or self.monitor.greeted()
        try:
            outcome.judge(log, self.config.limit, started, complaints, expected)
        except Failure as failure:
            failure.happened = self._in_words(failure.happened)
            raise
        return log

    def _in_words(self, text):
        return places.in_words(text, _elf(self.config.kernel), self.config.kernel, self.symbol)

    # Looking in from outside.

    def read(self, address, size):
        """Bytes of memory, at a physical address or one in the direct map.
        Wrong: there is no memory there."""
        return os.pread(self._ram, size, self._offset(address, size))

    def write(self, address, data):
        """Changes bytes of memory, behind the guest's back.  Wrong: as read."""
        os.pwrite(self._ram, data, self._offset(address, len(data)))

    def _offset(self, address, size):
        start = _physical(address) - qemu.RAM_START
        if start < 0 or start + size > self.config.memory << 20:
            raise Wrong("an address in memory", f"{size} bytes at {address:#x}")
        return start

    def ramdisk(self):
        """The bytes of the RAM disk, as the guest has written them by now: the
        boot image, if the kernel wrote nothing."""
        return self.read(self.symbol("platform.initrd_start.raw"), self.symbol("platform.initrd_size"))

    def device(self, address, size=4):
        """A register of a device at a physical address, while QEMU runs."""
        return self.monitor.read_word(address, size)

    def address(self, path):
        """Where a variable or part of one stands, e.g. `harts[0].pending`."""
        return self._place(path).address

    def symbol(self, path):
        """The value of a variable or part of one: a number or bool, a list for
        an array, a dict for a struct.  elf.NoSymbol: there is none."""
        place = self._place(path)
        return _elf(self.config.kernel).value(place.type, self.read(place.address, place.size))

    def _place(self, path):
        def pointer(address):
            return int.from_bytes(self.read(address, 8), "little")

        return _elf(self.config.kernel).place(path, pointer)

    def gdb(self, script, timeout=120):
        """Runs GDB commands against the machine, stopped at its first
        instruction, then detaches; gives what GDB printed."""
        if not self.config.gdb:
            raise Infrastructure("this test uses GDB, but its machine was not started for it")
        commands = self.artefacts.folder / "commands.gdb"
        commands.write_text(f"set architecture riscv:rv64\ntarget remote {self._gdb_socket}\n"
                            f"{script}\ndetach\n")
        line = [build.tool("GDB"), "-batch", "-nx", "-iex", "set auto-load off", "-x", str(commands),
                str(self.config.kernel)]
        mounts = [sandbox.program(line[0]), sandbox.read(self.config.kernel),
                  sandbox.read(self.artefacts.folder), sandbox.write(self._meeting)]
        if not self.monitor.greeted():
            raise Infrastructure("QEMU did not start", log=self.artefacts.complaints)
        try:
            done = subprocess.run(sandbox.wrap(line, mounts), capture_output=True, text=True,
                                  errors="replace", timeout=timeout, preexec_fn=sandbox.limits())
        except subprocess.TimeoutExpired as error:
            raise Timeout(f"GDB to be done within {timeout} s", "it was not",
                          log=self.artefacts.serial) from error
        (self.artefacts.folder / "gdb.log").write_text(done.stdout + done.stderr)
        return done.stdout

    # Ending.

    @property
    def pid(self):
        return self._process.pid

    def kill(self):
        """Ends QEMU at once, as if its plug was pulled.  When this returns it
        is gone; its memory, its disk and what it printed stay.

        Not before it is up, though: bubblewrap's inner process is bound to
        the outer one only a moment after it began, and would outlive it.
        """
        self.monitor.greeted()
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        with contextlib.suppress(pexpect.TIMEOUT, ConnectionResetError, _TooLong):
            self._spawn.expect(pexpect.EOF, timeout=30)  # the end of its last process

    def close(self):
        """Ends QEMU and frees everything; may be called twice."""
        if self._log.closed:
            return
        self.kill()
        self.monitor.close()
        os.close(self._serial)
        os.close(self._ram)
        self._log.close()
        (self.artefacts.folder / "ram").unlink(missing_ok=True)
        if self._meeting:
            shutil.rmtree(self._meeting, ignore_errors=True)


class _TooLong(Exception):
    pass


class _Tee:
    """Keeps what is read: in memory, in the file, on the live stream."""

    def __init__(self, path, live):
        self._file, self._live = open(path, "w", encoding="utf-8", newline=""), live
        self._parts, self._length = [], 0

    @property
    def text(self):
        return "".join(self._parts)

    @property
    def closed(self):
        return self._file.closed

    def write(self, text):
        self._parts.append(text)
        self._length += len(text)
        self._file.write(text)
        if self._live:
            self._live.write(text.replace("\x1b", "^["))
        if self._length > LOG_BYTES:
            raise _TooLong

    def flush(self):
        self._file.flush()
        if self._live:
            self._live.flush()

    def close(self):
        self._file.close()


def _physical(address):
    return address - DIRECT_MAP if address >= DIRECT_MAP else address


def _memory(mebibytes, folder):
    """(descriptor, what QEMU is told) of the guest's memory."""
    if hasattr(os, "memfd_create"):
        told = fd = os.memfd_create("latchkey-ram", 0)
    else:
        told = folder / "ram"
        fd = os.open(told, os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(fd, mebibytes << 20)
    return fd, told


def _line(interactive):
    """(our end, QEMU's end) of the serial line."""
    if interactive:
        ours, theirs = socket.socketpair()
        return ours.detach(), theirs.detach()
    ours, theirs = os.pipe()
    try:
        fcntl(theirs, _F_SETPIPE_SZ, qemu.PIPE_BYTES)
    except OSError:
        pass  # the usual 64 KiB, where larger pipes are not granted
    return ours, theirs
