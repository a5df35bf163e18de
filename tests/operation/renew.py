"""``python -m tests.operation.renew`` writes the tables of docs/OPERATION.md anew, as the code has them."""

import re
from collections.abc import Iterable
from pathlib import Path

from webapp.operation.metrics import PREFIX, Metrics
from webapp.settings import TABLE

HANDBOOK = Path(__file__).parents[2] / "docs" / "OPERATION.md"


def tables() -> dict[str, str]:
    """By the word that stands in the comment before each."""
    metrics = Metrics()
    settings = ((f"`{s.variable}`", f"`{s.default}`" if s.default else "", s.says) for s in TABLE)
    measured = ((f"`{name.removesuffix('_bucket')}`", says) for name, says in metrics.told() if name.startswith(PREFIX))
    return {
        "settings": _table(("variable", "default", "what it does"), settings),
        "metrics": _table(("metric", "what it is"), measured),
    }


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |\n" for row in (head, *rows)]
    return "".join([lines[0], "|---" * len(head), "|\n", *lines[1:]])


def renewed(text: str) -> str:
    for word, table in tables().items():
        between = re.compile(rf"(<!-- {word}: .*? -->\n).*?(<!-- end -->)", re.S)
        text, found = between.subn(lambda match, table=table: f"{match[1]}{table}{match[2]}", text)
        assert found == 1, word
    return text


if __name__ == "__main__":
    HANDBOOK.write_text(renewed(HANDBOOK.read_text()))
