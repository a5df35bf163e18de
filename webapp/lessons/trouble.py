"""What is wrong with a lesson: the file, the line and the reason."""

from msgspec import Struct


class Problem(Struct, frozen=True, order=True):
    """``file`` is a name without its folder; ``line`` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class BrokenLesson(Exception):
    """A lesson that cannot be used; ``problems`` are all that were found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
