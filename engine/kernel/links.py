"""What is wrong with the links: partitions, cuts in one direction, loss, duplication, disorder."""

from msgspec import Struct

from engine.changes import LinkState
from engine.units import Us


class Fault(Struct, frozen=True):
    """One direction of one link. The probabilities are of each message on it."""

    cut: bool = False
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0


WHOLE = Fault()


class Links:
    """``faulty`` is False while nothing is wrong anywhere, so that the usual run pays nothing for this."""

    def __init__(self) -> None:
        self.faulty = False
        self.groups: tuple[tuple[str, ...], ...] = ()
        self._faults: dict[tuple[str, str], Fault] = {}
        # When a cut ended, for what was under way then: it crossed a gap, and is lost as well.
        self._cut_until_us: dict[tuple[str, str], Us] = {}

    def get(self, source: str, target: str) -> Fault | None:
        return self._faults.get((source, target))

    def is_cut(self, source: str, target: str, since_us: Us) -> bool:
        """Whether the link is cut, or has been at any time after ``since_us``."""
        return self._is_cut_now(source, target) or self._cut_until_us.get((source, target), -1) > since_us

    def _is_cut_now(self, source: str, target: str) -> bool:
        fault = self._faults.get((source, target))
        return (fault is not None and fault.cut) or self._is_parted(source, target)

    def _is_parted(self, source: str, target: str) -> bool:
        here = next((group for group in self.groups if source in group), None)
        return here is not None and target not in here and any(target in group for group in self.groups)

    def change(
        self, now_us: Us, actors: list[str], faults: dict[tuple[str, str], Fault], groups: tuple[tuple[str, ...], ...]
    ) -> None:
        """Put ``faults`` and ``groups`` in the place of what there was."""
        pairs = [(source, target) for source in actors for target in actors if source != target]
        before = [pair for pair in pairs if self._is_cut_now(*pair)]
        self._faults = {pair: fault for pair, fault in faults.items() if fault != WHOLE}
        self.groups = groups
        for pair in before:
            if not self._is_cut_now(*pair):
                self._cut_until_us[pair] = now_us
        self.faulty = bool(self._faults or self.groups or self._cut_until_us)

    @property
    def faults(self) -> dict[tuple[str, str], Fault]:
        """A copy of what is wrong, link by link."""
        return self._faults.copy()

    def states(self, actors: list[str]) -> dict[str, LinkState]:
        """Every link between these actors that is not whole, as it is shown."""
        shown = {}
        for source in actors:
            for target in actors:
                fault = self._faults.get((source, target), WHOLE)
                cut = source != target and self._is_cut_now(source, target)
                if cut or fault != WHOLE:
                    shown[f"{source}>{target}"] = LinkState(
                        source, target, cut, fault.loss, fault.duplicate, fault.reorder
                    )
        return shown

    def fork(self) -> "Links":
        copy = Links()
        copy.faulty, copy.groups = self.faulty, self.groups
        copy._faults = self._faults.copy()
        copy._cut_until_us = self._cut_until_us.copy()
        return copy
