"""The programs to play with, and the shell's hold on them."""

import re

import pytest

from grade.budget import seeds
from grade.harness import Wrong
from grade.shell.live import Shell, scripted, wants

PHILOSOPHERS = ("Plato", "Hypatia", "Laozi", "Hume", "Arendt", "Kant", "Russell")
PRIMES = [n for n in range(2, 101) if all(n % d for d in range(2, n))]
FREE = r"page +0 +\d+\r?\nnode +0 +\d+\r?\nprocess +0 +\d+"


@pytest.fixture(params=(1, 2, 4), ids=lambda n: f"{n}-harts")
def shell(boot, request):
    return Shell(boot, request.param)


def check_meals(text, seats, meals):
    """Everybody ate as often as he was to."""
    had = {name: len(re.findall(rf"{name} eats", text)) for name in PHILOSOPHERS}
    wanted = {name: meals if i < seats else 0 for i, name in enumerate(PHILOSOPHERS)}
    if had != wanted:
        raise Wrong(expected=str(wanted), happened=str(had), look="user/programs/dinner.c")


def check_primes(text):
    found = [int(n) for n in re.search(r"((?:\d+ )+)\r?\n", text)[1].split()]
    if found != PRIMES:
        raise Wrong(expected=str(PRIMES), happened=str(found), look="user/programs/primes.c")
    wants(text, rf"{len(PRIMES)} stages had .* the bank has all of it back")


def test_philosophers_all_eat_and_primes_give_all_storage_back(shell):
    check_meals(shell.run("dinner 5 3"), 5, 3)
    check_meals(shell.run("dinner 2 4"), 2, 4)
    check_primes(shell.run("primes 100"))
    wants(shell.run("primes 1000"), r"up to 250 only")
    wants(shell.run("bank"), FREE)


@pytest.mark.parametrize("workers", (1, 2, 4))
@pytest.mark.parametrize("seed", seeds("shell.seeds"))
def test_the_same_under_a_seed_and_it_is_fair(boot, tmp_path, workers, seed):
    text = scripted(boot, tmp_path, ["dinner 7 6", "primes 100", "bank"], workers, seed=seed)
    dinner, primes = text.split("primes 100")
    check_meals(dinner, 7, 6)
    wants(dinner, r"\nfair\r?\n")
    check_primes(primes)
    wants(text, FREE)


def test_a_deadlock_is_seen_in_queues_and_can_be_killed(shell):
    shell.send("dinner -bad &\r", r"Ctrl-C ends it, or `kill`\.")
    shell.quiet()
    queues = shell.run("queues")
    forks = dict(re.findall(r"fork(\d)#\d+ +1  ([A-Z]\w+)#\d+", queues))
    wanted = {str((seat + 1) % 5): name for seat, name in enumerate(PHILOSOPHERS[:5])}
    if forks != wanted:
        raise Wrong(expected=f"a circle: {wanted}", happened=queues, look="user/programs/dinner.c")
    wants(shell.run("ps"), r"fork0#\d+ +waiting .* 1\r?\n", r"Plato#\d+ +running .* fork1#\d+")
    wants(shell.run("kill 2"), r"#2: killed")
    wants(shell.run("bank"), FREE)


def test_a_deadlock_ends_by_control_c(shell):
    shell.send("dinner -bad\r", r"Ctrl-C ends it, or `kill`\.")
    wants(shell.type("\x03"), r"dinner#2: stopped")
    wants(shell.run("bank"), FREE)
    check_meals(shell.run("dinner 3 1"), 3, 1)


def test_a_job_is_stopped_goes_on_and_is_killed(shell):
    shell.send("jobs\r", r"No jobs")
    shell.send("counter 100000 &\r", r"counter#2")
    shell.send("jobs\r", r"2 goes on  counter 100000")
    shell.send("stop 2\r")
    shell.send("jobs\r", r"2 stopped  counter 100000")
    shell.send("counter 2\r", r"\n2\r?\n")
    shell.send("ps\r", r"counter#2 +waiting [^\n]*\(meter empty\)")
    shell.send("stop 2\r")
    shell.send("go #2\r", r"K\d+\r\n")  # it counts again
    shell.send("jobs\r", r"2 goes on")
    shell.send("kill 2\r", r"#2: killed")
    shell.send("jobs\r", r"No jobs")
    shell.send("bank\r", FREE)


def test_all_that_a_stopped_program_started_is_stopped_too(boot, tmp_path):
    """While a party is stopped nobody eats, however long; then all goes on.  It
    may be stopped while it still starts its guests."""
    lines = ["dinner 5 20 &", "stop 2", "counter 1", "go 2", "counter 4", "jobs", "bank"]
    text = scripted(boot, tmp_path, lines)
    stopped = text.split("latchkey> counter 1")[1].split("latchkey> go 2")[0]
    wants(stopped, r"\n1\r?\n")
    if "eats" in stopped:
        raise Wrong(expected="nobody to eat while `dinner` is stopped", happened=stopped,
                    look="user/servers/factory.c: hold")
    check_meals(text, 5, 20)
    wants(text, r"fair", r"#2: done", r"No jobs", FREE)


def test_who_is_stopped_can_be_killed_and_nobody_else_is_touched(shell):
    shell.send("counter 100000 &\r", r"counter#2")
    shell.send("stop 2\r")
    shell.send("kill 2\r", r"#2: killed")
    shell.quiet()
    for command in ("stop", "go", "kill"):
        wants(shell.run(command), rf"{command} which\?")
        wants(shell.run(f"{command} x"), rf"{command} which\?")
        wants(shell.run(f"{command} 1"), r"No program of yours has the number 1;")
        wants(shell.run(f"{command} 63"), r"No program of yours has the number 63;")
        wants(shell.run(f"{command} 18446744073709551615"), r"No program of yours")


PRESSED = {"300 2": 2, "1 1 7": 1, "nodes 200 2": 2, "processes 20 3": 3}


@pytest.mark.parametrize("what, rounds", PRESSED.items(), ids=PRESSED)
def test_pressure_finds_everything_as_it_was_written(boot, tmp_path, what, rounds):
    text = scripted(boot, tmp_path, [f"pressure {what}", "bank"], limit=60000)
    for number in range(1, rounds + 1):
        wants(text, rf"round {number}: all as it was written", look="user/programs/pressure.c")
    wants(text, FREE)


SQUEEZED = {"pages": ("pages=600", "pressure 1200 2"), "nodes": ("nodes=250", "pressure nodes 240 2")}


@pytest.mark.parametrize("workers", (1, 2))
@pytest.mark.parametrize("append, line", SQUEEZED.values(), ids=SQUEEZED)
def test_more_is_in_use_than_memory_has(boot, tmp_path, append, line, workers):
    text = scripted(boot, tmp_path, [line, "bank"], workers, append, limit=120000)
    used, room = map(int, re.search(r"(\d+) \w+ in use; the machine has room for (\d+)", text).groups())
    brought = int(re.search(r"round 2: all as it was written; (\d+) were brought in", text)[1])
    if brought < max(used - room, 1):
        raise Wrong(expected=f"of {used} in the room for {room}, those to be brought in that have none",
                    happened=f"{brought} were", look="kernel/obj/age.h")
    wants(text, FREE)


def test_pressure_refuses_too_many(shell):
    wants(shell.run("pressure 100000"), r"1 to \d+ of these")
    wants(shell.run("pressure nodes 0"), r"1 to \d+ of these")


def test_help_speaks_of_everything(shell):
    listed = shell.run("help")
    names = re.findall(r"^  ([a-z]+)\b.*  +\S", listed, re.M)
    programs = re.findall(r"^  ([a-z]+)\b", listed.split("Programs:")[1], re.M)
    wants(listed, r"jobs", r"queues", r"dinner", r"primes", r"bench")
    for name in {*names, *programs}:
        wants(shell.run(f"help {name}"), rf"{name}.*: .*\.\r?\n.+", look="user/servers/shell/help.c")
    wants(shell.run("help me"), r"no help on me")


COLUMNS = ("ps", "queues", "locks", "pages processes", "memory", "disk", "bank", "names")


@pytest.mark.parametrize("command", COLUMNS)
def test_help_explains_every_column(boot, command):
    shell = Shell(boot, 2)
    head = shell.run(command).split("\r\n")[1]
    text = shell.run(f"help {command.split()[0]}")
    for word in re.findall(r"[A-Za-z]+", head):
        wants(text, rf"\b{word}\b", look="user/servers/shell/help.c")
