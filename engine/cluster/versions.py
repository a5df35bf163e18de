"""Which record makes which obsolete, for totally ordered versions and for version vectors alike.

Under version vectors a record has a dot, the one event that made it, and a past, what its writer had
seen. A record covers another if the other's dot is in its past. The dot is kept apart from the past
so that two writes through one coordinator, neither of which saw the other, stay siblings (dotted
version vectors: Preguica et al., "Dotted version vectors: efficient causality tracking", 2012).
"""

from collections.abc import Iterable

from engine.changes import Sibling
from engine.values import Past, Record, Siblings


def covers(newer: Record, older: Record) -> bool:
    """Whether who holds ``newer`` has no need of ``older``: it is the same, or obsolete."""
    if newer.past is None or older.past is None:
        return newer.version >= older.version
    if newer.version == older.version:
        return True
    counter, writer = older.version.counter, older.version.writer
    return any(by == writer and seen >= counter for by, seen in newer.past)


def merge(held: Siblings, new: Record) -> Siblings:
    """What is left of both; ``held`` itself, where ``new`` adds nothing."""
    if not held:
        return (new,)
    if len(held) == 1 and new.past is None:
        return held if held[0].version >= new.version else (new,)
    if any(covers(record, new) for record in held):
        return held
    kept = [record for record in held if not covers(new, record)]
    if not kept:
        return (new,)
    return tuple(sorted([*kept, new], key=lambda record: record.version))


def merge_all(held: Siblings, new: Iterable[Record]) -> Siblings:
    """What is left of all; ``held`` itself, where ``new`` adds nothing."""
    for record in new:
        held = merge(held, record)
    return held


def lacks(held: Siblings, offered: Siblings) -> bool:
    """Whether ``offered`` has something that ``held`` does not cover."""
    return any(not any(covers(record, new) for record in held) for new in offered)


def context(records: Siblings) -> Past:
    """What somebody has seen who has seen these records: their dots and pasts together."""
    seen: dict[str, int] = {}
    for record in records:
        for writer, counter in (*(record.past or ()), (record.version.writer, record.version.counter)):
            seen[writer] = max(seen.get(writer, 0), counter)
    return tuple(sorted(seen.items()))


def joined(one: Past, other: Past) -> Past:
    """The smallest past that covers both."""
    seen = dict(one)
    for writer, counter in other:
        seen[writer] = max(seen.get(writer, 0), counter)
    return tuple(sorted(seen.items()))


def largest_counter(records: Siblings) -> int:
    return max((record.version.counter for record in records), default=0)


def siblings(records: Siblings) -> tuple[Sibling, ...]:
    """How several values are shown; nothing, where there is one."""
    return tuple(Sibling(one.value, one.version, one.write) for one in records) if len(records) > 1 else ()
