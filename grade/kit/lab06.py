"""What is so of lab 6's grader (test_labs.py)."""

from grade.kit.proof import Proof

# A case of each test, the quickest.
CASES = {
    "lab6.snapshot": "test_snapshot[held]",
    "lab6.commit": "test_commit[asked]",
    "lab6.restart": "test_restart[lab06kinds]",
    "lab6.log": "test_log[pools]",
    "lab6.errors": "test_errors[fail_write=30]",
    "lab6.pause": "test_pause",
}

# Variants that another case of theirs is sure to catch.
OTHERS = {
    "clean-whatever": "test_snapshot[slow]",
    "clean-when-begun": "test_snapshot[slow]",
    "nodes-not-captured": "test_snapshot[slow]",
    "writing-not-awaited": "test_snapshot[slow]",
}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "root-before-flush": r"after \d+ writes, without \d+ .*: the checker says: page \d+ in block \d+ does not",
    "no-second-flush": r"generation 2 to be said durable .*\n.*a power cut then leaves generation 1",
    "durable-at-snapshot": r"a power cut then leaves generation 1",
    "one-root": r"the other root is of, when the first object of generation 2 goes home",
    "clean-when-begun": r"memory that the disk is reading",
    "captured-uncopied": r"memory that the disk is reading",
    "writing-not-awaited": r"memory that the disk is reading",
    "nodes-not-captured": r"node \d+: it is not as it was then",
    "processes-not-captured": r"process \d+: it is not as it was then",
    "mappings-kept": r"memory that the disk is reading|page \d+: it is not as it was then",
    "worry-listed": r"\(t5\) has no work to do, and is listed 1 times",
    "rings-not-listed": r"\(t\d\) has work to do, and is listed 0 times",
    "junk-not-listed": r"\(t3\) has work to do, and is listed 0 times",
    "ready-only": r"\(t\d\) has work to do, and is listed 0 times",
    "room-not-given-back": r"it is reserved for \d+ objects",
    "all-memory": r"ticks there",
}

PROOF = Proof(6, CASES, OTHERS, SAYS, start="latchkey: ")
