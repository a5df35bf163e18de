"""What a node keeps on its disk."""

from msgspec import Struct

from engine.cluster.versions import lacks, merge_all
from engine.values import Record, Siblings, Version

Ballot = tuple[int, str]
"""A term and the node that leads in it; terms are compared first."""


class Entry(Struct, frozen=True, gc=False):
    """One place in a leader's log: the record, and the ballot of the leader that took it."""

    ballot: Ballot
    key: str
    record: Record


class Storage:
    """It survives a crash, unless the disk is lost. ``disk`` counts the disks that this node has had."""

    def __init__(self) -> None:
        self.disk = 1
        self._clear()

    def _clear(self) -> None:
        self.records: dict[str, Siblings] = {}
        # (node it is for, key) -> what to hand over.
        self.hints: dict[tuple[str, str], Siblings] = {}
        # What this node chose as a coordinator: the last counter for a key, and the record of each write.
        self.issued: dict[str, int] = {}
        self.chosen: dict[str, Record] = {}
        # With a single leader: the log, the newest ballot known, and who was voted for in which term.
        self.log: list[Entry] = []
        self.ballot: Ballot = (0, "")
        self.vote: Ballot = (0, "")

    def lose(self) -> None:
        """A new, empty disk."""
        self.disk += 1
        self._clear()

    def put(self, key: str, new: Siblings) -> bool:
        """Keep what is not covered by what is held; the answer says whether anything was kept."""
        held = self.records.get(key, ())
        merged = merge_all(held, new) if held else new
        if merged is held or not merged:
            return False
        self.records[key] = merged
        return True

    def held(self, key: str) -> Siblings:
        """All that this node could say about a key: its records, and what it keeps for others."""
        held = self.records.get(key, ())
        if self.hints:
            for (_, hinted), records in self.hints.items():
                if hinted == key:
                    held = merge_all(held, records)
        return held

    def versions(self) -> dict[str, tuple[Version, ...]]:
        return {key: tuple(record.version for record in records) for key, records in self.records.items()}

    def covers(self, key: str, records: Siblings) -> bool:
        return not lacks(self.records.get(key, ()), records)

    def fork(self) -> "Storage":
        copy = object.__new__(Storage)
        copy.__dict__.update(self.__dict__)
        for name in ("records", "hints", "issued", "chosen", "log"):
            setattr(copy, name, getattr(self, name).copy())
        return copy
