"""The scenario of a room, as its row keeps it: the name of one that ships or, by value, its JSON."""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from engine import SCENARIOS, Scenario, Scripted
from engine.goals import problems
from engine.outcomes import Refused, invalid

# By value, at most so many bytes. It may come from a stranger.
TEXT_MAX = 50_000
SCRIPT_MAX = 500

_Words: TypeAlias = Annotated[str, Meta(max_length=2_000)]
# Names stand in the ids of entities, between signs such as > and /.
_Client: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,15}\Z")]


class ByValue(Scenario, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A scenario within the bounds of what a room takes."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    title: _Words
    claim: _Words
    text: _Words = ""
    clients: Annotated[tuple[_Client, ...], Meta(min_length=1, max_length=26)] = ("A", "B")
    script: Annotated[tuple[Scripted, ...], Meta(max_length=SCRIPT_MAX)] = ()


_decoder = msgspec.json.Decoder(ByValue)


def scenario_of(text: str) -> Scenario:
    """What ``text_of`` was given. Raises Refused: unknown_scenario, or invalid with the field that is wrong."""
    if not text.lstrip().startswith("{"):
        if text not in SCENARIOS:
            raise Refused("unknown_scenario", "scenario")
        return SCENARIOS[text]
    try:
        data = text.encode()
        if len(data) > TEXT_MAX:
            raise _wrong(f"has more than {TEXT_MAX} bytes")
        found = _decoder.decode(data)
    except msgspec.ValidationError as error:
        refused = invalid(error)
        raise _wrong(str(refused.facts["reason"]), refused.field) from None
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise _wrong(str(error)[:200]) from None
    for path, reason in problems(found.goals, found.measures):
        raise _wrong(reason, path)
    return Scenario(**{field: getattr(found, field) for field in Scenario.__struct_fields__})


def text_of(scenario: Scenario) -> str:
    """The name of a scenario that ships, the JSON of any other. Raises Refused where no room takes it."""
    if SCENARIOS.get(scenario.name) == scenario:
        return scenario.name
    text = msgspec.json.encode(scenario).decode()
    scenario_of(text)
    return text


def _wrong(reason: str, field: str | None = None) -> Refused:
    return Refused("invalid", f"scenario.{field}" if field else "scenario", reason=reason)
