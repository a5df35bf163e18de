"""What a node keeps on its disk."""

from engine.values import Record, Version


class Storage:
    """The newest record of each key that this node has seen. It survives a crash."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}

    def put(self, key: str, record: Record) -> bool:
        """Keep ``record`` if it is newer than what is held; the answer says whether it was kept."""
        held = self.records.get(key)
        if held is not None and held.version >= record.version:
            return False
        self.records[key] = record
        return True

    def versions(self) -> dict[str, Version]:
        return {key: record.version for key, record in self.records.items()}

    def newer_than(self, versions: dict[str, Version]) -> dict[str, Record]:
        """The records that somebody who holds ``versions`` has missed."""
        return {
            key: record for key, record in self.records.items() if key not in versions or record.version > versions[key]
        }

    def fork(self) -> "Storage":
        copy = Storage()
        copy.records = self.records.copy()
        return copy
