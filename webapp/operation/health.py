"""Whether the site can take people in."""

from collections.abc import Callable
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal["stopping", "not_ticking", "store_failed"]

# The rooms tick thirty times a second. After so long without, those who watch see nothing move.
TICK_S_MAX = 2.0

# So often, at most, the store is asked, however often somebody asks us.
ASK_EVERY_S = 1.0


class Health:
    """``answers`` reads something from the store, and says whether that was possible. ``clock`` gives seconds."""

    def __init__(self, answers: Callable[[], bool], clock: Callable[[], float]) -> None:
        self.stopping = False
        self._answers = answers
        self._clock = clock
        self._ticked_s = clock()
        self._asked_s = -ASK_EVERY_S
        self._answered = False

    def ticked(self) -> None:
        """The rooms have been brought to the present."""
        self._ticked_s = self._clock()

    def faults(self) -> list[Fault]:
        """Why nobody new should be sent here; empty where all is well."""
        faults: list[Fault] = []
        if self.stopping:
            faults.append("stopping")
        if self._clock() - self._ticked_s > TICK_S_MAX:
            faults.append("not_ticking")
        if not self._store_answers():
            faults.append("store_failed")
        return faults

    def _store_answers(self) -> bool:
        now_s = self._clock()
        if now_s - self._asked_s >= ASK_EVERY_S:
            # Before the answer: whoever comes while the store is slow does not ask it as well.
            self._asked_s = now_s
            self._answered = self._answers()
        return self._answered
