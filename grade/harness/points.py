"""The pytest plugin: scored tests in, one results file out.

Every scored test carries the marker `points(n, id=..., hint=..., where=...)`.
Whatever it ends in becomes a record, attached to pytest's report, so that
records of xdist's workers reach the process that collects them (`results`).
Only `--lab N` switches this on; without it no lab's tests are collected, for
they grade a submission, and `pytest grade` is to test the grader.
"""

import pytest

from . import build
from .fixtures import test_folder
from .lab import ROOT, LabError, find_lab, source_folder
from .verdict import Failure, Infrastructure, Verdict, unwritten


def pytest_addoption(parser):
    group = parser.getgroup("latchkey", "grading")
    group.addoption("--lab", type=int, help="number of the lab to grade")
    group.addoption("--from", dest="source", help="folder of the submission; `solutions` for the reference")
    group.addoption("--seed", type=int, default=1, help="seed of all deterministic runs (1)")
    group.addoption("--only", help="run only the test with this id")
    group.addoption("--case", help="run only this case of it (a node id)")
    group.addoption("--live", action="store_true", help="show the serial line as it comes (with -s)")


def configure(config):
    """Checks the options; UsageError: lab or folder does not exist."""
    option = config.option
    build.run_id()
    if option.lab is None:
        return
    try:
        source_folder(find_lab(option.lab), option.source)
    except LabError as error:
        raise pytest.UsageError(str(error)) from error


def other_labs(config):
    """Folders not to collect from, for conftest.py: the tests of a lab are for
    a grading of that lab alone."""
    folders = (ROOT / "grade").glob("lab[0-9][0-9]")
    return [str(folder) for folder in folders if int(folder.name[3:]) != config.option.lab]


def pytest_collection_modifyitems(config, items):
    if config.option.lab is None:
        return
    refusal = _mismatch(find_lab(config.option.lab), items)
    if config.option.only:
        keep = [item for item in items if _id(item) == config.option.only]
        if config.option.case:
            keep = [item for item in keep if item.nodeid == config.option.case]
        items[:] = keep
    ids = [_id(item) for item in items]
    for order, item in enumerate(items):
        item.latchkey_refusal = refusal
        item.latchkey = {"order": order, "cases": ids.count(ids[order]), "of": len(items)}


def _mismatch(lab, items):
    """What tests and lab.toml do not agree on; they must name the same ids and
    points, or nothing is graded."""
    declared = {test.id: test.points for test in lab.tests}
    for item in items:
        marker = item.get_closest_marker("points")
        if not marker or len(marker.args) != 1 or declared.get(_id(item)) != marker.args[0]:
            scored = marker and marker.args
            said = f"{_id(item)} with {marker.args[0]} points" if scored else "a test without points"
            return f"{item.nodeid}: {said} is not in labs/{lab.name}/lab.toml"
    missing = sorted(set(declared) - set(map(_id, items)))
    return f"labs/{lab.name}/lab.toml: no test has the id {missing[0]}" if missing else ""


def _id(item):
    marker = item.get_closest_marker("points")
    return marker.kwargs.get("id", "") if marker else ""


def pytest_runtest_setup(item):
    refusal = getattr(item, "latchkey_refusal", "")
    if refusal:
        raise Infrastructure(refusal)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if hasattr(item, "latchkey") and (report.when == "call" or not report.passed):
        report.user_properties.append(("latchkey", _record(item, call, report)))


def _record(item, call, report):
    """What the results file needs to know of one case, in plain JSON types."""
    marker = item.get_closest_marker("points") or pytest.mark.points().mark
    failure = call.excinfo.value if call.excinfo else None
    record = {"id": _id(item), "node": item.nodeid, "verdict": str(Verdict.PASS),
              "log": str(test_folder(item)), **item.latchkey}
    if failure is not None or not report.passed:
        record.update(_said(failure, report))
        record["log"] = record["log"] or str(test_folder(item))
    if record["verdict"] not in (Verdict.INFRASTRUCTURE, Verdict.BUILD):
        record["hint"] = record.get("hint") or marker.kwargs.get("hint", "")
        record["where"] = marker.kwargs.get("where", "")
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
