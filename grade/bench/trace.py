"""Every instruction that a machine executed, and what they add up to.  Pure.

QEMU writes a line for each block of instructions it enters; told to make
blocks of one instruction, it writes down the whole run.  Nothing is added to
the kernel for this, so what is counted is what is published.

    Trace 0: 0x7f51a8000100 [0000000000000000/ffffffc080200100/0020f001/...]
    Stopped execution of TB chain before 0x7f51a8008a40 [...]

The second kind takes back the line before it: an interrupt came first.
"""

import bisect
import re
from collections import Counter
from dataclasses import dataclass, field

from elftools.elf.elffile import ELFFile

PHYSICAL, VIRTUAL, KERNEL_SIZE = 0x80200000, 0xFFFFFFC080200000, 0x200000
USER, USER_END = 0x10000, 0xFFFFF
RANGES = ",".join(f"{start:#x}..{end:#x}" for start, end in (
    (PHYSICAL, PHYSICAL + KERNEL_SIZE), (VIRTUAL, VIRTUAL + KERNEL_SIZE), (USER, USER_END)))

# Of the machine language: what changes sstatus.SIE, and what waits.
WFI, SRET = 0x10500073, 0x10200073
_CSR_IMMEDIATE, _SSTATUS, _SIE = 0x4073, 0x100, 2

# Who brought a hart into the kernel, by what runs first.
_CAUSES = {"trap_invoke": "invocation", "trap_user_exception": "fault", "irq_arrived": "interrupt"}


def options(path):
    """QEMU's options to trace kernel and programs, not the firmware."""
    return ("-singlestep", "-d", "exec,nochain", "-dfilter", RANGES, "-D", str(path))


def read(lines):
    """(harts, addresses): which hart executed which instruction, in order."""
    harts, addresses = bytearray(), []
    for line in lines:
        if line.startswith("Trace"):
            harts.append(ord(line[6]) - 48)
            addresses.append(int(line.split("/", 2)[1], 16))
        elif line.startswith("Stopped") and addresses:
            harts.pop()
            addresses.pop()
    return harts, addresses


class Program:
    """The symbols and instructions of one ELF file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            elf = ELFFile(file)
            found = {}
            for symbol in elf.get_section_by_name(".symtab").iter_symbols():
                if symbol["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE") and symbol["st_value"]:
                    if not symbol.name.startswith((".L", "$")) and symbol["st_shndx"] != "SHN_ABS":
                        found.setdefault(symbol["st_value"], symbol.name)
            self._starts = sorted(found)
            self._names = [found[start] for start in self._starts]
            self._code = [(part["p_vaddr"], part.data()) for part in elf.iter_segments()
                          if part["p_type"] == "PT_LOAD"]
        self.address = {name: start for start, name in found.items()}
        self._known = {}

    def name(self, address):
        """The function an instruction stands in."""
        if address not in self._known:
            at = bisect.bisect_right(self._starts, address) - 1
            self._known[address] = self._names[at] if at >= 0 else f"{address:#x}"
        return self._known[address]

    def instruction(self, address):
        """The 32 bits at an address; 0 if there is nothing."""
        for start, data in self._code:
            if start <= address < start + len(data):
                return int.from_bytes(data[address - start : address - start + 4], "little")
        return 0


def is_kernel(address):
    return address > USER_END


def switches(program, addresses):
    """{address: True or False}: the instructions among these that enable or
    disable interrupts: csrsi and csrci of sstatus.SIE, as a constant."""
    found = {}
    for address in set(addresses):
        word = program.instruction(address) if is_kernel(address) else 0
        is_immediate = word & 0x407F == _CSR_IMMEDIATE and word >> 12 & 3 >= 2
        if is_immediate and word >> 20 == _SSTATUS and word >> 15 & _SIE:
            found[address] = word >> 12 & 3 == 2
    return found


# What ends a transaction, on the way to user mode or to idling.
_LEAVING = {"txn_leave", "pins_end"}

BETWEEN = "making ready"  # the operation between two operations


@dataclass
class Stretch:
    """Instructions of one hart, one after the other."""

    op: str  # the operation under way
    first: int
    path: "Stretch | None" = None  # that this is part of
    last: int = 0
    length: int = 0
    functions: Counter = field(default_factory=Counter)

    def add(self, address, name):
        self.last = address
        self.length += 1
        self.functions[name] += 1

    @property
    def cause(self):
        """What brought the hart into the kernel: an interrupt, if this is its
        handler, else what the path began with."""
        for functions in (self.functions, (self.path or self).functions):
            for name, cause in _CAUSES.items():
                if name in functions:
                    return cause
        return "idle"


@dataclass
class Window:
    """The rounds of one operation: user and kernel instructions together."""

    rounds: int = 0
    functions: Counter = field(default_factory=Counter)

    def mean(self):
        """[(function, instructions in a round)], the greatest first."""
        return [(name, count / self.rounds) for name, count in self.functions.most_common()]


class Reading:
    """A trace of one hart, read: `paths` through the kernel, from the first
    instruction of a trap to the return to user mode or to idling, even if that
    finds something to do before it rests; `masked` stretches, in which
    interrupts are disabled; `windows` by operation.

    An operation is a function op_NAME of the user program, up to op_done."""

    def __init__(self, addresses, kernel, user):
        self.paths, self.masked, self.windows = [], [], {}
        self._kernel, self._op, self._round = kernel, BETWEEN, None
        self._path = self._mask = None
        self._depth = 0  # interrupts from the kernel that are being served
        self._ops = {start: name[3:] for name, start in user.address.items()
                     if name.startswith("op_") and name != "op_done"}
        self._done = user.address["op_done"]
        self._vector = kernel.address["trap_vector"]
        self._going = False  # to idle: it is in txn_leave(), or just back
        self._switches = switches(kernel, addresses)
        special = {at: kernel.instruction(at) for at in set(addresses) if is_kernel(at)}
        self._special = {at: word for at, word in special.items() if word in (WFI, SRET)}
        for address in addresses:
            if not is_kernel(address):
                self._in_user(address)
            elif self._path or address == self._vector:
                self._in_kernel(address)

    def _in_user(self, address):
        if address == self._done:
            self._end_round()
        elif address in self._ops:
            self._op, self._round = self._ops[address], Counter()
        if self._round is not None:
            self._round["(user)"] += 1

    def _in_kernel(self, address):
        name = self._kernel.name(address)
        if self._is_idling(name):
            self._leave(WFI)
        if address == self._vector:
            self._enter(address)
        self._path.add(address, name)
        if self._mask:
            self._mask.add(address, name)
        if self._round is not None:
            self._round[name] += 1
        if address in self._switches:
            self._end_mask()
            if not self._switches[address]:
                self._mask = Stretch(self._op, address, self._path)
        if address in self._special:
            self._leave(self._special[address])

    def _enter(self, address):
        if self._path:
            self._depth += 1
        else:
            self._path = Stretch(self._op, address)
        self._mask = self._mask or Stretch(self._op, address, self._path)

    def _is_idling(self, name):
        """Whether a transaction has ended, and not to return to user mode."""
        was, self._going = self._going, name in _LEAVING
        return was and not self._going and name != "return_to_user"

    def _leave(self, word):
        """To user mode, to idling, or back to what was interrupted."""
        if word == SRET:
            self._end_mask()
        if word == SRET and self._depth:
            self._depth -= 1
            return
        self.paths.append(self._path)
        self._path = Stretch(self._op, 0) if word == WFI else None

    def _end_mask(self):
        if self._mask:
            self.masked.append(self._mask)
        self._mask = None

    def _end_round(self):
        """The first round of each operation is not counted."""
        if self._round is None:
            return
        window = self.windows.get(self._op)
        if window is None:
            self.windows[self._op] = Window()
        else:
            window.rounds += 1
            window.functions.update(self._round)
        self._op, self._round = BETWEEN, None


def by_hart(harts, addresses, user, op):
    """For each round of one operation (own, others): kernel instructions of
    the hart that executes it, and of all others meanwhile."""
    start, done = user.address[f"op_{op}"], user.address["op_done"]
    found, own, counts = [], None, Counter()
    for hart, address in zip(harts, addresses):
        if address == start:
            own, counts = hart, Counter()
        elif address == done and own is not None:
            found.append((counts[own], sum(counts.values()) - counts[own]))
            own = None
        elif is_kernel(address):
            counts[hart] += 1
    return found
