"""``python -m tests.security.fuzz --messages 100000``: hostile messages, on real sockets to a real server.

They are sent by a stranger, a student and a teacher, who have rooms and a class to spoil. Each message is answered as
the protocol says, or ends its connection where it may; nothing is an inner fault, and the server goes on as before.
"""

import argparse
import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import websocket

from tests.classroom.people import Class, new_class
from tests.security.making import LEAVES, Maker, Packet
from tests.server import Server
from tests.webapp.clients import Raw
from webapp.errors import ALL_REFUSALS

# Of each class, and of the connections of those who are in it.
MESSAGES_OF_ONE = 400

# What the server must not say, whatever it is asked: a fault of its own, or of its store.
FAULTS = frozenset({"internal", "in_doubt", "not_stored"})

GROWS_MB_MAX = 200

# Limits have tests of their own: here as much as possible is to get past them.
WITHOUT_LIMITS = {
    "QUORUMSCOPE_CONNECTIONS": "0",
    "QUORUMSCOPE_ROOMS_MADE": "0",
    "QUORUMSCOPE_COMMANDS": "0",
    "QUORUMSCOPE_COMMANDS_OF_ADDRESS": "0",
    "QUORUMSCOPE_KILOBYTES": "0",
    "QUORUMSCOPE_REQUESTS": "0",
    "QUORUMSCOPE_WRONG_CODES": "0",
    "QUORUMSCOPE_SLEEP_AFTER": "1",
}

# Below are the numbers of what is asked in between.
FIRST_NUMBER = 1_000_000

ROLES = ("stranger", "student", "owner")


class Wrong(AssertionError):
    """What came of a message, which should not have."""


class Sender(Raw):
    """A connection that looks at answers only: frames are many, and are not what this is about."""

    def _take(self, text: str | bytes) -> None:
        text = str(text)
        if text == "2":
            self.send("3")
        elif text.startswith("43"):
            number, bracket, rest = text[2:].partition("[")
            if number.isdecimal():
                self.answers[int(number)] = json.loads(bracket + rest)


class Fuzz:
    """``answers`` counts what came of the messages: ``accepted``, or a code; ``closed`` connections."""

    def __init__(self, server: Server, seed: int) -> None:
        self.server = server
        self.maker = Maker(seed)
        self.answers: dict[str, int] = {}
        self.sent = 0
        self._number = FIRST_NUMBER
        self._class: Class | None = None
        self._senders: dict[str, Sender] = {}
        self._keys: dict[str, str] = {}

    def run(self, messages: int) -> None:
        """Raises Wrong."""
        for number in range(messages):
            if number % MESSAGES_OF_ONE == 0:
                self._begin()
            role = self.maker.luck.choice(ROLES)
            packet = self.maker.packet(self._next())
            try:
                self._send(role, packet)
            except (Wrong, OSError, websocket.WebSocketException, AssertionError) as error:
                raise Wrong(f"message {self.sent}, of the {role}: {error!r}: {packet.data[:500]!r}") from error
            self.sent += 1
        self._end()

    def _begin(self) -> None:
        self._end()
        self._class = made = new_class(self.server)
        self._keys = {"owner": made.key, "student": made.join("Anna")}
        self.maker.knows("key", list(self._keys.values()))
        for role in ROLES:
            self._connect(role)

    def _end(self) -> None:
        for sender in self._senders.values():
            sender.socket.close()
        self._senders.clear()

    def _connect(self, role: str) -> None:
        if role in self._senders:
            with suppress(OSError, websocket.WebSocketException):
                self._senders[role].socket.close()
        sender = self._senders[role] = Sender(self.server)
        if role in self._keys:
            # The class may be over, or the student may have been sent out.
            sender.ask("enter", {"key": self._keys[role]})
        answer = sender.ask("open", {})
        if answer["accepted"]:
            self.maker.knows("room", [answer["room"]])

    def _send(self, role: str, packet: Packet) -> None:
        sender = self._senders[role]
        asked = self._number
        try:
            if isinstance(packet.data, bytes):
                sender.send_binary(packet.data)
            else:
                sender.send(packet.data)
            if isinstance(packet.data, str) and packet.data.startswith(LEAVES):
                # Whoever has left is answered no more.
                self._count("left")
                self._connect(role)
            elif packet.asks:
                self._check(sender.answer(asked))
            else:
                # Whatever it was, the next one is answered.
                self._count("no event")
                self._check(sender.ask("digest", {}), counted=False)
        except (OSError, websocket.WebSocketException):
            if not packet.may_close:
                raise
            self._count("closed")
            self._connect(role)
        self._senders[role].answers.clear()

    def _check(self, answer: Any, *, counted: bool = True) -> None:
        if not isinstance(answer, dict) or not isinstance(answer.get("accepted"), bool):
            raise Wrong(f"answered {answer!r:.300}")
        if answer["accepted"]:
            if isinstance(answer.get("room"), str):
                self.maker.knows("room", [answer["room"]])
            if isinstance(answer.get("packed"), str):
                self.maker.knows("packed", [answer["packed"]])
            return self._count("accepted") if counted else None
        error = answer["error"]
        if error["code"] not in ALL_REFUSALS or error["code"] in FAULTS or not 0 < len(error["sentence"]) < 600:
            raise Wrong(f"answered {error}")
        return self._count(error["code"]) if counted else None

    def _count(self, what: str) -> None:
        self.answers[what] = self.answers.get(what, 0) + 1

    def _next(self) -> int:
        self._number += 1
        return self._number


def check_server(server: Server) -> None:
    """Raises Wrong: it is not what it was."""
    if not server.is_running or "Traceback" in server.errors or "failed" in server.errors:
        raise Wrong(f"the server said: {server.errors[-3000:]}")
    with_room = Sender(server)
    if (
        not with_room.ask("open", {})["accepted"]
        or not with_room.ask("command", {"command": {"type": "pause"}})["accepted"]
    ):
        raise Wrong("the server takes no more commands")
    with_room.socket.close()


def memory_mb(server: Server) -> float:
    return float(psutil.Process(server.pid).memory_info().rss) / 1e6


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), **WITHOUT_LIMITS) as server:
        fuzz = Fuzz(server, options.seed)
        begun_s = time.monotonic()
        try:
            fuzz.run(options.messages // 5)
            before_mb = memory_mb(server)
            fuzz.run(options.messages - options.messages // 5)
            check_server(server)
        except Wrong as wrong:
            print(f"--seed {options.seed}: {wrong}")
            return 1
        grown_mb = memory_mb(server) - before_mb
        print(f"{fuzz.sent} messages in {time.monotonic() - begun_s:.0f} s, with --seed {options.seed}")
        print(f"memory: {before_mb:.0f} MB after a fifth of them, {grown_mb:+.0f} MB at the end")
        for what, count in sorted(fuzz.answers.items(), key=lambda item: -item[1]):
            print(f"{count:8} {what}")
        return 1 if grown_mb > GROWS_MB_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
