"""A log fed to the engine: live recovery, the command line and the tests all come through here."""

from collections.abc import Iterable, Iterator

import msgspec

from engine import ENGINE_VERSION, SCENARIOS, Simulation
from engine.changes import Change
from engine.commands import Configure
from engine.outcomes import Refused
from engine.settings import named
from engine.units import Us
from webapp.protocol import RoomCommand
from webapp.rooms.pace import Pace, PaceCommand
from webapp.store.log_store import Entry, RoomRow

_decoder: msgspec.json.Decoder[RoomCommand] = msgspec.json.Decoder(RoomCommand)


def begin(room: RoomRow, settings: Configure | None = None) -> Simulation:
    """The room's cluster before its first command; ``settings`` take the place of the scenario's own.

    Raises Refused (other_engine, unknown_scenario, or what is wrong with the settings).
    """
    if room.engine_version != ENGINE_VERSION:
        raise Refused("other_engine", made=room.engine_version, here=ENGINE_VERSION)
    if room.scenario not in SCENARIOS:
        raise Refused("unknown_scenario", "scenario")
    scenario = SCENARIOS[room.scenario]
    if settings is not None:
        merged = msgspec.structs.replace(scenario.settings, **named(settings))
        scenario = msgspec.structs.replace(scenario, settings=merged)
    return Simulation(scenario, room.seed)


def play(simulation: Simulation, entry: Entry) -> RoomCommand:
    """Carry out one entry at its time. A pace command changes nothing but the room's clock."""
    command = _decoder.decode(entry.command)
    simulation.run_until(entry.at_us)
    if not isinstance(command, PaceCommand):
        simulation.apply(command)
    return command


def replay(room: RoomRow, entries: Iterable[Entry]) -> tuple[Simulation, Pace]:
    """The room as its log leaves it, at least as far on as its clock had been seen to be."""
    simulation, pace = begin(room), Pace()
    for entry in entries:
        command = play(simulation, entry)
        if isinstance(command, PaceCommand):
            pace = pace.after(command)
    simulation.run_until(max(room.clock_us, simulation.now_us))
    return simulation, pace


def digest(
    room: RoomRow, entries: Iterable[Entry], until_us: Us | None = None, settings: Configure | None = None
) -> str:
    """The run's digest, at the moment where ``stream`` would end."""
    simulation = begin(room, settings)
    for _ in _stretches(simulation, room, entries, until_us):
        simulation.take_changes()
    return simulation.digest()


def stream(
    room: RoomRow, entries: Iterable[Entry], until_us: Us | None = None, settings: Configure | None = None
) -> Iterator[Change]:
    """The changes of a run, one after another; ends at ``until_us``, or where the room's clock stood."""
    simulation = begin(room, settings)
    for _ in _stretches(simulation, room, entries, until_us):
        yield from simulation.take_changes()


def _stretches(simulation: Simulation, room: RoomRow, entries: Iterable[Entry], until_us: Us | None) -> Iterator[None]:
    """Play the log command by command, and then on to the end."""
    for entry in entries:
        if until_us is not None and entry.at_us > until_us:
            break
        play(simulation, entry)
        yield
    simulation.run_until(max(room.clock_us, simulation.now_us) if until_us is None else until_us)
    yield
