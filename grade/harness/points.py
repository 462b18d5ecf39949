"""The pytest plugin: scored tests in, one results file out.

Every scored test carries the marker `points(n, id=..., hint=..., where=...)`.
Whatever it ends in becomes a record, attached to pytest's report, so that
records of xdist's workers reach the process that collects them (`results`).
Only `--lab N` switches this on; without it no lab's tests are collected, for
they grade a submission, and `pytest grade` is to test the grader.
"""

import re

import pytest

from . import build
from .fixtures import test_folder
from .lab import LabError, find_lab, source_folder
from .verdict import Failure, Verdict, unwritten


def pytest_addoption(parser):
    group = parser.getgroup("latchkey", "grading")
    group.addoption("--lab", type=int, help="number of the lab to grade")
    group.addoption("--from", dest="source", help="folder of the submission; `solutions` for the reference")
    group.addoption("--seed", type=int, default=1, help="seed of all deterministic runs (1)")
    group.addoption("--only", help="run only the test with this id")
    group.addoption("--case", help="run only this case of it (a node id)")
    group.addoption("--live", action="store_true", help="show the serial line as it comes (with -s)")


def pytest_configure(config):
    option = config.option
    build.run_id()
    if option.lab is None:
        return
    try:
        source_folder(find_lab(option.lab), option.source)
    except LabError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_ignore_collect(collection_path, config):
    """The tests of a lab are for a grading of that lab alone."""
    folder = re.fullmatch(r"lab(\d\d)", collection_path.name)
    if folder and collection_path.is_dir() and int(folder[1]) != config.option.lab:
        return True
    return None


def pytest_collection_modifyitems(config, items):
    if config.option.lab is None:
        return
    _check(find_lab(config.option.lab), items)
    if config.option.only:
        keep = [item for item in items if _points(item).kwargs["id"] == config.option.only]
        if config.option.case:
            keep = [item for item in keep if item.nodeid == config.option.case]
        config.hook.pytest_deselected(items=[item for item in items if item not in keep])
        items[:] = keep
    ids = [_points(item).kwargs["id"] for item in items]
    for item, test_id in zip(items, ids):
        item.latchkey = {"cases": ids.count(test_id), "of": len(items)}


def _check(lab, items):
    """Tests and lab.toml name the same ids and points, or nothing is graded."""
    declared = {test.id: test.points for test in lab.tests}
    found = {}
    for item in items:
        marker = _points(item)
        if not marker or len(marker.args) != 1 or "id" not in marker.kwargs:
            raise pytest.UsageError(f"{item.nodeid}: no marker points(n, id=...)")
        test_id, points = marker.kwargs["id"], marker.args[0]
        if declared.get(test_id) != points:
            raise pytest.UsageError(f"{item.nodeid}: {test_id} with {points} points is not in "
                                    f"{lab.folder.name}/lab.toml")
        found[test_id] = points
    missing = sorted(set(declared) - set(found))
    if missing:
        raise pytest.UsageError(f"{lab.folder.name}/lab.toml: no test has the id {missing[0]}")


def _points(item):
    return item.get_closest_marker("points")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if hasattr(item, "latchkey") and (report.when == "call" or not report.passed):
        report.user_properties.append(("latchkey", _record(item, call, report)))


def _record(item, call, report):
    """What the results file needs to know of one case, in plain JSON types."""
    marker = _points(item)
    failure = call.excinfo.value if call.excinfo else None
    record = {"id": marker.kwargs["id"], "node": item.nodeid, "verdict": str(Verdict.PASS),
              "where": marker.kwargs.get("where", ""), "log": str(test_folder(item)), **item.latchkey}
    if failure is not None or not report.passed:
        record.update(_said(failure, report))
        record["hint"] = record["hint"] or marker.kwargs.get("hint", "")
    return record


def _said(failure, report):
    """Verdict and message of a test that raised."""
    if isinstance(failure, Failure):
        stub = unwritten(failure.happened)
        return {"verdict": str(failure.verdict), "expected": failure.expected,
                "happened": failure.happened, "look": failure.look, "hint": failure.hint,
                "log": failure.log, "stub": stub and stub[1]}
    verdict = Verdict.INFRASTRUCTURE
    if isinstance(failure, (AssertionError, pytest.fail.Exception)):
        verdict = Verdict.WRONG
    crash = getattr(report.longrepr, "reprcrash", None)
    place = f" ({crash.path}:{crash.lineno})" if crash else ""
    name = "" if verdict is Verdict.WRONG else f"{type(failure).__name__}: "
    return {"verdict": str(verdict), "expected": "the test to hold" if name == "" else "the test to run",
            "happened": f"{name}{failure}{place}", "look": "", "hint": ""}
