"""Submissions: what is taken from a folder, and what is refused."""

import os
import subprocess

import pytest

from grade.harness import lab as labs
from grade.harness.build import tool
from grade.harness.lab import Entry, Lab, LabError
from grade.harness.submission import MAX_BYTES, check_objects, gather, scan
from grade.harness.verdict import BuildFailed

GOOD = '#include <hal/irq.h>\n#include <stdint.h>\n\nint two(void)\n{\n\treturn 2; /* asm "x" */\n}\n'


@pytest.fixture
def lab(tmp_path):
    return Lab(1, "a lab", tmp_path / "labs" / "01-a-lab", ("defer.c", "more.c"),
               frozenset({"panic"}), (Entry("lab1.a", 10, "a test"),), {})


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for name in ("defer.c", "more.c"):
        (folder / name).write_text(GOOD)
    return folder


def test_only_the_listed_files_are_taken(lab, source, tmp_path):
    (source / "Makefile").write_text("$(shell touch owned)")
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / "left_over.c").write_text("old")
    taken = gather(lab, source, tmp_path / "into")
    assert sorted(os.listdir(taken.folder)) == ["defer.c", "more.c"]
    assert (taken.folder / "defer.c").read_text() == GOOD


def test_the_digest_is_that_of_the_contents(lab, source, tmp_path):
    first = gather(lab, source, tmp_path / "into").digest
    assert gather(lab, source, tmp_path / "elsewhere").digest == first
    (source / "more.c").write_text(GOOD + "\n")
    assert gather(lab, source, tmp_path / "into").digest != first


def as_link(path):
    path.symlink_to("/etc/passwd")


def as_pipe(path):
    os.mkfifo(path)


def as_zeros(path):
    path.symlink_to("/dev/zero")


def as_folder(path):
    path.mkdir()


def as_long(path):
    path.write_text("/" * (MAX_BYTES + 1))


def as_binary(path):
    path.write_bytes(b"\x7fELF\xff")


def as_zero_byte(path):
    path.write_bytes(b"int x;\0")


@pytest.mark.parametrize(
    "make", [as_link, as_pipe, as_zeros, as_folder, as_long, as_binary, as_zero_byte, lambda path: None],
    ids=["link", "pipe", "device", "folder", "long", "binary", "zero-byte", "missing"])
def test_what_is_no_plain_file_of_text_is_refused(lab, source, tmp_path, make):
    (source / "more.c").unlink()
    make(source / "more.c")
    with pytest.raises(BuildFailed, match="more.c") as refused:
        gather(lab, source, tmp_path / "into")
    assert "more.c" in refused.value.expected


SCANNED = {
    '#include "../../../etc/passwd"': "not a header of the kernel",
    "#include </etc/passwd>": "not a header of the kernel",
    "#include <hal/../../LICENSE>": "not a header of the kernel",
    "#include <hal/nothing.h>": "not a header of the kernel",
    "#include <arch/csr.h>": "not a header of the kernel",
    "#include <base/string.c>": "not a header of the kernel",
    "#inc\\\nlude <stdio.h>": "not a header of the kernel",
    "%: include <stdio.h>": "not a header of the kernel",
    "/* */ # /* */ include <stdio.h>": "not a header of the kernel",
    "#define H <x.h>\n#include H": "a header's name",
    '#embed "/etc/passwd"': "#embed",
    "#include_next <hal/irq.h>": "#include_next",
    "#import <hal/irq.h>": "#import",
    "#pragma GCC optimize 0": "#pragma",
    '#line 1 "other.c"': "#line",
    '# 1 "other.c"': "#1",
    'int x; asm(".incbin \\"/etc/passwd\\"");': "no assembly",
    '__asm__ volatile("wfi");': "no assembly",
    'int x __asm("y");': "no assembly",
    "#define GLUE(a, b) a ## b": "hide",
    "%:%:": "hide",
    '_Pragma("weak x")': "hide",
    '__attribute__((section(".x")))': "hide",
    "__attribute__((no_sanitize_thread))": "hide",
    '__attribute__ ((aligned(4), __section__(".x")))': "hide",
    '__attribute__((alias("x")))': "hide",
    "#if 0\n' /*\n#endif\nasm(\"x\");\n#if 0\n*/ '\n#endif": "unmatched quote",
}


@pytest.mark.parametrize("text", SCANNED)
def test_what_reaches_outside_is_refused(lab, text):
    complaints = scan(text, "defer.c", lab)
    assert any(SCANNED[text] in complaint for complaint in complaints), complaints


@pytest.mark.parametrize("text", [
    GOOD, "#pragma once\n", "// asm\n", "/* #include <x> */\n", 'char *s = "#include <x> asm ## //";\n',
    "__attribute__((unused, aligned(8))) static int x;\n", "#define A(x) \\\n\t((x) + \\\n\t1)\n",
    "char c = '\"', d = '\\'';\n", "#define S(x) #x\n", "#if 1\n#else\n#error no\n#endif\n",
    "# \n",
])
def test_plain_c_is_accepted(lab, text):
    assert scan(text, "defer.c", lab) == []


def test_complaints_name_the_line(lab):
    complaints = scan("int a; \\\n\n/*\n*/\n#include <x.h>\n", "defer.c", lab)
    assert complaints[0].startswith("defer.c:5: #include <x.h>")


def test_a_lab_may_allow_assembly(lab):
    allowing = Lab(**{**vars(lab), "asm": True})
    assert scan('asm("wfi");', "defer.c", allowing) == []


@pytest.fixture
def compiled(tmp_path):
    def compile_it(text):
        (tmp_path / "defer.c").write_text(text)
        subprocess.run([tool("CROSS") + "gcc", "-c", "-g", "-O2", "-ffreestanding", "-mcmodel=medany",
                        tmp_path / "defer.c", "-o", tmp_path / "defer.o"], check=True)
        return [tmp_path / "defer.o"]

    return compile_it


def test_the_contract_and_the_compilers_helpers_may_be_imported(lab, compiled):
    check_objects(compiled("void panic(int); void *memcpy(void *, const void *, unsigned long);\n"
                           "int own(void) { return 1; }\nchar a[9999], b[9999];\n"
                           "void f(void) { panic(own()); memcpy(a, b, 9999); }\n"), lab)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("int secret(void); int f(void) { return secret(); }", "defer.c uses secret, which"),
        ("extern int score; void f(void) { score = 100; }", "defer.c uses score, which"),
        ('int x __attribute__((section(".mine")));', "the section '.mine'"),
    ],
)
def test_other_imports_and_sections_are_refused(lab, compiled, text, said):
    with pytest.raises(BuildFailed, match=said):
        check_objects(compiled(text), lab)


# The description of a lab.

TOML = """
number = 1
title = "a lab"
files = ["defer.c"]
symbols = ["panic"]
[[tests]]
id = "lab1.a"
points = 10
title = "a test"
[variants]
eager = "lab1.a"
"""


@pytest.fixture
def described(tmp_path, monkeypatch):
    monkeypatch.setattr(labs, "ROOT", tmp_path)
    folder = tmp_path / "labs" / "01-a-lab"
    folder.mkdir(parents=True)
    (folder / "lab.toml").write_text(TOML)
    return folder / "lab.toml"


def test_a_lab_is_found_by_number_and_by_test(described):
    for number in (1, "1", "01"):
        assert labs.find_lab(number).title == "a lab"
    assert labs.find_test("lab1.a")[1].points == 10


@pytest.mark.parametrize("number", ["2", "x", "001", "*"])
def test_an_unknown_lab_says_which_there_are(described, number):
    with pytest.raises(LabError, match="there is no lab .*; there are: 01-a-lab"):
        labs.find_lab(number)


def test_an_unknown_test_says_which_there_are(described):
    with pytest.raises(LabError, match="no test lab1.b; there are: lab1.a"):
        labs.find_test("lab1.b")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("number = 1", "number = 2", "the folder says 01"),
        ('title = "a lab"\n', "", "'title' is missing"),
        ('files = ["defer.c"]', 'files = ["../defer.c"]', "not a file name"),
        ('eager = "lab1.a"', 'eager = "lab1.z"', "no such test catches the variant 'eager'"),
        ("points = 10", 'points = "many"', "invalid literal"),
        ("number = 1", "numbr = 1", "unknown field 'numbr'"),
        ("number = 1", "number = ", "lab.toml"),
    ],
)
def test_a_bad_description_says_what_is_wrong(described, old, new, said):
    described.write_text(TOML.replace(old, new))
    with pytest.raises(LabError, match=said):
        labs.find_lab(1)


def test_the_source_of_a_submission(described, tmp_path):
    lab = labs.find_lab(1)
    lab.solution.mkdir(parents=True)
    assert labs.source_folder(lab) == lab.folder
    assert labs.source_folder(lab, "solutions") == tmp_path / "solutions" / "01-a-lab"
    assert labs.source_folder(lab, str(tmp_path)) == tmp_path
    with pytest.raises(LabError, match="no folder nowhere; by default lab 1 is taken from labs/01-a-lab"):
        labs.source_folder(lab, "nowhere")


def test_a_variant_has_only_the_files_in_which_it_differs(described, tmp_path):
    lab = labs.find_lab(1)
    variant = lab.solution / "variants" / "eager"
    variant.mkdir(parents=True)
    (lab.solution / "defer.c").write_text(GOOD.replace("<hal/irq.h>", "<stdbool.h>"))
    assert (gather(lab, variant, tmp_path / "into").folder / "defer.c").is_file()
