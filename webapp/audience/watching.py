"""At a worker that does not have a class: those who watch it there. Neither the class nor its rooms are taken."""

from collections.abc import Callable, Iterable

from engine.outcomes import Refused
from webapp.audience.queue import Queue
from webapp.audience.sending import audience
from webapp.classroom.classes import Classes
from webapp.classroom.keys import Seat, check
from webapp.protocol import Entered, Join, Joined, Resync
from webapp.rooms.manager import Rooms
from webapp.rooms.scenarios import scenario_of
from webapp.stream.viewer import Viewer

# So often the class's worker hears that it has an audience here.
REFRESH_EVERY_S = 1.0

# Where the class's worker has not answered for so long, those who watch go there themselves.
SILENT_S = 3.0

# Who has so many messages waiting gets no more until all of these have gone, and then the whole present.
WAITING_MAX = 200


class _Class:
    def __init__(self) -> None:
        self.viewers: dict[str, Viewer] = {}
        # Who is to be shown the present, and for whom of these it has been asked for.
        self.wanted: set[str] = set()
        self.asked: set[str] = set()
        self.behind: set[str] = set()
        self.asked_s = 0.0
        # Since when an answer is waited for.
        self.silent_since_s: float | None = None


class Watching:
    """``clock`` gives wall seconds. ``send_home`` hears which connections are to come to the class's own worker, and
    ``send_out`` whose seat is no longer good."""

    def __init__(self, queue: Queue, rooms: Rooms, classes: Classes, clock: Callable[[], float]) -> None:
        self.send_home: Callable[[Iterable[str]], None] = lambda _sids: None
        self.send_out: Callable[[str, Seat, Refused], None] = lambda _sid, _seat, _refused: None
        self._queue = queue
        self._rooms = rooms
        self._classes = classes
        self._clock = clock
        self._watched: dict[str, _Class] = {}
        self._next_check_s = 0.0

    @property
    def count(self) -> int:
        """How many watch from here."""
        return sum(len(found.viewers) for found in self._watched.values())

    def takes(self, viewer: Viewer, seat: Seat) -> bool:
        """Whether somebody who comes to take a seat watches from here. Raises Refused."""
        if seat.role != "viewer" or not viewer.shard or seat.class_id[:1] == viewer.shard:
            return False
        if self._classes.is_awake(seat.class_id):
            return False
        # One that is in no worker's memory is woken by its own.
        return self._classes.kept(lambda store: store.class_owner(seat.class_id)) is not None

    def checked(self, seat: Seat) -> Seat:
        """Raises Refused where a key is no longer good."""
        try:
            check(seat, self._classes.state(seat.class_id))
        except Refused:
            # A moment ago it may not have been good yet. What is good no more, ``changed`` tells.
            self._classes.look_anew(seat.class_id)
            check(seat, self._classes.state(seat.class_id))
        return seat

    def enter(self, viewer: Viewer, seat: Seat) -> Entered:
        """Somebody with that seat watches from here on; the present comes to them in a moment."""
        found = self._watched.setdefault(seat.class_id, _Class())
        found.viewers[viewer.sid] = viewer
        found.wanted.add(viewer.sid)
        return Entered(seat.class_id, seat.role)

    def leave(self, viewer: Viewer) -> None:
        if (seat := viewer.seat) is None or not self.has(viewer):
            return
        found = self._watched[seat.class_id]
        del found.viewers[viewer.sid]
        for group in (found.wanted, found.asked, found.behind):
            group.discard(viewer.sid)
        if self._queue.is_connected(viewer.sid, "/"):
            self._queue.leave_room(viewer.sid, "/", audience(seat.class_id))
        if not found.viewers:
            del self._watched[seat.class_id]

    def has(self, viewer: Viewer) -> bool:
        """Whether somebody watches a class from here."""
        found = self._watched.get(viewer.class_id or "")
        return found is not None and viewer.sid in found.viewers

    def answer(self, viewer: Viewer, asked: Join | Resync) -> Joined:
        """The present of the stage comes in a moment. Raises Refused."""
        seat = viewer.seat
        assert seat is not None
        room = asked.room if isinstance(asked, Join) else self._classes.state(seat.class_id).stage
        if room != self._classes.state(seat.class_id).stage:
            # Others have been told of it; the store was looked at a moment ago.
            self._classes.look_anew(seat.class_id)
            if room != self._classes.state(seat.class_id).stage:
                raise Refused("not_your_room")
        row = self._rooms.row(room)
        scenario = scenario_of(row.scenario)
        found = self._watched[seat.class_id]
        if viewer.sid not in found.behind:
            found.wanted.add(viewer.sid)
            found.asked.discard(viewer.sid)
        return Joined(room, scenario.name, scenario.title, row.seed)

    # What the class's worker says

    def here(self, class_id: str, sids: Iterable[str]) -> None:
        """The class's worker is there, and has shown these the present."""
        found = self._watched.get(class_id)
        for sid in sids:
            # Who has left meanwhile has been put into the audience again.
            if (found is None or sid not in found.viewers) and self._queue.is_connected(sid, "/"):
                self._queue.leave_room(sid, "/", audience(class_id))
        if found is not None:
            found.silent_since_s = None
            found.wanted.difference_update(found.asked.intersection(sids))
            found.asked.difference_update(sids)

    def changed(self, class_id: str) -> None:
        """Some seats may be good no more."""
        self._classes.look_anew(class_id)
        for viewer in list(self._watched[class_id].viewers.values() if class_id in self._watched else ()):
            seat = viewer.seat
            assert seat is not None
            try:
                check(seat, self._classes.state(class_id))
            except Refused as refused:
                self.send_out(viewer.sid, seat, refused)

    def gap(self) -> None:
        """Something may have been missed: everybody is shown the present."""
        for found in self._watched.values():
            found.wanted.update(found.viewers.keys() - found.behind)
            found.asked.clear()

    # Time

    def tick(self) -> None:
        now_s = self._clock()
        if is_due := now_s >= self._next_check_s:
            self._next_check_s = now_s + 1.0
        for class_id, found in list(self._watched.items()):
            if is_due:
                self._bound(class_id, found)
            if found.silent_since_s is not None and now_s - found.silent_since_s > SILENT_S:
                self._give_up(found)
            elif found.wanted - found.asked or now_s - found.asked_s >= REFRESH_EVERY_S:
                self._ask(class_id, found, now_s)

    def _ask(self, class_id: str, found: _Class, now_s: float) -> None:
        found.asked, found.asked_s = set(found.wanted), now_s
        if found.silent_since_s is None:
            found.silent_since_s = now_s
        self._queue.say("ask", class_id, sorted(found.asked))

    def _give_up(self, found: _Class) -> None:
        """Those who watch watch from here no more."""
        viewers = list(found.viewers.values())
        for viewer in viewers:
            self.leave(viewer)
        self.send_home([viewer.sid for viewer in viewers])

    def _bound(self, class_id: str, found: _Class) -> None:
        """Who reads too slowly costs no more than a backlog of some hundred messages."""
        for sid, viewer in list(found.viewers.items()):
            waiting = 0 if viewer.line is None else viewer.line.queue.qsize()
            if waiting > WAITING_MAX:
                found.behind.add(sid)
                self._queue.leave_room(sid, "/", audience(class_id))
            elif waiting == 0 and sid in found.behind:
                found.behind.discard(sid)
                found.wanted.add(sid)


class Nobody:
    """Where there is no queue, everybody watches at the class's own worker."""

    count = 0

    def takes(self, _viewer: Viewer, _seat: Seat) -> bool:
        return False

    def has(self, _viewer: Viewer) -> bool:
        return False

    def leave(self, _viewer: Viewer) -> None: ...

    def checked(self, _seat: Seat) -> Seat:
        raise Refused("elsewhere")

    def enter(self, _viewer: Viewer, _seat: Seat) -> Entered:
        raise Refused("elsewhere")

    def answer(self, _viewer: Viewer, _asked: Join | Resync) -> Joined:
        raise Refused("elsewhere")
