"""What a file of another tool tells of its tickets, in the words of the hub but with the names of the file.

A room of a source reads rows into courses and faults; which queue, person or organization a name means is found later
(names.py), and what is written is the same for all (writing.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tickets.imports.spool import Ordered

SHOWN = 120
MOST_KEY = 120
_MOST_BYTES = 30_000


def kept(text: str) -> str:
    """A text as it can be kept: without NUL and halves of characters, and within what a message holds."""
    clean = text.replace("\0", "").encode("utf-8", "replace")
    return clean[:_MOST_BYTES].decode("utf-8", "ignore")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What cannot be: in which row and column, what was found there and what was expected."""

    row: int
    column: str
    found: str
    expected: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One thing that happened to a ticket. `values` name queue, assignee and category as the file does."""

    at: datetime
    who: str = ""
    is_ours: bool = True
    says: str = ""
    is_note: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    priority: str = ""


@dataclass(frozen=True, kw_only=True)
class Course:
    """A ticket from its opening on. `values` are those that it was opened with; names are those of the file.

    `reopened` is how often the tool says that it was, where its rows show less. `never_before_us`: it cannot be older
    than its organization is with us.
    """

    key: str
    row: int
    opened_at: datetime
    subject: str
    body: str
    channel: str
    organization: str = ""
    requester: str = ""
    email: str = ""
    queue: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    steps: Sequence[Happened] = ()
    reopened: int = 0
    never_before_us: bool = False


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _place_of(course: Course) -> tuple[int, int]:
    """The oldest first; those of one instant by their rows."""
    return (course.opened_at - _EPOCH) // timedelta(microseconds=1), course.row


@dataclass(kw_only=True)
class Read:
    """What was read: how many rows, the tickets by when they were opened, the faults."""

    total: int = 0
    courses: Ordered[Course] = field(default_factory=lambda: Ordered(_place_of))
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, column: str, found: object, expected: str) -> None:
        self.faults.append(
            Fault(row=row, column=kept(column)[:SHOWN], found=kept(str(found))[:SHOWN], expected=expected)
        )


Progress = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A tool: how tickets of it are marked, what its files end with, and the room that reads them."""

    key: str
    label: str | Promise
    hint: str | Promise
    suffixes: tuple[str, ...]
    read: Callable[[Any, ZoneInfo, Progress], Read]


def moment(text: str | None, pattern: str, zone: ZoneInfo, *, not_before: datetime | None = None) -> datetime | None:
    """A local time of the zone; None for a text that is none.

    Of the two that an hour has which comes twice it is the first, unless that lies before `not_before`.
    """
    try:
        local = datetime.strptime((text or "").strip(), pattern).replace(tzinfo=zone)
        found = local.astimezone(UTC)
        if not_before is not None and found < not_before:
            second = local.replace(fold=1).astimezone(UTC)
            found = second if second >= not_before else found
    except (ValueError, OverflowError):
        return None
    return found


def without_text() -> str:
    """What stands where a file says that somebody wrote, but not what."""
    return _("The text of this message is not in the file that it came with.")
