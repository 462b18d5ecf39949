"""What is so of lab 5's grader (test_labs.py)."""

from grade.kit.proof import Proof

# A case of each test, the quickest.
CASES = {
    "lab5.halt": "test_halt[2-harts]",
    "lab5.rings": "test_rings[two]",
    "lab5.order": "test_order[gang]",
    "lab5.shootdown": "test_shootdown[one]",
    "lab5.waits": "test_waits",
}

# The quickest that starts a machine, where that is another.
BOOTED = {
    "lab5.rings": "test_rings[2-harts]",
    "lab5.order": "test_order[4-harts]",
    "lab5.shootdown": "test_shootdown[2-harts]",
}

# Variants that another case than the quickest is sure to catch.
OTHERS = {
    "claim-kept": "test_halt[moves]",
    "interrupt-first": "test_halt[moves]",
    "no-interrupt": "test_halt[moves]",
    "spins": "test_rings[one-queue]",
    "one-interrupt": "test_halt[moves]",
    "wakes-all": "test_order[4-harts]",
    "promise-for-ever": "test_order[fickle]",
    "not-itself": "test_shootdown[each-other]",
}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "interrupt-under-lock": r"is interrupted for t\d under a spin lock",
    "one-interrupt": r"waits for ever in halt_and_lock",
    "no-global-lock": r"waits for ever in halt_and_lock",
    "no-back-out": r"waits for ever in halt_and_lock",
    "wakes-nobody": r"has halted its target 0 times of 1: it is on a queue",
    "no-interrupt": r"waits for ever in halt_and_lock",
    "wakes-all": r"has halted its process before t\d|were woken",
    "wakes-the-last": r"before process \d, which was stalled when it came",
    "no-promise": r"before process \d, which was stalled when it came",
    "no-wait": r"uses translation 0 of entry 0 in user mode",
    "tells-nobody": r"waits for ever in shoot_flush",
    "waits-for-all": r"meanwhile|still at work|shootdown",
}

PROOF = Proof(5, CASES, OTHERS, SAYS, booted=BOOTED)
