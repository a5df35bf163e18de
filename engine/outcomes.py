"""The table of outcomes and refusals: each has a code, and what it means is said here once.

Three words reach the screen: OK, FAIL and UNKNOWN. What a checker needs to know is a different
question: is the outcome *definite* (it happened, or it did not), or *indefinite* (nobody can know
yet)? A write that FAILs after it reached a replica is indefinite: its value may surface later.
"""

from typing import Literal

from msgspec import Struct

Word = Literal["pending", "ok", "fail", "unknown"]


class Outcome(Struct, frozen=True):
    """One way in which an operation can stand. ``definite`` is for a write; a failed read changes nothing."""

    code: str
    word: Word
    definite: bool
    meaning: str


class Refusal(Struct, frozen=True):
    """One reason for which a command is refused. A refused command changes nothing."""

    code: str
    meaning: str


OUTCOMES: dict[str, Outcome] = {
    outcome.code: outcome
    for outcome in (
        Outcome("pending", "pending", False, "The client is still waiting for answers."),
        Outcome("quorum_reached", "ok", True, "As many nodes answered as were needed."),
        Outcome(
            "quorum_impossible",
            "fail",
            False,
            "So many nodes refused that the quorum can no longer be reached. Nodes that stored the write keep it.",
        ),
        Outcome(
            "timeout",
            "fail",
            False,
            "The quorum did not answer in time. Nodes that stored the write keep it, and more may still do so.",
        ),
    )
}

REFUSALS: dict[str, Refusal] = {
    refusal.code: refusal
    for refusal in (
        Refusal("unknown_node", "The cluster has no node of that name."),
        Refusal("unknown_client", "The cluster has no client of that name."),
        Refusal("unknown_latency", "There is no latency profile of that name."),
        Refusal("already_down", "The node is down already."),
        Refusal("already_up", "The node is up already."),
        Refusal("node_down", "A node that is down cannot do this."),
        Refusal("out_of_range", "A number is outside the range that the cluster allows."),
        Refusal("too_many_pending", "The client has as many operations under way as it may have."),
        Refusal("nothing_to_change", "The command names no setting."),
        Refusal("time_runs_forward", "A run cannot be taken to a time before its present."),
    )
}


class Refused(Exception):
    """A command the engine will not carry out; nothing has changed.

    ``code`` is a key of REFUSALS, ``field`` the command's field that is wrong (None: the command as
    a whole), ``facts`` the numbers and names that the sentence about it needs.
    """

    def __init__(self, code: str, field: str | None = None, **facts: str | int) -> None:
        super().__init__(code, field, facts)
        self.code = code
        self.field = field
        self.facts = facts
