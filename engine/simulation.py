"""The façade: a cluster that runs in virtual time, as a pure function of scenario, seed and commands."""

import msgspec

from engine.changes import Change, State
from engine.cluster.actor import Wake
from engine.cluster.cluster import Cluster
from engine.cluster.load import ArrivalDue
from engine.cluster.reasons import reason_against
from engine.commands import COMMANDS, Command
from engine.inspection import Inspection, inspect
from engine.kernel.network import Envelope
from engine.kernel.rng import Streams
from engine.kernel.schedule import SCRIPT, Schedule
from engine.outcomes import Refused, invalid
from engine.scenario import Scenario, Scripted
from engine.settings import NODES_MAX
from engine.units import Us
from engine.world import Journal

# Raised whenever the same log would give another run: a room says which version it was made with.
ENGINE_VERSION = 2

SEED_MAX = 2**53 - 1


class Simulation:
    """One cluster. Nothing in it knows the wall clock: ``run_until`` is told how far to go.

    Whatever is refused (``Refused``, with a code, the field and the facts) has changed nothing.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Raises Refused where the scenario or the seed is not one, or the settings do not go together."""
        _check_form(scenario, Scenario)
        if type(seed) is not int or not 0 <= seed <= SEED_MAX:
            raise Refused("out_of_range", "seed", min=0, max=SEED_MAX, value=str(seed)[:40])
        nodes = {f"n{number + 1}" for number in range(NODES_MAX)}
        for place, client in enumerate(scenario.clients):
            if client in scenario.clients[:place] or client in nodes:
                raise Refused("named_twice", "clients", actor=client)
        self.scenario = scenario
        self.seed = seed
        self._schedule = Schedule()
        self._streams = Streams(seed)
        self._journal = Journal()
        self._cluster = Cluster(scenario, self._schedule, self._streams, self._journal)
        for scripted in scenario.script:
            self._schedule.push(scripted.at_us, SCRIPT, scripted)

    # Time

    @property
    def now_us(self) -> Us:
        return self._schedule.now_us

    @property
    def next_event_us(self) -> Us | None:
        """When something next happens by itself; None: never, until a command comes."""
        while (event := self._schedule.peek()) is not None and not self._cluster.is_expected(event):
            self._schedule.discard()
        return self._schedule.next_us()

    def run_until(self, at_us: Us, events_max: int | None = None) -> None:
        """Let everything happen that is due by ``at_us``; then it is ``at_us``.

        ``events_max`` bounds the work: where it is reached, the run stops early, at a moment all of
        whose events have happened. Raises Refused("time_runs_forward") and Refused("invalid").
        """
        schedule = self._schedule
        _check_time(at_us, schedule.now_us)
        if events_max is None:
            pop, happen = schedule.pop_until, self._happen
            while (event := pop(at_us)) is not None:
                happen(event)
        else:
            for _ in range(max(0, events_max)):
                if (event := schedule.pop_until(at_us)) is None:
                    break
                self._happen(event)
            while (event := schedule.pop_until(schedule.now_us)) is not None:
                self._happen(event)
            if (next_us := schedule.next_us()) is not None and next_us <= at_us:
                return
        schedule.now_us = at_us

    def go_on(self, at_us: Us, work_max: int) -> bool:
        """Let what is due by ``at_us`` happen until there have been so many events, or there are so many changes to
        take. True: all of it has, and it is ``at_us``.

        Else it may have stopped in the middle of a moment, however much happens there. A command comes after all of
        that: before ``apply``, go on until ``moment_is_over``. Raises as ``run_until`` does.
        """
        schedule = self._schedule
        _check_time(at_us, schedule.now_us)
        lines = self._journal.lines
        for _ in range(work_max):
            if (event := schedule.pop_until(at_us)) is None:
                schedule.now_us = at_us
                return True
            self._happen(event)
            if len(lines) >= work_max:
                break
        return False

    @property
    def moment_is_over(self) -> bool:
        """Whether all has happened that is due by now."""
        next_us = self._schedule.next_us()
        return next_us is None or next_us > self._schedule.now_us

    def step(self) -> bool:
        """Go to the next moment at which something happens; False if nothing ever will."""
        next_us = self.next_event_us
        if next_us is None:
            return False
        self.run_until(next_us)
        return True

    def _happen(self, event: object) -> None:
        cluster = self._cluster
        if isinstance(event, Envelope):
            cluster.deliver(event)
        elif isinstance(event, Wake):
            if cluster.is_expected(event):
                cluster.wake(event)
        elif isinstance(event, Scripted) and reason_against(event.command, cluster) is None:
            cluster.do(event.command)
        elif isinstance(event, ArrivalDue) and cluster.is_expected(event):
            cluster.arrive()
        if cluster.some_leave:
            cluster.forget_the_gone()

    # Commands

    def check(self, command: Command) -> None:
        """Raise Refused if ``apply`` would; change nothing."""
        if not isinstance(command, COMMANDS):
            raise Refused("invalid", reason=f"Expected a command, got `{type(command).__name__}`")
        _check_form(command, type(command))
        reason = reason_against(command, self._cluster)
        if reason is not None:
            raise reason

    def apply(self, command: Command) -> None:
        """Carry out a command now, or raise Refused and change nothing."""
        self.check(command)
        self._cluster.do(command)
        self._cluster.forget_the_gone()

    # What can be seen

    def take_changes(self) -> list[Change]:
        """The changes since the last call, in the order in which they happened."""
        return self._journal.drain()

    def snapshot(self) -> list[Change]:
        """The latest version of every living entity: what somebody who joins now needs."""
        return self._journal.world.entities()

    def get(self, kind: str, entity: str) -> State | None:
        """The present state of one living entity; None if there is none."""
        return self._journal.world.get(kind, entity)

    def replicas_of(self, key: str) -> tuple[str, ...]:
        """The nodes that keep a key."""
        cluster = self._cluster
        if cluster.settings.strategy == "leader":
            return cluster.members
        return next(iter(cluster.actors.values())).ring.preference_list(key, cluster.settings.n)

    def inspect(self, node: str) -> Inspection:
        """What is inside a node. Raises Refused("unknown_node")."""
        return inspect(self._cluster, node, self.now_us)

    def digest(self) -> str:
        """The whole run so far in 32 hex digits: the same log gives the same digest, anywhere."""
        return self._journal.digest()

    def fork(self) -> "Simulation":
        """An independent copy that goes on from here."""
        copy = object.__new__(Simulation)
        copy.scenario, copy.seed = self.scenario, self.seed
        copy._schedule = self._schedule.fork()
        copy._streams = self._streams.fork()
        copy._journal = self._journal.fork()
        copy._cluster = self._cluster.fork(copy._schedule, copy._streams, copy._journal)
        return copy


def _check_time(at_us: Us, now_us: Us) -> None:
    if type(at_us) is not int:
        raise Refused("invalid", "at_us", reason="Expected `int`")
    if at_us < now_us:
        raise Refused("time_runs_forward", "at_us", now_us=now_us)


def _check_form(value: object, kind: type) -> None:
    """Raise Refused("invalid") where what was made in Python is not what its type says."""
    try:
        msgspec.convert(msgspec.to_builtins(value), kind)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
