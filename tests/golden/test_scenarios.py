"""Every scenario that ships: its form, its script, its end, and what it tells, word for word."""

import os
import re
import subprocess
import sys

import msgspec
import pytest

from engine import SCENARIOS, Simulation
from engine.checks import converged
from tests.golden import test_claims
from tests.golden.run import FOLDER, SEED, Run, transcript_of

RENEW = f"if it is meant, run `{sys.executable} -m tests.golden.renew` and read the difference"

# Where the replicas of a key do not all hold the same at the end, and that is the point.
APART = {"failed-write-surfaces", "one-random-node"}

# A room draws a seed of its own, so a claim that only one seed shows would be a trick.
OTHER_SEEDS = range(2, 12)

DIGESTS = """
from engine import SCENARIOS
from tests.golden.run import Run
for name in SCENARIOS:
    print(name, Run(name).digest)
"""


def test_names_are_kebab_case_and_nothing_is_left_unsaid() -> None:
    for name, scenario in SCENARIOS.items():
        assert scenario.name == name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert scenario.title and scenario.text.endswith("."), name
        assert scenario.claim.endswith(".") and "\n" not in scenario.claim, name
    titles = [scenario.title for scenario in SCENARIOS.values()]
    assert len(set(titles)) == len(titles)


def test_every_scenario_has_its_claim_checked_and_its_transcript() -> None:
    names = set(SCENARIOS)
    assert {test_claims.scenario_of(test) for test in dir(test_claims) if test.startswith("test_")} == names
    assert {path.stem for path in FOLDER.glob("*.txt")} == names, RENEW


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_script_is_in_order_and_none_of_it_is_refused(name: str) -> None:
    scenario = SCENARIOS[name]
    sim = Simulation(msgspec.structs.replace(scenario, script=()), SEED)
    times = [scripted.at_us for scripted in scenario.script]
    assert times == sorted(times)
    for scripted in scenario.script:
        sim.run_until(scripted.at_us)
        sim.apply(scripted.command)
    assert not times or times[-1] < scenario.ends_us


@pytest.mark.parametrize("name", SCENARIOS)
def test_at_the_end_all_is_settled(name: str) -> None:
    run = Run(name)
    pending = [operation for operation, state in run.operations.items() if state.outcome == "pending"]
    assert pending == []
    under_way = [c.id for c in run.at() if c.kind == "message" and c.fields.fate in ("in_flight", "held")]
    assert under_way == [] or run.scenario.settings.failover_us, "only signs of life never end"
    assert converged(run.at(), run.sim.replicas_of).word == ("violated" if name in APART else "ok")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_tells_what_it_has_always_told(name: str) -> None:
    golden = transcript_of(name)
    assert golden.exists(), f"there is no transcript of {name}: {RENEW}"
    told = Run(name).transcript()
    assert told.splitlines() == golden.read_text().splitlines(), f"{name} tells something else now: {RENEW}"


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_claim_does_not_hang_on_the_seed(name: str) -> None:
    check = getattr(test_claims, f"test_{name.replace('-', '_')}")
    for seed in OTHER_SEEDS:
        check(Run(name, seed))


def test_the_digests_are_the_same_in_every_process() -> None:
    root = FOLDER.parents[1]
    printed = {
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "2", "random")
    }
    assert printed == {"".join(f"{name} {Run(name).digest}\n" for name in SCENARIOS)}
