"""Histories in one line: ``w(1) 0-5 by A`` is a write, ``r(1) 6-9 by B`` a read, ``r() ...`` of the initial value.

An end of ``?`` is an operation that nobody heard back from. ``@3`` gives a version with counter 3 and the
client as its writer, or ``@3A`` another writer. Ids are ``1``, ``2``, ... in the order of the story.
"""

import re

from engine.checks import Operation
from engine.values import Version

_OPERATION = re.compile(r"([wr])\((\w*)\)(?:@(\d+)(\w*))? (-?\d+)-(\d+|\?) by (\w+)(?: on (\w+))?")


def story(text: str) -> list[Operation]:
    parts = [part.strip() for part in text.split(",")]
    return [_operation(str(number), part) for number, part in enumerate(parts, start=1)]


def _operation(name: str, text: str) -> Operation:
    match = _OPERATION.fullmatch(text)
    assert match, text
    kind, value, counter, writer, start, end, client, key = match.groups()
    return Operation(
        id=name,
        client=client,
        kind="write" if kind == "w" else "read",
        key=key or "x",
        value=value or None,
        start_us=int(start),
        end_us=None if end == "?" else int(end),
        version=Version(int(counter), writer or client) if counter else None,
    )
