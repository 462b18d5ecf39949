"""Pulling the plug on the living system: what was there is there again.

Typed at, on real threads, with a disk of its own for each test.  The marks for
checkpoint and restart are given elsewhere; this is the demonstration.
"""

import re
from pathlib import Path

import pytest

from grade.harness import Wrong, require
from grade.harness.chaos import with_workers
from grade.harness.verdict import Timeout
from grade.shell.live import ROOT, Plugged, Shell, scripted, wants

LEAVE = "\x18"
PICTURE = r"Del \x1b\[0m"
LOOK = "user/servers/console.c: restart"
DURABLE = r"generation (\d+) is durable: \d+ objects in \d+\.\d+ ms, .* log \d+ of \d+ blocks"


@pytest.fixture(params=(1, 2), ids=lambda n: f"{n}-harts")
def plugged(boot, tmp_path, request):
    return Plugged(boot, tmp_path, request.param)


def take(shell):
    """Takes a checkpoint; its generation."""
    text = shell.run("checkpoint")
    wants(text, DURABLE, look="user/servers/shell/durable.c")
    return int(re.search(DURABLE, text)[1])


def test_the_half_typed_line_is_there_again(plugged):
    shell = plugged.start()
    shell.run("hello one")
    shell.run("checkpoint every 1")
    shell.send("hello per", "hello per")
    plugged.wait_generations(2)
    plugged.cut()
    shell = plugged.start(half=True)
    shell.send("sistent", r"latchkey> hello persistent")
    wants(shell.run(""), r"Hello persistent!", look=LOOK)
    wants(shell.run("history"), r"hello one\r\n")
    wants(shell.run("checkpoint status"), r"restarts of this image: 1\b")


def test_a_note_is_there_again_and_the_picture_too(plugged):
    shell = plugged.start()
    shell.run("checkpoint every 1")
    shell.send("note\r", PICTURE)
    shell.send("first line\rsecond", "second")
    plugged.wait_generations(2, key="\x0c", answer="\a")
    plugged.cut()
    shell = Shell.__new__(Shell)
    shell.machine = plugged.boot(
        reference=True, debug=False, disk=plugged.disk, smp=plugged.harts, interactive=True, parallel=True,
        limit=60000,
    )
    shell.machine.expect(rf"(?s)note: note.*first line.*second.*{PICTURE}")
    shell.send(" line", "second line")
    shell.at_prompt(LEAVE)
    shell.send("note\r", r"(?s)first line.*second line")
    shell.at_prompt(LEAVE)


def test_the_counter_counts_on_and_tells_of_the_restart(plugged):
    shell = plugged.start()
    shell.send("counter 100000 &\r", r"counter#2")
    shell.machine.expect(r"[\nK]2\r\n")
    shell.send("checkpoint\r", r"generation \d+ is durable")
    plugged.cut()
    shell = plugged.start(half=True)
    found = shell.machine.expect(r"[\nK](\d+), after a restart of the machine and \d+ s that nobody counted")
    if int(found[1]) < 2:
        raise Wrong("the count to go on", found[0], look="user/programs/counter.c")
    shell.machine.expect(rf"[\nK]{int(found[1]) + 1}\r\n")


def test_what_was_not_durable_is_gone_and_nothing_else(plugged):
    shell = plugged.start()
    shell.run("checkpoint off")
    shell.run("bind echo ping serve")
    take(shell)
    shell.run("bind late ping serve")
    plugged.cut()
    shell = plugged.start()
    wants(shell.run("names"), r"(?s)^((?!late).)*echo +start((?!late).)*$")
    wants(shell.run("call echo 41"), r"\n42 0 0 0\r?\n")


def test_a_line_of_the_journal_is_newer_than_its_checkpoint(plugged):
    shell = plugged.start()
    shell.run("checkpoint off")
    wants(shell.run("journal"), r"The journal is empty")
    generation = take(shell)
    wants(shell.run("journal one line"), r"durable as number \d+")
    wants(shell.run("journal another"), r"durable as number \d+")
    plugged.cut()
    shell = plugged.start()
    wants(shell.run("journal"), r"one line\r\nanother\r\n")
    wants(shell.run("checkpoint status"), rf"generation {generation}, taken")
    wants(shell.run("history"), r"^((?!journal another).|\s)*$")


def work_until_it_is_off(shell):
    """Each checkpoint has something new in it."""
    try:
        for number in range(64):
            shell.run(f"hello {number}")
            shell.run("checkpoint")
    except (Wrong, BrokenPipeError):
        return  # the machine ended without the next prompt
    raise Wrong("the power to go off", shell.machine.text[-2000:], look="kernel/store/crash.c")


@pytest.mark.parametrize("how", ("now", "commit", "write 1", "write 5", "write"))
def test_crash_cuts_the_power(boot, tmp_path, how):
    plugged = Plugged(boot, tmp_path, 2)
    shell = plugged.start()
    shell.run("checkpoint off")
    shell.run("bind echo ping serve")
    generation = take(shell)
    if how == "now":
        shell.send("crash now\r")
    else:
        wants(shell.run(f"crash {how}"), r"The power goes off (when|at write \d+)")
        work_until_it_is_off(shell)
    shell.machine.finish()
    shell = plugged.start()
    wants(shell.run("names"), r"echo +start")
    status = shell.run("checkpoint status")
    now = int(re.search(r"generation (\d+), taken", status)[1])
    if now < generation or (how == "commit" and now != generation):
        raise Wrong(f"generation {generation}, or later where it was committed", status, look="kernel/store")


def test_off_takes_a_checkpoint_and_does_not_turn_it_off_again(plugged):
    shell = plugged.start()
    shell.run("checkpoint off")
    shell.run("bind echo ping serve")
    shell.machine.send("off\r")
    shell.machine.finish()
    shell = plugged.start()
    wants(shell.run("names"), r"echo +start", look="user/servers/shell/machine.c: off")
    wants(shell.run("date"), r"UTC")


def test_a_disk_that_fails_is_told_of_and_tried_again(boot, tmp_path):
    plugged = Plugged(boot, tmp_path, 2)
    shell = plugged.start(append="interval=0 fail_flush=1")
    wants(shell.run("checkpoint"), r"writing failed \([1-9]\d* times\); generation 1 stands")
    take(shell)
    shell.run("bind echo ping serve")
    take(shell)
    plugged.cut()
    wants(plugged.start().run("names"), r"echo +start")


def test_the_status_and_its_words(plugged):
    shell = plugged.start()
    wants(shell.run("checkpoint every 7"), r"checkpoints: every 7 s")
    wants(shell.run("checkpoint status"), r"generation \d+, taken \d+\.\d+ s ago; every 7 s",
          r"idle: \d+ objects changed since", r"log: \d+ blocks, \d+ used, \d+ reserved; journal at \d+",
          r"0 writes failed", r"restarts of this image: 0")
    wants(shell.run("checkpoint off"), r"none by time")
    wants(shell.run("checkpoint await"), r"None is under way")
    wants(shell.run("checkpoint every 1"), r"every 1 s")
    wants(shell.run("checkpoint await"), r"generation \d+ is durable")
    for nonsense in ("never", "every", "every 0", "every x", "status now", "await 3"):
        wants(shell.run(f"checkpoint {nonsense}"), r"checkpoint \[every SECONDS")
    for nonsense in ("", "later", "write 0", "now please"):
        wants(shell.run(f"crash {nonsense}"), r"crash now \| commit \| write \[N\]")
    wants(shell.run("disk"), r"writes +[1-9]", r"flushes +[1-9]", r"failed +0")


def test_the_herald_and_storm_tell_of_the_restart(plugged):
    shell = plugged.start()
    shell.run("checkpoint every 1")
    shell.send("storm 100 5 &\r", r"storm#")
    plugged.wait_generations(2)
    plugged.cut()
    shell = plugged.start()
    wants(shell.machine.text, r"restart 1: everything is as it was \d+\.\d s ago, in generation \d+", look="user/servers/herald.c")
    if "and 1 restarts of the machine" not in shell.machine.text:
        shell.machine.expect(r"and 1 restarts of the machine")


def test_a_pool_that_is_too_small_is_named(boot, tmp_path):
    """More processes wait, all at once, than have room in memory: it cannot go on, and says why."""
    with pytest.raises(Timeout) as failure:
        scripted(boot, tmp_path, ["stall 24"], arguments="processes=21", limit=3000)
    wants(Path(failure.value.log).read_text(), r"pools: all 21 processes are pinned, locked or waiting: processes= is too few")


def guest(program, folder):
    """The manifest of one program of user/tests, on its own."""
    text = (ROOT / "user/tests/tests.toml").read_text()
    path = folder / f"{program}.toml"
    path.write_text(text.replace('program = "invocation"', f'program = "{program}"'))
    return path


@pytest.mark.parametrize("workers", (1, 2))
@pytest.mark.parametrize("debug", (True, False), ids=("debug", "release"))
@pytest.mark.parametrize("program", ("ckptwait", "journaling"))
def test_the_orders(boot, tmp_path, seed, program, debug, workers):
    run = boot(reference=True, debug=debug, image=guest(program, tmp_path), seed=seed, limit=60000,
               **with_workers(workers, debug=debug))
    require(run.finish())


RESTARTS_MOST = 10


@pytest.mark.parametrize("harts", (1, 2, 4), ids=lambda n: f"{n}-harts")
@pytest.mark.parametrize("debug", (True, False), ids=("debug", "release"))
def test_who_waits_goes_on_waiting(boot, tmp_path, debug, harts):
    """user/tests/stalled.c cuts its own power once in each case."""
    plugged = Plugged(boot, tmp_path, harts, guest("stalled", tmp_path))
    text = ""
    for _ in range(RESTARTS_MOST):
        machine = boot(reference=True, debug=debug, disk=plugged.disk, smp=harts, parallel=harts > 1, limit=60000)
        machine.expect(r"the power is cut, at generation|ok 6 ")
        machine.kill()
        text += machine.text
        if "ok 6 " in text:
            break
    results = re.findall(r"^(not )?ok (\d) - ", text, re.M)
    if [number for _, number in results] != list("123456") or any(failed for failed, _ in results):
        raise Wrong("six cases ok, over as many restarts", text, look="user/tests/stalled.c")
