"""What a log makes: a cluster, perhaps a second one beside it, and the pace. Knows no store and no wall clock."""

import copy
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec import Struct

from engine import ENGINE_VERSION, Scenario, Simulation
from engine.changes import Change
from engine.commands import Configure
from engine.outcomes import Refused
from engine.settings import named
from engine.units import Us
from webapp.protocol import RoomCommand
from webapp.rooms.pace import Pace, PaceCommand, Pause, Step
from webapp.rooms.pace import Run as RunClock
from webapp.rooms.scenarios import scenario_of
from webapp.rooms.twin import SLICE, Compare, Route, Twin, Watched, route
from webapp.store.log_store import Entry, RoomRow

# A log so long replays in a few seconds; nobody clicks this often in one room.
LOG_MAX = 20_000

# What a stranger's log, or a second cluster, may cost: about a second of this machine's time.
WORK_MAX = 300_000

CATCH_UPS = 3

_decoder: msgspec.json.Decoder[RoomCommand] = msgspec.json.Decoder(RoomCommand)


class Ready(Struct, frozen=True):
    """A command that can be carried out: its entry in the log, and the second cluster that it begins."""

    entry: Entry
    command: RoomCommand
    twin: Twin | None


class Run:
    """``twin`` is the second cluster, ``work`` what all clusters have cost so far (see Watched)."""

    def __init__(self, room: RoomRow, settings: Configure | None = None) -> None:
        """The room before its first command; ``settings`` take the place of the scenario's own.

        Raises Refused (other_engine, unknown_scenario, or what is wrong with the scenario or the settings).
        """
        if room.engine_version != ENGINE_VERSION:
            raise Refused("other_engine", made=room.engine_version, here=ENGINE_VERSION)
        scenario = scenario_of(room.scenario)
        if settings is not None:
            merged = msgspec.structs.replace(scenario.settings, **named(settings))
            scenario = msgspec.structs.replace(scenario, settings=merged)
        self.first = Watched(Simulation(scenario, room.seed))
        self.twin: Twin | None = None
        self.pace = Pace()
        self.work = 0
        self._past: list[tuple[Us, RoomCommand, Route | None]] = []
        self._late: Twin | None = None

    def fork(self) -> "Run":
        """An independent copy that goes on from here: much cheaper than another replay of the log."""
        other = copy.copy(self)
        other.first, other.twin = self.first.fork(), self.twin and self.twin.fork()
        other._past = list(self._past)
        return other

    @property
    def scenario(self) -> Scenario:
        return self.first.simulation.scenario

    @property
    def seq(self) -> int:
        """How many entries of the log have been played."""
        return len(self._past)

    @property
    def now_us(self) -> Us:
        return self.first.simulation.now_us

    @property
    def next_event_us(self) -> Us | None:
        """When something next happens by itself, in either cluster."""
        due = [cluster.simulation.next_event_us for cluster in (self.first, self.twin) if cluster is not None]
        return min((at_us for at_us in due if at_us is not None), default=None)

    def digest(self) -> str:
        """Of the first cluster."""
        return self.first.simulation.digest()

    def take(self) -> tuple[list[Change], list[Change] | None]:
        """The changes of each cluster since the last call; those of a new second one are its whole history."""
        return self.first.take(), self.twin.take() if self.twin else None

    def present(self) -> tuple[list[Change], list[Change] | None]:
        """Each cluster's latest version of every living entity."""
        return self.first.present(), self.twin.present() if self.twin else None

    # Commands as they come

    def ready(self, actor: str, command: RoomCommand, twin: Twin | None = None) -> Ready:
        """A command that would be carried out next. ``twin`` is what ``beside`` made of it before. Raises Refused."""
        at_us = self.now_us
        if isinstance(command, Step):
            next_us = self.next_event_us
            if next_us is None:
                raise Refused("nothing_scheduled")
            at_us = next_us
        elif isinstance(command, PaceCommand | Compare):
            self._check(command)
        else:
            self.first.simulation.check(command)
        if self.seq >= LOG_MAX:
            raise Refused("log_full", max=LOG_MAX)
        twin = twin or beside(self, command, lambda: None)
        if twin is not None:
            # The room may have gone on a little since it was made.
            for _ in self.catch_up(twin):
                pass
        return Ready(Entry(self.seq + 1, at_us, actor, msgspec.json.encode(command).decode()), command, twin)

    def carry_out(self, ready: Ready) -> None:
        """A step may leave off in the middle of its moment: ``settle_moment`` goes on with it."""
        spent = 0
        for cost in self._stretched(ready.entry.at_us):
            spent += cost
            if spent >= SLICE and isinstance(ready.command, Step) and self.now_us == ready.entry.at_us:
                break
        self._do(ready.entry.at_us, ready.command, ready.twin)

    # Live. What takes long stops between slices, also in the middle of a moment; no command may come then.

    @property
    def moment_is_over(self) -> bool:
        """Whether both clusters are at the same time, and all has happened that is due by now."""
        clusters = [cluster.simulation for cluster in (self.first, self.twin) if cluster is not None]
        return all(each.now_us == self.now_us and each.moment_is_over for each in clusters)

    def settle_moment(self) -> Iterator[int]:
        """Go on to the end of the present moment, slice by slice; answers what each has cost."""
        if not self.moment_is_over:
            yield from self.advance(self.now_us)

    def advance(self, target_us: Us) -> Iterator[int]:
        """Go on to a time, slice by slice; answers what each has cost. Wherever it is left off, both clusters are at
        the same moment, or about to be: ask anew."""
        if self.twin is None:
            yield from self.first.go(target_us)
            return
        clusters = (self.first, self.twin)
        target_us = max(target_us, *(cluster.simulation.now_us for cluster in clusters))
        there = False
        while not there:
            next_us = self.next_event_us
            there = next_us is None or next_us > target_us
            # One of them may have been left behind in the middle of a moment.
            present_us = max(cluster.simulation.now_us for cluster in clusters)
            at_us = target_us if there or next_us is None else max(next_us, present_us)
            for cluster in clusters:
                yield from cluster.go(at_us)

    # Commands from a log. What takes long stops between slices, so that others get their turn.

    def play(self, entry: Entry, *, present_only: bool = False) -> Iterator[None]:
        """Carry out one entry at its time. Raises Refused, or msgspec.ValidationError: no such command.

        ``present_only``: nobody asks for the changes, and ``settle`` makes the last second cluster in the end.
        """
        command = _decoder.decode(entry.command)
        yield from self.stretch(entry.at_us)
        twin = None
        if isinstance(command, PaceCommand | Compare):
            self._check(command)
        if isinstance(command, Compare):
            self._late = None
            if command.settings is not None:
                twin = self.new_twin(command.settings)
                if present_only:
                    twin, self._late = None, twin
                else:
                    yield from self.catch_up(twin)
        self._do(entry.at_us, command, twin)

    def settle(self) -> Iterator[None]:
        """Bring in the second cluster that ``play`` has put off."""
        if self._late is not None:
            yield from self.catch_up(self._late)
            self.twin, self._late = self._late, None

    def stretch(self, at_us: Us) -> Iterator[None]:
        """Go on to a time, slice by slice; the second cluster follows the first."""
        for _ in self._stretched(at_us):
            yield

    def _stretched(self, at_us: Us) -> Iterator[int]:
        yield from self._go(self.first, at_us)
        if self.twin is not None:
            yield from self._go(self.twin, at_us)

    def _go(self, cluster: Watched, at_us: Us) -> Iterator[int]:
        for cost in cluster.go(at_us):
            self.work += cost
            yield cost

    def new_twin(self, settings: Configure) -> Twin:
        """A second cluster before its first command. Raises Refused."""
        first = self.first.simulation
        return Twin(first.scenario, first.seed, settings)

    def catch_up(self, twin: Twin) -> Iterator[None]:
        """Bring a second cluster to the present of the first. It may go on meanwhile: call it again, then."""
        while twin.seq < self.seq:
            at_us, command, about = self._past[twin.seq]
            for _ in self._go(twin, at_us):
                yield
            if not isinstance(command, PaceCommand | Compare):
                twin.do(command, about)
            twin.seq += 1
            yield
        for _ in self._go(twin, self.now_us):
            yield

    def _check(self, command: PaceCommand | Compare) -> None:
        match command:
            case RunClock() if self.pace.running:
                raise Refused("already_running")
            case Pause() if not self.pace.running:
                raise Refused("already_paused")
            case Compare(None) if self.twin is None and self._late is None:
                raise Refused("nothing_compared")

    def _do(self, at_us: Us, command: RoomCommand, twin: Twin | None) -> None:
        about = route(self.first.simulation, command)
        if isinstance(command, PaceCommand):
            self.pace = self.pace.after(command)
        elif isinstance(command, Compare):
            self.twin = twin
        else:
            self.first.simulation.apply(command)
            if self.twin is not None:
                self.twin.do(command, about)
        self._past.append((at_us, command, about))


def beside(run: Run, command: RoomCommand | None, breathe: Callable[[], None]) -> Twin | None:
    """The second cluster that a command begins, up to the run's present; ``breathe`` lets others go on.

    Raises Refused: what is wrong with its settings, or too_long.
    """
    if not isinstance(command, Compare) or command.settings is None:
        return None
    twin = run.new_twin(command.settings)
    # The room goes on meanwhile, and what is left becomes less each time.
    for _ in range(CATCH_UPS):
        for _ in run.catch_up(twin):
            if twin.work > WORK_MAX:
                raise Refused("too_long", max=WORK_MAX)
            breathe()
    return twin


def comparison(entries: Sequence[Entry]) -> Compare | None:
    """The comparison that a log ends with, if there is one."""
    for entry in reversed(entries):
        command = _decoder.decode(entry.command)
        if isinstance(command, Compare):
            return command if command.settings is not None else None
    return None
