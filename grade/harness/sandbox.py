"""Runs a command where it can do no harm: bubblewrap and resource limits.

Compilers read what strangers wrote, and QEMU executes it.  Both see the
system's programs read-only, the folders they are given, no network, no other
process; they die with this one.  Where there is no bubblewrap (macOS, some
containers) commands run as they are, with the limits alone: good enough for
one's own work, not for a class.  LATCHKEY_SANDBOX=require turns that into an
infrastructure failure, LATCHKEY_SANDBOX=off does without on purpose.
"""

import ctypes
import functools
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from .verdict import Infrastructure

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store",
           "/etc/alternatives", "/etc/ld.so.cache")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@functools.cache
def available():
    """Whether bubblewrap is here and works.  Infrastructure: it is required
    and does not."""
    wish = os.environ.get("LATCHKEY_SANDBOX", "auto")
    works = wish != "off" and _works()
    if wish == "require" and not works:
        raise Infrastructure("bubblewrap does not work here, and LATCHKEY_SANDBOX=require",
                             hint="install bubblewrap and allow unprivileged user namespaces")
    return works


def _works():
    if not shutil.which("bwrap"):
        return False
    probe = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "true"]
    return subprocess.run(probe, capture_output=True, timeout=60).returncode == 0


def wrap(command, read=(), write=(), hide=(), folder="/"):
    """The command line that runs `command` in the sandbox, in `folder`.

    read, write: paths visible inside, under the same names; hide: folders
    inside `read` that appear empty.  Later groups cover earlier ones, so a
    folder to write may lie in a hidden one.  Without a sandbox, `command`.
    """
    if not available():
        return list(command)
    inside = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
              "--setenv", "PATH", os.environ.get("PATH", "/usr/bin:/bin"), "--setenv", "LC_ALL", "C",
              "--setenv", "TERM", "dumb",
              "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in [*filter(os.path.exists, _SYSTEM), *_beside(command[0]), *read]:
        inside += ["--ro-bind", str(path), str(path)]
    for path in filter(os.path.exists, hide):
        inside += ["--tmpfs", str(path)]
    for path in write:
        inside += ["--bind", str(path), str(path)]
    return [*inside, "--chdir", str(folder), "--", *command]


def _beside(program):
    """The installation a program outside the system folders belongs to."""
    found = shutil.which(program)
    if not found or str(Path(found).resolve()).startswith(_SYSTEM):
        return []
    return [Path(found).resolve().parent.parent]


def limits(cpu=None, file=None, memory=None):
    """A preexec_fn: dies with the parent, and limits of CPU seconds, bytes of
    one file and bytes of address space for each process."""
    wanted = ((resource.RLIMIT_CPU, cpu), (resource.RLIMIT_FSIZE, file), (resource.RLIMIT_AS, memory),
              (resource.RLIMIT_CORE, 0))

    def apply():
        if _libc:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for kind, value in wanted:
            if value is not None:
                resource.setrlimit(kind, (value, value))

    return apply
