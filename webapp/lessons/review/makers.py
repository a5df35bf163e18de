"""Who asks: for each lesson, by its slug, those that make questions of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from webapp.lessons.review import catching_up, counting, failing, leading, measuring, reading, writers
from webapp.lessons.review.question import Luck, Question

# None: what was drawn is nothing to ask about, and it is drawn again.
Maker = Callable[[Luck], Question | None]

MAKERS: Mapping[str, tuple[Maker, ...]] = MappingProxyType(
    {
        "one-leader": (leading.heir_reads,),
        "five-masters": (counting.some_are_missing,),
        "version-numbers": (counting.overslept, reading.newest_of_few),
        "sleeping-node": (catching_up.wakes_up,),
        "read-by-majority": (reading.right_after,),
        "one-random-node": (reading.one_of_them,),
        "tune-w-r-n": (counting.slow_ones,),
        "who-fans-out": (failing.coordinator_dies,),
        "how-many-may-fail": (counting.one_after_another,),
        "fail-is-not-undone": (failing.copies, failing.surfaces),
        "two-writers": (writers.counted, writers.clocked, writers.merged),
        "new-old-inversion": (reading.second_read,),
        "sloppy-quorums": (catching_up.hint, catching_up.other_side),
        "how-stale": (measuring.after_the_commit,),
        "gossip-at-scale": (measuring.rumour, measuring.named_keys),
        "leader-or-leaderless": (leading.both_ways,),
    }
)
