"""Anti-entropy: nodes compare versions with random peers, and move what is missed (Demers et al. 1987).

An exchange begins with the versions (or first with hashes of them, level by level down a Merkle tree,
until it is known which keys differ). The peer answers with what was missed here (pull) and with what
it misses itself (push). A node does not know who is down: where a peer's host refuses, it asks another.
"""

from typing import TYPE_CHECKING

from engine.cluster.actor import Role, Timer
from engine.cluster.merkle import LEVELS, Tree, children, leaf
from engine.cluster.messages import GossipDelta, GossipDigest, GossipKept, GossipPush, MerkleDiffers, MerkleHashes
from engine.settings import Settings
from engine.values import Siblings, Version

if TYPE_CHECKING:
    from engine.cluster.replica import Replica

Digest = dict[str, tuple[Version, ...]]


class GossipDue(Timer, frozen=True, gc=False):
    """Time for the next step. ``setting`` voids it when the gossip setting has changed since."""

    setting: int


class Gossip(Role):
    host: "Replica"

    def __init__(self, host: "Replica") -> None:
        super().__init__(host)
        self._setting = 0
        self._asked: list[str] = []
        self._untried: list[str] = []

    def start(self) -> None:
        every_us = self.host.settings.gossip_every_us
        if every_us:
            # Anywhere in the next period, so that the nodes do not all speak at once.
            self.out.wake_after(1 + self.out.pick(every_us, "gossip phase"), GossipDue(self._setting))

    def stop(self) -> None:
        self._asked, self._untried = [], []

    def configured(self, before: Settings) -> None:
        if before.gossip_every_us != self.host.settings.gossip_every_us:
            self._setting += 1
            if self.host.up:
                self.start()

    def expects(self, timer: GossipDue) -> bool:
        return timer.setting == self._setting

    def on_gossip_due(self, timer: GossipDue) -> None:
        self.host.step()
        self.out.wake_after(self.host.settings.gossip_every_us, timer)

    # An exchange, from its beginning

    def step(self) -> None:
        """Ask ``gossip_fanout`` random peers."""
        self._untried = [node for node in self.host.members if node != self.host.id]
        self._asked = []
        for _ in range(self.host.settings.gossip_fanout):
            self._ask_next()

    def _ask_next(self) -> None:
        if not self._untried:
            if not self._asked:
                self.out.note("gossip_alone", node=self.host.id)
            return
        peer = self._untried.pop(self.out.pick(len(self._untried), "gossip peer"))
        self._asked.append(peer)
        self.out.note("gossip_asks", node=self.host.id, peer=peer)
        if self.host.settings.gossip_digest == "merkle":
            self.out.send(peer, MerkleHashes(level=0, hashes=self._tree(peer).hashes(0, [0])))
        else:
            self._send_digest(peer, self._shared(peer), None)

    def on_refusal(self, source: str, request: GossipDigest | MerkleHashes) -> None:
        """The peer is down: ask another. An answer to an exchange that is over is ignored."""
        if source in self._asked:
            self._asked.remove(source)
            self.out.note("gossip_refused", node=self.host.id, peer=source)
            self._ask_next()

    def _shared(self, peer: str) -> Digest:
        """The versions of the keys that both keep."""
        order, n = self.host.ring.preference_list, self.host.settings.n
        here = self.host.id
        return {
            key: versions
            for key, versions in self.host.storage.versions().items()
            if peer in (nodes := order(key, n)) and here in nodes
        }

    def _send_digest(self, peer: str, versions: Digest, buckets: tuple[int, ...] | None) -> None:
        mode = self.host.settings.gossip_mode
        self.out.send(peer, GossipDigest(versions=versions, pull=mode != "push", push=mode != "pull", buckets=buckets))

    # Down the tree

    def _tree(self, peer: str) -> Tree:
        return Tree(self._shared(peer))

    def on_merkle_hashes(self, source: str, theirs: MerkleHashes) -> None:
        nodes = self._tree(source).differing(theirs.level, theirs.hashes)
        self.out.send(source, MerkleDiffers(level=theirs.level, nodes=nodes))

    def on_merkle_differs(self, source: str, differs: MerkleDiffers) -> None:
        if source not in self._asked:
            return
        if not differs.nodes:
            self._done(source, 0)
        elif differs.level < LEVELS:
            level = differs.level + 1
            hashes = self._tree(source).hashes(level, children(differs.nodes))
            self.out.send(source, MerkleHashes(level=level, hashes=hashes))
        else:
            leaves = set(differs.nodes)
            shared = {key: versions for key, versions in self._shared(source).items() if leaf(key) in leaves}
            self._send_digest(source, shared, differs.nodes)

    # Versions and records

    def on_gossip_digest(self, source: str, digest: GossipDigest) -> None:
        mine = self._shared(source)
        if digest.buckets is not None:
            leaves = set(digest.buckets)
            mine = {key: versions for key, versions in mine.items() if leaf(key) in leaves}
        records = self.host.storage.records
        missed: dict[str, Siblings] = {}
        wanted: tuple[str, ...] = ()
        if digest.pull:
            theirs = digest.versions
            missed = {key: records[key] for key, held in mine.items() if self._adds(held, theirs.get(key, ()))}
        if digest.push:
            order, n = self.host.ring.preference_list, self.host.settings.n
            wanted = tuple(
                key
                for key, theirs in digest.versions.items()
                if self.host.id in order(key, n) and self._adds(theirs, mine.get(key, ()))
            )
        self.out.send(source, GossipDelta(missed=missed, wanted=wanted))

    def _adds(self, offered: tuple[Version, ...], held: tuple[Version, ...]) -> bool:
        """Whether who holds these versions may lack something of what is offered."""
        if self.host.settings.versions == "vector":
            # Dots alone do not say what is in whose past; a record that comes in vain does no harm.
            return any(dot not in held for dot in offered)
        return bool(offered) and (not held or max(offered) > max(held))

    def on_gossip_delta(self, source: str, delta: GossipDelta) -> None:
        pulled = sum(self.host.store(key, records) for key, records in delta.missed.items())
        records = self.host.storage.records
        wanted = {key: records[key] for key in delta.wanted if key in records}
        if wanted:
            self.out.note("gossip_pushes", node=self.host.id, peer=source, records=len(wanted))
            self.out.send(source, GossipPush(missed=wanted))
        if pulled or not wanted:
            self._done(source, pulled)

    def on_gossip_push(self, source: str, push: GossipPush) -> None:
        stored = sum(self.host.store(key, records) for key, records in push.missed.items())
        if stored:
            self.out.note("gossip_got", node=self.host.id, peer=source, records=stored)
        if push.moved:
            kept = {key: tuple(record.version for record in records) for key, records in push.missed.items()}
            self.out.send(source, GossipKept(kept=kept))

    def _done(self, peer: str, pulled: int) -> None:
        if peer in self._asked:
            self._asked.remove(peer)
        if pulled:
            self.out.note("gossip_pulled", node=self.host.id, peer=peer, records=pulled)
        else:
            self.out.note("gossip_same", node=self.host.id, peer=peer)

    def own(self) -> None:
        self._asked, self._untried = self._asked.copy(), self._untried.copy()

    handlers = {  # noqa: RUF012
        GossipDigest: on_gossip_digest,
        GossipDelta: on_gossip_delta,
        GossipPush: on_gossip_push,
        MerkleHashes: on_merkle_hashes,
        MerkleDiffers: on_merkle_differs,
    }
    refusals = {GossipDigest: on_refusal, MerkleHashes: on_refusal}  # noqa: RUF012
    timers = {GossipDue: on_gossip_due}  # noqa: RUF012
