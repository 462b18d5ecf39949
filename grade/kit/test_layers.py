"""The order of the rooms and the house rules; and that the checks bite."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import house
import layers
import stubs


@pytest.mark.parametrize("check", layers.CHECKS)
def test_tree_is_in_order(check):
    offences = list(layers.CHECKS[check](ROOT))
    assert not offences, "tools/layers.py says:\n" + "\n".join(offences)


def tree(tmp_path, files):
    """A tree of these files: {path: text}."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path.resolve()


HEADERS = {
    f"kernel/{room}/{room}.h": "#pragma once\n"
    for room in ("abi", "base", "hal", "diag", "lock", "proc", "space", "trap")
}
HEADERS["kernel/arch/riscv64/arch/atomic.h"] = "#pragma once\n"


@pytest.mark.parametrize(
    "where, header, message",
    [
        ("kernel/lock/x.c", "diag/diag.h", None),
        ("kernel/lock/x.c", "lock/lock.h", None),
        ("kernel/lock/x.c", "stddef.h", None),
        ("kernel/hal/x.h", "arch/atomic.h", None),
        ("kernel/arch/riscv64/x.c", "hal/hal.h", None),
        ("kernel/boot/x.c", "trap/trap.h", None),
        ("solutions/03-locks/lock.c", "diag/diag.h", None),
        ("solutions/09-other/other.c", "proc/proc.h", None),
        ("kernel/lock/x.c", "proc/proc.h", "kernel/lock/x.c:1: lock may not include proc/proc.h"),
        ("kernel/proc/x.c", "space/space.h", "proc may not include space/space.h"),
        ("kernel/lock/x.c", "arch/atomic.h", "lock may not include arch/atomic.h"),
        ("kernel/arch/riscv64/x.c", "diag/diag.h", "arch may not include diag/diag.h"),
        ("solutions/03-locks/lock.c", "proc/proc.h", "lock may not include proc/proc.h"),
        ("labs/03-locks/lock.c", "proc/proc.h", "lock may not include proc/proc.h"),
        ("kernel/lock/x.c", "lock/none.h", "includes lock/none.h, which is not there"),
        ("kernel/lock/x.c", "stdio.h", "includes stdio.h, which is not there"),
        ("kernel/attic/x.c", "abi/abi.h", "the room attic has no rank"),
    ],
)
def test_ranks(tmp_path, where, header, message):
    root = tree(tmp_path, {**HEADERS, where: f"#include <{header}>\n"})
    offences = list(layers.check_ranks(root))
    assert len(offences) == (1 if message else 0), offences
    assert not message or message in offences[0]


def test_cycle(tmp_path):
    files = {"kernel/base/a.h": "#include <base/b.h>\n", "kernel/base/b.h": '#include "a.h"\n'}
    offences = list(layers.check_cycles(tree(tmp_path, files)))
    cycle = "kernel/base/a.h -> kernel/base/b.h -> kernel/base/a.h"
    assert offences == [f"kernel/base/a.h:1: include cycle: {cycle}"]


@pytest.mark.parametrize(
    "line, bites",
    [
        ("volatile int x;", True),
        ("_Atomic int x;", True),
        ("__atomic_load_n(&x, 0);", True),
        ("__sync_synchronize();", True),
        ('asm("nop");', True),
        ("/* volatile, and\n * __atomic */", False),
        ("// volatile", False),
        ('print("volatile");', False),
        ("int volatile_x;", False),
    ],
)
def test_words(tmp_path, line, bites):
    root = tree(tmp_path, {"kernel/base/x.c": line, "kernel/arch/riscv64/x.c": line})
    assert bool(list(house.check_words(root))) == bites


@pytest.mark.parametrize(
    "line, bites", [("#if 1", True), ("# ifdef X", True), ("#ifndef X", True), ("#define if 1", False)]
)
def test_conditionals(tmp_path, line, bites):
    root = tree(tmp_path, {"solutions/01-x/x.c": line, "kernel/arch/riscv64/x.c": line})
    assert bool(list(house.check_conditionals(root))) == bites


def c_function(lines):
    return "int f(void)\n{\n" + "\tg();\n" * lines + "}\n"


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("kernel/base/x.c", c_function(40), None),
        ("kernel/base/x.c", c_function(41), "kernel/base/x.c:2: the function has 41 lines"),
        ("kernel/base/x.c", "int x;\n" * 401, "the file has 401 lines"),
        ("kernel/base/x.h", "int x[] = {\n" + "\t1,\n" * 99 + "};\n", None),
        ("tools/x.py", "def f():\n" + "    g()\n" * 40, None),
        ("tools/x.py", "def f():\n" + "    g()\n" * 41, "tools/x.py:1: the function has 41 lines"),
    ],
)
def test_lengths(tmp_path, name, text, message):
    offences = list(house.check_lengths(tree(tmp_path, {name: text})))
    assert len(offences) == (1 if message else 0), offences
    assert not message or message in offences[0]


SOLUTION = "static int h(void) { return 1; }\nint f(int a, long b) { return (int)b + a + h(); }\n"


@pytest.mark.parametrize(
    "stub, message",
    [
        ("int f(int x, long y) { return x + (int)y; }\n", None),
        ("int f(int a, int b) { return a + b; }\n", "does not define int f (int, long int)"),
        ("void *f(int a, long b) { return 0; }\n", "does not define int f (int, long int)"),
        ("int g(void) { return 0; }\n", "does not define int f (int, long int)"),
        ("static int f(int a, long b) { return 0; }\n", "does not define int f (int, long int)"),
        (SOLUTION + "int g(void) { return 0; }\n", "defines int g (void), which the solution does not"),
        ("int f(int a, long b) { return }\n", "does not compile"),
        (None, "labs/01-x has no such file"),
    ],
)
def test_stubs(tmp_path, stub, message):
    files = {"solutions/01-x/x.c": SOLUTION, "labs/01-x/lab.toml": ""}
    if stub:
        files["labs/01-x/x.c"] = stub
    offences = list(stubs.check_stubs(tree(tmp_path, files)))
    assert bool(offences) == bool(message), offences
    assert not message or message in offences[0]
