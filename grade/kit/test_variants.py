"""The wrong answers of the labs, which are small changes of the solutions."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grade.harness import lab as labs
from grade.harness.build import known_tools
from grade.harness.submission import gather
from grade.kit.harness_tree import SOLUTION as TWO
from grade.kit.harness_tree import Tree

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import house
import variant

TOOL = ROOT / "tools" / "variant.py"
LABS = [labs.load(folder) for folder in labs.folders()]
PATCHES = sorted(ROOT.glob("solutions/*/variants/*.patch"))
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")


def name_of(patch):
    return f"{patch.parents[1].name[:2]}-{patch.stem}"


def make(*arguments):
    environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
    return subprocess.run(["make", *known_tools(), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_labs_name_all_variants():
    for lab in LABS:
        there = [path.stem if path.suffix == ".patch" else path.name
                 for path in (lab.solution / "variants").glob("[!.]*")]
        assert sorted(there) == sorted(lab.variants), lab.name


@pytest.mark.parametrize("patch", PATCHES, ids=name_of)
def test_a_patch_is_as_it_would_be_made_today(patch):
    """It fits, it changes the solution, and its line numbers are those of today."""
    found = variant.read(patch)
    assert patch.read_text() == variant.made(found, variant.texts(found)), "run tools/variant.py refresh"


@pytest.mark.parametrize("patch", PATCHES, ids=name_of)
def test_a_patch_says_what_is_wrong_and_which_test_catches_it(patch):
    lab = labs.find_lab(patch.parents[1].name[:2])
    header = re.fullmatch(r"\w.{40,}\.\n\nCaught by (\S+)\.\n\n", variant.read(patch).header, re.DOTALL)
    assert header, "a sentence or two, an empty line, Caught by ID., an empty line"
    assert header[1] == lab.variants[patch.stem]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Where what all builds share is built once."""
    return tmp_path_factory.mktemp("build")


@pytest.mark.parametrize("patch", PATCHES, ids=name_of)
def test_a_variant_builds_without_a_warning(tmp_path, shared, patch):
    lab = labs.find_lab(patch.parents[1].name[:2])
    for debug in ("", "1"):
        out = tmp_path / f"out{debug}"
        objects = [str(out / "from" / Path(name).with_suffix(".o")) for name in lab.files]
        built = make("WERROR=1", f"BUILD={shared}", f"OUT={out}", f"DEBUG={debug}", f"LAB={lab.number}",
                     f"FROM={patch.relative_to(ROOT).with_suffix('')}", *objects)
        assert built.returncode == 0, built.stdout + built.stderr
        assert "warning" not in built.stderr
        assert all(Path(path).is_file() for path in objects)


def test_variants_keep_the_house_rules(tmp_path):
    for patch in PATCHES:
        found = variant.read(patch)
        variant.put(found, tmp_path / "solutions" / found.solution.name / patch.stem)
    for check in (house.check_words, house.check_conditionals, house.check_lengths):
        assert not list(check(tmp_path))


# What the tool makes of patches, on a small tree.

SOLUTION = """/* One. */
int a(void)
{
	return 1;
}

int b(void)
{
	return 2;
}

int c(void)
{
	return 3;
}
"""
PATCH = """Three is one too many, as anybody can see who counts.

Caught by lab1.a.

--- a/solutions/01-one/one.c
+++ b/solutions/01-one/one.c
@@ -11,5 +11,5 @@ int b(void)

 int c(void)
 {
-	return 3;
+	return 4;
 }
"""


@pytest.fixture
def tree(tmp_path):
    """A tree with a solution, a variant of it, and the tool."""
    tools, variants = tmp_path / "tools", tmp_path / "solutions" / "01-one" / "variants"
    tools.mkdir()
    variants.mkdir(parents=True)
    shutil.copy(TOOL, tools)
    (variants.parent / "one.c").write_text(SOLUTION)
    (variants / "four.patch").write_text(PATCH)
    return tmp_path


def run(tree, *arguments):
    """Runs the tool; (exit status, what it said)."""
    done = subprocess.run([sys.executable, "tools/variant.py", *arguments], cwd=tree, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


FOUR = "solutions/01-one/variants/four"


@pytest.mark.parametrize("name", [FOUR, f"{FOUR}.patch", f"./{FOUR}"])
def test_apply_writes_the_files_and_prints_the_folder(tree, name):
    assert run(tree, "apply", name) == (0, "build/variants/01-four\n")
    written = tree / "build/variants/01-four/one.c"
    assert written.read_text() == SOLUTION.replace("3", "4")
    before = written.stat().st_mtime_ns
    assert run(tree, "apply", name)[0] == 0
    assert written.stat().st_mtime_ns == before, "written again, though nothing has changed"


def test_only_line_numbers_may_differ_and_refresh_mends_them(tree):
    text = SOLUTION.replace("/* One. */", "/* One,\n   two, three. */")
    (tree / "solutions/01-one/one.c").write_text(text)
    assert run(tree, "apply", FOUR)[0] == 0
    assert (tree / "build/variants/01-four/one.c").read_text() == text.replace("3", "4")
    assert run(tree, "refresh") == (0, f"wrote {FOUR}.patch\n")
    assert (tree / f"{FOUR}.patch").read_text() == PATCH.replace("-11,5 +11,5", "-12,5 +12,5")
    assert run(tree, "refresh") == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return 3", "return  3", "four.patch:7: hunk 1 does not fit solutions/01-one/one.c: "
         "its 5 lines from 'int c(void)' on no longer stand there"),
        (SOLUTION, SOLUTION + SOLUTION, "its 5 lines from 'int c(void)' on stand there 2 times"),
        ("return 3", "return 4", "on no longer stand there"),
    ],
    ids=["changed", "twice", "applied"],
)
def test_what_does_not_fit_is_said_and_can_be_mended(tree, old, new, said):
    solution, folder = tree / "solutions/01-one/one.c", tree / "build/variants/01-four-edit"
    solution.write_text(SOLUTION.replace(old, new))
    for command in (["apply", FOUR], ["refresh"]):
        status, printed = run(tree, *command)
        assert status == 1
        assert said in printed and f"To mend it: tools/variant.py edit {FOUR}.patch" in printed
    assert (tree / f"{FOUR}.patch").read_text() == PATCH
    status, printed = run(tree, "edit", FOUR)
    assert (status, said in printed) == (0, True)
    assert (folder / "one.c").read_text() == solution.read_text()
    status, printed = run(tree, "save", FOUR)
    assert status == 1 and "nothing of the solution is changed" in printed
    (folder / "one.c").write_text("int a(void);")
    status, printed = run(tree, "save", FOUR)
    assert status == 1 and "does not end with a line end" in printed
    assert (tree / f"{FOUR}.patch").read_text() == PATCH
    (folder / "one.c").write_text(solution.read_text().replace("return 2;", "return 5;", 1))
    assert run(tree, "save", FOUR) == (0, f"wrote {FOUR}.patch\n")
    assert (tree / f"{FOUR}.patch").read_text().startswith(PATCH.split("@@")[0])
    assert run(tree, "apply", FOUR)[0] == 0
    assert "return 5;" in (tree / "build/variants/01-four/one.c").read_text()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("+\treturn 4;\n", "", "four.patch:7: hunk 1 does not have the lines that it announces"),
        (" }\n", "", "four.patch:7: hunk 1 does not have the lines that it announces"),
        ("@@ -11", "@@ 11", "four.patch:7: a hunk should begin here"),
        ("01-one/one.c", "01-one/two.c", "four.patch:5: a file of solutions/01-one should be named here"),
        ("01-one/one.c", "../one.c", "four.patch:5: a file of solutions/01-one should be named here"),
        ("return 4", "return 3", "four.patch:1: it does not change the solution"),
    ],
)
def test_a_bad_patch_is_refused(tree, old, new, said):
    (tree / f"{FOUR}.patch").write_text(PATCH.replace(old, new))
    status, printed = run(tree, "apply", FOUR)
    assert status == 1
    assert said in printed
    assert not (tree / "build").exists()


def test_a_new_variant_begins_with_what_is_wrong(tree):
    (tree / "solutions/01-one/variants/new.patch").write_text(PATCH.split("---")[0])
    new = "solutions/01-one/variants/new"
    assert run(tree, "edit", new)[0] == 0
    (tree / "build/variants/01-new-edit/one.c").write_text(SOLUTION.replace("3", "4"))
    assert run(tree, "save", new)[0] == 0
    assert (tree / f"{new}.patch").read_text() == PATCH
    status, printed = run(tree, "apply", "solutions/01-one/variants/none")
    assert status == 1 and "there is no variant solutions/01-one/variants/none" in printed


# What the grader and make make of them.


def test_the_grader_takes_a_patch_for_its_variant_only(tmp_path):
    lab = next(lab for lab in LABS if lab.variants)
    patch = variant.find(lab.solution / "variants" / next(iter(lab.variants)), lab.solution)
    source = labs.source_folder(lab, str(patch))
    assert source == patch.with_suffix("") == labs.source_folder(lab, str(source))
    folder = gather(lab, source, tmp_path / "into").folder
    assert {name: (folder / name).read_text() for name in variant.texts(variant.read(patch))} == (
        variant.texts(variant.read(patch)))
    theirs = tmp_path / "variants"
    theirs.mkdir()
    shutil.copy(patch, theirs)
    for name in (patch.stem, patch.name):
        with pytest.raises(labs.LabError, match="there is no folder"):
            labs.source_folder(lab, theirs / name)
    shutil.copytree(lab.solution, theirs / patch.stem, ignore=shutil.ignore_patterns("variants"))
    assert labs.source_folder(lab, theirs / patch.stem) == theirs / patch.stem
    assert labs.variant_files(lab, theirs / patch.stem) == {}
    assert "lacks" in make(f"BUILD={tmp_path / 'build'}", "LAB=1", f"FROM={theirs}", "kernel").stderr


def test_a_patch_is_graded_and_replayed_by_its_name(tmp_path):
    tree, name = Tree(tmp_path), "solutions/01-two/variants/three"
    diff = "".join(variant.difference(TWO, TWO.replace("2", "3"), "solutions/01-two/defer.c", 3))
    tree.write(f"{name}.patch", f"Three.\n\n{diff}")
    done, results = tree.grade("--from", f"{name}.patch")
    assert (done.returncode, results["from"], results["score"]) == (0, name, 0), done.stderr
    assert "happened  not 2" in results["tests"][0]["message"]
    replayed = tree.run("replay", "lab1.two")
    assert (replayed.returncode, "have changed" in replayed.stderr) == (1, False), replayed.stderr
    tree.write("solutions/01-two/defer.c", TWO.replace("2", "1 + 1"))
    done = tree.run("grade", "--lab", "1", "--from", name)
    assert done.returncode == 2
    assert "three.patch:5: hunk 1 does not fit solutions/01-two/defer.c" in done.stderr
