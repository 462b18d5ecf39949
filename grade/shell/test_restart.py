"""The drivers find out that the machine was restarted.

An irq capability carries the boot epoch it was last told of.  Where that is
older than the image's, the next wait ends with *restarted*; the driver sets
its device up again, and the console shows its line again.  Nothing is
restarted here: either the image is written with a later epoch than its
capabilities have, or the kernel's epoch is counted on from outside while a
line is half typed, and the driver finds what it would find after a restart.
"""

import sys
from pathlib import Path

import pytest

from grade.harness import Wrong, build
from grade.harness.elf import NoSymbol
from grade.shell.live import IMAGE, PROMPT, Shell, manifest, wants

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from image import read_image, write_image  # noqa: E402

LOOK = "user/servers/console.c: restart"


@pytest.fixture(params=(1, 2, 4), ids=lambda n: f"{n}-harts")
def harts(request):
    return request.param


def restarted(path, folder):
    """The image of this manifest, as it is once it was restarted."""
    image = read_image(build.image(path).read_bytes())
    image.epoch += 1
    out = folder / "restarted.img"
    out.write_bytes(write_image(image))
    return out


def count_epoch(machine):
    """What the kernel does at a restart, to a machine that runs."""
    try:
        path = "root.epoch"
        epoch = machine.symbol(path)
    except NoSymbol:
        path = "root->epoch"
        epoch = machine.symbol(path)
    machine.write(machine.address(path), (epoch + 1).to_bytes(4, "little"))


def test_a_restarted_image_boots_and_its_drivers_are_told(boot, tmp_path, harts):
    shell = Shell(boot, harts, image=restarted(IMAGE, tmp_path))
    shell.at_prompt("hello again\r", r"Hello again!")
    shell.at_prompt("storm 100 1\r", r"\d+ interrupts", r"and 1 restarts of the machine")


def test_the_prompt_is_shown_again(boot, tmp_path):
    """The relay comes last of all on one hart, so the shell is reading."""
    relay = 'program = "relay"\npriority = 12\nkeeper = "start(init, 7)"\ncaps = { 1 = "irq(10)"'
    path = manifest(tmp_path, "late", (relay, relay.replace("12", "1")))
    shell = Shell(boot, 1, image=restarted(path, tmp_path))
    wants(shell.machine.expect(PROMPT)[1], r"^\r?\n$", look=LOOK)
    wants(shell.run("hello"), r"Hello, world!", look=LOOK)


def test_a_line_half_typed_is_shown_again_and_goes_on(boot, harts):
    shell = Shell(boot, harts)
    for half, rest in (("hello per", "sistent"), ("hello th", "ere")):
        shell.machine.send(half)
        shell.machine.expect(half)
        count_epoch(shell.machine)
        shell.machine.send(rest[0])
        found = shell.machine.expect(rf"\r\nlatchkey> {half}{rest[0]}")
        if not found:
            raise Wrong(expected="the prompt and the half line again", happened=str(found), look=LOOK)
        wants(shell.run(rest[1:]), rf"Hello {half[6:]}{rest}!", look=LOOK)
