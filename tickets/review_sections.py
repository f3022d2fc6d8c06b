"""What tickets tell in a business review: what was asked and solved, what was promised, whose time it was."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.document import Chart, Column, Series, Table, Tone
from common.templatetags.format import spell_day, spell_duration, spell_percent, spell_time
from partners.review_sections import Asked, SectionSource, register
from partners.rules.review_content import Figure, SectionContent, Source
from tickets.choices import Metric, Priority
from tickets.models import IncidentOrganization, SlaClock, Ticket
from tickets.selectors.promises import Period, broken_in, decided_in

_PLACE = "tickets:organization_tickets"
# What lies in a period of each stretch in which a ticket was in one state: from its opening or the event that brought
# the state, to the next event that changed it, the end, or now.
_STRETCHES = """
SELECT state, coalesce(sum(extract(epoch FROM least(until, %(end)s) - greatest(since, %(start)s))), 0)
FROM (
    SELECT event.at AS since, event.state,
           lead(event.at, 1, %(now)s) OVER (PARTITION BY event.ticket_id ORDER BY event.at, event.place) AS until
    FROM (
        SELECT id AS ticket_id, opened_at AS at, 'new' AS state, 0 AS place FROM tickets_ticket
        WHERE organization_id = %(organization)s AND NOT is_internal AND merged_into_id IS NULL AND opened_at < %(end)s
        UNION ALL
        SELECT moved.ticket_id, moved.at, moved.changes->'status'->>1, moved.id
        FROM tickets_ticketevent moved JOIN tickets_ticket of ON of.id = moved.ticket_id
        WHERE of.organization_id = %(organization)s AND NOT of.is_internal AND of.merged_into_id IS NULL
          AND moved.changes ? 'status' AND moved.at < %(end)s
    ) event
) stretch
WHERE until > %(start)s AND since < %(end)s
GROUP BY state
"""


def offer() -> None:
    """Called once, when the app is ready."""
    register(SectionSource(key="tickets", title=gettext_lazy("Tickets and service levels"), build=tickets))
    register(SectionSource(key="incidents", title=gettext_lazy("Incidents"), build=incidents))


def tickets(asked: Asked) -> SectionContent:
    """Opened and solved by priority, promises kept, and how long the ball was in whose court."""
    rows = _public(asked)
    opened, solved = Q(opened_at__gte=asked.start), Q(solved_at__gte=asked.start, solved_at__lt=asked.end)
    by_priority = {
        row["priority"]: row
        for row in rows.filter(opened_at__lt=asked.end)
        .order_by()
        .values("priority")
        .annotate(opened=Count("pk", filter=opened), solved=Count("pk", filter=solved))
    }
    counts = {name: sum(row[name] for row in by_priority.values()) for name in ("opened", "solved")}
    if not any(counts.values()):
        return SectionContent(lead=_("No tickets were opened or solved in these months."))
    lead = _("Tickets: %(opened)s opened, %(solved)s solved.") % counts
    figures = (*_volumes(asked, counts), *_promises(asked), *_courts(asked))
    return SectionContent(lead=lead, figures=figures, charts=(_chart(by_priority),))


def incidents(asked: Asked) -> SectionContent:
    """Published incidents that affected the organization, in the words that were published."""
    rows = IncidentOrganization.objects.filter(
        organization=asked.organization,
        incident__published_at__isnull=False,
        incident__started_at__lt=asked.end,
    ).select_related("incident")
    ran = Q(incident__resolved_at__gte=asked.start) | Q(incident__resolved_at__isnull=True)
    found = [row.incident for row in rows.filter(ran).order_by("incident__started_at")]
    if not found:
        return SectionContent(lead=_("No incident affected you in these months."))
    columns = (_("Began"), _("Incident"), _("Severity"), _("Took"))
    lines = tuple(
        (
            spell_time(row.started_at),
            row.public_title or _("Incident"),
            row.get_severity_display(),
            spell_duration(row.resolved_at - row.started_at) if row.resolved_at else _("not over"),
        )
        for row in found
    )
    words = _("published incidents that ran %(since)s - %(until)s") % _days(asked)
    source = Source(words=words, url_name="tickets:organization_tickets", args=(asked.id,))
    return SectionContent(
        lead=_("Incidents that affected you: %(count)s.") % {"count": len(found)},
        figures=(Figure(label=_("Incidents"), value=str(len(found)), source=source, tone="warn"),),
        tables=(Table(title=_("Incidents"), columns=tuple(Column(title=name) for name in columns), rows=lines),),
    )


def _public(asked: Asked) -> Any:
    """What both sides know of: neither internal tickets nor those that went into another."""
    return Ticket.objects.filter(organization=asked.organization, is_internal=False, merged_into__isnull=True)


def _volumes(asked: Asked, counts: dict[str, int]) -> tuple[Figure, ...]:
    days = _days(asked)
    sources = {
        "opened": _("tickets opened %(since)s - %(until)s") % days,
        "solved": _("tickets solved %(since)s - %(until)s") % days,
    }
    labels = {"opened": _("Opened"), "solved": _("Solved")}
    return tuple(
        Figure(
            label=labels[name],
            value=str(counts[name]),
            source=Source(words=words, url_name=_PLACE, args=(asked.id,)),
        )
        for name, words in sources.items()
    )


def _promises(asked: Asked) -> tuple[Figure, ...]:
    """Service levels by metric, of the clocks that were decided in the period."""
    period = Period(start=asked.start, end=asked.end, now=asked.now)
    decided = decided_in(SlaClock.objects.filter(ticket__in=_public(asked)), period)
    rows = decided.order_by().values("metric").annotate(all=Count("pk"), broken=Count("pk", filter=broken_in(period)))
    return tuple(_promise(asked, row) for row in sorted(rows, key=lambda row: Metric.values.index(row["metric"])))


def _promise(asked: Asked, row: Any) -> Figure:
    kept = row["all"] - row["broken"]
    tone: Tone = "good" if not row["broken"] else "bad" if kept * 10 < row["all"] * 9 else "warn"
    words = _("%(kept)s of %(all)s clocks decided %(since)s - %(until)s") % {
        "kept": kept,
        "all": row["all"],
        **_days(asked),
    }
    return Figure(
        label=_("%(metric)s in time") % {"metric": Metric(row["metric"]).label},
        value=spell_percent(kept / row["all"]),
        tone=tone,
        source=Source(words=words, url_name=_PLACE, args=(asked.id,)),
    )


def _courts(asked: Asked) -> tuple[Figure, ...]:
    """How long tickets were with us and how long they waited for the other side, round the clock."""
    values: dict[str, Any] = {
        "organization": asked.organization.pk,
        "start": asked.start,
        "end": _until(asked),
        "now": asked.now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STRETCHES, values)
        seconds = {state: float(total) for state, total in cursor.fetchall()}
    ours, theirs = seconds.get("new", 0) + seconds.get("open", 0), seconds.get("pending", 0)
    if not ours + theirs:
        return ()
    words = _("time of all tickets %(since)s - %(until)s in states in which it was whose move it was") % _days(asked)
    source = Source(words=words, url_name=_PLACE, args=(asked.id,))
    return (
        Figure(label=_("Time with us"), value=spell_percent(ours / (ours + theirs)), source=source),
        Figure(label=_("Waiting for an answer"), value=spell_percent(theirs / (ours + theirs)), source=source),
    )


def _until(asked: Asked) -> datetime:
    return min(asked.end, asked.now)


def _days(asked: Asked) -> dict[str, str]:
    last = date.fromordinal(asked.period_to.toordinal() - 1)
    return {"since": spell_day(asked.period_from), "until": spell_day(last)}


def _chart(by_priority: dict[str, Any]) -> Chart:
    def values(name: str) -> tuple[Decimal, ...]:
        return tuple(Decimal(by_priority.get(priority, {}).get(name, 0)) for priority in Priority.values)

    return Chart(
        kind="bars",
        title=_("Tickets by priority"),
        labels=tuple(str(label) for label in Priority.labels),
        series=(
            Series(name=_("Opened"), values=values("opened")),
            Series(name=_("Solved"), values=values("solved"), tone="good"),
        ),
    )
