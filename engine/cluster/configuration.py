"""From what a scenario or a command names to the settings in force."""

from collections.abc import Iterator

from msgspec import structs

from engine.changes import ClusterState, Fact
from engine.kernel.latency import PROFILES
from engine.outcomes import Refused
from engine.scenario import Scenario
from engine.settings import majority, named


def first_settings(scenario: Scenario) -> ClusterState:
    """What a scenario begins with. Raises Refused where its settings do not go together."""
    asked = named(scenario.settings)
    n = scenario.settings.n or scenario.nodes
    quorums = {"n": n, "w": majority(n), "r": majority(n)}
    settings = ClusterState(nodes=scenario.nodes, overlap=False, **(quorums | asked))
    reason = reason_against_settings(settings)
    if reason is not None:
        raise reason
    return structs.replace(settings, overlap=settings.w + settings.r > settings.n)


def reason_against_settings(settings: ClusterState) -> Refused | None:
    """Whether these settings go together."""
    if settings.latency not in PROFILES:
        return Refused("unknown_latency", "latency", profiles=", ".join(PROFILES))
    n_min = settings.nodes if settings.strategy == "leader" else 1
    if not n_min <= settings.n <= settings.nodes:
        return Refused("out_of_range", "n", min=n_min, max=settings.nodes, value=settings.n)
    for field, value in (("w", settings.w), ("r", settings.r)):
        if value > settings.n:
            return Refused("out_of_range", field, min=1, max=settings.n, value=value)
    return None


def told(before: ClusterState, after: ClusterState) -> Iterator[tuple[str, dict[str, Fact]]]:
    """The notes of a change of settings, each a code and its facts."""
    changed = [field for field in before.__struct_fields__ if getattr(before, field) != getattr(after, field)]
    if {"n", "w", "r"} & set(changed):
        yield "settings", {"n": after.n, "w": after.w, "r": after.r, "sum": after.w + after.r}
    for field in changed:
        value = getattr(after, field)
        if field == "gossip_every_us":
            yield ("gossip_runs", {"every_us": value}) if value else ("gossip_by_hand", {})
        elif field == "timeout_us":
            yield "timeout_set", {"timeout_us": value}
        elif field == "latency":
            yield "latency_set", {"latency": value}
        elif field not in ("n", "w", "r", "overlap"):
            said = ("on" if value else "off") if isinstance(value, bool) else value
            yield "setting", {"name": field, "value": said}
