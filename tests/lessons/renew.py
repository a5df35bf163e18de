"""``python -m tests.lessons.renew``: write the lessons' transcripts anew, and name those that are others now."""

from tests.lessons.transcript import FOLDER, transcript, transcript_of
from webapp.lessons.library import SHIPPED, Library


def renew() -> None:
    FOLDER.mkdir(exist_ok=True)
    lessons = Library(SHIPPED)
    for path in FOLDER.glob("*.txt"):
        if path.stem not in {lesson.slug for lesson in lessons}:
            path.unlink()
            print("gone ", path.stem)
    for lesson in lessons:
        path, text = transcript_of(lesson.slug), transcript(lesson)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print("wrote", lesson.slug)


if __name__ == "__main__":
    renew()
