"""All classes of this process: making, finding, entering and acting.

What is accepted is in the class's log first.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import msgspec
from msgspec import Struct

from engine.outcomes import Refused
from webapp.classroom import codes, deciding
from webapp.classroom.classroom import Classroom, Tell
from webapp.classroom.commands import (
    TITLE_MAX,
    ClassCommand,
    Invite,
    Look,
    Revoke,
    SetMode,
    Stage,
    TakePlace,
)
from webapp.classroom.deciding import Experiments
from webapp.classroom.events import Ended, Event, Joined, Opened, Placed, Removed, Revoked, Staged
from webapp.classroom.keys import Keys, Seat, actor, check, is_staff
from webapp.classroom.memory import SLEEP_AFTER_S, Memory
from webapp.classroom.places import Places
from webapp.classroom.roles import YES, Situation, Where, why_not
from webapp.classroom.state import ClassState, Member
from webapp.classroom.texts import line
from webapp.rooms.ids import new_id
from webapp.rooms.manager import Rooms
from webapp.store.class_store import ClassEntry, ClassRow, ClassStore, CodeTaken
from webapp.store.log_store import SeqTaken

# Of the rows of a log; a class of hundreds that does much in every minute of a day does not get there.
LOG_MAX = 200_000

# Whatever students do, their teacher can still send somebody out, and end the class.
LOG_OF_STAFF = 10_000

# No member fills the log for all the others. In a lesson somebody does a few dozen things.
DEEDS_MAX = 2_000


class Classes(Memory):
    """``tell`` sends; ``wall_ms`` is the time of day; ``clock`` is the rooms' clock. All locking is the rooms'."""

    def __init__(
        self,
        store: ClassStore,
        rooms: Rooms,
        experiments: Experiments,
        tell: Tell,
        clock: Callable[[], float],
        wall_ms: Callable[[], int],
        sleep_after_s: float = SLEEP_AFTER_S,
    ) -> None:
        super().__init__(store, rooms, tell, clock, sleep_after_s)
        self.keys = Keys(store.secret("class keys"))
        self._experiments = experiments
        self._wall_ms = wall_ms
        self._places = Places(rooms, self._own_state, self.happen)

    # Making, finding

    def create(self, title: str, scenario: str, near: str = "") -> tuple[ClassRow, str]:
        """A class with a room on its stage, and its owner's key. Raises Refused."""
        shown = line(title, "title", TITLE_MAX)
        class_id = new_id(near)
        while True:
            row = ClassRow(class_id, codes.new_code())
            try:
                with self._rooms.lock:
                    self._stored(partial(self.store.create_class, row))
                break
            except CodeTaken:
                continue
        try:
            room = self._rooms.open(scenario, None, class_id)
            self.happen(class_id, "owner", [Opened(shown, room)])
        except Refused:
            with suppress(Refused):
                self.delete(class_id)
            raise
        return row, self.keys.of(Seat(class_id, "owner"))

    def join(self, code: str, name: str) -> tuple[str, str]:
        """Become a member by the class's code: the class's id, and the member's key. Raises Refused."""
        class_id = self.by_code(code)
        with self._rooms.lock:
            joined: Joined = deciding.join(self._own_state(class_id), name)
            self.happen(class_id, joined.member, [joined])
            return class_id, self.keys.of(Seat(class_id, "student", joined.member))

    def by_code(self, code: str) -> str:
        """The id of the class that can be joined by a code. Raises Refused("unknown_code")."""
        typed = codes.as_typed(code)
        with self._rooms.lock:
            row = self._stored(lambda: self.store.class_by_code(typed)) if len(typed) == codes.LENGTH else None
        if row is None:
            raise Refused("unknown_code", "code")
        return row.id

    def seat(self, key: str) -> Seat:
        """Whose key it is, if it is still good. Raises Refused: bad_key, unknown_class, revoked, removed."""
        seat = self.keys.read(key)
        self.look_anew(seat.class_id)
        check(seat, self.state(seat.class_id))
        return seat

    # Coming and going

    def arrive(self, seat: Seat, sid: str) -> None:
        """A connection is in the class. What it is to see of it, ``present`` tells."""
        with self._rooms.lock:
            self._class(seat.class_id).arrive(seat, sid)

    def depart(self, seat: Seat, sid: str) -> None:
        if (found := self._classes.get(seat.class_id)) is not None:
            found.depart(sid, self._clock())

    def present(self, seat: Seat, sid: str) -> None:
        """All that somebody sees of the class, as it is now."""
        self._class(seat.class_id).present(seat, sid)

    def overview(self, seat: Seat) -> list[tuple[str, Struct]]:
        """The same, as events."""
        return self._class(seat.class_id).overview(seat)

    # Acting

    def allow(self, seat: Seat, asked: str, room: str | None = None, client: str | None = None) -> None:
        """Raises Refused with the reason why not. ``client``: whose operation is asked for in the room."""
        state = self.state(seat.class_id)
        check(seat, state)
        member = state.members[seat.member] if seat.member is not None else None
        now = Situation(
            mode=state.mode_of(member) if member else state.mode,
            hands=state.hands,
            where=self._where(state, member, room),
            is_mine=client is not None and member is not None and client == member.client,
            frozen=state.frozen,
            ended=state.ended,
        )
        if (reason := why_not(seat.role, asked, now)) != YES:
            raise Refused(reason)

    def _where(self, state: ClassState, member: Member | None, room: str | None) -> Where:
        own = state.room_of(member) if member is not None else None
        if room is not None and room == own:
            return "own"
        if room is None or room == state.stage:
            return "stage"
        # The branches of one's own copy are one's own.
        copy = member.copy if member is not None and state.mode_of(member) == "own_copy" else None
        if copy is not None and self._are_branches(room, copy):
            return "own"
        return "other"

    def do(self, seat: Seat, command: ClassCommand) -> str | None:
        """Carry out what ``roles`` allows; answers a key where one was asked for. Raises Refused."""
        class_id = seat.class_id
        match command:
            case Look():
                self._class(class_id).point(command)
            case Invite(link) | Revoke(link):
                if isinstance(command, Revoke):
                    self.happen(class_id, seat.role, [Revoked(link)])
                generation = self._own_state(class_id).generations[link]
                return self.keys.of(Seat(class_id, link, None, generation))
            case SetMode():
                self._places.switch(seat, command)
            case Stage(room):
                self.stage(seat, room)
            case TakePlace():
                self._places.take(seat)
            case _:
                with self._rooms.lock:
                    events = deciding.decide(self._own_state(class_id), seat, command, self._experiments)
                    self.happen(class_id, actor(seat), events)
        return None

    def stage(self, seat: Seat, room: str) -> None:
        """Put a room of the class on the stage. Raises Refused: not_of_the_class, sealed."""
        row = self._rooms.row(room)
        if row.class_id != seat.class_id:
            raise Refused("not_of_the_class", "room")
        if row.sealed:
            raise Refused("sealed", "room")
        with self._rooms.lock:
            if self._own_state(seat.class_id).stage != room:
                self.happen(seat.class_id, actor(seat), [Staged(room)])

    def moved(self, seat: Seat, left: str | None, room: str, *, made: bool) -> None:
        """Somebody goes to a room that they have ``made``, or to one that there was.

        From the stage, the teacher takes everybody along to what is new and to its branches; other rooms are only
        looked at. Whoever plays alone has their copy there now; one who looks at the stage keeps it. Of a class that is
        over nothing changes. Raises Refused.
        """
        with self._rooms.lock:
            state = self._own_state(seat.class_id)
            if state.ended:
                return
            if is_staff(seat):
                if left == state.stage and (made or self._are_branches(left, room)):
                    self.stage(seat, room)
            elif seat.member is not None:
                member = state.members[seat.member]
                if state.mode_of(member) == "own_copy" and room not in (member.copy, state.stage):
                    self.happen(seat.class_id, member.id, [Placed(member.id, room)])

    def _are_branches(self, one: str, other: str) -> bool:
        return self._rooms.row(one).family == self._rooms.row(other).family

    def happen(self, class_id: str, who: str, events: Sequence[Event]) -> None:
        """Keep the events, then let them happen. Raises Refused; then nothing does."""
        if not events:
            return
        with self._rooms.lock:
            found = self._class(class_id)
            state = found.state
            if state.seq + len(events) > (LOG_MAX if who in ("owner", "assistant") else LOG_MAX - LOG_OF_STAFF):
                raise Refused("log_full", max=LOG_MAX)
            if who in state.members and found.deeds[who] + len(events) > DEEDS_MAX:
                raise Refused("member_full", max=DEEDS_MAX)
            # With the event that puts a room on the stage, that room is there.
            stage = next((event.room for event in events if isinstance(event, Opened | Staged)), state.stage)
            wall_ms, at_us = self._wall_ms(), self._rooms.now_us(stage)
            entries = [
                ClassEntry(seq, wall_ms, who, stage, at_us, msgspec.json.encode(event).decode())
                for seq, event in enumerate(events, start=state.seq + 1)
            ]
            ended = any(isinstance(event, Ended) for event in events)
            try:
                self._stored(lambda: self.store.append_to_class(class_id, entries, free_code=ended))
            except SeqTaken:
                self._leave_lost()
                if class_id not in self._classes:
                    raise Refused("moved") from None
                # The log has gone on without this process: it is read anew.
                fresh = self._classes[class_id] = self._take(class_id)
                fresh.succeed(found)
                self._send_out(fresh)
                raise Refused("moved") from None
            for event in events:
                state.take(event)
            found.deeds[who] += len(events)
            if ended:
                found.row = ClassRow(class_id, None, found.row.created_at)
            found.change()
            for event in events:
                if isinstance(event, Removed | Revoked):
                    self._send_out(found)

    def _send_out(self, found: Classroom) -> None:
        """Those whose keys are no longer good hear so, and are in the class no more."""
        for sid, seat in list(found.here.items()):
            try:
                check(seat, found.state)
            except Refused as refused:
                self.send_out(sid, seat, refused)

    # Wired by the sockets: takes a connection out of its seat.
    send_out: Callable[[str, Seat, Refused], None]

    # Deleting

    def delete(self, class_id: str) -> None:
        """All that the class holds, for good. Raises Refused."""
        with self._rooms.lock:
            found, rooms = self._seen(class_id), self._stored(lambda: self.store.class_rooms(class_id))
            self._stored(lambda: self.store.delete_class(class_id))
            for sid, seat in list(found.here.items()):
                self.send_out(sid, seat, Refused("unknown_class", "class"))
            self._rooms.forget(row.id for row, _, _ in rooms)
            self._classes.pop(class_id, None)
            self._looked_at.pop(class_id, None)
            self._places.forget(class_id)
