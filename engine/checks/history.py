"""The history that checkers judge: who invoked what, when, and what came back.

It comes from the changes of a run, or from one line of JSON. Nothing here orders operations: only
their times do, and times that touch order nothing. Suppose a write ends at 9 and a read begins at 9.
Which was first? A clock of whole microseconds cannot say, so the two count as concurrent, and no
checker calls a read stale on the strength of a tie.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from engine.changes import Change, Fact, OperationState
from engine.outcomes import OUTCOMES
from engine.units import Us
from engine.values import Version

WriteId: TypeAlias = str | int
Kind: TypeAlias = Literal["read", "write"]

TIME_MAX = 2**53 - 1
ONLY_KEY = "x"


class HistoryError(Exception):
    """What was given is no history. ``code`` says why, and is ``check.refused.<code>`` in the catalogue.

    ``field`` is what is wrong: ``ops[3].end`` of a line of JSON, ``end_us`` of an Operation, or "" where
    it is the whole. ``facts`` are the numbers and names of the sentence; ``field`` is one of them.
    """

    def __init__(self, code: str, field: str, **facts: Fact) -> None:
        super().__init__(code, field, facts)
        self.code = code
        self.field = field
        self.facts: dict[str, Fact] = {"field": field, **facts}


REFUSED: dict[str, tuple[str, ...]] = {
    "malformed": ("field", "reason"),
    "no_history": ("field", "reason"),
    "ends_before_start": ("field", "end", "start"),
    "write_of_nothing": ("field",),
    "written_twice": ("field", "value", "first"),
    "out_of_range": ("field", "value", "min", "max"),
    "unknown_op": ("field", "value", "known"),
    "no_response": ("field",),
    "time_runs_forward": ("field", "value", "min"),
}


class Operation(Struct, frozen=True, gc=False):
    """One operation on one key: the closed interval from ``start_us`` to ``end_us``, in microseconds.

    ``value`` is which write it wrote, or saw: no two writes of a history share one. A read's None is
    the initial value. ``shown`` is the same for people to read, and may repeat. ``end_us`` None: the
    client never heard back, so a write may take effect at any later time, or never; a read says nothing.
    ``version`` is what a write chose, or what a read returned. ``siblings`` is how many values a read
    returned: with more than one, ``value`` is only one of them.

    Raises HistoryError where ``kind`` is neither, a write has no value, or the times are out of order.
    """

    id: str
    client: str
    kind: Kind
    key: str
    value: WriteId | None
    start_us: Us
    end_us: Us | None
    shown: WriteId | None = None
    version: Version | None = None
    siblings: int = 1

    def __post_init__(self) -> None:
        if self.kind != "read":
            if self.kind != "write":
                raise HistoryError("unknown_op", "kind", value=str(self.kind), known="read, write")
            if self.value is None:
                raise HistoryError("write_of_nothing", "value")
        end_us = self.end_us
        if not -TIME_MAX <= self.start_us <= TIME_MAX:
            raise HistoryError("out_of_range", "start_us", value=self.start_us, min=-TIME_MAX, max=TIME_MAX)
        if end_us is not None:
            if end_us < self.start_us:
                raise HistoryError("ends_before_start", "end_us", end=end_us, start=self.start_us)
            if end_us > TIME_MAX:
                raise HistoryError("out_of_range", "end_us", value=end_us, min=-TIME_MAX, max=TIME_MAX)

    @property
    def says(self) -> WriteId:
        """The value as a sentence shows it; "" for the initial value."""
        shown = self.value if self.shown is None else self.shown
        return "" if shown is None else shown


# From the changes of a run


def from_changes(changes: Iterable[Change]) -> list[Operation]:
    """The history of a run, in order of invocation: the last state of each operation counts.

    An operation that changed nothing and saw nothing is left out: a read without an outcome or with
    the outcome FAIL, and a write that definitely did not happen. A write whose outcome is indefinite
    (DESIGN, rule 6) never ends.
    """
    last: dict[str, OperationState] = {}
    for change in changes:
        if isinstance(change.fields, OperationState):
            last[change.id] = change.fields
    told = (from_state(operation, state) for operation, state in last.items())
    return [operation for operation in told if operation is not None]


def from_state(operation: str, state: OperationState) -> Operation | None:
    """One operation as it stands, or None if it constrains nothing."""
    ok = state.outcome == "ok"
    if not ok and (state.type == "read" or never_happened(state)):
        return None
    return Operation(
        id=operation,
        client=state.client,
        kind=state.type,
        key=state.key,
        value=operation if state.type == "write" else state.write,
        start_us=state.invoked_us,
        end_us=state.responded_us if ok else None,
        shown=state.value,
        version=state.version,
        siblings=max(1, len(getattr(state, "siblings", ()))),
    )


def never_happened(state: OperationState) -> bool:
    """A failure after which nobody can ever see the write."""
    return state.outcome == "fail" and OUTCOMES[state.code].definite


# From a line of JSON, and back

_Time: TypeAlias = Annotated[int, Meta(ge=-TIME_MAX, le=TIME_MAX)]


class _Op(Struct, frozen=True, gc=False):
    client: int | str
    op: str
    value: int | str | None
    start: _Time
    end: _Time | None
    key: str = ONLY_KEY
    shown: int | str | None = None
    siblings: Annotated[int, Meta(ge=1)] = 1


class _Line(Struct, frozen=True):
    id: int | str
    ops: list[_Op]


class History(Struct, frozen=True):
    """A history with a name, as a file holds it. The ids of its operations say their place: ``ops[0]``."""

    id: int | str
    operations: list[Operation]


_decoder = msgspec.json.Decoder(_Line)


def from_json(line: bytes) -> History:
    """One line of JSON: ``{"id", "ops": [{"client", "op": "r"|"w", "value", "start", "end"}]}``.

    Times are whole numbers from -TIME_MAX to TIME_MAX, in whatever unit. An op may have a ``key``;
    without one, all ops are on one register. ``shown`` is the value as sentences show it, ``siblings`` how
    many values a read returned. Other fields are ignored. Raises HistoryError, which names the field:
    no_history, malformed, unknown_op, ends_before_start, write_of_nothing or written_twice.
    """
    try:
        decoded = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason, _, path = str(error).partition(" - at `")
        field = path.rstrip("`").removeprefix("$").lstrip(".")
        raise HistoryError("malformed" if field else "no_history", field, reason=reason) from None
    operations: list[Operation] = []
    written: dict[tuple[str, WriteId], int] = {}
    for index, op in enumerate(decoded.ops):
        name = f"ops[{index}]"
        if op.op not in ("r", "w"):
            raise HistoryError("unknown_op", f"{name}.op", value=op.op, known="r, w")
        kind: Kind = "write" if op.op == "w" else "read"
        if op.end is not None and op.end < op.start:
            raise HistoryError("ends_before_start", f"{name}.end", end=op.end, start=op.start)
        if kind == "write":
            if op.value is None:
                raise HistoryError("write_of_nothing", f"{name}.value")
            first = written.setdefault((op.key, op.value), index)
            if first != index:
                raise HistoryError("written_twice", f"{name}.value", value=op.value, first=f"ops[{first}]")
        operations.append(
            Operation(name, str(op.client), kind, op.key, op.value, op.start, op.end, op.shown, siblings=op.siblings)
        )
    return History(decoded.id, operations)


def to_json(name: int | str, operations: Iterable[Operation]) -> bytes:
    """One line of JSON, without its end, that ``from_json`` reads back. Versions and the ids of operations are
    not in it. ``shown`` and ``siblings`` are left out where they say nothing."""
    ops: list[dict[str, WriteId | None]] = []
    for operation in operations:
        op: dict[str, WriteId | None] = {
            "client": operation.client,
            "op": "w" if operation.kind == "write" else "r",
            "value": operation.value,
            "start": operation.start_us,
            "end": operation.end_us,
            "key": operation.key,
        }
        if operation.shown is not None:
            op["shown"] = operation.shown
        if operation.siblings > 1:
            op["siblings"] = operation.siblings
        ops.append(op)
    return msgspec.json.encode({"id": name, "ops": ops})
