"""``python -m tests.golden.renew``: write the transcripts anew, and name those that are others now."""

from engine import SCENARIOS
from tests.golden.run import FOLDER, Run, transcript_of


def renew() -> None:
    for path in FOLDER.glob("*.txt"):
        if path.stem not in SCENARIOS:
            path.unlink()
            print("gone ", path.stem)
    for name in SCENARIOS:
        path, text = transcript_of(name), Run(name).transcript()
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print("wrote", name)


if __name__ == "__main__":
    renew()
