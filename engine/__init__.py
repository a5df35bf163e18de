"""The cluster of Quorumscope: pure and deterministic. Everything a user needs is named here."""

from engine.scenario import Scenario
from engine.scenarios import SCENARIOS
from engine.simulation import ENGINE_VERSION, Simulation

__all__ = ["ENGINE_VERSION", "SCENARIOS", "Scenario", "Simulation"]
