"""What is so of lab 1's grader (test_labs.py)."""

from grade.harness.lab import find_lab
from grade.kit.proof import Proof

# A case of each test, the quickest.
CASES = {
    "lab1.sweep": "test_sweep[timer]",
    "lab1.latch": "test_latch[1]",
    "lab1.idle": "test_idle[worrier]",
    "lab1.window": "test_window",
    "lab1.frames": "test_frames",
    "lab1.preempt": "test_preempt[1]",
}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "eros": r"ready 12: .*(has lost it|is broken)(.|\n)*came at instruction \d+, in \w+\+0x",
    "no-recheck": r"interrupted by a device at instruction \d+: it was not woken",
    "always-preempt": r"it was woken at 1\d\d\d us",
    "deaf": r"interrupts to be disabled for 100 instructions at most",
    "handler-locks": r"the interrupt handler takes a lock",
}

# A wrong design gets the whole test.
PROOF = Proof(1, CASES, dict.fromkeys(find_lab(1).variants), SAYS)
