"""How the tests are shared out in ``make test``."""

import os

import pytest

# What takes longest begins first: if it began last, all would wait for it.
LONGEST = (
    "tests/properties/",
    "tests/webapp/test_sigkill.py",
    "tests/packaging/",
    "tests/browser/test_classroom.py",
    "tests/browser/test_lessons_elsewhere.py",
)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test that drives a browser or a server waits a third of its time."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
