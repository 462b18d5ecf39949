"""Machines on which several harts run processes, by a schedule that is drawn
from the seed (kernel/boot/chaos.h)."""

RANGE, DEBUG_RANGE = 60, 300  # of what a chaos hart draws, in microseconds


def with_workers(count, arguments="", chaos=None, debug=False):
    """Options of `boot` for so many harts that work, disturbed by as many that
    do not where there are several.  The entries of the debug kernel are long:
    preempted as often, a hart that has a lock may not run for ages."""
    if count == 1:
        return {"append": arguments}
    chaos = chaos or (DEBUG_RANGE if debug else RANGE)
    return {"smp": 2 * count, "append": f"chaos={chaos} {arguments}"}
