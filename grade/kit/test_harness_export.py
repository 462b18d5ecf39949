"""Results in the formats of others, from canned results, some of them hostile."""

import csv
import io
import json
import xml.etree.ElementTree as xml

import pytest

from grade.harness.__main__ import main

MESSAGE = "expected  2\nhappened  it is <3> & \"more\", na\u00efve"
HOSTILE = "]]></failure><testcase/>\x1b[2J\x00\u0085\ud800\ufffe\r\n=1+1\n::error::x\n{\"scores\": {}}"


def entry(name, points, verdict="pass", message=""):
    return {"id": f"lab1.{name}", "title": f"about {name}", "points": points, "max": 10,
            "verdict": verdict, "message": message}


def results(*tests, score=10, source="labs/01-two", **more):
    return {"lab": 1, "title": "Two", "from": source, "seed": 1, "digest": "abc", "score": score,
            "max": 20, "tests": list(tests), "errors": [], **more}


GOOD = results(entry("one", 10), entry("two", 0, "wrong", MESSAGE))
EVIL = results(entry("one", 10), entry("two", 0, "crash", HOSTILE), source='=cmd|"calc"!A1,\n@x\x1b')
WITHHELD = results(entry("one", 10), entry("two", None, "infrastructure", "no QEMU"), score=None,
                   errors=["no <QEMU>"])


@pytest.fixture
def export(tmp_path, capsys):
    """Exports canned results; gives (exit status, stdout, stderr)."""

    def run(form, canned):
        path = tmp_path / "results.json"
        path.write_text(canned if isinstance(canned, str) else json.dumps(canned))
        return main(["export", form, str(path)]), *capsys.readouterr()

    return run


@pytest.fixture
def exported(export):
    """Exports canned results, which must go well; gives what was printed."""

    def run(form, canned):
        status, out, err = export(form, canned)
        assert (status, err) == (0, "")
        return out

    return run


def test_gradescope(exported):
    told = json.loads(exported("gradescope", GOOD))
    one, two = told["tests"]
    assert (told["score"], told["output"]) == (10, "Two: 10 of 20")
    assert (one["name"], one["status"]) == ("lab1.one: about one", "passed")
    assert (one["score"], one["max_score"]) == (10, 10)
    assert (two["number"], two["score"], two["status"]) == ("2", 0, "failed")
    assert two["output"] == f"wrong\n{MESSAGE}"
    assert {test["visibility"] for test in told["tests"]} == {"visible"}, "one hidden test hides the total"


def test_autolab(exported):
    text = exported("autolab", GOOD)
    assert text.count("\n") == 1
    assert json.loads(text) == {"scores": {"lab1.one": 10, "lab1.two": 0}}


def test_junit(exported):
    suite = xml.fromstring(exported("junit", GOOD))
    assert suite.attrib == {"name": "lab1", "tests": "2", "failures": "1", "errors": "0"}
    assert {p.get("name"): p.get("value") for p in suite.iter("property")} == {
        "from": "labs/01-two", "seed": "1", "digest": "abc", "score": "10", "max": "20"}
    one, two = suite.findall("testcase")
    assert (one.get("classname"), one.get("name"), list(one)) == ("lab1", "lab1.one", [])
    assert (two[0].tag, two[0].get("type"), two[0].get("message")) == ("failure", "wrong", "expected  2")
    assert two[0].text == MESSAGE


def test_csv(exported):
    head, row = csv.reader(io.StringIO(exported("csv", GOOD)))
    assert dict(zip(head, row)) == {
        "from": "labs/01-two", "lab": "1", "digest": "abc", "score": "10", "max": "20",
        "lab1.one": "10", "lab1.two": "0", "remarks": "lab1.two: wrong"}


def is_plain(text):
    return not any(ord(c) < 32 and c != "\n" or 0x7F <= ord(c) < 0xA0 for c in text)


@pytest.mark.parametrize("form", ["autolab", "csv", "gradescope", "junit"])
def test_what_a_submission_says_is_only_text(exported, form):
    text = exported(form, EVIL)
    assert is_plain(text)
    said = HOSTILE
    for character in "\x1b\x00\u0085\ud800\ufffe\r":
        said = said.replace(character, "?")
    if form == "autolab":
        assert text == '{"scores": {"lab1.one": 10, "lab1.two": 0}}\n'
    elif form == "gradescope":
        assert json.loads(text)["tests"][1]["output"] == f"crash\n{said}"
    elif form == "junit":
        suite = xml.fromstring(text)
        assert len(suite.findall("testcase")) == 2
        assert suite.find("testcase/failure").text == said
    else:
        head, row = csv.reader(io.StringIO(text))
        assert len(head) == len(row)
        assert row[0] == "'=cmd|\"calc\"!A1,\n@x?"


@pytest.mark.parametrize("form", ["autolab", "gradescope"])
def test_a_withheld_mark_is_not_given_to_who_would_take_it_for_a_zero(export, form):
    assert export(form, WITHHELD) == (
        2, "", "latchkey: the mark of labs/01-two is withheld: no <QEMU>\n")


def test_a_withheld_mark_is_an_error_in_junit_and_an_empty_cell_in_csv(exported):
    suite = xml.fromstring(exported("junit", WITHHELD))
    assert (suite.get("failures"), suite.get("errors")) == ("0", "1")
    assert suite.find("testcase/error").get("type") == "infrastructure"
    assert all(p.get("name") != "score" for p in suite.iter("property"))
    head, row = csv.reader(io.StringIO(exported("csv", WITHHELD)))
    told = dict(zip(head, row))
    assert (told["score"], told["lab1.one"], told["lab1.two"]) == ("", "10", "")
    assert told["remarks"] == "lab1.two: infrastructure"


@pytest.mark.parametrize("text, said", [("{", "not a results file: Expecting"), ("[]", "not a results file"),
                                        ('{"lab": 1}', "it has no 'from'")])
def test_what_is_no_results_file_is_said_in_one_line(export, text, said):
    status, out, err = export("junit", text)
    assert (status, out) == (2, "")
    assert said in err and err.count("\n") == 1
