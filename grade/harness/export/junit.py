"""JUnit's XML, which every CI service shows; a test that the grader could not
run is an error there, one that was not passed a failure."""

import xml.etree.ElementTree as xml


def export(results):
    tests = results["tests"]
    count = {"tests": len(tests), "failures": sum(map(_failed, tests)), "errors": sum(map(_withheld, tests))}
    suite = xml.Element("testsuite", {"name": f"lab{results['lab']}", **_texts(count)})
    properties = xml.SubElement(suite, "properties")
    for name in ("from", "seed", "digest", "score", "max"):
        value = results.get(name)
        if value is not None:
            xml.SubElement(properties, "property", {"name": name, "value": str(value)})
    for test in tests:
        suite.append(_case(results, test))
    xml.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(suite, encoding="unicode") + "\n"


def _case(results, test):
    case = xml.Element("testcase", {"classname": f"lab{results['lab']}", "name": test["id"]})
    if test["verdict"] != "pass":
        kind = "error" if _withheld(test) else "failure"
        first = test["message"].split("\n")[0]
        xml.SubElement(case, kind, {"type": test["verdict"], "message": first}).text = test["message"]
    return case


def _withheld(test):
    return test["verdict"] == "infrastructure"


def _failed(test):
    return test["verdict"] != "pass" and not _withheld(test)


def _texts(values):
    return {name: str(value) for name, value in values.items()}
