"""Results files in the formats of others.

Each module has a function `export(results)`, which gives the text of one
results file (results.py says what is in it) in its format.  What comes from a
submission, messages and the name of its folder, is plain text there, whatever
it looks like.  A mark that is withheld is nowhere a zero: a format that has no
word for it gets nothing at all (Withheld), and the service says itself that
grading failed.
"""

import json
import re

from . import autolab, gradescope, junit, spreadsheet
from .withheld import Withheld

FORMATS = {
    "autolab": autolab.export,
    "csv": spreadsheet.export,
    "gradescope": gradescope.export,
    "junit": junit.export,
}


class Unreadable(ValueError):
    """A file that is not a results file.  The text says which, and why."""


def read(path):
    """The results in a file, every text in it made printable."""
    try:
        results = json.loads(path.read_text())
        for key in ("lab", "from", "score", "max", "tests"):
            results[key]
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else error
        raise Unreadable(f"{path} is not a results file: {reason}") from error
    return _printable(results)


def _printable(value):
    """Control characters, and what is none, would end a line, a file or the
    patience of a parser."""
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, str):
        return re.sub("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]", "?", value)
    return value


__all__ = ["FORMATS", "Unreadable", "Withheld", "read"]
