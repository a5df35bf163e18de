"""Both databases: a test that asks for ``database`` runs on each, and gets an empty one."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.services import Postgres
from webapp.store.database import Database, sqlite_url
from webapp.store.migrating import migrate

NUMBERS = count(1)

Empty = Callable[[], Database]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with Postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Empty]:
    """Makes databases without tables."""
    made: list[Database] = []

    def make() -> Database:
        if request.param == "sqlite":
            made.append(Database(sqlite_url(tmp_path / f"{next(NUMBERS)}.sqlite3")))
        else:
            server: Postgres = request.getfixturevalue("postgres")
            made.append(Database(server.create(f"test_{next(NUMBERS)}")))
        return made[-1]

    yield make
    for database in made:
        database.close()


@pytest.fixture
def database(empty: Empty) -> Database:
    made = empty()
    migrate(made)
    return made
