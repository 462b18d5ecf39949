"""Typing a line: editing, history, completion; and typing what nobody should."""

import pytest

from grade.shell.live import Shell, manifest, wants

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
LOOK = "user/lib/editor.c"
STRANGE = "".join(chr(c) for c in range(1, 32) if chr(c) not in "\x03\x04\n\r\x0c")


@pytest.fixture(params=(1, 2, 4), ids=lambda n: f"{n}-harts")
def shell(boot, request):
    return Shell(boot, request.param)


EDITS = {
    "insert": ("hello wrld" + 3 * LEFT + "o", "world"),
    "home-end": ("llo one" + "\x1b[H" + "he" + "\x1b[F" + " two", "one two"),
    "other-home-end": ("llo one" + "\x1bOH" + "he" + "\x1b[4~" + "s", "ones"),
    "control-keys": ("llo a" + "\x01he\x05\x02x\x06y", "xay"),
    "delete": ("hello xyz" + 3 * LEFT + "\x1b[3~", "yz"),
    "backspace-inside": ("hello abXc" + LEFT + "\x7f", "abc"),
    "cut-end": ("hello abcdef" + 3 * LEFT + "\x0b", "abc"),
    "cut-start": ("nonsense hello x" + 7 * LEFT + "\x15", "x"),
    "cut-word": ("hello one two" + 4 * LEFT + "\x17three", "three two"),
    "past-both-ends": (100 * LEFT + "x\x7fhello z" + 100 * RIGHT + "!\x7f", "z"),
    "unknown-keys": ("hel\x1b[5~lo\x1b[15;2~ k\x1bOP\x1b[99999999Zey\x1bq", "key"),
}


@pytest.mark.parametrize("keys, words", EDITS.values(), ids=EDITS)
def test_a_line_is_edited(boot, keys, words):
    wants(Shell(boot, 2).run(keys), rf"Hello {words}!", look=LOOK)


def test_lines_typed_before_come_back(shell):
    for word in ("one", "two", "three"):
        shell.run(f"hello {word}")
    shell.at_prompt(UP + UP + "\r", r"Hello two!")
    shell.at_prompt(UP + UP + UP + DOWN + "\r", r"Hello three!")
    shell.at_prompt("hello half" + UP + UP + DOWN + DOWN + " done\r", r"Hello half done!")
    shell.at_prompt(100 * UP + 100 * DOWN + "hello new\r", r"Hello new!")
    shell.quiet()
    wants(shell.run("history"), r"1  hello one\r\n +2  hello two\r\n", r"hello half done\r\n")


def test_the_history_keeps_the_last_lines(shell):
    for number in range(40):
        shell.run(f"hello {number}")
    shell.at_prompt(100 * UP + "\r", r"Hello 8!")


def test_words_are_completed(shell):
    shell.at_prompt("hel\tp hello\r", r"hello .*: says hello\.\r\n")  # help or hello: no more is certain
    shell.quiet()
    shell.at_prompt("prim\t30\r", r"2 3 5 7 11 13 17 19 23 29 ")
    shell.quiet()
    shell.at_prompt("s\t\t", r"stop  \S*storm  |stop  storm  stall  |stall")
    shell.at_prompt("\x15help din\t\r", r"the dining philosophers\.\r\n")
    shell.quiet()
    shell.at_prompt("call cl\t\r", r"\n0 \d+ \d+ 0\r\n")
    shell.quiet()
    shell.send("nosuch\t\t\x15", "\a")
    shell.at_prompt("run hell\tyou\r", r"Hello you!")
    shell.quiet()
    shell.send("counter 100000 &\r", r"counter#2")
    shell.send("kill \t\r", r"#2: killed")


def test_a_completion_is_put_where_the_cursor_stands(shell):
    shell.at_prompt("hell there" + 6 * LEFT + "\t\r", r"Hello there!")


def test_control_c_gives_a_line_up_in_every_state(shell):
    for keys in ("", "hello", "hello" + LEFT, UP, "\t\t", "\x1b[", "hello " + "x" * 400):
        shell.at_prompt(keys + "\x03", r"\^C\r\n")
    shell.quiet()
    shell.send("counter\r", r"\n1\r\n")
    wants(shell.type("\x03"), r"counter#\d+: stopped")
    for program in ("stall 20", "dinner 7 500", "primes 250", "storm 1000 60"):
        shell.send(program + "\r", r"\r\n")
        shell.at_prompt("\x03", r"\^C\r\n")
        shell.at_prompt("hello still\r", r"Hello still!")
    wants(shell.run("bank"), r"page +0 ")


def test_strange_keys_are_no_text_and_do_no_harm(shell):
    shell.send(STRANGE + "\x15", "\a")
    shell.quiet()
    shell.send("".join(chr(c) for c in range(0x80, 0x100)), "\a")
    shell.at_prompt("\x15hello you\r", r"Hello you!")
    shell.send("\x04\x04", r"type `off`", r"type `off`")
    shell.quiet()


def test_a_line_too_long_is_cut_with_a_bell(shell):
    shell.send("hello " + 300 * "y", "\a")
    shell.at_prompt("\r", rf"Hello {249 * 'y'}!\r\n")
    wants(shell.run(" ".join(20 * ["w"])), r"A line has up to 16 words; nothing was done\.")
    wants(shell.run("hello " + " ".join(15 * ["w"])), r"Hello( w){15}!")
    wants(shell.run(" " * 250), r"^ +\r\n$")


def test_keys_typed_ahead_are_not_lost(shell):
    shell.send("counter 1\rhello one\rhello two\r", r"Hello one!", r"Hello two!")


# What a bad neighbour does: user/tests/pest.c in the place of counter.


@pytest.fixture
def beside_pest(boot, tmp_path, request):
    return Shell(boot, 2, image=manifest(tmp_path, "pest", ("counter", "pest")))


def test_a_flood_behind_the_shell_does_not_drown_it(beside_pest):
    shell = beside_pest
    shell.send("pest flood &\r", r"flood 100\r\n")
    shell.send("hello there\r", r"Hello", r"there", r"!")  # the flood comes between
    shell.send("jobs\r", r"2 goes on  pest flood")
    shell.send("pest flood\r", r"#3|flood 50\r\n")
    shell.send("\x03", r"pest#3: stopped")
    shell.send("stop 2\r")
    shell.quiet()
    wants(shell.run("jobs"), r"2 stopped  pest flood")
    shell.send("go 2\r")
    shell.send("kill 2\r", r"#2: killed")
    shell.quiet()
    shell.send("pest flood &\r", r"flood 100\r\n")
    shell.machine.send("off\r")
    shell.machine.finish()


def test_when_the_bank_is_empty_one_message_says_so(beside_pest):
    shell = beside_pest
    for _ in range(2):
        shell.send("pest hoard &\r", r"hoard: \d+ of kind 0")
    shell.at_prompt("date\r", r"UTC")
    for command in ("hello", "dinner", "bind x hello"):
        wants(shell.run(command), r"no room to start it; `kill` something first\.")
    wants(shell.run("stop 2"), r"#2 has used up its storage: it can only be ended\.")
    wants(shell.run("ps"), r"pest#2 +available")
    wants(shell.run("kill 2"), r"#2: killed")
    wants(shell.run("hello"), r"Hello, world!")
    wants(shell.run("kill 3"), r"#3: killed")
    wants(shell.run("bank"), r"page +0 ")
