"""Lab 6, checkpoint and restart: the tests that make the mark."""

import re

import pytest

from grade.harness import build, expect_equal, expect_that
from grade.lab06 import evidence

PAGE = "handouts/lab06.md"
SLOW = 300  # microseconds a request takes at most, where it takes time


def run(boot, manifest, workers=1, arguments="", slow=SLOW, **options):
    """Boots a workload, a manifest or an image, on a slow disk and lets it run to
    its end; gives the machine and the Recording.  workers: harts that work,
    disturbed where there are several."""
    image = build.image(manifest) if manifest.suffix == ".toml" else manifest
    if workers > 1:
        options["smp"] = 2 * workers
        arguments += " chaos=50"
    machine = boot(scenario="record.c", image=image, debug=False,
                   **{"limit": 20000, "append": f"slow={slow} {arguments}", **options})
    return machine, evidence.recorded(machine, image)


@pytest.mark.points(25, id="lab6.snapshot", where=f"{PAGE}#snapshot",
                    hint="which objects change between the snapshot and the moment they are written?")
@pytest.mark.parametrize("case", ["held", "slow", "two"])
def test_snapshot(boot, case):
    if case == "slow":  # few objects, which the disk reads most of the time
        manifest = evidence.load(pages=6, nodes=16, processes=1, rounds=60, every=3000)
        machine, recording = run(boot, manifest, slow=2000, arguments="jobs=4")
    elif case == "held":  # each is written to before it is its turn
        manifest = evidence.load(pages=12, nodes=8, rounds=16, every=8000)
        machine, recording = run(boot, manifest, arguments="hold=4000")
    else:
        machine, recording = run(boot, evidence.load(pages=12, rounds=10, every=5000), workers=2)
    recording.judge_generations(3)
    evidence.disk_of(machine)


@pytest.mark.points(25, id="lab6.commit", where=f"{PAGE}#commit",
                    hint="which writes may a power cut undo, and which not?")
@pytest.mark.parametrize("case", ["asked", "timed", "two", "boots"])
def test_commit(boot, seed, case):
    manifest, least = evidence.load(pages=12, rounds=12, request=2, log=100), 5
    if case in ("timed", "two"):
        manifest, least = evidence.load(pages=12, rounds=8, every=8000, log=100), 3
    _, recording = run(boot, manifest, workers=2 if case == "two" else 1)
    judge = recording.judge_generations(least)
    if case == "boots":
        go_on(boot, recording, seed)
        return
    told = recording.expect_told_truth()
    expect_that(told >= least, f"generation {least} or more to be said durable", f"it was generation {told}")
    recording.expect_both_roots()
    recording.sweep(judge, 3000, seed)


def go_on(boot, recording, seed):
    """Some of the disks that a power cut leaves are booted: the workload looks
    at itself, and goes on to its end."""
    for state in recording.draw(4, seed):
        path = boot.folder / "cut.disk"
        recording.write(state, path)
        machine, _ = run(boot, path)
        report = evidence.disk_of(machine)
        expect_that(report.generation >= 6, f"the workload to go on to its end, {state}, and generation 6 or more",
                    f"the disk has generation {report.generation}")


@pytest.mark.points(20, id="lab6.restart", where=f"{PAGE}#restart",
                    hint="where can the hook of a process be?")
@pytest.mark.parametrize("name", ["lab06kinds", "stalled"])
def test_restart(boot, name):
    image, texts = build.image(evidence.program(name)), []
    for restarts in range(STARTS[name]):
        machine, recording = run(boot, image)
        expect_started(machine, image)
        last = restarts == STARTS[name] - 1  # behind it no checkpoint is taken
        recording.judge_generations(0 if last else 1)
        if name == "lab06kinds" and not restarts:
            expect_kinds(recording)
        texts.append(machine.text.replace("\r", ""))
        image = machine.artefacts.folder / "disk"
        report = evidence.disk_of(machine, image)
        expect_equal("the starts that the disk has seen", report.epoch, restarts + (not last))
    passed = re.findall(r"^ok \d+.*", "".join(texts), re.MULTILINE)
    expect_equal("the cases that passed", len(passed), max(1, STARTS[name] - 1))


STARTS = {"lab06kinds": 2, "stalled": 7}


def expect_started(machine, image):
    """Those the disk lists, and no others, have work to do when the machine
    starts."""
    listed = evidence.check(evidence.File(image)).processes
    ready = [oid for oid, has in enumerate(machine.symbol("record.boot")) if has]
    expect_equal("the processes that have work to do after the start", ready, sorted(listed))


def expect_kinds(recording):
    """The snapshot found somebody in each way of waiting."""
    for group in ("ready", "worry", "junk", "irq", "wait", "checkpoint"):
        expect_that(recording.listed(group) > 0, f"a hook on a queue of the group {group} at the snapshot",
                    "there was none")
    expect_that(recording.record["rings"] > 0, "a hook on the ring of a server at the snapshot",
                "there was none")


@pytest.mark.points(15, id="lab6.log", where=f"{PAGE}#log",
                    hint="when may a block of the log be written again?")
@pytest.mark.parametrize("case", ["hundred", "pressure", "pools"])
def test_log(boot, seed, case):
    manifest, arguments = evidence.load(pages=3, nodes=1, processes=1, rounds=101, request=1, log=60), ""
    if case != "hundred":
        manifest = evidence.load(pages=40, rounds=12, log=60)
    if case == "pools":
        arguments = "pages=42 nodes=80 processes=12 jobs=4 preload=0"
    machine, recording = run(boot, manifest, arguments=f"record=12000 witness=60000 {arguments}", memory=256,
                             slow=1500 if case == "pools" else SLOW)
    stalled = machine.symbol(f"queues[{recording.record['log_queue']}].enqueued.v")
    judge = recording.judge_generations(100 if case == "hundred" else 4)
    if case != "hundred":
        expect_that(stalled > 0, "some to stall until there is room in the log", "nobody did",
                    look="ckpt_dirty_locked")
    evidence.expect_room_given_back(machine)
    recording.sweep(judge, 1000, seed)


@pytest.mark.points(10, id="lab6.errors", where=f"{PAGE}#errors",
                    hint="what is true of an object whose write has failed?")
@pytest.mark.parametrize("fault", ["fail_write=7", "fail_write=30", "fail_write=70", "fail_flush=1",
                                   "fail_flush=2", "fail_writes=60"])
def test_errors(boot, seed, fault):
    manifest = evidence.load(pages=12, rounds=6, every=8000, log=100)
    if fault != "fail_writes=60":
        manifest = evidence.load(pages=12, rounds=8, request=2, log=100)
    machine, recording = run(boot, manifest, arguments=fault)
    judge = recording.judge_generations(1 if fault == "fail_writes=60" else 4)
    recording.expect_told_truth()
    recording.sweep(judge, 500, seed)
    evidence.disk_of(machine)


@pytest.mark.points(5, id="lab6.pause", where=f"{PAGE}#pause",
                    hint="what of all memory has the snapshot to look at?")
def test_pause(boot):
    few, many, more_room = (pause(boot, pages, room) for pages, room in ((8, 128), (80, 128), (8, 4000)))
    objects, ticks = many[0] - few[0], many[1] - few[1]
    told = f"it takes {few[1]} ticks for {few[0]} dirty objects, {many[1]} for {many[0]}"
    expect_that(objects >= 60, "a snapshot of 60 dirty objects more", f"there were {objects} more")
    expect_that(5 < few[1] <= BASE, f"a pause of {BASE} ticks of 100 ns at most, for some dirty objects", told)
    expect_that(ticks * 100 <= EACH * objects, f"{EACH} instructions at most for each dirty object more", told)
    expect_that(more_room[1] <= few[1] + 2, "the same where the image has 4000 pages, not 128",
                f"it takes {more_room[1]} ticks there, {few[1]} here")


BASE, EACH = 100, 150  # ticks; instructions


def pause(boot, pages, room):
    """(dirty objects, ticks) of the last snapshot of a workload."""
    machine, recording = run(boot, evidence.load(pages=pages, rounds=2, request=1, room=room), shift=0,
                             arguments="quick=1")
    evidence.disk_of(machine)
    return recording.record["dirty"], recording.record["pause"]
