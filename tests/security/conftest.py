"""A server as it comes, and one of a site that has an address, behind a proxy."""

from collections.abc import Iterator

import pytest

from tests.classroom.conftest import person
from tests.server import Server

__all__ = ["person"]

SITE = "https://quorum.example.org"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data")) as server:
        yield server
        assert server.stop() == 0
        assert "Traceback" not in server.errors, server.errors


@pytest.fixture(scope="package")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Of a site with an address of its own, which a proxy speaks https for."""
    settings = {"QUORUMSCOPE_SITE": SITE, "QUORUMSCOPE_PROXIES": "1"}
    with Server(tmp_path_factory.mktemp("data"), **settings) as server:
        yield server
        assert server.stop() == 0
        assert "Traceback" not in server.errors, server.errors
