"""The grader's harness: builds a submission, boots it in QEMU, and decides.

A lab's tests are pytest functions in grade/labNN/test_*.py.  Each belongs to
one entry of the mark by its marker; the cases of a parametrised test share an
id and must all pass.  Points and ids agree with labs/NN-name/lab.toml.

    from grade.harness import expect_equal, require

    @pytest.mark.points(30, id="lab1.sweep", hint="who may touch a ring?",
                        where="handouts/lab01.md#sweep")
    def test_sweep(boot):
        machine = boot(scenario="sweep.c", image="user/tests/lab01.toml", smp=2)
        log = machine.finish()
        require(log, plan=400, names=["entry", "exit"])
        expect_equal("interrupts on line 10", machine.symbol("irq_acknowledged[10]"), 400,
                     look="irq_acknowledged in kernel/hal/irq.h")

Fixtures

boot(...)          builds what is named, starts a machine, and gives it; it is
                   killed when the test ends.  Arguments, all by name:
    scenario       C file linked into the kernel, relative to the test's folder
    debug          the kernel that checks itself (default), or False
    races          True: the kernel with the data-race detector, and without
                   debug unless that is said, too: a race is a Crash that names
                   both places
    reference      True: all from solutions/, nothing submitted
    kernel         a path instead: nothing is built
    image          a manifest (.toml), of which the boot image is built, or an
                   image; from the root of the tree; given as initial RAM disk
    disk           path of a raw image, written to, attached as virtio-blk
    writes         path of a file that gets the log of the disk's writes
    append         boot arguments; `limit=MS`, `seed=N` and `preload=1` are added
    smp, memory    harts (1), MiB (128)
    shift, seed    2**shift ns an instruction (3); seed (that of this grading)
    limit          ms of guest time after which the kernel stops itself (5000)
    interactive    True: for send() and expect(); not deterministic
    gdb            True: stopped at the first instruction, for gdb()
    parallel       True: one thread of the host for each hart; stress, no mark
    extra          a tuple of further options for QEMU
boot.folder        where the artefacts of the next machine go; copy disks there
lab_kernel(...)    path of a kernel.elf: scenario, debug, races, reference as above
explore(...)       all interleavings of a scenario on the host: grade.explore
seed               the seed of this grading, to derive others from
draw               a random.Random of seed, test and submission, for what a
                   submission must not know beforehand

A machine (machine.Machine)

finish(status=0)   waits for the end; a Log (text, status, ktap).  Anything but
                   the status wanted raises: 101 panic, 102 limit, 100 failures
expect(), send()   waits for a pattern on the serial line; types
symbol(path)       value of a kernel variable or field, as seen from outside:
                   symbol("harts[0].need_resched.v")
address(path), read(address, size), device(address, size)
ramdisk()          the bytes of the RAM disk, as they are now
gdb(commands)      runs GDB commands, gives what GDB printed
kill()             pulls the plug

Requirements

require(log, plan, names)       the guest's own tests (ktap.require)
expect_equal(what, is, wanted)  and expect_that(condition, expected, happened)
Wrong(expected, happened, look, hint)

Whatever a test raises becomes its verdict (verdict.Verdict): a Failure its
own, a failed assertion `wrong`, any other exception or a skip
`infrastructure`: the grader's fault, for which the mark is withheld.  What a
student's kernel prints is never the only evidence for a point: ask the memory,
the disk, or the exit status too.
"""

from .ktap import require
from .verdict import Wrong, expect_equal, expect_that

__all__ = ["Wrong", "expect_equal", "expect_that", "require"]
