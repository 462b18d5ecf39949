"""The explorer: every interleaving of the kernel's own code, on the host.

A scenario (scenarios/*.c, contract in explore.h) puts a few mechanisms of the
kernel, their .c files as they are, on two to four harts of the model machine
(kernel/arch/model/).  The explorer runs it again and again: first with nothing
out of the ordinary, then with one thing, with two ...: a hart taken away that
could go on, a store that another hart does not see yet, an interrupt in the
kernel; then seeded random runs beyond that bound.  So the first failure has as
few such things as any, and the same answers give the same run again.  What comes
to the same is not run twice (engine/search.c); handouts/explorer.md tells more.

In a test, by the fixture `explore`:

    def test_no_wakeup_is_lost(explore):
        explore("stalls", bound=2, random=2000, least=5000)

explore(scenario, ...)   raises the failure, or gives the Result.  By name:
    bound      most things out of the ordinary in one run of the search (2; 23 at most)
    random     seeded runs beyond it (0); seed: by default that of the grading
    runs       an end to the search, however far it came (no end)
    least      interleavings that must have been run, or it was not a test
    complete   True: and no higher bound may bring anything new
    options    dict of numbers for the scenario's explore_option(); every
               scenario knows harts (how many), time (1: it passes while harts
               are at work, so timers may come at any time) and reduce (0: runs
               also what comes to the same, engine/search.c)
    reference  True: all mechanisms from solutions/; by default those of the
               lab that is graded come from the submission
    mutant     (file, old, new): the text changed in this one file, as often
               as it stands there; an AssertionError if it does not
    replay     choices, as a failure printed them: that run alone, told

A Failure has the verdict wrong (the scenario says so, a data race, a deadlock,
hart waiting for ever), crash (panic, assertion, wild access), timeout (a run
without end) or build.  Its text is the scenario's expectation, what happened,
the last steps, and the command that repeats the run; the whole story, hart by
hart, is in story.txt in the test's folder.

Result: distinct (interleavings that the search stands for), runs (made for
that), states, outcomes, finished (the highest bound that was searched to its
end, or -1), complete (the bound from which on no other brings anything new, or
-1), random, steps, longest, seconds.

By hand:  make explore S="SCENARIO [NAME=NUMBER ...] [--bound N] [--random N]"
          make explore S=table      what there is, and what it comes to
"""

from grade.explore.run import Explorer, Result

__all__ = ["Explorer", "Result"]
