"""What a class's log comes to. Pure: no clock, no chance, no store."""

from functools import singledispatchmethod

from msgspec import Struct

from engine.units import Us
from webapp.classroom.events import (
    Answered,
    Asked,
    Board,
    CalledBack,
    Closed,
    Commented,
    Ended,
    Event,
    Frozen,
    Hand,
    Hands,
    Joined,
    Link,
    Locked,
    Mode,
    Opened,
    Phase,
    Placed,
    Progressed,
    PutAway,
    Removed,
    Renamed,
    Revealed,
    Revoked,
    Shown,
    Staged,
    Studied,
    Switched,
    Titled,
)
from webapp.classroom.texts import likeness


class Moment(Struct, frozen=True):
    """Where own copies and groups go off from: while a room is paused, much may be done at one ``at_us``."""

    room: str
    at_us: Us
    seq: int | None


class Poll(Struct):
    """A question and, by member, what was answered. One of a lesson has a ``slug``: its words are in the prose."""

    id: str
    question: str
    choices: tuple[str, ...]
    slug: str | None = None
    step: str | None = None
    phase: Phase = "open"
    right: int | None = None
    answers: dict[str, int] = {}

    @property
    def counts(self) -> list[int]:
        chosen = list(self.answers.values())
        return [chosen.count(choice) for choice in range(len(self.choices))]


class Study(Struct, frozen=True):
    """How far a member is in a lesson."""

    slug: str
    place: int
    reached: int
    steps: int
    finished: bool


class Comment(Struct, frozen=True):
    """``number`` is how many there were before it."""

    number: int
    text: str


class Member(Struct):
    """A student. ``hand`` is the seq of the event with which it went up. ``copy`` outlasts the mode."""

    id: str
    name: str
    hand: int | None = None
    room: str | None = None
    group: int | None = None
    client: str | None = None
    copy: str | None = None
    called_back: bool = False
    removed: bool = False
    studies: dict[str, Study] = {}
    study: Study | None = None
    comment: Comment | None = None


class ClassState:
    """``seq`` is how many events there were."""

    def __init__(self) -> None:
        self.seq = 0
        # The seq of the event since which places are being given: they are good until the next one.
        self.switched = 0
        self.title = ""
        self.stage = ""
        self.mode: Mode = "follow"
        self.hands: Hands = "clients"
        self.group_rooms: tuple[str, ...] = ()
        self.moment: Moment | None = None
        self.board: Board = "code"
        self.slug: str | None = None
        self.step: str | None = None
        self.locked = False
        self.frozen = False
        self.ended = False
        self.members: dict[str, Member] = {}
        self.polls: dict[str, Poll] = {}
        self.poll: Poll | None = None
        self.comments = 0
        self.generations: dict[Link, int] = {"owner": 0, "assistant": 0, "viewer": 0}

    # What is asked of it

    @property
    def present(self) -> list[Member]:
        """Those who have not been removed, in the order in which they came."""
        return [member for member in self.members.values() if not member.removed]

    def mode_of(self, member: Member) -> Mode:
        return "follow" if member.called_back and self.mode == "own_copy" else self.mode

    def room_of(self, member: Member) -> str | None:
        """Where a member belongs now; None: in a place that is still to be made."""
        match self.mode_of(member):
            case "follow":
                return self.stage
            case "hands_on":
                return member.room
            case "own_copy":
                return member.copy

    def named(self, name: str) -> Member | None:
        """The member of that name, or of one that looks like it."""
        looks = likeness(name)
        return next((member for member in self.present if likeness(member.name) == looks), None)

    # What happens to it

    def take(self, event: Event) -> None:
        self.seq += 1
        self._take(event)

    @singledispatchmethod
    def _take(self, event: Event) -> None:
        raise TypeError(f"no class takes {event!r}")

    @_take.register
    def _(self, event: Opened) -> None:
        self.title, self.stage = event.title, event.room

    @_take.register
    def _(self, event: Titled) -> None:
        self.title = event.title

    @_take.register
    def _(self, event: Joined) -> None:
        self.members[event.member] = Member(event.member, event.name)

    @_take.register
    def _(self, event: Renamed) -> None:
        self.members[event.member].name = event.name

    @_take.register
    def _(self, event: Removed) -> None:
        member = self.members[event.member]
        member.removed, member.hand = True, None
        for poll in self.polls.values():
            # What everybody has seen stays as they saw it.
            if poll.phase != "revealed":
                poll.answers.pop(member.id, None)

    @_take.register
    def _(self, event: Hand) -> None:
        member = self.members[event.member]
        # Who has had it up for longer stays before the others.
        member.hand = (member.hand or self.seq) if event.up else None

    @_take.register
    def _(self, event: Switched) -> None:
        self.mode, self.hands, self.group_rooms = event.mode, event.hands, event.rooms
        self.moment = Moment(event.room, event.at_us, event.seq)
        self.switched = self.seq
        self.board = "stage"
        for member in self.members.values():
            member.room = member.group = member.client = None
            member.called_back = False
            if event.mode == "own_copy" and event.fresh:
                member.copy = None

    @_take.register
    def _(self, event: Placed) -> None:
        member = self.members[event.member]
        if self.mode == "own_copy":
            member.copy = event.room
        else:
            member.room, member.group, member.client = event.room, event.group, event.client

    @_take.register
    def _(self, event: CalledBack) -> None:
        self.members[event.member].called_back = event.on

    @_take.register
    def _(self, event: Staged) -> None:
        self.stage = event.room
        if self.mode == "hands_on" and not self.group_rooms:
            # Their hands are on the stage itself, which is another one now; there they want the same client.
            self.switched = self.seq
            for member in self.members.values():
                member.room = None

    @_take.register
    def _(self, event: Shown) -> None:
        self.board = event.board

    @_take.register
    def _(self, event: Studied) -> None:
        self.slug, self.step = event.slug, event.step

    @_take.register
    def _(self, event: Asked) -> None:
        self.poll = Poll(event.poll, event.question, event.choices, event.slug, event.step, answers={})
        self.polls[event.poll] = self.poll

    @_take.register
    def _(self, event: Closed) -> None:
        self.polls[event.poll].phase = "closed"

    @_take.register
    def _(self, event: Revealed) -> None:
        poll = self.polls[event.poll]
        poll.phase, poll.right = "revealed", event.right

    @_take.register
    def _(self, event: PutAway) -> None:
        poll = self.polls[event.poll]
        if poll.phase == "open":
            poll.phase = "closed"
        if self.poll is poll:
            self.poll = None

    @_take.register
    def _(self, event: Answered) -> None:
        self.polls[event.poll].answers[event.member] = event.choice

    @_take.register
    def _(self, event: Progressed) -> None:
        study = Study(event.slug, event.place, event.reached, event.steps, event.finished)
        member = self.members[event.member]
        member.study = member.studies[event.slug] = study

    @_take.register
    def _(self, event: Commented) -> None:
        comment = Comment(self.comments, event.text)
        self.comments += 1
        for member in self.present if event.member is None else [self.members[event.member]]:
            member.comment = comment

    @_take.register
    def _(self, event: Locked) -> None:
        self.locked = event.on

    @_take.register
    def _(self, event: Frozen) -> None:
        self.frozen = event.on

    @_take.register
    def _(self, event: Revoked) -> None:
        self.generations[event.link] += 1

    @_take.register
    def _(self, _event: Ended) -> None:
        self.ended, self.locked, self.mode = True, True, "follow"
        for member in self.members.values():
            member.hand = None
            member.called_back = False


def fold(events: list[Event]) -> ClassState:
    state = ClassState()
    for event in events:
        state.take(event)
    return state
