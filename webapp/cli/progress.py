"""A bar on the error output, where people look at it and it takes longer than a second."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

T = TypeVar("T")

QUIET_S = 1.0


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[Iterable[T]], Iterator[T]]]:
    """A function that passes items on, and shows how many of ``length`` have gone by."""
    began_s = time.monotonic()
    bar = click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True)
    shown = False

    def watch(items: Iterable[T]) -> Iterator[T]:
        nonlocal shown
        for done, item in enumerate(items):
            if not shown and sys.stderr.isatty() and time.monotonic() - began_s > QUIET_S:
                shown = True
                bar.__enter__()
                bar.update(done)
            elif shown:
                bar.update(1)
            yield item

    yield watch
    if shown:
        bar.__exit__(None, None, None)
