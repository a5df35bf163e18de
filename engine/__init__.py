"""The cluster of Quorumscope: pure and deterministic. Everything a user needs is named here (docs/PYTHON.md)."""

from engine.checks import check
from engine.outcomes import Refused
from engine.scenario import Scenario, Scripted
from engine.scenarios import SCENARIOS
from engine.simulation import ENGINE_VERSION, Simulation
from engine.stats import staleness

__all__ = ["ENGINE_VERSION", "SCENARIOS", "Refused", "Scenario", "Scripted", "Simulation", "check", "staleness"]
