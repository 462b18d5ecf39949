"""The line editor whose text simply lives in memory: keys, and other people's output."""

import pytest

from grade.shell.live import PROMPT, Shell, wants

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END, DELETE = "\x1b[H", "\x1b[F", "\x1b[3~"
LEAVE, CUT, PASTE, LINE_UP, LINE_DOWN = "\x18", "\x0b", "\x19", "\x15", "\x14"
LOOK = "user/programs/notepad.c"


@pytest.fixture(params=(1, 2), ids=lambda n: f"{n}-harts")
def shell(boot, request):
    return Shell(boot, request.param)


def lines(picture):
    """The text of the last picture on the screen, as lines."""
    body = picture.rsplit("note: ", 1)[1].split("\n")[1:9]
    rows = [row.replace("\r", "").replace("\x1b[K", "") for row in body]
    return [row for row in rows if row != "~"]


def opened(shell, name=""):
    """The lines of a note, which is opened and left again."""
    shell.machine.send(f"note {name}\r".replace(" \r", "\r"))
    picture = shell.machine.expect(r"(?s)(.*)Del \x1b\[0m")[1]
    shell.machine.send(LEAVE)
    shell.machine.expect(PROMPT)
    return lines(picture)


EDITS = {
    "typed": ("one\rtwo", ["one", "two"]),
    "inside": ("onetwo" + 3 * LEFT + "\r", ["one", "two"]),
    "joined": ("one\rtwo" + HOME + "\x7f", ["onetwo"]),
    "deleted": ("abc" + HOME + DELETE + END + "d", ["bcd"]),
    "up-and-down": ("one\rtwo\rthree" + UP + UP + "X" + DOWN + "Y", ["oneX", "twoY", "three"]),
    "cut-and-paste": ("one\rtwo\rthree" + UP + CUT + PASTE + PASTE, ["one", "two", "two", "three"]),
    "cut-all": ("one\rtwo" + CUT + UP + CUT, [""]),
    "line-up": ("one\rtwo\rthree" + LINE_UP + LINE_UP + "!", ["three!", "one", "two"]),
    "line-down": ("one\rtwo\rthree" + UP + UP + LINE_DOWN + LINE_DOWN + LINE_DOWN, ["two", "three", "one"]),
    "past-the-ends": ("a" + 5 * LEFT + 5 * UP + "b" + 9 * RIGHT + 9 * DOWN + "c", ["bac"]),
    "too-long": (90 * "x", [75 * "x"]),
    "two-too-long-to-join": (75 * "x" + "\r" + "y" + HOME + "\x7f", [75 * "x", "y"]),
    "strange-keys": ("a\x1b[5~\x1bOP\x01\x02\x0e\x10\x12b", ["ba"]),
}


@pytest.mark.parametrize("keys, wanted", EDITS.values(), ids=EDITS)
def test_a_note_is_edited_and_found_again(boot, keys, wanted):
    shell = Shell(boot, 1)
    shell.send("note\r", r"Del \x1b\[0m")
    shell.at_prompt(keys + LEAVE)
    found = opened(shell)
    assert found == wanted, f"{LOOK}: {keys!r} left {found}"


def test_there_are_several_and_each_comes_back(shell):
    for name in ("", "shopping"):
        shell.send(f"note {name}\r".replace(" \r", "\r"), r"Del \x1b\[0m")
        shell.at_prompt(f"in {name or 'note'}{LEAVE}")
    assert opened(shell) == ["in note"]
    assert opened(shell, "shopping") == ["in shopping"]
    wants(shell.run("names"), r"note +start", r"shopping +start", look=LOOK)
    wants(shell.run("kill 2"), r"#2: killed")
    assert opened(shell) == [""]
    assert opened(shell, "shopping") == ["in shopping"]


def test_many_lines_scroll(shell):
    shell.send("note\r", r"Del \x1b\[0m")
    shell.at_prompt("\r".join(str(n) for n in range(30)) + LEAVE)
    assert opened(shell) == [str(n) for n in range(22, 30)]


def test_control_c_leaves_and_the_text_stays(shell):
    shell.send("note\r", r"Del \x1b\[0m")
    shell.send("kept", "kept")
    wants(shell.type("\x03"), r"\^C")
    assert opened(shell) == ["kept"]
    wants(shell.run("hello"), r"Hello, world!")


def test_what_others_print_stands_above_the_note(shell):
    shell.send("counter 100000 &\r", r"counter#2")
    shell.send("note\r", r"Del \x1b\[0m")
    shell.send("text", r"text")
    for _ in range(2):
        shell.machine.expect(r"B\r\n\d+\r\n\r\x1b\[7m note: note")
    shell.machine.expect(r"text\x1b\[K")
    shell.send(LEAVE)
    shell.send("kill 2\r", r"#2: killed")
    shell.quiet()
    assert opened(shell) == ["text"]


def test_what_is_no_note_says_so(shell):
    wants(shell.run("note clock"), r"clock is no note")
    wants(shell.run("note a b"), r"note \[NAME\]")
    wants(shell.run("note " + 16 * "n"), r"A name has 1 to 15 letters")
    wants(shell.run("notepad"), r"Type `note`")
