"""make profile: where the instructions of an operation go, function by function.

    python -m grade.bench.profile [OPERATION ...]

Without an operation it lists all with their sums and their greatest parts.
The operations are those of user/tests/benchpath.c, on the published kernel;
every instruction is counted, those of user mode as (user).
"""

import sys

from grade.harness.verdict import Failure

from . import runs


def summary(windows, paths):
    """A line for each operation."""
    yield f"{'operation':18} {'round':>8} {'path':>8}  greatest parts of a round"
    for op, window in windows.items():
        longest = max((path.length for path in paths if path.op == op), default=0)
        parts = ", ".join(f"{name} {count:.0f}" for name, count in window.mean()[:5])
        yield f"{op:18} {sum(dict(window.mean()).values()):8.0f} {longest:8}  {parts}"


def detail(op, window):
    """Every function of one operation."""
    total = sum(window.functions.values()) / window.rounds
    yield f"{op}: {total:.0f} instructions a round, mean of {window.rounds}"
    for name, count in window.mean():
        yield f"{count:9.1f} {100 * count / total:5.1f} %  {name}"


def main():
    try:
        for op in sys.argv[1:]:
            print("\n".join(detail(op, runs.operations(op)[1].windows[op])))
        if not sys.argv[1:]:
            _, reading = runs.operations()
            print("\n".join(summary(reading.windows, reading.paths)))
    except KeyError as error:
        sys.exit(f"profile: no operation {error}; `make profile` lists them all")
    except Failure as failure:
        sys.exit(f"profile: {failure.happened}\n  expected: {failure.expected}\n  log: {failure.log}")


if __name__ == "__main__":
    main()
