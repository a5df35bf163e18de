"""A class works on one process and SQLite, and the process is killed: ``python -m tests.site.sigkills --kills 100``."""

import argparse
import json
import random
import sqlite3
import tempfile
import time
from pathlib import Path

from tests.classroom.people import call, new_class
from tests.server import Server
from tests.site.audit import check_rooms, writes
from tests.site.line import new_room
from tests.site.visitors import Visitor
from webapp.settings import Settings
from webapp.store.opening import open_database
from webapp.store.sql_logs import SqlLogStore

STUDENTS = 12
WATCHERS = 12
SETTLED_WITHIN_S = 20.0


class Plain:
    """A server, as visitors reach it: without TLS."""

    trust = None

    def __init__(self, server: Server) -> None:
        self.address = server.address


def until_heard(visitors: list[Visitor], since: float) -> None:
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while not all(visitor.heard and visitor.heard[-1] > since for visitor in visitors):
        assert time.monotonic() < deadline, [(visitor.lines, visitor.refusals, visitor.faults) for visitor in visitors]
        time.sleep(0.01)


def check_file(folder: Path) -> None:
    with sqlite3.connect(folder / "rooms.sqlite3") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def run(folder: Path, kills: int, seed: int) -> None:
    luck = random.Random(seed)
    with Server(folder) as server:
        one = new_class(server)
        site = Plain(server)
        rooms = json.loads(call(server, "GET", f"classes/{one.id}/rooms", key=one.key).content)
        (stage,) = (room["id"] for room in rooms)
        teacher = Visitor(site, stage, key=one.key, class_id=one.id, commands=writes("teacher"), acts_every_s=0.25)
        # Each student has a sandbox of their own beside the class, where they act; others watch the stage.
        visitors = [teacher]
        for number in range(STUDENTS):
            sandbox = new_room(site, "", seed=number)
            visitors.append(Visitor(site, sandbox, commands=writes(f"s{number}"), acts_every_s=0.25))
        keys = [one.join(f"Student {number}") for number in range(WATCHERS)]
        visitors += [Visitor(site, stage, key=key, class_id=one.id) for key in keys]
        for visitor in visitors:
            visitor.start()
        until_heard(visitors, 0.0)
        worst_s = 0.0
        for kill in range(1, kills + 1):
            time.sleep(luck.uniform(0.1, 1.0))
            server.kill()
            check_file(folder)
            server.start()
            started = time.monotonic()
            until_heard(visitors, started)
            took_s = time.monotonic() - started
            worst_s = max(worst_s, took_s)
            accepted = sum(len(visitor.promises) for visitor in visitors)
            print(f"kill {kill}: {accepted} accepted so far; all back {took_s:.2f} s after the start", flush=True)
        for visitor in visitors:
            if visitor.acts:
                visitor.end_with({"type": "pause"})
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while any(visitor.acts for visitor in visitors) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        for visitor in visitors:
            visitor.leave()
        assert "Traceback" not in server.errors, server.errors
    database = open_database(Settings(data_dir=folder))
    try:
        commands = check_rooms(SqlLogStore(database), visitors)
    finally:
        database.close()
    doubtful = sum(len(visitor.doubtful) for visitor in visitors)
    print(
        f"{kills} kills, seed {seed}: {accepted} accepted, {commands} in the logs, no answer to {doubtful}; none lost."
    )
    print(f"All were back within {worst_s:.2f} s of each start.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), asked.kills, asked.seed)


if __name__ == "__main__":
    main()
