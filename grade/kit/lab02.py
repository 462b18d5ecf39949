"""What is so of lab 2's grader (test_labs.py)."""

from grade.kit.proof import Proof

# A case of each test, the quickest.
CASES = {
    "lab2.handshake": "test_handshake[two]",
    "lab2.numbers": "test_numbers",
    "lab2.room": "test_room[1]",
    "lab2.ages": "test_ages",
    "lab2.wait": "test_wait[1]",
    "lab2.squeeze": "test_squeeze",
}

# Variants that another case is sure to catch.
OTHER_CASE = {"own-pins-do-not-count": "test_handshake[own]"}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "pinner-without-fence": r"has pinned object 7 and finds|a data race",
    "ager-without-fence": r"has pinned object 7 and finds|a data race",
    "own-pins-do-not-count": r"what it has pinned itself",
    "eight-bits": r"begins with number \d+, (and has \w+ \d+ pinned already|after \d+)",
    "no-new-number": r"begins with number (\d+), after \1",
    "takes-pinned": r"which hart 0 has pinned",
    "takes-hooked": r"for which somebody waits",
    "takes-dirty": r"the disk does not have it",
    "comes-back-empty": r"it returns, and no header",
    "blind-to-loads": r"by loads",
    "takes-the-first": r"by orders",
    "wakes-nobody": r"is not woken",
}

PROOF = Proof(2, CASES, OTHER_CASE, SAYS, silent=["lab2.handshake"])
