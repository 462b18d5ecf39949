"""The living system, typed at; and the same system driven by a script.

`Shell` boots on real threads with a real terminal line: what a newcomer sees
after `make start`.  Not deterministic, so nothing typed decides a mark; each
answer that is looked for is one that does not depend on the schedule.

`scripted` gives the shell a page of lines instead.  Nobody types, so the run
is deterministic, on several harts by a seed.
"""

import re
import shutil
import sys
from pathlib import Path

from grade.harness import Wrong, build
from grade.harness.chaos import with_workers

PROMPT = r"(?s)(.*?)latchkey> "
ROOT = Path(__file__).parents[2]
IMAGE = ROOT / "user/image.toml"

sys.path.insert(0, str(ROOT / "tools"))

from checkimage import Bytes, newest_root  # noqa: E402


class Shell:
    """A booted machine at its prompt: from an image, or from a disk that is
    written to, in whatever state its last run left it."""

    def __init__(self, boot, harts, debug=False, image=IMAGE, disk=None, append=""):
        self.machine = boot(
            reference=True, debug=debug, image=None if disk else image, disk=disk, smp=harts,
            append=append, interactive=True, parallel=True, limit=60000,
        )
        self.banner = self.machine.expect(PROMPT)[1]

    def type(self, keys):
        """Types keys and gives what the shell said before the next prompt."""
        self.machine.send(keys)
        return self.machine.expect(PROMPT)[1]

    def run(self, command):
        return self.type(command + "\r")

    def send(self, keys, *patterns):
        """Types keys and waits for the patterns, one after the other.  Of
        use while something prints behind the shell: each time it does, the
        prompt is shown again."""
        self.machine.send(keys)
        for pattern in patterns:
            self.machine.expect(pattern)

    def at_prompt(self, keys, *patterns):
        """The same, and for the next prompt."""
        self.send(keys, *patterns)
        self.machine.expect(PROMPT)

    def quiet(self):
        """Nothing prints behind the shell any more: passes by all prompts that
        were shown until now."""
        self.at_prompt("hello again\r", r"Hello again!")


class Plugged:
    """A machine with a disk, whose power can be cut."""

    def __init__(self, boot, folder, harts, image=IMAGE):
        self.boot, self.harts = boot, harts
        self.disk = folder / "disk.img"
        shutil.copy(build.image(image), self.disk)
        self.shell = None

    def start(self, append="", half=False):
        """Starts it, or starts it again; the Shell.  Restarted, it shows its
        prompt twice, the second time below what the herald says; `half`: with
        a line half typed, so that nothing else is typed here."""
        restarted = self.shell is not None
        self.shell = Shell(self.boot, self.harts, disk=self.disk, append=append)
        if restarted and not half:
            self.shell.quiet()
        return self.shell

    def cut(self):
        """Pulls the plug."""
        self.shell.machine.kill()

    def generation(self):
        """The newest durable one, as the disk has it."""
        with open(self.disk, "rb") as file:
            return newest_root(Bytes(file.read(2 * 4096)))[0]["generation"]

    def wait_generations(self, count, key="\x0c", answer=PROMPT):
        """Until so many more are durable.  Meanwhile a key is typed again and
        again that changes nothing, and its answer awaited: Ctrl-L has the
        line shown again."""
        wanted = self.generation() + count
        while self.generation() < wanted:
            self.shell.machine.send(key)
            self.shell.machine.expect(answer)


def wants(text, *patterns, look="user/servers/shell.c"):
    for pattern in patterns:
        if not re.search(pattern, text):
            raise Wrong(expected=f"a match of {pattern!r}", happened=text[-2000:], look=look)


def manifest(folder, name, *changes):
    """The image's manifest with changes (pairs of what stands there and what
    shall), in a file of this name."""
    text = IMAGE.read_text()
    for old, new in changes:
        assert old in text, f"{IMAGE} has no {old!r}"
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def scripted(boot, folder, lines, workers=1, arguments="", changes=(), debug=False, limit=20000, **options):
    """What the system prints while its shell executes these lines, and `off`.

    The debug kernel takes thousands of times as long for each entry: only for
    what is short.
    """
    (folder / "script.txt").write_text("\n".join([*lines, "off", ""]))
    shell = '11 = "start(init, 1)"'
    path = manifest(
        folder, "scripted", *changes,
        (shell, shell + ', 12 = "page(script)"'),
        ("# The shell:", '[[page]]\nname = "script"\nfile = "script.txt"\n\n# The shell:'),
    )
    run = boot(reference=True, debug=debug, image=path, limit=limit,
               **with_workers(workers, arguments, debug=debug), **options)
    return run.finish().text
