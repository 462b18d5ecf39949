"""The set-up: what it installs, and what it says where it may not."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
PLAIN = "sh dirname uname mktemp id tail cat grep env sed rm chmod printf".split()


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def bare(tmp_path):
    """A folder to be the whole PATH: plain tools, no compiler, no emulator."""
    for name in PLAIN:
        (tmp_path / name).symlink_to(shutil.which(name))
    for name in ("gdb", "cc", "bwrap", "spin"):
        script(tmp_path / name, 'echo "is set to"')
    script(tmp_path / "python3", "exit 0")
    script(tmp_path / "sudo", "exit 1")
    return tmp_path


def run(path, *command):
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True)


SYSTEMS = [
    ("debian", ["sudo apt-get install", "gcc-riscv64-unknown-elf", "qemu-system-misc", "python3-pexpect"]),
    ("fedora", ["sudo dnf install", "gcc-riscv64-linux-gnu", "qemu-system-riscv-core", "python3-pexpect"]),
    ("arch", ["sudo pacman -S", "riscv64-elf-gcc", "qemu-system-riscv", "python-pexpect"]),
    ("macos", ["brew install", "riscv64-elf-gcc", "qemu", "pip install", "pexpect"]),
    ("nix", ["nix-shell -p", "riscv64-embedded", "qemu", "pexpect"]),
]


@pytest.mark.parametrize("system, expected", SYSTEMS, ids=[system for system, _ in SYSTEMS])
def test_advice_names_the_packages(bare, system, expected):
    needs = "compiler emulator python"
    shell = f". {TOOLS}/packages.sh; this_system() {{ echo {system}; }}; install_advice {needs}"
    advice = run(bare, "sh", "-c", shell).stdout
    assert all(text in advice for text in expected), advice


def test_advice_for_every_system_where_it_is_none_of_them(bare):
    shell = f". {TOOLS}/packages.sh; this_system() {{ :; }}; install_advice compiler"
    advice = run(bare, "sh", "-c", shell).stdout
    names = [line.split(":")[0].strip() for line in advice.splitlines()]
    assert names == ["Debian, Ubuntu", "Fedora", "Arch", "macOS", "Nix"]


@pytest.mark.parametrize("vendor", ["unknown-elf", "elf", "linux-gnu", "none-elf"])
def test_any_compiler_prefix(bare, vendor):
    script(bare / f"riscv64-{vendor}-gcc", "exit 0")
    assert run(bare, TOOLS / "find", "cross").stdout == f"riscv64-{vendor}-\n"


def test_compiler_that_does_not_know_the_extensions(bare):
    script(bare / "old-gcc", "exit 1")
    assert run(bare, TOOLS / "find", "march", "old-gcc").stdout == "-march=rv64imac -Wa,-misa-spec=2.2\n"


def test_missing_tool_is_said(bare):
    found = run(bare, TOOLS / "find", "cross")
    assert (found.returncode, found.stdout) == (1, "")
    assert "no RISC-V compiler found" in found.stderr


def test_setup_without_rights_says_what_to_type(bare):
    script(bare / "id", "echo 1000")
    done = run(bare, TOOLS / "setup", "--install")
    assert done.returncode == 1
    assert "missing a RISC-V compiler" in done.stderr
    assert "missing qemu-system-riscv64" in done.stderr
    assert "To install what is missing:" in done.stderr


def test_missing_debugger_alone_is_a_warning(bare):
    for name in ("riscv64-elf-gcc", "qemu-system-riscv64"):
        script(bare / name, "exit 0")
    (bare / "gdb").unlink()
    script(bare / "id", "echo 1000")
    done = run(bare, TOOLS / "setup", "--install")
    assert done.returncode == 0
    assert "warning: missing a GDB" in done.stderr


def test_setup_as_root_installs_by_apt(bare):
    script(bare / "id", "echo 0")
    log = bare / "apt.log"
    script(
        bare / "apt-get",
        f'echo "$@" >>{log}\n'
        f'case "$*" in\n'
        f"*gcc-riscv64*) printf '#!/bin/sh\\n' >{bare}/riscv64-unknown-elf-gcc ;;\n"
        f"*qemu*) printf '#!/bin/sh\\n' >{bare}/qemu-system-riscv64 ;;\n"
        f"esac\n"
        f"chmod -f +x {bare}/riscv64* {bare}/qemu*; true",
    )
    done = run(bare, TOOLS / "setup", "--install")
    assert done.returncode == 0, done.stderr
    installed = [line.split()[-1] for line in log.read_text().splitlines() if "install" in line]
    assert installed == ["gcc-riscv64-unknown-elf", "qemu-system-misc", "opensbi"]


def test_setup_says_nothing_where_all_is_there():
    done = subprocess.run([TOOLS / "setup"], env=dict(os.environ), capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
