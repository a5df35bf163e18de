"""The façade: a cluster that runs in virtual time, as a pure function of scenario, seed and commands."""

from functools import singledispatchmethod

import msgspec

from engine.changes import Change, ClientState, ClusterState
from engine.cluster.actor import Actor, Outbox, Wake
from engine.cluster.client import PENDING_MAX, Client
from engine.cluster.messages import Refusal
from engine.cluster.replica import Replica
from engine.commands import Command, Configure, Crash, Gossip, Read, Restart, Write
from engine.kernel.latency import PROFILES
from engine.kernel.network import Delivery, Network
from engine.kernel.rng import Streams
from engine.kernel.schedule import SCRIPT, Schedule
from engine.outcomes import Refused
from engine.scenario import Scenario, Scripted, majority
from engine.units import Us
from engine.world import Journal

# Raised whenever the same log would give another run: a room says which version it was made with.
ENGINE_VERSION = 1


class Simulation:
    """One cluster. Nothing in it knows the wall clock: ``run_until`` is told how far to go.

    A refused command (``Refused``) and a refused journey (``run_until`` into the past) change nothing.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self._schedule = Schedule()
        self._streams = Streams(seed)
        self._journal = Journal()
        self._network = Network(self._schedule, self._streams, self._journal, scenario.latency)
        self._operations = 0
        self._cluster = _first_settings(scenario)
        nodes = tuple(f"n{place + 1}" for place in range(scenario.nodes))
        self._replicas = {node: Replica(node, nodes, self._cluster) for node in nodes}
        self._clients = {client: Client(client, nodes, self._cluster) for client in scenario.clients}
        self._wire()
        self._journal.show(0, "cluster", self._cluster)
        for place, client in enumerate(self._clients):
            self._journal.show(0, client, ClientState(place))
        for node, replica in self._replicas.items():
            replica.start(self._out[node])
        for scripted in scenario.script:
            self._schedule.push(scripted.at_us, SCRIPT, scripted)

    def _wire(self) -> None:
        self._actors: dict[str, Actor] = {**self._replicas, **self._clients}
        self._out = {
            name: Outbox(actor, self._schedule, self._streams, self._network, self._journal)
            for name, actor in self._actors.items()
        }

    # Time

    @property
    def now_us(self) -> Us:
        return self._schedule.now_us

    @property
    def next_event_us(self) -> Us | None:
        """When something next happens by itself; None: never, until a command comes."""
        while isinstance(event := self._schedule.peek(), Wake) and not self._is_expected(event):
            self._schedule.discard()
        return self._schedule.next_us()

    def _is_expected(self, wake: Wake) -> bool:
        actor = self._actors[wake.owner]
        return wake.incarnation == actor.incarnation and actor.expects(wake.timer)

    def run_until(self, at_us: Us, events_max: int | None = None) -> None:
        """Let everything happen that is due by ``at_us``; then it is ``at_us``.

        ``events_max`` bounds the work: where it is reached, the run stops early, at a moment all of
        whose events have happened. Raises Refused("time_runs_forward").
        """
        schedule = self._schedule
        if at_us < schedule.now_us:
            raise Refused("time_runs_forward", "at_us", now_us=schedule.now_us)
        left = events_max
        while (next_us := schedule.next_us()) is not None and next_us <= at_us:
            if left is not None:
                if left <= 0 and next_us > schedule.now_us:
                    return
                left -= 1
            self._happen(schedule.pop())
        schedule.now_us = at_us

    def step(self) -> bool:
        """Go to the next moment at which something happens; False if nothing ever will."""
        next_us = self.next_event_us
        if next_us is None:
            return False
        self.run_until(next_us)
        return True

    def _happen(self, event: object) -> None:
        if isinstance(event, Delivery):
            self._deliver(event)
        elif isinstance(event, Wake):
            if self._is_expected(event):
                self._actors[event.owner].on_timer(event.timer, self._out[event.owner])
        elif isinstance(event, Scripted) and self._reason_against(event.command) is None:
            self._do(event.command)

    def _deliver(self, delivery: Delivery) -> None:
        envelope = self._network.take(delivery.message)
        replica = self._replicas.get(envelope.target)
        if replica is None or replica.up:
            self._network.end(envelope, "delivered")
            self._actors[envelope.target].receive(envelope.source, envelope.body, self._out[envelope.target])
        elif envelope.body.role == "request":
            # The process is gone but its host is not: the host refuses the connection, as TCP would.
            self._network.end(envelope, "refused")
            body = envelope.body
            refusal = Refusal(operation=body.operation, key=body.key, request=body)
            self._network.send(envelope.target, envelope.source, refusal)
        else:
            self._network.end(envelope, "lost")

    # Commands

    def check(self, command: Command) -> None:
        """Raise Refused if ``apply`` would; change nothing."""
        reason = self._reason_against(command)
        if reason is not None:
            raise reason

    def apply(self, command: Command) -> None:
        """Carry out a command now, or raise Refused and change nothing."""
        self.check(command)
        self._do(command)

    def _reason_against(self, command: Command) -> Refused | None:
        if isinstance(command, Write | Read):
            return self._reason_against_operation(command.client)
        if isinstance(command, Crash | Restart | Gossip):
            return self._reason_against_node(command)
        return self._reason_against_settings(command)

    def _reason_against_operation(self, name: str) -> Refused | None:
        client = self._clients.get(name)
        if client is None:
            return Refused("unknown_client", "client", clients=", ".join(self._clients))
        if client.pending >= PENDING_MAX:
            return Refused("too_many_pending", "client", client=name, max=PENDING_MAX)
        return None

    def _reason_against_node(self, command: Crash | Restart | Gossip) -> Refused | None:
        if command.node is None:
            return None
        replica = self._replicas.get(command.node)
        if replica is None:
            return Refused("unknown_node", "node", first="n1", last=f"n{len(self._replicas)}")
        if isinstance(command, Restart):
            return Refused("already_up", "node", node=command.node) if replica.up else None
        if replica.up:
            return None
        return Refused("already_down" if isinstance(command, Crash) else "node_down", "node", node=command.node)

    def _reason_against_settings(self, command: Configure) -> Refused | None:
        asked = _named(command)
        if not asked:
            return Refused("nothing_to_change")
        if command.latency is not None and command.latency not in PROFILES:
            return Refused("unknown_latency", "latency", profiles=", ".join(PROFILES))
        settings = msgspec.structs.replace(self._cluster, **asked)
        if settings.n > settings.nodes:
            return Refused("out_of_range", "n", min=1, max=settings.nodes, value=settings.n)
        for field, value in (("w", settings.w), ("r", settings.r)):
            if value > settings.n:
                return Refused("out_of_range", field, min=1, max=settings.n, value=value)
        return None

    @singledispatchmethod
    def _do(self, command: object) -> None:
        raise NotImplementedError(f"no way to carry out {type(command).__name__}")

    @_do.register
    def _(self, command: Write) -> None:
        self._clients[command.client].write(
            self._next_operation(), command.key, command.value, self._out[command.client]
        )

    @_do.register
    def _(self, command: Read) -> None:
        self._clients[command.client].read(self._next_operation(), command.key, self._out[command.client])

    @_do.register
    def _(self, command: Crash) -> None:
        self._replicas[command.node].crash(self._out[command.node])

    @_do.register
    def _(self, command: Restart) -> None:
        self._replicas[command.node].restart(self._out[command.node])

    @_do.register
    def _(self, command: Gossip) -> None:
        for node, replica in self._replicas.items():
            if replica.up and command.node in (None, node):
                replica.gossip(self._out[node])

    @_do.register
    def _(self, command: Configure) -> None:
        before, asked = self._cluster, _named(command)
        settings = msgspec.structs.replace(before, **asked)
        settings = msgspec.structs.replace(settings, overlap=settings.w + settings.r > settings.n)
        self._cluster = settings
        self._network.profile = PROFILES[settings.latency]
        self._journal.show(self.now_us, "cluster", settings)
        self._note_settings(before, settings)
        for name, actor in self._actors.items():
            actor.configure(settings, self._out[name])

    def _note_settings(self, before: ClusterState, after: ClusterState) -> None:
        note = self._out[next(iter(self._actors))].note
        if (before.n, before.w, before.r) != (after.n, after.w, after.r):
            note("settings", n=after.n, w=after.w, r=after.r, sum=after.w + after.r)
        if before.gossip_every_us != after.gossip_every_us:
            if after.gossip_every_us:
                note("gossip_runs", every_us=after.gossip_every_us)
            else:
                note("gossip_by_hand")
        if before.timeout_us != after.timeout_us:
            note("timeout_set", timeout_us=after.timeout_us)
        if before.latency != after.latency:
            note("latency_set", latency=after.latency)

    def _next_operation(self) -> str:
        self._operations += 1
        return f"op{self._operations}"

    # What can be seen

    def take_changes(self) -> list[Change]:
        """The changes since the last call, in the order in which they happened."""
        return self._journal.drain()

    def snapshot(self) -> list[Change]:
        """The latest version of every living entity: what somebody who joins now needs."""
        return self._journal.world.entities()

    def digest(self) -> str:
        """The whole run so far in 32 hex digits: the same log gives the same digest, anywhere."""
        return self._journal.digest()

    def fork(self) -> "Simulation":
        """An independent copy that goes on from here."""
        copy = object.__new__(Simulation)
        copy.scenario, copy.seed = self.scenario, self.seed
        copy._schedule = self._schedule.fork()
        copy._streams = self._streams.fork()
        copy._journal = self._journal.fork()
        copy._network = self._network.fork(copy._schedule, copy._streams, copy._journal)
        copy._operations = self._operations
        copy._cluster = self._cluster
        copy._replicas = {node: replica.fork() for node, replica in self._replicas.items()}
        copy._clients = {name: client.fork() for name, client in self._clients.items()}
        copy._wire()
        return copy


def _named(command: Configure) -> dict[str, object]:
    return {field: value for field, value in msgspec.structs.asdict(command).items() if value is not None}


def _first_settings(scenario: Scenario) -> ClusterState:
    n = scenario.n or scenario.nodes
    w, r = scenario.w or majority(n), scenario.r or majority(n)
    return ClusterState(
        nodes=scenario.nodes,
        n=n,
        w=w,
        r=r,
        overlap=w + r > n,
        timeout_us=scenario.timeout_us,
        gossip_every_us=scenario.gossip_every_us,
        latency=scenario.latency,
    )
