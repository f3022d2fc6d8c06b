"""Answers to a file of questions about business time, in the shapes that go out as JSON. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from common import worktime
from common.reading import MalformedInput
from common.worktime_parse import Question, QuestionFile

_SECOND = timedelta(seconds=1)

Answer = str | int | float | bool | list[str] | dict[str, str | int | float]


def answer_all(file: QuestionFile) -> dict[str, Answer]:
    """Answer every question, by its id. Raises ``MalformedInput`` naming the case that has no answer."""
    answers: dict[str, Answer] = {}
    for question in file.questions:
        try:
            answers[question.id] = answer(file.calendars[question.calendar], question)
        except worktime.WorktimeError as error:
            raise MalformedInput(f"case {question.id}, calendar {question.calendar}", str(error)) from error
    return answers


def answer(hours: worktime.WorkHours, question: Question) -> Answer:
    """One answer: instants as UTC with ``Z``, durations in seconds. Raises ``WorktimeError``."""
    match question.op:
        case "add":
            deadline = worktime.add(hours, question.at, _seconds(question.seconds))
            return [written(deadline.breach_at), written(deadline.due_at)]
        case "subtract":
            return written(worktime.subtract(hours, question.at, _seconds(question.seconds)))
        case "between":
            return in_seconds(worktime.between(hours, question.at, question.to or question.at))
        case "is_open":
            return worktime.is_open(hours, question.at)
        case "is_holiday":
            return worktime.is_holiday(hours, question.at)
        case _:
            due = worktime.due_business_days(hours, question.at, question.days)
            return {
                "start": written(due.start),
                "budget_seconds": in_seconds(due.budget),
                "due_at": written(due.due_at),
                "breach_at": written(due.breach_at),
            }


def written(at: datetime) -> str:
    """An instant as ISO 8601 in UTC with ``Z``, with a fraction only where it has one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def in_seconds(duration: timedelta) -> int | float:
    """A duration in seconds: a whole number unless it has a fraction."""
    return duration.total_seconds() if duration.microseconds else duration // _SECOND


def _seconds(count: int) -> timedelta:
    try:
        return timedelta(seconds=count)
    except OverflowError:
        raise worktime.TooFar("that many seconds are out of reach") from None
