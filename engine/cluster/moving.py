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
    """Time to offer again what has not been taken. ``plan`` voids it when nothing was owed meanwhile."""

    plan: int


class Moving(Role):
    """``_owed``: for each key, who has yet to say that it has it."""

    host: "Replica"

    def __init__(self, host: "Replica") -> None:
        super().__init__(host)
        self._owed: dict[str, tuple[str, ...]] = {}
        self._planned = False
        self._plan = 0

    def start(self) -> None:
        """After a crash only what is no longer this node's own is known to be owed."""
        self._unplan()
        self.begin({})

    def stop(self) -> None:
        self._owed = {}

    def keepers(self) -> dict[str, tuple[str, ...]]:
        """Who keeps each key that is here, by the ring and n as they are."""
        return {key: self._keepers(key) for key in self.host.storage.records}

    def _keepers(self, key: str) -> tuple[str, ...]:
        return self.host.ring.preference_list(key, self.host.settings.n)

    def begin(self, before: dict[str, tuple[str, ...]]) -> None:
        """Work out who is owed what, now that others keep the keys than ``before``, and offer it."""
        if self.host.settings.strategy == "leader" or not self.host.up:
            return
        here, members = self.host.id, self.host.members
        for key in list(self._owed):
            self._owed[key] = tuple(node for node in self._owed[key] if node in members)
        for key, keepers in self.keepers().items():
            if here not in keepers:
                self._owed[key] = keepers
            elif key in before:
                stayed = [node for node in keepers if node in before[key]]
                new = tuple(node for node in keepers if node not in before[key])
                if new and stayed and stayed[0] == here:
                    self._owed[key] = new
        self._owed = {key: owed for key, owed in self._owed.items() if owed}
        self._offer(list(self._owed))

    def took(self, key: str) -> None:
        """A record was stored here; it may have been sent before the ring changed, and be others' to keep."""
        if len(self.host.members) > self.host.settings.n or self.host.leaving:
            keepers = self._keepers(key)
            if self.host.id not in keepers:
                self._owed[key] = keepers
                self._offer([key])

    def _offer(self, keys: list[str]) -> None:
        parcels: dict[str, dict[str, Siblings]] = {}
        for key in keys:
            for node in self._owed[key]:
                parcels.setdefault(node, {})[key] = self.host.storage.records[key]
        for node, records in parcels.items():
            self.out.note("moves", node=self.host.id, target=node, records=len(records))
            self.out.send(node, GossipPush(missed=records, moved=True))
        self._go_on()

    def _go_on(self) -> None:
        """Offer again later, unless all is done. One who leaves with hints for a node that is down waits for it."""
        waits = self.host.leaving and bool(self.host.storage.hints)
        if self._owed or waits:
            if not self._planned:
                self._planned = True
                self.out.wake_after(self.host.settings.handoff_every_us, MoveDue(self._plan))
            return
        self._unplan()
        if self.host.leaving:
            self.host.gone()

    def _unplan(self) -> None:
        self._planned = False
        self._plan += 1

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
            if self.host.id not in self._keepers(key):
                del self.host.storage.records[key]
                self.host.show_record(key)
        self._go_on()

    def expects(self, timer: MoveDue) -> bool:
        return self._planned and timer.plan == self._plan

    def on_move_due(self, timer: MoveDue) -> None:
        self._unplan()
        self._offer(list(self._owed))

    def own(self) -> None:
        self._owed = self._owed.copy()

    handlers = {GossipKept: on_gossip_kept}  # noqa: RUF012
    timers = {MoveDue: on_move_due}  # noqa: RUF012


def _is_all(held: Siblings, versions: tuple[Version, ...]) -> bool:
    return all(record.version in versions for record in held)
