"""Two workers, PostgreSQL and Redis: who only looks at a class may do so at a worker that does not have it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.classroom.people import new_class
from tests.server import UNLIMITED, Server
from tests.services import Postgres, Redis
from tests.site.line import Line
from webapp.settings import Settings
from webapp.store.opening import open_database

WITHIN_S = 15.0


class Site:
    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.postgres = stack.enter_context(Postgres(folder / "postgres"))
        self.redis = stack.enter_context(Redis(folder / "redis"))
        shared = UNLIMITED | {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.redis.url}
        self.a, self.b = (
            stack.enter_context(Server(folder / sign, **shared, QUORUMSCOPE_WORKER=sign)) for sign in "ab"
        )

    def owners(self) -> set[tuple[str, str | None]]:
        database = open_database(Settings(database_url=self.postgres.url))
        try:
            with database.asking() as connection:
                found = connection.execute(text("SELECT id, owner FROM rooms UNION SELECT id, owner FROM classes"))
                return {(row.id, row.owner) for row in found}
        finally:
            database.close()


class Reached:
    """A worker, without a proxy before it."""

    trust = None

    def __init__(self, server: Server) -> None:
        self.address = server.address


class Person:
    """A connection that is in a class: what it was told last, and the frames, which must follow each other."""

    def __init__(self, server: Server, at: str, key: str) -> None:
        self.told: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []
        self.gaps = 0
        self.line = Line(Reached(server), at, self.hear)
        self.entered = self.line.ask("enter", {"key": key})

    def hear(self, event: str, value: dict[str, Any]) -> None:
        self.told[event] = value
        if event == "frame":
            before = self.frames[-1] if self.frames else None
            follows = before and before["epoch"] == value["epoch"] and before["number"] + 1 == value["number"]
            self.gaps += not value["whole"] and not follows
            self.frames.append(value)
            self.line.say("seen", {"epoch": value["epoch"], "number": value["number"]})

    @property
    def stands(self) -> tuple[str, str, int] | None:
        """Which frame is the last."""
        last = self.frames[-1] if self.frames else None
        return last and (last["room"], last["epoch"], last["number"])


def until(people: list[Person], holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, [(one.told, len(one.frames)) for one in people]
        for one in people:
            one.line.listen(0.01)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as stack:
        site = Site(tmp_path_factory.mktemp("audience"), stack)
        yield site
        for server in (site.a, site.b):
            assert server.is_running
            assert "Traceback" not in server.errors, server.errors


def test_an_audience_watches_at_another_worker(site: Site) -> None:
    made = new_class(site.a)
    class_id = made.id
    assert class_id[0] == "a"
    teacher = Person(site.a, class_id, made.key)
    stage = teacher.told["class"]["stage"]

    def command(asked: dict[str, Any]) -> dict[str, Any]:
        return teacher.line.ask("command", {"command": asked})

    def in_class(asked: dict[str, Any]) -> dict[str, Any]:
        return teacher.line.ask("class", {"command": asked})

    assert teacher.line.ask("join", {"room": stage})["accepted"]
    key = in_class({"type": "invite", "link": "viewer"})["key"]
    viewers = [Person(site.b, "", key) for _ in range(3)]
    people = [teacher, *viewers]

    def all_stand_with_the_teacher() -> bool:
        return all(one.stands == teacher.stands for one in viewers)

    # The present: the same class, their own seat, the stage.
    assert {one.entered["role"] for one in viewers} == {"viewer"}
    until(people, lambda: all(one.frames for one in viewers))
    assert all(one.frames[0]["whole"] and one.told["seat"]["role"] == "viewer" for one in viewers)
    joined = [one.line.ask("join", {"room": stage}) for one in viewers]
    assert {(one["room"], one["scenario"]) for one in joined} == {(stage, "five-masters")}
    owners = site.owners()
    assert (stage, None) not in owners

    # What happens on the stage comes to all, without gaps; so does what the class tells.
    for value in ("x", "y", "z"):
        assert command({"type": "write", "client": "A", "key": "k", "value": value})["accepted"]
    assert in_class({"type": "look", "key": "k"})["accepted"]
    assert in_class({"type": "lock", "on": True})["accepted"]
    until(people, lambda: all(one.told["class"]["locked"] and "look" in one.told for one in people))
    until(people, all_stand_with_the_teacher)
    assert sum(one.gaps for one in viewers) == 0
    # They look, and do nothing.
    refused = viewers[0].line.ask("command", {"command": {"type": "write", "client": "A", "key": "k", "value": "w"}})
    assert refused["error"]["code"] == "viewers_look"
    assert viewers[0].line.ask("peek", {"room": stage})["error"]["code"] == "elsewhere"

    # To another stage.
    other = teacher.line.ask("open", {"seed": 1})["room"]
    until(people, lambda: all(one.told["class"]["stage"] == other for one in people))
    assert all(one.line.ask("join", {"room": other})["accepted"] for one in viewers)
    until(people, lambda: all(one.frames[-1]["room"] == other for one in viewers))
    assert viewers[0].line.ask("join", {"room": stage})["error"]["code"] == "not_your_room"
    assert command({"type": "write", "client": "A", "key": "k", "value": "x"})["accepted"]
    until(people, lambda: teacher.frames[-1]["seq"] == 1 and all_stand_with_the_teacher())

    # Without Redis for a moment: what they missed comes as a whole.
    before = [len(one.frames) for one in viewers]
    site.redis.restart()
    assert in_class({"type": "lock", "on": False})["accepted"]
    until(people, lambda: all(not one.told["class"]["locked"] for one in viewers))
    until(people, lambda: all(len(one.frames) > n for one, n in zip(viewers, before, strict=True)))
    until(people, all_stand_with_the_teacher)
    assert not any("again" in one.told for one in viewers)

    # Worker b has taken nothing.
    mine = dict(owners)[class_id]
    assert {owner for _, owner in site.owners()} == {mine}

    # The link is good no more.
    assert in_class({"type": "revoke", "link": "viewer"})["accepted"]
    until(people, lambda: all("out" in one.told for one in viewers))
    assert {one.told["out"]["code"] for one in viewers} == {"revoked"}
    ended = [len(one.frames) for one in viewers]
    assert command({"type": "write", "client": "A", "key": "k", "value": "y"})["accepted"]
    until(people, lambda: teacher.frames[-1]["seq"] == 2)
    assert viewers[0].line.ask("enter", {"key": key})["error"]["code"] == "revoked"
    assert [len(one.frames) for one in viewers] == ended
    for one in people:
        one.line.close()


def test_where_the_class_s_worker_is_gone_its_audience_comes_to_it(site: Site) -> None:
    made = new_class(site.a)
    teacher = Person(site.a, made.id, made.key)
    key = teacher.line.ask("class", {"command": {"type": "invite", "link": "viewer"}})["key"]
    viewer = Person(site.b, "", key)
    until([viewer], lambda: viewer.frames)
    site.a.kill()
    until([viewer], lambda: "again" in viewer.told)
    # The proxy routes by that, and where worker a does not answer, the other has its classes.
    assert viewer.told["again"]["at"] == made.id
    back = Person(site.b, made.id, key)
    assert back.entered["role"] == "viewer"
    assert back.line.ask("join", {"room": back.told["class"]["stage"]})["accepted"]
    assert back.frames[0]["whole"]
    site.a.start()
    for one in (teacher, viewer, back):
        one.line.close()
