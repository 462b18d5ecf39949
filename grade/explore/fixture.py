"""The fixture `explore`; `grade.explore` says how to use it."""

import sys

import pytest

from grade.harness.fixtures import test_folder
from grade.harness.lab import find_lab, source_folder

from .run import Explorer


@pytest.fixture
def explore(request):
    """Explores scenarios; see grade.explore."""
    option = request.config.option
    lab = find_lab(option.lab) if option.lab is not None else None
    source = source_folder(lab, option.source) if lab else None
    live = sys.stdout if option.live else None
    return Explorer(test_folder(request.node), lab, source, option.seed, live)
