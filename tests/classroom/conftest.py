"""A server for the tests of a module, and people on it."""

from collections.abc import Callable, Iterator

import pytest

from tests.classroom.people import Person
from tests.server import Server
from tests.webapp.conftest import server

__all__ = ["person", "server"]


@pytest.fixture
def person(server: Server) -> Iterator[Callable[..., Person]]:
    """Makes people, and has them go."""
    made: list[Person] = []

    def make(key: str | None = None) -> Person:
        made.append(Person(server, key))
        return made[-1]

    yield make
    for one in made:
        one.close()
