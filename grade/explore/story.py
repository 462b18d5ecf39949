"""The story of one run: a line for each thing a hart did, by name.

Addresses become C by the debug information: which line, and which field.
"""

import re
import subprocess
from dataclasses import dataclass

from grade.harness.elf import Elf

_PLUMBING = re.compile(r"(^|/)(atomic(_calls)?\.h|spin\.h|machine\.h|irq\.c|context\.S)$")
_SOURCES = ["its timer", "another hart"]


@dataclass(frozen=True)
class Event:
    hart: int
    what: str
    pc: int
    where: int
    value: int
    before: int
    note: str


def _contended(events):
    """The words that more than one hart touches."""
    by = {}
    for event in events:
        if event.what != "drain":
            by.setdefault(event.where, set()).add(event.hart)
    return {word for word, harts in by.items() if len(harts) > 1}


def _late(events):
    return {event.where for event in events if event.what == "late"}


def _matters(event, contended, late):
    """When a store reaches memory matters where somebody missed it."""
    if event.what == "drain":
        return event.where in late
    return not event.where or event.where in contended


def _idle(events, text):
    """The harts that a failure can be told without: they touch nothing that
    others change, change nothing that others touch, and interrupt nobody."""
    changed = {(e.where, e.hart) for e in events if e.what in ("store", "modify", "cas")}
    touched = {(e.where, e.hart) for e in events if e.where and e.what not in ("drain", "late")}
    met = {hart for where, writer in changed for place, reader in touched
           if place == where and reader != writer for hart in (writer, reader)}
    met |= {hart for e in events if e.what == "ipi" for hart in (e.hart, e.value)}
    met |= {int(hart) for hart in re.findall(r"\bhart (\d+)", text)}
    met |= {e.hart for e in events if e.what == "note"}
    return {e.hart for e in events} - met if met else set()


class Story:
    """Reads the lines `event ...` of an explorer; `base` is where the program
    lay in memory, `text` what it says went wrong.  idle: harts left out."""

    def __init__(self, lines, program, base, text=""):
        self._base, self._program = base, program
        self._names = Names(program)
        told = [self._event(line) for line in lines]
        self.idle = _idle(told, text)
        told = [event for event in told if event.hart not in self.idle]
        contended, late = _contended(told), _late(told)
        self._events = [event for event in told if _matters(event, contended, late)]
        self._places = places(program, {e.pc for e in self._events})

    def _event(self, line):
        hart, what, pc, where, value, before, note = (line.split(" ", 7) + [""])[1:8]
        pc, where = int(pc, 16), int(where, 16)
        return Event(int(hart), what, pc and pc - self._base, where and where - self._base,
                     int(value, 16), int(before, 16), note)

    def __str__(self):
        left_out = [f"  (hart {hart} takes no part)" for hart in sorted(self.idle)]
        return "\n".join([*left_out, *self._lines(self._events)])

    def summary(self, steps):
        """The last steps."""
        return "\n".join(list(self._lines(self._events))[-steps:])

    def plain(self, text):
        """A message of the engine's, its addresses in words."""
        text = re.sub(r"<code (\w+)>", lambda m: self._code(int(m[1], 16) - self._base), text)
        return re.sub(r"<data (\w+)>", lambda m: self._names.name(int(m[1], 16) - self._base), text)

    def place(self, text):
        """Where to look: the place a message names, or the last step's."""
        found = re.findall(r"<code (\w+)>", text)
        if found:
            return self._code(int(found[-1], 16) - self._base)
        return self._code(self._events[-1].pc) if self._events else ""

    def _code(self, pc):
        function, place = places(self._program, {pc})[pc]
        return f"{function} ({place})"

    def _lines(self, events):
        last = None
        for event in events:
            said = self._say(event)
            if not said:
                continue
            if last is not None and event.hart != last:
                yield "  --"
            last = event.hart
            function, place = self._places.get(event.pc, ("", ""))
            if event.what in ("note", "user", "trap", "end", "interrupt", "drain"):
                yield f"  hart {event.hart}  {'':44} {said}"
            else:
                yield f"  hart {event.hart}  {function + '  ' + place:44} {said}"

    def _say(self, e):
        name = self._names.name(e.where) if e.where else ""
        value, before = self._value(e.value), self._value(e.before)
        source = _SOURCES[e.value] if e.what == "interrupt" and e.value < 2 else f"device {e.value - 2}"
        return {
            "load": f"{name} is {value}",
            "store": f"{name} = {value}" + (", release" if e.before else ""),
            "modify": f"{name}: {before} -> {value}",
            "cas": f"{name}: {before} -> {value}, as it was",
            "cas_fails": f"{name} is {before} by now, not changed",
            "fence": "full fence",
            "spin": "waits in a loop",
            "drain": f"    (hart {e.before}'s {name} = {value} reaches memory)",
            "late": f"    (hart {e.before}'s {name} = {value} is not seen yet)",
            "enable": "enables interrupts",
            "disable": "disables interrupts",
            "wait": "waits for an interrupt",
            "interrupt": f"*** interrupt: {source}, in {'user mode' if e.before else 'the kernel'}",
            "unmask": f"unmasks line {e.value}",
            "timer": "sets its timer: " + ("never" if e.value == 2**64 - 1 else f"{e.value // 10000} ms"),
            "ipi": f"interrupts hart {e.value}",
            "user": "goes to user mode",
            "trap": "enters the kernel",
            "exit": "the handler returns",
            "end": "is done",
            "note": f"*** {e.note}",
        }[e.what]

    def _value(self, value):
        """A number, or what it points to."""
        near = value - self._base
        return f"&{self._names.name(near)}" if 0 < near < 1 << 32 and value > 1 << 32 else \
            str(value) if value < 1 << 16 else hex(value)


def places(program, addresses):
    """{address: (function, file:line)} of return addresses: of what is not
    plumbing, the innermost."""
    asked = sorted(addresses)
    done = subprocess.run(["addr2line", "-a", "-f", "-i", "-e", str(program), *(hex(max(a - 1, 0)) for a in asked)],
                          capture_output=True, text=True)
    found = {}
    chunks = re.split(r"^0x[0-9a-f]+\n", done.stdout, flags=re.MULTILINE)[1:]
    for address, chunk in zip(asked, chunks):
        lines = chunk.splitlines()
        frames = list(zip(lines[::2], (line.split(" (")[0] for line in lines[1::2])))
        good = [f for f in frames if not _PLUMBING.search(f[1].rsplit(":", 1)[0])] or frames or [("?", "?:0")]
        found[address] = (good[0][0], "/".join(good[0][1].rsplit("/", 2)[-2:]))
    return found


class Names:
    """From addresses to C, each looked up once."""

    def __init__(self, program):
        self._elf = Elf(program)
        self._known = {}

    def name(self, address):
        """`harts[1].need_resched` for the address of it."""
        if address not in self._known:
            self._known[address] = (self._elf.name(address) or hex(address)).removesuffix(".v")
        return self._known[address]
