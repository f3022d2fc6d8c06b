"""How tickets of the demo world go: each course turns a question into what happened to it, in order of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from accounts.rules.access import Actor
from hub.demo.desk_sayings import CHASING, HELLO, NOT_FIXED, PREVENTION, Saying
from tickets.models import Queue
from tickets.services.histories import Step
from tickets.services.opening import Requester

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# As the portal says: an answer within a week opens it again, then it is closed.
REOPEN = 7 * DAY


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A question with the people of its conversation: the first line, the second line, and the TAM if there is one."""

    saying: Saying
    opened_at: datetime
    now: datetime
    rng: Random
    first: Actor
    second: Actor
    tam: Actor | None
    users: Mapping[int | None, User]
    escalations: Queue
    requester: Requester

    def after(self, low: timedelta, high: timedelta) -> timedelta:
        return low + (high - low) * self.rng.random()


Course = Callable[[Talk], list[Step]]


class _Course:
    """Steps one after the other; what would lie in the future has not happened."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.at = talk, talk.opened_at
        self.steps: list[Step] = []

    def add(self, low: timedelta, high: timedelta, **step: object) -> "_Course":
        self.at += self.talk.after(low, high)
        if self.at < self.talk.now:
            self.steps.append(Step(at=self.at, **step))  # type: ignore[arg-type]
        return self

    def taken(self, by: Actor, low: timedelta = 5 * MINUTE, high: timedelta = 40 * MINUTE) -> "_Course":
        return self.add(low, high, by=by, values={"assignee": self.talk.users[by.user_id]})

    def closed(self) -> list[Step]:
        return self.add(REOPEN, REOPEN + HOUR, values={"status": "closed"}, by=None).steps


def _solving(talk: Talk) -> dict[str, object]:
    return {"status": "solved", "resolution": talk.saying.answer, "root_cause": talk.saying.cause}


def quick(talk: Talk) -> list[Step]:
    """Known, answered, done."""
    course = _Course(talk).taken(talk.first)
    return course.add(5 * MINUTE, 90 * MINUTE, by=talk.first, says=talk.saying.answer, values=_solving(talk)).closed()


def asked_back(talk: Talk) -> list[Step]:
    """We ask, they answer after a while, it is solved."""
    course = _Course(talk).taken(talk.first)
    course.add(10 * MINUTE, 2 * HOUR, by=talk.first, says=talk.saying.question, values={"status": "pending"})
    course.add(HOUR, 30 * HOUR, is_ours=False, says=talk.saying.facts)
    course.add(10 * MINUTE, HOUR, by=talk.first, says=talk.saying.note, is_note=True)
    return course.add(20 * MINUTE, 3 * HOUR, by=talk.first, says=talk.saying.answer, values=_solving(talk)).closed()


def not_fixed(talk: Talk) -> list[Step]:
    """Solved too early: it opens again, and the second line finds the cause."""
    course = _Course(talk).taken(talk.first)
    course.add(20 * MINUTE, 2 * HOUR, by=talk.first, says=HELLO, values=_solving(talk))
    course.add(3 * HOUR, 40 * HOUR, is_ours=False, says=NOT_FIXED)
    course.add(10 * MINUTE, HOUR, by=talk.first, says=talk.saying.note, is_note=True, values={"tier": 2})
    course.add(MINUTE, 5 * MINUTE, by=talk.first, values={"queue": talk.escalations})
    course.taken(talk.second)
    return course.add(20 * MINUTE, 5 * HOUR, by=talk.second, says=talk.saying.answer, values=_solving(talk)).closed()


def late(talk: Talk) -> list[Step]:
    """It lay too long: the first response is broken, and they had to ask again."""
    course = _Course(talk).add(9 * HOUR, 30 * HOUR, is_ours=False, says=CHASING)
    course.taken(talk.second, 10 * HOUR, 30 * HOUR)
    course.add(5 * MINUTE, HOUR, by=talk.second, says=talk.saying.question, values={"status": "pending"})
    course.add(HOUR, 10 * HOUR, is_ours=False, says=talk.saying.facts)
    return course.add(HOUR, 12 * HOUR, by=talk.second, says=talk.saying.answer, values=_solving(talk)).closed()


def with_engineering(talk: Talk) -> list[Step]:
    """A technical escalation: on hold with engineering, and solved with what keeps it from happening again."""
    course = _Course(talk).taken(talk.first, 2 * MINUTE, 10 * MINUTE)
    course.add(5 * MINUTE, 30 * MINUTE, by=talk.first, says=HELLO)
    values = {"is_technical_escalation": True, "tier": 3, "queue": talk.escalations, "status": "on_hold"}
    course.add(10 * MINUTE, HOUR, by=talk.second, says=talk.saying.note, is_note=True, values=values)
    course.add(5 * MINUTE, 15 * MINUTE, by=talk.second, acknowledges=True)
    course.add(HOUR, 3 * HOUR, is_ours=False, says=CHASING)
    by = talk.tam or talk.second
    course.add(10 * MINUTE, HOUR, by=by, says="Engineering has found the place; a fix is being tested.")
    solved = {**_solving(talk), "prevention": PREVENTION}
    return course.add(2 * HOUR, 20 * HOUR, by=talk.second, says=talk.saying.answer, values=solved).closed()


def silent(talk: Talk) -> list[Step]:
    """Nobody has touched it yet."""
    return []


def taken(talk: Talk) -> list[Step]:
    """Somebody has it, and has not answered."""
    return _Course(talk).taken(talk.first, 3 * MINUTE, 10 * MINUTE).steps


def answered(talk: Talk) -> list[Step]:
    """Answered once; the partner has written again since."""
    course = _Course(talk).taken(talk.first, 3 * MINUTE, 10 * MINUTE)
    course.add(5 * MINUTE, 20 * MINUTE, by=talk.first, says=talk.saying.question)
    return course.add(10 * MINUTE, 30 * MINUTE, is_ours=False, says=talk.saying.facts).steps


def waiting(talk: Talk) -> list[Step]:
    """We wait for the partner."""
    course = _Course(talk).taken(talk.first, 3 * MINUTE, 10 * MINUTE)
    return course.add(10 * MINUTE, HOUR, by=talk.first, says=talk.saying.question, values={"status": "pending"}).steps


def held(talk: Talk) -> list[Step]:
    """Engineering has it."""
    return with_engineering(talk)[:4]


def critical(talk: Talk) -> list[Step]:
    """Production stands still: critical by hand, in the hands of the second line."""
    course = _Course(talk).add(
        MINUTE, 3 * MINUTE, by=talk.first, priority="critical", priority_reason="Their production stands still"
    )
    course.taken(talk.second, MINUTE, 3 * MINUTE)
    return course.steps


COURSES: tuple[Course, ...] = (
    quick,
    asked_back,
    quick,
    asked_back,
    not_fixed,
    quick,
    asked_back,
    late,
    quick,
    with_engineering,
    asked_back,
    quick,
    late,
)

# How old a ticket is that stands open, and how it stands; the clocks of some are nearly used up.
OPEN_COURSES: tuple[tuple[timedelta, Course], ...] = (
    (45 * MINUTE, critical),
    (20 * MINUTE, silent),
    (2 * HOUR, taken),
    (26 * HOUR, answered),
    (5 * DAY, waiting),
    (30 * HOUR, held),
    (7 * HOUR, silent),
    (3 * HOUR, answered),
    (4 * DAY, answered),
    (50 * HOUR, waiting),
    (100 * MINUTE, held),
    (9 * HOUR, taken),
)
