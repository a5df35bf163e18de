"""The report as a table for a spreadsheet: a row for each member and question (RFC 4180, in UTF-8)."""

import csv
import io
from datetime import UTC, datetime

from webapp.classroom.report import AnswerTold, MemberTold, QuestionTold, Report

# A spreadsheet would take what begins so for a formula, and carry it out.
_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")

_MEMBER = ("member", "name", "removed")
_QUESTION = ("question_number", "question", "lesson", "step", "answer", "right", "answered_at")


def report_csv(report: Report) -> str:
    """With a mark of its encoding in front, without which spreadsheets spoil letters."""
    lessons = sorted({study.lesson for member in report.members for study in member.studies})
    progress = [f"{lesson} {what}" for lesson in lessons for what in ("reached", "steps", "finished")]
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow((*_MEMBER, *_QUESTION, "reads", "writes", "other_commands", *progress))
    by_member = [{answer.member: answer for answer in question.answers} for question in report.questions]
    for member in report.members:
        far = [*_counts(member), *_progress(member, lessons)]
        asked = [
            _asked(number, question, answers.get(member.id))
            for number, (question, answers) in enumerate(zip(report.questions, by_member, strict=True), start=1)
        ]
        # Who was asked nothing is in the table as well.
        for cells in asked or [[""] * len(_QUESTION)]:
            row = [member.id, member.name, _yes(member.removed), *cells, *far]
            table.writerow([safe(str(cell)) for cell in row])
    return f"\ufeff{file.getvalue()}"


def _asked(number: int, question: QuestionTold, answer: AnswerTold | None) -> list[object]:
    head = [number, question.question, question.lesson or "", question.step or ""]
    return [*head, *(["", "", ""] if answer is None else _answered(question, answer))]


def _answered(question: QuestionTold, answer: AnswerTold) -> list[object]:
    at = datetime.fromtimestamp(answer.at_ms / 1000, UTC).isoformat(timespec="seconds")
    return [question.choices[answer.choice], "" if answer.right is None else _yes(answer.right), at]


def _counts(member: MemberTold) -> list[int]:
    reads, writes = member.commands.get("read", 0), member.commands.get("write", 0)
    return [reads, writes, sum(member.commands.values()) - reads - writes]


def _progress(member: MemberTold, lessons: list[str]) -> list[object]:
    cells: list[object] = []
    studies = {study.lesson: study for study in member.studies}
    for lesson in lessons:
        study = studies.get(lesson)
        cells += ["", "", ""] if study is None else [study.reached, study.steps, _yes(study.finished)]
    return cells


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
