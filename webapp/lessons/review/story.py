"""What happens in a run, told from its script, and the cluster at the moment of the question."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from engine.changes import HintState, NodeState, RecordState
from engine.commands import (
    Command,
    Configure,
    Crash,
    Freeze,
    Gossip,
    Heal,
    Link,
    Partition,
    Promote,
    Read,
    Restart,
    Skew,
    Slow,
    Thaw,
    Write,
)
from engine.scenario import Scripted
from engine.settings import majority, named
from engine.simulation import Simulation
from engine.units import Us
from webapp.lessons.review.question import Facts, Question, Said, ms, names
from webapp.lessons.review.running import KEY, values

# Those whose meaning a question never turns on, and n, w and r, which have a place of their own.
_UNTOLD = frozenset({"n", "w", "r", "timeout_us", "suspect_after_us", "handoff_every_us"})


class Line(Struct, frozen=True):
    """One thing that happens. ``at_us`` None: over a stretch of time."""

    at_us: Us | None
    says: Said


class PicturedNode(Struct, frozen=True):
    """A node: what it holds of the key, what it keeps for others, and whether it is one that keeps the key at all."""

    id: str
    status: str
    leads: bool
    slow: int
    holds: tuple[str, ...]
    hints: tuple[str, ...]
    home: bool


class Picture(Struct, frozen=True):
    """The cluster at a moment. ``rules`` are codes of the catalogue: settings that are not the usual ones.

    With a single leader there is no ``r``, and where a read asks one node neither. ``gives_up_us`` is how long a client
    waits; None: long enough.
    """

    at_us: Us
    nodes: tuple[PicturedNode, ...]
    n: int
    w: int
    r: int | None
    rules: tuple[str, ...]
    gives_up_us: Us | None


def told(question: Question) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """What has happened when the question is asked, and what happens then."""
    script = question.scenario.script
    past = [one for one in script if one.at_us <= question.asked_us]
    later = [one for one in script if one.at_us > question.asked_us]
    return _lines(past, question.past), _lines(later, question.summary)


def _lines(script: Iterable[Scripted], summary: tuple[Said, ...]) -> tuple[Line, ...]:
    if summary:
        return tuple(Line(None, said) for said in summary)
    return tuple(_story(script))


def _story(script: Iterable[Scripted]) -> Iterator[Line]:
    """Commands that say the same of several nodes at one moment are one sentence."""
    for (at_us, _), group in groupby(script, lambda one: (one.at_us, _alike(one.command))):
        yield Line(at_us, _sentence([one.command for one in group]))


def _alike(command: Command) -> tuple[object, ...]:
    match command:
        case Crash(disk=disk):
            return Crash, disk
        case Slow(factor=factor):
            return Slow, factor
        case Link(source=source, target=target, cut=cut):
            # Clients speak to many nodes and many nodes to clients.
            return Link, cut, source if target.startswith("n") else "", target if source.startswith("n") else ""
        case Restart() | Freeze() | Thaw():
            return (type(command),)
    return (command,)


def _sentence(commands: list[Command]) -> Said:
    first = commands[0]
    match first:
        case Write(client=client, key=key, value=value, via=via):
            facts: Facts = {"client": client, "key": key, "value": value}
            return Said("story.write_via", facts | {"node": via}) if via else Said("story.write", facts)
        case Read(client=client, key=key, via=via):
            facts = {"client": client, "key": key}
            return Said("story.read_via", facts | {"node": via}) if via else Said("story.read", facts)
        case Crash(disk=disk):
            return _of_nodes("story.crash" if disk == "kept" else "story.disk_lost", commands)
        case Restart():
            return _of_nodes("story.restart", commands)
        case Freeze():
            return _of_nodes("story.freeze", commands)
        case Thaw():
            return _of_nodes("story.thaw", commands)
        case Slow(factor=factor):
            said = _of_nodes("story.slow", commands)
            return Said(said.code, said.facts | {"factor": factor})
        case Link(cut=cut):
            links = [command for command in commands if isinstance(command, Link)]
            sources, targets = (sorted({getattr(link, end) for link in links}) for end in ("source", "target"))
            return Said("story.lost" if cut else "story.far", {"source": names(sources), "target": names(targets)})
        case Partition(groups=groups):
            one, other = (names(group) for group in groups)
            return Said("story.cut", {"one": one, "other": other})
        case Heal():
            return Said("story.heal")
        case Promote(node=node):
            return Said("story.promote", {"node": node})
        case Gossip(node=node) if node is not None:
            return Said("story.gossip", {"node": node})
        case Skew(actor=actor, skew_us=skew_us):
            return Said("story.ahead" if skew_us > 0 else "story.behind", {"actor": actor, "ms": ms(abs(skew_us))})
    raise TypeError(f"no sentence for {first}")


def _of_nodes(code: str, commands: Iterable[Command]) -> Said:
    nodes = [str(getattr(command, "node", "")) for command in commands]
    return Said(code, {"nodes": names(nodes), "count": len(nodes)})


def picture(question: Question) -> Picture:
    """How the cluster stands when the question is asked; of two, the first."""
    sim = Simulation(question.scenario, question.seed)
    sim.run_until(question.asked_us)
    states = [(entity.id, entity.fields) for entity in sim.snapshot()]
    holds = {name: values(state) for name, state in states if isinstance(state, RecordState)}
    hints = [state for _, state in states if isinstance(state, HintState)]
    homes = sim.replicas_of(KEY)
    settings = question.scenario.settings
    n = settings.n or question.scenario.nodes
    no_r = settings.strategy == "leader" or settings.read_from == "one"
    freezes = any(isinstance(one.command, Freeze) for one in question.scenario.script)
    return Picture(
        at_us=question.asked_us,
        nodes=tuple(
            PicturedNode(
                id=name,
                status=state.status,
                leads=state.role == "leader",
                slow=state.slow,
                holds=holds.get(f"{name}/{KEY}", ()),
                hints=tuple(hint.value for hint in hints if hint.holder == name),
                home=name in homes,
            )
            for name, state in states
            if isinstance(state, NodeState)
        ),
        n=n,
        w=settings.w or majority(n),
        r=None if no_r else settings.r or majority(n),
        rules=tuple(_rules(settings)),
        gives_up_us=settings.timeout_us if freezes else None,
    )


def _rules(settings: Configure) -> Iterator[str]:
    for name, value in named(settings).items():
        if name in _UNTOLD or value == "EVEN":
            continue
        if isinstance(value, str):
            yield f"setting.{name}.{value}"
        elif value is True:
            yield f"setting.{name}.means"
