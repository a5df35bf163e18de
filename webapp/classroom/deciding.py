"""What a command makes happen in a class, or why it is refused. Pure: what needs rooms or keys is in ``classes``."""

from collections.abc import Callable
from functools import singledispatch
from typing import TypeAlias

from engine.outcomes import Refused
from webapp.classroom.commands import (
    CHOICE_MAX,
    COMMENT_MAX,
    QUESTION_MAX,
    TITLE_MAX,
    Answer,
    Ask,
    CallBack,
    ClassCommand,
    Close,
    Comment,
    End,
    Freeze,
    Lesson,
    Lock,
    LowerHand,
    Name,
    Progress,
    PutAway,
    RaiseHand,
    Remove,
    Rename,
    Reveal,
    Show,
    Title,
)
from webapp.classroom.events import (
    Answered,
    Asked,
    CalledBack,
    Closed,
    Commented,
    Ended,
    Event,
    Frozen,
    Hand,
    Joined,
    Locked,
    Progressed,
    Removed,
    Renamed,
    Revealed,
    Shown,
    Studied,
    Titled,
)
from webapp.classroom.events import PutAway as PutAwayEvent
from webapp.classroom.keys import Seat
from webapp.classroom.state import ClassState, Member, Poll
from webapp.classroom.texts import line, name
from webapp.lessons.experiment import UNSURE, Experiment

# Of a lesson's slug. Raises Refused("unknown_lesson").
Experiments: TypeAlias = Callable[[str], Experiment]

MEMBERS_MAX = 1_000
POLLS_MAX = 300


def join(state: ClassState, typed: str) -> Joined:
    """Raises Refused: the class is locked or full, or the name will not do."""
    if state.ended:
        raise Refused("class_ended")
    if state.locked:
        raise Refused("class_locked")
    if len(state.members) >= MEMBERS_MAX:
        raise Refused("class_full", max=MEMBERS_MAX)
    return Joined(f"m{len(state.members) + 1}", _free(state, typed))


def decide(state: ClassState, seat: Seat, command: ClassCommand, experiments: Experiments) -> list[Event]:
    """The events that a command makes; none where it is so already. Raises Refused; then nothing happens."""
    return _decide(command, state, seat, experiments)


@singledispatch
def _decide(command: object, state: ClassState, seat: Seat, experiments: Experiments) -> list[Event]:
    raise TypeError(f"nothing decides on {command!r}")


@_decide.register
def _(command: Title, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    title = line(command.title, "title", TITLE_MAX)
    return [] if title == state.title else [Titled(title)]


@_decide.register
def _(command: Show, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return [] if command.board == state.board else [Shown(command.board)]


@_decide.register
def _(command: Ask, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    question = line(command.question, "question", QUESTION_MAX)
    choices = tuple(line(choice, "choices", CHOICE_MAX) for choice in command.choices)
    if len({choice.casefold() for choice in choices}) < len(choices):
        raise Refused("same_choices", "choices")
    return [*closing(state), _one_more(state, Asked(f"q{len(state.polls) + 1}", choices, question))]


def _one_more(state: ClassState, asked: Asked) -> Asked:
    if len(state.polls) >= POLLS_MAX:
        raise Refused("too_many_polls", max=POLLS_MAX)
    return asked


def closing(state: ClassState) -> list[Event]:
    """No more answers to the question that is open, if one is."""
    return [Closed(state.poll.id)] if state.poll and state.poll.phase == "open" else []


@_decide.register
def _(_command: Close, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    _poll(state)
    return closing(state)


@_decide.register
def _(command: Reveal, state: ClassState, _seat: Seat, experiments: Experiments) -> list[Event]:
    poll = _poll(state)
    right = command.right
    if poll.slug is not None and poll.step is not None:
        # The lesson knows.
        experiment = experiments(poll.slug)
        of_lesson = experiment.steps[experiment.place(poll.step)].right
        right = poll.choices.index(of_lesson) if of_lesson in poll.choices else None
    if right is not None and right >= len(poll.choices):
        raise Refused("unknown_choice", "right")
    return [] if poll.phase == "revealed" and poll.right == right else [Revealed(poll.id, right)]


@_decide.register
def _(_command: PutAway, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return [PutAwayEvent(state.poll.id)] if state.poll else []


@_decide.register
def _(command: Lesson, state: ClassState, _seat: Seat, experiments: Experiments) -> list[Event]:
    if command.slug is None:
        return [] if state.slug is None else [*closing(state), Studied()]
    experiment = experiments(command.slug)
    step = experiment.steps[0 if command.step is None else experiment.place(command.step)]
    events: list[Event] = []
    if (command.slug, step.id) != (state.slug, state.step):
        events.append(Studied(command.slug, step.id))
    poll = f"{command.slug}/{step.id}"
    if step.kind == "predict" and state.mode != "own_copy" and poll not in state.polls:
        events.append(_one_more(state, Asked(poll, (*step.choices, UNSURE), "", command.slug, step.id)))
    return [*closing(state), *events] if events else []


@_decide.register
def _(command: Lock, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return [] if command.on == state.locked else [Locked(command.on)]


@_decide.register
def _(command: Freeze, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return [] if command.on == state.frozen else [Frozen(command.on)]


@_decide.register
def _(command: Remove, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return [Removed(_member(state, command.member).id)]


@_decide.register
def _(command: Rename, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return _renamed(state, _member(state, command.member), command.name)


@_decide.register
def _(command: CallBack, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    member = _member(state, command.member)
    if state.mode != "own_copy":
        raise Refused("nobody_alone")
    return [] if member.called_back == command.on else [CalledBack(member.id, command.on)]


@_decide.register
def _(command: Comment, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    member = command.member and _member(state, command.member).id
    return [Commented(line(command.text, "text", COMMENT_MAX), member)]


@_decide.register
def _(command: LowerHand, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return _hand(_member(state, command.member), False)


@_decide.register
def _(_command: End, state: ClassState, _seat: Seat, _e: Experiments) -> list[Event]:
    return [] if state.ended else [*closing(state), Ended()]


@_decide.register
def _(command: Answer, state: ClassState, seat: Seat, _e: Experiments) -> list[Event]:
    member = _own(state, seat)
    poll = state.polls.get(command.poll)
    if poll is None or poll is not state.poll or poll.phase != "open":
        raise Refused("poll_closed", "poll")
    if command.choice >= len(poll.choices):
        raise Refused("unknown_choice", "choice")
    # Whoever does not know whether an answer has arrived sends it again.
    return [] if poll.answers.get(member.id) == command.choice else [Answered(poll.id, member.id, command.choice)]


@_decide.register
def _(command: RaiseHand, state: ClassState, seat: Seat, _e: Experiments) -> list[Event]:
    return _hand(_own(state, seat), command.up)


@_decide.register
def _(command: Name, state: ClassState, seat: Seat, _e: Experiments) -> list[Event]:
    return _renamed(state, _own(state, seat), command.name)


@_decide.register
def _(command: Progress, state: ClassState, seat: Seat, experiments: Experiments) -> list[Event]:
    member = _own(state, seat)
    steps = len(experiments(command.slug).steps)
    if command.place >= steps or command.reached >= steps:
        raise Refused("unknown_step", "place" if command.place >= steps else "reached")
    event = Progressed(member.id, command.slug, command.place, command.reached, steps, command.finished)
    study = member.study
    told = study and (study.slug, study.place, study.reached, study.finished)
    return [] if told == (event.slug, event.place, event.reached, event.finished) else [event]


def _hand(member: Member, up: bool) -> list[Event]:
    return [] if (member.hand is not None) == up else [Hand(member.id, up)]


def _renamed(state: ClassState, member: Member, typed: str) -> list[Event]:
    free = _free(state, typed, member)
    return [] if free == member.name else [Renamed(member.id, free)]


def _free(state: ClassState, typed: str, besides: Member | None = None) -> str:
    wanted = name(typed)
    if state.named(wanted) not in (None, besides):
        raise Refused("name_taken", "name")
    return wanted


def _member(state: ClassState, member_id: str) -> Member:
    member = state.members.get(member_id)
    if member is None or member.removed:
        raise Refused("unknown_member", "member")
    return member


def _own(state: ClassState, seat: Seat) -> Member:
    assert seat.member is not None
    return _member(state, seat.member)


def _poll(state: ClassState) -> Poll:
    if state.poll is None:
        raise Refused("no_poll")
    return state.poll
