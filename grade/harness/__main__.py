"""python -m grade.harness: grades one submission, repeats one test, or exports
the results of a grading.

grade --lab N [--from FOLDER] [--out FILE] [--jobs N] [--seed N] [--work FOLDER]
    Exit status 0: graded, whatever the score.  2: not gradable; the mark is
    withheld.
replay ID
    Repeats the test as it was last graded, the serial line shown as it comes.
    Exit status 0: it passed.  1: it did not.  2: it could not be run.
export FORMAT RESULTS
    Prints a results file in a format of others: autolab, csv, gradescope, junit.
    Exit status 2: the file cannot be read, or the mark is withheld and the
    format has no word for that; then nothing is printed.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from . import build, export, report
from .lab import ROOT, LabError, find_lab, find_test, source_folder
from .results import Collector, Results, relative, results_path


def main(arguments=None):
    options = _parse(arguments)
    if options.work:
        os.environ["LATCHKEY_WORK"] = str(Path(options.work).resolve())
    build.run_id()
    try:
        return options.run(options)
    except (LabError, export.Unreadable, export.Withheld) as error:
        print(f"latchkey: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m grade.harness", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    grading = commands.add_parser("grade", help="grade one submission")
    grading.add_argument("--lab", required=True, help="number of the lab")
    grading.add_argument("--from", dest="source", help="folder of the submission; `solutions` for the "
                         "reference; by default labs/NN-name")
    grading.add_argument("--out", help="a further copy of the results file")
    grading.add_argument("--jobs", type=int, default=os.cpu_count(), help="tests at a time")
    grading.add_argument("--seed", type=int, default=1, help="seed of the deterministic runs (1)")
    replaying = commands.add_parser("replay", help="repeat one test of the last grading")
    replaying.add_argument("id", help="id of the test, as in the table; T=ID is taken too")
    exporting = commands.add_parser("export", help="print results in a format of others")
    exporting.add_argument("format", choices=export.FORMATS)
    exporting.add_argument("results", type=Path, help="build/grade/labNN/results.json, or a copy")
    for command, run in ((grading, grade), (replaying, replay), (exporting, print_export)):
        command.set_defaults(run=run, work=None)
    for command in (grading, replaying):
        command.add_argument("--work", help="folder for all that is built and recorded (build/grade)")
    return parser.parse_args(arguments)


def grade(options):
    """Runs the lab's tests and prints the report; gives the exit status."""
    lab = find_lab(options.lab)
    source = source_folder(lab, options.source)
    print(f"Lab {lab.number}, {lab.title}: building and testing {relative(source)}",
          file=sys.stderr, flush=True)
    results = Results(lab, source, options.seed, results_path(lab))
    jobs = ["-n", str(options.jobs)] if options.jobs > 1 else []
    _pytest(results, jobs)
    summary = json.loads(results.path.read_text())
    print(report.table(summary, sys.stdout))
    if options.out:
        shutil.copy(results.path, options.out)
    print(f"\nwritten to {relative(options.out or results.path)}")
    return 2 if summary["score"] is None else 0


def print_export(options):
    """Prints results in another format."""
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(export.FORMATS[options.format](export.read(options.results)))
    return 0


def replay(options):
    """Repeats a test with the seed, submission and case of its last grading."""
    lab, test = find_test(options.id.removeprefix("T="))
    path = results_path(lab)
    if not path.is_file():
        raise LabError(f"lab {lab.number} was not graded yet: run `make grade LAB={lab.number}` first")
    last = json.loads(path.read_text())
    case = next(entry["case"] for entry in last["tests"] if entry["id"] == test.id)
    results = Results(lab, source_folder(lab, ROOT / last["from"]), last["seed"])
    print(f"{test.id}: {last['from']}, seed {last['seed']}", file=sys.stderr, flush=True)
    if results.digest() != last["digest"]:
        print("The files have changed since the grading; this tests them as they are now.",
              file=sys.stderr, flush=True)
    _pytest(results, ["--only", test.id, "--live", "-s", *(["--case", case] if case else [])])
    entry = next(entry for entry in results.summary()["tests"] if entry["id"] == test.id)
    print(report.block(entry, sys.stdout))
    return {"pass": 0, "infrastructure": 2}.get(entry["verdict"], 1)


def _pytest(results, arguments):
    """Runs the tests of the lab; what they end in is gathered in `results`."""
    lab = results.lab
    if not lab.tests_folder.is_dir():
        raise LabError(f"lab {lab.number} has no tests yet: there is no {relative(lab.tests_folder)}")
    line = [str(lab.tests_folder), "--lab", str(lab.number),
            "--from", str(results.source), "--seed", str(results.seed), *arguments]
    status = pytest.main(line, plugins=[Collector(results)])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        results.errors.append(f"pytest ended with status {int(status)}")
        results.write()


if __name__ == "__main__":
    sys.exit(main())
