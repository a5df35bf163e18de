"""How a version is chosen when there are several writers."""

from engine.commands import Configure, Read, Skew, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.units import MS

_TWO_WRITERS = timed(
    (0, Write("A", "x", "apple")),
    (5, Write("A", "x", "pear")),
    (10, Write("B", "x", "plum")),
    (16, Write("A", "x", "fig")),
)

SECOND_ROUND = Scenario(
    name="second-round",
    title="Two writers who count for themselves",
    claim="A writer who counts for itself must write a second time whenever another has counted further.",
    text=(
        "Client A writes twice, as version 1 and 2, each in one round trip. Client B begins with 1, since it does not"
        " know of client A. The nodes turn that down and say what they hold, and client B goes a second round with 3."
        " Now client A is the one who lags, and its next write needs two rounds as well. A lone writer never pays this"
        " price."
    ),
    nodes=3,
    settings=Configure(versions="counter", latency="EVEN"),
    script=_TWO_WRITERS,
    ends_us=22 * MS,
)

ASK_FIRST = Scenario(
    name="ask-first",
    title="Two writers who ask first",
    claim="A writer who first asks a quorum which version it holds always pays two rounds, and never needs a third.",
    text=(
        "The same four writes as in “Two writers who count for themselves”. Each write now begins with a question:"
        " which version do you hold? Two answers of three are enough, since they share a node with every earlier"
        " write that was OK. Then it writes with the next number. Nobody is turned down, but every write takes 4 ms,"
        " also while client A is alone."
    ),
    nodes=3,
    settings=Configure(versions="ask", latency="EVEN"),
    script=_TWO_WRITERS,
    ends_us=22 * MS,
)

SKEWED_CLOCK = Scenario(
    name="skewed-clock",
    title="A clock that is ahead",
    claim="Where wall clocks decide which write is the last, a clock that is ahead makes newer writes vanish.",
    text=(
        "Versions are wall-clock times here, and the larger one wins. Client A's clock is 50 ms ahead. It writes"
        " apple; 5 ms later client B writes pear and hears OK, then reads, and gets apple. Every node was sent pear,"
        " and took it for older than what it had. No node failed and no message was lost, yet an acknowledged write is"
        " gone and nobody was told."
    ),
    nodes=3,
    settings=Configure(versions="clock", latency="EVEN"),
    script=timed(
        (0, Skew("A", 50 * MS)),
        (1, Write("A", "x", "apple")),
        (6, Write("B", "x", "pear")),
        (11, Read("B", "x")),
    ),
    ends_us=15 * MS,
)

SIBLINGS = Scenario(
    name="siblings",
    title="Two writes that do not know of each other",
    claim="Version vectors keep both of two concurrent writes, until somebody who has seen both writes again.",
    text=(
        "Clients A and B write at the same moment, through different coordinators. Neither has seen the other's"
        " value, so neither write replaces the other: every node keeps both, as siblings. Client B reads and gets"
        " both. It merges them and writes the result; that write has seen both, so it replaces both, and client A"
        " reads one value again."
    ),
    nodes=3,
    settings=Configure(strategy="coordinator", versions="vector", latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (0, Write("B", "x", "pear", via="n2")),
        (6, Read("B", "x", via="n3")),
        (12, Write("B", "x", "apple and pear", via="n3")),
        (18, Read("A", "x", via="n1")),
    ),
    ends_us=24 * MS,
)

SAME_COORDINATOR = Scenario(
    name="same-coordinator",
    title="Siblings through one coordinator",
    claim="Two writes through one coordinator stay siblings if neither writer had seen the other's value.",
    text=(
        "Client A writes apple through n1, and after it client B writes pear, through n1 as well. n1 numbers them 1"
        " and 2; but client B has read nothing, so its write replaces nothing. What counts is what the writer had"
        " seen, not what the coordinator knew, and both values are kept. A plain version vector, with one number for"
        " n1, could not tell this from a write that had seen apple. Here each value carries the number of its own"
        " write apart from its past."
    ),
    nodes=3,
    settings=Configure(strategy="coordinator", versions="vector", latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (6, Write("B", "x", "pear", via="n1")),
        (12, Read("A", "x", via="n2")),
    ),
    ends_us=18 * MS,
)
