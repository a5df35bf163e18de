"""Failover by timeout: a follower that hears nothing from a leader asks for votes (Raft, 5.2 and 5.4.1).

A majority elects, one vote a term, and nobody votes for a log that lacks what its own has. So there is at
most one leader a term; but an old leader that is cut off goes on until it hears of the new term.
"""

from typing import TYPE_CHECKING

from engine.cluster.actor import Role, Timer
from engine.cluster.messages import VoteReply, VoteRequest
from engine.cluster.storage import Ballot
from engine.settings import Settings, majority

if TYPE_CHECKING:
    from engine.cluster.replica import Replica

HEARTBEATS = 4
"""Signs of life in the time after which a silent leader is given up."""


class ElectionDue(Timer, frozen=True, gc=False):
    """No leader has been heard of for too long. ``hope`` voids it when one was heard of since."""

    hope: int


class HeartbeatDue(Timer, frozen=True, gc=False):
    """Time for the leader's next sign of life. ``hope`` voids it when it stopped leading since."""

    hope: int


class Election(Role):
    """With ``failover_us`` 0 it does nothing: failover is by hand."""

    host: "Replica"

    def __init__(self, host: "Replica") -> None:
        super().__init__(host)
        self._hope = 0
        self._votes: tuple[str, ...] = ()

    @property
    def term(self) -> int:
        """The newest term this node has heard of."""
        return max(self.host.storage.ballot[0], self.host.storage.vote[0])

    def configured(self, before: Settings) -> None:
        if before.failover_us != self.host.settings.failover_us and self.host.up:
            if self.host.leadership.role == "leader":
                self.begin_heartbeats()
            else:
                self.wait_for_leader()

    # The leader

    def begin_heartbeats(self) -> None:
        self._hope += 1
        if self.host.settings.failover_us:
            self._plan_heartbeat()

    def _plan_heartbeat(self) -> None:
        period_us = max(1, self.host.settings.failover_us // HEARTBEATS)
        self.out.wake_after(period_us, HeartbeatDue(self._hope))

    def on_heartbeat_due(self, timer: HeartbeatDue) -> None:
        self.host.leadership.tell_all()
        self._plan_heartbeat()

    # The others

    def wait_for_leader(self) -> None:
        """A leader has been heard of, or a new wait begins for another reason."""
        self._hope += 1
        failover_us = self.host.settings.failover_us
        if failover_us and self.host.settings.strategy == "leader":
            # Each waits another time, so that they seldom stand against each other.
            self.out.wake_after(failover_us + self.out.pick(failover_us, "election"), ElectionDue(self._hope))

    def on_election_due(self, timer: ElectionDue) -> None:
        storage, leadership = self.host.storage, self.host.leadership
        storage.vote = (self.term + 1, self.host.id)
        leadership.role, leadership.leader = "candidate", None
        self._votes = (self.host.id,)
        self.out.note("stands", node=self.host.id, term=storage.vote[0])
        self.host.show()
        self.wait_for_leader()
        last, length = self._log_end()
        for node in leadership.others:
            self.out.send(node, VoteRequest(ballot=storage.vote, last=last, length=length))
        self._count()

    def _log_end(self) -> tuple[Ballot, int]:
        log = self.host.storage.log
        return (log[-1].ballot if log else (0, ""), len(log))

    def on_vote_request(self, source: str, request: VoteRequest) -> None:
        storage = self.host.storage
        granted = request.ballot[0] > self.term and (request.last, request.length) >= self._log_end()
        if granted:
            storage.vote = request.ballot
            self.out.note("votes", node=self.host.id, candidate=source, term=request.ballot[0])
            if self.host.leadership.role != "leader":
                self.wait_for_leader()
        elif request.ballot[0] > self.term:
            # No vote, but the term is taken: whoever stands next must stand in a later one.
            storage.vote = (request.ballot[0], "")
        self.out.send(source, VoteReply(ballot=request.ballot, granted=granted, term=self.term))

    def on_vote_reply(self, source: str, reply: VoteReply) -> None:
        storage = self.host.storage
        if reply.term > self.term:
            storage.vote = (reply.term, "")
        if self.host.leadership.role == "candidate" and reply.granted and reply.ballot == storage.vote:
            if source not in self._votes:
                self._votes += (source,)
            self._count()

    def _count(self) -> None:
        if len(self._votes) >= majority(len(self.host.members)):
            self.host.leadership.lead(self.host.storage.vote)

    def expects(self, timer: ElectionDue | HeartbeatDue) -> bool:
        leads = self.host.leadership.role == "leader"
        return (
            timer.hope == self._hope
            and bool(self.host.settings.failover_us)
            and (leads == isinstance(timer, HeartbeatDue))
        )

    handlers = {VoteRequest: on_vote_request, VoteReply: on_vote_reply}  # noqa: RUF012
    timers = {ElectionDue: on_election_due, HeartbeatDue: on_heartbeat_due}  # noqa: RUF012
