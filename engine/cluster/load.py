"""A workload: operations that come by themselves, at random and independent of whatever goes on (open loop)."""

from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from engine.changes import WorkloadState
from engine.cluster.client import PENDING_MAX
from engine.kernel.rng import Streams
from engine.kernel.schedule import TIMER, Schedule
from engine.units import SECOND, Us

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster
    from engine.commands import Workload


class ArrivalDue(Struct, frozen=True, gc=False):
    """The event that the next operation comes. ``run`` voids it when the workload is another by now."""

    run: int


class Load:
    """Every choice has a stream of its own, so that another share of reads leaves the times as they were."""

    def __init__(self) -> None:
        self.workload: WorkloadState | None = None
        self.invoked = 0
        self.skipped = 0
        self._run = 0
        self._values = 0

    def begin(self, command: "Workload", schedule: Schedule, streams: Streams) -> None:
        """This workload runs from now on; rate 0: none does."""
        self._run += 1
        if self.workload is None:
            self.invoked = self.skipped = 0
        self.workload = None
        if command.rate:
            self.workload = WorkloadState(command.rate, float(command.read_share), command.keys)
        self._plan(schedule, streams)

    def _plan(self, schedule: Schedule, streams: Streams) -> None:
        if self.workload is not None:
            schedule.push(schedule.now_us + self._gap_us(self.workload.rate, streams), TIMER, ArrivalDue(self._run))

    @staticmethod
    def _gap_us(rate: int, streams: Streams) -> Us:
        return max(1, round(-log(1 - streams.uniform(("workload", "gap"))) * SECOND / rate))

    def expects(self, arrival: ArrivalDue) -> bool:
        return arrival.run == self._run

    def arrive(self, cluster: "Cluster", schedule: Schedule, streams: Streams) -> None:
        """One operation comes; a client that has as many under way as it may have does without."""
        workload = self.workload
        assert workload is not None
        self._plan(schedule, streams)
        client = list(cluster.clients.values())[streams.below(len(cluster.clients), ("workload", "client"))]
        reads = streams.uniform(("workload", "kind")) < workload.read_share
        number = streams.below(workload.keys, ("workload", "key"))
        key = f"k{number + 1}" if workload.keys > 1 else "x"
        if client.pending >= PENDING_MAX:
            self.skipped += 1
            return
        self.invoked += 1
        if reads:
            client.read(cluster.next_operation(), key)
        else:
            self._values += 1
            client.write(cluster.next_operation(), key, f"w{self._values}")

    def fork(self) -> "Load":
        copy = Load()
        copy.__dict__.update(self.__dict__)
        return copy
