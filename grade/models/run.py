"""Checks a Promela model with spin, over all its states.

    python3 -m grade.models.run halting N=4 GANG      prints what came of it
    python3 -m grade.models.run 33 halting N=8 COARSE the same with bits=33

verify(model, defines) -> Result(verdict, states, seconds):

    model     the name of a file here, without .pml
    defines   {name: value}; value True: defined, without one
    verdict   "holds"; "wrong", an assertion failed; "stuck", a state in which
              nothing moves and not everybody is done; "cut off", memory or the
              depth of the search did not suffice
    states    that were stored
    bits      of a hash table in place of the states themselves (spin's -w):
              most of the states in little memory, for models too large

Infrastructure: there is no spin or gcc here, or the model is none.
"""

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from grade.harness.verdict import Infrastructure

HERE = Path(__file__).resolve().parent
DEPTH = 1_000_000
SECONDS = 3600
_FLAGS = ["-w", "-O1", "-DSAFETY", "-DVECTORSZ=2048"]


@dataclass(frozen=True)
class Result:
    verdict: str
    states: int
    seconds: float

    def __str__(self):
        return f"{self.verdict}: {self.states:,} states, {self.seconds:.1f} s"


def _run(command, folder):
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    except FileNotFoundError as error:
        raise Infrastructure(f"there is no {error.filename} on this host", hint=f"install {command[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise Infrastructure(f"{command[0]} did not end within {SECONDS} s") from error


def _done(command, folder, product):
    done = _run(command, folder)
    if done.returncode or not (folder / product).is_file():
        raise Infrastructure(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()[-600:]}")


def verify(model, defines=None, bits=None):
    """The Result of checking a model; see above."""
    start = time.monotonic()
    names = [f"-D{name}" if value is True else f"-D{name}={value}" for name, value in (defines or {}).items()]
    with tempfile.TemporaryDirectory(prefix="latchkey-spin-") as folder:
        folder = Path(folder)
        _done(["spin", "-a", *names, str(HERE / f"{model}.pml")], folder, "pan.c")
        _done(["gcc", *_FLAGS, "-DBITSTATE" if bits else "-DCOLLAPSE", "-o", "pan", "pan.c"], folder, "pan")
        said = _run(["./pan", f"-m{DEPTH}", *([f"-w{bits}"] if bits else [])], folder).stdout
    return Result(_verdict(said), _states(said), time.monotonic() - start)


def _states(said):
    found = re.search(r"^\s*([\d.e+]+) states, stored", said, re.MULTILINE)
    if not found:
        raise Infrastructure(f"spin's verifier says: {said.strip()[-600:]}")
    return int(float(found[1]))


def _verdict(said):
    if "invalid end state" in _error(said):
        return "stuck"
    if "assertion violated" in _error(said):
        return "wrong"
    complete = re.search(r"errors: 0$", said, re.MULTILINE) and "max search depth too small" not in said
    return "holds" if complete and "Search not completed" not in said else "cut off"


def _error(said):
    """What went wrong; the report's own heads name all that could."""
    return "\n".join(line for line in said.splitlines() if line.startswith("pan:"))


def main():
    bits = int(sys.argv.pop(1)) if sys.argv[1].isdigit() else None
    model, *names = sys.argv[1:]
    print(verify(model, dict(name.split("=") if "=" in name else (name, True) for name in names), bits))


if __name__ == "__main__":
    main()
