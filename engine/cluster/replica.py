"""A node: every one is a master. It stores what is newer, answers what is asked, and gossips."""

from engine.changes import ClusterState, NodeState, RecordState
from engine.cluster.actor import Actor, Outbox, Timer
from engine.cluster.anti_entropy import Exchange
from engine.cluster.messages import (
    GetReply,
    GetRequest,
    GossipDelta,
    GossipDigest,
    PutAck,
    PutRequest,
    PutStale,
    Refusal,
)
from engine.cluster.placement import preference_list
from engine.cluster.storage import Storage
from engine.values import Record


class GossipDue(Timer, frozen=True, gc=False):
    """Time for the next exchange. ``setting`` voids it when the gossip setting has changed since."""

    setting: int


class Replica(Actor):
    def __init__(self, node: str, nodes: tuple[str, ...], cluster: ClusterState) -> None:
        super().__init__(node, nodes, cluster)
        self.up = True
        self.storage = Storage()
        self._exchange: Exchange | None = None
        self._gossip_setting = 0

    # Life and death

    def start(self, out: Outbox) -> None:
        self._show(out)
        self._plan_gossip(out)

    def crash(self, out: Outbox) -> None:
        """The process is gone, with all that it had not put on its disk."""
        self.up = False
        self.incarnation += 1
        self._exchange = None
        self._show(out)
        out.note("node_down", node=self.id)

    def restart(self, out: Outbox) -> None:
        self.up = True
        self._show(out)
        out.note("node_up", node=self.id, records=len(self.storage.records))
        if self.cluster.gossip_every_us:
            self.gossip(out)
        self._plan_gossip(out)

    def _show(self, out: Outbox) -> None:
        out.show(self.id, NodeState(place=self.nodes.index(self.id), status="up" if self.up else "down"))

    # Quorum requests

    def on_put_request(self, source: str, put: PutRequest, out: Outbox) -> None:
        assert put.key is not None and put.record is not None
        held = self.storage.records.get(put.key)
        # A put must move the number up. Equal numbers of two writers are told apart by gossip alone, where nobody
        # is left to choose a larger one.
        if held is not None and held.version.counter >= put.record.version.counter and held != put.record:
            out.send(source, PutStale(operation=put.operation, key=put.key, record=held, round=put.round))
            return
        if self.storage.put(put.key, put.record):
            self._show_record(put.key, put.record, out)
        out.send(source, PutAck(operation=put.operation, key=put.key, record=put.record, round=put.round))

    def on_get_request(self, source: str, get: GetRequest, out: Outbox) -> None:
        assert get.key is not None
        out.send(source, GetReply(operation=get.operation, key=get.key, record=self.storage.records.get(get.key)))

    def _show_record(self, key: str, record: Record, out: Outbox) -> None:
        out.show(
            f"{self.id}/{key}",
            RecordState(node=self.id, key=key, value=record.value, version=record.version, write=record.write),
        )

    # Gossip

    def configure(self, cluster: ClusterState, out: Outbox) -> None:
        before, self.cluster = self.cluster, cluster
        if before.gossip_every_us != cluster.gossip_every_us:
            self._gossip_setting += 1
            if self.up:
                self._plan_gossip(out)

    def _plan_gossip(self, out: Outbox) -> None:
        every_us = self.cluster.gossip_every_us
        if every_us:
            # Anywhere in the next period, so that the nodes do not all speak at once.
            out.wake_after(1 + out.pick(every_us, "gossip phase"), GossipDue(self._gossip_setting))

    def expects(self, timer: Timer) -> bool:
        return isinstance(timer, GossipDue) and timer.setting == self._gossip_setting

    def on_timer(self, timer: Timer, out: Outbox) -> None:
        self.gossip(out)
        out.wake_after(self.cluster.gossip_every_us, timer)

    def gossip(self, out: Outbox) -> None:
        """Ask a random peer for the versions missed here."""
        peers = [node for node in self.nodes if node != self.id]
        self._exchange = Exchange(peers)
        self._ask_next(out)

    def _ask_next(self, out: Outbox) -> None:
        assert self._exchange is not None
        peer = self._exchange.next_peer(lambda bound: out.pick(bound, "gossip peer"))
        if peer is None:
            self._exchange = None
            out.note("gossip_alone", node=self.id)
            return
        out.note("gossip_asks", node=self.id, peer=peer)
        out.send(peer, GossipDigest(versions=self.storage.versions()))

    def on_gossip_digest(self, source: str, digest: GossipDigest, out: Outbox) -> None:
        missed = {
            key: record
            for key, record in self.storage.newer_than(digest.versions).items()
            if source in preference_list(key, self.nodes, self.cluster.n)
        }
        out.send(source, GossipDelta(records=missed))

    def on_gossip_delta(self, source: str, delta: GossipDelta, out: Outbox) -> None:
        pulled = 0
        for key, record in delta.records.items():
            if self.storage.put(key, record):
                pulled += 1
                self._show_record(key, record, out)
        if pulled:
            out.note("gossip_pulled", node=self.id, peer=source, records=pulled)
        else:
            out.note("gossip_same", node=self.id, peer=source)
        self._exchange = None

    def on_refusal(self, source: str, refusal: Refusal, out: Outbox) -> None:
        """The peer is down: ask another. An answer to an exchange that a crash ended is ignored."""
        if self._exchange is not None and self._exchange.asked == source:
            out.note("gossip_refused", node=self.id, peer=source)
            self._ask_next(out)

    def fork(self) -> "Replica":
        copy = Replica(self.id, self.nodes, self.cluster)
        copy.up = self.up
        copy.incarnation = self.incarnation
        copy.storage = self.storage.fork()
        copy._exchange = self._exchange.fork() if self._exchange else None
        copy._gossip_setting = self._gossip_setting
        return copy

    handlers = {  # noqa: RUF012
        PutRequest: on_put_request,
        GetRequest: on_get_request,
        GossipDigest: on_gossip_digest,
        GossipDelta: on_gossip_delta,
        Refusal: on_refusal,
    }
