"""The living system: the finished kernel and its user land, typed at."""

import re

import pytest

from grade.budget import seeds
from grade.harness import Wrong, build
from grade.shell.live import IMAGE, Shell, wants

HARTS = (1, 2, 4, 8)


@pytest.fixture(params=HARTS, ids=lambda n: f"{n}-harts")
def harts(request):
    return request.param


@pytest.fixture
def shell(boot, harts):
    return Shell(boot, harts)


def test_ends_at_a_prompt_with_three_lines(shell):
    lines = [line for line in shell.banner.splitlines() if line.strip()][-3:]
    wants("\n".join(lines), "help", "counter", "ps")


def test_programs_run_one_after_the_other(shell):
    wants(shell.run("hello big world"), "big world")
    wants(shell.run("ping 200"), r"200 round trips")
    # Clients on several harts may pass each other between clock and call.
    wants(shell.run("stall 6"), r"turn +6: client", r"\d of 6 were served in the order they came")
    wants(shell.run("counter 1"), r"1")


def test_every_fault_comes_to_its_keeper(shell):
    text = shell.run("faults all")
    found = re.search(r"(\d+) of (\d+) faults came to their keeper as expected", text)
    if not found or found[1] != found[2]:
        raise Wrong(expected="all faults to come to their keeper", happened=text, look="user/programs/faults.c")


def test_interrupts_come_in_a_storm(shell):
    found = re.search(r"(\d+) interrupts", shell.run("storm"))
    if not found or int(found[1]) == 0:
        raise Wrong(expected="some interrupts", happened=str(found), look="user/programs/storm.c")


def test_the_shell_shows_the_living_kernel(shell, harts):
    wants(shell.run("ps"), r"init", r"console +running|console", r"shell +running")
    wants(shell.run("queues"), r"irq 10")
    wants(shell.run("locks"), r"ring")
    wants(shell.run("memory"), r"frames", rf"harts {harts}")
    wants(shell.run("pages nodes"), r"page +room for \d+:", r"node +room for \d+:", r"process +room for \d+:")
    shell.send("pages\r", r"more\? Enter; or q ")
    wants(shell.type("q\r"), r"page +room for")
    wants(shell.run("disk"), r"reads +\d+", r"process +\d+ brought in")
    wants(shell.run("trace"), r"TRACE=1")


def test_control_c_stops_a_program_and_the_line_can_be_edited(shell):
    shell.machine.send("counter\r")
    shell.machine.expect(r"\n1\r?\n")
    wants(shell.type("\x03"), "")
    wants(shell.run("ps"), r"shell")
    wants(shell.run("hexlo\x7f\x7f\x7fllo edited"), r"[Ee]dited")


def test_nonsense_is_answered_and_off_turns_it_off(shell):
    wants(shell.run("frobnicate"), r"help")
    wants(shell.run("x" * 300), r"")
    shell.machine.send("off\r")
    shell.machine.finish()


def test_the_trace_ring_and_the_checks_of_the_debug_build(boot):
    shell = Shell(boot, 2, debug=True)
    wants(shell.run("trace"), r"enter", r"dispatch")
    wants(shell.run("stall 4"), r"turn +4: client")
    wants(shell.run("locks"), r"taken")


@pytest.mark.parametrize("seed", seeds("shell.seeds"))
@pytest.mark.parametrize("harts", (1, 2, 4))
def test_servers_withstand_a_hostile_client(boot, harts, seed):
    """user/tests/hostile.c in the place of counter, with seeds of its own."""
    hostile = build.manifest("hostile", IMAGE.read_text().replace("counter", "hostile"))
    shell = Shell(boot, harts, image=hostile)
    wants(shell.run(f"hostile {10 * seed + harts}"), r"all servers serve")
    wants(shell.run("ping 50"), r"50 round trips")
    wants(shell.run("ps"), r"shell")
