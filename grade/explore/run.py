"""Runs an explorer, reads what it says, and raises what that deserves."""

import os
import re
import secrets
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from grade.harness import artefacts, sandbox
from grade.harness.lab import ROOT
from grade.harness.verdict import Crash, Failure, Infrastructure, Timeout, Wrong, unwritten

from .build import Mutant, build, scenario_path
from .story import Story

CPU_SECONDS = 1800
MEMORY_BYTES = 4 << 30
NO_END = 1 << 60
BOUND_MAX = 23  # engine/engine.h
TICK = 0.01  # seconds, of the engine's watchdog
LAST_STEPS = 12  # of the story, in the message

_KINDS = {"wrong": Wrong, "crash": Crash, "endless": Timeout}


@dataclass(frozen=True)
class Result:
    """What an exploration came to."""

    distinct: int   # interleavings that the search stands for, each counted once
    runs: int       # made for that at the highest bound, to an end or to a state that is known
    states: int     # in which more than one thing could happen
    outcomes: int   # states in which a run ended
    finished: int   # highest bound searched to its end, or -1
    complete: int   # the bound from which on no other brings anything new, or -1
    random: int
    steps: int      # accesses made in all runs
    longest: int    # accesses of the longest run
    seconds: float  # of processor time
    seed: int
    harts: int

    def __str__(self):
        all_there_are = f" (all there is by bound {self.complete})" if self.complete >= 0 else ""
        return (f"{self.distinct:,} interleavings in {self.runs:,} runs, bound {self.finished} finished{all_there_are}, "
                f"{self.random:,} random from seed {self.seed}, {self.longest} accesses in the longest, "
                f"{self.seconds:.1f} s")


class Explorer:
    """Explores for one test; artefacts go below `base`.

    lab, source: the submission whose files replace those of solutions/.
    live: a stream that is told the story of a failure.
    """

    def __init__(self, base, lab=None, source=None, seed=1, live=None):
        self._base, self._lab, self._source = Path(base), lab, source
        self._seed, self._live, self._count = seed, live, 0

    def __call__(self, scenario, *, bound=2, random=0, runs=NO_END, seed=None, least=0, complete=False,
                 options=None, reference=False, mutant=None, replay=None):
        if not 0 <= bound <= BOUND_MAX:
            raise ValueError(f"a bound of {bound}: 0 to {BOUND_MAX} can be searched")
        folder = self.next_folder()
        lab = None if reference else self._lab
        mutant = Mutant(*mutant) if mutant else None
        program = build(scenario, folder, lab, self._source, mutant)
        seed = self._seed if seed is None else seed
        numbers = [f"{name}={value}" for name, value in (options or {}).items()]
        command = [str(program), str(bound), str(runs), str(random), str(seed), replay or "-", *numbers]
        (folder / "seed").write_text(f"{seed}\n")
        (folder / "command.sh").write_text(f"#!/bin/sh\necho by hand | {shlex.join(command)}\n")
        said = _Said(_execute(command, folder, trusted=lab is None), seed)
        again = by_hand(scenario, numbers, said.choices, mutant, lab, self._source)
        (folder / "figures").write_text(f"{said.result}\n")
        self._judge(said, folder, program, again)
        finished = said.result.finished >= bound or runs != NO_END
        if not replay and (not finished or said.result.random != random or said.result.distinct < least):
            raise Wrong(f"at least {least:,} interleavings, all of bound {bound}, and {random:,} random ones",
                        f"the explorer says: {said.result}", log=str(folder))
        if complete and said.result.complete < 0:
            raise Wrong(f"all interleavings there are, by bound {bound}", f"the explorer says: {said.result}",
                        log=str(folder))
        return said.result

    def next_folder(self):
        """An empty folder, for one exploration."""
        self._count += 1
        return artefacts.fresh((self._base / f"explore{self._count}").resolve())

    def _judge(self, said, folder, program, again):
        if said.verdict == "holds":
            return
        story = Story(said.lines, program, said.base, said.text)
        happened = story.plain(said.text)
        text = (f"expected  {said.expects}\nhappened  {happened}\n{said.result}\n\n{story}\n"
                f"again     {again}\n")
        (folder / "story.txt").write_text(text)
        if self._live:
            print(text, file=self._live, flush=True)
        stub = unwritten(said.text)
        if stub:
            raise Crash(f"{stub[1]} to be written", f"the explorer stopped in the stub of lab {stub[0]}: "
                        f"{stub[1]} is yours to write", look=stub[1], log=str(folder))
        raise _KINDS[said.verdict](
            said.expects, f"{happened}\n{story.summary(LAST_STEPS)}", look=story.place(said.text),
            hint=f"the whole story is in story.txt; once more: {again}", log=str(folder / "story.txt"))


def by_hand(scenario, numbers, choices, mutant, lab, source):
    """The command that tells the same run again."""
    name = str(scenario) if not str(scenario).endswith(".c") else os.path.relpath(scenario_path(scenario), ROOT)
    asked = [name, *numbers]
    if lab:
        asked += ["--lab", str(lab.number), "--from", os.path.relpath(source, ROOT)]
    asked += ["--replay", choices or "-"]
    if mutant:  # its text may be more than make hands on
        return shlex.join(["python3", "-m", "grade.explore", *asked, "--mutant", mutant.file, mutant.old, mutant.new])
    return f'make explore S="{shlex.join(asked)}"'


def _execute(command, folder, trusted):
    """The lines it wrote, the first with the word that makes it genuine."""
    nonce = secrets.token_hex(16)
    inside = sandbox.wrap(command, [sandbox.read(folder)], "/")
    try:
        done = subprocess.run(inside, input=nonce, capture_output=True, text=True, errors="replace",
                              timeout=2 * CPU_SECONDS, preexec_fn=sandbox.limits(CPU_SECONDS, 0, MEMORY_BYTES))
    except subprocess.TimeoutExpired as error:
        raise Infrastructure("the host is too slow: the exploration did not end") from error
    said = done.stdout.splitlines()
    if not said or not re.fullmatch(rf"verdict \w+ {nonce}", said[0]):
        _no_verdict(done, folder, trusted)
    return said


def _no_verdict(done, folder, trusted):
    """It ended without a word of its own: the code it runs ended it."""
    happened = f"it ended with status {done.returncode} and no verdict: {done.stderr.strip()[-300:]}"
    if trusted:
        raise Infrastructure(happened, hint=f"see {folder}")
    if done.returncode in (-24, 128 + 24, 152):
        raise Timeout("the exploration to end", f"it used {CPU_SECONDS} s of processor time", log=str(folder))
    raise Crash("the exploration to end", happened, log=str(folder))


class _Said:
    """What the explorer wrote, taken apart."""

    def __init__(self, lines, seed):
        facts = dict(line.split(" ", 1) for line in lines if " " in line and not line.startswith("event "))
        figures = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", facts["figures"])}
        self.verdict = lines[0].split()[1]
        self.base = int(facts["base"], 16)
        self.expects, self.text = facts["expects"], facts.get("text", "")
        self.choices = facts.get("choices", "")
        self.lines = [line for line in lines if line.startswith("event ")]
        self.result = Result(figures["distinct"], figures["runs"], figures["states"], figures["outcomes"],
                             figures["finished"] - 1, figures["complete"] - 1, figures["random"], figures["steps"], figures["longest"],
                             figures["processor"] * TICK, seed, figures["harts"])


__all__ = ["Explorer", "Failure", "Result"]
