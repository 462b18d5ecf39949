"""Lab 0's grader graded; and its program at the shell, as a newcomer sees it."""

import re

import pytest

from grade.budget import seeds
from grade.harness.lab import ROOT, find_lab
from grade.kit import proof

LAB = find_lab(0)
STUB = (LAB.folder / "first.c").read_text()

# What the message about a wrong answer says.
SAYS = {
    "hard-coded": r"the number to be \d+(.|\n)*it is 1976",
    "ignores-result": r"to store nothing, for the answer was RC_VOID(.|\n)*it stored 0",
    "wrong-register": r"the clock to be called",
    "wrong-word": r"the seconds since 1970 to be \d+",
    "asks-itself": r"a process in it was called; asked for its type",
    "tries-all": r"it is full of zeros(.|\n)*PAGE_ZERO",
}

FAULT = """	*(u64 *)reg = 0;
	return *value;"""


def with_body(function, body):
    """The stub, but for the body of one function."""
    start = STUB.index("{\n", STUB.index(f"{function}("))
    return STUB[:start] + "{\n" + body + STUB[STUB.index("\n}\n", start) :]


def graded(tmp_path, text):
    """The results for a file with this text."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "first.c").write_text(text)
    return proof.result(proof.start_grading(0, folder, tmp_path), tmp_path)


def test_the_handout_has_a_section_for_each_test():
    text = (ROOT / "handouts" / "lab00.md").read_text()
    sections = {f"lab0.{label}" for label in re.findall(r"^\((.+)\)=$", text, re.MULTILINE)}
    assert sections == {test.id for test in LAB.tests}


@pytest.mark.parametrize("seed", seeds("lab.seeds"))
def test_the_solution_earns_everything_the_same_twice_at_once(tmp_path, seed):
    works = [tmp_path / "one", tmp_path / "two"]
    for work in works:
        work.mkdir()
    gradings = [proof.start_grading(0, "solutions", work, seed) for work in works]
    for grading, work in zip(gradings, works):
        results = proof.result(grading, work)
        assert (results["score"], results["max"], results["errors"]) == (100, 100, []), results
    one, two = map(proof.serial_logs, works)
    assert one == two
    assert len(one) == 7


def test_the_stub_earns_nothing_and_is_told_what_to_write(tmp_path):
    results = proof.result(proof.start_grading(0, LAB.folder, tmp_path), tmp_path)
    assert results["score"] == 0
    for test in results["tests"]:
        assert test["verdict"] == "wrong"
        assert "read_number is yours to write" in test["message"]


@pytest.mark.parametrize("variant", LAB.variants)
def test_a_wrong_answer_is_caught_by_the_test_named_for_it(tmp_path, variant):
    entry = proof.grade_one(LAB.variants[variant], LAB.solution / "variants" / variant, tmp_path)
    assert (entry["verdict"], entry["points"]) == ("wrong", 0), entry
    assert re.search(SAYS[variant], entry["message"]), entry["message"]


def test_printing_the_expected_text_earns_nothing(tmp_path):
    """Not even what was printed for exactly these machines."""
    right = tmp_path / "right"
    right.mkdir()
    proof.result(proof.start_grading(0, "solutions", right), right)
    said = [log[log.index("number  ") :] for log in proof.serial_logs(right).values()]
    lines = "".join(f'\tprint("{line}\\n");\n' for line in dict.fromkeys("".join(said).splitlines()))
    forged = STUB.replace("int main(void)\n{\n", "int main(void)\n{\n" + lines + "\treturn 0;\n")
    results = graded(tmp_path, forged)
    assert results["score"] == 0
    assert {test["verdict"] for test in results["tests"]} == {"wrong"}
    assert all(text in log for text in said for log in proof.serial_logs(tmp_path).values() if "mine" in log)


def test_the_first_step_counts_without_the_others(tmp_path):
    results = graded(tmp_path, with_body("u64 read_number", """	struct words answer = call4(reg, 0, 0, 0, 0);
	if (answer.w0 == RC_OK)
		*value = answer.w1;
	return answer.w0;"""))
    assert [test["points"] for test in results["tests"]] == [30, 0, 0]
    assert "read_clock is yours to write" in results["tests"][1]["message"]


def test_a_fault_is_named_by_address_and_line(tmp_path):
    text = with_body("u64 read_number", FAULT)
    results = graded(tmp_path, text)
    line = text[: text.index("*(u64 *)reg = 0")].count("\n") + 1
    assert {test["verdict"] for test in results["tests"]} == {"crash"}
    message = results["tests"][0]["message"]
    assert re.search(rf"it faulted at address 0xa, in \w+\+0x(.|\n)*look at   first\.c:{line}\n", message), message


def test_a_program_without_end_is_a_timeout(tmp_path):
    results = graded(tmp_path, with_body("u64 read_number", "\tfor (;;)\n\t\t(void)reg, (void)value;"))
    assert {test["verdict"] for test in results["tests"]} == {"timeout"}


@pytest.mark.parametrize(("text", "said"), [
    (STUB.replace('yours_to_write("read_number")', "return number_read(reg, value)"), "first.c uses number_read"),
    (STUB.replace("<object.h>", "<hal/irq.h>"), "not a header of the library"),
    (STUB + '\nasm("ecall");\n', "what enters the kernel is in user/lib/invoke.h"),
    (STUB.replace("int main(void)", "int other(void)"), "undefined reference to `main'"),
    (STUB.replace("return 0;", "return nothing;"), "'nothing' undeclared"),
])
def test_what_goes_around_the_exercise_is_refused(tmp_path, text, said):
    results = graded(tmp_path, text)
    assert results["score"] == 0
    assert results["tests"][0]["verdict"] == "build"
    assert said in results["tests"][0]["message"].replace("\u2018", "'").replace("\u2019", "'")


def test_the_program_runs_at_the_shell_as_the_handout_shows(boot):
    page = (ROOT / "handouts" / "lab00.md").read_text()
    machine = boot(reference=True, debug=False, image=ROOT / "user" / "image.toml", smp=2,
                   interactive=True, parallel=True, limit=120_000)
    machine.expect(r"(?s)(latchkey: .*)latchkey> ")
    for line in machine.text[machine.text.index("latchkey: ") :].splitlines():
        assert line.strip() in page
    machine.send("ps\r")
    for name in re.findall(r"\n *\d+ (\w+) ", machine.expect(r"(?s)(.*)latchkey> ")[1]):
        assert re.search(rf"^ +\d+ {name} +(available|running|waiting)", page, re.MULTILINE), name
    machine.send("first\r")
    machine.expect(r"number   1976, ok\r?\nclock    \d{10} seconds since 1970, ok\r?\n"
                   r"parcel   first number in slot 9; 16 would be none\r?\n")
    machine.expect("latchkey> ")
    machine.send("off\r")
    machine.finish()
