"""Runs a command where it can do no harm: bubblewrap and resource limits.

Compilers read what strangers wrote, and QEMU executes it.  Both see the
system's programs read-only, the folders they are given, no network and no
other process, and they die with this one.  Where there is no bubblewrap
(macOS, some containers) commands run with the limits alone: good enough for
one's own work, not for a class.  LATCHKEY_SANDBOX=require makes that an
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


def read(path):
    """A path visible inside, read-only, under the same name."""
    return ("--ro-bind", str(path), str(path))


def write(path):
    """A path that may be written inside, under the same name."""
    return ("--bind", str(path), str(path))


def hide(path):
    """A folder that appears empty inside."""
    return ("--tmpfs", str(path)) if os.path.exists(path) else ()


def program(name):
    """Where a program is installed, readable; nothing if the system has it."""
    found = shutil.which(name)
    if not found or str(Path(found).resolve()).startswith(_SYSTEM):
        return ()
    return read(Path(found).resolve().parent.parent)


def wrap(command, mounts, folder="/"):
    """The command line that runs `command` inside, in `folder`.

    `mounts` come from the functions above; a later one covers an earlier one.
    Where there is no sandbox, that is `command` itself.
    """
    if not available():
        return list(command)
    inside = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    inside += ["--setenv", "PATH", os.environ.get("PATH", "/usr/bin:/bin")]
    inside += ["--setenv", "LC_ALL", "C", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for mount in [*map(read, filter(os.path.exists, _SYSTEM)), program(command[0]), *mounts]:
        inside += mount
    return [*inside, "--chdir", str(folder), "--", *command]


def limits(cpu=None, file=None, memory=None):
    """A preexec_fn for subprocess: dies with the parent, and limits for each
    process: seconds of CPU, bytes of one file, bytes of address space."""
    wanted = {resource.RLIMIT_CPU: cpu, resource.RLIMIT_FSIZE: file,
              resource.RLIMIT_AS: memory, resource.RLIMIT_CORE: 0}

    def apply():
        if _libc:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for kind, value in wanted.items():
            if value is not None:
                resource.setrlimit(kind, (value, value))

    return apply
