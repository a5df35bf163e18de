"""A node that carries out operations for clients: any node can, for any key."""

from engine.changes import CoordinationState
from engine.cluster.actor import Actor
from engine.cluster.fan_out import FanOut
from engine.cluster.messages import ClientReply, ClientRequest
from engine.cluster.operation import Operation
from engine.outcomes import OUTCOMES
from engine.values import Siblings

REMEMBERED = 100


class Coordinator(FanOut):
    """It remembers its last outcomes, so that a client who asks again hears the same."""

    def __init__(self, host: Actor) -> None:
        super().__init__(host)
        self._concluded: dict[str, ClientReply] = {}

    def take(self, client: str, request: ClientRequest) -> None:
        """Carry out what a client asks; a second request for the same operation is not a second operation."""
        operation, key = request.operation, request.key
        assert operation is not None and key is not None
        if operation in self.operations:
            return
        if operation in self._concluded:
            self.out.send(client, self._concluded[operation])
        elif request.kind == "read":
            self.read(operation, client, key, request.past, request.own_quorum)
        elif (chosen := self.host.storage.chosen.get(operation)) or request.attempt == 1 or self.host.storage.disk == 1:
            assert request.value is not None
            self.write(operation, client, key, request.value, request.past, request.own_quorum, chosen)
        # Otherwise the disk that may have known of an earlier attempt is lost. A second version of one write
        # could bring an old value back over a newer one, so the client is left without an answer.

    def choose(self, operation: Operation) -> None:
        super().choose(operation)
        assert operation.record is not None
        chosen = self.host.storage.chosen
        chosen[operation.id] = operation.record
        if len(chosen) > REMEMBERED:
            del chosen[next(iter(chosen))]

    def show(self, operation: Operation) -> None:
        self.out.show(f"{operation.id}@{self.host.id}", coordination(self.host.id, operation))

    def concluded(self, operation: Operation) -> None:
        self.note("coordinator_answers", operation, code=operation.code, acks=operation.have)
        found: Siblings = operation.found
        if operation.kind == "write":
            found = (operation.record,) if operation.record else ()
        reply = ClientReply(operation=operation.id, key=operation.key, records=found, code=operation.code)
        self._concluded[operation.id] = reply
        if len(self._concluded) > REMEMBERED:
            del self._concluded[next(iter(self._concluded))]
        self.out.send(operation.client, reply)

    def stop(self) -> None:
        super().stop()
        self._concluded = {}

    def own(self) -> None:
        super().own()
        self._concluded = self._concluded.copy()


def coordination(node: str, operation: Operation) -> CoordinationState:
    """What a node knows of an operation that it carries out for a client."""
    return CoordinationState(
        node=node,
        operation=operation.id,
        type=operation.kind,
        key=operation.key,
        value=operation.value,
        version=operation.version,
        asked=operation.tally.asked,
        needed=operation.tally.needed,
        round=max(1, operation.round),
        answers=operation.answers,
        outcome=OUTCOMES[operation.code].word,
        code=operation.code,
    )
