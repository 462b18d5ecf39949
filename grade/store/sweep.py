"""The crash sweep: judges the states of a history, on all processors.

    result = Sweep(history, limit=5000, seed=1).run(keep=folder, stream=sys.stderr)

The order of the states is the same whatever the number of processors, and so
is the result.  Of wrong states the first few are kept: an image file, and
beside it what is wrong and the command that boots it.
"""

import json
import multiprocessing
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from grade.store import crash
from grade.store.crash import BLOCK, Disks
from grade.store.judge import Judge

KEPT = 3  # wrong states of which the disk is kept
CHUNKS = 8  # that each process gets: few, for what it remembers serves the next


@dataclass
class Result:
    """What was looked at and what was found, in numbers; and the first of the
    wrong states, as (state, what is wrong)."""

    writes: int
    flushes: int
    seed: int
    states: int = 0
    wrong: int = 0
    prefixes: int = 0
    torn: int = 0
    reordered: int = 0
    journaled: int = 0  # journal records that were flushed
    checked: int = 0  # different disks that the checker was asked about
    generations: list = field(default_factory=list)
    first: list = field(default_factory=list)
    right: dict = field(default_factory=dict)  # {generation: number of states}

    def numbers(self):
        """The counts, for a file."""
        keys = ("states", "wrong", "prefixes", "torn", "reordered", "checked", "writes", "flushes",
                "journaled", "seed")
        return {**{key: getattr(self, key) for key in keys}, "generations": len(self.generations)}

    def __str__(self):
        if self.generations:
            found = f"generations {self.generations[0]} to {self.generations[-1]}"
        else:
            found = "no generation"
        return (f"{self.states} states of {self.writes} writes and {self.flushes} flushes: {self.prefixes}"
                f" prefixes, {self.torn} torn, {self.reordered} reordered; {found}; {self.wrong} wrong")


class Sweep:
    """The states of a history that crash.plan() chooses.  ImageError: the disk
    was wrong before anything was written to it."""

    def __init__(self, history, limit, seed):
        self.history, self.seed = history, seed
        self.judge, self.states = Judge(history), crash.plan(history, limit, seed)

    def run(self, keep=None, stream=None, processors=None):
        """Judges them all; gives the Result.  keep: the folder for wrong
        states.  stream: where progress is shown."""
        kinds = crash.count_kinds(self.states)
        result = Result(len(self.history.writes), len(self.history.flushes), self.seed, len(self.states),
                        prefixes=kinds["prefix"], torn=kinds["torn"], reordered=kinds["reordered"],
                        journaled=self.judge.journaled)
        generations = Counter()
        for wrong, seen, asked in _chunks(self.judge, self.states, processors or os.cpu_count(), stream):
            result.first += wrong
            result.checked += asked
            generations.update(seen)
        result.wrong, result.first = len(result.first), result.first[:100]
        result.right = {g: generations[g] for g in sorted(generations) if g}
        result.generations = list(result.right)
        if keep:
            _keep(self.history, result, Path(keep))
        return result

    def draw(self, count):
        """Some states, drawn by the seed, with their generations: to be booted."""
        drawn = random.Random(self.seed).sample(self.states, min(count, len(self.states)))
        return [(state, self.judge.judge(state)[1]) for state in drawn]

    def write(self, state, path):
        """Writes the disk of a state to a file."""
        write_disk(Disks(self.history).disk(state), path)


def _chunks(judge, states, processors, stream):
    """The findings about the states, chunk for chunk, in order."""
    size = max(1, -(-len(states) // (processors * CHUNKS)))
    chunks = [states[at : at + size] for at in range(0, len(states), size)]
    if processors == 1 or len(chunks) == 1:
        yield from _shown(map(lambda chunk: _look(judge, chunk), chunks), len(chunks), len(states), stream)
        return
    global _judge
    _judge = judge  # which the processes inherit
    with multiprocessing.get_context("fork").Pool(processors) as pool:
        yield from _shown(pool.imap(_look_there, chunks), len(chunks), len(states), stream)


def _look(judge, states):
    """([(state, what is wrong)], {generation: states}, disks checked)."""
    before, wrong, seen = judge.memory.asked, [], Counter()
    for state in states:
        what, generation = judge.judge(state)
        if what:
            wrong.append((state, what))
        else:
            seen[generation] += 1
    return wrong, seen, judge.memory.asked - before


def _look_there(states):
    return _look(_judge, states)


def _shown(findings, chunks, states, stream):
    """The findings, with progress on a terminal."""
    shown, bad = stream is not None and stream.isatty(), 0
    for count, found in enumerate(findings, 1):
        bad += len(found[0])
        if shown:
            stream.write(f"\rcrash: {states * count // chunks} of {states} states, {bad} wrong ")
            stream.flush()
        yield found
    if shown:
        stream.write("\r\033[K")


# What is left behind.


def _keep(history, result, folder):
    """The numbers, and the first wrong states."""
    folder.mkdir(parents=True, exist_ok=True)
    disks, written = Disks(history), []
    for number, (state, wrong) in enumerate(result.first[:KEPT], 1):
        path = folder / f"wrong{number}.disk"
        write_disk(disks.disk(state), path)
        written.append({"state": str(state), "wrong": wrong, "disk": str(path), "boot": boot_command(path)})
        path.with_suffix(".txt").write_text("\n".join(f"{k}: {v}" for k, v in written[-1].items()) + "\n")
    text = json.dumps({**result.numbers(), "wrong_states": written}, indent=1)
    (folder / "crash.json").write_text(text + "\n")


def boot_command(path):
    """What boots the disk of a state, typed by hand."""
    return f"make run DISK={path}"


def write_disk(disk, path):
    """Writes a disk to a file, with holes where it is zero."""
    with open(path, "wb") as out:
        out.truncate(disk.blocks * BLOCK)
        for block in range(disk.blocks):
            data = disk.read(block)
            if any(data):
                out.seek(block * BLOCK)
                out.write(data)


def explain(result, keep=None):
    """What to tell who asked: lines."""
    yield str(result)
    for number, (state, wrong) in enumerate(result.first[:KEPT], 1):
        yield f"wrong: {state}: {wrong}"
        if keep:
            yield f"  boot it: {boot_command(Path(keep) / f'wrong{number}.disk')}"
