"""Capability expressions of the manifest: `start(console, 0)` and the like."""

import re

from diskformat import IRQ_LINES, PRIORITIES, WAIT_QUEUES, CapType, Kind
from diskimage import VOID, Cap, read_only

_EXPRESSION = re.compile(r"\s*([a-z]+)\s*(?:\(([^()]*)\))?\s*")


class ExpressionError(Exception):
    """The expression does not name a capability; the message says why."""


def integer(text, low=0, high=(1 << 64) - 1):
    """The value of an int argument of any base, or ExpressionError."""
    try:
        value = int(text, 0)
    except ValueError:
        raise ExpressionError(f"{text!r} is not a number") from None
    if not low <= value <= high:
        raise ExpressionError(f"{text} is not in {low} to {high}")
    return value


def _number(names, value):
    return Cap(CapType.number, oid=integer(value, -(1 << 63)) % (1 << 64))


def _start(names, process, badge):
    return Cap(CapType.start, badge=integer(badge, 0, 0xFFFF), oid=names.find("process", process))


def _schedule(names, priority, quantum="0"):
    priority = integer(priority, 0, PRIORITIES - 1)
    return Cap(CapType.schedule, badge=priority, oid=integer(quantum))


def _range(names, kind, which):
    if kind not in Kind.__members__:
        raise ExpressionError(f"{kind!r} is no kind of object: {', '.join(Kind.__members__)}")
    if which not in ("rest", "all"):
        raise ExpressionError(f"a range is of 'rest' or 'all', not {which!r}")
    first, end = names.range(Kind[kind], which)
    if first == end:
        raise ExpressionError(f"no {kind} is left over; raise the number in [image]")
    return Cap(CapType.range, badge=Kind[kind], version=end - first, oid=first)


def _irq(names, line):
    return Cap(CapType.irq, version=names.epoch, oid=integer(line, 1, IRQ_LINES - 1))


def _devpage(names, address):
    if integer(address) % 4096:
        raise ExpressionError(f"{address} is not the address of a page")
    return Cap(CapType.devpage, oid=integer(address))


def _object(cap_type, table):
    return lambda names, name: Cap(cap_type, oid=names.find(table, name))


def _single(cap_type):
    return lambda names: Cap(cap_type)


# Name: the arguments it takes (a last one with ? may be left out), and what
# makes the capability of them.
FORMS = {
    "void": ("", lambda names: VOID),
    "number": ("VALUE", _number),
    "page": ("NAME", _object(CapType.page, "page")),
    "node": ("NAME", _object(CapType.node, "node")),
    "process": ("NAME", _object(CapType.process, "process")),
    "start": ("PROCESS, BADGE", _start),
    "schedule": ("PRIORITY, QUANTUM?", _schedule),
    "meter": ("NODE", _object(CapType.meter, "node")),
    "range": ("KIND, rest|all", _range),
    "irq": ("LINE", _irq),
    "devpage": ("ADDRESS", _devpage),
    "wait": ("INDEX", lambda names, index: Cap(CapType.wait, oid=integer(index, 0, WAIT_QUEUES - 1))),
    "checkpoint": ("", _single(CapType.checkpoint)),
    "conlog": ("", _single(CapType.conlog)),
    "inspector": ("", _single(CapType.inspector)),
    "discrim": ("", _single(CapType.discrim)),
    "space": ("PROCESS", _object(CapType.node, "space")),
    "program": ("PROGRAM", lambda names, name: read_only(Cap(CapType.node, oid=names.find("program", name)))),
}


def evaluate(text, names):
    """The Cap that the expression names.

    `names` resolves what it refers to: find(table, name) gives an OID,
    range(kind, "rest" or "all") the first and the end of a range, epoch the
    boot epoch.  ExpressionError: it names nothing.
    """
    match = _EXPRESSION.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise ExpressionError(f"{text!r} is not a capability; write NAME or NAME(ARGUMENTS)")
    name, inner = match.groups()
    if name not in FORMS:
        raise ExpressionError(f"no capability is called {name!r}; there are: {', '.join(FORMS)}")
    wanted, make = FORMS[name]
    given = [part.strip() for part in inner.split(",")] if inner and inner.strip() else []
    most = len(wanted.split(",")) if wanted else 0
    if not most - wanted.count("?") <= len(given) <= most:
        usage = f"{name}({wanted})" if wanted else name
        raise ExpressionError(f"{text!r} should be {usage}")
    return make(names, *given)
