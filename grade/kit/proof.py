"""A grader graded: gradings in processes of their own, for the labs' proofs."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# One test alone, or one case of it; the entry of the results is the last line.
_ONE = """
import json, sys
from grade.harness.__main__ import _pytest
from grade.harness.lab import find_test, source_folder
from grade.harness.results import Results
lab, test = find_test(sys.argv[1])
results = Results(lab, source_folder(lab, sys.argv[2]), 1)
_pytest(results, ["--only", test.id, *(["--case", sys.argv[3]] if sys.argv[3:] else [])])
entry = next(e for e in results.summary()["tests"] if e["id"] == test.id)
print("\\n" + json.dumps(entry))
"""


def _start(command, work):
    environment = {**os.environ, "LATCHKEY_WORK": str(work)}
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


def grade_one(test_id, source, work, *case):
    """The entry of the results that one test alone gives, or one case of it
    (a node id)."""
    said, _ = _start([sys.executable, "-c", _ONE, test_id, str(source), *case], work).communicate()
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
