"""The rows of `make bench`: what each counts, from which instruction to which,
what it should be, and what it is elsewhere.

The peers' figures were measured the same way: guest instructions under
`-icount shift=0` on QEMU's riscv64 `virt`, one hart, from user mode to user
mode.  seL4 (November 2026): rv64imac, -O2, no debugging, 10,000 rounds of user
`rdcycle`.  xv6-riscv (December 2025): instructions counted by a plugin.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table.  goal: at most so much; or the id of another row,
    which it is not to exceed; or None.  peer: text.  counts: one sentence."""

    id: str
    what: str
    goal: "float | str | None"
    peer: str
    counts: str
    unit: str = "instructions"


ROWS = (
    Row("ipc.fast.4w", "call and reply, 4 words, fast path", 420, "seL4 569",
        "A round as in ipc.general.4w, taken by the fast path."),
    Row("ipc.fast.0w", "call and reply, no words, fast path", 420, "seL4 523",
        "A round as in ipc.general.4w without words, taken by the fast path."),
    Row("ipc.general.4w", "call and reply, 4 words, general path", 1500, "seL4 1,812",
        "From before the caller loads its registers to the instruction after its ecall; in between "
        "the server takes the message and answers in a loop of its own.  Both have a space and a "
        "stack of their own and the same priority."),
    Row("ipc.cap1", "call with one capability, one way", 700, "seL4 1,300",
        "From before the caller loads its registers to the first instruction of the server behind "
        "its ecall.  The server's register still holds the capability of the round before, which "
        "is given up on the way (seL4 needs 841 more to delete it)."),
    Row("kobj.min", "smallest call of a kernel object", 300, "seL4 514",
        "CALL of a number capability, NUMBER_READ."),
    Row("syscall.null", "null system call", 130, "seL4 116, xv6 1,078",
        "SEND to the void capability: a whole transaction that has nothing to do.  (seL4: a call "
        "that does not exist; xv6: getpid.)"),
    Row("yield.pair", "to another process and back", 600, "seL4 810, xv6 15,214",
        "Two REPLY_WAITs: a process sends an empty message to one that is available, becomes "
        "available itself, and runs again when the other has done the same.  Latchkey has no other "
        "way to yield.  (seL4 and xv6: each yields once.)"),
    Row("fault.zero", "first touch of a zero page", None, "",
        "One store to an address where memory is allowed but nothing is, to the instruction behind "
        "it.  The kernel's part is the fault's message to the pager, and one more fault for the page "
        "table.  The rest is the pager's: it looks the space over, buys a page of the bank, puts it "
        "into the leaf node (every sixteenth time a new one) and answers: about a dozen "
        "calls of kernel objects and one of the bank, all of them counted."),
    Row("irq.driver", "interrupt to its driver in user mode", 700, "",
        "From the cycle for which the real-time clock's alarm is set to the first instruction of the "
        "driver behind its wait; a process of lower priority is busy in user mode meanwhile."),
    Row("irq.off.max", "interrupts disabled, longest", 100, "",
        "From the first instruction of a trap, or the one that disables interrupts, to the one that "
        "enables them or returns to user mode; the longest in a run of user/tests/benchpath.c, which "
        "does every operation of the kernel.  Every instruction is traced."),
    Row("path.max", "longest kernel path, snapshot aside", 5000, "",
        "From the first instruction of a trap to the return to user mode or to idling, over the same "
        "run: strings of a page, nodes full of prepared capabilities, crowds that wait, a checkpoint's "
        "steps.  The snapshot has a row of its own."),
    Row("stall.wake.1", "stall and wake, 1 other stalled", None, "",
        "A round in which the server answers a caller and becomes available, the first that waits is "
        "woken and calls, and the one answered calls again and stalls: one stall and one wakeup, one "
        "call, one answer.  One other is stalled when the caller stalls."),
    Row("stall.wake.1000", "stall and wake, 1,000 others stalled", "stall.wake.1", "",
        "The same with 1,000 others stalled on the server; the goal is the figure for one, and 2 in "
        "100 for the worry queue, which one alone does not need."),
    Row("halt.remote", "halt a process on another hart, both harts", None, "",
        "PROC_STOP of a process that another hart executes in user mode: the kernel's instructions "
        "of the hart that asks, from its ecall to user mode, and of the other, from its trap until it "
        "rests; not the firmware's, which sends the interrupt.  The emulator's counter adds up all "
        "harts, so the harts' instructions are told apart in a trace.  One hart waits while the other "
        "works; the least of 40 rounds is taken of each, in which next to none is waiting."),
    Row("durable.append", "small durable write, appended", 2, "xv6 9.9",
        "Writes of the disk for 1 KiB: a hundred of them, one behind the other in pages, then a checkpoint, "
        "until the log is free again: to the log, the tables and roots, and home.  (xv6 writes as many "
        "times, without ever asking the disk to flush.)", "device writes"),
    Row("durable.write", "the same, each to a page of its own", 2, "xv6 6",
        "As durable.append, but no two in one page.", "device writes"),
    Row("durable.journal", "page journalled, durable at once", 2, "",
        "Writes of the disk for one page by the checkpoint capability's journal, one after the other.", "device writes"),
    Row("boot.prompt", "boot to the shell's prompt", 10_000_000, "xv6 432 million, or 22.4",
        "From the kernel's first instruction to when nobody has anything to do for the first time, "
        "the prompt being shown; sleep in between is not counted.  (xv6 without poisoning its "
        "memory: 22.4 million.)"),
    Row("ckpt.pause.base", "checkpoint pause, nothing dirty", None, "",
        "ckpt_snapshot(), all of it, with one process in memory, which asked for it; what this process "
        "and its page add is taken off.  It looks at every queue.  How the harts come together before "
        "is not counted."),
    Row("ckpt.pause.object", "the same, for each dirty object", 150, "",
        "What one dirty object more adds to that, of the kind that adds most: a page that is mapped "
        "writable, with its mapping.  From the difference of two snapshots, one with 48 more of them."),
)
