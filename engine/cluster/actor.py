"""The contract of an actor: it handles one message at a time and speaks only through its outbox.

An actor is made of roles. A role lists the messages, refusals and timers that it takes; each is taken
by one role only, so that a look at the lists says who does what.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Self

from msgspec import Struct

from engine.changes import Fact, State
from engine.cluster.messages import Refusal
from engine.cluster.placement import Ring, ring
from engine.cluster.storage import Storage
from engine.kernel.network import Body, Network
from engine.kernel.rng import Streams
from engine.kernel.schedule import TIMER, Schedule
from engine.settings import Settings
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
        self._journal = journal
        self.send = partial(network.send, owner.id)

    @property
    def now_us(self) -> Us:
        """The true time, for the record of what happened. An actor never decides by it."""
        return self._schedule.now_us

    @property
    def clock_us(self) -> Us:
        """What the owner's wall clock says; it may be skewed."""
        return max(0, self._schedule.now_us + self._owner.skew_us)

    def wake_after(self, delay_us: Us, timer: Timer) -> None:
        event = Wake(self._owner.id, self._owner.incarnation, timer)
        self._schedule.push(self._schedule.now_us + delay_us, TIMER, event)

    def pick(self, bound: int, purpose: str) -> int:
        """A random whole number in [0, bound), from this actor's own stream for the purpose."""
        return self._streams.below(bound, (purpose, self._owner.id))

    def sample(self, population: Sequence[str], count: int, purpose: str) -> tuple[str, ...]:
        """``count`` of the population (all, if it has no more), drawn at random, in its own order."""
        if count >= len(population):
            return tuple(population)
        left = list(population)
        drawn = {left.pop(self.pick(len(left), purpose)) for _ in range(count)}
        return tuple(one for one in population if one in drawn)

    def show(self, entity: str, state: State) -> None:
        self._journal.lines.append((self._schedule.now_us, entity, state))

    def gone(self, kind: str, entity: str) -> None:
        self._journal.gone(self._schedule.now_us, kind, entity)

    def note(self, code: str, /, **facts: Fact) -> None:
        """Add a line to the narration. Its facts are those that the table of notes names."""
        self.tell(code, facts)

    def tell(self, code: str, facts: dict[str, Fact]) -> None:
        """A note whose facts are already together."""
        self._journal.lines.append((self._schedule.now_us, code, facts))


class Role:
    """One duty of an actor, with the state that goes with it. ``out`` is its actor's outbox."""

    handlers: ClassVar[dict[type[Body], Callable[[Any, str, Any], None]]] = {}
    refusals: ClassVar[dict[type[Body], Callable[[Any, str, Any], None]]] = {}
    timers: ClassVar[dict[type[Timer], Callable[[Any, Any], None]]] = {}

    out: Outbox

    def __init__(self, host: "Actor") -> None:
        self.host = host

    def expects(self, timer: Any) -> bool:
        """Whether a timer still means something; one that does not is no event."""
        raise NotImplementedError

    def start(self) -> None:
        """The actor begins to run, for the first time or again after a crash."""

    def stop(self) -> None:
        """The actor's process is gone, and with it all that is not on its disk."""

    def configured(self, before: Settings) -> None:
        """The settings are others than ``before``; operations under way keep the old ones."""

    def fork(self, host: "Actor") -> Self:
        """A copy for another host. What a role changes in place it copies in ``own``."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.host = host
        copy.own()
        return copy

    def own(self) -> None:
        """Copy whatever this role changes in place."""


class Actor:
    """A node or a client. No blocking, no clock, no globals."""

    def __init__(self, actor_id: str, members: tuple[str, ...], settings: Settings) -> None:
        self.id = actor_id
        self.members = members
        self.settings = settings
        self.incarnation = 0
        self.skew_us: Us = 0
        # Whether it takes what reaches it at once: a node that is down or frozen does not.
        self.listens = True
        self.storage = Storage()
        self.roles: tuple[Role, ...] = ()

    @property
    def ring(self) -> Ring:
        return ring(self.members, self.settings.vnodes)

    def play(self, *roles: Role) -> None:
        """Take up these roles: every message and timer finds the one that takes it."""
        self.roles = roles
        self._handlers = {kind: take.__get__(role) for role in roles for kind, take in role.handlers.items()}
        self._refusals = {kind: take.__get__(role) for role in roles for kind, take in role.refusals.items()}
        self._timers = {kind: (role, take.__get__(role)) for role in roles for kind, take in role.timers.items()}

    def attach(self, out: Outbox) -> None:
        self.out = out
        for role in self.roles:
            role.out = out

    def end(self) -> None:
        """Nobody needs the actor any more: what it is made of lets go of each other."""
        for role in self.roles:
            role.__dict__.clear()
        self.__dict__.clear()

    def receive(self, source: str, body: Body) -> None:
        take = self._handlers.get(type(body))
        if take is not None:
            take(source, body)
        elif isinstance(body, Refusal):
            take = self._refusals.get(type(body.request))
            if take is not None:
                take(source, body.request)

    def expects(self, timer: Timer) -> bool:
        return bool(self._timers[type(timer)][0].expects(timer))

    def on_timer(self, timer: Timer) -> None:
        self._timers[type(timer)][1](timer)

    def configure(self, settings: Settings, members: tuple[str, ...]) -> None:
        before, self.settings, self.members = self.settings, settings, members
        for role in self.roles:
            role.configured(before)
