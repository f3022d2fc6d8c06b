"""Lists of incidents, and what other pages show of them: for each reader what they see, and counts of that alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.rules.access import Actor
from common import composed
from common.pagination import Order, Page, SortKey, paginate
from common.prepared import Differing
from tickets.choices import FAR
from tickets.incident_choices import (
    OPEN_INCIDENTS,
    SEVERITY_ICONS,
    SEVERITY_TONES,
    STATE_TONES,
    IncidentState,
    Severity,
)
from tickets.models import Incident, IncidentOrganization, IncidentTicket
from tickets.rules.incidents import overdue_by
from tickets.selectors.rows import OrganizationName

SIZE = 50
PANEL_SIZE = 6
# Open ones first, of them whose update is due next; those that are over by their beginning, the newest first.
ORDER = Order(
    (SortKey(name="is_over"), SortKey(name="due_place"), SortKey(name="declared_at", descending=True)), tie_break="id"
)
OPEN, OVER, EVERY = "open", "over", "all"
_OWN = ("pk", "number", "title", "severity", "state", "started_at", "declared_at", "resolved_at", "update_due_at")
FACTS = (*_OWN, "commander__name", "queue__name")


@dataclass(frozen=True, kw_only=True)
class IncidentFilter:
    """What narrows the list; empty narrows nothing. `organization` is a public id."""

    show: str = OPEN
    severity: str = ""
    queue: str = ""
    organization: str = ""
    text: str = ""
    is_own: bool = False
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """A line of a list. `organizations` are those that the reader sees, `more` how many of those are not named."""

    pk: int
    number: int
    title: str
    severity: str
    severity_label: str
    severity_tone: str
    severity_icon: str
    state: str
    state_label: str
    state_tone: str
    commander: str
    queue: str
    declared_at: datetime
    resolved_at: datetime | None
    update_due_at: datetime | None
    late_by: timedelta | None
    lasted: timedelta
    organizations: Sequence[str]
    more: int
    tickets: int

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_INCIDENTS


def incident_list(actor: Actor, wanted: IncidentFilter, *, cursor: str = "", now: datetime) -> Page:
    """A page of incidents. One statement."""
    page = paginate(_with_parts(_narrowed(actor, wanted, now), actor), ORDER, cursor=cursor, size=SIZE)
    return Page(rows=[_full_row(row, now) for row in page.rows], previous=page.previous, next=page.next)


def open_incidents(actor: Actor, *, now: datetime, limit: int = PANEL_SIZE) -> list[IncidentRow]:
    """Open incidents that the reader sees, what is due next first; without names. One statement."""
    return [_row(row, [], 0, now) for row in composed.records(_open_facts, actor, limit + 1)]


def incidents_of_organization(actor: Actor, organization_id: int, *, now: datetime) -> list[IncidentRow]:
    """The latest incidents that affected an organization which the reader sees, open ones first. One statement."""
    return [_row(row, [], 0, now) for row in composed.records(_facts_of_one, actor, gaps=(organization_id,))]


def _open_facts(actor: Actor, limit: int) -> QuerySet[Any]:
    rows = _placed(Incident.objects.visible_to(actor)).filter(is_over=0)
    found: QuerySet[Any] = rows.order_by("due_place", "-declared_at", "-pk").values(*FACTS)[:limit]
    return found


def _facts_of_one(actor: Actor, organization_id: int) -> QuerySet[Any]:
    rows = _placed(Incident.objects.visible_to(actor).affecting(organization_id))
    found: QuerySet[Any] = rows.order_by("is_over", "due_place", "-declared_at", "-pk").values(*FACTS)[:PANEL_SIZE]
    return found


def open_incident_affects(organization_ids: Iterable[int]) -> set[int]:
    """Which of these organizations an open critical incident (S1) affects: it vetoes their health (health.md, Bands).

    Sees all organizations; one statement.
    """
    rows = IncidentOrganization.objects.filter(organization_id__in=list(organization_ids))
    rows = rows.filter(incident__state__in=OPEN_INCIDENTS, incident__severity=Severity.S1)
    return set(rows.order_by().values_list("organization_id", flat=True))


def counts(actor: Actor, *, now: datetime) -> Mapping[str, int]:
    """How many are open, late, the reader's own, and over. One statement."""
    is_open = Q(state__in=OPEN_INCIDENTS)
    found: Mapping[str, int] = (
        Incident.objects.visible_to(actor)
        .order_by()
        .aggregate(
            open=Count("pk", filter=is_open),
            late=Count("pk", filter=is_open & Q(update_due_at__lt=now)),
            own=Count("pk", filter=is_open & Q(commander_id=actor.user_id)),
            over=Count("pk", filter=~is_open),
        )
    )
    return found


def found_incidents(actor: Actor, text: str, *, limit: int) -> list[Incident]:
    """Incidents of that number, or with these words in their title; open ones first. One statement."""
    if not text.strip():
        return []
    words, number = _asked(text)
    if number is None:
        found: list[Incident] = composed.instances(_worded, actor, limit, gaps=(Differing(_pattern(words)),))
        return found
    return list(_first(_of_text(Incident.objects.visible_to(actor), text), limit))


def _worded(actor: Actor, limit: int, pattern: str) -> QuerySet[Incident]:
    return _first(Incident.objects.visible_to(actor).filter(_like(pattern)), limit)


def _first(rows: Any, limit: int) -> QuerySet[Incident]:
    found: QuerySet[Incident] = _placed(rows).order_by("is_over", "-declared_at", "-pk")[:limit]
    return found


def incident_of(actor: Actor, number: int) -> Incident | None:
    """The incident if its reader sees it; foreign and missing give the same None. One statement."""
    rows = Incident.objects.visible_to(actor).filter(number=number)
    found: Incident | None = rows.select_related("queue", "commander", "declared_by").first()
    return found


def visible_organizations(actor: Actor, incident_ids: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """By incident the affected organizations that the reader sees, as id and name, by name. One statement."""
    rows = IncidentOrganization.objects.visible_to(actor).filter(incident_id__in=list(incident_ids))
    rows = rows.annotate(name=OrganizationName("organization_id")).order_by()
    found: dict[int, list[tuple[int, str]]] = {}
    for incident_id, organization_id, name in rows.values_list("incident_id", "organization_id", "name"):
        if name:
            found.setdefault(incident_id, []).append((organization_id, name))
    return {pk: sorted(names, key=lambda one: one[1].casefold()) for pk, names in found.items()}


def row_of(row: Incident, *, now: datetime) -> IncidentRow:
    """A line without the names of organizations and without tickets; no statement."""
    return _row(_facts(row), [], 0, now)


def whole_minutes(span: timedelta | None) -> timedelta | None:
    """A span as it is said: without seconds, at least a minute."""
    return None if span is None else max(timedelta(minutes=span // timedelta(minutes=1)), timedelta(minutes=1))


def _narrowed(actor: Actor, wanted: IncidentFilter, now: datetime) -> Any:
    rows = _placed(Incident.objects.visible_to(actor)).select_related("commander", "queue")
    if wanted.show != EVERY:
        rows = rows.filter(is_over=0 if wanted.show == OPEN else 1)
    if wanted.severity:
        rows = rows.filter(severity=wanted.severity)
    if wanted.queue:
        rows = rows.filter(queue__key=wanted.queue)
    if wanted.organization:
        seen = IncidentOrganization.objects.visible_to(actor).filter(incident=OuterRef("pk"))
        rows = rows.filter(Exists(seen.filter(organization__public_id=wanted.organization)))
    if wanted.is_own:
        rows = rows.filter(commander_id=actor.user_id)
    if wanted.is_late:
        rows = rows.filter(update_due_at__lt=now)
    return _of_text(rows, wanted.text) if wanted.text.strip() else rows


def _placed(rows: Any) -> Any:
    over = Case(When(state__in=OPEN_INCIDENTS, then=Value(0)), default=Value(1), output_field=SmallIntegerField())
    return rows.annotate(is_over=over, due_place=Coalesce("update_due_at", Value(FAR)))


def _of_text(rows: Any, text: str) -> Any:
    words, number = _asked(text)
    by_words = Q(_like(_pattern(words)))
    return rows.filter(by_words if number is None else by_words | Q(number=number))


def _asked(text: str) -> tuple[str, int | None]:
    """The words of a text, and the number of an incident that it may be."""
    words = text.replace("\0", "").strip()[:100]
    digits = words.lower().removeprefix("inc").lstrip("-# ")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) < 15
    return words, int(digits) if is_number else None


def _pattern(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def _like(pattern: str) -> RawSQL:
    """Whether a title is like the pattern, in whatever case."""
    return RawSQL(
        "upper(tickets_incident.title) LIKE upper(%s::text)"
        " OR upper(tickets_incident.public_title) LIKE upper(%s::text)",
        [pattern, pattern],
        output_field=BooleanField(),
    )


def _with_parts(rows: Any, actor: Actor) -> Any:
    """Adds the names of the affected organizations and the number of tickets that the reader sees, in one statement."""
    affected = IncidentOrganization.objects.visible_to(actor).filter(incident=OuterRef("pk")).order_by()
    linked = IncidentTicket.objects.visible_to(actor).filter(incident=OuterRef("pk")).order_by()
    counted = linked.values("incident").annotate(count=Count("pk")).values("count")
    return rows.annotate(
        names=ArraySubquery(affected.annotate(name=OrganizationName("organization_id")).values("name")),
        seen_tickets=Coalesce(Subquery(counted), Value(0)),
    )


def _full_row(row: Any, now: datetime) -> IncidentRow:
    return _row(_facts(row), sorted(filter(None, row.names), key=str.casefold), row.seen_tickets, now)


def _facts(row: Incident) -> dict[str, Any]:
    commander = row.commander.name if row.commander else None
    return {name: getattr(row, name) for name in _OWN} | {"commander__name": commander, "queue__name": row.queue.name}


def _row(facts: Mapping[str, Any], names: Sequence[str], tickets: int, now: datetime) -> IncidentRow:
    severity, state = facts["severity"], facts["state"]
    return IncidentRow(
        pk=facts["pk"],
        number=facts["number"],
        title=facts["title"],
        severity=severity,
        severity_label=str(Severity(severity).label),
        severity_tone=SEVERITY_TONES[severity],
        severity_icon=SEVERITY_ICONS[severity],
        state=state,
        state_label=str(IncidentState(state).label),
        state_tone=STATE_TONES[state],
        commander=facts["commander__name"] or "",
        queue=facts["queue__name"],
        declared_at=facts["declared_at"],
        resolved_at=facts["resolved_at"],
        update_due_at=facts["update_due_at"],
        late_by=whole_minutes(overdue_by(facts["update_due_at"], now)),
        lasted=max((facts["resolved_at"] or now) - facts["started_at"], timedelta(0)),
        organizations=names[:3],
        more=max(len(names) - 3, 0),
        tickets=tickets,
    )
