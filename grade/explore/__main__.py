"""python -m grade.explore SCENARIO [NAME=NUMBER ...]: explores by hand.

Prints the figures, or the story of the first failure; exit status 0 if the
scenario holds, 1 if it does not, 2 if it could not be run.

python -m grade.explore table: explores all scenarios, each up to a bound of its
own or to --bound, and prints the figures as a table.
"""

import argparse
import sys

from grade.harness.lab import find_lab, source_folder
from grade.harness.submission import work
from grade.harness.verdict import Failure, Infrastructure

from .run import BOUND_MAX, NO_END, Explorer
from .table import print_table


def main():
    parser = argparse.ArgumentParser(prog="python -m grade.explore", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", help="a name in grade/explore/scenarios/, or a file")
    parser.add_argument("options", nargs="*", metavar="NAME=NUMBER", help="options of the scenario")
    parser.add_argument("--bound", type=int, choices=range(BOUND_MAX + 1), metavar="N",
                        help=f"things out of the ordinary in one run (2; {BOUND_MAX} at most)")
    parser.add_argument("--random", type=int, default=0, help="random runs beyond that (0)")
    parser.add_argument("--runs", type=int, default=NO_END, help="an end to the search")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lab", help="take the files of this lab ...")
    parser.add_argument("--from", dest="source", help="... from this folder (labs/NN-name)")
    parser.add_argument("--mutant", nargs=3, metavar=("FILE", "OLD", "NEW"), help="change the text of a file")
    parser.add_argument("--replay", help="the choices of one run, as a failure printed them")
    asked = parser.parse_args()
    lab = find_lab(asked.lab) if asked.lab else None
    source = source_folder(lab, asked.source) if lab else None
    explore = Explorer(work() / "explore" / "by-hand", lab, source, asked.seed, sys.stdout)
    try:
        if asked.scenario == "table":
            return print_table(explore, asked.bound)
        print(explore(asked.scenario, bound=2 if asked.bound is None else asked.bound, random=asked.random, runs=asked.runs,
                      options=dict(option.split("=") for option in asked.options),
                      mutant=asked.mutant, replay=asked.replay))
    except Infrastructure as failure:
        print(f"explore: {failure.happened}", file=sys.stderr)
        return 2
    except Failure as failure:
        print(f"{failure.verdict}: {failure.happened.splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
