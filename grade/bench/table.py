"""From figures to the table, and to build/bench.json.  Pure."""

GREEN, RED, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"
MISSING = "not there yet"


def goal_of(row, values):
    """The number the row is held to, or None.  Another row's counts as reached
    when it is missed by no more than 2 in 100."""
    if isinstance(row.goal, str):
        return round(values[row.goal] * 1.02, 1) if row.goal in values else None
    return row.goal


def records(rows, values):
    """What build/bench.json holds: one record for each figure there is."""
    return [
        {"id": row.id, "what": row.what, "value": values[row.id], "goal": goal_of(row, values),
         "unit": row.unit, "peer": row.peer}
        for row in rows if row.id in values
    ]


def number(value):
    """1,234 or, below a thousand, 123.4 where it is no whole number, and below ten 1.23."""
    if value is None:
        return ""
    if value < 10 and value != int(value):
        return f"{value:.2f}"
    return f"{value:,.1f}" if value < 1000 and value != int(value) else f"{round(value):,}"


def verdict(value, goal, colour):
    """`met`, or how far it is off; empty without a goal."""
    if goal is None:
        return ""
    text = "met" if value <= goal else f"{value / goal:.1f} times" if goal else "missed"
    return f"{GREEN if value <= goal else RED}{text}{PLAIN}" if colour else text


def changes(values, before):
    """A line for each figure that is not what it was; before: {id: value}."""
    for name, value in values.items():
        if name in before and before[name] != value:
            yield f"{name}: was {number(before[name])}"


def lines(rows, values, colour=False):
    """The table, a line for each row."""
    yield f"{'':16} {'value':>10} {'goal':>10} {'':10} {'what':38} peers"
    for row in rows:
        if row.id not in values:
            yield f"{row.id:16} {MISSING:>21} {'':10} {row.what:38} {row.peer}".rstrip()
            continue
        value, goal = values[row.id], goal_of(row, values)
        said = verdict(value, goal, colour)
        padding = " " * (10 - len(verdict(value, goal, False)))
        yield (f"{row.id:16} {number(value):>10} {number(goal):>10} {said}{padding} "
               f"{row.what:38} {row.peer}").rstrip()
