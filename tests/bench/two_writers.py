"""Two clients write one key at the same moment (``make bench``): how do they end, and in how many rounds?"""

from collections import Counter

from engine import SCENARIOS, Simulation
from engine.changes import OperationState
from engine.commands import Configure, Write

SEEDS = 300


def main() -> None:
    for w in (3, 5):
        outcomes: Counter[str] = Counter()
        rounds: Counter[int] = Counter()
        for seed in range(SEEDS):
            sim = Simulation(SCENARIOS["five-masters"], seed)
            for command in (Configure(w=w), Write("A", "x", "apple"), Write("B", "x", "pear")):
                sim.apply(command)
            sim.run_until(1_000_000)
            for change in sim.snapshot():
                if isinstance(change.fields, OperationState):
                    outcomes[change.fields.code] += 1
                    rounds[change.fields.round] += 1
        print(f"w = {w}, {2 * SEEDS} writes: {dict(outcomes)}, rounds {dict(sorted(rounds.items()))}")


if __name__ == "__main__":
    main()
