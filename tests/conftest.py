"""How the tests are shared out in ``make test``, and the one browser that each process has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What takes longest begins first: if it began last, all would wait for it.
LONGEST = (
    "tests/properties/",
    "tests/webapp/test_sigkill.py",
    "tests/packaging/",
    "tests/browser/test_classroom.py",
    "tests/browser/test_lessons_elsewhere.py",
)

TOGETHER = tuple(
    f"tests/{name}/" for name in ("accounts", "classroom", "operation", "security", "site", "store", "webapp")
)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test that drives a browser or a server waits a third of its time."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a module that has a server stay together, or each process would start one. The others come last, one by
    one, and so all end at about the same time."""
    for item in items:
        if item.nodeid.startswith(TOGETHER):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), not item.nodeid.startswith(TOGETHER)))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Playwright can be started once in a process, so all who need it have the same."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import FLAGS, find

    executable = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()
