"""A client's side where a node takes the operation: a coordinator of its choice, or the leader.

The client knows only what it hears. A node that refused has not begun the operation, so another may be
asked. A node that is silent may have: the same node is asked again, and if it says nothing the
outcome is UNKNOWN. A retry is the same write, under the same id, never a second one.
"""

from typing import TYPE_CHECKING

from msgspec import UNSET

from engine.changes import Answer, Fact, OperationState
from engine.cluster.actor import Role, Timer
from engine.cluster.messages import ClientReply, ClientRequest
from engine.cluster.operation import Kind, Says
from engine.cluster.versions import siblings
from engine.outcomes import OUTCOMES
from engine.settings import Settings
from engine.units import Us
from engine.values import Past, Siblings

if TYPE_CHECKING:
    from engine.cluster.client import Client

# A coordinator or leader gives up after the timeout; its client waits half as long again for the news of it.
PATIENCE = 1.5


class DeadlineDue(Timer, frozen=True, gc=False):
    operation: str
    attempt: int


class Request:
    """What a client knows of one operation that a node carries out for it. ``quorum`` is its own w or r, if any."""

    def __init__(
        self,
        operation_id: str,
        kind: Kind,
        key: str,
        value: str | None,
        settings: Settings,
        past: Past,
        quorum: int | None,
        at_us: Us,
    ) -> None:
        self.id = operation_id
        self.kind = kind
        self.key = key
        self.value = value
        self.settings = settings
        self.past = past
        self.quorum = quorum
        self.via = ""
        self.attempt = 1
        self.tried: tuple[str, ...] = ()
        # Whether a node may have begun it: one that was sent it and has not refused.
        self.may_have_begun = False
        self.answers: tuple[Answer, ...] = ()
        self.records: Siblings = ()
        self.code = "pending"
        self.invoked_us = at_us
        self.responded_us: Us | None = None

    @property
    def pending(self) -> bool:
        return self.code == "pending"

    def fork(self) -> "Request":
        copy = object.__new__(Request)
        copy.__dict__.update(self.__dict__)
        return copy


class Requester(Role):
    host: "Client"

    def __init__(self, host: "Client") -> None:
        super().__init__(host)
        self.requests: dict[str, Request] = {}
        self._leader: str | None = None

    def begin(
        self,
        operation_id: str,
        kind: Kind,
        key: str,
        value: str | None,
        past: Past,
        via: str | None,
        quorum: int | None,
    ) -> None:
        request = Request(operation_id, kind, key, value, self.host.settings, past, quorum, self.out.now_us)
        self.requests[operation_id] = request
        self._wait(request)
        self._send(request, via or self._first(request))

    def _first(self, request: Request) -> str:
        if request.settings.strategy == "leader" and not self._anyone(request) and self._leader in self.host.members:
            return self._leader
        return self._another(request) or self.host.members[0]

    def _another(self, request: Request) -> str | None:
        """A node that has not been tried, at random."""
        untried = [node for node in self.host.members if node not in request.tried]
        return untried[self.out.pick(len(untried), "contact")] if untried else None

    @staticmethod
    def _anyone(request: Request) -> bool:
        return request.kind == "read" and request.settings.follower_reads

    def _wait(self, request: Request) -> None:
        patience_us = round(request.settings.timeout_us * PATIENCE)
        self.out.wake_after(patience_us, DeadlineDue(request.id, request.attempt))

    def _send(self, request: Request, node: str) -> None:
        request.via = node
        request.tried += (node,) if node not in request.tried else ()
        self._show(request)
        self._note("requests", request, node=node, key=request.key)
        self.out.send(
            node,
            ClientRequest(
                operation=request.id,
                key=request.key,
                kind=request.kind,
                value=request.value,
                past=request.past,
                attempt=request.attempt,
                anyone=self._anyone(request),
                quorum=UNSET if request.quorum is None else request.quorum,
            ),
        )

    # Answers

    def on_client_reply(self, node: str, reply: ClientReply) -> None:
        request = self.requests.get(reply.operation or "")
        if request is None:
            return
        if reply.code == "not_leader":
            self._redirect(request, node, reply.leader)
            return
        if request.settings.strategy == "leader" and not self._anyone(request):
            self._leader = node
        says: Says = "ack" if request.kind == "write" else "value"
        self._answer(request, node, says, reply.records)
        request.records = reply.records
        if reply.code == "quorum_reached":
            self.host.learned(request.key, reply.records)
        self._conclude(request, reply.code)

    def _redirect(self, request: Request, node: str, leader: str | None) -> None:
        if leader is None:
            self._note("nobody_leads", request, node=node)
        else:
            self._note("redirected", request, node=node, leader=leader)
        self._leader = leader
        if leader is not None and leader not in request.tried:
            self._send(request, leader)
        else:
            self._leader = None
            self._conclude(request, "no_answer" if request.may_have_begun else "no_leader")

    def on_refusal(self, node: str, refused: ClientRequest) -> None:
        request = self.requests.get(refused.operation or "")
        if request is None or refused.attempt != request.attempt or node != request.via:
            return
        self._answer(request, node, "refused", ())
        self._note("refused", request, node=node)
        if node == self._leader:
            self._leader = None
        other = None if self._is_bound(request) and request.may_have_begun else self._another(request)
        if other is not None:
            self._send(request, other)
        elif request.may_have_begun:
            self._conclude(request, "no_answer")
        else:
            self._conclude(request, "no_leader" if request.settings.strategy == "leader" else "nobody_took_it")

    @staticmethod
    def _is_bound(request: Request) -> bool:
        """Whether only the node that may have begun it can go on with it: another coordinator would give the
        write another version, two writes where the client asked for one. A leader finds it in its log."""
        return request.kind == "write" and request.settings.strategy == "coordinator"

    def _answer(self, request: Request, node: str, says: Says, records: Siblings) -> None:
        said = records[-1] if records and says == "value" else None
        value, version = (said.value, said.version) if said else (None, None)
        request.answers += (Answer(node, self.out.now_us, 1, says, value, version),)

    # Time

    def expects(self, timer: DeadlineDue) -> bool:
        request = self.requests.get(timer.operation)
        return request is not None and timer.attempt == request.attempt

    def on_deadline_due(self, timer: DeadlineDue) -> None:
        request = self.requests[timer.operation]
        if request.attempt > request.settings.retries:
            self._conclude(request, "no_answer")
            return
        request.attempt += 1
        request.may_have_begun = True
        self._wait(request)
        self._note("retries", request, attempt=request.attempt)
        last, request.tried = request.via, ()
        another = None if self._is_bound(request) else self._another(request)
        self._send(request, another or last)

    # Outcomes

    def _conclude(self, request: Request, code: str) -> None:
        request.code = code
        request.responded_us = self.out.now_us
        self._show(request)
        word = OUTCOMES[code].word
        if word == "ok":
            newest = request.records[-1] if request.records else None
            if newest is None:
                self._note("told_empty", request, key=request.key, node=request.via)
            elif len(request.records) > 1:
                values = ", ".join(record.value for record in request.records)
                self._note("read_siblings", request, key=request.key, values=values, count=len(request.records))
            else:
                self._note(
                    "told_ok",
                    request,
                    key=request.key,
                    value=newest.value,
                    counter=newest.version.counter,
                    node=request.via,
                )
        elif word == "fail":
            self._note("told_fail", request, key=request.key, node=request.via, code=code)
        else:
            self._note("told_nothing", request, key=request.key, node=request.via)
        del self.requests[request.id]

    def _note(self, code: str, request: Request, /, **facts: Fact) -> None:
        self.out.tell(code, {"client": self.host.id, "operation": request.id, **facts})

    def _show(self, request: Request) -> None:
        newest = request.records[-1] if request.records else None
        read = request.kind == "read"
        self.out.show(
            request.id,
            OperationState(
                client=self.host.id,
                type=request.kind,
                key=request.key,
                value=newest.value if read and newest else request.value,
                version=newest.version if newest else None,
                write=(newest.write if newest else None) if read else request.id,
                asked=(request.via,),
                needed=1,
                round=1,
                answers=request.answers,
                outcome=OUTCOMES[request.code].word,
                code=request.code,
                winner=request.via if read and newest else None,
                invoked_us=request.invoked_us,
                responded_us=request.responded_us,
                attempt=request.attempt,
                via=request.via,
                siblings=siblings(request.records) if read else (),
            ),
        )

    def own(self) -> None:
        self.requests = {name: request.fork() for name, request in self.requests.items()}

    handlers = {ClientReply: on_client_reply}  # noqa: RUF012
    refusals = {ClientRequest: on_refusal}  # noqa: RUF012
    timers = {DeadlineDue: on_deadline_due}  # noqa: RUF012
