"""One class in memory: its state, who is there, and telling them what is new to them."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from webapp.classroom.commands import Look
from webapp.classroom.events import read_event
from webapp.classroom.keys import Seat, is_staff
from webapp.classroom.seen import ClassSeen, LookSeen, SeatSeen, class_seen, roster, seat_seen
from webapp.classroom.state import ClassState, fold
from webapp.store.class_store import ClassEntry, ClassRow

# Many answer at once; what comes of it is told together. What comes after a quiet while is told at once.
TELL_EVERY_S = 0.1

# So many connections of a class are told something in a second; where there are more, each hears of it less often.
TOLD_PER_S = 2_000

# The roster goes to the staff no more often than this, however fast students come.
ROSTER_EVERY_S = 0.25

# Sends an event with a value to all connections in this Socket.IO room.
Tell: TypeAlias = Callable[[str, Struct, str], None]


class Classroom:
    """``here``: each connection's seat. ``tell`` sends; times are wall time in seconds, from the caller's clock."""

    def __init__(self, row: ClassRow, entries: Sequence[ClassEntry], tell: Tell, wall_s: float) -> None:
        self.row = row
        self.state: ClassState = fold([read_event(entry.event) for entry in entries])
        # By who did them.
        self.deeds = Counter(entry.actor for entry in entries)
        self.here: dict[str, Seat] = {}
        self.look: LookSeen | None = None
        self.idle_since_s = wall_s
        self._tell = tell
        self._is_news = False
        self._told_s = 0.0
        self._told: ClassSeen | None = None
        # By connection.
        self._told_seats: dict[str, SeatSeen] = {}
        self._is_roster_news = False
        self._roster_told_s = 0.0

    @property
    def members_here(self) -> set[str]:
        return {seat.member for seat in self.here.values() if seat.member is not None}

    def succeed(self, other: "Classroom") -> None:
        """Those who are in the class are here from now on, not there."""
        self.here, self.look = other.here, other.look
        self.change()

    def arrive(self, seat: Seat, sid: str) -> None:
        self.here[sid] = seat
        self.change()

    def depart(self, sid: str, wall_s: float) -> None:
        self.here.pop(sid, None)
        self._told_seats.pop(sid, None)
        self.idle_since_s = wall_s
        self.change()

    def change(self) -> None:
        """Something is other than before; all hear of it in time."""
        self._is_news = self._is_roster_news = True

    def point(self, look: Look) -> None:
        """Where the teacher looks."""
        self.look = LookSeen(self.state.stage, look)
        self._tell("look", self.look, everybody(self.row.id))

    def present(self, seat: Seat, sid: str) -> None:
        """All that somebody sees of the class, as it is now."""
        for event, value in self.overview(seat):
            if isinstance(value, SeatSeen):
                self._told_seats[sid] = value
            self._tell(event, value, sid)

    def overview(self, seat: Seat) -> list[tuple[str, Struct]]:
        """The events for somebody who is to be told everything."""
        seen = self._seen()
        if seen != self._told:
            # Should it be again as all others were told, this one must hear of that.
            self._told = None
        told: list[tuple[str, Struct]] = [
            ("class", seen),
            ("seat", seat_seen(self.state, seat.role, seat.member)),
        ]
        if self.look is not None:
            told.append(("look", self.look))
        if is_staff(seat):
            told.append(("roster", self._roster()))
        return told

    def tick(self, wall_s: float) -> None:
        """Tell what is new, if it is time."""
        if self._is_news and wall_s - self._told_s >= max(TELL_EVERY_S, len(self.here) / TOLD_PER_S):
            self._is_news, self._told_s = False, wall_s
            self._tell_all()
        if self._is_roster_news and wall_s - self._roster_told_s >= ROSTER_EVERY_S:
            self._is_roster_news, self._roster_told_s = False, wall_s
            if any(is_staff(seat) for seat in self.here.values()):
                self._tell("roster", self._roster(), staff(self.row.id))

    def _tell_all(self) -> None:
        """To each what is new to them: of an answer, a class of hundreds hears only that there is one more."""
        seen = self._seen()
        if seen != self._told:
            self._told = seen
            self._tell("class", seen, everybody(self.row.id))
        # Whose line proves dead when it is told something departs meanwhile.
        for sid, seat in list(self.here.items()):
            own = seat_seen(self.state, seat.role, seat.member)
            if self._told_seats.get(sid) != own:
                self._told_seats[sid] = own
                self._tell("seat", own, sid)

    def _seen(self) -> ClassSeen:
        return class_seen(self.state, self.row.id, self.row.code or "", len(self.members_here))

    def _roster(self) -> Struct:
        return roster(self.state, self.members_here)


def everybody(class_id: str) -> str:
    """The Socket.IO room of all who are in a class."""
    return f"class:{class_id}"


def staff(class_id: str) -> str:
    return f"staff:{class_id}"
