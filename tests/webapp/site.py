"""Rooms without sockets, for tests that move the clock themselves."""

import contextlib
import random
from pathlib import Path

from sqlalchemy import func, select

from engine.commands import Configure, Crash, Gossip, Read, Restart, Write
from engine.outcomes import Refused
from webapp.protocol import Branches, Frame
from webapp.rooms.family import Families
from webapp.rooms.manager import Rooms
from webapp.rooms.pace import Pause, Run, SetSpeed, Step
from webapp.rooms.sharing import Sharing
from webapp.store.opening import open_file
from webapp.store.sql_logs import SqlLogStore
from webapp.store.tables import metadata


class Site:
    """Rooms over a real SQLite file, a clock that the test moves, and the frames that went out."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rooms.sqlite3"
        self.store = SqlLogStore(open_file(self.path))
        self.wall_s = 0.0
        self.frames: list[Frame] = []
        self.told: list[tuple[list[str], Branches]] = []
        self.rooms = Rooms(self.store, self.frames.append, lambda: self.wall_s)
        self.families = Families(self.rooms, lambda rooms, branches: self.told.append((rooms, branches)))
        self.sharing = Sharing(self.rooms)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self.store.database.asking() as connection:
            return int(connection.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())

    def whole(self, room: str) -> Frame:
        seen: list[Frame] = []
        self.rooms.present(room, seen.append)
        return seen[0]

    def pass_time(self, seconds: float, tick_s: float = 0.05) -> None:
        for _ in range(round(seconds / tick_s)):
            self.wall_s += tick_s
            self.rooms.tick()


def busy_room(site: Site) -> str:
    """A room in which much has happened, at odd moments."""
    luck = random.Random(11)
    room = site.rooms.open("five-masters", 42)
    site.rooms.join(room, lambda frame: None)
    site.rooms.submit(room, "t", SetSpeed(0.1))
    for number in range(120):
        node = f"n{luck.randint(1, 5)}"
        command = luck.choice(
            [
                Write(luck.choice("AB"), luck.choice("xyz"), f"v{number}"),
                Read(luck.choice("AB"), "x"),
                Crash(node),
                Restart(node),
                Gossip(),
                Configure(w=luck.randint(1, 5)),
                Configure(gossip_every_us=luck.choice([0, 7000])),
                Pause(),
                Run(),
                Step(),
            ]
        )
        with contextlib.suppress(Refused):
            site.rooms.submit(room, "t", command)
        site.pass_time(luck.random() * 0.4, tick_s=0.013)
    return room
