"""KTAP, version 1: the text a guest prints, read into results.

Pure: text in, results out, nothing else touched.  The format is that of the
Linux kernel's documentation (dev-tools/ktap): a version line, a plan `1..N`,
one numbered result for each test, and subtests indented by two spaces and
closed by a result of their parent.  Any other line is somebody else's and is
passed over, for the kernel prints on the same serial line.

A log is evidence only if it is whole.  Whatever is odd about it is reported in
`errors`, by line: no version or a second one, no plan, a plan twice, late or
of another length, a number missing, repeated or out of order, a subtest
nobody accounts for, a parent that passes with a failed part.
"""

import re
from dataclasses import dataclass, field

from .verdict import Wrong

MAX_LINES = 200_000  # more than any scenario prints, read in a second
MAX_LINE = 4096  # characters of a line that are looked at
MAX_ERRORS = 20
MAX_DEPTH = 8

_VERSION = re.compile(r"KTAP version 1$")
_PLAN = re.compile(r"1\.\.(\d{1,9})(?:\s+#.*)?$")
_RESULT = re.compile(r"(not )?ok (\d{1,9})(?:\s+-)?(?:\s+(.*))?$")
_DIRECTIVE = re.compile(r"(?:^|\s)#\s*(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b\s*(.*)$", re.IGNORECASE)
_BAIL = re.compile(r"Bail out!\s*(.*)$")
_SAYS = re.compile(r"(expected|happened|look|hint):\s*(.*)$")


@dataclass
class Result:
    """One line `ok` or `not ok`.

    `notes` are the `#` lines before it, `suite` its subtests, if it has any.
    A directive (SKIP, TODO, XFAIL, TIMEOUT, ERROR) is no pass.
    """

    number: int
    name: str
    ok: bool
    line: int
    directive: str = ""
    reason: str = ""
    notes: list = field(default_factory=list)
    suite: "Suite | None" = None

    @property
    def passed(self):
        return self.ok and not self.directive and (self.suite is None or self.suite.passed)

    def says(self, key):
        """What the notes say under `# key: ...` (expected, happened, look,
        hint), or an empty string."""
        found = [m[2] for m in map(_SAYS.match, self.notes) if m and m[1] == key]
        return "\n".join(found)


@dataclass
class Suite:
    """The results of one level.  `errors` at the top are those of the log."""

    line: int = 0
    plan: "int | None" = None
    results: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    bail: "str | None" = None
    versions: int = 0
    seen: dict = field(default_factory=dict, repr=False)  # line of each number
    highest: int = 0

    @property
    def passed(self):
        """Complete, consistent, and every test passed."""
        whole = self.plan == len(self.results) and not self.errors and self.bail is None
        return whole and all(result.passed for result in self.results)

    def flat(self, prefix=""):
        """(name, result) of every test; a part of x called y is x/y."""
        for result in self.results:
            yield prefix + result.name, result
            if result.suite:
                yield from result.suite.flat(f"{prefix}{result.name}/")


def parse(text):
    """Reads a log.  Never raises: what is wrong with it is in `errors`."""
    return _Parser().run(text)


class _Parser:
    """The open suites, outermost first; `errors` belong to the whole log."""

    def __init__(self):
        self.errors, self.more = [], 0
        self.open = [Suite(errors=self.errors)]

    def run(self, text):
        top = self.open[0]
        lines = text.split("\n", MAX_LINES)
        if len(lines) > MAX_LINES:
            self.error(MAX_LINES, f"longer than {MAX_LINES} lines; the rest was not read")
            lines[-1] = ""
        for number, line in enumerate(lines, 1):
            self.read(number, line[:MAX_LINE].rstrip("\r"))
            if top.bail is not None:
                break
        if lines[-1]:
            self.error(len(lines), "no end of line: the log is cut off here")
        self.close_down_to(0, orphan=True)
        self.check(top)
        if self.more:
            self.errors.append(f"and {self.more} more like these")
        return top

    def error(self, line, text):
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(f"line {line}: {text}" if line else text)
        else:
            self.more += 1

    def read(self, number, line):
        body = line.lstrip(" ")
        depth = (len(line) - len(body)) // 2
        for pattern, action in _FORMS:
            found = pattern.match(body)
            if found and depth <= MAX_DEPTH:
                action(self, number, depth, found)
                return

    def suite_at(self, number, depth):
        """The suite of this depth, opened now if the line is its first."""
        if depth > len(self.open):
            self.error(number, f"indented by {2 * depth}, without a test to be part of")
        while depth >= len(self.open):
            self.open.append(Suite(line=number))
        return self.open[-1]

    def close_down_to(self, depth, orphan=False):
        """Closes the suites deeper than this and gives the last one."""
        closed = None
        while len(self.open) > depth + 1:
            if closed:
                self.error(closed.line, "a subtest without a result of its own")
            closed = self.open.pop()
            self.check(closed)
        if closed and orphan:
            self.error(closed.line, "a subtest without a result of its own")
        return closed

    def version(self, number, depth, _found):
        self.close_down_to(depth, orphan=True)
        suite = self.suite_at(number, depth)
        suite.versions += 1
        if suite.versions > 1:
            self.error(number, "a second log begins")

    def plan(self, number, depth, found):
        self.close_down_to(depth, orphan=True)
        suite = self.suite_at(number, depth)
        if suite.plan is not None:
            self.error(number, f"a second plan; the first was 1..{suite.plan}")
        elif suite.results:
            self.error(number, "the plan comes after results")
        if suite.plan is None:
            suite.plan = int(found[1])

    def result(self, number, depth, found):
        parts = self.close_down_to(depth)
        suite = self.suite_at(number, depth)
        name, directive, reason = _split((found[3] or "").strip())
        result = Result(int(found[2]), name, not found[1], number, directive, reason,
                        suite.notes, parts)
        suite.notes = []
        self.check_number(suite, result)
        if result.ok and parts and any(not part.ok for part in parts.results):
            self.error(number, f"{name!r} says ok, but a part of it failed")
        suite.results.append(result)

    def note(self, _number, depth, found):
        self.open[min(depth, len(self.open) - 1)].notes.append(found[1])

    def bail(self, _number, _depth, found):
        self.open[0].bail = found[1] or "no reason given"

    def check_number(self, suite, result):
        number, due = result.number, suite.highest + 1
        first = suite.seen.setdefault(number, result.line)
        suite.highest = max(suite.highest, number)
        if first != result.line:
            self.error(result.line, f"test {number} is reported again (first on line {first})")
        elif number < due:
            self.error(result.line, f"test {number} comes after test {due - 1}")
        elif number > due:
            self.error(result.line, f"test {number} comes where test {due} was due")

    def check(self, suite):
        """Plan and results of a suite that ends here agree."""
        where = "" if suite is self.open[0] else f"line {suite.line}: subtests: "
        if suite is self.open[0] and not suite.versions:
            self.error(0, "no line `KTAP version 1`")
        if suite.plan is None:
            self.error(0, f"{where}no plan")
        elif suite.plan > len(suite.results):
            last = f"after {suite.results[-1].name!r}" if suite.results else "before the first"
            self.error(0, f"{where}{suite.plan} tests planned, {len(suite.results)} reported; "
                          f"the log ends {last}")
        elif suite.plan < len(suite.results):
            self.error(0, f"{where}{suite.plan} tests planned, {len(suite.results)} reported")


_FORMS = (
    (_RESULT, _Parser.result),
    (_PLAN, _Parser.plan),
    (_VERSION, _Parser.version),
    (_BAIL, _Parser.bail),
    (re.compile(r"#\s?(.*)$"), _Parser.note),
)


def _split(text):
    """(name, directive, reason) of what follows a result's number."""
    found = _DIRECTIVE.search(text)
    if not found:
        return text, "", ""
    return text[: found.start()].rstrip(), found[1].upper(), found[2]


def require(log, plan=None, names=(), look="", hint=""):
    """Raises Wrong unless the log is whole, has `plan` tests (if given), all
    of them passed, and each of `names` (`x/y` for part y of x) is among them.

    `log` is a Suite, or has one in its attribute `ktap`.  Where the failed
    test printed notes `# expected: ...`, `# happened: ...`, `# look: ...`,
    `# hint: ...`, they become the message.  Returns the suite.
    """
    suite = log if isinstance(log, Suite) else log.ktap
    _require_passes(suite, look, hint)
    if suite.bail is not None:
        raise Wrong("every test to be run", f"the guest gave up: {suite.bail}", look, hint)
    if suite.errors:
        raise Wrong("a whole and consistent test log", "\n".join(suite.errors), look, hint)
    if plan is not None and suite.plan != plan:
        raise Wrong(f"{plan} tests", f"the guest planned {suite.plan}", look, hint)
    if not suite.results:
        raise Wrong("tests to be run", "the guest planned none", look, hint)
    missing = sorted(set(names) - {name for name, _ in suite.flat()})
    if missing:
        raise Wrong(f"the test {missing[0]!r} to be run", "it is not in the log", look, hint)
    return suite


def _require_passes(suite, look, hint):
    """Raises Wrong for the first test that did not pass, innermost first."""
    failed = [(name, r) for name, r in suite.flat() if not r.passed]
    failed = [(name, r) for name, r in failed if not _has_failed_part(r)]
    if not failed:
        return
    name, result = failed[0]
    verdict = f"it was reported as {result.directive}" if result.directive else "it did not"
    said = "\n".join(result.notes) or verdict
    more = f"\n({len(failed) - 1} more failed)" if len(failed) > 1 else ""
    raise Wrong(result.says("expected") or f"{name!r} to pass",
                (result.says("happened") or said) + more,
                result.says("look") or look, result.says("hint") or hint)


def _has_failed_part(result):
    return bool(result.suite) and any(not part.passed for part in result.suite.results)
