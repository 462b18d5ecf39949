"""KTAP logs, good and odd: what is read from them, and what is said of them."""

from pathlib import Path

import pytest

from grade.harness import Wrong, ktap, require

LOGS = Path(__file__).parent / "logs"

# The log, whether it passes, and each of its errors.
EXPECTED = {
    "good": (True, []),
    "crlf": (True, []),
    "garbage": (True, []),
    "nested": (False, []),
    "skipped": (False, []),
    "bail": (False, ["3 tests planned, 1 reported; the log ends after 'entry'"]),
    "truncated": (False, ["4 tests planned, 2 reported; the log ends after 'exit'"]),
    "cut_off": (False, ["line 4: no end of line: the log is cut off here"]),
    "repeated": (False, [f"line {n}: test 1 is reported again (first on line 3)" for n in range(4, 13)]
                 + ["1 tests planned, 10 reported"]),
    "renumbered": (False, ["line 5: test 2 is reported again (first on line 4)"]),
    "out_of_order": (False, ["line 4: test 3 comes where test 2 was due",
                             "line 5: test 2 comes after test 3"]),
    "gap": (False, ["line 4: test 3 comes where test 2 was due"]),
    "no_plan": (False, ["no plan"]),
    "late_plan": (False, ["line 3: the plan comes after results"]),
    "two_plans": (False, ["line 3: a second plan; the first was 1..1"]),
    "no_version": (False, ["no line `KTAP version 1`"]),
    "forged_before": (False, ["line 5: a second log begins", "line 6: a second plan; the first was 1..2",
                              "line 7: test 1 is reported again (first on line 3)",
                              "line 8: test 2 is reported again (first on line 4)",
                              "2 tests planned, 4 reported"]),
    "lying_parent": (False, ["line 6: 'ring' says ok, but a part of it failed"]),
    "orphan": (False, ["line 4: a subtest without a result of its own"]),
    "deep": (False, ["line 3: indented by 6, without a test to be part of",
                     "line 3: subtests: no plan", "line 3: a subtest without a result of its own",
                     "line 3: subtests: no plan", "line 3: a subtest without a result of its own",
                     "line 3: subtests: no plan"]),
    "interleaved": (False, ["line 4: test 2 comes where test 1 was due",
                            "2 tests planned, 1 reported; the log ends after 'exit'"]),
    "empty": (False, ["no line `KTAP version 1`", "no plan"]),
    "silent": (False, ["no line `KTAP version 1`", "no plan"]),
}


def read(name):
    return ktap.parse((LOGS / f"{name}.log").read_bytes().decode(errors="replace"))


def test_every_log_is_expected():
    assert {path.stem for path in LOGS.glob("*.log")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_log(name):
    suite = read(name)
    passed, errors = EXPECTED[name]
    assert suite.errors == errors
    assert suite.passed == passed
    if passed:
        require(suite)
    else:
        with pytest.raises(Wrong):
            require(suite)


def test_names_numbers_and_notes():
    suite = read("good")
    assert [(r.number, r.name, r.ok) for r in suite.results] == [
        (1, "entry", True), (2, "exit", True), (3, "idle", True)]
    assert suite.results[2].notes == ["worst case 94 instructions"]


def test_subtests_have_paths_and_say_what_happened():
    suite = read("nested")
    assert [name for name, _ in suite.flat()] == ["ring", "ring/empty", "ring/full", "queue", "queue/first"]
    with pytest.raises(Wrong) as wrong:
        require(suite, hint="of the test")
    assert (wrong.value.expected, wrong.value.happened) == ("4 links", "3 links")
    assert wrong.value.hint == "of the test"


def test_directives_are_no_pass():
    results = read("skipped").results
    assert [(r.directive, r.reason) for r in results] == [
        ("", ""), ("SKIP", "this machine has one"), ("TODO", "")]
    assert [r.passed for r in results] == [True, False, False]


def test_bail_out_ends_the_log():
    suite = read("bail")
    assert suite.bail == "the image has no process"
    with pytest.raises(Wrong, match="the guest gave up: the image has no process"):
        require(suite)


def test_require_wants_this_plan_and_these_names():
    suite = read("good")
    assert require(suite, plan=3, names=["entry", "idle"]) is suite
    with pytest.raises(Wrong, match="the guest planned 3"):
        require(suite, plan=4)
    with pytest.raises(Wrong, match="'halt' to be run"):
        require(suite, names=["halt"])


def test_a_log_that_plans_nothing_is_no_pass():
    with pytest.raises(Wrong, match="the guest planned none"):
        require(ktap.parse("KTAP version 1\n1..0\n"))


def test_a_huge_log_is_read_once_and_cut():
    text = "KTAP version 1\n1..999999999\n" + "ok 1 a\n" * 300_000
    suite = ktap.parse(text)
    assert len(suite.results) <= ktap.MAX_LINES
    assert len(suite.errors) == ktap.MAX_ERRORS + 1
    assert suite.errors[-1].endswith("more like these")
    assert not suite.passed


def test_many_repeated_results_do_not_take_long():
    text = "KTAP version 1\n1..90000\n" + "".join(f"ok {n} a\n" for n in range(1, 90001)) * 2
    assert not ktap.parse(text).passed


def test_a_long_line_is_looked_at_from_its_beginning():
    suite = ktap.parse("KTAP version 1\n1..1\nok 1 " + "x" * 10_000_000 + "\n")
    assert suite.passed
    assert len(suite.results[0].name) < ktap.MAX_LINE
