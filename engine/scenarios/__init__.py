"""The scenarios that ship, by name."""

from engine.scenario import Scenario
from engine.scenarios import faults, leader, placement, quorums, repair, versions
from engine.scenarios.quorums import FIVE_MASTERS
from engine.scenarios.repair import SLEEPING_NODE

__all__ = ["FIVE_MASTERS", "SCENARIOS", "SLEEPING_NODE"]

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        FIVE_MASTERS,
        # What overlapping quorums promise
        quorums.JUST_MISSES,
        quorums.OVERLAP,
        quorums.ONE_RANDOM_NODE,
        quorums.SLOW_NODE,
        quorums.FAILED_WRITE_SURFACES,
        quorums.SAME_WRITE_AGAIN,
        quorums.NEW_OLD_INVERSION,
        quorums.WRITE_BACK,
        # Cuts and crashes
        faults.PARTITION,
        faults.ONE_WAY_CUT,
        faults.WIPED_NODE,
        faults.COORDINATOR_DIES,
        # Catching up
        SLEEPING_NODE,
        repair.READ_REPAIR,
        repair.HINTED_HANDOFF,
        repair.HINT_LOST,
        repair.SLOPPY_QUORUM,
        repair.RUMOUR,
        repair.MERKLE_TREE,
        # Several writers
        versions.SECOND_ROUND,
        versions.ASK_FIRST,
        versions.SKEWED_CLOCK,
        versions.SIBLINGS,
        versions.SAME_COORDINATOR,
        # A single leader
        leader.LEADER_DIES,
        leader.SEMI_SYNCHRONOUS,
        leader.SPLIT_BRAIN,
        leader.STALE_FOLLOWER,
        leader.FROZEN_NODE,
        leader.ELECTION,
        # Where a key lives
        placement.THREE_OF_EIGHT,
        placement.NODE_JOINS,
        placement.NODE_LEAVES,
    )
}
