"""What can happen in a class. Its log is a list of these, and its state is what they come to (state.py)."""

from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from engine.units import Us

Mode: TypeAlias = Literal["follow", "hands_on", "own_copy"]
Hands: TypeAlias = Literal["clients", "nodes"]
Board: TypeAlias = Literal["code", "stage"]
Phase: TypeAlias = Literal["open", "closed", "revealed"]
Link: TypeAlias = Literal["owner", "assistant", "viewer"]


class _Event(Struct, frozen=True, tag_field="type", omit_defaults=True):
    pass


class Opened(_Event, frozen=True, tag="opened"):
    """The class begins, with its stage in ``room``."""

    title: str
    room: str


class Titled(_Event, frozen=True, tag="titled"):
    title: str


class Joined(_Event, frozen=True, tag="joined"):
    member: str
    name: str


class Renamed(_Event, frozen=True, tag="renamed"):
    member: str
    name: str


class Removed(_Event, frozen=True, tag="removed"):
    member: str


class Hand(_Event, frozen=True, tag="hand"):
    """A hand went up or down."""

    member: str
    up: bool


class Switched(_Event, frozen=True, tag="switched"):
    """Another mode, from the stage's moment (``room``, ``at_us``) on, after so many entries (``seq``) of its log.

    ``groups``: how many clusters hands are laid on; 1 is the stage itself, otherwise ``rooms`` are theirs. ``fresh``:
    own copies begin anew.
    """

    mode: Mode
    room: str
    at_us: Us
    hands: Hands = "clients"
    rooms: tuple[str, ...] = ()
    fresh: bool = True
    seq: int | None = None


class Placed(_Event, frozen=True, tag="placed"):
    """A member's place in the present mode: a cluster and, with hands on it, a client of their own there."""

    member: str
    room: str
    group: int | None = None
    client: str | None = None


class CalledBack(_Event, frozen=True, tag="called_back"):
    """A member who plays alone follows for a while, or goes back to the copy."""

    member: str
    on: bool


class Staged(_Event, frozen=True, tag="staged"):
    """Another room is what everybody looks at."""

    room: str


class Shown(_Event, frozen=True, tag="shown"):
    """What the projector shows at large."""

    board: Board


class Studied(_Event, frozen=True, tag="studied"):
    """The class is at a step of a lesson, or (None) in none."""

    slug: str | None = None
    step: str | None = None


class Asked(_Event, frozen=True, tag="asked"):
    """A question. One of a lesson has its ``slug`` and ``step``, and the choices are ids of the prose."""

    poll: str
    choices: tuple[str, ...]
    question: str = ""
    slug: str | None = None
    step: str | None = None


class Closed(_Event, frozen=True, tag="closed"):
    """No more answers are taken."""

    poll: str


class Revealed(_Event, frozen=True, tag="revealed"):
    """Everybody sees how many chose what; ``right`` is the choice that the run bore out (None: nobody has said)."""

    poll: str
    right: int | None = None


class PutAway(_Event, frozen=True, tag="put_away"):
    """The question is no longer shown."""

    poll: str


class Answered(_Event, frozen=True, tag="answered"):
    """A member's answer; it takes the place of an earlier one."""

    poll: str
    member: str
    choice: int


class Progressed(_Event, frozen=True, tag="progressed"):
    """How far a member is in a lesson: the step, the furthest one, and how many there are."""

    member: str
    slug: str
    place: int
    reached: int
    steps: int
    finished: bool = False


class Commented(_Event, frozen=True, tag="commented"):
    """A word from the teacher to one member (None: to all)."""

    text: str
    member: str | None = None


class Locked(_Event, frozen=True, tag="locked"):
    """Nobody new comes in."""

    on: bool


class Frozen(_Event, frozen=True, tag="frozen"):
    """Students do nothing for a while."""

    on: bool


class Revoked(_Event, frozen=True, tag="revoked"):
    """Links of this kind that were handed out before are no longer good."""

    link: Link


class Ended(_Event, frozen=True, tag="ended"):
    """The class is over: it can be looked at, reported and deleted."""


Event: TypeAlias = (
    Opened
    | Titled
    | Joined
    | Renamed
    | Removed
    | Hand
    | Switched
    | Placed
    | CalledBack
    | Staged
    | Shown
    | Studied
    | Asked
    | Closed
    | Revealed
    | PutAway
    | Answered
    | Progressed
    | Commented
    | Locked
    | Frozen
    | Revoked
    | Ended
)

# Of an event's JSON. Raises msgspec.ValidationError: no such event.
read_event = msgspec.json.Decoder(Event).decode
