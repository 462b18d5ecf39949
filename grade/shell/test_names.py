"""The name directory: from the shell, from a program, and from a bad one."""

import pytest

from grade.shell.live import Shell, scripted, wants

LOOK = "user/servers/names.c"


@pytest.fixture(params=(1, 2, 4), ids=lambda n: f"{n}-harts")
def shell(boot, request):
    return Shell(boot, request.param)


def test_a_program_is_run_under_a_name_and_called_by_it(shell):
    wants(shell.run("names"), r"clock +start\r?\n", r"console +start\r?\n")
    wants(shell.run("bind echo ping serve"), r"ping#2")
    wants(shell.run("names"), r"echo +start\r?\n")
    wants(shell.run("call echo 41 0x10"), r"\n42 16 0 0\r?\n")
    wants(shell.run("call clock"), r"\n0 \d+ 1\d{9} 0\r?\n")
    wants(shell.run("unbind echo"), r"^[^\n]*\n$")
    wants(shell.run("call echo"), r"nothing is called echo")
    wants(shell.run("jobs"), r"ping serve")


def test_a_name_outlives_what_it_names(shell):
    shell.run("bind echo ping serve")
    wants(shell.run("bind echo hello"), r"echo names something already")
    wants(shell.run("jobs"), r"2 goes on  ping serve\r?\n(?!.*hello)")
    wants(shell.run("kill 2"), r"#2: killed")
    wants(shell.run("names"), r"echo +void")
    wants(shell.run("call echo"), r"what echo named is gone")
    wants(shell.run("bind echo ping serve"), r"ping#\d+")
    wants(shell.run("call echo 1"), r"\n2 0 0 0\r?\n")


def test_who_never_answers_is_left_by_control_c(shell):
    shell.run("bind deaf counter 100000")
    shell.send("call deaf\r", r"\n\d+\r?\n")
    wants(shell.type("\x03"), r"call#\d+: stopped")


def test_nonsense_is_answered(shell):
    wants(shell.run("bind"), r"bind NAME PROGRAM")
    wants(shell.run("bind x"), r"bind NAME PROGRAM")
    wants(shell.run("bind x nosuch"), r"nosuch: no such command or program")
    wants(shell.run("bind " + 16 * "n" + " hello"), r"A name has 1 to 15 letters")
    wants(shell.run("unbind nobody"), r"Nothing is called nobody")
    wants(shell.run("unbind"), r"unbind which name\?")
    wants(shell.run("call"), r"call NAME")
    wants(shell.run("call clock x"), r"x is no number")
    wants(shell.run("call clock 1 2 3 4 5"), r"call NAME")


FACETS = {"look": 0, "all": 1}


@pytest.mark.parametrize("workers", (1, 2))
@pytest.mark.parametrize("facet", FACETS)
def test_a_facet_is_all_the_right_there_is(boot, tmp_path, facet, workers):
    """user/tests/facets.c in the place of counter, holding this facet."""
    changes = (("counter", "facets"), ("start(names, 0)", f"start(names, {FACETS[facet]})"))
    text = scripted(boot, tmp_path, [f"facets {facet}", "names"], workers, changes=changes)
    wants(text, r"(\d+) of \1 as they should be\r?\n", look=LOOK)
    wants(text.split("names\r\n")[-1], r"clock +start\r?\nconsole +start\r?\nlatchkey", look=LOOK)


def test_a_full_directory_says_so(boot, tmp_path):
    lines = [f"bind n{i} hello" for i in range(47)]
    text = scripted(boot, tmp_path, ["names"] + lines)
    wants(text, r"clock", r"console")
    # hello ends at once, so each name is void and may be given again, but it
    # keeps its place: the last one finds none.
    wants(text, r"The directory is full: 48 names\.", look=LOOK)
