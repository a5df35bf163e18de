"""Messages between actors: each takes its own time, and stands in the journal from sending to its end."""

from typing import ClassVar, Literal

from msgspec import Struct

from engine.changes import MessageState
from engine.kernel.latency import PROFILES, Leg, Profile
from engine.kernel.rng import Streams
from engine.kernel.schedule import DELIVERY, Schedule
from engine.units import Us
from engine.values import Record
from engine.world import Journal

Fate = Literal["in_flight", "delivered", "refused", "lost"]


class Body(Struct, frozen=True, kw_only=True):
    """What a message says. Every body may name the operation, key and record that it is about."""

    type: ClassVar[str]
    role: ClassVar[Literal["request", "reply"]]
    leg: ClassVar[Leg]

    operation: str | None = None
    key: str | None = None
    record: Record | None = None

    def count(self) -> int | None:
        """How many records or versions it carries, where that is not one."""
        return None


class Envelope(Struct, frozen=True, gc=False):
    """A message under way."""

    id: str
    source: str
    target: str
    body: Body
    sent_us: Us
    due_us: Us


class Delivery(Struct, frozen=True, gc=False):
    """The event that a message's time has come."""

    message: str


class Network:
    """Every pair of actors has a link of its own in each direction; no order between messages is promised."""

    def __init__(self, schedule: Schedule, streams: Streams, journal: Journal, latency: str) -> None:
        self._schedule = schedule
        self._streams = streams
        self._journal = journal
        self._in_flight: dict[str, Envelope] = {}
        self._sent = 0
        self.profile: Profile = PROFILES[latency]

    def send(self, source: str, target: str, body: Body) -> None:
        self._sent += 1
        now_us = self._schedule.now_us
        name = ("latency", source, target, body.leg)
        uniform = self._streams.uniform
        due_us = now_us + self.profile.sample_us(body.leg, uniform(*name), uniform(*name))
        envelope = Envelope(f"m{self._sent}", source, target, body, now_us, due_us)
        self._in_flight[envelope.id] = envelope
        self._schedule.push(due_us, DELIVERY, Delivery(envelope.id))
        self._show(envelope, "in_flight")

    def take(self, message: str) -> Envelope:
        """Lift a message off the wire. Whoever takes it says with ``end`` what became of it."""
        return self._in_flight.pop(message)

    def end(self, envelope: Envelope, fate: Fate) -> None:
        self._show(envelope, fate)

    def _show(self, envelope: Envelope, fate: Fate) -> None:
        body, record = envelope.body, envelope.body.record
        self._journal.show(
            self._schedule.now_us,
            envelope.id,
            MessageState(
                type=body.type,
                role=body.role,
                source=envelope.source,
                target=envelope.target,
                operation=body.operation,
                key=body.key,
                value=record.value if record else None,
                version=record.version if record else None,
                count=body.count(),
                sent_us=envelope.sent_us,
                due_us=envelope.due_us,
                fate=fate,
            ),
        )

    def fork(self, schedule: Schedule, streams: Streams, journal: Journal) -> "Network":
        copy = Network(schedule, streams, journal, self.profile.name)
        copy._in_flight = self._in_flight.copy()
        copy._sent = self._sent
        return copy
