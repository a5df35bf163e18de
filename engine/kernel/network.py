"""Messages between actors: each takes its own time, and stands in the journal from sending to its end.

Every pair of actors has a link of its own in each direction; no order between messages is promised.
"""

from collections.abc import Callable
from typing import ClassVar, Literal

import msgspec
from msgspec import Struct

from engine.changes import Fate, MessageState
from engine.kernel.latency import PROFILES, Leg, Profile
from engine.kernel.links import Links
from engine.kernel.rng import Streams
from engine.kernel.schedule import DELIVERY, Schedule
from engine.units import Us
from engine.values import Siblings
from engine.world import Journal

_encoder = msgspec.json.Encoder()

# A message that is held back by a link's disorder waits so many more latencies.
HELD_BACK = 4


class Body(Struct, frozen=True, gc=False, kw_only=True):
    """What a message says. Every body may name the operation, the key and the records that it is about."""

    type: ClassVar[str]
    role: ClassVar[Literal["request", "reply"]]
    leg: ClassVar[Leg]

    operation: str | None = None
    key: str | None = None
    records: Siblings = ()

    def count(self) -> int | None:
        """How many records, versions or hashes it carries, where that is not one record."""
        return len(self.records) if len(self.records) > 1 else None


class Envelope(Struct, frozen=True, gc=False):
    """A message under way: the event that it arrives."""

    id: str
    source: str
    target: str
    body: Body
    sent_us: Us
    due_us: Us

    def state(self, fate: Fate) -> MessageState:
        body = self.body
        record = body.records[-1] if body.records else None
        return MessageState(
            body.type,
            body.role,
            self.source,
            self.target,
            body.operation,
            body.key,
            record.value if record else None,
            record.version if record else None,
            body.count(),
            len(_encoder.encode(body)),
            self.sent_us,
            self.due_us,
            fate,
        )


class Network:
    """All messages under way. ``slow`` gives an actor's factor, where it is not 1."""

    def __init__(self, schedule: Schedule, streams: Streams, journal: Journal, latency: str) -> None:
        self._schedule = schedule
        self._streams = streams
        self._journal = journal
        self._in_flight: dict[str, Envelope] = {}
        self._held_at_us: dict[str, Us] = {}
        self._sent = 0
        self.links = Links()
        self.slow: dict[str, int] = {}
        self.profile: Profile
        self.use(latency)

    def use(self, latency: str) -> None:
        """Take the latencies of another profile for what is sent from now on."""
        self.profile = PROFILES[latency]
        self._samplers: dict[Leg, Callable[[float, float], float]] = {
            leg: getattr(self.profile, leg).sample_ms for leg in ("W", "A", "R", "S")
        }

    def send(self, source: str, target: str, body: Body) -> None:
        self._send(source, target, body)
        if self.links.faulty:
            link = self.links.get(source, target)
            if link is not None and link.duplicate and self._luck("duplicate", source, target) < link.duplicate:
                self._send(source, target, body)

    def _send(self, source: str, target: str, body: Body) -> Envelope:
        self._sent += 1
        now_us = self._schedule.now_us
        due_us = now_us + self._latency_us(source, target, body)
        envelope = Envelope(f"m{self._sent}", source, target, body, now_us, due_us)
        self._in_flight[envelope.id] = envelope
        self._schedule.push(due_us, DELIVERY, envelope)
        self._journal.message(now_us, envelope, "in_flight")
        return envelope

    def _latency_us(self, source: str, target: str, body: Body) -> Us:
        leg = body.leg
        choice, u = self._streams.pair(("latency", source, target, leg))
        ms = self._samplers[leg](choice, u)
        profile = self.profile
        if profile.sites > 1 and self._site(source, body.operation) != self._site(target, body.operation):
            ms += profile.far_ms
        if self.slow:
            ms *= max(self.slow.get(source, 1), self.slow.get(target, 1))
        if self.links.faulty:
            link = self.links.get(source, target)
            if link is not None and link.reorder and self._luck("reorder", source, target) < link.reorder:
                ms *= 1 + HELD_BACK
        return max(1, round(ms * 1000))

    def _luck(self, purpose: str, source: str, target: str) -> float:
        return self._streams.uniform((purpose, source, target))

    def _site(self, actor: str, operation: str | None) -> int:
        """Nodes stand in their site; each operation of a client begins in a site of its own."""
        if actor[0] == "n" and actor[1:].isdigit():
            return (int(actor[1:]) - 1) % self.profile.sites
        return int(self._streams.fixed(("site", operation or actor)) * self.profile.sites)

    # The end of a message

    def is_due(self, envelope: Envelope) -> bool:
        """Whether this arrival is still to happen: not if the message was held, dropped or delivered by hand."""
        return self._in_flight.get(envelope.id) is envelope and envelope.id not in self._held_at_us

    def take(self, envelope: Envelope) -> bool:
        """Lift a message off the wire; False if the link has lost it. Otherwise say with ``end`` what became of it."""
        del self._in_flight[envelope.id]
        if self.links.faulty and self._is_lost(envelope):
            self.end(envelope, "lost")
            return False
        return True

    def _is_lost(self, envelope: Envelope) -> bool:
        source, target = envelope.source, envelope.target
        if self.links.is_cut(source, target, since_us=envelope.sent_us):
            return True
        link = self.links.get(source, target)
        return link is not None and bool(link.loss) and self._luck("loss", source, target) < link.loss

    def end(self, envelope: Envelope, fate: Fate) -> None:
        self._journal.message(self._schedule.now_us, envelope, fate)

    # By hand

    def find(self, message: str) -> Envelope | None:
        return self._in_flight.get(message)

    def is_held(self, message: str) -> bool:
        return message in self._held_at_us

    def hold(self, message: str) -> None:
        self._held_at_us[message] = self._schedule.now_us
        self.end(self._in_flight[message], "held")

    def release(self, message: str) -> None:
        """It goes on from where it stood: both its times move on by as long as it was held."""
        now_us = self._schedule.now_us
        held_us = now_us - self._held_at_us.pop(message)
        old = self._in_flight[message]
        envelope = msgspec.structs.replace(old, sent_us=old.sent_us + held_us, due_us=old.due_us + held_us)
        self._in_flight[message] = envelope
        self._schedule.push(envelope.due_us, DELIVERY, envelope)
        self._journal.message(now_us, envelope, "in_flight")

    def drop(self, message: str) -> None:
        self._held_at_us.pop(message, None)
        self.end(self._in_flight.pop(message), "lost")

    def duplicate(self, message: str) -> None:
        envelope = self._in_flight[message]
        self._send(envelope.source, envelope.target, envelope.body)

    def pull_forward(self, message: str) -> Envelope:
        """The message, due now; the caller delivers it."""
        self._held_at_us.pop(message, None)
        envelope = msgspec.structs.replace(self._in_flight[message], due_us=self._schedule.now_us)
        self._in_flight[message] = envelope
        return envelope

    def fork(self, schedule: Schedule, streams: Streams, journal: Journal) -> "Network":
        copy = Network(schedule, streams, journal, self.profile.name)
        copy._in_flight = self._in_flight.copy()
        copy._held_at_us = self._held_at_us.copy()
        copy._sent = self._sent
        copy.links = self.links.fork()
        copy.slow = self.slow.copy()
        return copy
