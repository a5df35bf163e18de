"""Linearizability by trying every order: slow, short and obviously right. Only for histories of a few operations."""

from collections.abc import Sequence

from engine.checks import Operation


def explained(history: Sequence[Operation]) -> bool:
    """Whether some order of all that ended, and of some writes that did not, explains every read."""
    left = tuple(op for op in history if op.kind == "write" or op.end_us is not None)
    return all(_goes_on(tuple(op for op in left if op.key == key), None) for key in {op.key for op in left})


def _goes_on(left: tuple[Operation, ...], value: object) -> bool:
    """Whether what is left can follow while the register holds ``value``."""
    if all(op.end_us is None for op in left):
        return True
    for op in left:
        if any(other.end_us is not None and other.end_us < op.start_us for other in left):
            continue
        rest = tuple(other for other in left if other is not op)
        if op.kind == "write":
            if _goes_on(rest, op.value):
                return True
        elif op.value == value and _goes_on(rest, value):
            return True
    return False


def prefix(history: Sequence[Operation], responses: int) -> list[Operation]:
    """What was known after so many responses: ended operations, and the rest of what had begun as under way.

    At equal times, what begins comes before what ends.
    """
    ended = sorted((op for op in history if op.end_us is not None), key=lambda op: op.end_us or 0)[:responses]
    if not ended:
        return []
    now_us = ended[-1].end_us or 0
    known = {op.id for op in ended}
    return [op if op.id in known else _under_way(op) for op in history if op.id in known or op.start_us <= now_us]


def _under_way(op: Operation) -> Operation:
    return Operation(op.id, op.client, op.kind, op.key, op.value, op.start_us, None, op.shown, op.version)
