"""What a grading says to people: progress, the table, a block per failure."""

import os
import re
import textwrap

_COLOURS = {"pass": "32", "infrastructure": "33"}
_LABELS = (("expected", "expected"), ("happened", "happened"), ("look", "look at"),
           ("where", "read"), ("hint", "hint"), ("cases", "cases"), ("log", "log"))


class Paint:
    """Colour, on a terminal that can show it; plain text anywhere else."""

    def __init__(self, stream):
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb"
        self.on = stream.isatty() and not plain

    def verdict(self, word, width=0):
        text = f"{word:{width}}"
        return f"\033[{_COLOURS.get(word, '31')}m{text}\033[0m" if self.on else text


class Progress:
    """One line for each test that ends; the first to stop in a stub says so."""

    def __init__(self, lab, stream):
        self._lab, self._stream, self._paint = lab, stream, Paint(stream)
        self._count, self._stub = 0, None

    def finished(self, record):
        self._count += 1
        if record.get("stub") and not self._stub:
            self._stub = record["stub"]
            self._say(unwritten_line(self._lab, self._stub))
        count = f"{self._count:{len(str(record['of']))}}/{record['of']}"
        self._say(f"  {count}  {self._paint.verdict(record['verdict'], 14)} {record['id']}"
                  f" {_case(record)}".rstrip())

    def _say(self, line):
        print(line, file=self._stream, flush=True)


def unwritten_line(lab, function):
    """Says which function of which file is to be written."""
    pattern = re.compile(rf"\b{function}\b")
    holding = [name for name in lab.files
               if (lab.folder / name).is_file() and pattern.search((lab.folder / name).read_text())]
    file = f"labs/{lab.name}/{holding[0] if holding else lab.files[0]}"
    return f"Lab {lab.number} is not written yet: {function} in {file} is yours to write."


def message(record, failed=1, log=""):
    """The block of lines about a failure: of the first of `failed` cases."""
    said = {**record, "log": log, "cases": ""}
    if record.get("cases", 1) > 1:
        said["cases"] = f"{failed} of {record['cases']} did not pass; the first is {_case(record)}"
    return "\n".join(f"{label:9} {clean(said[key], ' ' * 10)}" for key, label in _LABELS if said.get(key))


def clean(text, indent=""):
    """Text that may come from a student's kernel, made harmless: no control
    characters for a terminal, no commands for a CI service, no end of pages."""
    lines = re.sub(r"[^\n\x20-\x7e\xa0-\uffff]", "?", text.strip().replace("\r", "").expandtabs())
    kept = [re.sub(r"^\s*::", ": :", line)[:400] for line in lines.split("\n")]
    if len(kept) > 20:
        kept[20:] = [f"({len(kept) - 20} lines more)"]
    return f"\n{indent}".join(kept)


def _case(record):
    """What stands in brackets in the name of a case."""
    found = re.search(r"\[.*\]$", record["node"])
    return found[0] if found else ""


def table(results, stream):
    """The whole report on a results file, as text for `stream`."""
    paint = Paint(stream)
    width = max([len(test["id"]) for test in results["tests"]] + [5])
    lines = ["", f"Lab {results['lab']}, {results['title']}: {results['from']}, seed {results['seed']}", ""]
    for test in results["tests"]:
        given = "-" if test["points"] is None else test["points"]
        lines.append(f"  {test['id']:{width}}  {given:>4} of {test['max']:<4} "
                     f"{paint.verdict(test['verdict'], 14)} {test['title']}")
    lines.append(f"  {'total':{width}}  {_score(results):>4} of {results['max']}")
    lines += _blocks(results["tests"], stream) + _problems(results)
    return "\n".join(lines)


def _blocks(tests, stream):
    """The failures; one that repeats another only says so."""
    first, lines = {}, []
    for test in filter(lambda test: test["message"], tests):
        gist = [line for line in test["message"].split("\n")
                if not line.startswith(("read ", "hint ", "cases ", "log "))]
        same = first.setdefault("\n".join(gist), test["id"])
        if same == test["id"]:
            lines += ["", block(test, stream)]
        else:
            lines += ["", f"{test['id']}: {Paint(stream).verdict(test['verdict'])}, as {same}"]
    return lines


def block(test, stream):
    """What there is to say about one entry of the results."""
    head = f"{test['id']}: {Paint(stream).verdict(test['verdict'])}"
    if not test["message"]:
        return head
    return f"{head}\n{textwrap.indent(test['message'], '  ')}\n  replay    {test['replay']}"


def _score(results):
    return "-" if results["score"] is None else results["score"]


def _problems(results):
    """What kept the grader from its work, if anything did."""
    if results["score"] is not None and not results["errors"]:
        return []
    lines = [""] + [f"grader: {error}" for error in results["errors"]]
    if results["score"] is None:
        lines.append("The mark is withheld: the grader could not do its work.  That is not the "
                     "submission's fault.")
        lines.append("Run `make doctor`, then grade again.")
    return lines


