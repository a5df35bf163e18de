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

# So many messages may be under way or held. What would be more is lost as it is sent.
MESSAGES_MAX = 20_000

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
        # Bound once: these three are called for every message.
        self._pair, self._push, self._write = streams.pair, schedule.push, journal.lines.append
        self._in_flight: dict[str, Envelope] = {}
        # Messages that stand still, and since when.
        self._held: dict[str, tuple[Envelope, Us]] = {}
        self._sent = 0
        self.links = Links()
        self.slow: dict[str, int] = {}
        self.profile: Profile
        self.use(latency)

    def use(self, latency: str) -> None:
        """Take the latencies of another profile for what is sent from now on."""
        self.profile = PROFILES[latency]
        self._is_wide = self.profile.sites > 1
        self._samplers: dict[Leg, Callable[[float, float], float]] = {
            leg: getattr(self.profile, leg).sample_ms for leg in ("W", "A", "R", "S")
        }

    def send(self, source: str, target: str, body: Body) -> None:
        self._send(source, target, body)
        if self.links.faulty:
            link = self.links.get(source, target)
            if link is not None and link.duplicate and self._luck("duplicate", source, target) < link.duplicate:
                self._send(source, target, body)

    def _send(self, source: str, target: str, body: Body) -> None:
        self._sent += 1
        now_us = self._schedule.now_us
        leg = body.leg
        choice, u = self._pair(("latency", source, target, leg))
        ms = self._samplers[leg](choice, u)
        if self.slow or self._is_wide or self.links.faulty:
            ms = self._hampered_ms(ms, source, target, body)
        due_us = now_us + (round(ms * 1000) or 1)
        name = f"m{self._sent}"
        envelope = Envelope(name, source, target, body, now_us, due_us)
        if self.is_full:
            self._write((now_us, envelope, "lost"))
            return
        self._in_flight[name] = envelope
        self._push(due_us, DELIVERY, envelope)
        self._write((now_us, envelope, "in_flight"))

    @property
    def is_full(self) -> bool:
        return len(self._in_flight) + len(self._held) >= MESSAGES_MAX

    def _hampered_ms(self, ms: float, source: str, target: str, body: Body) -> float:
        """What distance, slowness and disorder make of a latency."""
        profile = self.profile
        if profile.sites > 1 and self._site(source, body.operation) != self._site(target, body.operation):
            ms += profile.far_ms
        if self.slow:
            ms *= max(self.slow.get(source, 1), self.slow.get(target, 1))
        link = self.links.get(source, target)
        if link is not None and link.reorder and self._luck("reorder", source, target) < link.reorder:
            ms *= 1 + HELD_BACK
        return ms

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
        return self._in_flight.get(envelope.id) is envelope

    def take(self, envelope: Envelope) -> bool:
        """Lift a message off the wire; False if it is not there any more, or the link has lost it. Otherwise the
        caller says with ``end`` what became of it."""
        if self._in_flight.get(envelope.id) is not envelope:
            return False
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
        self._write((self._schedule.now_us, envelope, fate))

    # By hand

    def find(self, message: str) -> Envelope | None:
        """The message, if it is under way or held."""
        return self._in_flight.get(message) or self._held.get(message, (None, 0))[0]

    def is_held(self, message: str) -> bool:
        return message in self._held

    def hold(self, message: str) -> None:
        envelope = self._in_flight.pop(message)
        self._held[message] = (envelope, self._schedule.now_us)
        self.end(envelope, "held")

    def release(self, message: str) -> None:
        """It goes on from where it stood: both its times move on by as long as it was held."""
        now_us = self._schedule.now_us
        old, held_at_us = self._held.pop(message)
        held_us = now_us - held_at_us
        envelope = msgspec.structs.replace(old, sent_us=old.sent_us + held_us, due_us=old.due_us + held_us)
        self._in_flight[message] = envelope
        self._schedule.push(envelope.due_us, DELIVERY, envelope)
        self.end(envelope, "in_flight")

    def drop(self, message: str) -> None:
        self.end(self._lift(message), "lost")

    def duplicate(self, message: str) -> None:
        envelope = self.find(message)
        assert envelope is not None
        self._send(envelope.source, envelope.target, envelope.body)

    def pull_forward(self, message: str) -> Envelope:
        """The message, due now; the caller delivers it."""
        envelope = msgspec.structs.replace(self._lift(message), due_us=self._schedule.now_us)
        self._in_flight[message] = envelope
        return envelope

    def _lift(self, message: str) -> Envelope:
        held = self._held.pop(message, None)
        return held[0] if held else self._in_flight.pop(message)

    def fork(self, schedule: Schedule, streams: Streams, journal: Journal) -> "Network":
        copy = Network(schedule, streams, journal, self.profile.name)
        copy._in_flight = self._in_flight.copy()
        copy._held = self._held.copy()
        copy._sent = self._sent
        copy.links = self.links.fork()
        copy.slow = self.slow.copy()
        return copy
