"""A bar on the error output, where people look at it and it takes longer than a second."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

T = TypeVar("T")

QUIET_S = 1.0


class Advance:
    """How far a command has got."""

    def __init__(self, label: str, length: int) -> None:
        self._began_s = time.monotonic()
        self._bar = click.progressbar(length=length, label=label, file=sys.stderr)
        self._done = 0
        self.shown = False

    def more(self, steps: int) -> None:
        """So many more steps are done."""
        self._done += steps
        if self.shown:
            self._bar.update(steps)
        elif sys.stderr.isatty() and time.monotonic() - self._began_s > QUIET_S:
            self.shown = True
            self._bar.__enter__()
            self._bar.update(self._done)

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """Pass items on; each is a step."""
        for item in items:
            yield item
            self.more(1)

    def end(self) -> None:
        if self.shown:
            self._bar.__exit__(None, None, None)


@contextmanager
def progress(label: str, length: int) -> Iterator[Advance]:
    advance = Advance(label, length)
    try:
        yield advance
    finally:
        advance.end()
