"""Hinted handoff: what was kept for a silent node is handed over when it answers (DeCandia et al. 2007, 4.6)."""

from typing import TYPE_CHECKING

from engine.cluster.actor import Role, Timer
from engine.cluster.messages import Handoff, HandoffAck
from engine.cluster.versions import lacks
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.cluster.replica import Replica


class HandoffDue(Timer, frozen=True, gc=False):
    """Time to offer the hints again. ``plan`` voids it when there were none left meanwhile."""

    plan: int


class Hints(Role):
    """The hints are on the disk; a holder whose disk is lost has lost them."""

    host: "Replica"

    def __init__(self, host: "Replica") -> None:
        super().__init__(host)
        self._planned = False
        self._plan = 0

    def start(self) -> None:
        self._unplan()
        self.plan()

    def configured(self, before: Settings) -> None:
        """What is kept for a node that has left goes to those who keep the key now."""
        for target, key in list(self.host.storage.hints):
            if target not in self.host.members:
                records = self.host.storage.hints.pop((target, key))
                self.out.gone("hint", f"{self.host.id}/{target}/{key}")
                self.host.store(key, records)
        if not self.host.storage.hints:
            self._unplan()

    def plan(self) -> None:
        if self.host.storage.hints and not self._planned:
            self._planned = True
            self.out.wake_after(self.host.settings.handoff_every_us, HandoffDue(self._plan))

    def _unplan(self) -> None:
        self._planned = False
        self._plan += 1

    def expects(self, timer: HandoffDue) -> bool:
        return self._planned and timer.plan == self._plan

    def on_handoff_due(self, timer: HandoffDue) -> None:
        self._unplan()
        for (target, key), records in self.host.storage.hints.items():
            self.out.send(target, Handoff(key=key, records=records))
        self.plan()

    def on_handoff(self, source: str, handoff: Handoff) -> None:
        assert handoff.key is not None
        if self.host.store(handoff.key, handoff.records):
            self.out.note("handed_over", node=source, target=self.host.id, key=handoff.key)
        self.out.send(source, HandoffAck(key=handoff.key, records=handoff.records))

    def on_handoff_ack(self, source: str, ack: HandoffAck) -> None:
        assert ack.key is not None
        kept = self.host.storage.hints.get((source, ack.key))
        if kept is not None and not lacks(ack.records, kept):
            del self.host.storage.hints[source, ack.key]
            self.out.gone("hint", f"{self.host.id}/{source}/{ack.key}")
            if not self.host.storage.hints:
                self._unplan()

    handlers = {Handoff: on_handoff, HandoffAck: on_handoff_ack}  # noqa: RUF012
    timers = {HandoffDue: on_handoff_due}  # noqa: RUF012
