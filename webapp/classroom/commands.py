"""What can be asked of a class by those who are in it. Who may ask for what is in ``roles``."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from engine.units import Us
from webapp.classroom.events import Board, Hands, Link, Mode

TITLE_MAX = 60
NAME_MAX = 24
QUESTION_MAX = 160
CHOICE_MAX = 80
CHOICES_MAX = 6
COMMENT_MAX = 280

# So many clusters can hands be laid on at once.
GROUPS_MAX = 12

MemberId: TypeAlias = Annotated[str, Meta(max_length=16, pattern=r"^m[0-9]+\Z")]
RoomId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+\Z")]
PollId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=120)]
Slug: TypeAlias = Annotated[str, Meta(max_length=64, pattern=r"^[a-z][a-z0-9-]*\Z")]
Place: TypeAlias = Annotated[int, Meta(ge=0, le=100)]
Choice: TypeAlias = Annotated[int, Meta(ge=0, lt=CHOICES_MAX)]


class _Command(Struct, frozen=True, tag_field="type", forbid_unknown_fields=True, omit_defaults=True):
    pass


# A teacher's


class Title(_Command, frozen=True, tag="title"):
    """Name the class."""

    title: Annotated[str, Meta(max_length=4 * TITLE_MAX)]


class SetMode(_Command, frozen=True, tag="mode"):
    """Have everybody follow, lay hands on the cluster, or play with a copy of their own, from the
    stage's present on.

    ``groups``: in how many clusters; with one, it is the stage. ``hands``: what students may touch, clients of
    their own or the nodes as well. ``fresh``: copies begin anew, and do not go on where they were left.
    """

    mode: Mode
    groups: Annotated[int, Meta(ge=1, le=GROUPS_MAX)] = 1
    hands: Hands = "clients"
    fresh: bool = True


class Stage(_Command, frozen=True, tag="stage"):
    """Put a room of the class on the stage."""

    room: RoomId


class Look(_Command, frozen=True, tag="look"):
    """Where the teacher looks: a moment of the past (None: live) that plays on or stands, what is selected, which view.

    It is not kept: who comes later gets the last one.
    """

    at_us: Annotated[Us, Meta(ge=0, le=2**53 - 1)] | None = None
    speed: Annotated[float, Meta(ge=0, le=1000)] = 0
    kind: Literal["node", "client", "message", "link", "operation"] | None = None
    id: Annotated[str, Meta(max_length=64)] | None = None
    key: Annotated[str, Meta(min_length=1, max_length=32)] = "x"
    view: Literal["stage", "spacetime", "both"] = "stage"


class Show(_Command, frozen=True, tag="show"):
    """What the projector shows at large: the code to join by, or the stage."""

    board: Board


Choices: TypeAlias = tuple[Annotated[str, Meta(max_length=4 * CHOICE_MAX)], ...]


class Ask(_Command, frozen=True, tag="ask"):
    """Ask all students a question."""

    question: Annotated[str, Meta(max_length=4 * QUESTION_MAX)]
    choices: Annotated[Choices, Meta(min_length=2, max_length=CHOICES_MAX)]


class Close(_Command, frozen=True, tag="close"):
    """Take no more answers to the question."""


class Reveal(_Command, frozen=True, tag="reveal"):
    """Show everybody how many chose what and, if it is known, which choice the run bore out."""

    right: Choice | None = None


class PutAway(_Command, frozen=True, tag="put_away"):
    """Show the question no longer."""


class Lesson(_Command, frozen=True, tag="lesson"):
    """Take the class to a step of a lesson; without a slug, out of it."""

    slug: Slug | None = None
    step: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class Lock(_Command, frozen=True, tag="lock"):
    """Let nobody new in, or let them in again."""

    on: bool


class Freeze(_Command, frozen=True, tag="freeze"):
    """Have students take their hands off for a while, or go on."""

    on: bool


class Remove(_Command, frozen=True, tag="remove"):
    """Send a member out: their key opens nothing any more."""

    member: MemberId


class Rename(_Command, frozen=True, tag="rename"):
    """Give a member another name."""

    member: MemberId
    name: Annotated[str, Meta(max_length=4 * NAME_MAX)]


class CallBack(_Command, frozen=True, tag="call_back"):
    """Have one who plays alone follow again, or let them go back to their copy."""

    member: MemberId
    on: bool = True


class Comment(_Command, frozen=True, tag="comment"):
    """Say a word to one member, or to all."""

    text: Annotated[str, Meta(max_length=4 * COMMENT_MAX)]
    member: MemberId | None = None


class LowerHand(_Command, frozen=True, tag="lower_hand"):
    """Take a member's hand down."""

    member: MemberId


class Invite(_Command, frozen=True, tag="invite"):
    """A key for a link: the answer has it."""

    link: Link


class Revoke(_Command, frozen=True, tag="revoke"):
    """Make all links of a kind that were handed out so far useless. Who asks gets the new one."""

    link: Link


class End(_Command, frozen=True, tag="end"):
    """End the class."""


# A student's


class TakePlace(_Command, frozen=True, tag="take_place"):
    """Where somebody belongs now: a copy is made where one is wanted, a client where hands are laid on."""


class Answer(_Command, frozen=True, tag="answer"):
    """Answer the question; until it is closed, another answer takes the place of this one."""

    poll: PollId
    choice: Choice


class RaiseHand(_Command, frozen=True, tag="hand"):
    """Put one's hand up or down."""

    up: bool


class Name(_Command, frozen=True, tag="name"):
    """Be called otherwise."""

    name: Annotated[str, Meta(max_length=4 * NAME_MAX)]


class Progress(_Command, frozen=True, tag="progress"):
    """How far one is in a lesson: the step, the furthest step, and whether the last question is answered."""

    slug: Slug
    place: Place
    reached: Place
    finished: bool = False


STAFF_COMMANDS: tuple[type[_Command], ...] = (
    Title, SetMode, Stage, Look, Show, Ask, Close, Reveal, PutAway, Lesson, Lock, Freeze, Remove, Rename, CallBack,
    Comment, LowerHand, Invite, Revoke, End,
)  # fmt: skip
STUDENT_COMMANDS: tuple[type[_Command], ...] = (TakePlace, Answer, RaiseHand, Name, Progress)
CLASS_COMMANDS: tuple[type[_Command], ...] = (*STAFF_COMMANDS, *STUDENT_COMMANDS)

ClassCommand: TypeAlias = (
    Title | SetMode | Stage | Look | Show | Ask | Close | Reveal | PutAway | Lesson | Lock | Freeze | Remove | Rename
    | CallBack | Comment | LowerHand | Invite | Revoke | End | TakePlace | Answer | RaiseHand | Name | Progress
)  # fmt: skip
