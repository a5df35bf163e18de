"""A cluster that is asked for anything at any time: the state machine that the properties are made of."""

from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from engine import Scenario, Simulation
from engine.changes import Change, MessageState, NodeState
from engine.checks import Monitor
from engine.commands import (
    AddClient,
    Command,
    Configure,
    Crash,
    Deliver,
    Drop,
    Duplicate,
    Freeze,
    Gossip,
    Heal,
    Hold,
    Link,
    Partition,
    Read,
    Release,
    Restart,
    Skew,
    Slow,
    Thaw,
    Wipe,
    Workload,
    Write,
)
from engine.outcomes import Refused

CLIENTS = ("A", "B", "C")
BY_HAND = (Hold, Release, Drop, Duplicate, Deliver)

places = st.integers(0, 6)
JOINERS = ("D", "E")
clients = st.sampled_from(CLIENTS + JOINERS)
quorums = st.none() | st.integers(1, 5)
chances = st.sampled_from([0.0, 0.3, 1.0])


class ClusterMachine(RuleBasedStateMachine):
    """``begins_with`` draws what the cluster begins with. What is refused is as if it had not been drawn.

    ``trace`` is the run so far, as (at_us, command): what a failure prints is enough to run it again.
    """

    nodes: ClassVar[int] = 5
    keys: ClassVar[str] = "xy"
    begins_with: ClassVar[st.SearchStrategy[Configure]]
    loses_disks: ClassVar[bool] = False
    own_quorums: ClassVar[bool] = False

    @initialize(data=st.data(), seed=st.integers(0, 2**16))
    def begin(self, data: st.DataObject, seed: int) -> None:
        settings = data.draw(self.begins_with)
        scenario = Scenario(name="machine", title="", claim="", nodes=self.nodes, clients=CLIENTS, settings=settings)
        self.sim = Simulation(scenario, seed)
        self.start = (settings, seed)
        self.monitor = Monitor()
        self.changes: list[Change] = []
        self.trace: list[tuple[int, Command]] = []
        self.twin: Simulation | None = None
        self.disks_lost = 0
        self.smallest_w = self.nodes
        self.values = 0

    # What a subclass may look at

    def look(self) -> None:
        """Take the changes since the last look."""
        for change in self.sim.take_changes():
            self.changes.append(change)
            self.monitor.observe_change(change)

    def state(self, kind: str) -> dict[str, Any]:
        return {change.id: change.fields for change in self.sim.snapshot() if change.kind == kind}

    def do(self, command: Command) -> bool:
        try:
            self.sim.apply(command)
        except Refused:
            return False
        self.trace.append((self.sim.now_us, command))
        if self.twin is not None:
            # In two stretches, and with a look in between: neither may make a difference.
            self.twin.run_until((self.twin.now_us + self.sim.now_us) // 2)
            self.twin.take_changes()
            self.twin.run_until(self.sim.now_us)
            self.twin.apply(command)
        return True

    def node(self, place: int) -> str:
        nodes = [name for name, state in self.state("node").items() if isinstance(state, NodeState)]
        return nodes[place % len(nodes)]

    def quiet(self) -> None:
        """Faults end: links whole, clocks right, nodes up; and nothing is asked any more."""
        self.do(Workload(0))
        self.do(Heal())
        for name, state in self.state("message").items():
            if state.fate == "held":
                self.do(Release(name))
        for name, state in self.state("node").items():
            self.do(Thaw(name))
            self.do(Slow(name, 1))
            if state.status == "down":
                self.do(Restart(name))
        self.do(Configure(latency="EVEN"))

    def wait(self, ms: float) -> None:
        self.sim.run_until(self.sim.now_us + round(ms * 1000))

    # What may happen

    @rule(us=st.integers(1, 8000))
    def pause(self, us: int) -> None:
        self.sim.run_until(self.sim.now_us + us)
        self.look()

    @rule(us=st.integers(10_000, 400_000))
    def long_pause(self, us: int) -> None:
        self.pause(us)

    @rule(client=clients, place=places, key=st.integers(0, 9), w=quorums)
    def write(self, client: str, place: int, key: int, w: int | None) -> None:
        self.values += 1
        w = w if self.own_quorums else None
        key_name = self.keys[key % len(self.keys)]
        if self.do(Write(client, key_name, f"v{self.values}", self.node(place), w)) and w is not None:
            self.smallest_w = min(self.smallest_w, w)

    @rule(client=clients, place=places, key=st.integers(0, 9), r=quorums)
    def read(self, client: str, place: int, key: int, r: int | None) -> None:
        r = r if self.own_quorums else None
        self.do(Read(client, self.keys[key % len(self.keys)], self.node(place), r))

    @rule(rate=st.sampled_from([0, 20, 300]), read_share=chances)
    def workload(self, rate: int, read_share: float) -> None:
        self.do(Workload(rate, read_share))

    @rule()
    def client_joins(self) -> None:
        if len(self.state("client")) < len(CLIENTS + JOINERS):
            self.do(AddClient())

    @rule(place=places, lost=st.booleans())
    def crash(self, place: int, lost: bool) -> None:
        lost = lost and self.loses_disks
        if self.do(Crash(self.node(place), "lost" if lost else "kept")):
            self.disks_lost += lost

    @rule(place=places)
    def wipe(self, place: int) -> None:
        if self.loses_disks and self.do(Wipe(self.node(place))):
            self.disks_lost += 1

    @rule(place=places)
    def restart(self, place: int) -> None:
        self.do(Restart(self.node(place)))

    @rule(place=places, thaw=st.booleans())
    def freeze(self, place: int, thaw: bool) -> None:
        self.do((Thaw if thaw else Freeze)(self.node(place)))

    @rule(place=places, factor=st.sampled_from([1, 4, 50]))
    def slow(self, place: int, factor: int) -> None:
        self.do(Slow(self.node(place), factor))

    @rule(place=places, skew_us=st.integers(-50_000, 50_000))
    def skew(self, place: int, skew_us: int) -> None:
        self.do(Skew(self.node(place), skew_us))
        self.do(Skew(CLIENTS[place % 3], -skew_us))

    @rule(sides=st.lists(st.integers(0, 2), min_size=8, max_size=8))
    def partition(self, sides: list[int]) -> None:
        actors = [*self.state("node"), *self.state("client")]
        groups = tuple(
            tuple(actor for actor, side in zip(actors, sides, strict=False) if side == number) for number in (0, 1)
        )
        self.do(Partition(groups))

    @rule(source=places, end=places, cut=st.booleans(), loss=chances, duplicate=chances, reorder=chances)
    def link(self, source: int, end: int, cut: bool, loss: float, duplicate: float, reorder: float) -> None:
        actors = [*self.state("client"), *self.state("node")]
        ends = actors[source % len(actors)], actors[end % len(actors)]
        self.do(Link(*ends, cut, loss, duplicate, reorder))

    @rule()
    def heal(self) -> None:
        self.do(Heal())

    @rule(which=st.integers(0, 30), kind=st.sampled_from(BY_HAND))
    def by_hand(self, which: int, kind: Any) -> None:
        messages = [name for name, state in self.state("message").items() if isinstance(state, MessageState)]
        if messages:
            self.do(kind(messages[which % len(messages)]))

    @rule(place=st.none() | places)
    def gossip(self, place: int | None) -> None:
        self.do(Gossip(None if place is None else self.node(place)))
