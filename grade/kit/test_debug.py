"""`make debug`: GDB starts, and its commands for the kernel understand it."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
# The session is the test's own; the objects are those that all tests share.
SHARED = ["OBJ=build/obj-debug", "USER=build/user"]
COMMANDS = [
    "ibreak shell", "continue", "invocation", "caps", "delete",
    "thbreak irqs_wait", "continue", "harts", "ps", "queues", "held", "ktrace 100", "serial 1", "kill",
]


def test_gdb_commands(tmp_path):
    if subprocess.run([ROOT / "tools" / "find", "gdb"], capture_output=True).returncode:
        pytest.skip("no GDB that knows RISC-V; make doctor says what to install")
    environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
    command = ["timeout", "-k", "2", "600", "make", "debug", "DEBUG=1",
               f"BUILD={tmp_path}", *SHARED]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input="\n".join([*COMMANDS, ""]), capture_output=True, text=True
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "shell: OP_CALL 1 (CT_START console), words 0x0, 0x0" in said
    assert "11  CT_START init" in said
    assert "Temporary breakpoint 2, irqs_wait" in said
    assert "hart 0: " in said
    assert "init" in said.split("hart 0: ")[1], "ps names the first process"
    assert "dispatch" in said, "ktrace names events"
    assert "Python Exception" not in said and "Error occurred" not in said
