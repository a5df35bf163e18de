"""Where a key lives, and how records move when nodes come and go."""

from engine.commands import AddNode, Configure, Crash, Read, RemoveNode, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.units import MS

THREE_OF_EIGHT = Scenario(
    name="three-of-eight",
    title="Three of eight nodes",
    claim="A key lives on n of the nodes: the first n that follow it on the ring.",
    text=(
        "There are eight nodes, and n = 3 copies of each record. Client A writes x, and the request goes to three"
        " nodes only; y goes to three others, some of them the same. Everybody works out from the name of the key"
        " who keeps it, so client B asks the right three without asking anybody first. The crash of a node that does"
        " not keep x means nothing to x."
    ),
    nodes=8,
    settings=Configure(n=3, w=2, r=2, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (4, Write("A", "y", "bread")),
        (8, Crash("n3")),
        (9, Read("B", "x")),
    ),
    ends_us=13 * MS,
)

_SIX_KEYS = (
    (0, Write("A", "x", "apple")),
    (3, Write("A", "y", "bread")),
    (6, Write("A", "z", "milk")),
    (9, Write("A", "u", "rice")),
    (12, Write("A", "v", "salt")),
    (15, Write("A", "w", "tea")),
)

NODE_JOINS = Scenario(
    name="node-joins",
    title="A node joins",
    claim="When a node joins, only the keys that it keeps from now on move, and the others stay where they are.",
    text=(
        "Six keys are on four nodes, two copies of each. n5 joins, empty, and takes its places on the ring. Some keys"
        " now have n5 among their two nodes. They are sent to it, and a node that no longer keeps such a key drops it"
        " when n5 has it. The other keys do not move."
    ),
    nodes=4,
    settings=Configure(n=2, w=2, r=1, latency="EVEN"),
    script=timed(*_SIX_KEYS, (20, AddNode()), (28, Read("B", "x"))),
    ends_us=32 * MS,
)

NODE_LEAVES = Scenario(
    name="node-leaves",
    title="A node leaves",
    claim="A node that leaves hands what it kept to those who keep it from now on, so every key still has n copies.",
    text=(
        "Six keys are on five nodes, two copies of each. n2 is to leave. For each key that it has, the next node on"
        " the ring takes its place, and n2 hands the record over. Only when all is taken is n2 gone. Every key has"
        " its two copies again, and client B reads x."
    ),
    nodes=5,
    settings=Configure(n=2, w=2, r=1, latency="EVEN"),
    script=timed(*_SIX_KEYS, (20, RemoveNode("n2")), (28, Read("B", "x"))),
    ends_us=32 * MS,
)
