"""The table of outcomes and refusals: each has a code, and what it means is said here once.

Three words reach the screen: OK, FAIL and UNKNOWN. What a checker needs to know is a different
question: is the outcome *definite* (it happened, or it did not), or *indefinite* (nobody can know
yet)? A write that FAILs after it reached a replica is indefinite: its value may surface later.
"""

import re
from typing import Literal

from msgspec import Struct, ValidationError

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
        Outcome(
            "leader_changed",
            "fail",
            False,
            "The node that took the write stopped being the leader before enough followers had it.",
        ),
        Outcome(
            "nobody_took_it",
            "fail",
            True,
            "Every node that the client sent the operation to was down and refused it: it did not happen.",
        ),
        Outcome("no_leader", "fail", True, "No node that the client asked knew of a leader that is up."),
        Outcome(
            "no_answer",
            "unknown",
            False,
            "The node that took the operation has not answered, and never may. What was written can surface later.",
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
        Refusal("invalid", "A value has not the form that it must have; the field says which."),
        Refusal("too_late", "This setting shapes what is stored; it can be set only before the first operation."),
        Refusal("unknown_actor", "The cluster has no node or client of that name."),
        Refusal("unknown_message", "No such message is under way."),
        Refusal("already_held", "The message is held already."),
        Refusal("not_held", "The message is not held."),
        Refusal("already_frozen", "The node is frozen already."),
        Refusal("not_frozen", "The node is not frozen."),
        Refusal("already_leader", "The node leads already."),
        Refusal("leads", "The node leads; another must be promoted before it can leave."),
        Refusal("leaving", "The node is about to leave."),
        Refusal("no_leader_here", "This cluster has no leader: its strategy is another."),
        Refusal("too_many_messages", "As many messages are under way in the cluster as there may be."),
        Refusal("too_many_nodes", "The cluster has as many nodes as one may have."),
        Refusal("too_many_clients", "The cluster has as many clients as it may have."),
        Refusal("no_read_quorum", "With a single leader a read has no quorum: one node answers it alone."),
        Refusal("no_workload", "No workload runs that could be stopped."),
        Refusal("too_few_nodes", "The cluster would have fewer nodes than each key has copies."),
        Refusal("frozen", "A frozen node cannot do this; thaw it first."),
        Refusal("named_twice", "An actor can be in one group only."),
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


# A path is short and made by the parser; what looks like a longer one is something that somebody typed.
_AT = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>\$[^`]{0,60})`)?$", re.DOTALL)


def invalid(error: ValidationError) -> Refused:
    """The refusal of what has not the form that its type gives it, with the field that is wrong."""
    match = _AT.match(str(error))
    path = (match and match["path"]) or ""
    reason = match["reason"] if match else str(error)
    # What somebody typed is not said back at any length.
    return Refused(
        "invalid", path.removeprefix("$.") or None, reason=reason if len(reason) <= 200 else reason[:197] + "..."
    )
