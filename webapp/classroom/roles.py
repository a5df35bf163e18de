"""Who may do what in a class: a table, and nothing else. Pure.

A rule is YES, the code of the reason why not, or a function of the situation that answers one of these. What is
asked has the name of its event; a command to a room or to the class has its kind after a dot.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from webapp.classroom.events import Hands, Mode
from webapp.classroom.seen import Role

Where: TypeAlias = Literal["stage", "own", "other"]

ROLES: tuple[Role, ...] = ("owner", "assistant", "student", "viewer", "anonymous")


class Situation(Struct, frozen=True):
    """``where``: the room that it is about is on the stage, where the asker belongs, or another one of the class.

    ``mode`` is the asker's own; ``is_mine``: the operation is one of the asker's own client.
    """

    mode: Mode = "follow"
    hands: Hands = "clients"
    where: Where = "stage"
    is_mine: bool = False
    frozen: bool = False
    ended: bool = False


YES = ""


def _operate(now: Situation) -> str:
    """Read and write."""
    if now.mode == "hands_on":
        return _held(now) or _at_home(now) or (YES if now.is_mine else "not_your_client")
    return _break(now)


def _break(now: Situation) -> str:
    """Crash, cut, hold: what is done to nodes and the network."""
    if now.mode == "hands_on" and now.hands == "clients":
        return _held(now) or "clients_only"
    return _held(now) or ("look_only" if now.mode == "follow" else _at_home(now))


def _arrange(now: Situation) -> str:
    """What changes the cluster for all who are in it, or makes another one."""
    return _held(now) or (_at_home(now) if now.mode == "own_copy" else "teachers_only")


def _at_home(now: Situation) -> str:
    return YES if now.where == "own" else "not_your_room"


def _held(now: Situation) -> str:
    return "class_ended" if now.ended else "class_frozen" if now.frozen else YES


def _enter(now: Situation) -> str:
    return YES if now.where in ("stage", "own") else "not_your_room"


def _on_stage(now: Situation) -> str:
    return YES if now.where == "stage" else "not_your_room"


def _while_it_lasts(now: Situation) -> str:
    return "class_ended" if now.ended else YES


def _alone(now: Situation) -> str:
    """Make a room of one's own."""
    return _held(now) or (YES if now.mode == "own_copy" else "look_only")


Condition: TypeAlias = Callable[[Situation], str]

Rule: TypeAlias = str | Condition

Rules: TypeAlias = dict[Role, Rule]


def _row(owner: Rule, assistant: Rule, student: Rule, viewer: Rule, anonymous: Rule = "not_in_class") -> Rules:
    return dict(zip(ROLES, (owner, assistant, student, viewer, anonymous), strict=True))


_OWNER = _row(YES, "owner_only", "teachers_only", "viewers_look")
_STAFF = _row(YES, YES, "teachers_only", "viewers_look")
_TEACHING = _row(_while_it_lasts, _while_it_lasts, "teachers_only", "viewers_look")
_MEMBER = _row("students_only", "students_only", _while_it_lasts, "viewers_look")

# What a room is asked, by kind.
_OPERATIONS = _row(YES, YES, _operate, "viewers_look")
_FAULTS = _row(YES, YES, _break, "viewers_look")
_ARRANGING = _row(YES, YES, _arrange, "viewers_look")
_LOOKING = _row(YES, YES, _enter, _on_stage)
_MAKING = _row(YES, YES, _alone, "viewers_look")

TABLE: dict[str, Rules] = {
    # Rooms
    "join": _LOOKING,
    "peek": _LOOKING,
    "history": _LOOKING,
    "resync": _LOOKING,
    "branches": _LOOKING,
    "digest": _LOOKING,
    "share": _row(YES, YES, _enter, "viewers_look"),
    "open": _MAKING,
    "lesson": _MAKING,
    "copy": _MAKING,
    "unpack": _MAKING,
    "fork": _ARRANGING,
    "rename": _ARRANGING,
    **dict.fromkeys(("command.write", "command.read"), _OPERATIONS),
    **dict.fromkeys(
        (
            "command.crash",
            "command.restart",
            "command.wipe",
            "command.freeze",
            "command.thaw",
            "command.slow",
            "command.skew",
            "command.partition",
            "command.link",
            "command.heal",
            "command.hold",
            "command.release",
            "command.drop",
            "command.duplicate",
            "command.deliver",
            "command.gossip",
            "command.promote",
        ),
        _FAULTS,
    ),
    **dict.fromkeys(
        (
            "command.workload",
            "command.add_client",
            "command.add_node",
            "command.remove_node",
            "command.configure",
            "command.compare",
            "command.run",
            "command.pause",
            "command.step",
            "command.set_speed",
        ),
        _ARRANGING,
    ),
    # The class
    **dict.fromkeys(
        (
            "class.title",
            "class.mode",
            "class.stage",
            "class.look",
            "class.show",
            "class.ask",
            "class.close",
            "class.reveal",
            "class.put_away",
            "class.lesson",
            "class.lock",
            "class.freeze",
            "class.remove",
            "class.rename",
            "class.call_back",
            "class.comment",
            "class.lower_hand",
        ),
        _TEACHING,
    ),
    "class.invite": _OWNER,
    "class.revoke": _OWNER,
    "class.end": _OWNER,
    **dict.fromkeys(("class.take_place", "class.answer", "class.hand", "class.name", "class.progress"), _MEMBER),
    # What is kept of it
    "report": _STAFF,
    "replay": _STAFF,
    "export": _OWNER,
    "delete": _OWNER,
}


def why_not(role: Role, asked: str, now: Situation) -> str:
    """The code of the reason why somebody may not do what they ask for; YES if they may. A pure function of these."""
    rule = TABLE[asked][role]
    return rule(now) if callable(rule) else rule
