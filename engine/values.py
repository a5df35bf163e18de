"""The small values that commands, messages and changes are made of."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

NodeId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=16, description="A node, such as `n1`.")]
ClientId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=16, description="A client, such as `A`.")]
ActorId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=16, description="A node or a client.")]
MessageId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=16, description="A message, such as `m7`.")]
OperationId: TypeAlias = Annotated[str, Meta(description="An operation, such as `op3`. A write's id is its write id.")]
Key: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32, description="The name of a record.")]
Value: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, description="What a record holds.")]

Past: TypeAlias = tuple[tuple[str, int], ...]
"""A version vector: for each writer, how many of its writes are covered; sorted by writer."""


class Version(Struct, frozen=True, order=True, gc=False):
    """Which value is newer: the larger counter; between equal counters, the larger writer.

    The writer makes the order total, so that two clients who picked the same number at the same
    moment still leave every node agreeing on one winner (Lamport 1978). Under version vectors it is
    the *dot*: the one event, the writer's counter-th write of the key, that made the value.
    """

    counter: int
    writer: str


class Record(Struct, frozen=True, gc=False):
    """One value as a node keeps it. ``write`` is the hidden unique id of the write that made it.

    ``past`` is, under version vectors, what its writer had seen; None: versions are totally ordered.
    """

    value: str
    version: Version
    write: str
    past: Past | None = None


Siblings: TypeAlias = tuple[Record, ...]
"""All that is held for a key: nothing, one record, or several of which none covers another; by version."""
