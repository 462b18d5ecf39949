"""The build: no warning in any configuration, and what the variables choose."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")


def make(folder, *arguments, cwd=ROOT):
    """Runs make with its products in `folder`; the finished process."""
    environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
    command = ["make", "-j2", f"BUILD={folder}", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


def all_labs():
    return " ".join(str(int(path.name[:2])) for path in sorted((ROOT / "labs").glob("[0-9][0-9]-*")))


@pytest.mark.parametrize("variable", ["DEBUG=", "DEBUG=1", "TRACE=1"])
def test_builds_without_a_warning(tmp_path, variable):
    for lab in ("", all_labs()):
        built = make(tmp_path, "WERROR=1", variable, f"LAB={lab}", "kernel")
        assert built.returncode == 0, built.stdout + built.stderr
        assert "warning" not in built.stderr


def test_user_programs_and_image_build_without_a_warning(tmp_path):
    built = make(tmp_path, "WERROR=1", "user", "image")
    assert built.returncode == 0, built.stdout + built.stderr
    assert "warning" not in built.stderr


# What the variables choose, on a small tree: two mechanisms of one function.

KERNEL = """
int a(void), b(void), c(void), scenario(void);
int start(void);
int start(void) { return a() + b() + c() + scenario(); }
"""
FILES = {
    "kernel/boot/boot.c": KERNEL,
    "kernel/boot/scenario_none.c": "int scenario(void);\nint scenario(void) { return 10; }\n",
    "kernel/lock/discipline/serial.c": "",
    "kernel/lock/discipline/one.c": "",
    "kernel/base/string.c": "",
    "kernel/base/fmt.c": "",
    "kernel/arch/riscv64/kernel.ld": "ENTRY(start) SECTIONS { . = 0x1000; .text : { *(.text*) } }",
    "solutions/01-one/a.c": "int a(void);\nint a(void) { return 11; }\n",
    "labs/01-one/a.c": "int a(void);\nint a(void) { return 12; }\n",
    "solutions/02-two/b.c": "int b(void);\nint b(void) { return 21; }\n",
    "solutions/02-two/c.c": "int c(void);\nint c(void) { return 23; }\n",
    "labs/02-two/b.c": "int b(void);\nint b(void) { return 22; }\n",
    "labs/02-two/c.c": "int c(void);\nint c(void) { return 24; }\n",
    "solutions/02-two/variants/other/b.c": "int b(void);\nint b(void) { return 25; }\n",
    "theirs/b.c": "int b(void);\nint b(void) { return 26; }\n",
    "theirs/c.c": "int c(void);\nint c(void) { return 27; }\n",
    "theirs/a.c": "int a(void);\nint a(void) { return 99; }\n",
    "partly/b.c": "int b(void);\nint b(void) { return 28; }\n",
    "mine.c": "int scenario(void);\nint scenario(void) { return 30; }\n",
}


@pytest.fixture
def small(tmp_path):
    """The Makefile and its parts over a kernel of a few lines."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def chosen(folder, *variables):
    """The constants that ended up in the kernel, sorted: which files it has."""
    built = make("build", *variables, "V=1", "kernel", cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    link = next(line for line in built.stdout.splitlines() if "kernel.elf." in line and ".o" in line)
    return sorted(word for word in link.split() if word.endswith(".o") and "/kernel/base/" not in word)


def names(objects):
    return [path.split("/", 2)[2].removesuffix(".o") for path in objects]


SOLVED_1, SOLVED_2 = "solutions/01-one/a", ["solutions/02-two/b", "solutions/02-two/c"]


@pytest.mark.parametrize(
    "variables, expected",
    [
        ([], [SOLVED_1, *SOLVED_2]),
        (["LAB=1"], ["labs/01-one/a", *SOLVED_2]),
        (["LAB=01"], ["labs/01-one/a", *SOLVED_2]),
        (["LAB=1 2"], ["labs/01-one/a", "labs/02-two/b", "labs/02-two/c"]),
        (["LAB=2", "FROM=theirs"], ["from/b", "from/c", SOLVED_1]),
        (["LAB=2", "FROM=theirs/"], ["from/b", "from/c", SOLVED_1]),
        (["LAB=2", "FROM=solutions"], ["from/b", "from/c", SOLVED_1]),
        (["LAB=2", "FROM=solutions/02-two/variants/other"], ["from/b", SOLVED_1, "solutions/02-two/c"]),
    ],
    ids=lambda value: " ".join(value) if value and "=" in value[0] else "",
)
def test_mechanisms(small, variables, expected):
    found = [name for name in names(chosen(small, *variables)) if not name.startswith("kernel/")]
    assert sorted(found) == sorted(expected)


def test_scenario_takes_the_place_of_none(small):
    found = names(chosen(small, "SCENARIO=mine.c"))
    assert "scenario/mine" in found and "kernel/boot/scenario_none" not in found
    assert "kernel/boot/scenario_none" in names(chosen(small))


def test_one_discipline_is_linked(small):
    def disciplines(*variables):
        return [name for name in names(chosen(small, *variables)) if name.startswith("kernel/lock/discipline/")]

    assert disciplines() == ["kernel/lock/discipline/serial"]
    assert disciplines("LOCKS=one") == ["kernel/lock/discipline/one"]


@pytest.mark.parametrize(
    "variables, message",
    [
        (["LAB=9"], "there is no lab 09; there are: 01-one 02-two"),
        (["FROM=theirs"], "FROM=theirs needs LAB= with one lab"),
        (["LAB=1 2", "FROM=theirs"], "FROM=theirs needs LAB= with one lab"),
        (["LAB=2", "FROM=partly"], "FROM=partly lacks c.c"),
        (["LOCKS=two"], "there is no two; there are: one serial"),
    ],
)
def test_mistakes(small, variables, message):
    built = make("build", *variables, "kernel", cwd=small)
    assert built.returncode == 2
    assert message in built.stderr


def linked(small, *variables):
    """Whether make with these variables linked a kernel."""
    built = make("build", *variables, "kernel", cwd=small)
    assert built.returncode == 0, built.stdout + built.stderr
    return "LINK" in built.stdout


def test_rebuilds_when_and_only_when_something_changed(small):
    assert linked(small)
    assert not linked(small)
    assert linked(small, "LAB=1")
    assert not linked(small), "configurations do not overwrite each other"
    assert linked(small, "OUT=build/here")
    assert linked(small, "OUT=build/here", "LAB=2", "FROM=theirs")
    assert linked(small, "OUT=build/here", "LAB=2", "FROM=solutions")
    assert linked(small, "OUT=build/here", "SCENARIO=mine.c")
    assert not linked(small, "OUT=build/here", "SCENARIO=mine.c")
    assert linked(small, "OUT=build/here", "SCENARIO=mine.c", "LOCKS=one")
    (small / "solutions/01-one/a.c").write_text("int a(void);\nint a(void) { return 13; }\n")
    assert linked(small)
