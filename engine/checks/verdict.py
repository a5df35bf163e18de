"""What a checker answers: ok, violated or unknown, with the operations that show it and the reason as a code."""

from typing import Literal, TypeAlias

from msgspec import Struct

from engine.changes import Fact

Word: TypeAlias = Literal["ok", "violated", "unknown"]

# Every code that a verdict can carry, with the facts of its sentence. The sentence is `check.<code>` in the catalogue.
REASONS: dict[str, tuple[str, ...]] = {
    "linearizable": (),
    "stale_read": ("key", "reader", "value", "newer", "writer"),
    "stale_read_initial": ("key", "reader", "newer", "writer"),
    "lost_write": ("key", "reader", "value", "newer", "writer"),
    "lost_write_initial": ("key", "reader", "newer", "writer"),
    "new_old_inversion": ("key", "reader", "value", "newer", "writer", "other"),
    "new_old_inversion_initial": ("key", "reader", "newer", "writer", "other"),
    "disagreement": ("key", "reader", "value", "newer", "writer", "other"),
    "value_from_nowhere": ("key", "reader", "value"),
    "siblings": ("key", "reader", "count"),
    "session": (),
    "no_versions": ("key", "client", "operation"),
    "read_your_writes": ("key", "client", "value", "own"),
    "read_your_writes_initial": ("key", "client", "own"),
    "monotonic_reads": ("key", "client", "value", "before"),
    "monotonic_reads_initial": ("key", "client", "before"),
    "monotonic_writes": ("key", "client", "value", "before"),
    "writes_follow_reads": ("key", "client", "value", "before"),
    "converged": (),
    "diverged": ("key", "nodes", "others"),
    "missing": ("key", "nodes", "others"),
    "durable": (),
    "lost_from_disk": ("key", "writer", "value", "operation"),
}

KINDS = ("stale_read", "lost_write", "new_old_inversion", "disagreement", "value_from_nowhere")


class Verdict(Struct, frozen=True):
    """``word`` is the answer and ``code``, a key of REASONS, the reason, with its ``facts``.

    ``witness`` is the ids of the operations that prove a violation, the offending one first, and empty
    where the verdict is ok. Of linearizability, sessions and durability, the witnesses alone, without
    the rest of the history, violate the condition too.
    """

    word: Word
    code: str
    facts: dict[str, Fact] = {}
    witness: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The code without the suffix that says only that a read returned the initial value."""
        return self.code.removesuffix("_initial")


def initial(code: str, missing: bool) -> str:
    """The variant of a code for a read that returned the initial value, which no sentence can name."""
    return f"{code}_initial" if missing else code


def once(*operations: str | None) -> tuple[str, ...]:
    """The ids that are there, each once, in the order given."""
    return tuple(dict.fromkeys(operation for operation in operations if operation is not None))
