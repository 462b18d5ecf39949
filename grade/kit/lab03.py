"""What is so of lab 3's grader (test_labs.py)."""

from grade.kit.proof import Proof

# A case of each test, the quickest that starts a machine, where one does.
CASES = {
    "lab3.share": "test_share[seed1]",
    "lab3.again": "test_again[orders]",
    "lab3.gang": "test_gang[orders]",
    "lab3.tries": "test_tries[both]",
    "lab3.sets": "test_sets[seed1]",
    "lab3.writers": "test_writers[stream]",
    "lab3.cost": "test_cost",
}

# Variants that another case is sure to catch.
OTHERS = {
    "wound-flag": "test_tries[alone]",
    "unordered-release": "test_share[two]",
    "unordered-read": "test_share[two]",
    "torn-word": "test_share[three]",
    "reader-refused": "test_share[readers]",
    "waiting-leaks": "test_share[two]",
    "not-re-entrant": "test_again[passing]",
    "waits-behind-writer": "test_again[passing]",
    "upgrades": "test_again[roles]",
    "alias-untold": "test_again[roles]",
    "counted-twice": "test_again[roles]",
    "mode-not-merged": "test_sets[roles]",
    "not-looked-at-again": "test_sets[destroyed]",
    "looks-too-early": "test_sets[destroyed]",
    "believes-hints": "test_sets[paged]",
    "barges": "test_writers[behind]",
    "takes-no-turns": "test_writers[turns]",
}

# What the message about a wrong design says, beside who is to blame.
SAYS = {
    "marshalling-waits": r"a cycle: hart 0 has page 0 to write and waits for page 1, hart 1 has page 1 to read and",
    "wound-flag": r"hart 0 is alone, and has to begin again",
    "unordered-release": r"a data race",
    "unordered-read": r"a data race",
    "reader-refused": r"with no writer about, of hart \d says LOCK_BUSY",
    "waiting-leaks": r"nobody has lock \d any more, and its word is 65792",
    "not-re-entrant": r"a second mrow_try_read of hart 1 says LOCK_BUSY",
    "waits-behind-writer": r"a second mrow_try_read of hart 1 says LOCK_BUSY",
    "upgrades": r"mrow_try_write as a reader of hart \d says LOCK_OK",
    "alias-untold": r"a second mrow_write of hart \d says LOCK_OK, not LOCK_ALIASED",
    "releases-last": r"was released by the only hart there is, and the word of its lock is",
    "unsorted-set": r"waits for (page|node) \d+, and has (page|node) \d+, whose address is higher",
    "mode-not-merged": r"hart 0 is to write page 0, and has no lock for that",
    "not-looked-at-again": r"is given OID 0, version 1 for page 0, version 0",
    "looks-too-early": r"a data race: hart 0 reads .*version in mcap_is_valid",
    "writers-starve": r"happened  one did in \d+ of them",
    "barges": r"hart 2 came later, and writes first",
    "takes-no-turns": r"hart \d has its turn 2, and hart \d, which has waited since before, has had 0",
    "walks-all": r"instructions at most",
}

PROOF = Proof(3, CASES, OTHERS, SAYS, silent=["lab3.tries"], start="latchkey: ")
