"""What is so of lab 4's grader (test_labs.py)."""

from grade.kit.proof import Proof

# A case of each test, the quickest.
CASES = {
    "lab4.order": "test_order",
    "lab4.herd": "test_herd[1]",
    "lab4.lost": "test_lost[seed1]",
    "lab4.worrier": "test_worrier[1]",
    "lab4.flat": "test_flat",
    "lab4.queues": "test_queues[1]",
}

# Variants that only the explorer is sure to catch.
EXPLORED = {"test-outside": "test_lost[callers]", "no-second-look": "test_lost[worrier]"}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "herd": r"256 services took \d{4} wakeups, 7\.5 for each",
    "test-outside": r"a data race: .*proc_await_available",
    "last-in-first-out": r"t12 is woken, but t11 has been stalled on t0 for longer",
    "no-promise": r"mine.w0 to be 3",
    "no-worrier": r"caller 2, 0 ms after",
    "no-alarm": r"caller 2, 7\d\d ms after",
    "worries-once": r"nobody worries about t0",
    "never-leaves-worry": r"on the worry queue, and is not available",
    "counts-callers": r"with 2, .* with 1000 others",
    "until-unsorted": r"sleeper 2",
}

PROOF = Proof(4, CASES, EXPLORED, SAYS)
