"""The messages of the cluster: small, immutable, each with the leg that times it."""

from typing import Literal

from msgspec import UNSET, UnsetType

from engine.cluster.storage import Ballot, Entry
from engine.kernel.network import Body
from engine.values import Past, Siblings, Version


class PutRequest(Body, frozen=True, gc=False, kw_only=True):
    """Store this record, if you have none that covers it. ``round`` counts the versions it was sent with.
    ``hint_for``: keep it for that node, and hand it over when it is back."""

    type = "put_request"
    role = "request"
    leg = "W"
    round: int
    hint_for: str | None = None


class PutAck(Body, frozen=True, gc=False, kw_only=True):
    """The record, or one that covers it, is on my disk."""

    type = "put_ack"
    role = "reply"
    leg = "A"
    round: int


class PutStale(Body, frozen=True, gc=False, kw_only=True):
    """Not stored: ``records`` is what I hold, and its number is not smaller."""

    type = "put_stale"
    role = "reply"
    leg = "A"
    round: int


class GetRequest(Body, frozen=True, gc=False, kw_only=True):
    """What do you hold for this key?"""

    type = "get_request"
    role = "request"
    leg = "R"
    round: int


class GetReply(Body, frozen=True, gc=False, kw_only=True):
    """I hold ``records``; several, where they are siblings."""

    type = "get_reply"
    role = "reply"
    leg = "S"
    round: int


class RepairRequest(Body, frozen=True, gc=False, kw_only=True):
    """A read found that you lag, or may lag: this is the newest that it saw."""

    type = "repair_request"
    role = "request"
    leg = "W"
    round: int


class RepairAck(Body, frozen=True, gc=False, kw_only=True):
    """I hold it now."""

    type = "repair_ack"
    role = "reply"
    leg = "A"
    round: int


class ClientRequest(Body, frozen=True, gc=False, kw_only=True):
    """A client asks one node to carry out an operation. ``past``: what the client has seen of the key.
    ``attempt`` counts how often the client sent this same operation. ``anyone``: no need to lead. ``quorum``:
    how many copies or replies are enough, where that is not the cluster's w or r."""

    type = "client_request"
    role = "request"
    leg = "W"
    kind: Literal["write", "read"]
    value: str | None = None
    past: Past = ()
    attempt: int = 1
    anyone: bool = False
    quorum: int | UnsetType = UNSET

    @property
    def own_quorum(self) -> int | None:
        return self.quorum if isinstance(self.quorum, int) else None


class ClientReply(Body, frozen=True, gc=False, kw_only=True):
    """The outcome, by its code; ``records`` is what was read or written. ``not_leader``: ask ``leader``."""

    type = "client_reply"
    role = "reply"
    leg = "A"
    code: str
    leader: str | None = None


class GossipDigest(Body, frozen=True, gc=False, kw_only=True):
    """These are the versions I hold: send me what I missed (``pull``), and say what you miss (``push``).
    ``buckets``: of the keys in these leaves of the Merkle tree only."""

    type = "gossip_digest"
    role = "request"
    leg = "R"
    versions: dict[str, tuple[Version, ...]]
    pull: bool
    push: bool
    buckets: tuple[int, ...] | None = None

    def count(self) -> int:
        return len(self.versions)


class GossipDelta(Body, frozen=True, gc=False, kw_only=True):
    """These are the records you missed, by key; I miss the ``wanted`` ones."""

    type = "gossip_delta"
    role = "reply"
    leg = "S"
    missed: dict[str, Siblings]
    wanted: tuple[str, ...] = ()

    def count(self) -> int:
        return len(self.missed)


class GossipPush(Body, frozen=True, gc=False, kw_only=True):
    """These are the records you miss. ``moved``: they are yours to keep now; say when you have them."""

    type = "gossip_push"
    role = "request"
    leg = "W"
    missed: dict[str, Siblings]
    moved: bool = False

    def count(self) -> int:
        return len(self.missed)


class GossipKept(Body, frozen=True, gc=False, kw_only=True):
    """I have the records of these keys, as you sent them."""

    type = "gossip_kept"
    role = "reply"
    leg = "A"
    kept: dict[str, tuple[Version, ...]]

    def count(self) -> int:
        return len(self.kept)


class MerkleHashes(Body, frozen=True, gc=False, kw_only=True):
    """My hashes of these nodes of the tree, all on one ``level``; the root is level 0."""

    type = "merkle_hashes"
    role = "request"
    leg = "R"
    level: int
    hashes: dict[int, int]

    def count(self) -> int:
        return len(self.hashes)


class MerkleDiffers(Body, frozen=True, gc=False, kw_only=True):
    """Of these nodes of the tree mine are different."""

    type = "merkle_differs"
    role = "reply"
    leg = "S"
    level: int
    nodes: tuple[int, ...]

    def count(self) -> int:
        return len(self.nodes)


class Handoff(Body, frozen=True, gc=False, kw_only=True):
    """I kept this for you while you did not answer."""

    type = "handoff"
    role = "request"
    leg = "W"


class HandoffAck(Body, frozen=True, gc=False, kw_only=True):
    """I have it now."""

    type = "handoff_ack"
    role = "reply"
    leg = "A"


class Refusal(Body, frozen=True, gc=False, kw_only=True):
    """Nobody listens here: what the host of a crashed process answers to a request."""

    type = "refusal"
    role = "reply"
    leg = "A"
    request: Body


class Append(Body, frozen=True, gc=False, kw_only=True):
    """From the leader by ``ballot``: my log goes on after ``index``, whose entry is of ``after``, with ``entries``."""

    type = "append"
    role = "request"
    leg = "W"
    ballot: Ballot
    index: int
    after: Ballot
    entries: tuple[Entry, ...] = ()

    def count(self) -> int:
        return len(self.entries)


class AppendReply(Body, frozen=True, gc=False, kw_only=True):
    """My log is the leader's as far as ``matched``; or (``taken`` False) it is not, or I know a newer ``ballot``."""

    type = "append_reply"
    role = "reply"
    leg = "A"
    ballot: Ballot
    taken: bool
    matched: int


class CatchUp(Body, frozen=True, gc=False, kw_only=True):
    """My log has ``length`` entries: what comes after?"""

    type = "catch_up"
    role = "request"
    leg = "R"
    ballot: Ballot
    length: int


class VoteRequest(Body, frozen=True, gc=False, kw_only=True):
    """Make me the leader by ``ballot``; my log has ``length`` entries, the last of ``last``."""

    type = "vote_request"
    role = "request"
    leg = "R"
    ballot: Ballot
    last: Ballot
    length: int


class VoteReply(Body, frozen=True, gc=False, kw_only=True):
    """My vote, or not: ``term`` is the newest I know."""

    type = "vote_reply"
    role = "reply"
    leg = "S"
    ballot: Ballot
    granted: bool
    term: int
