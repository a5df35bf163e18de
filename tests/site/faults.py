"""Everything that a site with two workers stands on is taken away, a piece at a time, while people use it.

``python -m tests.site.faults --rounds 10`` prints how long anybody saw nothing, fault by fault.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.site.audit import check_rooms, writes
from tests.site.line import new_room
from tests.site.site import TwoWorkers
from tests.site.visitors import Visitor

BACK_WITHIN_S = 5.0
SETTLED_WITHIN_S = 15.0
# Each command moves its room; those who watch hear of something this often, while nothing is wrong.
ACTS_EVERY_S = 0.25


class Drill:
    """Rooms of both workers and a class, each with somebody who acts and somebody who watches."""

    def __init__(self, site: TwoWorkers, rooms: int = 2) -> None:
        self.site = site
        self.visitors: list[Visitor] = []
        self.silences: list[tuple[str, float]] = []
        for sign in "ab":
            for number in range(rooms):
                room = new_room(site, sign, seed=number)
                assert room.startswith(sign), (room, sign)
                self.come(room, commands=writes(f"{sign}{number}"))
                self.come(room)
        self._class_begins()
        self.until(lambda: all(visitor.heard for visitor in self.visitors))

    def _class_begins(self) -> None:
        made = self.site.ask("POST", "classes", {"title": "Quorums"})
        class_id, code, owner = made["class_id"], made["code"], made["key"]
        found = self.site.ask("POST", "classes/find", {"code": code})
        assert found == {"class_id": class_id}
        member = self.site.ask("POST", f"classes/{class_id}/members", {"code": code, "name": "Anna"})["key"]
        listed = self.site.ask("GET", f"classes/{class_id}/rooms", Authorization=f"Bearer {owner}")
        (stage,) = (room["id"] for room in listed)
        assert stage[0] == class_id[0]
        self.come(stage, key=owner, class_id=class_id, commands=writes("teacher"))
        self.come(stage, key=member, class_id=class_id)

    def come(self, room: str, **how: Any) -> Visitor:
        visitor = Visitor(self.site, room, acts_every_s=ACTS_EVERY_S, **how)
        visitor.start()
        self.visitors.append(visitor)
        return visitor

    def until(self, holds: Callable[[], bool], within_s: float = SETTLED_WITHIN_S) -> None:
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline, self.state()
            time.sleep(0.02)

    def state(self) -> str:
        return "\n".join(
            f"{visitor.room}: {visitor.lines} connections, {len(visitor.heard)} frames,"
            f" {len(visitor.promises)} accepted, {dict(visitor.refusals)}, {visitor.faults}"
            for visitor in self.visitors
        )

    def suffer(self, name: str, fault: Callable[[], object], then_s: float = 1.0) -> float:
        """The longest that anybody saw nothing, from the fault until all have been seeing something for a while."""
        began = time.monotonic()
        fault()
        happened = time.monotonic()
        self.until(lambda: all(visitor.heard[-1] > happened for visitor in self.visitors))
        time.sleep(then_s)
        self.until(lambda: all(visitor.heard[-1] > happened + then_s for visitor in self.visitors))
        now = time.monotonic()
        silence_s = max(visitor.silence_s(began, now) for visitor in self.visitors)
        self.silences.append((name, silence_s))
        print(f"{name}: nobody saw nothing for longer than {silence_s:.2f} s", flush=True)
        assert silence_s <= BACK_WITHIN_S, f"{name}: {silence_s:.2f} s\n{self.state()}"
        return silence_s

    # The faults

    def kill(self, sign: str) -> None:
        self.site.workers[sign].kill()

    def bring_back(self, sign: str) -> None:
        """A worker comes back, and somebody asks for its rooms: they are its own again."""
        self.site.workers[sign].start()
        self.move(sign)

    def route(self, *, all_to_b: bool) -> None:
        """Who is there stays on their connection; who comes now is routed otherwise, and takes the room along."""
        self.site.nginx.reload(self.site.routed(all_to_b=all_to_b))
        self.move("a")

    def move(self, sign: str) -> None:
        """Somebody looks into each of the rooms, which with that goes to another worker than had it; all come along."""
        with self.site.store() as store:
            for room in {visitor.room for visitor in self.visitors if visitor.room.startswith(sign)}:
                there = [visitor for visitor in self.visitors if visitor.room == room]
                before = store.owner_of(room), [visitor.lines for visitor in there]
                looking = Visitor(self.site, room, key=there[0].key, class_id=there[0].class_id)
                looking.start()
                self.visitors.append(looking)
                self.until(
                    lambda room=room, there=there, before=before: (
                        store.owner_of(room) != before[0]
                        and all(visitor.lines > lines for visitor, lines in zip(there, before[1], strict=True))
                    )
                )
                self.visitors.remove(looking)
                looking.leave()
                assert looking.faults == []

    def round(self) -> None:
        for sign in "ab":
            self.suffer(f"worker {sign} is killed", lambda sign=sign: self.kill(sign))
            self.suffer(f"worker {sign} is back", lambda sign=sign: self.bring_back(sign))
        self.suffer("PostgreSQL restarts", self.site.postgres.restart)
        self.suffer("Redis restarts", self.site.redis.restart)
        self.suffer("all is routed to b", lambda: self.route(all_to_b=True))
        self.suffer("and back", lambda: self.route(all_to_b=False))

    # The end

    def end(self) -> int:
        """Everything stands still; what is in the logs is held against what everybody knows. How many commands."""
        acting = [visitor for visitor in self.visitors if visitor.acts]
        for visitor in acting:
            visitor.end_with({"type": "pause"})
        self.until(lambda: not any(visitor.acts for visitor in acting))
        time.sleep(0.5)
        for visitor in self.visitors:
            visitor.leave()
        with self.site.store() as store:
            return check_rooms(store, self.visitors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, TwoWorkers(Path(folder)).running() as site:
        drill = Drill(site, rooms=5)
        for number in range(1, rounds + 1):
            print(f"Round {number}", flush=True)
            drill.round()
        commands = drill.end()
        refusals = sum((visitor.refusals for visitor in drill.visitors), Counter[str]())
        accepted = sum(len(visitor.promises) for visitor in drill.visitors)
        doubtful = sum(len(visitor.doubtful) for visitor in drill.visitors)
        worst: dict[str, float] = {}
        for name, silence_s in drill.silences:
            worst[name] = max(silence_s, worst.get(name, 0.0))
        print(f"{accepted} commands were accepted, and are in the logs, which have {commands}.")
        print(f"To {doubtful} no answer came.")
        print(f"Refused: {dict(refusals)}. Longest silence: {max(worst.values()):.2f} s.")
        for worker in site.workers.values():
            assert "Traceback" not in worker.errors, worker.errors


if __name__ == "__main__":
    main()
