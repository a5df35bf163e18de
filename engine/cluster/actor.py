"""The contract of an actor: it handles one message at a time and speaks only through its outbox."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from msgspec import Struct

from engine.changes import NOTES, ClusterState, Fact, NoteState, State
from engine.kernel.network import Body, Network
from engine.kernel.rng import Streams
from engine.kernel.schedule import TIMER, Schedule
from engine.units import Us
from engine.world import Journal


class Timer(Struct, frozen=True, gc=False):
    """What an actor asked to be reminded of. Subclasses say of what."""


class Wake(Struct, frozen=True, gc=False):
    """The event that a timer is due. A crash raises the owner's incarnation, and its old timers are void."""

    owner: str
    incarnation: int
    timer: Timer


class Outbox:
    """All that an actor can do to the world outside itself."""

    def __init__(self, owner: "Actor", schedule: Schedule, streams: Streams, network: Network, journal: Journal):
        self._owner = owner
        self._schedule = schedule
        self._streams = streams
        self._network = network
        self._journal = journal

    @property
    def now_us(self) -> Us:
        """The true time, for the record of what happened. An actor never decides by it."""
        return self._schedule.now_us

    def send(self, target: str, body: Body) -> None:
        self._network.send(self._owner.id, target, body)

    def wake_after(self, delay_us: Us, timer: Timer) -> None:
        event = Wake(self._owner.id, self._owner.incarnation, timer)
        self._schedule.push(self._schedule.now_us + delay_us, TIMER, event)

    def pick(self, bound: int, purpose: str) -> int:
        """A random whole number in [0, bound), from this actor's own stream for the purpose."""
        return self._streams.below(bound, purpose, self._owner.id)

    def show(self, entity: str, state: State) -> None:
        self._journal.show(self._schedule.now_us, entity, state)

    def note(self, code: str, /, **facts: Fact) -> None:
        """Add a line to the narration. Its facts are those that the table of notes names."""
        assert tuple(facts) == NOTES[code], f"note {code} tells {NOTES[code]}, not {tuple(facts)}"
        self._journal.show(self._schedule.now_us, self._journal.next_note(), NoteState(code, facts))


class Actor:
    """A node or a client. No blocking, no clock, no globals; every message it takes is in ``handlers``."""

    handlers: ClassVar[dict[type[Body], Callable[[Any, str, Any, Outbox], None]]] = {}

    def __init__(self, actor_id: str, nodes: tuple[str, ...], cluster: ClusterState) -> None:
        self.id = actor_id
        self.nodes = nodes
        self.cluster = cluster
        self.incarnation = 0

    def receive(self, source: str, body: Body, out: Outbox) -> None:
        self.handlers[type(body)](self, source, body, out)

    def expects(self, timer: Timer) -> bool:
        """Whether a timer still means something; one that does not is no event."""
        raise NotImplementedError

    def on_timer(self, timer: Timer, out: Outbox) -> None:
        raise NotImplementedError

    def configure(self, cluster: ClusterState, out: Outbox) -> None:
        """New settings; operations under way keep the old ones."""
        self.cluster = cluster

    def fork(self) -> Self:
        raise NotImplementedError
