"""The results of one grading: gathered as they come, written as one file.

results.json: `lab`, `title`, `from`, `seed`, `digest` of the submission,
`sandbox` (whether there was one), `score` (null where the mark is withheld),
`max`, `tests[]` of `id`, `title`, `points` (null likewise), `max`, `verdict`,
`message`, `replay`, `log` (folder or file), `case` (the node that decided),
and `errors[]`: what kept the grader itself from its work.

The file is there from the first moment, saying that nothing was run, and is
replaced whole after every test: a grading that is cut off never reads as zero.
"""

import json
import os
import sys
from pathlib import Path

import pytest

from . import build, report, sandbox
from .lab import ROOT
from .submission import work
from .verdict import Failure, Verdict, mark, total, worst

_NOT_RUN = {"verdict": str(Verdict.INFRASTRUCTURE), "expected": "the test to be run",
            "happened": "it was not, or not wholly", "look": "", "hint": "see the errors of the grader"}


def results_path(lab):
    return work() / f"lab{lab.number:02}" / "results.json"


class Results:
    """The records of the cases of all tests of a lab.  Without a path they
    are not written: a replay leaves the results of the grading alone."""

    def __init__(self, lab, source, seed, path=None):
        self.lab, self.source, self.seed, self.path = lab, source, seed, path
        self.records = {test.id: {} for test in lab.tests}
        self.errors = []

    def add(self, record):
        """Takes the record of a case; of two (test and teardown) the worse."""
        if record["id"] not in self.records:
            self.errors.append(record.get("happened", record["node"]))
            return
        cases = self.records[record["id"]]
        known = cases.get(record["node"])
        if known is None or _verdict(record) is worst([_verdict(record), _verdict(known)]):
            cases[record["node"]] = record

    def digest(self):
        """The digest of the submission, empty if it is refused."""
        try:
            return build.gather(self.lab, self.source)
        except Failure:
            return ""

    def summary(self):
        """The contents of results.json."""
        tests = [self._entry(test) for test in self.lab.tests]
        return {
            "lab": self.lab.number, "title": self.lab.title, "from": relative(self.source),
            "seed": self.seed, "digest": self.digest(),
            "sandbox": sandbox.available(), "score": total(test["points"] for test in tests),
            "max": self.lab.points, "tests": tests, "errors": self.errors,
        }

    def write(self):
        """Replaces the file, as a whole."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        new.write_text(json.dumps(self.summary(), indent=2) + "\n")
        new.replace(self.path)

    def _entry(self, test):
        cases = sorted(self.records[test.id].values(), key=lambda case: case["order"])
        verdict = worst(_verdict(case) for case in cases)
        if verdict is Verdict.PASS and len(cases) < cases[0]["cases"]:
            verdict = Verdict.INFRASTRUCTURE
        case = next((case for case in cases if _verdict(case) is verdict), _NOT_RUN)
        failed = sum(_verdict(case) is not Verdict.PASS for case in cases)
        log = relative(case["log"]) if "log" in case else ""
        return {
            "id": test.id, "title": test.title, "points": mark(verdict, test.points),
            "max": test.points, "verdict": str(verdict),
            "message": "" if verdict is Verdict.PASS else report.message(case, failed, log),
            "replay": f"make replay T={test.id}", "log": log, "case": case.get("node", ""),
        }


class Collector:
    """A plugin of pytest where the reports of all its workers arrive; speaks
    in place of pytest's own reporter."""

    def __init__(self, results):
        self._results = results
        self._progress = report.Progress(results.lab, sys.stdout)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config):
        config.pluginmanager.unregister(name="terminalreporter")

    def pytest_sessionstart(self):
        self._results.write()

    def pytest_runtest_logreport(self, report):
        for name, record in report.user_properties:
            if name == "latchkey":
                self._results.add(record)
                self._progress.finished(record)
        if report.when == "???":  # xdist's report on a worker that is gone
            self._results.errors.append(f"{report.nodeid}: {report.longrepr}")
        self._results.write()

    def pytest_collectreport(self, report):
        if report.failed:
            self._results.errors.append(f"{report.nodeid}: {report.longreprtext[-2000:]}")

    def pytest_internalerror(self, excrepr):
        self._results.errors.append(str(excrepr)[-2000:])

    def pytest_sessionfinish(self):
        self._results.write()


def _verdict(record):
    return Verdict(record["verdict"])


def relative(path):
    """Below the tree, a path is given from its root on."""
    path = Path(os.path.abspath(path))
    return str(path.relative_to(ROOT)) if ROOT in path.parents else str(path)
