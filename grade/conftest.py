"""Loads the harness into pytest, for the labs' tests and the kit alike."""

from grade.harness.fixtures import boot, lab_kernel, seed  # noqa: F401
from grade.harness.points import (  # noqa: F401
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_ignore_collect,
    pytest_runtest_makereport,
)
