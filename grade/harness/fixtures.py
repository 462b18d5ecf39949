"""The fixtures of the labs' tests; `grade.harness` says how to use them."""

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

    def __init__(self, base, kernel_of, seed, live=None):
        self._base = artefacts.fresh(base)
        self._kernel_of, self._seed, self._live = kernel_of, seed, live
        self._machines = []

    @property
    def folder(self):
        """Where the artefacts of the next machine go."""
        count = len(self._machines)
        folder = self._base / f"boot{count + 1}" if count else self._base
        folder.mkdir(exist_ok=True)
        return folder

    def __call__(self, *, kernel=None, scenario=None, debug=True, reference=False,
                 image=None, disk=None, **options):
        kept = artefacts.Artefacts(self.folder)
        if kernel is None:
            kernel = self._kernel_of(scenario=scenario, debug=debug, reference=reference)
            kept.keep(build.build_log(kernel))
        if image is not None:
            image = build.image(ROOT / image) if Path(image).suffix == ".toml" else ROOT / image
        options.setdefault("seed", self._seed)
        config = Config(kernel=Path(kernel).resolve(), image=image, disk=disk and Path(disk).resolve(),
                        **options)
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


@pytest.fixture
def lab_kernel(request):
    """Gives kernels built from the submission; see grade.harness."""
    number, source = request.config.option.lab, request.config.option.source
    lab = find_lab(number) if number is not None else None

    def kernel_of(scenario=None, debug=True, reference=False):
        scenario = scenario and Path(request.fspath).parent / scenario
        if reference or lab is None:
            return build.kernel(scenario=scenario, debug=debug)
        return build.kernel(lab, source_folder(lab, source), scenario, debug)

    return kernel_of


@pytest.fixture
def boot(request, lab_kernel, seed):
    """Boots machines; see grade.harness."""
    live = sys.stdout if request.config.option.live else None
    starter = Boot(test_folder(request.node), lab_kernel, seed, live)
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
