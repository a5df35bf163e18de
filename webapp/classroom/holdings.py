"""What a class holds, for its teacher's list: facts about it, and what each of its rooms is there for. Pure."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from webapp.classroom.events import Opened, Placed, Staged, Switched
from webapp.classroom.report import events_of
from webapp.classroom.state import ClassState
from webapp.store.class_store import ClassEntry
from webapp.store.log_store import RoomRow

# On the stage now, or once; a group's; a member's own copy; or one that none of these is in any more.
Use: TypeAlias = Literal["stage", "was_stage", "group", "copy", "other"]


class RoomHeld(Struct, frozen=True):
    """``group`` counts from 1; ``member`` is whose copy it is. ``made_at`` is in UTC."""

    id: str
    use: Use
    name: str | None
    group: int | None
    member: str | None
    made_at: str
    commands: int


def rooms_held(entries: Sequence[ClassEntry], rooms: Iterable[tuple[RoomRow, str, int]]) -> list[RoomHeld]:
    """Its rooms in the order in which they were made; shared runs are none."""
    state = ClassState()
    stages: set[str] = set()
    groups: dict[str, int] = {}
    copies: dict[str, str] = {}
    for _, event in events_of(entries):
        state.take(event)
        match event:
            case Opened(room=room) | Staged(room=room):
                stages.add(room)
            case Switched(rooms=made):
                groups |= {room: number for number, room in enumerate(made, start=1)}
            case Placed(member, room) if state.mode == "own_copy":
                copies[room] = member
    told = []
    for row, made_at, commands in rooms:
        if row.sealed:
            continue
        whose = copies.get(row.id)
        group = groups.get(row.id)
        use: Use = "other"
        if row.id == state.stage:
            use = "stage"
        elif whose is not None:
            use = "copy"
        elif group is not None:
            use = "group"
        elif row.id in stages:
            use = "was_stage"
        name = state.members[whose].name if whose is not None else None
        told.append(RoomHeld(row.id, use, row.name, group, name, made_at, commands))
    return told
