"""What those in a class see of it, each time as a whole: everybody, a member, and the staff. Pure."""

from typing import Literal, TypeAlias

from msgspec import Struct

from webapp.classroom.commands import Look
from webapp.classroom.events import Board, Hands, Mode, Phase
from webapp.classroom.state import ClassState, Member, Poll

Role: TypeAlias = Literal["owner", "assistant", "student", "viewer", "anonymous"]


class PollSeen(Struct, frozen=True):
    """The question that is shown. ``counts`` is None until it is revealed, by choice then.

    One of a lesson has its ``slug`` and ``step``; its ``choices`` are ids of the prose, and it has no words of its own.
    """

    id: str
    question: str
    choices: tuple[str, ...]
    slug: str | None
    step: str | None
    phase: Phase
    answers: int
    counts: list[int] | None
    right: int | None


class ClassSeen(Struct, frozen=True):
    """Event ``class``: what everybody in a class sees of it. Each one takes the place of the one before.

    ``origin``: the room that was on the stage when the mode was chosen: copies and groups went off from it. ``here``:
    how many members are connected; ``members``: how many there are.
    """

    id: str
    title: str
    code: str
    mode: Mode
    hands: Hands
    groups: int
    stage: str
    origin: str | None
    board: Board
    slug: str | None
    step: str | None
    locked: bool
    frozen: bool
    ended: bool
    members: int
    here: int
    poll: PollSeen | None


class CommentSeen(Struct, frozen=True):
    """A word from the teacher; a later one has a larger ``number``."""

    number: int
    text: str


class SeatSeen(Struct, frozen=True):
    """Event ``seat``: what somebody in a class sees of themselves. Staff and viewers have no ``member``.

    ``mode`` is the member's own: one who was called back follows. ``room`` is where they belong now; None: it is to be
    asked for with ``take_place``. ``answer`` is theirs to the question that is shown.
    """

    role: Role
    member: str | None
    name: str
    mode: Mode
    room: str | None
    group: int | None
    client: str | None
    hand: bool
    called_back: bool
    answer: int | None
    comment: CommentSeen | None


class Row(Struct, frozen=True):
    """A member in the roster. ``hand``: hands with a smaller number are up for longer. ``room``: where they are."""

    id: str
    name: str
    here: bool
    hand: int | None
    room: str | None
    group: int | None
    client: str | None
    copy: str | None
    called_back: bool
    answered: bool
    slug: str | None
    place: int
    reached: int
    steps: int
    finished: bool


class Roster(Struct, frozen=True):
    """Event ``roster``: the members, for staff, in the order in which they came."""

    rows: list[Row]


class LookSeen(Struct, frozen=True):
    """Event ``look``: where the teacher looks, and at which room."""

    room: str
    look: Look


def class_seen(state: ClassState, class_id: str, code: str, here: int) -> ClassSeen:
    return ClassSeen(
        id=class_id,
        title=state.title,
        code=code,
        mode=state.mode,
        hands=state.hands,
        groups=len(state.group_rooms) or 1,
        stage=state.stage,
        origin=state.moment.room if state.moment else None,
        board=state.board,
        slug=state.slug,
        step=state.step,
        locked=state.locked,
        frozen=state.frozen,
        ended=state.ended,
        members=len(state.present),
        here=here,
        poll=None if state.poll is None else poll_seen(state.poll),
    )


def poll_seen(poll: Poll) -> PollSeen:
    is_revealed = poll.phase == "revealed"
    return PollSeen(
        id=poll.id,
        question=poll.question,
        choices=poll.choices,
        slug=poll.slug,
        step=poll.step,
        phase=poll.phase,
        answers=len(poll.answers),
        counts=poll.counts if is_revealed else None,
        right=poll.right if is_revealed else None,
    )


def seat_seen(state: ClassState, role: Role, member_id: str | None) -> SeatSeen:
    if member_id is None:
        return SeatSeen(role, None, "", state.mode, state.stage, None, None, False, False, None, None)
    member = state.members[member_id]
    said = member.comment
    comment = None if said is None else CommentSeen(said.number, said.text)
    answer = state.poll.answers.get(member_id) if state.poll else None
    return SeatSeen(
        role=role,
        member=member.id,
        name=member.name,
        mode=state.mode_of(member),
        room=state.room_of(member),
        group=member.group,
        client=member.client,
        hand=member.hand is not None,
        called_back=member.called_back,
        answer=answer,
        comment=comment,
    )


def roster(state: ClassState, here: set[str]) -> Roster:
    return Roster([_row(state, member, member.id in here) for member in state.present])


def _row(state: ClassState, member: Member, here: bool) -> Row:
    study = member.study
    return Row(
        id=member.id,
        name=member.name,
        here=here,
        hand=member.hand,
        room=state.room_of(member),
        group=member.group,
        client=member.client,
        copy=member.copy,
        called_back=member.called_back,
        answered=state.poll is not None and member.id in state.poll.answers,
        slug=study.slug if study else None,
        place=study.place if study else 0,
        reached=study.reached if study else 0,
        steps=study.steps if study else 0,
        finished=study.finished if study else False,
    )
