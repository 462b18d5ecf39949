"""What a test leaves behind: one folder, enough to look into it later.

    serial.log   what the guest printed
    command.sh   runs the same machine by hand, serial line in the terminal
    seed         the seed of the run
    kernel.elf   a link to the kernel that ran
    build.log    how it was built
    qemu.log     what QEMU itself complained about
    image        a link to the boot image; disks are copied here
"""

import os
import re
import shlex
import shutil
from pathlib import Path

from . import qemu


def folder_of(base, test_id, case=""):
    """Folder of a test below `base`, or of one case of a parametrised test."""
    return Path(base) / _slug(test_id) / _slug(case) if case else Path(base) / _slug(test_id)


def _slug(text):
    return re.sub(r"[^\w.+=-]+", "_", text).strip("._") or "_"


def fresh(folder):
    """Makes the folder, empty, and gives it."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)
    return Path(folder)


class Artefacts:
    """The folder of one run of a machine."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def serial(self):
        return self.folder / "serial.log"

    @property
    def complaints(self):
        return self.folder / "qemu.log"

    def record(self, config):
        """Writes down what is about to run."""
        (self.folder / "seed").write_text(f"{config.seed}\n")
        script = self.folder / "command.sh"
        script.write_text("#!/bin/sh\n# The same machine, by hand.  Ctrl-C ends it.\n"
                          f"exec timeout --foreground -k 2 600 {shlex.join(qemu.by_hand(config))}\n")
        script.chmod(0o755)
        self._link("kernel.elf", config.kernel)
        if config.image:
            self._link("image", config.image)

    def keep(self, path, name=None):
        """Copies a file here and gives its new path."""
        return Path(shutil.copy(path, self.folder / (name or Path(path).name)))

    def _link(self, name, target):
        path = self.folder / name
        if not path.exists():
            os.symlink(Path(target).resolve(), path)
