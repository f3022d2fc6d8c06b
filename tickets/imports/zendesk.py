"""An export of Zendesk: one JSON object with the lists of its API (tickets, comments, audits, users, organizations,
groups, satisfaction ratings); answers of single calls may be merged into one by `merged`. The lists may come in any
order, so that they are kept on disk before the first ticket is read.

Where a ticket has audits they tell what happened; else its comments and the status that it stands at do. A row in the
report is the place of the ticket in its list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.json_stream import Element, MalformedJson, elements
from tickets.choices import Channel, TicketKind, TicketStatus
from tickets.imports.courses import Course, Happened, Progress, Read, Source, kept, without_text
from tickets.imports.spool import Lists, key_of
from tickets.rules import workflow

_STATES: Mapping[str, str] = {
    "new": TicketStatus.NEW,
    "open": TicketStatus.OPEN,
    "pending": TicketStatus.PENDING,
    "hold": TicketStatus.ON_HOLD,
    "solved": TicketStatus.SOLVED,
    "closed": TicketStatus.CLOSED,
}
_LEVELS = {
    "urgent": ("high", "high"),
    "high": ("medium", "high"),
    "normal": ("medium", "medium"),
    "low": ("low", "low"),
}
_CHANNELS = {"email": Channel.MAIL, "web": Channel.PORTAL, "api": Channel.API, "phone": Channel.PHONE}
_KINDS = {
    "problem": TicketKind.PROBLEM,
    "incident": TicketKind.INCIDENT,
    "question": TicketKind.QUESTION,
    "task": TicketKind.REQUEST,
}
_LISTS = ("tickets", "comments", "audits", "users", "organizations", "groups", "satisfaction_ratings")
_MOST = 30_000

Row = Mapping[str, Any]


def merged(payloads: Iterable[Any]) -> dict[str, list[Any]]:
    """Answers of the API as one export: lists and single objects under the names of their lists, each thing once."""
    found: dict[str, dict[bytes, Any]] = {name: {} for name in _LISTS}
    for payload in payloads:
        if not isinstance(payload, dict):
            continue
        for name in _LISTS:
            single = payload.get(name.removesuffix("s"))
            rows = payload.get(name)
            listed = [*(rows if isinstance(rows, list) else []), *([single] if isinstance(single, dict) else [])]
            for row in listed:
                if isinstance(row, dict):
                    found[name].setdefault(key_of(row.get("id")), row)
    return {name: list(rows.values()) for name, rows in found.items()}


def read(file: TextIO, zone: ZoneInfo, progress: Progress) -> Read:
    """The tickets of an export. Times of the API name their offset: the zone is not asked."""
    found, lists = Read(), Lists()
    try:
        for element in elements(file):
            _keep(lists, element)
    except MalformedJson as error:
        found.fault(1, "", str(error), _("a file in JSON"))
        return found
    world = _World(lists, found)
    for number, row in enumerate(lists.all_of("tickets"), start=1):
        found.total += 1
        world.take(number, row)
        if number % 500 == 0:
            progress(number)
    if not found.total:
        found.fault(1, "tickets", "", _("a list of tickets"))
        return found
    world.say_what_is_left()
    return found


def _keep(lists: Lists, element: Element) -> None:
    """A thing of one of the lists, or a single one under the name of its kind."""
    name = element.name if element.is_listed else f"{element.name}s"
    if name in _LISTS and isinstance(element.value, dict):
        lists.add(name, element.value)


def _time(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _words(value: Any, most: int = _MOST) -> str:
    return kept(value).strip()[:most] if isinstance(value, str) else ""


class _World:
    """The lists of an export by their ids."""

    def __init__(self, lists: Lists, found: Read) -> None:
        self.lists, self.found = lists, found

    def take(self, number: int, row: Row) -> None:
        """Read a ticket into a course, or into a fault."""
        opened_at, status = _time(row.get("created_at")), _words(row.get("status"))
        if not isinstance(row.get("id"), int) or not 0 < row["id"] < 2**63:
            self.found.fault(number, "id", row.get("id"), _("a whole number"))
        elif opened_at is None:
            self.found.fault(number, "created_at", row.get("created_at"), _("a time such as 2019-06-03T02:23:47Z"))
        elif status not in _STATES:
            self.found.fault(number, "status", status, _("one of: %(limit)s") % {"limit": ", ".join(_STATES)})
        else:
            try:
                self.found.courses.append(self._course(number, row, opened_at))
            except (AttributeError, TypeError, ValueError):
                # Something stands where the API has something of another kind.
                self.found.fault(number, "tickets", row["id"], _("a ticket as the API of Zendesk gives it"))

    def say_what_is_left(self) -> None:
        """Comments and audits of tickets that the export does not have."""
        for name in ("comments", "audits"):
            for row in self.lists.all_of(name):
                expected = _("a ticket of this export")
                self.found.fault(0, f"{name} {row.get('id')}, ticket_id", row.get("ticket_id") or "", expected)

    def _course(self, number: int, row: Row, opened_at: datetime) -> Course:
        audits, comments = self.lists.take("audits", row["id"]), self.lists.take("comments", row["id"])
        comments += [one for one in row.get("comments") or [] if isinstance(one, dict)]
        body = _words(row.get("description"))
        steps = _Steps(self, number, row, opened_at, body)
        if audits:
            steps.by_audits(audits)
        else:
            steps.by_comments(comments)
        requester = self.lists.one("users", row.get("requester_id"))
        sender = ((row.get("via") or {}).get("source") or {}).get("from") or {}
        impact, urgency = _LEVELS.get(_words(row.get("priority")), ("medium", "medium"))
        score = self._score(row["id"]) or _words((row.get("satisfaction_rating") or {}).get("score"), 30)
        tags = [_words(tag, 40) for tag in row.get("tags") or [] if _words(tag, 40)]
        return Course(
            key=str(row["id"]),
            row=number,
            opened_at=opened_at,
            subject=_words(row.get("subject"), 250) or _("Ticket %(key)s") % {"key": row["id"]},
            body=body or without_text(),
            channel=_CHANNELS.get(_words((row.get("via") or {}).get("channel")), Channel.IMPORT),
            organization=self._organization(row.get("organization_id")),
            requester=_words(requester.get("name") or sender.get("name"), 150),
            email=_words(requester.get("email") or sender.get("address"), 254),
            queue=self._group(row.get("group_id")),
            values={
                "kind": _KINDS.get(_words(row.get("type")), TicketKind.QUESTION),
                "impact": impact,
                "urgency": urgency,
                "assignee": "" if audits else self.person(row.get("assignee_id")),
                "tags": [*dict.fromkeys(tags), *([f"csat-{score}"] if score else [])][:20],
            },
            steps=steps.told,
        )

    def _organization(self, key: Any) -> str:
        return self._named("organizations", key, 200) or (str(key) if key else "")

    def _named(self, name: str, key: Any, most: int) -> str:
        return _words(self.lists.one(name, key).get("name"), most)

    def _score(self, ticket_id: Any) -> str:
        """How its requester rated the ticket last."""
        rated = self.lists.of_ticket("satisfaction_ratings", ticket_id)
        return _words(rated[-1].get("score"), 30) if rated else ""

    def _group(self, group_id: Any) -> str:
        return self._named("groups", group_id, 120) or (f"Group {group_id}" if group_id else "")

    def person(self, user_id: Any) -> str:
        """How the file calls a colleague."""
        if not user_id:
            return ""
        return self._named("users", user_id, 150) or f"User {user_id}"

    def is_ours(self, user_id: Any, row: Row) -> bool:
        """Whether somebody stands on our side; who is unknown does unless they asked."""
        role = _words(self.lists.one("users", user_id).get("role"))
        return role != "end-user" if role else user_id != row.get("requester_id")

    def group(self, value: Any) -> str:
        return self._group(int(value) if str(value).isdecimal() else value)


class _Steps:
    """What happened to one ticket after it was opened."""

    def __init__(self, world: _World, number: int, row: Row, opened_at: datetime, body: str) -> None:
        self.world, self.number, self.row, self.opened_at, self.body = world, number, row, opened_at, body
        self.status: str = TicketStatus.NEW
        self.last = opened_at
        self.told: list[Happened] = []

    def by_audits(self, audits: Sequence[Row]) -> None:
        """Each audit is one step; the first one made the ticket."""
        for place, (at, audit) in enumerate(self._in_order("audits", audits)):
            is_first = place == 0 and at == self.opened_at
            values: dict[str, Any] = {}
            for event in audit.get("events") or []:
                kind = event.get("type") if isinstance(event, dict) else ""
                if kind == "Comment" and not (is_first and _words(event.get("body")) == self.body):
                    self._say(at, audit.get("author_id"), event)
                elif kind in ("Create", "Change"):
                    values |= self._changed(event)
            self._set(at, audit.get("author_id"), values)
        self._end()

    def by_comments(self, comments: Sequence[Row]) -> None:
        """Public and private comments; the first public one is the description and is not said twice."""
        for at, comment in self._in_order("comments", comments):
            if at == self.opened_at and _words(comment.get("body")) in (self.body, ""):
                continue
            self._say(at, comment.get("author_id"), comment)
        self._end()

    def _in_order(self, name: str, rows: Sequence[Row]) -> Iterator[tuple[datetime, Row]]:
        dated = []
        for row in rows:
            at = _time(row.get("created_at"))
            if at is None or at < self.opened_at:
                expected = _("a time not before its ticket was created")
                self.world.found.fault(
                    self.number, f"{name} {row.get('id')}, created_at", row.get("created_at"), expected
                )
            else:
                dated.append((at, row))
        yield from sorted(dated, key=lambda pair: pair[0])

    def _say(self, at: datetime, author_id: Any, comment: Row) -> None:
        is_note = comment.get("public") is False
        is_ours = is_note or self.world.is_ours(author_id, self.row)
        if self.status == TicketStatus.CLOSED:
            return
        says = _words(comment.get("body")) or without_text()
        self.told.append(Happened(at=at, who=self.world.person(author_id), is_ours=is_ours, says=says, is_note=is_note))
        self.last = at
        if not is_note:
            after = workflow.after_reply if is_ours else workflow.after_customer_message
            self.status = after(self.status)

    def _changed(self, event: Row) -> dict[str, Any]:
        value = event.get("value")
        match event.get("field_name"):
            case "status":
                return {"status": _STATES.get(_words(value), self.status)}
            case "priority":
                impact, urgency = _LEVELS.get(_words(value), ("medium", "medium"))
                return {"impact": impact, "urgency": urgency}
            case "assignee_id":
                number = int(str(value)) if str(value).isdecimal() else value
                return {"assignee": self.world.person(number)}
            case "group_id":
                return {"queue": self.world.group(value)}
            case "type":
                return {"kind": _KINDS.get(_words(value), TicketKind.QUESTION)}
        return {}

    def _set(self, at: datetime, author_id: Any, values: dict[str, Any]) -> None:
        wanted = values.pop("status", self.status)
        if self.status == TicketStatus.CLOSED:
            return
        for status in self._way_to(wanted):
            self.told.append(Happened(at=at, who=self.world.person(author_id), values={"status": status}))
            self.status = status
        if values and self.status != TicketStatus.CLOSED:
            self.told.append(Happened(at=at, who=self.world.person(author_id), values=values))
        self.last = at

    def _way_to(self, wanted: str) -> list[str]:
        """The statuses to go through; none for one that does not follow."""
        if wanted in (self.status, TicketStatus.NEW):
            return []
        if wanted == TicketStatus.CLOSED and self.status != TicketStatus.SOLVED:
            return [TicketStatus.SOLVED, TicketStatus.CLOSED]
        return [wanted] if workflow.may_move(self.status, wanted) else []

    def _end(self) -> None:
        """Where the ticket stands now, as of its last update."""
        at = _time(self.row.get("updated_at")) or self.last
        self._set(max(at, self.last), None, {"status": _STATES[_words(self.row.get("status"))]})


ZENDESK = Source(
    key="zendesk",
    label=gettext_lazy("Zendesk: export"),
    hint=gettext_lazy("JSON with tickets, comments or audits, users, organizations, groups."),
    suffixes=(".json",),
    read=read,
)
