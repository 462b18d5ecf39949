"""A grader graded: gradings in processes of their own, for the labs' proofs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from grade.budget import size
from grade.harness import build
from grade.harness.lab import find_lab

ROOT = Path(__file__).resolve().parents[2]

# One test alone, or one case of it; the entry of the results is the last line.
_ONE = """
import json, sys
from grade.harness.__main__ import _pytest
from grade.harness.lab import find_test, source_folder
from grade.harness.results import Results
lab, test = find_test(sys.argv[1])
results = Results(lab, source_folder(lab, sys.argv[2]), int(sys.argv[3]))
_pytest(results, ["--only", test.id, *(["--case", sys.argv[4]] if sys.argv[4:] else [])])
entry = next(e for e in results.summary()["tests"] if e["id"] == test.id)
print("\\n" + json.dumps(entry))
"""


def _start(command, work):
    environment = {**os.environ, **build.shared(), "LATCHKEY_WORK": str(work)}
    environment.pop("LATCHKEY_RUN", None)
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def start_grading(number, source, work, seed=1):
    """Starts to grade a folder; `result` waits for it."""
    return _start([sys.executable, "-m", "grade.harness", "grade", "--lab", str(number), "--from",
                   str(source), "--seed", str(seed), "--jobs", "1", "--out",
                   str(work / "results.json")], work)


def result(grading, work):
    """The results file of a grading that was started."""
    said, _ = grading.communicate()
    assert (work / "results.json").is_file(), said
    return json.loads((work / "results.json").read_text())


def grade_one(test_id, source, work, *case, seed=1):
    """The entry of the results that one test alone gives, or one case of it
    (a node id)."""
    said, _ = _start([sys.executable, "-c", _ONE, test_id, str(source), str(seed), *case], work).communicate()
    try:
        return json.loads(said.rstrip().rsplit("\n", 1)[-1])
    except ValueError:
        raise AssertionError(said) from None


def forgery(log, entry):
    """C of a kernel mechanism that does nothing but print this text when
    `entry` is called, and then ends the machine as if all was well."""
    lines = "\n".join(f"\t{json.dumps(line)}" for line in log.splitlines(keepends=True))
    return f"""static const char log[] =
{lines};

static void forge(void) noreturn;
static void forge(void)
{{
	char *uart = (char *)0xffffffc010000000;
	for (const char *c = log; *c; c++)
		*(volatile char *)uart = *c;
	*(volatile unsigned *)0xffffffc000100000 = 0x5555;
	for (;;)
		;
}}

void {entry}(void)
{{
	forge();
}}
"""


def serial_logs(work):
    """What the machines of a grading said: {path below `work`: text}."""
    return {path.relative_to(work): path.read_text().replace("\r", "")
            for path in work.rglob("serial.log")}


class Proof:
    """What has to be so of every lab's grader.  Each check is an assertion.

        number   of the lab
        cases    {test id: the quickest case of it}, as pytest names it
        others   {variant: a case of the same test that is surer to catch it; None: all}
        says     {variant: what the message about it says, a regular expression}
        booted   {test id: the quickest case that starts a machine, where that is another}
        silent   test ids that start no machine
        start    with what the part of a log begins that a liar prints
    """

    def __init__(self, number, cases, others=None, says=None, booted=None, silent=(), start="KTAP version 1"):
        self.lab = find_lab(number)
        self.cases, self.others, self.says = cases, others or {}, says or {}
        self.heard = {test_id: case for test_id, case in {**cases, **(booted or {})}.items()
                      if test_id not in silent}
        self.start = start
        self.file = f"lab{number:02}/test_lab{number:02}.py"

    def check_handout(self):
        """It has a section for each test, and there is a case of each."""
        text = (ROOT / f"handouts/lab{self.lab.number:02}.md").read_text()
        sections = {f"lab{self.lab.number}.{label}" for label in re.findall(r"^\((.+)\)=$", text, re.MULTILINE)}
        assert sections == set(self.cases) == {test.id for test in self.lab.tests}
        missing = [name for name in self.lab.variants if f"`{name}`" not in text]
        assert not missing, f"the handout does not name {missing}"

    def check_solution(self, folder, seed):
        """It earns everything, and at the same time machines of several of its
        tests say the same again."""
        works = [folder / "one", folder / "two"]
        for work in works:
            work.mkdir()
        grading = start_grading(self.lab.number, "solutions", works[0], seed)
        again = list(self.heard)[: size("lab.again")]
        for test_id in again:
            entry = grade_one(test_id, "solutions", works[1], f"{self.file}::{self.heard[test_id]}", seed=seed)
            assert entry["verdict"] == "pass", entry
        results = result(grading, works[0])
        assert (results["score"], results["max"], results["errors"]) == (100, 100, []), results
        one, two = map(serial_logs, works)
        assert {path.parts[0] for path in one} == set(self.heard)
        assert {path.parts[0] for path in two} == set(again)
        assert {path: one.get(path) for path in two} == two

    def check_stub(self, folder):
        """It earns nothing, and is told what is to be written."""
        results = result(start_grading(self.lab.number, self.lab.folder, folder), folder)
        assert results["score"] == 0, results
        for test in results["tests"]:
            assert test["verdict"] == "crash", test
            assert "is yours to write" in test["message"], test

    def check_variant(self, variant, folder):
        """It is caught by the test that is named for it."""
        test_id = self.lab.variants[variant]
        case = self.others.get(variant, self.cases[test_id])
        cases = [f"{self.file}::{case}"] if case else []
        entry = grade_one(test_id, self.lab.solution / "variants" / variant, folder, *cases)
        assert entry["verdict"] in ("wrong", "crash", "timeout"), entry
        assert entry["points"] == 0, entry
        assert re.search(self.says.get(variant, ""), entry["message"]), entry["message"]

    def write_liar(self, printed, folder):
        """The stub, but whatever is called prints this and ends the machine."""
        folder.mkdir()
        for name in self.lab.files:
            text = (self.lab.folder / name).read_text()
            lie = f"lie_{Path(name).stem}"
            text, count = re.subn(r'panic\("lab \d+", "\w+ is yours to write"\);', f"{lie}();", text)
            assert count, f"the stub of {name} has nothing to write"
            head, body = text.split("\n\n", 1)
            forged = forgery(printed, lie).replace(f"void {lie}", f"static noreturn void {lie}")
            (folder / name).write_text(f"{head}\n\n{forged}\n{body}")

    def check_liar(self, test_id, folder):
        """It earns nothing by printing what the solution prints."""
        case = f"{self.file}::{self.heard[test_id]}"
        right, mine, work = (folder / name for name in ("right", "mine", "forged"))
        assert grade_one(test_id, "solutions", right, case)["verdict"] == "pass"
        log = serial_logs(right)[min(serial_logs(right))]
        printed = log[log.index(self.start) :]
        self.write_liar(printed, mine)
        entry = grade_one(test_id, mine, work, case)
        assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
        assert any(printed in text for text in serial_logs(work).values())
