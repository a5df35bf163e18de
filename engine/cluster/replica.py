"""A node: it stores, answers what is asked, and takes up the other roles of a node."""

from typing import Literal

from engine.changes import HintState, NodeState, RecordState
from engine.cluster.actor import Actor, Role, Timer
from engine.cluster.coordinator import Coordinator
from engine.cluster.election import Election
from engine.cluster.gossip import Gossip
from engine.cluster.hints import Hints
from engine.cluster.leadership import Leadership
from engine.cluster.messages import (
    ClientRequest,
    GetReply,
    GetRequest,
    PutAck,
    PutRequest,
    PutStale,
    RepairAck,
    RepairRequest,
)
from engine.cluster.moving import Moving
from engine.cluster.versions import merge_all, siblings
from engine.kernel.network import Body
from engine.settings import Settings
from engine.values import Siblings


class Keeper(Role):
    """Stores and tells. Under the writer's own counter, a put must move the number up (docs/decisions/0005)."""

    host: "Replica"

    def on_put_request(self, source: str, put: PutRequest) -> None:
        key, storage = put.key, self.host.storage
        assert key is not None
        if self.host.settings.versions == "counter":
            held = storage.held(key)
            if held and held != put.records and held[-1].version.counter >= put.records[-1].version.counter:
                self.out.send(source, PutStale(operation=put.operation, key=key, records=held, round=put.round))
                return
        if put.hint_for is None or put.hint_for == self.host.id:
            self.host.store(key, put.records)
        else:
            self.host.keep_hint(put.hint_for, key, put.records)
        self.out.send(source, PutAck(operation=put.operation, key=key, records=put.records, round=put.round))

    def on_get_request(self, source: str, get: GetRequest) -> None:
        assert get.key is not None
        records = self.host.storage.held(get.key)
        self.out.send(source, GetReply(operation=get.operation, key=get.key, records=records, round=get.round))

    def on_repair_request(self, source: str, repair: RepairRequest) -> None:
        assert repair.key is not None
        self.host.store(repair.key, repair.records)
        self.out.send(
            source,
            RepairAck(operation=repair.operation, key=repair.key, records=repair.records, round=repair.round),
        )

    def on_client_request(self, source: str, request: ClientRequest) -> None:
        if self.host.settings.strategy == "leader":
            self.host.leadership.take(source, request)
        else:
            self.host.coordinator.take(source, request)

    handlers = {  # noqa: RUF012
        PutRequest: on_put_request,
        GetRequest: on_get_request,
        RepairRequest: on_repair_request,
        ClientRequest: on_client_request,
    }


class Replica(Actor):
    """``place`` counts nodes in the order in which they joined, from 0."""

    def __init__(self, node: str, place: int, members: tuple[str, ...], settings: Settings) -> None:
        super().__init__(node, members, settings)
        self.place = place
        self.up = True
        self.frozen = False
        self.leaving = False
        self.has_left = False
        self.slow = 1
        # What reached a frozen process, in order.
        self.waiting: list[tuple[str, Body] | Timer] = []
        self.coordinator = Coordinator(self)
        self.gossip = Gossip(self)
        self.hints = Hints(self)
        self.moving = Moving(self)
        self.election = Election(self)
        self.leadership = Leadership(self)
        self._play(Keeper(self))

    def _play(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.play(keeper, self.coordinator, self.gossip, self.hints, self.moving, self.election, self.leadership)

    # Life and death

    def start(self) -> None:
        for role in self.roles:
            role.start()
            if self.has_left:
                # It was to hand over what its disk had, and that is lost.
                return
        self.show()

    def crash(self, disk: Literal["kept", "lost"]) -> None:
        """The process is gone, with all that it had not put on its disk."""
        self.up, self.frozen, self.listens = False, False, False
        self.incarnation += 1
        for role in self.roles:
            role.stop()
        self.show()
        if disk == "lost":
            self.lose_disk()
            self.out.note("disk_lost", node=self.id)
        else:
            self.out.note("node_down", node=self.id)

    def wipe(self) -> None:
        """Its disk is empty; what runs on it starts again with nothing."""
        if self.up:
            self.crash("lost")
            self.restart()
        else:
            self.lose_disk()
            self.show()
            self.out.note("disk_wiped", node=self.id)

    def lose_disk(self) -> None:
        """All that was stored here is lost."""
        for key in self.storage.records:
            self.out.gone("record", f"{self.id}/{key}")
        for target, key in self.storage.hints:
            self.out.gone("hint", f"{self.id}/{target}/{key}")
        self.storage.lose()

    def restart(self) -> None:
        self.up, self.listens = True, True
        self.out.note("node_up", node=self.id, records=len(self.storage.records))
        self.start()
        if self.settings.gossip_every_us and self.up:
            self.step()

    def freeze(self) -> None:
        self.frozen, self.listens = True, False
        self.show()
        self.out.note("node_frozen", node=self.id)

    def thaw(self) -> None:
        """Go on, with what has waited first. It may have been long: timers that are void by now are dropped."""
        self.frozen, self.listens = False, True
        self.show()
        waiting, self.waiting = self.waiting, []
        self.out.note("node_thawed", node=self.id, waiting=len(waiting))
        for one in waiting:
            if isinstance(one, tuple):
                self.receive(*one)
            elif self.expects(one):
                self.on_timer(one)

    def leave(self) -> None:
        """From now on this node only hands over what it keeps, and then is gone."""
        self.leaving = True
        self.show()
        self.out.note("node_leaves", node=self.id, records=len(self.storage.records))

    def gone(self) -> None:
        """Nothing is left to hand over."""
        self.up, self.listens = False, False
        self.incarnation += 1
        for role in self.roles:
            role.stop()
        self.vanish()

    def vanish(self) -> None:
        """The node, and all that is on its disk, is no more."""
        self.has_left = True
        self.lose_disk()
        self.out.gone("node", self.id)
        self.out.note("node_gone", node=self.id)

    def step(self) -> None:
        """One step of anti-entropy, by hand or because it is time."""
        if self.settings.strategy == "leader":
            self.leadership.catch_up()
        else:
            self.gossip.step()

    def show(self) -> None:
        leads = self.settings.strategy == "leader"
        status: Literal["up", "down", "frozen", "leaving"] = "up" if self.up else "down"
        if self.up and (self.frozen or self.leaving):
            status = "frozen" if self.frozen else "leaving"
        self.out.show(
            self.id,
            NodeState(
                place=self.place,
                status=status,
                slow=self.slow,
                skew_us=self.skew_us,
                role=self.leadership.role if leads else None,
                term=self.storage.ballot[0] if leads else None,
            ),
        )

    # What it holds

    def store(self, key: str, records: Siblings) -> bool:
        """Keep what is not covered, and show it; whether anything was kept."""
        if not self.storage.put(key, records):
            return False
        self.show_record(key)
        self.moving.took(key)
        return True

    def show_record(self, key: str) -> None:
        held = self.storage.records.get(key)
        entity = f"{self.id}/{key}"
        if held:
            newest = held[-1]
            state = RecordState(self.id, key, newest.value, newest.version, newest.write, siblings(held))
            self.out.show(entity, state)
        else:
            self.out.gone("record", entity)

    def keep_hint(self, target: str, key: str, records: Siblings) -> None:
        """Keep records that are another node's, until it takes them."""
        kept = merge_all(self.storage.hints.get((target, key), ()), records)
        self.storage.hints[target, key] = kept
        newest = kept[-1]
        self.out.show(
            f"{self.id}/{target}/{key}",
            HintState(self.id, target, key, newest.value, newest.version, newest.write),
        )
        self.hints.plan()

    def fork(self) -> "Replica":
        copy = object.__new__(Replica)
        copy.__dict__.update(self.__dict__)
        copy.storage = self.storage.fork()
        copy.waiting = self.waiting.copy()
        copy.coordinator, copy.gossip = self.coordinator.fork(copy), self.gossip.fork(copy)
        copy.hints, copy.moving = self.hints.fork(copy), self.moving.fork(copy)
        copy.election, copy.leadership = self.election.fork(copy), self.leadership.fork(copy)
        copy._play(self.keeper.fork(copy))
        return copy
