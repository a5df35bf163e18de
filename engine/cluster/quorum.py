"""Counting answers until a quorum is reached, or can no longer be. Whoever fans out uses this."""

from typing import Literal

Verdict = Literal["open", "reached", "impossible"]


class Tally:
    """Answers from the nodes asked. A node counts once, whatever the network does with its messages."""

    def __init__(self, asked: tuple[str, ...], needed: int) -> None:
        self.asked = asked
        self.needed = needed
        self.yes: list[str] = []
        self.no: list[str] = []

    def count(self, node: str, *, positive: bool) -> bool:
        """Take one node's answer; False if it has answered already or was never asked."""
        if node in self.yes or node in self.no or node not in self.asked:
            return False
        (self.yes if positive else self.no).append(node)
        return True

    def extend(self, nodes: tuple[str, ...]) -> None:
        """Ask more nodes."""
        self.asked += tuple(node for node in nodes if node not in self.asked)

    def ask_again(self) -> None:
        """Those who said no are asked once more."""
        self.no.clear()

    @property
    def silent(self) -> tuple[str, ...]:
        """Those who have not answered."""
        return tuple(node for node in self.asked if node not in self.yes and node not in self.no)

    @property
    def verdict(self) -> Verdict:
        if len(self.yes) >= self.needed:
            return "reached"
        return "impossible" if len(self.asked) - len(self.no) < self.needed else "open"

    @property
    def complete(self) -> bool:
        return len(self.yes) + len(self.no) == len(self.asked)

    def fork(self) -> "Tally":
        copy = Tally(self.asked, self.needed)
        copy.yes = self.yes.copy()
        copy.no = self.no.copy()
        return copy
