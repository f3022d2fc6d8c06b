"""Answers to a file of ticket stories, in the shapes that go out as JSON (`manage.py sla_replay`). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from common.reading import MalformedInput
from common.worktime import WorktimeError
from common.worktime_replay import in_seconds, written
from tickets.rules import escalation
from tickets.rules.sla import Book, replay
from tickets.rules.sla_clock import ClockState, State
from tickets.rules.sla_parse import EscalationStory, Story, StoryFile
from tickets.rules.sla_terms import SlaError

Value = str | int | float | None
Clocks = list[dict[str, Value]]


def answer_all(file: StoryFile) -> dict[str, dict[str, dict[str, Clocks]]]:
    """Answer every story, by its id. Raises ``MalformedInput`` naming the case that has no answer."""
    answers: dict[str, dict[str, Clocks]] = {}
    for story in file.stories:
        with _naming(story.id):
            answers[story.id] = {"clocks": clocks(story, file.book)}
    escalations: dict[str, dict[str, Clocks]] = {}
    for case in file.escalations:
        with _naming(case.story.id):
            escalations[case.story.id] = {"fired": fired(case, file.book)}
    return {"cases": answers, "escalation_cases": escalations}


def clocks(story: Story, book: Book) -> Clocks:
    """The clocks of one story at its ``asof``. Raises ``SlaError``, ``WorktimeError``."""
    return [clock_shape(state) for state in _states(story, book)]


def fired(case: EscalationStory, book: Book) -> Clocks:
    """The steps that fired on the clocks of the case's metric, in order. Raises ``SlaError``, ``WorktimeError``."""
    return [
        {"cycle": firing.cycle, "step": firing.step.id, "at": written(firing.at)}
        for state in _states(case.story, book)
        if state.metric is case.metric
        for firing in escalation.fired(state, case.steps)
    ]


def clock_shape(state: ClockState) -> dict[str, Value]:
    """One clock as the README of the cases says; a cancelled one carries only ``stopped_at`` beside its start."""
    shape: dict[str, Value] = {
        "metric": state.metric.value,
        "cycle": state.cycle,
        "started_at": written(state.started_at),
        "state": state.state.value,
    }
    if state.state is State.CANCELLED:
        return {**shape, "stopped_at": _written(state.stopped_at)}
    shape |= {"due_at": _written(state.due_at), "breach_at": _written(state.breach_at)}
    if state.breached_at is not None:
        shape["breached_at"] = written(state.breached_at)
    return {
        **shape,
        "stopped_at": _written(state.stopped_at),
        "elapsed_seconds": in_seconds(state.elapsed),
        "budget_seconds": in_seconds(state.budget),
    }


def _states(story: Story, book: Book) -> Sequence[ClockState]:
    return replay(story.events, policy=story.policy, priority=story.priority, book=book, asof=story.asof)


def _written(at: datetime | None) -> str | None:
    return None if at is None else written(at)


@contextmanager
def _naming(case: str) -> Iterator[None]:
    """Let a refusal say which case it is about."""
    try:
        yield
    except (WorktimeError, SlaError) as error:
        raise MalformedInput(f"case {case}", str(error)) from error
