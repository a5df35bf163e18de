"""Viewers who stay: as the page does, they make their connection anew, and remember what they were promised."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import websocket
from msgspec import Struct

from tests.site.line import ANSWER_WITHIN_S, Closed, Line, Reached
from tests.webapp.clients import Entity

# As in static/js/connection.js, and Socket.IO's own spread around it.
SEEN_EVERY = 20
DELAYS_S = (0.4, 0.8, 1.6)
SPREAD = 0.5
CLOSED_S = 1.0


class Promise(Struct, frozen=True):
    """A command that was accepted, and where in which log it stands."""

    room: str
    seq: int
    at_us: int
    command: dict[str, Any]


class _Anew(Exception):
    """The connection is to be made anew after so many seconds, and routed by this."""

    def __init__(self, in_s: float, at: str | None = None) -> None:
        super().__init__()
        self.in_s, self.at = in_s, at


class Visitor(threading.Thread):
    """Somebody in ``room``, with a key in a class. They give ``commands``, one on the other's answer.

    ``promises`` are those that were accepted, ``doubtful`` those to which no answer came. ``faults`` are what no page
    may meet with: a test asks that there are none. ``heard`` is when frames came.
    """

    def __init__(
        self,
        site: Reached,
        room: str,
        *,
        key: str | None = None,
        class_id: str | None = None,
        commands: Iterator[dict[str, Any]] | None = None,
        acts_every_s: float = 0.15,
    ) -> None:
        super().__init__(daemon=True)
        self.site, self.room, self.key, self.class_id = site, room, key, class_id
        self.promises: list[Promise] = []
        self.doubtful: list[dict[str, Any]] = []
        self.refusals: Counter[str] = Counter()
        self.faults: list[str] = []
        self.world: dict[Entity, dict[str, Any]] = {}
        self.heard: list[float] = []
        self.lines = 0
        self._home = class_id or room
        self.acts = commands is not None
        self._commands = commands
        self._last: dict[str, Any] | None = None
        self._every_s = acts_every_s
        self._next_s = 0.0
        self._luck = random.Random(f"{room} {key} {commands is None}")
        self._leave = threading.Event()
        self._line: Line | None = None
        self._frame: tuple[str, int] = ("", 0)
        self._seen = 0

    def end_with(self, command: dict[str, Any]) -> None:
        """Give this command, again if need be, and watch only from then on."""
        self._last = command

    def leave(self) -> None:
        self._leave.set()
        self.join(ANSWER_WITHIN_S + 5)
        if self.is_alive():
            self.faults.append("did not come to an end")

    def silence_s(self, since: float, until: float) -> float:
        """The longest time without a frame in between."""
        told = [since, *(moment for moment in self.heard if since < moment < until), until]
        return max(later - earlier for earlier, later in itertools.pairwise(told))

    def run(self) -> None:
        tries, in_s, at = 0, 0.0, self._home
        while not self._leave.wait(in_s):
            try:
                self._come(at)
                tries, at = 0, self._home
                self._stay()
            except _Anew as anew:
                in_s, at = anew.in_s, anew.at or self._home
            except Closed:
                in_s = CLOSED_S
            except (websocket.WebSocketException, OSError):
                in_s = DELAYS_S[min(tries, len(DELAYS_S) - 1)] * self._luck.uniform(1 - SPREAD, 1 + SPREAD)
                tries += 1
            except Exception as fault:
                self.faults.append(repr(fault))
                in_s = CLOSED_S
            finally:
                if self._line is not None:
                    self._line.close()
                    self._line = None

    def _come(self, at: str) -> None:
        self._line = Line(self.site, at, self._hear)
        self.lines += 1
        if self.key is not None:
            self._must("enter", {"key": self.key})
        self._must("join", {"room": self.room})

    def _must(self, event: str, asked: dict[str, Any]) -> None:
        """What the page asks for when it comes. Where that is refused for now, it comes again."""
        assert self._line is not None
        answer = self._line.ask(event, asked)
        if not answer["accepted"]:
            self.refusals[answer["error"]["code"]] += 1
            raise _Anew(CLOSED_S)

    def _stay(self) -> None:
        assert self._line is not None
        while not self._leave.is_set():
            self._line.listen(0.05)
            if self.acts and self._commands is not None and time.monotonic() >= self._next_s:
                self._next_s = time.monotonic() + self._every_s
                last = self._last
                is_done = self._act(last or next(self._commands))
                self.acts = not (is_done and last)

    def _act(self, command: dict[str, Any]) -> bool:
        assert self._line is not None
        self.doubtful.append(command)
        answer = self._line.ask("command", {"command": command})
        if answer["accepted"]:
            self.promises.append(Promise(self.room, answer["seq"], answer["at_us"], command))
            self.doubtful.pop()
            return True
        self.refusals[answer["error"]["code"]] += 1
        if answer["error"]["code"] != "not_stored":
            # Otherwise the database went away under the command, and could not be asked whether it has it.
            self.doubtful.pop()
        return False

    def _hear(self, event: str, *told: Any) -> None:
        if event == "again":
            raise _Anew(told[0]["in_ms"] / 1000, told[0].get("at"))
        if event == "out":
            self.faults.append(f"put out: {told[0]['code']}")
        elif event == "frame" and told[0]["room"] == self.room:
            self._take(told[0])

    def _take(self, frame: dict[str, Any]) -> None:
        epoch, number = frame["epoch"], frame["number"]
        if frame["whole"]:
            self.world = {}
            self._say_seen(epoch, number)
        elif (epoch, number) != (self._frame[0], self._frame[1] + 1):
            self.faults.append(f"frame {number} of {epoch} after {self._frame}")
        elif number >= self._seen + SEEN_EVERY:
            self._say_seen(epoch, number)
        self._frame = (epoch, number)
        self.heard.append(time.monotonic())
        for change in frame["changes"]:
            entity = (change["kind"], change["id"])
            if change["fields"] is None:
                self.world.pop(entity, None)
            else:
                self.world[entity] = change["fields"]

    def _say_seen(self, epoch: str, number: int) -> None:
        assert self._line is not None
        self._seen = number
        self._line.say("seen", {"epoch": epoch, "number": number})
