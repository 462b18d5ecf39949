"""A small tree to grade in: the harness itself, a Makefile, one lab, and a
`kernel` of a few lines that calls the submission."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from grade.harness.build import tool
from grade.kit.harness_guest import PRELUDE, flags

ROOT = Path(__file__).resolve().parents[2]

MAKEFILE = """
CROSS = @CROSS@
MARCH = @MARCH@
QEMU = @QEMU@
.PHONY: kernel
print-%: ; @echo $($*)
kernel:
	mkdir -p $(OUT)/from
	$(CROSS)gcc $(FLAGS) -Ikernel -c $(FROM)/defer.c -o $(OUT)/from/defer.o
	$(CROSS)gcc $(FLAGS) kernel/start.S $(SCENARIO) $(OUT)/from/defer.o -o $(OUT)/kernel.elf
FLAGS = @FLAGS@ -O1
"""

# Prints, asks the submission, and leaves evidence.
SCENARIO = """
int two(void);
void panic(int status);
void put(const char *s) { for (; *s; s++) *(volatile char *)0x10000000 = *s; }
void panic(int status)
{
	if (status == 101)
		put("panic: hart 0: lab 1: two is yours to write\\n");
	*(volatile int *)0x100000 = status << 16 | 0x3333;
	for (;;)
		;
}
unsigned long asked, answered;
void main(void)
{
	put("latchkey: up\\nKTAP version 1\\n1..1\\n");
	asked = 7;
	answered = two();
	put(answered == 2 ? "ok 1 two\\n" : "# expected: 2\\n# happened: not 2\\nnot ok 1 two\\n");
	panic(answered == 2 ? 0 : 100);
}
"""

START = PRELUDE + "\tla sp, stack\n\tcall main\n\t.bss\n\t.skip 4096\nstack:\n\t.skip 8\n"

LAB = """
number = 1
title = "Two"
files = ["defer.c"]
symbols = ["panic"]
[[tests]]
id = "lab1.two"
points = 10
title = "it is two"
[[tests]]
id = "lab1.cases"
points = 5
title = "in all cases"
"""

TESTS = """
import os
import pytest
from grade.harness import expect_equal, require

@pytest.mark.points(10, id="lab1.two", hint="one and one", where="handouts/lab01.md#two")
def test_two(boot):
    machine = boot(scenario="scenario.c", limit=200)
    require(machine.finish(), plan=1, names=["two"])
    expect_equal("the answer", machine.symbol("answered"), 2, look="two")
    expect_equal("the question", machine.symbol("asked"), 7)

@pytest.mark.points(5, id="lab1.cases")
@pytest.mark.parametrize("case", range(3))
def test_cases(boot, case):
    @CASES@
    machine = boot(scenario="scenario.c", debug=False, seed=case, limit=200)
    machine.finish()
    assert machine.symbol("answered") == 2
"""

STUB = "void panic(int);\nint two(void)\n{\n\tpanic(101);\n\treturn 0;\n}\n"
SOLUTION = "int two(void);\nint two(void)\n{\n\treturn 2;\n}\n"


def fill(text, **values):
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


class Tree:
    """The tree in `folder`; `cases` is a line run in each parametrised case."""

    def __init__(self, folder, cases="pass"):
        self.folder = folder
        (folder / "grade" / "lab01").mkdir(parents=True)
        for name in ("__init__.py", "conftest.py", "pytest.ini", "resume.py"):
            shutil.copy(ROOT / "grade" / name, folder / "grade")
        for name in ("harness", "explore"):
            shutil.copytree(ROOT / "grade" / name, folder / "grade" / name,
                            ignore=shutil.ignore_patterns("__pycache__", "test_*"))
        self.write("tools/variant.py", (ROOT / "tools" / "variant.py").read_text())
        self.write("Makefile", fill(MAKEFILE, FLAGS=" ".join(flags()),
                                    **{name: tool(name) for name in ("CROSS", "MARCH", "QEMU")}))
        self.write("kernel/start.S", START)
        self.write("labs/01-two/lab.toml", LAB)
        self.write("labs/01-two/defer.c", STUB)
        self.write("solutions/01-two/defer.c", SOLUTION)
        self.write("grade/lab01/scenario.c", SCENARIO)
        self.write("grade/lab01/test_two.py", fill(TESTS, CASES=cases))

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *arguments, **environment):
        """The finished process of `python -m grade.harness ...`."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LATCHKEY_", "PYTEST_"))}
        return subprocess.run([sys.executable, "-m", "grade.harness", *arguments], cwd=self.folder,
                              env={**inherited, "CI": "true", **environment}, timeout=300,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def grade(self, *arguments, jobs=1, **environment):
        """(finished process, results.json) of grading lab 1."""
        done = self.run("grade", "--lab", "1", "--jobs", str(jobs), *arguments, **environment)
        path = self.folder / "build" / "grade" / "lab01" / "results.json"
        return done, json.loads(path.read_text()) if path.exists() else None
