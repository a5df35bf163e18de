"""Everything a learner may ask of the cluster. A room's log is made of these.

The types are the contract: what arrives is parsed into one of them or refused. Names and ranges
that depend on the cluster (is there a node n7? is w at most n?) are the simulation's to check.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from engine.units import MS, SECOND, Us
from engine.values import ClientId, Key, NodeId, Value

Count: TypeAlias = Annotated[int, Meta(ge=1, le=50)]


class _Command(Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    pass


class Write(_Command, frozen=True, tag="write"):
    """A client writes a value: a put request to all n nodes, OK at w acknowledgements."""

    client: ClientId
    key: Key
    value: Value


class Read(_Command, frozen=True, tag="read"):
    """A client reads a key: a get request to all n nodes; the newest of the first r replies wins."""

    client: ClientId
    key: Key


class Crash(_Command, frozen=True, tag="crash"):
    """A node's process stops. Its disk is kept; requests that reach it are refused."""

    node: NodeId


class Restart(_Command, frozen=True, tag="restart"):
    """A node that is down comes back with the records that its disk holds."""

    node: NodeId


class Gossip(_Command, frozen=True, tag="gossip"):
    """One step of anti-entropy: a node (or, without a name, every node that is up) asks a random
    peer for the versions it missed and pulls them."""

    node: NodeId | None = None


class Configure(_Command, frozen=True, tag="configure"):
    """Change settings of the cluster; those not named stay. Operations under way keep the old ones."""

    n: Count | None = None
    w: Count | None = None
    r: Count | None = None
    timeout_us: Annotated[Us, Meta(ge=1, le=60 * SECOND)] | None = None
    gossip_every_us: Annotated[Us, Meta(ge=0, le=60 * SECOND, description="0: by hand only.")] | None = None
    latency: Annotated[str, Meta(max_length=32, description="The name of a latency profile.")] | None = None


Command: TypeAlias = Write | Read | Crash | Restart | Gossip | Configure

COMMANDS: tuple[type[Command], ...] = (Write, Read, Crash, Restart, Gossip, Configure)

TIMEOUT_DEFAULT_US: Us = 200 * MS
