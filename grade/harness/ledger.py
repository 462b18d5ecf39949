"""The ledger of a lab's tests: a page of the guest's memory in which the lab's
scenario, which is trusted, books what happens (grade/labNN/ledger.c,
user/tests/labNN.h).  It is read from outside, when the machine has stopped."""

from grade.harness import expect_equal, require
from grade.harness.elf import NoSymbol
from grade.harness.lab import ROOT


class Ledger:
    """That of one lab.

        lab      the lab's number
        magic    what the test programs leave in it when they run to their end
        pointer  the kernel's, to it
    """

    def __init__(self, lab, magic, pointer="ledger"):
        self.name, self.magic, self.pointer = f"lab{lab:02}", magic, pointer

    def text(self, program, default):
        """The manifest (user/tests/labNN.toml) with another of the lab's
        programs than the default as its first process."""
        text = (ROOT / f"user/tests/{self.name}.toml").read_text()
        assert f'"{self.name}{default}"' in text
        return text.replace(f'program = "{self.name}{default}"', f'program = "{self.name}{program}"')

    def read(self, machine, path):
        """A field of the ledger, or 0 where there is no ledger."""
        try:
            return machine.symbol(f"{self.pointer}->{path}")
        except NoSymbol:
            return 0

    def run(self, machine, plan):
        """Lets the machine run to its end, looks whether the guest's `plan` tests
        passed and whether its programs did run to their end."""
        require(machine.finish(), plan=plan)
        expect_equal("what the test programs leave in memory when they end", self.read(machine, "finished"),
                     self.magic, hint="they did not run to their end, whatever was printed")
        return machine
