"""The messages of the cluster: small, immutable, each with the leg that times it."""

from engine.kernel.network import Body
from engine.values import Record, Version


class PutRequest(Body, frozen=True, kw_only=True):
    """Store this record, if it is newer than yours. ``round`` counts the client's attempts."""

    type = "put_request"
    role = "request"
    leg = "W"
    round: int


class PutAck(Body, frozen=True, kw_only=True):
    """Stored: the record is on my disk."""

    type = "put_ack"
    role = "reply"
    leg = "A"
    round: int


class PutStale(Body, frozen=True, kw_only=True):
    """Not stored: ``record`` is what I hold, and it is newer."""

    type = "put_stale"
    role = "reply"
    leg = "A"
    round: int


class GetRequest(Body, frozen=True, kw_only=True):
    """What do you hold for this key?"""

    type = "get_request"
    role = "request"
    leg = "R"


class GetReply(Body, frozen=True, kw_only=True):
    """I hold ``record``, or nothing (None)."""

    type = "get_reply"
    role = "reply"
    leg = "S"


class GossipDigest(Body, frozen=True, kw_only=True):
    """These are the versions I hold: send me what I missed."""

    type = "gossip_digest"
    role = "request"
    leg = "R"
    versions: dict[str, Version]

    def count(self) -> int:
        return len(self.versions)


class GossipDelta(Body, frozen=True, kw_only=True):
    """These are the records you missed."""

    type = "gossip_delta"
    role = "reply"
    leg = "S"
    records: dict[str, Record]

    def count(self) -> int:
        return len(self.records)


class Refusal(Body, frozen=True, kw_only=True):
    """Nobody listens here: what the host of a crashed process answers to a request."""

    type = "refusal"
    role = "reply"
    leg = "A"
    request: Body
