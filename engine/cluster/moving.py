"""Nodes come and go: records move to those who keep them from now on.

When the ring has changed, a node that no longer keeps a key offers it to all who do, and drops it when
they have it. Where a key has a new keeper, the first of its keepers that stayed offers it to the new one.
What is refused or lost is offered again.
"""

from typing import TYPE_CHECKING

from engine.cluster.actor import Role, Timer
from engine.cluster.messages import GossipKept, GossipPush
from engine.values import Siblings, Version

if TYPE_CHECKING:
    from engine.cluster.replica import Replica


class MoveDue(Timer, frozen=True, gc=False):
    """Time to offer again what has not been taken."""


class Moving(Role):
    """``_owed``: for each key, who has yet to say that it has it."""

    host: "Replica"

    def __init__(self, host: "Replica") -> None:
        super().__init__(host)
        self._owed: dict[str, tuple[str, ...]] = {}
        self._planned = False

    def start(self) -> None:
        """After a crash only what is no longer this node's own is known to be owed."""
        self._planned = False
        self.begin()

    def stop(self) -> None:
        self._owed = {}

    def begin(self, keepers_before: dict[str, tuple[str, ...]] | None = None) -> None:
        """Work out who is owed what, and offer it."""
        if self.host.settings.strategy == "leader" or not self.host.up:
            return
        here, members, n = self.host.id, self.host.members, self.host.settings.n
        self._owed = {key: left for key, owed in self._owed.items() if (left := tuple(x for x in owed if x in members))}
        for key in self.host.storage.records:
            keepers = self.host.ring.preference_list(key, n)
            if here not in keepers:
                self._owed[key] = keepers
            elif keepers_before is not None and key in keepers_before:
                stayed = [node for node in keepers if node in keepers_before[key]]
                new = tuple(node for node in keepers if node not in keepers_before[key])
                if new and stayed and stayed[0] == here:
                    self._owed[key] = new
        self._offer()

    def keepers(self) -> dict[str, tuple[str, ...]]:
        """Who keeps each key that is here, by the ring as it is."""
        order, n = self.host.ring.preference_list, self.host.settings.n
        return {key: order(key, n) for key in self.host.storage.records}

    def _offer(self) -> None:
        parcels: dict[str, dict[str, Siblings]] = {}
        for key, owed in self._owed.items():
            for node in owed:
                parcels.setdefault(node, {})[key] = self.host.storage.records[key]
        for node, records in parcels.items():
            self.out.note("moves", node=self.host.id, target=node, records=len(records))
            self.out.send(node, GossipPush(missed=records, moved=True))
        if not parcels:
            self._over()
        # One who leaves with hints for a node that is down waits for it.
        if (parcels or (self.host.leaving and self.host.up)) and not self._planned:
            self._planned = True
            self.out.wake_after(self.host.settings.handoff_every_us, MoveDue())

    def on_gossip_kept(self, source: str, kept: GossipKept) -> None:
        for key, versions in kept.kept.items():
            held = self.host.storage.records.get(key)
            if key not in self._owed or held is None or not _is_all(held, versions):
                continue
            left = tuple(node for node in self._owed[key] if node != source)
            if left:
                self._owed[key] = left
                continue
            del self._owed[key]
            if self.host.id not in self.host.ring.preference_list(key, self.host.settings.n):
                del self.host.storage.records[key]
                self.host.show_record(key)
        if not self._owed:
            self._over()

    def _over(self) -> None:
        if self.host.leaving and not self.host.storage.hints:
            self.host.gone()

    def expects(self, timer: MoveDue) -> bool:
        return bool(self._owed) or self.host.leaving

    def on_move_due(self, timer: MoveDue) -> None:
        self._planned = False
        self.begin()

    def own(self) -> None:
        self._owed = self._owed.copy()

    handlers = {GossipKept: on_gossip_kept}  # noqa: RUF012
    timers = {MoveDue: on_move_due}  # noqa: RUF012


def _is_all(held: Siblings, versions: tuple[Version, ...]) -> bool:
    return all(record.version in versions for record in held)
