"""The grader of lab 1, graded: the solution gets all points, the stub none and
each test by name, and each variant fails the test named for it in lab.toml."""

import json
import subprocess
import sys

import pytest

from grade.harness.lab import ROOT, find_lab

LAB = find_lab(1)
ENTRIES = {test.id: test.points for test in LAB.tests}


def grade(folder, tmp_path):
    """Grades one folder on its own, and gives the results."""
    out = tmp_path / "results.json"
    done = subprocess.run(
        [sys.executable, "-m", "grade.harness", "grade", "--lab", "1", "--from", str(folder),
         "--work", str(tmp_path / "work"), "--out", str(out), "--jobs", "1"],
        cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(out.read_text())
    return results, {test["id"]: test for test in results["tests"]}


def test_points_add_up():
    assert sum(ENTRIES.values()) == 100


@pytest.mark.parametrize("again", (1, 2))
def test_solution_gets_all_points(tmp_path, again):
    """Twice, beside whatever else is running: the same mark."""
    results, tests = grade("solutions", tmp_path)
    assert results["score"] == results["max"] == 100
    assert {test["verdict"] for test in tests.values()} == {"pass"}


def test_stub_gets_none_and_says_what_is_to_be_written(tmp_path):
    results, tests = grade(LAB.folder, tmp_path)
    assert results["score"] == 0
    for name in ENTRIES:
        assert tests[name]["points"] == 0
        assert "lab 1: resched is yours to write" in tests[name]["message"]


@pytest.mark.parametrize("variant", sorted(LAB.variants))
def test_variant_is_caught_by_the_test_named_for_it(tmp_path, variant):
    _, tests = grade(LAB.solution / "variants" / variant, tmp_path)
    caught = tests[LAB.variants[variant]]
    assert caught["points"] == 0
    assert caught["verdict"] in ("wrong", "crash", "timeout"), caught
    assert caught["message"] and caught["replay"] == f"make replay T={caught['id']}"


def test_every_variant_is_named():
    folders = {path.name for path in (LAB.solution / "variants").iterdir()}
    assert folders == set(LAB.variants)


PRINTS_ONLY = """
#include <dev/line.h>
#include <hal/upcall.h>
#include <trap/defer.h>

/* Ends the machine as a passing run would, and prints what one prints. */
static void pretend(void)
{
	static const char text[] = "KTAP version 1\\n1..1\\nok 1 all\\n";
	for (const char *s = text; *s; s++)
		*(volatile char *)0xffffffc010000000ul = *s;
	*(volatile unsigned *)0xffffffc000100000ul = 0x5555;
	for (;;)
		;
}

void irq_arrived(u64 cause, bool from_user) { (void)cause; (void)from_user; pretend(); }
void return_to_user(void) { pretend(); __builtin_unreachable(); }
void irq_line_wait(u32 line) { (void)line; pretend(); }
void irq_line_deliver(u32 line) { (void)line; pretend(); }
void resched(void) { pretend(); __builtin_unreachable(); }
"""


def test_printing_the_expected_text_gets_no_points(tmp_path):
    folder = tmp_path / "liar"
    folder.mkdir()
    (folder / "defer.c").write_text(PRINTS_ONLY)
    results, _ = grade(folder, tmp_path)
    assert results["score"] == 0
