"""Where a key lives, and how records move when nodes come and go."""

from engine.commands import AddNode, Configure, Read, RemoveNode, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.units import MS

THREE_OF_EIGHT = Scenario(
    name="three-of-eight",
    title="Three of eight nodes",
    claim="A key lives on n of the nodes, whatever their number: the first n that follow it on the ring.",
    text=(
        "There are eight nodes, and n = 3 copies of each record. Client A's write of x goes to three nodes only. Its"
        " write of y goes to three as well, and n2 is the only node that keeps both. Everybody works out from the name"
        " of a key who keeps it, so client B asks the right three nodes for x without asking anybody first."
    ),
    nodes=8,
    settings=Configure(n=3, w=2, r=2, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (4, Write("A", "y", "bread")),
        (8, Read("B", "x")),
    ),
    ends_us=12 * MS,
)

_FIVE_KEYS = (
    (0.0, Write("A", "x", "apple")),
    (3.0, Write("A", "y", "bread")),
    (6.0, Write("A", "z", "milk")),
    (9.0, Write("A", "u", "rice")),
    (12.0, Write("A", "w", "tea")),
)

NODE_JOINS = Scenario(
    name="node-joins",
    title="A node joins",
    claim="When a node joins, only the keys that it keeps from now on move; all others stay where they are.",
    text=(
        "Five keys are on five nodes, two copies of each. n6 joins, empty, and takes its places on the ring. From now"
        " on x belongs on n2 and n6, and z on n4 and n6. The nodes send these two to n6; n1 no longer keeps x, and n2"
        " no longer keeps z, so they drop them when the keepers have them. y, u and w do not move."
    ),
    nodes=5,
    settings=Configure(n=2, w=2, r=1, latency="EVEN"),
    script=timed(*_FIVE_KEYS, (16, AddNode()), (20, Read("B", "x"))),
    ends_us=24 * MS,
)

NODE_LEAVES = Scenario(
    name="node-leaves",
    title="A node leaves",
    claim="A node that leaves hands over what it kept, so that every key has its n copies again.",
    text=(
        "Five keys are on five nodes, two copies of each; n2 keeps x, y, z and u. n2 is to leave. For each of its"
        " keys, the next node on the ring takes its place and is sent the record. When all is taken, n2 is gone."
        " Every key has two copies again, and client B reads x, which n2 had kept."
    ),
    nodes=5,
    settings=Configure(n=2, w=2, r=1, latency="EVEN"),
    script=timed(*_FIVE_KEYS, (16, RemoveNode("n2")), (20, Read("B", "x"))),
    ends_us=24 * MS,
)
