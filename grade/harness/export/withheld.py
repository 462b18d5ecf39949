"""What a format says that cannot say that a mark is withheld."""


class Withheld(ValueError):
    """The grader could not do its work; the text says where to look."""


def require_mark(results):
    """Withheld: there is no mark."""
    if results["score"] is None:
        first = (results.get("errors") or ["see the results file"])[0]
        raise Withheld(f"the mark of {results['from']} is withheld: {first}")
