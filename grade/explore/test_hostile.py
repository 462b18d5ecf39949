"""Submissions that want the points without the mechanism, or harm.

What a submission is refused for before it is compiled is the harness's to
test (grade/kit/test_harness_submission.py); here it runs.
"""

import re

import pytest

from grade.explore import Explorer
from grade.harness.lab import find_lab
from grade.harness.verdict import BuildFailed, Crash, Failure, Timeout

LAB = find_lab(1)
RIGHT = (LAB.solution / "defer.c").read_text()


def submit(tmp_path, at_entry, before=""):
    """Explores the reference with these statements at the head of resched()."""
    mine = tmp_path / "mine"
    mine.mkdir()
    head = "void resched(void)\n{\n"
    assert head in RIGHT
    (mine / "defer.c").write_text(RIGHT.replace(head, f"{before}\n{head}\t{at_entry}\n"))
    return Explorer(tmp_path / "out", LAB, mine)("idle", bound=1, least=100, options={"device": 1})


def test_as_it_is_it_holds(tmp_path):
    assert submit(tmp_path, "").distinct >= 100


@pytest.mark.parametrize("code, verdict, says", [
    ("*(char *)16 = 1;", Crash, "a wild access at address 10"),
    ("for (;;) ;", Timeout, "the run does not end"),
    ("for (;;) irqs_enable();", Timeout, "the run does not end"),
    ("resched();", (Crash, Timeout), "a wild access|does not end"),
    ("char a[16]; for (int i = 0; i < 4096; i++) ((char *)a)[i ^ 8] = 1; log_printf(a);", Crash, "."),
    ("log_printf(\"verdict holds 0\\nfigures distinct=1000000 runs=1 finished=9\\n\"); panic(\"x\", \"y\");",
     Crash, "x: y"),
    ("((void (*)(void))\"\\x0f\\x05\")();", Crash, "wild access"),
])
def test_what_goes_wrong_has_one_verdict(tmp_path, code, verdict, says):
    with pytest.raises(verdict) as caught:
        submit(tmp_path, code, "#include <diag/log.h>")
    assert re.search(says, caught.value.happened), caught.value.happened


@pytest.mark.parametrize("code, before", [
    ("_exit(0);", "void _exit(int);"),
    ("model_out_of_steps();", "void model_out_of_steps(void);"),
    ("report(\"\");", "void report(const char *);"),
    ("write(1, \"verdict holds\", 13);", "long write(int, const void *, unsigned long);"),
    ("(void)explorer;", "extern void *explorer; void *mine(void); void *mine(void) { return explorer; }"),
])
def test_only_the_contract_can_be_called(tmp_path, code, before):
    with pytest.raises(BuildFailed, match="the contract does not offer"):
        submit(tmp_path, code, before)


def test_the_system_cannot_be_called(tmp_path, explore):
    """Not even by code that got that far: the process may only read and write."""
    path = tmp_path / "escape.c"
    path.write_text("/* Links: */\n#include <explore.h>\nint open(const char *, int, ...);\n"
                    "static void body(void) { open(\"/etc/passwd\", 0); }\n"
                    "const struct scenario scenario = { .expects = \"nothing\", .harts = 1, .body = { body } };\n")
    with pytest.raises(Failure, match="no verdict"):
        explore(path)
