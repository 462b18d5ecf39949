"""The fixtures of the labs' tests; `grade.harness` says how to use them."""

import random
import sys
from pathlib import Path

import pytest

from . import artefacts, build
from .lab import ROOT, find_lab, source_folder
from .machine import Machine
from .qemu import Config
from .submission import work


class Boot:
    """Starts machines for one test, and ends them."""

    def __init__(self, base, kernel_of, image_of, seed, live=None):
        self._base = artefacts.fresh(base)
        self._kernel_of, self._image_of = kernel_of, image_of
        self._seed, self._live = seed, live
        self._machines = []

    @property
    def folder(self):
        """Where the artefacts of the next machine go."""
        count = len(self._machines)
        folder = self._base / f"boot{count + 1}" if count else self._base
        folder.mkdir(exist_ok=True)
        return folder

    def __call__(self, *, kernel=None, scenario=None, debug=None, races=False, reference=False,
                 image=None, disk=None, writes=None, **options):
        kept = artefacts.Artefacts(self.folder)
        if kernel is None:
            # Who checks itself takes locks all the time, and they order all.
            debug = not races if debug is None else debug
            kernel = self._kernel_of(scenario=scenario, debug=debug, reference=reference, races=races)
            kept.keep(build.build_log(kernel))
        if image is not None:
            image = self._image_of(ROOT / image, reference)
        options.setdefault("seed", self._seed)
        config = Config(kernel=Path(kernel).resolve(), image=image, disk=disk and Path(disk).resolve(),
                        writes=writes and Path(writes).resolve(), **options)
        machine = Machine(config, kept, live=self._live)
        self._machines.append(machine)
        return machine

    def close(self):
        for machine in self._machines:
            machine.close()


@pytest.fixture
def seed(request):
    """The seed of this grading."""
    return request.config.option.seed


def _graded(request):
    """(lab, folder of the submission) of this grading, or (None, None)."""
    option = request.config.option
    if option.lab is None:
        return None, None
    lab = find_lab(option.lab)
    return lab, source_folder(lab, option.source)


@pytest.fixture
def lab_kernel(request):
    """Gives kernels built from the submission; see grade.harness."""
    lab, source = _graded(request)

    def kernel_of(scenario=None, debug=True, reference=False, races=False):
        scenario = scenario and Path(request.fspath).parent / scenario
        if reference or lab is None:
            return build.kernel(scenario=scenario, debug=debug, races=races)
        return build.kernel(lab, source, scenario=scenario, debug=debug, races=races)

    return kernel_of


@pytest.fixture
def lab_image(request):
    """Gives the boot image of a path: an image already, or its manifest."""
    lab, source = _graded(request)

    def image_of(path, reference=False):
        if path.suffix != ".toml":
            return path
        return build.image(path) if reference or lab is None else build.image(path, lab, source)

    return image_of


@pytest.fixture
def draw(request, seed):
    """What a test asks for and a submission must not know beforehand: a
    random.Random that depends on the seed, the test and the submission.  A
    file that is changed to know what was drawn is asked for something else."""
    lab, source = _graded(request)
    digest = build.gather(lab, source) if lab else ""
    return random.Random(f"{seed} {request.node.nodeid} {digest}")


@pytest.fixture
def boot(request, lab_kernel, lab_image, seed):
    """Boots machines; see grade.harness."""
    live = sys.stdout if request.config.option.live else None
    starter = Boot(test_folder(request.node), lab_kernel, lab_image, seed, live)
    yield starter
    starter.close()


def test_folder(item):
    """The folder of a test's artefacts: named after its id and case, or after
    the function where it has no points."""
    marker = item.get_closest_marker("points")
    case = item.callspec.id if hasattr(item, "callspec") else ""
    plain = f"{Path(item.fspath).stem}.{item.name.split('[')[0]}"
    name = marker and marker.kwargs.get("id") or plain
    return artefacts.folder_of(work(), name, case)
