"""Autolab: one line of JSON, to be the last that the grading prints; the
problems of the assessment are named after the tests."""

import json

from .withheld import require_mark


def export(results):
    require_mark(results)
    return json.dumps({"scores": {test["id"]: test["points"] for test in results["tests"]}}) + "\n"
