"""What somebody who joins late is told of operations: all that are under way, and the latest that have ended."""

from contextlib import suppress
from random import Random

from engine import SCENARIOS, Simulation
from engine.changes import OperationState
from engine.commands import AddClient, Read
from engine.outcomes import Refused
from engine.world import OPERATIONS_KEPT


def kept(sim: Simulation) -> dict[str, str]:
    """The operations that are told, and the outcome of each."""
    return {change.id: change.fields.outcome for change in sim.snapshot() if isinstance(change.fields, OperationState)}


def test_the_oldest_operations_that_have_ended_are_forgotten_and_none_that_is_under_way() -> None:
    sim = Simulation(SCENARIOS["five-masters"], seed=3)
    clients = ["A", "B", *(chr(ord("C") + number) for number in range(8))]
    for _ in clients[2:]:
        sim.apply(AddClient())
    luck = Random(3)
    outcomes: dict[str, str] = {}
    expected: list[str] = []
    crowded = 0
    for _ in range(50):
        # Now more begin than can end meanwhile, and now fewer.
        for _ in range(luck.choice((0, 5, 60))):
            with suppress(Refused):
                sim.apply(Read(luck.choice(clients), luck.choice("xyz")))
        sim.run_until(sim.now_us + luck.choice((200, 5_000)))
        for change in sim.take_changes():
            if isinstance(change.fields, OperationState):
                if change.id not in expected:
                    expected.append(change.id)
                outcomes[change.id] = change.fields.outcome
                ended = [operation for operation in expected if outcomes[operation] != "pending"]
                if ended and len(expected) > OPERATIONS_KEPT:
                    expected.remove(ended[0])
        assert kept(sim) == {operation: outcomes[operation] for operation in expected}
        crowded = max(crowded, sum(outcomes[operation] == "pending" for operation in expected))
        sim = sim.fork()
    assert len(outcomes) > 5 * OPERATIONS_KEPT
    assert crowded > OPERATIONS_KEPT, "there was always one to forget"
