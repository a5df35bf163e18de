"""All actors, the network between them, and how a command is carried out. It holds no clock of its own."""

from functools import singledispatchmethod
from string import ascii_uppercase

from msgspec import structs

from engine.changes import ClientState, ClusterState, LinkState
from engine.cluster.actor import Actor, Outbox, Wake
from engine.cluster.client import Client
from engine.cluster.configuration import first_settings, told
from engine.cluster.load import ArrivalDue, Load
from engine.cluster.messages import Refusal
from engine.cluster.replica import Replica
from engine.commands import (
    AddClient,
    AddNode,
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
    Promote,
    Read,
    Release,
    RemoveNode,
    Restart,
    Skew,
    Slow,
    Thaw,
    Wipe,
    Workload,
    Write,
)
from engine.kernel.links import WHOLE, Fault
from engine.kernel.network import MESSAGES_MAX, Body, Envelope, Network
from engine.kernel.rng import Streams
from engine.kernel.schedule import Schedule
from engine.scenario import Scenario
from engine.settings import named
from engine.world import Journal


class Cluster:
    """``members`` are the nodes on the ring; ``replicas`` also has those that are about to leave it."""

    def __init__(self, scenario: Scenario, schedule: Schedule, streams: Streams, journal: Journal) -> None:
        """Raises Refused where the scenario's settings do not go together."""
        self.actors: dict[str, Actor] = {}
        self.settings = first_settings(scenario)
        self.operations = 0
        self._joined = scenario.nodes
        self.members = tuple(f"n{place + 1}" for place in range(scenario.nodes))
        self.replicas = {
            node: Replica(node, place, self.members, self.settings) for place, node in enumerate(self.members)
        }
        self.clients = {client: Client(client, self.members, self.settings) for client in scenario.clients}
        self.some_leave = False
        self.load = Load()
        self._shown_links: dict[str, LinkState] = {}
        self.network = Network(schedule, streams, journal, self.settings.latency)
        self._wire(schedule, streams, journal)
        journal.show(0, "cluster", self.settings)
        for client in self.clients:
            self._show_client(client)
        for replica in self.replicas.values():
            replica.start()

    def _wire(self, schedule: Schedule, streams: Streams, journal: Journal) -> None:
        self._schedule, self._streams, self._journal = schedule, streams, journal
        # Nodes first, whenever they joined: a fork must go through them in the same order.
        self.actors = {**self.replicas, **self.clients}
        for actor in self.actors.values():
            self._connect(actor)

    def _connect(self, actor: Actor) -> None:
        actor.attach(Outbox(actor, self._schedule, self._streams, self.network, self._journal))

    def __del__(self) -> None:
        # Actors and their roles know each other: a cluster that nobody has any more would wait for the collector, which
        # comes seldom where there is much in memory.
        for actor in self.actors.values():
            actor.end()

    def _show_client(self, client: str) -> None:
        place = list(self.clients).index(client)
        state = ClientState(place, self.clients[client].skew_us)
        self._journal.show(self._schedule.now_us, client, state)

    def _note(self, code: str, /, **facts: str | int) -> None:
        next(iter(self.clients.values())).out.note(code, **facts)

    # Events

    def is_expected(self, event: object) -> bool:
        """Whether an event of the schedule still means something."""
        if isinstance(event, Envelope):
            return self.network.is_due(event)
        if isinstance(event, Wake):
            actor = self.actors.get(event.owner)
            return actor is not None and event.incarnation == actor.incarnation and actor.expects(event.timer)
        return not isinstance(event, ArrivalDue) or self.load.expects(event)

    def deliver(self, envelope: Envelope) -> None:
        if not self.network.take(envelope):
            return
        actor = self.actors.get(envelope.target)
        if actor is not None and actor.listens:
            self.network.end(envelope, "delivered")
            actor.receive(envelope.source, envelope.body)
        elif isinstance(actor, Replica) and actor.frozen and len(actor.waiting) < MESSAGES_MAX:
            self.network.end(envelope, "delivered")
            actor.waiting.append((envelope.source, envelope.body))
        elif envelope.body.role == "request" and not (isinstance(actor, Replica) and actor.frozen):
            # The process is gone but its host is not: the host refuses the connection, as TCP would.
            self.network.end(envelope, "refused")
            self._refuse(envelope.target, envelope.source, envelope.body)
        else:
            self.network.end(envelope, "lost")

    def _refuse(self, target: str, source: str, body: Body) -> None:
        self.network.send(target, source, Refusal(operation=body.operation, key=body.key, request=body))

    def wake(self, wake: Wake) -> None:
        actor = self.actors[wake.owner]
        if isinstance(actor, Replica) and actor.frozen:
            actor.waiting.append(wake.timer)
        else:
            actor.on_timer(wake.timer)

    def arrive(self) -> None:
        """The workload's next operation comes."""
        self.load.arrive(self, self._schedule, self._streams)

    # Commands: only those for which there is no reason against it

    @singledispatchmethod
    def do(self, command: object) -> None:
        raise NotImplementedError(f"no way to carry out {type(command).__name__}")

    @do.register
    def _(self, command: Write) -> None:
        client = self.clients[command.client]
        client.write(self.next_operation(), command.key, command.value, command.via, command.w)

    @do.register
    def _(self, command: Read) -> None:
        self.clients[command.client].read(self.next_operation(), command.key, command.via, command.r)

    def next_operation(self) -> str:
        self.operations += 1
        return f"op{self.operations}"

    @do.register
    def _(self, command: Workload) -> None:
        self.load.begin(command, self._schedule, self._streams)
        if self.load.workload is not None:
            self._journal.show(self._schedule.now_us, "workload", self.load.workload)
            percent = round(command.read_share * 100)
            self._note("workload_runs", rate=command.rate, percent=percent, keys=command.keys)
        else:
            self._journal.gone(self._schedule.now_us, "workload", "workload")
            self._note("workload_stops", invoked=self.load.invoked, skipped=self.load.skipped)

    @do.register
    def _(self, command: AddClient) -> None:
        name = next(letter for letter in ascii_uppercase if letter not in self.clients)
        client = Client(name, self.members, self.settings)
        self.clients[name] = client
        self.actors[name] = client
        self._connect(client)
        self._note("client_joins", client=name)
        self._show_client(name)

    @do.register
    def _(self, command: Crash) -> None:
        replica = self.replicas[command.node]
        waiting, replica.waiting = replica.waiting, []
        replica.crash(command.disk)
        for one in waiting:
            if isinstance(one, tuple) and one[1].role == "request":
                self._refuse(command.node, *one)

    @do.register
    def _(self, command: Restart) -> None:
        self.replicas[command.node].restart()

    @do.register
    def _(self, command: Wipe) -> None:
        self.replicas[command.node].wipe()

    @do.register
    def _(self, command: Freeze) -> None:
        self.replicas[command.node].freeze()

    @do.register
    def _(self, command: Thaw) -> None:
        self.replicas[command.node].thaw()

    @do.register
    def _(self, command: Slow) -> None:
        replica = self.replicas[command.node]
        replica.slow = command.factor
        self.network.slow.pop(command.node, None)
        if command.factor > 1:
            self.network.slow[command.node] = command.factor
        replica.show()
        self._note("node_slow", node=command.node, factor=command.factor)

    @do.register
    def _(self, command: Skew) -> None:
        actor = self.actors[command.actor]
        actor.skew_us = command.skew_us
        if isinstance(actor, Replica):
            actor.show()
        else:
            self._show_client(command.actor)
        self._note("skewed", actor=command.actor, skew_us=command.skew_us)

    @do.register
    def _(self, command: Partition) -> None:
        groups = tuple(group for group in command.groups if group)
        self._change_links(self.network.links.faults, groups)
        if groups:
            self._note("partitioned", groups=" | ".join(" ".join(group) for group in groups))
        else:
            self._note("healed")

    @do.register
    def _(self, command: Link) -> None:
        fault = Fault(command.cut, command.loss, command.duplicate, command.reorder)
        faults = self.network.links.faults | {(command.source, command.target): fault}
        self._change_links(faults, self.network.links.groups)
        code = "link_whole" if fault == WHOLE else "link_cut" if fault.cut else "link_faulty"
        self._note(code, source=command.source, target=command.target)

    @do.register
    def _(self, command: Heal) -> None:
        self._change_links({}, ())
        self._note("healed")

    def _change_links(self, faults: dict[tuple[str, str], Fault], groups: tuple[tuple[str, ...], ...]) -> None:
        now_us, links = self._schedule.now_us, self.network.links
        links.change(now_us, list(self.actors), faults, groups)
        self._show_links()

    def _show_links(self) -> None:
        now_us = self._schedule.now_us
        shown = self.network.links.states(list(self.actors))
        for entity, state in shown.items():
            if self._shown_links.get(entity) != state:
                self._journal.show(now_us, entity, state)
        for entity in self._shown_links:
            if entity not in shown:
                self._journal.gone(now_us, "link", entity)
        self._shown_links = shown

    @do.register
    def _(self, command: Hold) -> None:
        self._note_message("held", command.message)
        self.network.hold(command.message)

    @do.register
    def _(self, command: Release) -> None:
        self._note_message("released", command.message)
        self.network.release(command.message)

    @do.register
    def _(self, command: Drop) -> None:
        self._note_message("dropped", command.message)
        self.network.drop(command.message)

    @do.register
    def _(self, command: Duplicate) -> None:
        self._note_message("duplicated", command.message)
        self.network.duplicate(command.message)

    @do.register
    def _(self, command: Deliver) -> None:
        self._note_message("delivered_by_hand", command.message)
        self.deliver(self.network.pull_forward(command.message))

    def _note_message(self, code: str, message: str) -> None:
        envelope = self.network.find(message)
        assert envelope is not None
        self._note(code, message=message, type=envelope.body.type, source=envelope.source, target=envelope.target)

    @do.register
    def _(self, command: Gossip) -> None:
        for node, replica in list(self.replicas.items()):
            if replica.up and not replica.frozen and command.node in (None, node):
                replica.step()

    @do.register
    def _(self, command: Promote) -> None:
        replica = self.replicas[command.node]
        self._note("promoted", node=command.node)
        replica.leadership.lead((replica.election.term + 1, command.node))

    @do.register
    def _(self, command: AddNode) -> None:
        self._joined += 1
        node = f"n{self._joined}"
        replica = Replica(node, self._joined - 1, self.members, self.settings)
        self.replicas[node] = replica
        self.actors = {**self.replicas, **self.clients}
        self._connect(replica)
        self._note("node_joins", node=node)
        self._change_members((*self.members, node))
        replica.start()

    @do.register
    def _(self, command: RemoveNode) -> None:
        replica = self.replicas[command.node]
        self.some_leave = True
        if replica.up:
            replica.leave()
        self._change_members(tuple(node for node in self.members if node != command.node))
        if not replica.up and not replica.has_left:
            replica.vanish()

    def forget_the_gone(self) -> None:
        """Take out the nodes that have left."""
        for node in [node for node, replica in self.replicas.items() if replica.has_left]:
            del self.actors[node]
            self.replicas.pop(node).end()
            self.network.slow.pop(node, None)
            self._show_links()
        self.some_leave = any(replica.leaving for replica in self.replicas.values())

    def _change_members(self, members: tuple[str, ...]) -> None:
        n = len(members) if self.settings.strategy == "leader" else self.settings.n
        self._set(structs.replace(self.settings, nodes=len(members), n=n), members)

    @do.register
    def _(self, command: Configure) -> None:
        before = self.settings
        self._set(structs.replace(before, **named(command)), self.members)
        for code, facts in told(before, self.settings):
            self._note(code, **facts)

    def _set(self, settings: ClusterState, members: tuple[str, ...]) -> None:
        moves = (members, settings.n) != (self.members, self.settings.n)
        before = {node: replica.moving.keepers() for node, replica in self.replicas.items() if moves}
        self.members = members
        self.settings = structs.replace(settings, overlap=settings.w + settings.r > settings.n)
        if self.settings.latency != self.network.profile.name:
            self.network.use(self.settings.latency)
        self._journal.show(self._schedule.now_us, "cluster", self.settings)
        for actor in self.actors.values():
            actor.configure(self.settings, self.members)
        for node, keepers in before.items():
            self.replicas[node].moving.begin(keepers)

    def fork(self, schedule: Schedule, streams: Streams, journal: Journal) -> "Cluster":
        copy = object.__new__(Cluster)
        copy.__dict__.update(self.__dict__)
        # Where something goes wrong below, those of the original do not end with the copy.
        copy.actors = {}
        copy.replicas = {node: replica.fork() for node, replica in self.replicas.items()}
        copy.clients = {name: client.fork() for name, client in self.clients.items()}
        copy.load = self.load.fork()
        copy.network = self.network.fork(schedule, streams, journal)
        copy._wire(schedule, streams, journal)
        return copy
