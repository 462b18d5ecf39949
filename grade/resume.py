"""A run of the tests that can be killed at any moment and goes on where it was.

    pytest grade --resume FILE [--fresh]

Every finished test is one line of FILE, in JSON, on the disk before anything
else happens: the first line says which tree they are about, each other one
`test`, `outcome`, `seconds` and, of a failure, `text`.  Started again, the run
leaves out what is there; a failure is a result too, and is not tried again.
Only a test during which a worker died has no result.

Results belong to a tree: to the contents of all files that git does not
ignore, below the folder pytest was started in.  In another tree, or with
--fresh, the run starts over; a tree that changes on the way ends it, before
one result of the new tree is taken for one of the old.
"""

import ctypes
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_PR_SET_PDEATHSIG = 1
_BAD = ("failed", "error")


def state(folder):
    """The digest of a tree: of the name and contents of every file in it."""
    digest = hashlib.sha256()
    for path in _files(folder):
        data = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.relative_to(folder)}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()[:16]


def _files(folder):
    listing = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=folder,
                             capture_output=True, text=True)
    if listing.returncode == 0:
        return [folder / name for name in sorted(set(listing.stdout.split("\0"))) if name]
    built = {"build", "__pycache__", ".pytest_cache"}
    return [path for path in sorted(folder.rglob("*"))
            if path.is_file() and not built.intersection(path.relative_to(folder).parts)]


class Journal:
    """The file, which one run at a time may have.  `results` is what it holds:
    {test: line}."""

    def __init__(self, path, tree, fresh=False):
        path, self.results = Path(path), {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(path, "a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise pytest.UsageError(f"another run is under way that writes to {path}") from None
        if not fresh:
            self._read(tree)
        if not self.results:
            self._file.truncate(0)
            self._write({"tree": tree})

    def _read(self, tree):
        self._file.seek(0)
        for line in self._file.read().split("\n"):
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # the line that was being written when the run was killed
            if entry.get("tree", tree) != tree:
                return
            if "test" in entry:
                self.results[entry["test"]] = entry

    def add(self, entry):
        self.results[entry["test"]] = entry
        self._write(entry)

    def _write(self, entry):
        self._file.write("\n" + json.dumps(entry))
        self._file.flush()
        os.fsync(self._file.fileno())


class Resumed:
    """The plugin of the process that collects the results."""

    def __init__(self, config):
        self._folder = config.invocation_params.dir
        self._tree = state(self._folder)
        self.journal = Journal(config.option.resume, self._tree, config.option.fresh)
        self.before = dict(self.journal.results)
        self._progress = Progress(self.before, sys.stderr)
        self._reports, self._expected = {}, False

    def pytest_configure_node(self, node):
        """To a worker of xdist: one that is started late must collect what the
        first ones did."""
        node.workerinput["latchkey_done"] = list(self.before)

    def pytest_xdist_node_collection_finished(self, node, ids):
        self.expect(ids)

    def expect(self, ids):
        if not self._expected:
            self._progress.expect(ids)
        self._expected = True

    def pytest_runtest_logreport(self, report):
        self._reports.setdefault(report.nodeid, []).append(report)

    def pytest_runtest_logfinish(self, nodeid):
        reports = self._reports.pop(nodeid, [])
        if [report.when for report in reports][-1:] != ["teardown"]:
            return  # its worker died: as good as not run
        if state(self._folder) != self._tree:
            pytest.exit("the tree has changed: what follows would be about another one.  "
                        "Start again when it is as it shall be.", returncode=2)
        entry = _entry(nodeid, reports)
        self.journal.add(entry)
        self._progress.finished(entry)

    def pytest_report_teststatus(self, report):
        """No dots: `Progress` speaks in their place."""
        if report.failed:
            return "failed" if report.when == "call" else "error", "", ""
        if report.skipped:
            return "skipped", "", ""
        return "passed" if report.when == "call" else "", "", ""

    def pytest_sessionfinish(self, session, exitstatus):
        good = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        if exitstatus in good and self.journal.results:
            failed = any(e["outcome"] in _BAD for e in self.journal.results.values())
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if failed else pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter):
        self._progress.end()
        old = [e for e in self.before.values() if e["outcome"] in _BAD]
        if old:
            terminalreporter.section("failures of earlier runs")
        for entry in old:
            terminalreporter.section(entry["test"], "_")
            terminalreporter.write_line(entry["text"])
        terminalreporter.section("this run and those before it" if self.before else "results")
        for line in _summary(self.journal.results.values()):
            terminalreporter.write_line(line)
        if self._progress.left:
            left = f"{self._progress.left} tests are left: the same command goes on there"
            terminalreporter.write_line(left)


def _entry(nodeid, reports):
    """What a finished test leaves: the worst of its set-up, call and teardown."""
    bad = [report for report in reports if report.failed]
    outcome = "passed"
    if bad:
        outcome = "failed" if bad[0].when == "call" else "error"
    elif any(report.skipped for report in reports):
        outcome = "skipped"
    entry = {"test": nodeid, "outcome": outcome, "seconds": round(sum(r.duration for r in reports), 2)}
    return {**entry, "text": "\n".join(report.longreprtext for report in bad)} if bad else entry


def _summary(results):
    results = list(results)
    counts = {outcome: sum(e["outcome"] == outcome for e in results)
              for outcome in ("passed", "failed", "error", "skipped")}
    seconds = sum(entry["seconds"] for entry in results)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    yield f"{told or 'no test'} in {_duration(seconds)} of work"
    for entry in results:
        if entry["outcome"] in _BAD:
            yield f"{entry['outcome'].upper()} {entry['test']}"


class Progress:
    """How much is done of how much, and about how long the rest takes.

    A test that is still to come is taken to need what its function's other
    cases did, on average, or else what all tests did.
    """

    def __init__(self, before, stream):
        self._stream, self._terminal = stream, stream.isatty()
        self._results, self._left, self._new = dict(before), {}, []
        self._start, self._percent = time.monotonic(), 0

    def expect(self, ids):
        """The tests that this run is to do."""
        self._left = dict.fromkeys(ids)
        if self._results:
            self._say(f"{len(self._results)} tests were finished before, {len(ids)} are left\n")

    @property
    def left(self):
        return len(self._left)

    def finished(self, entry):
        self._left.pop(entry["test"], None)
        self._results[entry["test"]] = entry
        self._new.append(entry["seconds"])
        if entry["outcome"] in _BAD:
            self._say(f"{entry['outcome'].upper()} {entry['test']}\n")
        percent = 100 * len(self._results) // (len(self._results) + len(self._left))
        if self._terminal:
            self._say(self._line())
        elif percent != self._percent:
            self._say(self._line() + "\n")
        self._percent = percent

    def _line(self):
        failed = sum(entry["outcome"] in _BAD for entry in self._results.values())
        told = f"{len(self._results)} of {len(self._results) + len(self._left)} tests"
        return f"{told}, {failed} failed, about {_duration(self._seconds_left())} left"

    def _seconds_left(self):
        known = {}
        for entry in self._results.values():
            known.setdefault(_function(entry["test"]), []).append(entry["seconds"])
        mean = {name: sum(seconds) / len(seconds) for name, seconds in known.items()}
        usual = sum(mean.values()) / len(mean)
        work = sum(mean.get(_function(test), usual) for test in self._left)
        return work * (time.monotonic() - self._start) / max(sum(self._new), 0.01)

    def _say(self, text):
        self._stream.write(f"\r\033[K{text}" if self._terminal else text)
        self._stream.flush()

    def end(self):
        self._say("\n" if self._terminal else "")


def _function(test):
    return test.split("[")[0]


def _duration(seconds):
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def pytest_addoption(parser):
    group = parser.getgroup("latchkey", "grading")
    group.addoption("--resume", help="keep results in this file, and go on where it ends")
    group.addoption("--fresh", action="store_true", help="with --resume: start over")


def pytest_configure(config):
    """Registers the plugin where it is wanted; in a worker, whose results
    others collect, sees to it that it does not outlive them."""
    if hasattr(config, "workerinput"):
        _die_with_parent()
    elif config.option.resume and not config.option.collectonly:
        config.pluginmanager.register(Resumed(config), "latchkey-resumed")


def _die_with_parent():
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def pytest_collection_modifyitems(config, items):
    plugin = config.pluginmanager.get_plugin("latchkey-resumed")
    done = getattr(config, "workerinput", {}).get("latchkey_done", plugin.before if plugin else ())
    done = set(done)
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in done])
    items[:] = [item for item in items if item.nodeid not in done]
    if plugin:
        plugin.expect([item.nodeid for item in items])
