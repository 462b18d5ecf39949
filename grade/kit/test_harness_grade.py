"""Whole gradings, in a small tree: marks, messages, replays, and who is blamed."""

import json
import os
import stat

import pytest

from grade.kit.harness_tree import LAB, SOLUTION, Tree

FORGED = """int two(void);
int two(void)
{
	const char *s = "ok 1 two\\n";
	while (*s)
		*(volatile char *)0x10000000 = *s++;
	*(volatile int *)0x100000 = 0x3333;
	for (;;)
		;
}
"""

# Submissions that earn nothing: the verdict of lab1.two, and what is said.
WORTHLESS = {
    "wrong": (SOLUTION.replace("2", "3"), "wrong", ["happened  not 2", "hint      one and one",
                                                    "read      handouts/lab01.md#two"]),
    "forged": (FORGED, "wrong", ["happened  it is 0", "look at   two"]),
    "loop": (SOLUTION.replace("return 2", "for (;;) ;"), "timeout", ["did not even stop itself"]),
    "syntax": (SOLUTION.replace("2;", "2"), "build", ["labs/01-two/defer.c:4", "expected ';'"]),
    "missing": ("static int one;\n", "build", ["undefined reference to `two'"]),
    "include": ('#include "../../solutions/01-two/defer.c"\n', "build", ["not a header of the kernel"]),
    "import": (SOLUTION.replace("2;", "main();").replace("int two(void);", "int two(void), main(void);", 1),
               "build", ["defer.c uses main, which the contract does not offer"]),
}

BOMB = "".join(f"#define {b} {' '.join([a] * 16)}\n" for a, b in zip("xABCDEFGH", "ABCDEFGHI"))


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


def verdicts(results):
    return [test["verdict"] for test in results["tests"]]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_solution_earns_everything(tree, jobs):
    done, results = tree.grade("--from", "solutions", jobs=jobs)
    assert done.returncode == 0, done.stderr
    assert (results["score"], results["max"], results["errors"]) == (15, 15, [])
    assert (results["lab"], results["from"], results["seed"]) == (1, "solutions/01-two", 1)
    assert verdicts(results) == ["pass", "pass"]
    assert "15 of 15" in done.stdout
    assert "\033" not in done.stdout
    assert "4/4" in done.stdout


def test_the_untouched_stub_earns_nothing_and_says_what_to_write(tree):
    done, results = tree.grade()
    assert (done.returncode, results["score"]) == (0, 0)
    first = done.stdout.splitlines()[0]
    assert first == "Lab 1 is not written yet: two in labs/01-two/defer.c is yours to write."
    assert "lab1.cases: crash, as lab1.two" in done.stdout


@pytest.mark.parametrize("name", WORTHLESS)
def test_what_is_wrong_earns_nothing_and_says_why(tree, name):
    text, verdict, said = WORTHLESS[name]
    tree.write("mine/defer.c", text)
    done, results = tree.grade("--from", "mine")
    assert (done.returncode, results["score"]) == (0, 0), done.stdout
    test = results["tests"][0]
    assert test["verdict"] == verdict, done.stdout
    for part in said:
        assert part in test["message"]
        assert part in done.stdout
    assert "replay    make replay T=lab1.two" in done.stdout


def test_a_compiler_that_is_kept_busy_is_ended(tree):
    tree.write("mine/defer.c", BOMB + "int two(void) { I }")
    build = tree.folder / "grade" / "harness" / "build.py"
    build.write_text(build.read_text().replace("CPU_SECONDS = 60", "CPU_SECONDS = 1"))
    _, results = tree.grade("--from", "mine")
    assert verdicts(results) == ["build", "build"]
    assert "within 1 s" in results["tests"][0]["message"]


def test_a_missing_file_is_the_submissions_fault(tree):
    os.mkdir(tree.folder / "mine")
    done, results = tree.grade("--from", "mine")
    assert (done.returncode, verdicts(results)) == (0, ["build", "build"])
    assert "mine/defer.c: No such file" in done.stdout


@pytest.mark.parametrize("case", [
    "raise KeyError('oops')", "pytest.skip('not here')", "os._exit(3) if case == 1 else None"],
    ids=["exception", "skip", "lost-worker"])
def test_the_graders_own_failures_withhold_the_mark(tmp_path, case):
    done, results = Tree(tmp_path, case).grade("--from", "solutions", jobs=2)
    assert done.returncode == 2
    assert results["score"] is None
    assert verdicts(results) == ["pass", "infrastructure"]
    assert [test["points"] for test in results["tests"]] == [10, None]
    assert "The mark is withheld" in done.stdout


def test_a_grading_that_is_killed_never_reads_as_zero(tmp_path):
    done, results = Tree(tmp_path, "os.kill(os.getpid(), 9)").grade("--from", "solutions")
    assert done.returncode == -9
    assert (results["score"], verdicts(results)) == (None, ["pass", "infrastructure"])


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("Makefile", "QEMU = ", "QEMU = /nowhere/", "/nowhere/"),
        ("Makefile", "CROSS = ", "CROSS = /nowhere/", "/nowhere/"),
        ("kernel/start.S", "call main", "cull main", "make kernel failed"),
        ("grade/lab01/scenario.c", "void main(void)", "void mean(void)", "make kernel failed"),
        ("grade/lab01/test_two.py", "import os", "import us", "No module named 'us'"),
        ("grade/lab01/test_two.py", "points(10", "points(11", "with 11 points is not in labs/01-two"),
        ("grade/lab01/test_two.py", '@pytest.mark.points(5, id="lab1.cases")', "", "without points is not"),
        ("labs/01-two/lab.toml", "points = 5", "points = 6", "lab1.cases with 5 points is not in"),
    ],
)
def test_a_broken_tree_is_not_the_submissions_fault(tree, name, old, new, said):
    path = tree.folder / name
    path.write_text(path.read_text().replace(old, new))
    done, results = tree.grade("--from", "solutions", jobs=2)
    assert (done.returncode, results["score"]) == (2, None)
    assert set(verdicts(results)) == {"infrastructure"}
    assert said in done.stdout + done.stderr


def test_results_are_the_same_for_any_number_of_jobs(tree):
    tree.write("mine/defer.c", WORTHLESS["wrong"][0])
    assert tree.grade("--from", "mine", jobs=1)[1] == tree.grade("--from", "mine", jobs=2)[1]


def test_what_a_kernel_prints_cannot_command_a_terminal_or_a_ci_service(tree):
    scenario = tree.folder / "grade" / "lab01" / "scenario.c"
    said = "# happened: \\033[2J\\n# happened: ::error::x"
    scenario.write_text(scenario.read_text().replace("# happened: not 2", said))
    tree.write("mine/defer.c", WORTHLESS["wrong"][0])
    done, _ = tree.grade("--from", "mine")
    assert "\033" not in done.stdout
    assert not any(line.strip().startswith("::") for line in done.stdout.splitlines())


# Replays.


def test_a_replay_repeats_the_last_grading_and_shows_the_serial_line(tree):
    tree.write("mine/defer.c", WORTHLESS["wrong"][0])
    _, results = tree.grade("--from", "mine", "--seed", "7")
    done = tree.run("replay", "lab1.two")
    assert done.returncode == 1
    assert "lab1.two: mine, seed 7" in done.stderr
    assert "not ok 1 two" in done.stdout
    assert "happened  not 2" in done.stdout

    tree.write("mine/defer.c", SOLUTION)
    done = tree.run("replay", "T=lab1.two")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "lab1.two: pass")
    assert "The files have changed" in done.stderr
    assert json.loads((tree.folder / "build/grade/lab01/results.json").read_text()) == results


def test_a_replay_runs_the_case_that_failed(tmp_path):
    tree = Tree(tmp_path, "assert case != 1, 'not this one'")
    _, results = tree.grade("--from", "solutions")
    assert "cases     1 of 3 did not pass; the first is [1]" in results["tests"][1]["message"]
    done = tree.run("replay", "lab1.cases")
    assert done.returncode == 1
    assert "  1/1  wrong          lab1.cases [1]" in done.stdout
    assert "not this one" in done.stdout


# The command line.


def test_what_does_not_exist_is_said_in_one_line(tree):
    for arguments, said in (
        (["grade", "--lab", "9"], "latchkey: there is no lab 9; there are: 01-two\n"),
        (["grade", "--lab", "1", "--from", "nowhere"],
         "latchkey: there is no folder nowhere; by default lab 1 is taken from labs/01-two\n"),
        (["replay", "lab1.three"],
         "latchkey: there is no test lab1.three; there are: lab1.two, lab1.cases\n"),
        (["replay", "lab1.two"], "latchkey: lab 1 was not graded yet: run `make grade LAB=1` first\n"),
    ):
        done = tree.run(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_results_and_work_go_where_they_are_wanted(tree):
    done, results = tree.grade("--from", "solutions", "--work", "build/alice", "--out", "alice.json")
    assert (done.returncode, results) == (0, None)
    assert json.loads((tree.folder / "alice.json").read_text())["score"] == 15
    assert (tree.folder / "build" / "alice" / "lab1.two" / "serial.log").is_file()


def test_every_test_leaves_its_artefacts(tree):
    tree.grade("--from", "solutions")
    folder = tree.folder / "build" / "grade" / "lab1.cases" / "2"
    wanted = {"serial.log", "command.sh", "seed", "kernel.elf", "build.log", "qemu.log"}
    assert wanted <= set(os.listdir(folder))
    assert (folder / "command.sh").stat().st_mode & stat.S_IXUSR
    assert (folder / "seed").read_text() == "2\n"


@pytest.mark.parametrize(("sandbox", "used"), [("off", False), ("require", True)])
def test_the_sandbox_is_recorded(tree, sandbox, used):
    done, results = tree.grade("--from", "solutions", LATCHKEY_SANDBOX=sandbox)
    if sandbox == "require" and done.returncode == 2:
        pytest.skip("no bubblewrap here")
    assert (results["score"], results["sandbox"]) == (15, used)


def test_a_lab_without_tests_says_so(tree):
    tree.write("labs/02-none/lab.toml", LAB.replace("number = 1", "number = 2"))
    done = tree.run("grade", "--lab", "2")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2, "latchkey: lab 2 has no tests yet: there is no grade/lab02")
