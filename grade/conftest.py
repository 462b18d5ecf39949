"""Loads the harness into pytest, for the labs' tests and the kit alike."""

from grade.explore.fixture import explore  # noqa: F401
from grade.harness import points
from grade.harness.fixtures import boot, draw, lab_image, lab_kernel, seed  # noqa: F401
from grade.harness.points import (  # noqa: F401
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_runtest_makereport,
    pytest_runtest_setup,
)

pytest_plugins = ["grade.resume"]
collect_ignore = []


def pytest_configure(config):
    points.configure(config)
    collect_ignore.extend(points.other_labs(config))
