"""What a child process can be asked to do. A job goes to it as one line of JSON."""

from typing import TypeAlias

from msgspec import Struct

from webapp.store.log_store import Entry, RoomRow


class Failure(Struct, frozen=True):
    """Why a job came to no end: a refusal, which whoever asked for the job puts into words."""

    code: str
    facts: dict[str, str | int]
    field: str | None = None


class _Job(Struct, frozen=True, tag_field="job"):
    pass


class History(_Job, frozen=True, tag="history"):
    """All changes of a run, from its beginning: the entries up to ``seq``, then on to the row's clock."""

    row: RoomRow
    entries: list[Entry]
    seq: int | None = None


class PackedHistory(_Job, frozen=True, tag="packed_history"):
    """All changes of the run that a packed log makes."""

    packed: str


class Operations(_Job, frozen=True, tag="operations"):
    """The operations of a run up to the row's clock, as the checker reads them."""

    row: RoomRow
    entries: list[Entry]


class Inspect(_Job, frozen=True, tag="inspect"):
    """What is inside one node after the entries up to ``seq``, at the time of the row's clock."""

    row: RoomRow
    entries: list[Entry]
    node: str
    seq: int | None = None


class Staleness(_Job, frozen=True, tag="staleness"):
    """How stale reads are by the model: the curve for r and w, and the map of all pairs.

    With a ``row``, also how stale the reads of that room were.
    """

    latency: str
    n: int
    r: int
    w: int
    trials: int
    seed: int = 1
    row: RoomRow | None = None
    entries: list[Entry] = []


class HashPassword(_Job, frozen=True, tag="hash_password"):
    """How a new password is kept."""

    password: str


class CheckPassword(_Job, frozen=True, tag="check_password"):
    """Whether a password is the one that is kept. Without one to compare with it takes as long."""

    password: str
    hashed: str | None


Job: TypeAlias = History | PackedHistory | Operations | Inspect | Staleness | HashPassword | CheckPassword
