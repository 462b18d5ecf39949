"""A run that is killed goes on where it was, and starts over in another tree."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grade.resume import Journal

ROOT = Path(__file__).resolve().parents[2]

# Each test writes down that it ran.  Number 5 ends the process that collects
# the results, as long as there is a file `kill`; numbers 2 and 7 fail.
TESTS = """
import os, signal, sys
from pathlib import Path
import pytest

@pytest.mark.parametrize("n", range(10))
def test(n):
    with open("build/ran", "a") as file:
        file.write(f"{n}\\n")
    if n == 5 and os.path.exists("build/kill"):
        os.unlink("build/kill")
        os.kill(os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid(), signal.SIGKILL)
        signal.pause()
    assert n not in (2, 7), f"number {n} is wrong"
"""


class Tiny:
    """A tree of ten tests."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "build").mkdir()
        (folder / "grade").mkdir()
        shutil.copy(ROOT / "grade" / "resume.py", folder / "grade")
        (folder / "conftest.py").write_text('pytest_plugins = ["grade.resume"]\n')
        (folder / "test_tiny.py").write_text(TESTS)

    def run(self, *arguments):
        """(exit status, what was printed, the numbers that ran)."""
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--resume", "build/results",
                   *arguments]
        ours = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        done = subprocess.run(command, cwd=self.folder, env=ours, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr, self._ran()

    def _ran(self):
        path = self.folder / "build" / "ran"
        numbers = sorted(map(int, path.read_text().split())) if path.exists() else []
        path.unlink(missing_ok=True)
        return numbers

    def run_killed(self, *arguments):
        """What ran before the run was killed."""
        (self.folder / "build" / "kill").touch()
        status, said, ran = self.run(*arguments)
        assert status == -signal.SIGKILL, said
        return ran


@pytest.fixture
def tiny(tmp_path):
    return Tiny(tmp_path)


@pytest.mark.parametrize("jobs", [(), ("-n", "2")], ids=["alone", "two-workers"])
def test_a_killed_run_goes_on_where_it_was(tiny, jobs):
    before = tiny.run_killed(*jobs)
    finished = (tiny.folder / "build" / "results").read_text().count('"outcome"')
    status, said, after = tiny.run(*jobs)
    assert status == 1
    assert 5 in before and 5 in after, "what was under way has no result"
    assert set(before) | set(after) == set(range(10))
    assert len(after) == 10 - finished, "what has a result is not run again"
    assert f"{finished} tests were finished before, {10 - finished} are left" in said
    assert "10 of 10 tests, 2 failed" in said
    assert "8 passed, 2 failed" in said


def test_the_summary_has_the_failures_of_all_runs(tiny):
    tiny.run_killed()
    status, said, _ = tiny.run()
    earlier, now = said.index("number 2 is wrong"), said.index("number 7 is wrong")
    assert now < said.index("failures of earlier runs") < earlier
    assert "FAILED test_tiny.py::test[2]\nFAILED test_tiny.py::test[7]" in said
    status, said, ran = tiny.run()
    assert (status, ran) == (1, []), "all is done, and not all is well"
    assert "number 2 is wrong" in said and "number 7 is wrong" in said


def test_a_line_cut_off_is_no_result(tiny):
    tiny.run_killed()
    path = tiny.folder / "build" / "results"
    path.write_text(path.read_text()[:-3])
    assert 4 in tiny.run()[2]
    assert tiny.run()[2] == []


def test_all_well(tiny):
    assert tiny.run("-k", "not 2 and not 7")[0] == 0
    status, said, ran = tiny.run("-k", "not 2 and not 7")
    assert (status, ran) == (0, []), said
    assert "8 passed in" in said


@pytest.mark.parametrize("git", [False, True])
def test_a_changed_tree_starts_over(tiny, git):
    if git:
        (tiny.folder / ".gitignore").write_text("build\n__pycache__\n")
        subprocess.run(["git", "init", "-q"], cwd=tiny.folder, check=True)
    tiny.run_killed()
    (tiny.folder / "new.c").write_text("int new;\n")
    assert tiny.run()[2] == list(range(10))
    assert tiny.run()[2] == []
    (tiny.folder / "new.c").write_text("int old;\n")
    assert tiny.run()[2] == list(range(10))
    (tiny.folder / "build" / "product").write_text("built\n")
    assert tiny.run()[2] == []


def test_fresh_starts_over(tiny):
    tiny.run_killed()
    assert tiny.run("--fresh")[2] == list(range(10))


@pytest.mark.parametrize("jobs", [(), ("-n", "2")], ids=["alone", "two-workers"])
def test_a_tree_that_changes_on_the_way_ends_the_run(tiny, jobs):
    changing = TESTS.replace("assert n", "Path(f'new{n}').touch() if n == 5 else None\n    assert n")
    (tiny.folder / "test_tiny.py").write_text(changing)
    status, said, _ = tiny.run(*jobs)
    assert status == 2, said
    assert "the tree has changed" in said
    assert "test[5]" not in (tiny.folder / "build" / "results").read_text()


def test_two_runs_do_not_write_to_one_file(tiny):
    first = Journal(tiny.folder / "build" / "results", "tree")
    status, said, ran = tiny.run()
    assert (status, ran) == (4, []), said
    assert "another run is under way" in said
    assert first.results == {}
