"""Machines: how they end, what is seen of them, and that none is left over."""

import contextlib
import io
import os
import select
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grade.harness import Wrong, expect_equal, require
from grade.harness.elf import NoSymbol
from grade.harness.qmp import QmpError
from grade.harness.verdict import BootFailed, Crash, Infrastructure, Timeout
from grade.kit.harness_guest import build, lines, says, start

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
UP = "latchkey: up"
SPIN = "1:\tj 1b\n"

DATA = """
#include <stdbool.h>
struct atomic { unsigned v; };
struct process { char name[4]; signed char state; };
struct hart {
	unsigned long scratch;
	struct atomic need_resched;
	bool chaos;
	struct process *current;
	union { unsigned short half; unsigned long whole; };
};
static struct process init = { "abc", -3 };
struct hart harts[2] = { [1] = { 7, { 42 }, true, &init, { .whole = 0x10002 } } };
unsigned long counters[3] = { 5, 6, 7 };
volatile unsigned long evidence;
extern struct process shell;
"""


def run(folder, assembly, status=0, c="", **options):
    """Runs a guest to its end."""
    with start(folder, build(folder, assembly, c), **options) as machine:
        return machine.finish(status)


# How it ends.


@pytest.mark.parametrize(
    ("guest", "expected"),
    [
        (says("panic: hart 0: a: b", status=101), BootFailed),
        (says(UP, "panic: hart 0: a: b", status=101), Crash),
        (says(UP, status=102), Timeout),
        (says("KTAP version 1", "1..1", "not ok 1 a", status=100), Wrong),
        (says(UP, status=55), Crash),
        ("\tunimp\n", Timeout),
    ],
    ids=["boot", "panic", "limit", "failures", "odd-status", "lost"],
)
def test_an_end_is_judged(tmp_path, guest, expected):
    with pytest.raises(expected):
        run(tmp_path, guest, limit=100)


def test_a_good_end(tmp_path):
    log = run(tmp_path, says("KTAP version 1", "1..1", "ok 1 a"))
    require(log, plan=1, names=["a"])
    assert log.path.read_bytes().decode() == log.text


def test_a_panic_may_be_wanted(tmp_path):
    assert run(tmp_path, says(UP, status=101), status=101).status == 101


def test_a_guest_that_spins_is_ended_by_its_own_clock(tmp_path):
    with pytest.raises(Timeout, match="did not even stop itself"):
        run(tmp_path, SPIN, limit=100)


def test_a_guest_that_sleeps_for_ever_is_ended(tmp_path):
    with pytest.raises(Timeout, match="every hart sleeps"):
        run(tmp_path, "1:\twfi\n\tj 1b\n")


def test_babble_is_cut_off(tmp_path):
    with pytest.raises(Crash, match="it printed more"):
        run(tmp_path, "\tli t6, 'x'\n1:\tputc t6\n\tj 1b\n", limit=60_000)


def test_garbage_is_kept_readable(tmp_path):
    log = run(tmp_path, "\tli t6, 0xff\n\tputc t6\n\tputc x0\n" + says("ok"))
    assert "\ufffd\0ok" in log.text


def test_a_qemu_ended_by_others_is_infrastructure(tmp_path):
    with start(tmp_path, build(tmp_path, "\tprint text\n" + SPIN + lines("text", [UP]))) as machine:
        machine.expect(UP)
        os.killpg(machine.pid, signal.SIGKILL)
        with pytest.raises(Infrastructure, match="signal 9"):
            machine.finish()


def test_a_qemu_that_refuses_is_infrastructure(tmp_path):
    with pytest.raises(Infrastructure, match="did not start.*no-such-device"):
        run(tmp_path, SPIN, extra=("-device", "no-such-device"))


# What is seen.


def test_expect_and_its_failure(tmp_path):
    elf = build(tmp_path, says("one two"))
    with start(tmp_path, elf) as machine:
        assert machine.expect(r"one (\w+)")[1] == "two"
        with pytest.raises(Wrong, match="three"):
            machine.expect("three")


def test_typing_reaches_an_interactive_guest(tmp_path):
    echo = "1:\tlbu t0, 5(s11)\n\tandi t0, t0, 1\n\tbeqz t0, 1b\n\tlbu t6, 0(s11)\n\tputc t6\n"
    elf = build(tmp_path, "\tprint text\n" + echo * 2 + "\texit 0\n" + lines("text", ["ready"]))
    with start(tmp_path, elf, interactive=True) as machine:
        machine.expect("ready")
        machine.send("hi")
        machine.expect("hi")
        machine.finish()


def test_a_machine_says_what_it_was_not_started_for(tmp_path):
    with start(tmp_path, build(tmp_path, SPIN)) as machine:
        with pytest.raises(Infrastructure, match="not interactive"):
            machine.send("hi")
        with pytest.raises(Infrastructure, match="GDB"):
            machine.gdb("info registers")


def test_memory_is_read_by_name_after_the_end(tmp_path):
    store = "\tla t0, evidence\n\tli t1, 42\n\tsd t1, 0(t0)\n"
    elf = build(tmp_path, store + says(UP), DATA)
    with start(tmp_path, elf) as machine:
        machine.finish()
        assert machine.symbol("evidence") == 42
        assert machine.symbol("counters") == [5, 6, 7]
        assert machine.symbol("counters[2]") == 7
        assert machine.symbol("harts[1].need_resched.v") == 42
        assert machine.symbol("harts[1].chaos") is True
        assert machine.symbol("harts[1].current->state") == -3
        assert machine.symbol("harts[1].half") == 2
        assert machine.symbol("harts[1].need_resched") == {"v": 42}
        code = machine.read(machine.address("_start"), 8)
        assert machine.symbol("_start") == int.from_bytes(code, "little")
        assert machine.read(machine.address("counters") + 0xFFFFFFC000000000, 1) == b"\5"
        assert bytes(machine.symbol("harts[1].current->name")) == b"abc\0"


def test_memory_is_read_where_there_are_no_anonymous_files(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    with start(tmp_path, build(tmp_path, says(UP), DATA)) as machine:
        machine.finish()
        assert machine.symbol("counters") == [5, 6, 7]
    assert not (tmp_path / "run" / "ram").exists()


@pytest.mark.parametrize("path", [
    "nowhere", "harts[2]", "harts[1].nothing", "counters->v", "harts[0].current->state", "harts.chaos",
    "_start.x", "[1]", "shell"])
def test_a_path_that_names_nothing_says_so(tmp_path, path):
    with start(tmp_path, build(tmp_path, SPIN, DATA)) as machine:
        with pytest.raises(NoSymbol):
            machine.symbol(path)


def test_reading_outside_memory_is_the_guests_fault(tmp_path):
    with start(tmp_path, build(tmp_path, SPIN)) as machine:
        for address in (0, 0x80000000 + (128 << 20), 0xFFFFFFFFFFFFFFF8):
            with pytest.raises(Wrong):
                machine.read(address, 8)


def test_device_registers_are_read_through_the_monitor(tmp_path):
    with start(tmp_path, build(tmp_path, SPIN)) as machine:
        assert machine.device(0x10000005, 1) & 0x20


def test_gdb_looks_at_the_first_instruction_and_lets_go(tmp_path):
    with start(tmp_path, build(tmp_path, says(UP), DATA), gdb=True) as machine:
        said = machine.gdb("hbreak _start\ncontinue\nprint/x $pc\nprint harts[1].need_resched.v")
        assert "0x80200000" in said
        assert "= 42" in said
        machine.finish()


# The same thing every time.


@linux
def test_two_runs_are_the_same_however_late_they_are_read(tmp_path):
    """Prints much, then the count of instructions.  A reader that is late must
    not be felt by the guest."""
    guest = """
	li s1, 3000
1:	print line
	addi s1, s1, -1
	bnez s1, 1b
	rdinstret s2
	li s3, 16
2:	srli t6, s2, 60
	addi t6, t6, 'a'
	putc t6
	slli s2, s2, 4
	addi s3, s3, -1
	bnez s3, 2b
	exit 0
	.section .rodata
line:	.asciz "twenty characters...\\n"
"""
    elf = build(tmp_path, guest)
    logs = []
    for late in (False, True):
        with start(tmp_path / str(late), elf, seed=5) as machine:
            if late:
                select.select([os.pidfd_open(machine.pid)], [], [], 60)
            logs.append(machine.finish().text)
    assert logs[0] == logs[1]
    assert len(logs[0]) > 60_000


def test_looking_in_does_not_disturb(tmp_path):
    count = """
	li s1, 20000000
1:	addi s1, s1, -1
	bnez s1, 1b
	rdinstret s2
	la t0, evidence
	sd s2, 0(t0)
"""
    elf = build(tmp_path, count + says(UP), DATA)
    counted = []
    for looking in (False, True):
        with start(tmp_path / str(looking), elf) as machine:
            with contextlib.suppress(QmpError):  # until it ends
                while looking:
                    machine.device(0x0200BFF8, 8)
            machine.finish()
            counted.append(machine.symbol("evidence"))
    assert counted[0] == counted[1]


def test_harts_may_run_in_parallel(tmp_path):
    elf = build(tmp_path, says(UP))
    with start(tmp_path, elf, smp=2, parallel=True) as machine:
        machine.finish()
    assert "thread=multi" in (tmp_path / "run" / "command.sh").read_text()


# Evidence.


def test_printing_the_expected_text_is_not_enough(tmp_path):
    """A guest that only prints what a good one prints has no evidence in its
    memory."""
    forged = says(UP, "KTAP version 1", "1..1", "ok 1 sweep")
    with start(tmp_path, build(tmp_path, forged, DATA)) as machine:
        require(machine.finish(), plan=1, names=["sweep"])
        with pytest.raises(Wrong, match="it is 0"):
            expect_equal("interrupts acknowledged", machine.symbol("evidence"), 42)


# What is left behind.


def test_artefacts_repeat_the_run(tmp_path):
    log = run(tmp_path, says(UP), seed=9, append="chaos=20")
    folder = tmp_path / "run"
    assert (folder / "seed").read_text() == "9\n"
    assert "chaos=20 limit=2000 seed=9" in (folder / "command.sh").read_text()
    again = subprocess.run([folder / "command.sh"], capture_output=True, text=True, timeout=60,
                           stdin=subprocess.DEVNULL)
    assert again.returncode == 0
    assert again.stdout.splitlines() == log.text.splitlines()


def test_the_serial_line_can_be_watched(tmp_path):
    live = io.StringIO()
    assert run(tmp_path, says(UP), live=live).text == live.getvalue()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_a_machine_that_is_closed_at_once_is_gone(tmp_path):
    elf = build(tmp_path, SPIN)
    for attempt in range(40):
        machine = start(tmp_path / str(attempt), elf)
        sum(range(attempt * 30_000))  # the sandbox is at another point of its start
        machine.close()
        machine.close()
    assert [line for line in command_lines() if str(elf).encode() in line] == []


def command_lines():
    """Those of all processes there are."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes()


@linux
@pytest.mark.parametrize("sandbox", ["auto", "off"])
def test_no_machine_outlives_a_grader_that_is_killed(tmp_path, sandbox):
    elf = build(tmp_path, SPIN)
    grader = textwrap.dedent(f"""
        from pathlib import Path
        from grade.kit.harness_guest import start
        machine = start(Path({str(tmp_path)!r}), {str(elf)!r}, limit=10**9)
        machine.monitor.greeted()
        print(machine.pid, flush=True)
        machine.finish()
    """)
    process = subprocess.Popen([sys.executable, "-c", grader], cwd=ROOT, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "LATCHKEY_SANDBOX": sandbox})
    qemu = os.pidfd_open(int(process.stdout.readline()))
    process.kill()
    process.wait()
    ended, _, _ = select.select([qemu], [], [], 60)
    os.close(qemu)
    assert ended
